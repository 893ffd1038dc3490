"""Calculators for tapering grants: rules, answers, plan, result and report.

Everything here ships to the browser, so it is pure Python on little of the standard library, and
knows neither clock nor network nor files. `calc.browser.handle` is the only door from outside.
"""
