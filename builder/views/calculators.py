"""The calculators of a site: their forms, and the pages that show one calculator by itself."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from builder import content
from builder.bundle.runtime import Runtime
from builder.content import Scheme
from builder.kit.addresses import EMBEDDED, OWN_TAPER, embedded_address, localized
from builder.kit.i18n import LANGS, Translations
from builder.views import calculator
from builder.views.page import Built, Planned, without_prose
from calc.rules import Lang

# Several pages show the same form, one soon after the other; a scheme has at most a few.
_CACHED_FORMS = 64


class Calculators:
    """Every calculator that has a form: one for each scheme, and one where readers type the rules.

    `titles` has the heading of each calculator where it stands by itself, by slug (`OWN_TAPER` for
    the calculator without a scheme) and målform. Schemes that take applications come first.
    """

    def __init__(
        self, site: content.Site, today: date, translations: Translations, runtime: Runtime
    ) -> None:
        """The calculators of `site`, built on the day `today` for the Python of `runtime`."""
        self.site = site
        self.titles = _titles(site, translations)
        self._today = today
        self._translations = translations
        self._runtime = runtime
        self.form = lru_cache(_CACHED_FORMS)(self._form)

    def embedded(
        self, slug: str, whole: str, lang: Lang, values: Callable[[], dict[str, Any]]
    ) -> Planned:
        """A calculator by itself, to be shown in a frame on pages of other sites.

        `whole` is the bokmål address of the ordinary page with this calculator, and `values` is a
        function that computes the values of that page's template.
        """
        title = self.titles[slug][lang]
        url = localized(embedded_address(slug), lang)

        def build() -> Built:
            view = without_prose(
                name=EMBEDDED, kind=EMBEDDED, title=title, description=title, lang=lang, url=url
            )
            return view, {**values(), "whole_url": localized(whole, lang)}

        return Planned(
            url=url,
            template="innebygd-kalkulator",
            lang=lang,
            scheme=self.site.schemes.get(slug),
            build=build,
            is_for_search=False,
        )

    def _form(self, slug: str, lang: Lang) -> calculator.Form:
        rules = (
            calculator.own_taper(self._today.year + 1)
            if slug == OWN_TAPER
            else self.site.schemes[slug].calculator
        )
        return calculator.form(rules, lang, self._translations, self._runtime.wheel_digest)


def _titles(site: content.Site, translations: Translations) -> dict[str, dict[Lang, str]]:
    def titles(code: str, scheme: Scheme | None = None) -> dict[Lang, str]:
        name = {lang: scheme.short_name.best(lang)[0] if scheme else "" for lang in LANGS}
        return {lang: translations.translator(lang)(code, name=name[lang]) for lang in LANGS}

    schemes = sorted(site.schemes.values(), key=lambda scheme: scheme.state != "active")
    return {
        scheme.slug: titles("embed.title", scheme)
        for scheme in schemes
        if calculator.has_form(scheme)
    } | {OWN_TAPER: titles("embed.own_title")}
