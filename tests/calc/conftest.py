"""The real rules, and a short way to ask for an estimate."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builder.content import Site, load
from builder.kit import i18n
from builder.kit.i18n import Translations
from calc.plan import estimate
from calc.result import Result

ROOT = Path(__file__).parents[2]

type Ask = Callable[..., Result]


@pytest.fixture(scope="session")
def site() -> Site:
    return load(ROOT / "content")


@pytest.fixture(scope="session")
def translations() -> Translations:
    return i18n.load(ROOT / "theme/translations")


@pytest.fixture(scope="session")
def ask(site: Site) -> Ask:
    """Ask a scheme's calculator: `ask("tryggest", requested_amount=450_000)`."""

    def ask_scheme(slug: str, **answers: object) -> Result:
        return estimate(site.schemes[slug].calculator, {"plan_year": 2025, **answers})

    return ask_scheme
