"""Where pages and files of the site stand, known without building it."""
