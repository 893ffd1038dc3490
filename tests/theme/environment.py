"""The templates as the build sets them up, and what every page is given."""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from builder.content.model import Scheme
from builder.kit import i18n
from builder.views.pages import FILTERS, SiteView
from calc.rules import Lang, Text

THEME = Path(__file__).parents[2] / "theme"
TEMPLATES = THEME / "templates"
TODAY = dt.date(2026, 11, 22)
PAGES = ("om", "hvem-kan-soke", "kalkulator")


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= FILTERS
    return made


TRANSLATIONS = i18n.load(THEME / "translations")


def page(lang: Lang, **changes: Any) -> SimpleNamespace:
    facts = {
        "name": "om",
        "kind": "om",
        "title": "Om ordningen & annet",
        "description": "En setning med «sitat» & mer.",
        "content": Markup("<h2>Overskrift</h2><p>Tekst med <a href='/om/'>lenke</a>.</p>"),
        "content_lang": lang,
        "url": "/prove/",
    }
    return SimpleNamespace(**(facts | changes))


def context(lang: Lang, schemes: tuple[Scheme, ...] = (), **more: Any) -> Mapping[str, Any]:
    """What the build gives every template."""
    t = TRANSLATIONS.translator(lang)

    def text(value: Text | str) -> Markup:
        if isinstance(value, str):
            return escape(value)
        best, found = value.best(lang)
        if found == lang:
            return escape(best)
        return Markup('<span lang="{}">{}</span>').format(found, best)

    def url_for(path: str) -> str:
        return path if lang == "nb" else f"/nn{path}"

    def scheme_nav(scheme: Scheme, page: SimpleNamespace) -> Iterator[tuple[str, str, str]]:
        for name in PAGES:
            current = "page" if page.name == name else ""
            yield t(f"scheme_nav.{name}"), url_for(f"/{scheme.slug}/{name}/"), current

    return {
        "t": t,
        "lang": lang,
        "other_lang_url": "/nn/prove/" if lang == "nb" else "/prove/",
        "page": page(lang),
        "site": SiteView(name="Tilskuddsstigen", address="https://stigen.example", schemes=schemes),
        "scheme": None,
        "asset": lambda name: f"/assets/{name}",
        "url_for": url_for,
        "text": text,
        "today": TODAY,
        "csp": "default-src 'none'",
        "linked_data": {"@context": "https://schema.org", "name": "</script> & mer"},
        "scheme_nav": scheme_nav,
        **more,
    }
