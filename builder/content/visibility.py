"""When something in the content is on the site, and under which earlier addresses it is found."""

import datetime as dt
import re
from dataclasses import dataclass, fields

from builder.content.problems import Problem
from builder.content.validate import validate
from builder.content.yaml_file import Document
from calc.rules import RuleError

_FORBID = {"extra": "forbid"}

# An address of a page in bokmål: from the root, with a slash at both ends.
_ALIAS = re.compile(r"/([a-z0-9]+(-[a-z0-9]+)*/)+")


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
        for n, alias in enumerate(self.aliases):
            if not _ALIAS.fullmatch(alias) or alias.startswith("/nn/"):
                raise RuleError("not_an_alias", f"aliases.{n}", found=alias)

    @property
    def is_always(self) -> bool:
        """Whether it is published whatever the day."""
        return not self.draft and self.publish_date is None and self.expiry_date is None

    def is_published(self, day: dt.date) -> bool:
        """Whether it is on a site that is published on that day."""
        has_come = self.publish_date is None or self.publish_date <= day
        return not self.draft and has_come and (self.expiry_date is None or day < self.expiry_date)


NAMES = tuple(f.name for f in fields(Visibility))
# Rule years and nynorsk have no earlier addresses of their own.
NAMES_WITHOUT_ALIASES = tuple(name for name in NAMES if name != "aliases")


def take(document: Document, names: tuple[str, ...] = NAMES) -> tuple[Visibility, list[Problem]]:
    """Take these keys out of a document, so that its own model need not know them.

    With what is wrong with them, which is not yet among the document's problems. Where that is
    not known, it is a draft: then what only drafts may lack is not told as well.
    """
    if document.problems or not isinstance(document.data, dict):
        return Visibility(draft=True), []
    own = {name: document.data.pop(name) for name in names if name in document.data}
    part = Document(document.file, own, document.lines)
    return validate(Visibility, part) or Visibility(draft=True), part.problems
