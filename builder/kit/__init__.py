"""Tools that know nothing of grants: errors, files and stores, work side by side, HTML, headers."""
