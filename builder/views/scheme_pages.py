"""The pages of a scheme: facts and prose, the calculator, and a page for each rule year."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from builder.bundle.runtime import Runtime
from builder.content import Scheme
from builder.data.change_files import ChangeView
from builder.kit.addresses import PAGE_NAMES, RULE_YEARS, address, localized, year_address
from builder.kit.i18n import LANGS, Translations
from builder.views import changes, rates, rule_years
from builder.views.calculators import Calculators
from builder.views.page import Built, Planned, without_prose
from builder.views.prose import Prose
from calc.rules import Lang, Rules

# Templates by the name of a page. A page that is not in this table is prose alone.
TEMPLATES = {
    "om": "scheme/om",
    "hva-du-kan-fa-stotte-til": "scheme/stotte",
    "kalkulator": "scheme/kalkulator",
    "slik-soker-du": "scheme/soknad",
    "rapportering": "scheme/rapportering",
}
# Several pages show the same rule year, one soon after the other; no scheme has so many years.
_CACHED_YEARS = 64


class SchemePages:
    """The pages of every scheme. A page of a scheme shows nothing of other schemes."""

    def __init__(
        self,
        prose: Prose,
        published: Iterable[ChangeView],
        *,
        today: date,
        translations: Translations,
        runtime: Runtime,
    ) -> None:
        """The pages of the site of `prose`, with its `published` changes, newest first."""
        self.site = prose.site
        self.calculators = Calculators(self.site, today, translations, runtime)
        self._prose = prose
        self._changes = changes.by_scheme(published)
        self._translations = translations
        self._rule_year = lru_cache(_CACHED_YEARS)(self._build_rule_year)

    def of(self, scheme: Scheme) -> Iterator[Planned]:
        """Every page of a scheme in both målformer, with its calculator for other sites."""
        for lang in LANGS:
            yield from self.in_lang(scheme, lang)
            if scheme.slug in self.calculators.titles:
                yield self._embedded(scheme, lang)

    def count(self, scheme: Scheme) -> int:
        """The number of pages that `of` yields."""
        embedded = scheme.slug in self.calculators.titles
        return len(LANGS) * (len(PAGE_NAMES) + len(scheme.rules) + embedded)

    def in_lang(self, scheme: Scheme, lang: Lang) -> Iterator[Planned]:
        """Every page of a scheme in a målform, without its calculator for other sites."""
        yield from (self._page(scheme, name, lang) for name in PAGE_NAMES)
        yield from (self._year_page(scheme, rules, lang) for rules in scheme.rules)

    def _page(self, scheme: Scheme, name: str, lang: Lang) -> Planned:
        return Planned(
            url=self._prose.url(address(scheme.slug, name), lang),
            template=TEMPLATES.get(name, "scheme/page"),
            lang=lang,
            scheme=scheme,
            build=lambda: (
                self._prose.page(scheme.slug, name, lang),
                self._values(scheme, name, lang),
            ),
        )

    def _year_page(self, scheme: Scheme, rules: Rules, lang: Lang) -> Planned:
        t = self._translations.translator(lang)
        url = localized(year_address(scheme.slug, rules.year), lang)

        def build() -> Built:
            year = self._rule_year(scheme.slug, rules.year, lang)
            view = without_prose(
                name=f"{RULE_YEARS}/{rules.year}",
                kind=RULE_YEARS,
                title=t("rule_year.title", year=rules.year),
                description=t("rule_year.lead", year=rules.year),
                lang=lang,
                url=url,
            )
            return view, {"rule_year": year, "page_sources": year.sources}

        return Planned(url=url, template="scheme/satser", lang=lang, scheme=scheme, build=build)

    def _embedded(self, scheme: Scheme, lang: Lang) -> Planned:
        name = "kalkulator"
        return self.calculators.embedded(
            scheme.slug,
            address(scheme.slug, name),
            lang,
            lambda: self._values(scheme, name, lang),
        )

    def _values(self, scheme: Scheme, name: str, lang: Lang) -> dict[str, Any]:
        """The values that the template of one page gets besides facts and prose.

        Every page has `page_sources`: the sources to list at its foot, by key.
        """
        facts = {key: scheme.sources[key] for key in scheme.fact_sources}
        if name == "kalkulator":
            return {
                "form": self.calculators.form(scheme.slug, lang),
                "examples": [
                    example
                    for rules in scheme.rules
                    for example in self._rule_year(scheme.slug, rules.year, lang).examples
                ],
                "page_sources": rates.rate_sources(scheme),
            }
        if name == "hva-du-kan-fa-stotte-til":
            year = self._rule_year(scheme.slug, scheme.rules[0].year, lang)
            return {"rule_year": year, "page_sources": year.sources | facts}
        if name == "om":
            own = self._changes.get(scheme.slug, ())
            return {"changes": own, "page_sources": scheme.sources}
        if name in ("slik-soker-du", "rapportering"):
            # Deadlines stand here, and `fact_sources` leaves their sources out.
            return {"page_sources": scheme.sources}
        return {"page_sources": facts}

    def _build_rule_year(self, slug: str, year: int, lang: Lang) -> rule_years.RuleYear:
        scheme = self.site.schemes[slug]
        rules = next(rules for rules in scheme.rules if rules.year == year)
        own = self._changes.get(slug, ())
        return rule_years.rule_year(scheme, rules, own, lang, self._translations)
