"""The days on which a scheme, a rule year or a page is public, and its earlier addresses."""

import datetime as dt
import re
from dataclasses import dataclass, fields

from builder.content.files import SLUG, why_no_name
from builder.content.problems import Problem
from builder.content.validate import validate
from builder.content.yaml_file import Document, short
from calc.rules import RuleError

_FORBID = {"extra": "forbid"}

ALIAS = rf"^/(?!nn/)({SLUG.pattern}/)+$"
"""The pattern of an address of a page in bokmål: from the root, with a slash at both ends."""

# Characters between two slashes of an earlier address, and of the whole. File systems take names
# of 255 bytes, with room for endings such as `.br`. Paths of 1 024 bytes fit every system that we
# know, and half of that is for the folder of the site.
_LONGEST_PART = 200
LONGEST_ALIAS = 500


@dataclass(frozen=True, kw_only=True)
class Visibility:
    """Keys that may stand in a file of the content; without them, the content is always public.

    The keys hold for the scheme, the rule year or the page of the file. A draft is shown in the
    preview only. All else is on a site that is published on the day `publish_date` or later, and
    before the day `expiry_date`. `aliases` are earlier addresses in bokmål, from `/`, which are
    redirected to the present one.
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
            if not re.fullmatch(ALIAS, alias):
                raise RuleError("not_an_alias", f"aliases.{n}", found=short(alias))
            why = f"høyst {LONGEST_ALIAS} tegn" if len(alias) > LONGEST_ALIAS else ""
            parts = alias.strip("/").split("/")
            why = why or next(filter(None, (why_no_name(p, _LONGEST_PART) for p in parts)), "")
            if why:
                raise RuleError("alias_refused", f"aliases.{n}", found=short(alias), expected=why)

    @property
    def is_always(self) -> bool:
        """Whether it is public on every day."""
        return not self.draft and self.publish_date is None and self.expiry_date is None

    def is_published(self, day: dt.date) -> bool:
        """Whether it is part of a site that is published on this day."""
        has_begun = self.publish_date is None or self.publish_date <= day
        return not self.draft and has_begun and (self.expiry_date is None or day < self.expiry_date)


NAMES = tuple(f.name for f in fields(Visibility))
# Rule years and nynorsk have no earlier addresses of their own.
NAMES_WITHOUT_ALIASES = tuple(name for name in NAMES if name != "aliases")


def take_visibility(
    document: Document, names: tuple[str, ...] = NAMES
) -> tuple[Visibility, list[Problem]]:
    """Take the keys of `Visibility` out of a document, whose own model does not know them.

    Returns the visibility, and the mistakes in these keys, which are not added to the document's
    problems. With mistakes, or where the document can't be read, the document counts as a draft:
    then its unfinished texts, which a draft may have, are not reported besides the mistakes.
    """
    if document.problems or not isinstance(document.data, dict):
        return Visibility(draft=True), []
    own = {name: document.data.pop(name) for name in names if name in document.data}
    part = Document(document.file, own, document.lines)
    return validate(Visibility, part) or Visibility(draft=True), part.problems
