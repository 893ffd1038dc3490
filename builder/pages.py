"""Every page of the site, each made when it is asked for: what templates are given.

What stands in pages comes from `builder.content` (facts, rules), from Markdown and from `calc`
(default answers, examples).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any

from babel.dates import format_date
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from builder import (
    calculator,
    changes,
    content,
    deadlines,
    metadata,
    offline,
    portal,
    redirects,
    rule_years,
    runtime,
    search,
)
from builder.addresses import FRONT_PAGE, RULE_YEARS, address, localized, year_address
from builder.content import PAGE_NAMES, Scheme
from builder.headers import content_security_policy
from builder.i18n import LANGS, Translations
from builder.licences import Licence
from calc.messages import kroner
from calc.rules import Lang, Rules, SchemeRules, Text

# Templates by the name of a page; every other page is prose alone.
SCHEME_TEMPLATES = {
    "om": "scheme/om",
    "hva-du-kan-fa-stotte-til": "scheme/stotte",
    "kalkulator": "scheme/kalkulator",
    "slik-soker-du": "scheme/soknad",
    "rapportering": "scheme/rapportering",
}
GENERAL_TEMPLATES = {
    "forside": "portal",
    "lisenser": "lisenser",
    "egen-nedtrapping": "egen-nedtrapping",
    "slik-regner-vi": "slik-regner-vi",
    "frister": "frister",
    changes.PAGE: changes.PAGE,
    "sok": "sok",
    "innebygd": "innebygd",
}
# More than a scheme has of anything.
_REMEMBERED = 64
SEARCH = "sok"
EMBEDDED = "innebygd"
OWN_TAPER = "egen-nedtrapping"


@dataclass(frozen=True, kw_only=True)
class PageView:
    """A page as templates see it; `content_lang` is the målform its prose is in."""

    name: str
    kind: str
    title: str
    description: str
    content: Markup
    content_lang: Lang
    url: str


@dataclass(frozen=True, kw_only=True)
class SiteView:
    """The site as templates see it.

    `only` is the scheme of a site of one scheme; `whole` is then the address of the site that has
    them all, or empty.
    """

    name: str
    address: str
    schemes: tuple[Scheme, ...]
    only: Scheme | None = None
    whole: str = ""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A page that can be made: its address and template; `make` gives what stands in it."""

    url: str
    template: str
    lang: Lang
    scheme: Scheme | None
    make: Callable[[], tuple[PageView, dict[str, Any]]]

    @property
    def file(self) -> str:
        """Where it stands in a built site."""
        path = self.url.lstrip("/")
        return path if path.endswith(".html") else f"{path}index.html"


def embeddable(site: content.Site, translations: Translations) -> dict[str, dict[Lang, str]]:
    """Every calculator that has a form: its name where it stands by itself, by målform.

    Those of schemes that can be applied for come first.
    """

    def named(code: str, scheme: Scheme | None = None) -> dict[Lang, str]:
        name = {lang: scheme.short_name.best(lang)[0] if scheme else "" for lang in LANGS}
        return {lang: translations.translator(lang)(code, name=name[lang]) for lang in LANGS}

    schemes = sorted(site.schemes.values(), key=lambda scheme: scheme.state != "active")
    return {
        scheme.slug: named("embed.title", scheme)
        for scheme in schemes
        if calculator.has_form(scheme)
    } | {OWN_TAPER: named("embed.own_title")}


