"""Sites of many made-up schemes. Only their lists are rendered, which is quick at any size."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from builder import content
from builder.bundle import assets
from builder.content import Change, Scheme, Site
from builder.content.model import Body, Deadline
from builder.views.page import Planned, SiteView
from builder.views.pages import Pages
from calc.rules import Text
from tests.theme.environment import TRANSLATIONS, environment
from tests.theme.examples import FULL

TODAY = dt.date(2026, 11, 22)
ADDRESS = "https://stigen.example"
# With a form, or in the frame of another site: not about lists.
OTHERS = {"egen-nedtrapping", "innebygd-kalkulator"}

# The constants of the calculators' scripts; no page here has a calculator.
CONSTANTS = {"FRAME_TITLES": {}, "RUNTIME": {}, "RUNTIME_URLS": []}

type MakeSite = Callable[..., Site]
type MakePages = Callable[..., Pages]


def made_up(number: int) -> Scheme:
    """A scheme that differs from the others in all that lists show of it."""
    opens = TODAY + dt.timedelta(days=number % 40 - 10)
    closes = opens + dt.timedelta(days=number % 25 + 3)
    facts: dict[str, Any] = {"kind": "application", "for_year": 2027, "source": "full"}
    deadlines = (
        Deadline(**facts, opens=opens, date=closes),
        Deadline(**(facts | {"kind": "reporting", "for_year": 2026}), expected="2026-12"),
        Deadline(**(facts | {"for_year": 2025}), date=dt.date(2025, 1 + number % 12, 7)),
        Deadline(**(facts | {"for_year": 2029}), unknown=True),
    )
    owner = f"Direktoratet for øvrige områder {number % 14}"
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ"[number % 29]
    nynorsk = f"{letter}-tiltak i skulen {number}" if number % 3 else None
    return replace(
        FULL,
        slug=f"ordning-{number:04}",
        short_name=Text(nb=f"{letter}-tiltak i skolen {number}", nn=nynorsk),
        summary=Text(nb=f"Tilskudd nummer {number} til kommuner som vil prøve noe nytt."),
        owner=Body(name=Text(nb=owner)),
        groups=(("children",), ("adults", "families"))[number % 2],
        state="active" if number % 7 else "closed",
        deadlines=deadlines if number % 5 else (),
    )


def made_up_change(number: int, slug: str) -> Change:
    day = TODAY - dt.timedelta(days=number // 3)
    return Change(
        name=f"{day}-endring-{number}",
        date=day,
        kind="correction",
        scheme=slug,
        years=(2025,),
        title=Text(nb=f"Rettelse {number}"),
        text=Text(nb="Taket var galt."),
    )


@pytest.fixture(scope="session")
def make_site(project_root: Path) -> MakeSite:
    """Make content of so many schemes and changes, with the general pages of the project."""
    real = content.load(project_root / "content")
    general = {key: page for key, page in real.pages.items() if key[0] is None}

    def make(schemes: int | Iterable[Scheme], changes: int = 0) -> Site:
        every = map(made_up, range(schemes)) if isinstance(schemes, int) else schemes
        found = {scheme.slug: scheme for scheme in every}
        slugs = list(found)
        told = tuple(made_up_change(n, slugs[n % len(slugs)]) for n in range(changes))
        return Site(schemes=found, pages=general, changes=told, texts=real.texts)

    return make


@pytest.fixture(scope="session")
def make_pages(project_root: Path) -> MakePages:
    """Make the pages of content, as built on a day."""
    made = assets.build(project_root, CONSTANTS)

    def make(site: Site, day: dt.date = TODAY, address: str = ADDRESS) -> Pages:
        view = SiteView(name="Stigen", address=address, schemes=tuple(site.schemes.values()))
        return Pages(
            site,
            view,
            today=day,
            translations=TRANSLATIONS,
            runtime=SimpleNamespace(),
            asset=made.url,
            licences=[],
        )

    return make


def general(pages: Pages) -> list[Planned]:
    """The pages that are of no scheme and have no form."""
    return [p for p in pages.plan() if p.scheme is None and p.template not in OTHERS]


_ENVIRONMENT = environment()


def render(pages: Pages, planned: Planned) -> str:
    template = _ENVIRONMENT.get_template(f"{planned.template}.html")
    html: str = template.render(pages.values(planned))
    return html
