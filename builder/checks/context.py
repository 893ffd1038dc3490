"""The input of checks of the whole site: the content, the day, and the findings in each folder."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from builder.checks.findings import NO_FINDINGS, Findings, check_folders
from builder.checks.pages import LinkedPage
from builder.content import Problem, Site
from builder.kit.store import Store
from builder.routes.register import Register

KIND = "findings"
"""The kind of the cached findings."""

LABEL = "Kontrollerer innholdet"


@dataclass(frozen=True)
class Context:
    """The content of the project at `root`, on the day `today`.

    `site` may lack schemes that have mistakes. `site_address` is the address of the site, without a
    slash at its end; empty where it is not set. Findings are cached in the `store`. With a `label`,
    the progress of the checks is reported under it.
    """

    root: Path
    site: Site
    today: dt.date
    site_address: str = ""
    store: Store | None = None
    label: str = ""

    @cached_property
    def findings(self) -> dict[str, Findings]:
        """The findings in each folder and each change, by name as in `check_folders`."""
        return check_folders(self.root, self.site, self.store, self.label)

    def findings_in(self, name: str) -> Findings:
        """The findings in a folder or a change by name; `NO_FINDINGS` for an unknown name."""
        return self.findings.get(name, NO_FINDINGS)

    @property
    def pages(self) -> Iterator[LinkedPage]:
        """Every Markdown page, with its links."""
        for findings in self.findings.values():
            yield from findings.pages

    @cached_property
    def addresses(self) -> Register:
        """Every address of the site, with those that are not public yet or no longer."""
        return self._register(self.site)

    @cached_property
    def published(self) -> Site:
        """The part of the content that a publish would make public now."""
        return self.site.published(self.today)

    @cached_property
    def published_addresses(self) -> Register:
        """Every address that a publish would make public now."""
        return self._register(self.published)

    def _register(self, site: Site) -> Register:
        def lists() -> Iterable[str]:
            # Imported here, since the modules of lists take a while to import.
            from builder.views.list_pages import addresses

            return addresses(site, self.today)

        return Register(site, lists)


type Check = Callable[[Context], Iterable[Problem]]