class Pages:
    """All pages of a site in both målformer."""

    def __init__(
        self,
        site: content.Site,
        view: SiteView,
        *,
        today: date,
        translations: Translations,
        runtime: runtime.Runtime,
        asset: Callable[[str], str],
        licences: list[Licence],
    ) -> None:
        self.site = site
        self.view = view
        self.today = today
        self.translations = translations
        self.runtime = runtime
        self.asset = asset
        self.licences = licences
        self.schemes = view.schemes
        self.embeddable = embeddable(site, translations)
        self.choices = {
            lang: portal.choices(self.schemes, today, lang, translations) for lang in LANGS
        }
        self.changes = changes.views(site)
        # Several pages of a scheme show the same, one soon after the other.
        self.rule_year = lru_cache(_REMEMBERED)(self._rule_year_of)
        self.form = lru_cache(_REMEMBERED)(self._form_of)
        self.redirects = redirects.of_pages(site, self.url)
        if view.only is not None:
            # Where its front page is in the site that has all schemes.
            front = address(view.only.slug, PAGE_NAMES[0])
            self.redirects |= {localized(front, lang): localized("/", lang) for lang in LANGS}

    # --- What there is ---

    def plan(self) -> Iterator[Planned]:
        """Every page."""
        for scheme in self.schemes:
            yield from self.of_scheme(scheme)
        yield from self.of_site()
        yield from self.moved()

    def of_scheme(self, scheme: Scheme) -> Iterator[Planned]:
        """Every page of a scheme: what stands in them depends on no other scheme."""
        for lang in LANGS:
            yield from self._of_scheme(scheme, lang)
            if scheme.slug in self.embeddable:
                yield self._embedded(scheme.slug, lang)

    def of_site(self) -> Iterator[Planned]:
        """Every page that is not of one scheme."""
        for lang in LANGS:
            yield from self._of_site(lang)

    def moved(self) -> Iterator[Planned]:
        """A page at each earlier address."""
        yield from (self._redirect(*pair) for pair in self.redirects.items())

    def at(self, url: str) -> Planned | None:
        """The page at an address, without a look at those of all the other schemes."""
        lang: Lang = "nn" if url.startswith("/nn/") else "nb"
        slug = url.removeprefix("/nn").split("/")[1]
        # In a site of one scheme, its front page does not stand below its name.
        schemes = [s for s in self.schemes if slug == s.slug or self.view.only is not None]
        if slug == EMBEDDED:
            schemes = [s for s in self.schemes if url.endswith(f"/{s.slug}/")]
        of_schemes = (page for scheme in schemes for page in self.of_scheme(scheme))
        pages = chain(of_schemes, self._of_site(lang))
        if url in self.redirects:
            return self._redirect(url, self.redirects[url])
        return next((page for page in pages if page.url == url), None)

    def _of_scheme(self, scheme: Scheme, lang: Lang) -> Iterator[Planned]:
        yield from (self._scheme_page(scheme, name, lang) for name in PAGE_NAMES)
        yield from (self._rule_year(scheme, rules, lang) for rules in scheme.rules)

    def _of_site(self, lang: Lang) -> Iterator[Planned]:
        yield from (self._general_page(name, lang) for name in self.general_names)
        if self.view.only is None:
            yield from (self._list(choice, lang) for choice in self.choices[lang])
        yield self._embedded(OWN_TAPER, lang)
        yield self._stand_in("404", "not_found", "/404.html", lang)
        yield self._stand_in(offline.PAGE, "offline", f"/{offline.PAGE}/", lang)

    @property
    def general_names(self) -> tuple[str, ...]:
        """The names of the general pages; the front page of a site of one scheme is its own."""
        names = self.site.page_names()
        return names if self.view.only is None else tuple(n for n in names if n != FRONT_PAGE)

    def url(self, path: str, lang: Lang = "nb") -> str:
        """Where a page stands in this site, by its address in bokmål where all schemes are."""
        front = self.view.only and address(self.view.only.slug, PAGE_NAMES[0])
        return localized("/" if path == front else path, lang)

    def values(self, planned: Planned) -> dict[str, Any]:
        """What the template of a page is given."""
        page, more = planned.make()
        lang = planned.lang
        other: Lang = "nb" if lang == "nn" else "nn"
        bokmaal = page.url.removeprefix("/nn") if lang == "nn" else page.url
        return {
            "t": self.translations.translator(lang),
            "lang": lang,
            # The error page has no address of its own, so the switch goes to the portal.
            "other_lang_url": localized("/" if page.kind == "404" else bokmaal, other),
            "page": page,
            "scheme": planned.scheme,
            "site": self.view,
            "today": self.today,
            "csp": content_security_policy(page.url, in_page=True),
            "linked_data": self._linked_data(page, planned.scheme, lang),
            "asset": self.asset,
            "url_for": lambda path: self.url(path, lang),
            "text": lambda value: _text(value, lang),
            "scheme_nav": self._scheme_nav(lang),
            **more,
        }

    # --- Pages ---

    def _scheme_page(self, scheme: Scheme, name: str, lang: Lang) -> Planned:
        return Planned(
            url=self.url(address(scheme.slug, name), lang),
            template=SCHEME_TEMPLATES.get(name, "scheme/page"),
            lang=lang,
            scheme=scheme,
            make=lambda: (self._prose(scheme.slug, name, lang), self._extra(scheme, name, lang)),
        )

    def _general_page(self, name: str, lang: Lang) -> Planned:
        return Planned(
            url=self.url(address(None, name), lang),
            template=GENERAL_TEMPLATES.get(name, "page"),
            lang=lang,
            scheme=None,
            make=lambda: (self._prose(None, name, lang), self._extra_of_general(name, lang)),
        )

    def _rule_year(self, scheme: Scheme, rules: Rules, lang: Lang) -> Planned:
        t = self.translations.translator(lang)
        url = localized(year_address(scheme.slug, rules.year), lang)

        def make() -> tuple[PageView, dict[str, Any]]:
            year = self.rule_year(scheme.slug, rules.year, lang)
            view = _without_prose(
                name=f"{RULE_YEARS}/{rules.year}",
                kind=RULE_YEARS,
                title=t("rule_year.title", year=rules.year),
                description=t("rule_year.lead", year=rules.year),
                lang=lang,
                url=url,
            )
            return view, {"rule_year": year, "page_sources": year.sources}

        return Planned(url=url, template="scheme/satser", lang=lang, scheme=scheme, make=make)

    def _list(self, choice: portal.Choice, lang: Lang) -> Planned:
        """The list of schemes narrowed in a way: it has no prose but its title."""
        t = self.translations.translator(lang)
        name = f"{portal.FOLDER}/{choice.name}"
        url = localized(address(None, name), lang)

        def make() -> tuple[PageView, dict[str, Any]]:
            view = _without_prose(
                name=name,
                kind=portal.FOLDER,
                title=choice.title,
                description=t("filter.lead"),
                lang=lang,
                url=url,
            )
            return view, {"portal": self._portal(lang, choice)}

        return Planned(url=url, template=portal.FOLDER, lang=lang, scheme=None, make=make)

    def _embedded(self, slug: str, lang: Lang) -> Planned:
        """A calculator by itself, to stand in pages of other sites."""
        scheme = self.site.schemes.get(slug)
        title = self.embeddable[slug][lang]
        url = localized(f"/{EMBEDDED}/{slug}/", lang)

        def make() -> tuple[PageView, dict[str, Any]]:
            if scheme:
                whole, more = address(slug, "kalkulator"), self._extra(scheme, "kalkulator", lang)
            else:
                whole, more = address(None, slug), self._extra_of_general(slug, lang)
            view = _without_prose(
                name=EMBEDDED, kind=EMBEDDED, title=title, description=title, lang=lang, url=url
            )
            return view, {**more, "whole_url": localized(whole, lang)}

        template = "innebygd-kalkulator"
        return Planned(url=url, template=template, lang=lang, scheme=scheme, make=make)

    def _stand_in(self, name: str, texts: str, path: str, lang: Lang) -> Planned:
        """A page that is shown at addresses of other pages."""
        t = self.translations.translator(lang)
        url = localized(path, lang)

        def make() -> tuple[PageView, dict[str, Any]]:
            view = _without_prose(
                name=name,
                kind=name,
                title=t(f"{texts}.title"),
                description=t(f"{texts}.lead"),
                lang=lang,
                url=url,
            )
            if name != "404":
                return view, {}
            other: Lang = "nb" if lang == "nn" else "nn"
            more = {"page_groups": self._page_groups(lang), "other_page": localized(path, other)}
            return view, more

        return Planned(url=url, template=name, lang=lang, scheme=None, make=make)

    def _redirect(self, old: str, new: str) -> Planned:
        """A page at an earlier address, for hosts that don't lead on by themselves."""
        lang: Lang = "nn" if old.startswith("/nn/") else "nb"
        t = self.translations.translator(lang)

        def make() -> tuple[PageView, dict[str, Any]]:
            view = _without_prose(
                name="flyttet",
                kind="flyttet",
                title=t("moved.title"),
                description=t("moved.lead"),
                lang=lang,
                url=old,
            )
            return view, {"new_url": new}

        return Planned(url=old, template="flyttet", lang=lang, scheme=None, make=make)

    # --- What stands in them ---

    def _prose(self, scheme: str | None, name: str, lang: Lang) -> PageView:
        """The page in a målform, with the prose in bokmål where nobody has written nynorsk."""
        found: Lang = lang if (scheme, name, lang) in self.site.pages else "nb"
        prose = self.site.texts.of(scheme, name, found)
        return PageView(
            name=name,
            kind=name,
            title=prose.title,
            description=prose.description,
            content=Markup(self._within(prose.html, lang)),  # noqa: S704  # HTML of Markdown
            content_lang=found,
            url=self.url(address(scheme, name), lang),
        )

    def _within(self, html: str, lang: Lang) -> str:
        """The prose of a page with its links to pages in the page's own målform.

        Editors write addresses in bokmål: every page is there in both. In a site of one scheme,
        links to others lead to the site that has them, where there is one.
        """

        def lead(link: re.Match[str]) -> str:
            path, rest, label = link["path"], link["rest"], link["label"]
            if path.split("/")[1] not in self.site.elsewhere:
                return f'<a href="{self.url(path, lang)}{rest}>{label}</a>'
            if not self.view.whole:
                return label
            return f'<a href="{self.view.whole}{localized(path, lang)}{rest}>{label}</a>'

        return _LINK_TO_PAGE.sub(lead, html)

    def _portal(self, lang: Lang, chosen: portal.Choice | None = None) -> portal.Portal:
        return portal.portal(self.schemes, self.choices[lang], chosen, self.today)

    def _extra(self, scheme: Scheme, name: str, lang: Lang) -> dict[str, Any]:
        """What a page of a scheme shows besides facts and prose; `page_sources` on all of them."""
        facts = {key: scheme.sources[key] for key in scheme.fact_sources}
        if name == "kalkulator":
            return {
                "form": self.form(scheme.slug, lang),
                "examples": [
                    example
                    for rules in scheme.rules
                    for example in self.rule_year(scheme.slug, rules.year, lang).examples
                ],
                "page_sources": calculator.rate_sources(scheme),
            }
        if name == "hva-du-kan-fa-stotte-til":
            year = self.rule_year(scheme.slug, scheme.rules[0].year, lang)
            return {"rule_year": year, "page_sources": year.sources | facts}
        if name == "om":
            own = changes.of_scheme(self.changes, scheme.slug)
            return {"changes": own, "page_sources": scheme.sources}
        if name in ("slik-soker-du", "rapportering"):
            return {"page_sources": scheme.sources}  # those of the deadlines too
        return {"page_sources": facts}

    def _rule_year_of(self, slug: str, year: int, lang: Lang) -> rule_years.RuleYear:
        scheme = self.site.schemes[slug]
        rules = next(rules for rules in scheme.rules if rules.year == year)
        return rule_years.rule_year(scheme, rules, self.changes, lang, self.translations)

    def _form_of(self, slug: str, lang: Lang) -> calculator.Form:
        return self._form(self.site.schemes[slug].calculator, lang)

    def _form(self, rules: SchemeRules, lang: Lang) -> calculator.Form:
        lock = self.runtime.lock
        return calculator.form(
            rules, lang, self.translations, lock["files"][self.runtime.wheel_name]
        )

    def _extra_of_general(self, name: str, lang: Lang) -> dict[str, Any]:
        """What a general page shows besides its prose."""
        if name == FRONT_PAGE:
            return {"portal": self._portal(lang)}
        if name == "lisenser":
            return {"licences": self.licences}
        if name == SEARCH:
            parts = search.parts(len(self.schemes))
            return {"page_groups": self._page_groups(lang, leave_out=name), "index_parts": parts}
        if name == EMBEDDED:
            return {"calculators": [(slug, n[lang]) for slug, n in self.embeddable.items()]}
        if name == OWN_TAPER:
            own = calculator.own_taper(self.today.year + 1)
            return {"form": self._form(own, lang)}
        if name == "slik-regner-vi":
            listed = [(s, calculator.readings(s, lang)) for s in self.site.schemes.values()]
            return {"readings": [(scheme, items) for scheme, items in listed if items]}
        if name == "frister":
            return {"deadlines": deadlines.page(self.site.schemes.values(), self.today)}
        if name == changes.PAGE:
            return {"changes": self.changes}
        return {}

    def _page_groups(
        self, lang: Lang, leave_out: str = ""
    ) -> list[tuple[Text | str, list[tuple[str, str, Lang]]]]:
        """All pages but one: label, address and målform of each, by scheme."""
        t = self.translations.translator(lang)
        groups: list[tuple[Text | str, list[tuple[str, str, Lang]]]] = []
        for slug, scheme in self.site.schemes.items():
            views = [self._prose(slug, name, lang) for name in PAGE_NAMES]
            listed = [(t(f"scheme_nav.{v.name}"), v.url, v.content_lang) for v in views]
            groups.append((scheme.short_name, listed))
        general = [self._prose(None, n, lang) for n in self.general_names if n != leave_out]
        listed = [(view.title, view.url, view.content_lang) for view in general]
        return [*groups, (t("search.general"), listed)]

    def _linked_data(self, page: PageView, scheme: Scheme | None, lang: Lang) -> dict[str, Any]:
        name, address = self.view.name, self.view.address
        if scheme is not None:
            return metadata.of_scheme_page(
                scheme,
                page.name,
                page.title,
                lang,
                self.translations,
                self.today,
                site_name=name,
                site_address=address,
            )
        if page.name == FRONT_PAGE:
            return metadata.of_site(name, page.description, lang, address)
        return {}

    def _scheme_nav(self, lang: Lang) -> Any:
        t = self.translations.translator(lang)

        def nav(scheme: Scheme, page: PageView) -> Iterator[tuple[str, str, str]]:
            # Rule years stand below one of the pages: there the reader is in it, but not on it.
            within = "hva-du-kan-fa-stotte-til" if page.kind == RULE_YEARS else ""
            for name in PAGE_NAMES:
                url = self.url(address(scheme.slug, name), lang)
                current = "page" if url == page.url else "true" if name == within else ""
                yield t(f"scheme_nav.{name}"), url, current

        return nav


# A link to a page of the site; files have no slash at the end of their path.
_LINK_TO_PAGE = re.compile(
    r'<a href="(?P<path>/(?!nn/)(?:[^"#?]*/)?)(?P<rest>["#?][^>]*)>(?P<label>.*?)</a>', re.DOTALL
)


def _without_prose(
    *, name: str, kind: str, title: str, description: str, lang: Lang, url: str
) -> PageView:
    return PageView(
        name=name,
        kind=kind,
        title=title,
        description=description,
        content=Markup(),
        content_lang=lang,
        url=url,
    )


def _text(value: Text | str, lang: Lang) -> Markup:
    """A text of the content in the page's målform, marked where it is in the other."""
    if isinstance(value, str):
        return escape(value)
    best, found = value.best(lang)
    return (
        escape(best) if found == lang else Markup('<span lang="{}">{}</span>').format(found, best)
    )


@pass_context
def _day(context: Context, day: date) -> str:
    return format_date(day, "d. MMMM y", locale=context["lang"])


@pass_context
def _month(context: Context, day: date) -> str:
    return format_date(day, "MMMM y", locale=context["lang"])


FILTERS = {"kroner": kroner, "dato": _day, "maaned": _month}
"""What templates can do to a value."""
