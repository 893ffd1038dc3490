"""Python that runs when the site is built: content, pages, runtime, publishing."""
