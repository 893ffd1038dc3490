"""Files that browsers run: the calculators' Python, style sheet and scripts, offline use."""
