"""Pages, and the values that their templates show."""
