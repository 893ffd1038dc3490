"""Made-up schemes with the deadlines that a test needs."""

import datetime as dt
from dataclasses import replace
from typing import Any

from builder.content.model import Deadline, Scheme
from calc.rules import Text
from tests.theme.examples import FULL


def scheme(*deadlines: Deadline, **changes: Any) -> Scheme:
    return replace(FULL, **{"slug": "prove", **changes}, deadlines=deadlines)


def deadline(day: str = "", **changes: Any) -> Deadline:
    """An application deadline on an ISO day; any part can be another."""
    date = dt.date.fromisoformat(day) if day else None
    facts = {"kind": "application", "for_year": 2027, "source": "full", "date": date}
    return Deadline(**(facts | changes))


def area(nb: str) -> Text:
    return Text(nb=nb)
