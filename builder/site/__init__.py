"""Builds the site by Pelican, in units, and checks the result."""
