"""Rule years that changed without a notice to readers, and stubs of notices to fill in.

A notice is an entry in `content/changes/`.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.content import Scheme, Site
from builder.content.files import CHANGES as CHANGES
from builder.publish.difference import Difference, FigureChange
from builder.publish.difference_report import MOST_LISTED, figure_line
from builder.publish.record import Record, figure_key
from calc.messages import whole


@dataclass(frozen=True, kw_only=True)
class Unreported:
    """A rule year that is new, gone or has other figures, without a notice to readers.

    `what` says in Norwegian whether it is new, gone or changed. `years` are the rule years that a
    notice can name: the year itself, or the newest one where the year is gone.
    """

    slug: str
    year: int
    what: str
    figures: tuple[FigureChange, ...]
    years: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Stub:
    """A file for `content/changes/`, by its name, in which the editor fills in title and text."""

    name: str
    text: str

    def write(self, content: Path) -> Path:
        """Write the file into `content/changes/`, and return its path.

        Raises `FileExistsError` where a file of this name exists.
        """
        path = content / CHANGES / self.name
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(self.text)
        return path


def unreported(difference: Difference, before: Record, site: Site) -> tuple[Unreported, ...]:
    """The rule years that differ from the record `before`, and lack a notice to readers.

    Changed figures need a notice that `before` does not have, since older ones are about older
    changes. A new rule year needs any notice that names it. A notice can't name a rule year that is
    gone, so there any new notice of the scheme will do.
    """
    new = [change for change in site.changes if change.name not in before.changes]
    named = {(change.scheme, year) for change in new for year in change.years}
    named_ever = {(change.scheme, year) for change in site.changes for year in change.years}
    schemes_named = {change.scheme for change in new}
    figures: dict[tuple[str, int], list[FigureChange]] = {}
    for change in difference.figures:
        figures.setdefault((change.slug, change.year), []).append(change)
    lacking = [
        Unreported(slug=slug, year=year, what="endrede tall", figures=tuple(changed), years=(year,))
        for (slug, year), changed in figures.items()
        if (slug, year) not in named
    ]
    lacking += [
        Unreported(slug=y.slug, year=y.year, what="nytt regelverksår", figures=(), years=(y.year,))
        for y in difference.new_years
        if (y.slug, y.year) not in named_ever
    ]
    lacking += [
        Unreported(
            slug=y.slug,
            year=y.year,
            what="regelverksår som blir borte",
            figures=(),
            years=(site.schemes[y.slug].rules[0].year,),
        )
        for y in difference.gone_years
        if y.slug not in schemes_named
    ]
    return tuple(lacking)


def report(missing: Sequence[Unreported], names: dict[str, str]) -> str:
    """The rule years and their figures in Norwegian lines, the first `MOST_LISTED` of each."""
    lines = []
    for one in missing[:MOST_LISTED]:
        file = f"content/{one.slug}/rules/{one.year}.yaml"
        lines.append(f"{names[one.slug]} {one.year}: {one.what} ({file})")
        lines += [f"  {figure_line(figure)}" for figure in one.figures[:MOST_LISTED]]
        if len(one.figures) > MOST_LISTED:
            lines.append(f"  … og {len(one.figures) - MOST_LISTED} tall til")
    if len(missing) > MOST_LISTED:
        lines.append(f"… og {whole(len(missing) - MOST_LISTED)} regelverksår til")
    return "\n".join(lines)


def stubs(
    missing: Iterable[Unreported], site: Site, day: dt.date, content: Path
) -> tuple[Stub, ...]:
    """A stub for each of these rule years; `content` is the folder that they are to lie in."""
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
    """A stub of a notice about a rule year, dated `day`, with every key in place.

    The values that only the editor knows are empty, and the checks of the content refuse them.
    `taken` are the names of existing files. `about` are the changed figures, which a comment lists.
    `years` are the rule years that the notice names, where it can't name `year`.
    """
    about = tuple(about)
    comment = "".join(f"#   {figure_line(change)}\n" for change in about)
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
    """A name for a file, with a number at its end if the name is taken."""
    number, name = 1, f"{stem}.yaml"
    while name in taken:
        number += 1
        name = f"{stem}-{number}.yaml"
    return name


def _source(scheme: Scheme, year: int, about: Iterable[FigureChange]) -> str:
    """The source of most of the changed figures; without them, of most figures of the rule year."""
    keys = {change.key for change in about}
    rules = next((rules for rules in scheme.rules if rules.year == year), scheme.rules[0])
    sources = [
        (figure_key(track_id, key.removesuffix(".source")), source)
        for track_id, track in rules.tracks.items()
        for key, source in track.sources()
    ]
    changed = [source for key, source in sources if key in keys]
    named = changed or [source for _, source in sources] or list(scheme.all_sources)
    return Counter(named).most_common(1)[0][0]
