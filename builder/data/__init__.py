"""Files that programs read: API, calendars, rule files, sitemap, search, web servers' settings."""
