"""The addresses of the site: of its pages and files, known without building them."""
