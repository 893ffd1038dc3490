"""Who changes a figure tells readers so: an entry in `content/changes/`, and a stub to fill in."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.content import Scheme, Site
from builder.content.load import CHANGES as CHANGES
from builder.publish.difference import MOST_LISTED, Difference, FigureChange
from builder.publish.record import Record, figure_place
from calc.messages import whole


@dataclass(frozen=True, kw_only=True)
class Untold:
    """What readers have not been told of a rule year: it is new, gone, or has other figures.

    `years` are the rule years that an entry about it can name.
    """

    slug: str
    year: int
    what: str
    figures: tuple[FigureChange, ...]
    years: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Stub:
    """A file for `content/changes/`: its name, and its text with title and text left empty."""

    name: str
    text: str

    def write(self, content: Path) -> Path:
        """Write it into a content folder. Never over another file: raises `FileExistsError`."""
        path = content / CHANGES / self.name
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(self.text)
        return path


def untold(difference: Difference, before: Record, site: Site) -> tuple[Untold, ...]:
    """The rule years whose figures differ from `before` without an entry that says so.

    Counts only entries that `before` had not: an old one is about an older change. Of a new rule
    year, any entry must be about its coming. A rule year that is gone can't be named, so any new
    entry on the scheme will do.
    """
    new = [change for change in site.changes if change.name not in before.changes]
    told = {(change.scheme, year) for change in new for year in change.years}
    told_at_all = {(change.scheme, year) for change in site.changes for year in change.years}
    schemes_told = {change.scheme for change in new}
    figures: dict[tuple[str, int], list[FigureChange]] = {}
    for change in difference.figures:
        figures.setdefault((change.slug, change.year), []).append(change)
    found = [
        Untold(slug=slug, year=year, what="endrede tall", figures=tuple(changed), years=(year,))
        for (slug, year), changed in figures.items()
        if (slug, year) not in told
    ]
    found += [
        Untold(slug=y.slug, year=y.year, what="nytt regelverksår", figures=(), years=(y.year,))
        for y in difference.new_years
        if (y.slug, y.year) not in told_at_all
    ]
    found += [
        Untold(
            slug=y.slug,
            year=y.year,
            what="regelverksår som blir borte",
            figures=(),
            years=(site.schemes[y.slug].rules[0].year,),
        )
        for y in difference.gone_years
        if y.slug not in schemes_told
    ]
    return tuple(found)


def report(missing: Sequence[Untold], names: dict[str, str]) -> str:
    """What readers have not been told: a line for each figure, as far as one reads on."""
    lines = []
    for one in missing[:MOST_LISTED]:
        file = f"content/{one.slug}/rules/{one.year}.yaml"
        lines.append(f"{names[one.slug]} {one.year}: {one.what} ({file})")
        lines += [f"  {figure}" for figure in one.figures[:MOST_LISTED]]
        if len(one.figures) > MOST_LISTED:
            lines.append(f"  … og {len(one.figures) - MOST_LISTED} tall til")
    if len(missing) > MOST_LISTED:
        lines.append(f"… og {whole(len(missing) - MOST_LISTED)} regelverksår til")
    return "\n".join(lines)


def stubs(missing: Iterable[Untold], site: Site, day: dt.date, content: Path) -> tuple[Stub, ...]:
    """A file for each rule year that readers have not been told of, to lie in this content."""
    taken = frozenset(path.name for path in (content / CHANGES).glob("*"))
    return tuple(
        stub(
            site.schemes[one.slug],
            one.year,
            day=day,
            taken=taken,
            about=one.figures,
            years=one.years,
        )
        for one in missing
    )


def stub(
    scheme: Scheme,
    year: int,
    *,
    day: dt.date,
    taken: Collection[str] = (),
    about: Iterable[FigureChange] = (),
    years: tuple[int, ...] = (),
) -> Stub:
    """A file that tells of a change in a rule year, published on `day`, with every key in place.

    What nobody but the editor knows is empty, which the check of the content refuses. `taken` are
    names of files that are there already, `about` the figures it is about, and `years` the rule
    years to name where that is not `year` itself.
    """
    about = tuple(about)
    comment = "".join(f"#   {change}\n" for change in about)
    return Stub(
        name=_free_name(f"{day}-{scheme.slug}-{year}", taken),
        text=f"""\
# Melding til leserne. Fyll ut title og text på bokmål (nb) og nynorsk (nn).
# Skriver du bare på bokmål, sletter du de to linjene med nn.
{f"# Det gjelder:{chr(10)}{comment}" if comment else ""}\
date: {day}
# rule_changed: regelen er endret. correction: vi tok feil.
kind: rule_changed
scheme: {scheme.slug}
years: [{", ".join(map(str, years or (year,)))}]
title:
  nb: ""
  nn: ""
text:
  nb: ""
  nn: ""
# Navnet på kilden. Kontroller at det er den som sier det nye.
source: {_source(scheme, year, about)}
""",
    )


def _free_name(stem: str, taken: Collection[str]) -> str:
    """The name, with a number behind where it is taken."""
    number, name = 1, f"{stem}.yaml"
    while name in taken:
        number += 1
        name = f"{stem}-{number}.yaml"
    return name


def _source(scheme: Scheme, year: int, about: Iterable[FigureChange]) -> str:
    """The source that most of the changed figures have, else most figures of that rule year."""
    keys = {change.key for change in about}
    rules = next((rules for rules in scheme.rules if rules.year == year), scheme.rules[0])
    sources = [
        (figure_place(track_id, key.removesuffix(".source")), source)
        for track_id, track in rules.tracks.items()
        for key, source in track.sources()
    ]
    changed = [source for key, source in sources if key in keys]
    named = changed or [source for _, source in sources] or list(scheme.all_sources)
    return Counter(named).most_common(1)[0][0]
