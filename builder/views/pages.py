"""Every page of the site, each made when it is asked for: what templates are given.

What stands in pages comes from `builder.content` (facts, rules), from Markdown and from `calc`
(default answers, examples).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from babel.dates import format_date
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from builder import content
from builder.bundle import offline, runtime
from builder.bundle.licences import Licence
from builder.content import PAGE_NAMES, RULE_YEARS, Scheme
from builder.data import redirects, search
from builder.kit.headers import content_security_policy
from builder.kit.i18n import LANGS, Translations
from builder.routes import calendar_list
from builder.routes.addresses import FRONT_PAGE, address, localized, year_address
from builder.routes.paging import Paging, Step
from builder.views import alphabet, calculator, changes, deadlines, metadata, portal, rule_years
from calc.messages import kroner, whole
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
DEADLINES = "frister"
# Parts of lists that are too long for one page, and the names from A to Å.
DEADLINE_PAGE = "frister-side"
CHANGE_PAGE = "endringer-maaned"
ALPHABET = "a-aa"
# Stand-ins for other pages, and parts of pages: not for search engines, as their templates say too.
_NOT_FOR_SEARCH = {"404", offline.PAGE, "innebygd-kalkulator", "flyttet"}

type PageGroups = list[tuple[Text | str, list[tuple[str, str, Lang]]]]


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
    """The site as templates see it. Pages that list schemes are given lists of their own instead.

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
    """A page that can be made: its address and template; `make` gives what stands in it.

    `shows` says with its `repr` all that a page of no scheme shows of schemes: the same, and so is
    the page, unless its prose or the theme is another. None of those that show nothing of them.
    """

    url: str
    template: str
    lang: Lang
    scheme: Scheme | None
    make: Callable[[], tuple[PageView, dict[str, Any]]]
    shows: object = None

    @property
    def is_for_search(self) -> bool:
        """Whether search engines are to show it."""
        return self.template not in _NOT_FOR_SEARCH

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
        self.changes = changes.views(site)
        self.changes_of = changes.by_scheme(self.changes)
        # Several pages of a scheme show the same, one soon after the other.
        self.rule_year = lru_cache(_REMEMBERED)(self._rule_year_of)
        self.form = lru_cache(_REMEMBERED)(self._form_of)
        self.redirects = redirects.of_pages(site, self.url)
        if view.only is not None:
            # Where its front page is in the site that has all schemes.
            front = address(view.only.slug, PAGE_NAMES[0])
            self.redirects |= {localized(front, lang): localized("/", lang) for lang in LANGS}

    # --- Lists, made when they are first asked for ---

    @cached_property
    def lists(self) -> portal.Lists:
        """The lists of schemes."""
        return portal.Lists(portal.listed(self.schemes, self.today))

    @cached_property
    def portals(self) -> dict[Lang, portal.Portals]:
        """The pages of the lists."""
        return {lang: portal.Portals(self.lists, lang, self.translations) for lang in LANGS}

    @cached_property
    def by_name(self) -> dict[Lang, tuple[alphabet.Page, ...]]:
        """The names of the schemes; of few, none are needed beside the portal."""
        schemes, is_large = self.lists.schemes, self.lists.is_large
        return {lang: alphabet.pages(schemes, lang) if is_large else () for lang in LANGS}

    @cached_property
    def all_deadlines(self) -> deadlines.AllDeadlines:
        """The deadlines of all schemes."""
        return deadlines.AllDeadlines(self.schemes, self.today)

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

    def number_of(self, scheme: Scheme) -> int:
        """How many pages `of_scheme` gives."""
        embedded = scheme.slug in self.embeddable
        return len(LANGS) * (len(PAGE_NAMES) + len(scheme.rules) + embedded)

    def of_site(self) -> Iterator[Planned]:
        """Every page that is not of one scheme."""
        for lang in LANGS:
            yield from self._of_site(lang)

    def moved(self) -> Iterator[Planned]:
        """A page at each earlier address."""
        yield from (self._redirect(*pair) for pair in self.redirects.items())

    def for_search(self) -> Iterator[str]:
        """The addresses in bokmål of all pages that are for search engines."""
        pages = chain(
            (page for scheme in self.schemes for page in self._of_scheme(scheme, "nb")),
            self._of_site("nb"),
        )
        return (page.url for page in pages if page.is_for_search)

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
            yield from self._lists(lang)
        yield from (self._names(page, lang) for page in self.by_name[lang])
        yield from self._deadline_pages(lang)
        yield from (self._month(*page, lang) for page in changes.month_pages(self.changes))
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
            "today": self.day_of(planned.scheme),
            "csp": content_security_policy(page.url, in_page=True),
            "linked_data": self._linked_data(page, planned.scheme, lang),
            "asset": self.asset,
            "url_for": lambda path: self.url(path, lang),
            "text": lambda value: _text(value, lang),
            "scheme_nav": self._scheme_nav(lang),
            **more,
        }

    def day_of(self, scheme: Scheme | None) -> date:
        """The day that a page is made for: of a scheme's, the first on which they were the same."""
        return self.today if scheme is None else scheme.unchanged_since(self.today)

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
        shows, more = self._shown_on(name, lang)
        return Planned(
            url=self.url(address(None, name), lang),
            template=GENERAL_TEMPLATES.get(name, "page"),
            lang=lang,
            scheme=None,
            make=lambda: (self._prose(None, name, lang), more()),
            shows=shows,
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

    def _lists(self, lang: Lang) -> Iterator[Planned]:
        """The pages of all lists of schemes but the portal itself."""
        t = self.translations.translator(lang)
        portals = self.portals[lang]
        for choice in (None, *portals.choices):
            for step, shown in portals.pages(choice):
                if step.url == "/":
                    continue
                name = step.url.strip("/")
                title = t("lists.all") if choice is None else choice.title
                more = {"portal": shown}
                yield self._part(
                    name, portal.FOLDER, title, t("filter.lead"), lang, more, shows=shown.shows
                )

    def _names(self, page: alphabet.Page, lang: Lang) -> Planned:
        """A page of the names of all schemes."""
        t = self.translations.translator(lang)
        title, lead = t("alphabet.title"), t("alphabet.lead")
        name = page.step.url.strip("/")
        return self._part(name, ALPHABET, title, lead, lang, {"names": page}, kind=portal.FOLDER)

    def _deadline_pages(self, lang: Lang) -> Iterator[Planned]:
        """The pages of deadlines beside the one that is always there."""
        if not self.all_deadlines.is_large:
            return
        t = self.translations.translator(lang)
        for step, coming in self.all_deadlines.coming_pages():
            if step.number > 1:
                more: dict[str, Any] = {"coming": coming, "year": None}
                title, lead = t("deadlines.coming"), t("deadlines.coming_caption")
                yield self._part(
                    step.url.strip("/"), DEADLINE_PAGE, title, lead, lang, more, kind=DEADLINES
                )
        for step, year in self.all_deadlines.year_pages():
            title, lead = t("deadlines.year_title", year=year.year), t("deadlines.earlier_intro")
            more = {"coming": None, "year": year}
            yield self._part(
                step.url.strip("/"), DEADLINE_PAGE, title, lead, lang, more, kind=DEADLINES
            )

    def _month(self, step: Step, page: changes.MonthPage, lang: Lang) -> Planned:
        """A page of the changes of a month."""
        t = self.translations.translator(lang)
        month = format_date(page.month, "MMMM y", locale=lang)
        return self._part(
            step.url.strip("/"),
            CHANGE_PAGE,
            t("changes.month_title", month=month),
            t("changes.month_lead"),
            lang,
            {"month": page},
            kind=changes.PAGE,
        )

    def _part(
        self,
        name: str,
        template: str,
        title: str,
        lead: str,
        lang: Lang,
        more: dict[str, Any],
        *,
        kind: str = "",
        shows: object = None,
    ) -> Planned:
        """A page of a list, at the address that its name says: it has no prose but its title.

        Pages after the first of a list say in their titles which they are. `shows` is all that is
        in `more`, where that is not short.
        """
        (shown,) = (value for value in more.values() if value is not None)
        way: Paging | None = shown.paging
        if way is not None and way.number > 1:
            t = self.translations.translator(lang)
            title = t("paging.title", title=title, number=way.number)
        url = localized(f"/{name}/", lang)

        def make() -> tuple[PageView, dict[str, Any]]:
            view = _without_prose(
                name=name, kind=kind or template, title=title, description=lead, lang=lang, url=url
            )
            return view, more

        return Planned(
            url=url, template=template, lang=lang, scheme=None, make=make, shows=shows or shown
        )

    def _embedded(self, slug: str, lang: Lang) -> Planned:
        """A calculator by itself, to stand in pages of other sites."""
        scheme = self.site.schemes.get(slug)
        title = self.embeddable[slug][lang]
        url = localized(f"/{EMBEDDED}/{slug}/", lang)

        def make() -> tuple[PageView, dict[str, Any]]:
            if scheme:
                whole, more = address(slug, "kalkulator"), self._extra(scheme, "kalkulator", lang)
            else:
                whole, more = address(None, slug), self._shown_on(slug, lang)[1]()
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
        shows, found = self._shown_on(name, lang)

        def make() -> tuple[PageView, dict[str, Any]]:
            view = _without_prose(
                name=name,
                kind=name,
                title=t(f"{texts}.title"),
                description=t(f"{texts}.lead"),
                lang=lang,
                url=url,
            )
            return view, found()

        return Planned(url=url, template=name, lang=lang, scheme=None, make=make, shows=shows)

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
        found = self._lang_of(scheme, name, lang)
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

    def _lang_of(self, scheme: str | None, name: str, lang: Lang) -> Lang:
        """The målform that the prose of a page is in."""
        return lang if (scheme, name, lang) in self.site.pages else "nb"

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
            own = self.changes_of.get(scheme.slug, ())
            return {"changes": own, "page_sources": scheme.sources}
        if name in ("slik-soker-du", "rapportering"):
            return {"page_sources": scheme.sources}  # those of the deadlines too
        return {"page_sources": facts}

    def _rule_year_of(self, slug: str, year: int, lang: Lang) -> rule_years.RuleYear:
        scheme = self.site.schemes[slug]
        rules = next(rules for rules in scheme.rules if rules.year == year)
        own = self.changes_of.get(slug, ())
        return rule_years.rule_year(scheme, rules, own, lang, self.translations)

    def _form_of(self, slug: str, lang: Lang) -> calculator.Form:
        return self._form(self.site.schemes[slug].calculator, lang)

    def _form(self, rules: SchemeRules, lang: Lang) -> calculator.Form:
        lock = self.runtime.lock
        return calculator.form(
            rules, lang, self.translations, lock["files"][self.runtime.wheel_name]
        )

    def _shown_on(self, name: str, lang: Lang) -> tuple[object, Callable[[], dict[str, Any]]]:
        """What a page of no scheme shows of schemes (`Planned.shows`), and all beside its prose."""
        more: dict[str, Any] = {}
        if name == FRONT_PAGE:
            shown = next(iter(self.portals[lang].pages(None)))[1]
            return shown.shows, lambda: {"portal": shown}
        if name == "lisenser":
            return None, lambda: {"licences": self.licences}
        if name in (SEARCH, "404"):
            groups = self._groups_of_schemes(lang)
            return groups, lambda: self._all_pages(groups, name, lang)
        if name == EMBEDDED:
            listed = [(slug, names[lang]) for slug, names in self.embeddable.items()]
            calculators = listed[:1] if self.lists.is_large else listed
            more = {"calculators": calculators, "alphabet": self._alphabet_address}
            return more, lambda: more
        if name == OWN_TAPER:
            own = calculator.own_taper(self.today.year + 1)
            return None, lambda: {"form": self._form(own, lang)}
        if name == "slik-regner-vi":
            readings = () if self.lists.is_large else tuple(self._readings(lang))
            more = {"readings": readings, "alphabet": self._alphabet_address}
            return more, lambda: more
        if name == DEADLINES:
            more = {"deadlines": self.all_deadlines.page(), "calendars": self._calendars()}
            return more, lambda: more
        if name == changes.PAGE:
            more = {
                "changes": self.changes[: changes.NEWEST],
                "months": changes.month_links(self.changes),
            }
            return more, lambda: more
        return None, dict

    @property
    def _alphabet_address(self) -> str:
        """Where the names of all schemes are, in bokmål; empty where they are few."""
        return alphabet.ADDRESS if self.lists.is_large else ""

    def _readings(self, lang: Lang) -> Iterator[tuple[Text, list[tuple[str, Text]]]]:
        """Our readings of unclear rules, by the name of the scheme."""
        for scheme in self.site.schemes.values():
            if items := calculator.readings(scheme, lang):
                yield scheme.short_name, items

    def _calendars(self) -> tuple[calendar_list.Listed, ...]:
        return calendar_list.listed(self.schemes, only_all=self.lists.is_large)

    def _groups_of_schemes(self, lang: Lang) -> PageGroups:
        """The pages of all schemes: label, address and målform of each, by scheme.

        Of many, the pages with their names instead.
        """
        t = self.translations.translator(lang)
        if pages := self.by_name[lang]:
            listed = [
                (
                    t("alphabet.range", number=page.step.number, first=page.first, last=page.last),
                    localized(page.step.url, lang),
                    lang,
                )
                for page in pages
            ]
            return [(t("alphabet.title"), listed)]
        groups: PageGroups = []
        for slug, scheme in self.site.schemes.items():
            links = [
                (
                    t(f"scheme_nav.{name}"),
                    self.url(address(slug, name), lang),
                    self._lang_of(slug, name, lang),
                )
                for name in PAGE_NAMES
            ]
            groups.append((scheme.short_name, links))
        return groups

    def _all_pages(self, groups: PageGroups, name: str, lang: Lang) -> dict[str, Any]:
        """What lists all pages but the one with this name."""
        t = self.translations.translator(lang)
        general = [self._prose(None, n, lang) for n in self.general_names if n != name]
        links = [(view.title, view.url, view.content_lang) for view in general]
        more: dict[str, Any] = {"page_groups": [*groups, (t("search.general"), links)]}
        if name == SEARCH:
            more["index_parts"] = search.parts(len(self.schemes))
        if name == "404":
            other: Lang = "nb" if lang == "nn" else "nn"
            more["other_page"] = localized(f"/{name}.html", other)
            more["scheme_links"] = [(label, links[0][1]) for label, links in groups]
            more["names"] = [localized(page.step.url, lang) for page in self.by_name[lang]]
        return more

    def _linked_data(self, page: PageView, scheme: Scheme | None, lang: Lang) -> dict[str, Any]:
        name, address = self.view.name, self.view.address
        if scheme is not None:
            return metadata.of_scheme_page(
                scheme,
                page.name,
                page.title,
                lang,
                self.translations,
                self.day_of(scheme),
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


FILTERS = {"kroner": kroner, "tall": whole, "dato": _day, "maaned": _month}
"""What templates can do to a value."""
