"""What checks of the whole site look at: what was found in each folder, the model, the day."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from builder.checks.addresses import Addresses
from builder.checks.found import NOTHING, Findings, Linked, find_all
from builder.content import Problem, Site
from builder.kit.cache import Store

KEPT = Path(".cache/checks/content")
"""Where what was found is kept, from the root of the project."""

LABEL = "Kontrollerer innholdet"


@dataclass(frozen=True)
class Context:
    """The content of the project at `root`, on the day `today`.

    `site` may lack schemes that have mistakes. `site_address` is where the site will stand, without
    a slash at its end; empty where that is not set. What is found in folders is kept in the
    `store`; with a `label`, it is told how far the search for it has come.
    """

    root: Path
    site: Site
    today: dt.date
    site_address: str = ""
    store: Store | None = None
    label: str = ""

    @cached_property
    def found(self) -> dict[str, Findings]:
        """What was found in each folder and each file of changes, by name."""
        return find_all(self.root, self.site, self.store, self.label)

    def found_in(self, name: str) -> Findings:
        """What was found in a folder or a file of changes; nothing where it is gone."""
        return self.found.get(name, NOTHING)

    @property
    def pages(self) -> Iterator[Linked]:
        """Every Markdown page, with its links."""
        for found in self.found.values():
            yield from found.pages

    @cached_property
    def addresses(self) -> Addresses:
        """Every address of the site, with those of what is not published yet or any more."""
        return Addresses(self.site, self.today)

    @cached_property
    def published(self) -> Site:
        """What would be published now."""
        return self.site.published(self.today)

    @cached_property
    def published_addresses(self) -> Addresses:
        """Every address that would be published now."""
        return Addresses(self.published, self.today)


type Check = Callable[[Context], Iterable[Problem]]
