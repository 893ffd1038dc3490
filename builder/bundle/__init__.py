"""Files that browsers run: the Python of the calculators, style sheet, scripts, service worker."""
