"""Commands that stand on no other: a new scheme or rule year, the server, the set-up."""
