"""Texts in two languages for codes and typed values. calc itself holds no wording."""

import re
from collections.abc import Mapping
from fractions import Fraction

from calc.rules import Lang, Text

NBSP = "\u00a0"
MINUS = "\u2212"
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def escape(text: str) -> str:
    """Text as it may stand in HTML content and attributes."""
    return text.translate(_ESCAPES)


def kroner(amount: int) -> str:
    """`3 250 000 kr`, with no-break spaces."""
    return f"{whole(amount)}{NBSP}kr"


def whole(number: int) -> str:
    """`3 250 000`: groups of three with no-break spaces, a real minus sign."""
    digits = f"{abs(number):,}".replace(",", NBSP)
    return f"{MINUS if number < 0 else ''}{digits}"


def decimal(number: Fraction | int) -> str:
    """`6,5`: a decimal comma, at most two decimals, no trailing zeros.

    For display only: a number with more decimals, such as two thirds, is rounded to the nearest.
    """
    exact = Fraction(number)
    hundredths = (abs(exact) * 100 + Fraction(1, 2)).__floor__()
    ones, rest = divmod(hundredths, 100)
    tail = f",{rest:02}".rstrip("0").rstrip(",")
    return f"{MINUS if exact < 0 else ''}{whole(ones)}{tail}"


def percent(number: Fraction | int) -> str:
    """`66,67 %`, with a no-break space."""
    return f"{decimal(number)}{NBSP}%"


class Catalogue:
    """The messages of one language by code: texts with placeholders such as `{amount:kr}`.

    A placeholder is replaced by the value of its name in the form after the colon: `kr` (kroner),
    `tall` (number), `prosent`, `kode` (another message); without a form it is a text.
    """

    def __init__(self, lang: Lang, texts: Mapping[str, str]) -> None:
        self.lang: Lang = lang
        self._texts = texts

    def text(self, code: str, /, **values: object) -> str:
        """The message as plain text. Raises `KeyError` for an unknown code or a missing value."""
        return self._fill(code, values, as_html=False)

    def html(self, code: str, /, **values: object) -> str:
        """The message as escaped HTML, with `lang` on texts in another language."""
        return self._fill(code, values, as_html=True)

    def mark(self, text: Text) -> str:
        """A text of the rules as HTML, with `lang` where it is not in this language."""
        best, lang = text.best(self.lang)
        safe = escape(best)
        return safe if lang == self.lang else f'<span lang="{lang}">{safe}</span>'

    def _fill(self, code: str, values: Mapping[str, object], *, as_html: bool) -> str:
        def put(place: re.Match[str]) -> str:
            value = values[place[1]]
            if isinstance(value, Text):
                return self.mark(value) if as_html else value.best(self.lang)[0]
            shown = self._show(value, place[2])
            return escape(shown) if as_html else shown

        template = self._texts[f"calc.{code}"]
        return _PLACE.sub(put, escape(template) if as_html else template)

    def _show(self, value: object, form: str | None) -> str:
        if form == "kode":
            return self.text(str(value))
        if isinstance(value, int | Fraction):
            if form == "kr":
                return kroner(int(value))
            return percent(value) if form == "prosent" else decimal(value)
        return str(value)
