"""When something in the content is on the site, and under which earlier addresses it is found."""

import datetime as dt
from dataclasses import dataclass

from calc.rules import RuleError

_FORBID = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class Visibility:
    """What a scheme, a rule year or a page says of itself; without any of it, it is published.

    A draft is only in the preview. Otherwise it is on the site from `publish_date` on and until
    the day before `expiry_date`: in a site that is published on such a day. `aliases` are earlier
    addresses, from `/` and in bokmål, which lead on to the one it has now.
    """

    __pydantic_config__ = _FORBID

    draft: bool = False
    publish_date: dt.date | None = None
    expiry_date: dt.date | None = None
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.publish_date and self.expiry_date and self.publish_date >= self.expiry_date:
            raise RuleError("expires_before", "expiry_date", found=str(self.expiry_date))

    def is_published(self, day: dt.date) -> bool:
        """Whether it is on a site that is published on that day."""
        has_come = self.publish_date is None or self.publish_date <= day
        return not self.draft and has_come and (self.expiry_date is None or day < self.expiry_date)
