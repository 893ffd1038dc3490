"""The bar at the foot of a page of the preview: hidden parts, the files of the page, findings."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from builder.content import Change, Problem, Scheme, Site
from builder.content.files import CHANGES
from builder.content.visibility import Visibility
from builder.kit.addresses import CHANGES_PAGE, EMBEDDED, LISTS, RULE_YEARS, SEARCH
from builder.views.page import PageView, Planned
from calc.rules import Lang, Rules

type Part = Literal["scheme", "year", "page", "nynorsk", "change"]
type Reason = Literal["draft", "not_yet", "expired", "no_years"]

# Pages of a scheme that show figures.
_WITH_RULES = {"kalkulator", "hva-du-kan-fa-stotte-til"}
# Pages that show parts of every scheme.
_OF_ALL_SCHEMES = {
    *("forside", "frister", "slik-regner-vi", "404"),
    *(SEARCH, EMBEDDED, LISTS, CHANGES_PAGE),
}
_ALWAYS = Visibility()


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """A part of a page that readers don't see: its kind and name, and why it is hidden.

    `day` is the day on which the part is shown (`not_yet`) or was hidden (`expired`), if any.
    """

    part: Part
    name: str
    why: Reason
    day: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Bar:
    """The values of the bar of a page.

    `is_hidden`: readers don't see the page at all. `hidden` are the parts they don't see. `files`
    are the files with the content of the page, as paths from the project's root; `nynorsk` is the
    path of a file that would give the page a text in nynorsk, empty where there is one.
    `unconfirmed` is the number of figures on the page that nobody has confirmed. `warnings` are the
    warnings about these files, and `all_warnings` the number of all warnings. `mistakes` are the
    findings in any file that stop a publish.
    """

    is_hidden: bool
    hidden: tuple[Hidden, ...]
    files: tuple[str, ...]
    nynorsk: str
    unconfirmed: int
    warnings: tuple[Problem, ...]
    all_warnings: int
    mistakes: tuple[Problem, ...] = ()


def bar(
    site: Site, planned: Planned, page: PageView, day: dt.date, findings: Sequence[Problem]
) -> Bar:
    """The bar of a page.

    `site` is all content, drafts too. `planned` and `page` are the page before and after its values
    were computed. `day` is the day for which the preview shows the site. `findings` are all
    problems that the checks found in the content.
    """
    parts = _Parts(site, planned, page, day)
    files = tuple(parts.files())
    warnings = [problem for problem in findings if problem.is_warning]
    return Bar(
        is_hidden=any(hidden.part in parts.whole for hidden in parts.hidden()),
        hidden=tuple(parts.hidden()),
        files=files,
        nynorsk=parts.nynorsk(),
        unconfirmed=parts.unconfirmed(),
        warnings=tuple(w for w in warnings if w.file.as_posix() in files),
        all_warnings=len(warnings),
        mistakes=tuple(problem for problem in findings if not problem.is_warning),
    )


class _Parts:
    """The parts of the content that stand on a page: scheme, rule years, prose, changes."""

    def __init__(self, site: Site, planned: Planned, page: PageView, day: dt.date) -> None:
        self.site, self.lang, self.day = site, planned.lang, day
        self.scheme, self.page = planned.scheme, page
        self.slug = None if planned.scheme is None else planned.scheme.slug
        self.is_list = page.kind in _OF_ALL_SCHEMES and self.scheme is None
        self.years = self._years(planned.scheme)
        # Where one of these parts is hidden, the whole page is.
        self.whole: set[Part] = {"page"}
        if self.scheme is not None:
            self.whole |= {"scheme", "year"} if page.kind == RULE_YEARS else {"scheme"}

    def _years(self, scheme: Scheme | None) -> tuple[Rules, ...]:
        """The rule years that the page shows figures of."""
        if scheme is None:
            return ()
        if self.page.kind == RULE_YEARS:
            return tuple(r for r in scheme.rules if self.page.name == f"{RULE_YEARS}/{r.year}")
        return scheme.rules if self.page.kind in _WITH_RULES | {EMBEDDED} else ()

    # --- Hidden parts ---

    def hidden(self) -> Iterator[Hidden]:
        """The parts that readers don't see on the day."""
        for scheme in self._schemes():
            yield from self._of_scheme(scheme)
        for rules in self.years:
            visibility = self.site.visibility.get((str(self.slug), rules.year), _ALWAYS)
            yield from self._when("year", str(rules.year), visibility)
        for lang in dict.fromkeys(("nb", self.lang)):
            if prose := self.site.pages.get((self.slug, self.page.name, lang)):
                part: Part = "nynorsk" if lang == "nn" else "page"
                yield from self._when(part, self.page.title, prose.visibility)
        for change in self._changes():
            if change.date > self.day:
                title = change.title.best(self.lang)[0]
                yield Hidden(part="change", name=title, why="not_yet", day=change.date)

    def _schemes(self) -> Iterable[Scheme]:
        """The schemes that the page is about."""
        if self.scheme is not None:
            return [self.scheme]
        return self.site.schemes.values() if self.is_list else ()

    def _of_scheme(self, scheme: Scheme) -> Iterator[Hidden]:
        """The reasons that readers don't see a scheme, if there are any."""
        visibility = self.site.visibility.get(scheme.slug, _ALWAYS)
        name = scheme.short_name.best(self.lang)[0]
        yield from self._when("scheme", name, visibility)
        years = (self.site.visibility.get((scheme.slug, r.year), _ALWAYS) for r in scheme.rules)
        if not any(year.is_published(self.day) for year in years):
            yield Hidden(part="scheme", name=name, why="no_years")

    def _when(self, part: Part, name: str, visibility: Visibility) -> Iterator[Hidden]:
        """The part, if its visibility hides it on the day."""
        come, gone = visibility.publish_date, visibility.expiry_date
        if visibility.draft:
            yield Hidden(part=part, name=name, why="draft")
        elif come is not None and self.day < come:
            yield Hidden(part=part, name=name, why="not_yet", day=come)
        elif gone is not None and self.day >= gone:
            yield Hidden(part=part, name=name, why="expired", day=gone)

    def _changes(self) -> Iterator[Change]:
        """The published changes that stand on the page."""
        for change in self.site.changes:
            is_of_scheme = change.scheme == self.slug
            if (
                self.page.kind == CHANGES_PAGE
                or (is_of_scheme and self.page.kind == "om")
                or (is_of_scheme and any(rules.year in change.years for rules in self.years))
            ):
                yield change

    # --- Files ---

    def files(self) -> Iterator[str]:
        """The files with the content of the page, as paths from the project's root."""
        content = self._content()
        for lang in dict.fromkeys((self.page.content_lang, self.lang)):
            if prose := self.site.pages.get((self.slug, self.page.name, lang)):
                yield prose.path.relative_to(content.parent).as_posix()
        if self.scheme is not None:
            yield f"{content.name}/{self.slug}/scheme.yaml"
        elif self.is_list:
            yield f"{content.name}/<ordning>/scheme.yaml"
        yield from (f"{content.name}/{self.slug}/rules/{r.year}.yaml" for r in self.years)
        yield from (f"{content.name}/{CHANGES}/{c.name}.yaml" for c in self._changes())

    def _content(self) -> Path:
        some_page = next(iter(self.site.pages.values()))
        return some_page.path.parents[1]

    def nynorsk(self) -> str:
        """The path of the missing file with the text in nynorsk; empty where it is not missing."""
        other: Lang = "nn"
        prose = self.site.pages.get((self.slug, self.page.name, "nb"))
        if self.lang == "nb" or prose is None:
            return ""
        is_there = (self.slug, self.page.name, other) in self.site.pages
        path = prose.path.relative_to(self._content().parent).with_suffix(f".{other}.md")
        return "" if is_there else path.as_posix()

    def unconfirmed(self) -> int:
        """How many of the figures on the page nobody has confirmed."""
        years = {(self.slug, rules.year) for rules in self.years}
        return sum(count for year, count in self.site.unconfirmed.items() if year in years)
