"""The Pelican plugin: makes every page of the site from the content model.

Pelican reads the Markdown, renders the templates and writes the files; what stands in them comes
from `builder.content` (facts, rules) and `calc` (default answers, examples).
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from pelican import Pelican, signals
from pelican.contents import Page
from pelican.generators import Generator
from pelican.writers import Writer

from builder import (
    api,
    assets,
    calculator,
    calendars,
    changes,
    compress,
    content,
    deadlines,
    exercise,
    hosting,
    i18n,
    licences,
    metadata,
    offline,
    portal,
    prose,
    rule_files,
    rule_years,
    runtime,
    search,
    sitemap,
)
from builder.content import PAGE_NAMES, ContentError, Scheme
from builder.content.load import PageFile
from builder.headers import content_security_policy
from builder.i18n import LANGS
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
FRONT_PAGE = "forside"
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
    """The site as templates see it."""

    name: str
    address: str
    schemes: tuple[Scheme, ...]


def register() -> None:
    """Called by Pelican: hook into its signals."""
    signals.initialized.connect(_prepare)
    signals.get_generators.connect(_generators)


def _prepare(pelican: Pelican) -> None:
    """Read the content before anything is written. Mistakes in it are said and end the run."""
    try:
        pelican.settings["SITE_CONTENT"] = content.load(Path(pelican.settings["PATH"]))
    except ContentError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


def _generators(_pelican: Pelican) -> type[Generator]:
    return SiteGenerator


def _say(step: str) -> None:
    """Tell the editor what is being done. Not on standard output, which Pelican has."""
    print(step, file=sys.stderr, flush=True)


def today() -> date:
    """The day the site is built for: `BUILD_DATE` (ISO) or today. Read here and nowhere else."""
    fixed = os.environ.get("BUILD_DATE")
    return date.fromisoformat(fixed) if fixed else datetime.now(ZoneInfo("Europe/Oslo")).date()


def address(scheme: str | None, name: str) -> str:
    """The address of a page in bokmål, with a slash at both ends."""
    if scheme is None:
        return "/" if name == FRONT_PAGE else f"/{name}/"
    return f"/{scheme}/" if name == PAGE_NAMES[0] else f"/{scheme}/{name}/"


def year_address(scheme: str, year: int) -> str:
    """The address of a rule year in bokmål."""
    return f"/{scheme}/{rule_years.FOLDER}/{year}/"


def localized(path: str, lang: Lang) -> str:
    """The same page in a målform: nynorsk stands under `/nn/`."""
    return f"/nn{path}" if lang == "nn" else path


class SiteGenerator(Generator):  # type: ignore[misc]  # Pelican has no type hints
    """Writes the portal, the schemes and the general pages, in both målformer."""

    def generate_context(self) -> None:
        """Read the Markdown, and make or fetch everything that pages refer to."""
        root = Path(self.settings["PATH"]).parent
        self.site: content.Site = self.settings["SITE_CONTENT"]
        self.translations = i18n.load(Path(self.theme) / "translations")
        self.today = today()
        _say("Gjør klar kalkulatorene for nettleseren …")
        self.runtime = runtime.build(
            root, exercise.requests(self.translations), exercise.workbooks()
        )
        self.embeddable = self._embeddable()
        constants = {**self.runtime.constants, "CALCULATORS": self.embeddable}
        self.assets = assets.build(root, constants)
        self.licences = licences.shipped(root)
        self.schemes = tuple(self.site.schemes.values())
        self.choices = {
            lang: portal.choices(self.schemes, self.today, lang, self.translations)
            for lang in LANGS
        }
        self.changes = changes.views(self.site)
        self.prose = {key: self._read(page) for key, page in self.site.pages.items()}
        for key, page in self.prose.items():
            page.override_url = localized(address(key[0], key[1]), key[2]).lstrip("/")
            self.add_source_path(page)
        self.env.filters |= {"kroner": kroner, "dato": _day, "maaned": _month}

    def _read(self, page: PageFile) -> Page:
        path = page.path.relative_to(self.settings["PATH"])
        return self.readers.read_file(
            base_path=self.settings["PATH"],
            path=str(path),
            content_class=Page,
            context=self.context,
        )

    def generate_output(self, writer: Writer) -> None:
        """Write all pages and files, and compressed copies beside them."""
        _say("Lager sidene …")
        for lang in LANGS:
            self._write_pages(writer, lang)
        output = Path(self.output_path)
        self._write_data(output)
        shutil.copytree(self.assets.folder, output / "assets")
        for shown in self.site.pages.values():
            for image in shown.images.values():
                _write_bytes(output, image.address, image.data)
        shutil.copytree(self.runtime.folder, output / self.runtime.url.strip("/"))
        (output / "embed.js").write_text(self.assets.embed, "utf-8")
        search.write(output)
        hosting.write(output)
        offline.write(output, self.assets, self.runtime)
        _say("Komprimerer filene (første gang tar det et halvt minutt) …")
        compress.compress(output, Path(self.settings["PATH"]).parent / ".cache/compressed")

    def _write_data(self, output: Path) -> None:
        """Write what programs read, of a site whose pages have been written."""
        site_address = self.settings["SITEURL"]
        calendars.write(output, self.schemes, self.translations, site_address)
        rule_files.write(output, self.schemes, Path(self.settings["PATH"]))
        api.write(output, self.schemes, self.today, site_address)
        sitemap.write(output, self.schemes, site_address)
        pages = {lang: localized(address(None, changes.PAGE), lang) for lang in LANGS}
        for lang in LANGS:
            path = localized(changes.FEED, lang)
            feed = changes.feed(
                self.changes,
                lang,
                self.translations.translator(lang),
                author=self.settings["SITENAME"],
                address=site_address,
                page=pages[lang],
                path=path,
                built=self.today,
            )
            _write_bytes(output, path, feed)
        data = changes.as_data(self.changes, site_address, pages)
        _write_bytes(output, changes.API, data)

    def _write_pages(self, writer: Writer, lang: Lang) -> None:
        for slug, scheme in self.site.schemes.items():
            for name in PAGE_NAMES:
                template = SCHEME_TEMPLATES.get(name, "scheme/page")
                more = self._extra(scheme, name, lang)
                self._write(writer, template, self._view(slug, name, lang), lang, scheme, more)
            for rules in scheme.rules:
                self._write_rule_year(writer, scheme, rules, lang)
        for name in self.site.page_names():
            template = GENERAL_TEMPLATES.get(name, "page")
            more = self._extra_of_general(name, lang)
            self._write(writer, template, self._view(None, name, lang), lang, None, more)
        self._write_lists(writer, lang)
        for slug in self.embeddable:
            self._write_embedded(writer, slug, lang)
        other: Lang = "nb" if lang == "nn" else "nn"
        more = {
            "page_groups": self._page_groups(lang),
            "other_page": localized("/404.html", other),
        }
        self._write_stand_in(writer, "404", "not_found", "/404.html", lang, more)
        self._write_stand_in(writer, offline.PAGE, "offline", f"/{offline.PAGE}/", lang, {})

    def _write_rule_year(self, writer: Writer, scheme: Scheme, rules: Rules, lang: Lang) -> None:
        t = self.translations.translator(lang)
        year = rule_years.rule_year(scheme, rules, self.changes, lang, self.translations)
        view = PageView(
            name=f"{rule_years.FOLDER}/{rules.year}",
            kind=rule_years.FOLDER,
            title=t("rule_year.title", year=rules.year),
            description=t("rule_year.lead", year=rules.year),
            content=Markup(),
            content_lang=lang,
            url=localized(year_address(scheme.slug, rules.year), lang),
        )
        more = {"rule_year": year, "page_sources": year.sources}
        self._write(writer, "scheme/satser", view, lang, scheme, more)

    def _extra(self, scheme: Scheme, name: str, lang: Lang) -> dict[str, Any]:
        """What a page of a scheme shows besides facts and prose; `page_sources` on all of them."""
        facts = {key: scheme.sources[key] for key in scheme.fact_sources}
        if name == "kalkulator":
            return {
                "form": self._form(scheme.calculator, lang),
                "examples": calculator.examples(scheme, scheme.rules, lang, self.translations),
                "page_sources": calculator.rate_sources(scheme),
            }
        if name == "hva-du-kan-fa-stotte-til":
            newest = scheme.rules[0]
            year = rule_years.rule_year(scheme, newest, self.changes, lang, self.translations)
            return {"rule_year": year, "page_sources": year.sources | facts}
        if name == "om":
            own = changes.of_scheme(self.changes, scheme.slug)
            return {"changes": own, "page_sources": scheme.sources}
        if name in ("slik-soker-du", "rapportering"):
            return {"page_sources": scheme.sources}  # those of the deadlines too
        return {"page_sources": facts}

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
            return {"page_groups": self._page_groups(lang, leave_out=name)}
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
            views = [self._view(slug, name, lang) for name in PAGE_NAMES]
            listed = [(t(f"scheme_nav.{v.name}"), v.url, v.content_lang) for v in views]
            groups.append((scheme.short_name, listed))
        general = [self._view(None, n, lang) for n in self.site.page_names() if n != leave_out]
        listed = [(view.title, view.url, view.content_lang) for view in general]
        return [*groups, (t("search.general"), listed)]

    def _embeddable(self) -> dict[str, dict[Lang, str]]:
        """Every calculator that has a form: its name where it stands by itself, by målform.

        Those of schemes that can be applied for come first.
        """
        found = {}
        schemes = sorted(self.site.schemes.items(), key=lambda item: item[1].state != "active")
        for slug, scheme in schemes:
            if self._extra(scheme, "kalkulator", "nb")["form"].fields:
                found[slug] = {lang: self._embed_title(scheme, lang) for lang in LANGS}
        return found | {OWN_TAPER: {lang: self._embed_title(None, lang) for lang in LANGS}}

    def _embed_title(self, scheme: Scheme | None, lang: Lang) -> str:
        t = self.translations.translator(lang)
        if scheme is None:
            return t("embed.own_title")
        return t("embed.title", name=scheme.short_name.best(lang)[0])

    def _write_embedded(self, writer: Writer, slug: str, lang: Lang) -> None:
        """Write a calculator by itself, to stand in pages of other sites."""
        scheme = self.site.schemes.get(slug)
        if scheme:
            whole, more = address(slug, "kalkulator"), self._extra(scheme, "kalkulator", lang)
        else:
            whole, more = address(None, slug), self._extra_of_general(slug, lang)
        title = self.embeddable[slug][lang]
        view = PageView(
            name=EMBEDDED,
            kind=EMBEDDED,
            title=title,
            description=title,
            content=Markup(),
            content_lang=lang,
            url=localized(f"/{EMBEDDED}/{slug}/", lang),
        )
        more = {**more, "whole_url": localized(whole, lang)}
        self._write(writer, "innebygd-kalkulator", view, lang, scheme, more)

    def _view(self, scheme: str | None, name: str, lang: Lang) -> PageView:
        """The page in a målform, with the prose in bokmål where nobody has written nynorsk."""
        found: Lang = lang if (scheme, name, lang) in self.prose else "nb"
        page = self.prose[scheme, name, found]
        images = self.site.pages[scheme, name, found].images
        html = _within(prose.html(page.content, images), lang)
        return PageView(
            name=name,
            kind=name,
            title=page.title,
            description=page.metadata["description"],
            content=Markup(html),  # noqa: S704  # cleaned
            content_lang=found,
            url=localized(address(scheme, name), lang),
        )

    def _portal(self, lang: Lang, chosen: portal.Choice | None = None) -> portal.Portal:
        return portal.portal(self.schemes, self.choices[lang], chosen, self.today)

    def _write_lists(self, writer: Writer, lang: Lang) -> None:
        """Write the list of schemes narrowed in each way: a page has no prose but its title."""
        t = self.translations.translator(lang)
        for choice in self.choices[lang]:
            name = f"{portal.FOLDER}/{choice.name}"
            view = PageView(
                name=name,
                kind=portal.FOLDER,
                title=choice.title,
                description=t("filter.lead"),
                content=Markup(),
                content_lang=lang,
                url=localized(address(None, name), lang),
            )
            more = {"portal": self._portal(lang, choice)}
            self._write(writer, portal.FOLDER, view, lang, None, more)

    def _write_stand_in(
        self,
        writer: Writer,
        name: str,
        title: str,
        path: str,
        lang: Lang,
        more: dict[str, Any],
    ) -> None:
        """Write a page that is shown at addresses of other pages."""
        t = self.translations.translator(lang)
        view = PageView(
            name=name,
            kind=name,
            title=t(f"{title}.title"),
            description=t(f"{title}.lead"),
            content=Markup(),
            content_lang=lang,
            url=localized(path, lang),
        )
        self._write(writer, name, view, lang, None, more)

    def _write(
        self,
        writer: Writer,
        template: str,
        page: PageView,
        lang: Lang,
        scheme: Scheme | None,
        more: dict[str, Any],
    ) -> None:
        other: Lang = "nb" if lang == "nn" else "nn"
        bokmaal = page.url.removeprefix("/nn") if lang == "nn" else page.url
        # The error page has no address of its own, so the switch goes to the portal.
        other_url = localized("/" if page.kind == "404" else bokmaal, other)
        path = page.url.lstrip("/")
        writer.write_file(
            f"{path}index.html" if not path.endswith(".html") else path,
            self.get_template(template),
            self.context,
            url=page.url,
            t=self.translations.translator(lang),
            lang=lang,
            other_lang_url=other_url,
            page=page,
            scheme=scheme,
            site=SiteView(
                name=self.settings["SITENAME"],
                address=self.settings["SITEURL"],
                schemes=self.schemes,
            ),
            today=self.today,
            csp=content_security_policy(page.url, in_page=True),
            linked_data=self._linked_data(page, scheme, lang),
            asset=self.assets.url,
            url_for=lambda path: localized(path, lang),
            text=lambda value: _text(value, lang),
            scheme_nav=self._scheme_nav(lang),
            **more,
        )

    def _linked_data(self, page: PageView, scheme: Scheme | None, lang: Lang) -> dict[str, Any]:
        name, address = self.settings["SITENAME"], self.settings["SITEURL"]
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
            within = "hva-du-kan-fa-stotte-til" if page.kind == rule_years.FOLDER else ""
            for name in PAGE_NAMES:
                url = localized(address(scheme.slug, name), lang)
                current = "page" if url == page.url else "true" if name == within else ""
                yield t(f"scheme_nav.{name}"), url, current

        return nav


# A link to a page of the site; files have no slash at the end of their path.
_LINK_TO_PAGE = re.compile(r'(?<=<a href=")/(?!nn/)(?:[^"#?]*/)?(?=["#?])')


def _within(html: str, lang: Lang) -> str:
    """The prose of a page with its links to pages in the page's own målform.

    Editors write addresses in bokmål: every page is there in both.
    """
    return _LINK_TO_PAGE.sub(lambda link: localized(link[0], lang), html)


def _write_bytes(output: Path, path: str, data: bytes) -> None:
    file = output / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


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
