"""Tools that know nothing of grants: errors, files, stores, work on all cores, HTML, headers."""
