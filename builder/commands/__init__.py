"""Commands: a new scheme or rule year, the server of `make serve`, and the set-up."""
