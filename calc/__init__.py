"""Calculators for tapering grants: rules, answers, plan, result and report.

The package ships to the browser. So it is pure Python, imports little of the standard library, and
knows neither clock nor network nor files. `calc.browser.handle` is its only door from outside.
"""
