"""The values and filters that every template gets."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from babel.dates import format_date
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from builder.content import Scheme
from builder.kit.addresses import FRONT_PAGE, NOT_FOUND, PAGE_NAMES, RULE_YEARS, address, localized
from builder.kit.headers import content_security_policy
from builder.kit.i18n import Translations
from builder.views import metadata
from builder.views.page import PageView, Planned
from builder.views.prose import Prose
from calc.messages import kroner, whole
from calc.rules import Lang, Text


class TemplateValues:
    """The values of any page: its own values, and the values that every template gets."""

    def __init__(
        self, prose: Prose, *, today: date, translations: Translations, asset: Callable[[str], str]
    ) -> None:
        """Values for pages of the site of `prose`; `asset` gives the address of a theme file."""
        self._prose = prose
        self._view = prose.view
        self._today = today
        self._translations = translations
        self._asset = asset

    def of(self, planned: Planned) -> dict[str, Any]:
        """The values of a page's template, by name. This builds the page's own values."""
        page, own = planned.build()
        lang = planned.lang
        other: Lang = "nb" if lang == "nn" else "nn"
        bokmaal = page.url.removeprefix("/nn") if lang == "nn" else page.url
        return {
            "t": self._translations.translator(lang),
            "lang": lang,
            # A missing page has no address, so the switch of målform leads to the front page.
            "other_lang_url": localized("/" if page.kind == NOT_FOUND else bokmaal, other),
            "page": page,
            "scheme": planned.scheme,
            "site": self._view,
            "today": self.day_of(planned.scheme),
            "csp": content_security_policy(page.url, in_page=True),
            "linked_data": self._linked_data(page, planned.scheme, lang),
            "asset": self._asset,
            "url_for": lambda path: self._prose.url(path, lang),
            "text": lambda value: _text(value, lang),
            "scheme_nav": self._scheme_nav(lang),
            **own,
        }

    def day_of(self, scheme: Scheme | None) -> date:
        """The day that a page is built for.

        For a page of a scheme it is the first day on which the page was the same as today, so that
        a build on a later day gives the same page until something on it changes.
        """
        return self._today if scheme is None else scheme.unchanged_since(self._today)

    def _linked_data(self, page: PageView, scheme: Scheme | None, lang: Lang) -> dict[str, Any]:
        if scheme is not None:
            return metadata.of_scheme_page(
                scheme,
                page.name,
                page.title,
                lang,
                self._translations,
                self.day_of(scheme),
                site_name=self._view.name,
                site_address=self._view.address,
            )
        if page.name == FRONT_PAGE:
            return metadata.of_site(self._view.name, page.description, lang, self._view.address)
        return {}

    def _scheme_nav(self, lang: Lang) -> Callable[[Scheme, PageView], Iterator[tuple[str, ...]]]:
        """The menu of a scheme: label, address and `aria-current` (or empty) of each page."""
        t = self._translations.translator(lang)

        def nav(scheme: Scheme, page: PageView) -> Iterator[tuple[str, ...]]:
            # The pages of rule years stand below this page: it is an ancestor of the current page.
            ancestor = "hva-du-kan-fa-stotte-til" if page.kind == RULE_YEARS else ""
            for name in PAGE_NAMES:
                url = self._prose.url(address(scheme.slug, name), lang)
                current = "page" if url == page.url else "true" if name == ancestor else ""
                yield t(f"scheme_nav.{name}"), url, current

        return nav


def _text(value: Text | str, lang: Lang) -> Markup:
    """A text as HTML, in a `span` with its language where it is missing in the page's målform."""
    if isinstance(value, str):
        return escape(value)
    best, text_lang = value.best(lang)
    if text_lang == lang:
        return escape(best)
    return Markup('<span lang="{}">{}</span>').format(text_lang, best)


@pass_context
def _day(context: Context, day: date) -> str:
    return format_date(day, "d. MMMM y", locale=context["lang"])


@pass_context
def _month(context: Context, day: date) -> str:
    return format_date(day, "MMMM y", locale=context["lang"])


FILTERS = {"kroner": kroner, "tall": whole, "dato": _day, "maaned": _month}
"""The filters of templates by name: kroner, whole numbers, dates and months in Norwegian."""
