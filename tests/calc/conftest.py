"""The real rules, and short ways to ask for an estimate and to load rules as a page does."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.bundle import exercise
from builder.content import Site
from builder.kit.i18n import LANGS, Translations
from calc.browser import handle
from calc.codec import to_json
from calc.plan import estimate
from calc.result import Result
from calc.rules import Lang, SchemeRules

ROOT = Path(__file__).parents[2]

type Ask = Callable[..., Result]


@pytest.fixture(scope="session")
def ask(site: Site) -> Ask:
    """Ask a scheme's calculator: `ask("tryggest", requested_amount=450_000)`."""

    def ask_scheme(slug: str, **answers: object) -> Result:
        return estimate(site.schemes[slug].calculator, {"plan_year": 2025, **answers})

    return ask_scheme


def load_request(scheme: SchemeRules, lang: Lang, translations: Translations) -> str:
    """The request by which a page loads rules and messages, as JSON."""
    messages = translations.of_calc(lang)
    request = {"v": 1, "op": "load", "lang": lang, "scheme": to_json(scheme), "messages": messages}
    return json.dumps(request)


@pytest.fixture(scope="session")
def loaded(site: Site, translations: Translations) -> None:
    """Every scheme and the exercise are loaded in both languages, ready for other requests."""
    schemes = [*(scheme.calculator for scheme in site.schemes.values()), exercise.scheme()]
    for scheme in schemes:
        for lang in LANGS:
            handle(load_request(scheme, lang, translations))
