"""Which day it is."""

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo


def today() -> date:
    """The day the site is built for: `BUILD_DATE` (ISO) or today. Read here and nowhere else."""
    fixed = os.environ.get("BUILD_DATE")
    return date.fromisoformat(fixed) if fixed else datetime.now(ZoneInfo("Europe/Oslo")).date()
