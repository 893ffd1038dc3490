"""The Pelican plugin: makes every page of the site from the content model.

Pelican reads the Markdown, renders the templates and writes the files; what stands in them comes
from `builder.content` (facts, rules) and `calc` (default answers, examples).
"""

import os
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
    assets,
    calculator,
    compress,
    content,
    exercise,
    hosting,
    i18n,
    licences,
    offline,
    runtime,
)
from builder.content import PAGE_NAMES, ContentError, Scheme
from builder.content.load import PageFile
from builder.headers import content_security_policy
from builder.i18n import LANGS
from calc.messages import kroner
from calc.rules import Lang, SchemeRules, Text

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
}
FRONT_PAGE = "forside"


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
        self.runtime = runtime.build(root, exercise.requests(self.translations))
        # The scripts know the runtime by its lock, so that a page and its Python always fit.
        here = {"url": self.runtime.url, "lock": self.runtime.lock}
        self.assets = assets.build(root, {"RUNTIME": here})
        self.licences = licences.shipped(root)
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
        shutil.copytree(self.assets.folder, output / "assets")
        shutil.copytree(self.runtime.folder, output / self.runtime.url.strip("/"))
        hosting.write(output)
        offline.write(output, self.assets, self.runtime)
        _say("Komprimerer filene (første gang tar det et halvt minutt) …")
        compress.compress(output, Path(self.settings["PATH"]).parent / ".cache/compressed")

    def _write_pages(self, writer: Writer, lang: Lang) -> None:
        for slug, scheme in self.site.schemes.items():
            for name in PAGE_NAMES:
                template = SCHEME_TEMPLATES.get(name, "scheme/page")
                more = self._extra(scheme, name, lang)
                self._write(writer, template, self._view(slug, name, lang), lang, scheme, more)
        for name in self.site.page_names():
            template = GENERAL_TEMPLATES.get(name, "page")
            more = self._extra_of_general(name, lang)
            self._write(writer, template, self._view(None, name, lang), lang, None, more)
        self._write_stand_in(writer, "404", "not_found", "/404.html", lang)
        self._write_stand_in(writer, offline.PAGE, "offline", f"/{offline.PAGE}/", lang)

    def _extra(self, scheme: Scheme, name: str, lang: Lang) -> dict[str, Any]:
        """What a page of a scheme shows besides facts and prose."""
        if name == "kalkulator":
            return {
                "form": self._form(scheme.calculator, lang),
                "examples": calculator.examples(scheme, lang, self.translations),
            }
        if name == "hva-du-kan-fa-stotte-til":
            return {
                "rate_tables": calculator.rate_tables(scheme, lang, self.translations),
                "rate_sources": calculator.rate_sources(scheme),
            }
        return {}

    def _form(self, rules: SchemeRules, lang: Lang) -> calculator.Form:
        lock = self.runtime.lock
        return calculator.form(
            rules, lang, self.translations, lock["files"][self.runtime.wheel_name]
        )

    def _extra_of_general(self, name: str, lang: Lang) -> dict[str, Any]:
        """What a general page shows besides its prose."""
        if name == "lisenser":
            return {"licences": self.licences}
        if name == "egen-nedtrapping":
            own = calculator.own_taper(self.today.year + 1)
            return {"form": self._form(own, lang)}
        if name == "slik-regner-vi":
            listed = [(s, calculator.readings(s, lang)) for s in self.site.schemes.values()]
            return {"readings": [(scheme, items) for scheme, items in listed if items]}
        return {}

    def _view(self, scheme: str | None, name: str, lang: Lang) -> PageView:
        """The page in a målform, with the prose in bokmål where nobody has written nynorsk."""
        found: Lang = lang if (scheme, name, lang) in self.prose else "nb"
        page = self.prose[scheme, name, found]
        return PageView(
            name=name,
            kind=name,
            title=page.title,
            description=page.metadata["description"],
            content=Markup(page.content),  # noqa: S704  # HTML that Markdown has made
            content_lang=found,
            url=localized(address(scheme, name), lang),
        )

    def _write_stand_in(self, writer: Writer, name: str, title: str, path: str, lang: Lang) -> None:
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
        self._write(writer, name, view, lang, None, {})

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
                schemes=tuple(self.site.schemes.values()),
            ),
            today=self.today,
            csp=content_security_policy(page.url, in_page=True),
            asset=self.assets.url,
            url_for=lambda path: localized(path, lang),
            text=lambda value: _text(value, lang),
            scheme_nav=self._scheme_nav(lang),
            **more,
        )

    def _scheme_nav(self, lang: Lang) -> Any:
        t = self.translations.translator(lang)

        def nav(scheme: Scheme, page: PageView) -> Iterator[tuple[str, str, bool]]:
            for name in PAGE_NAMES:
                url = localized(address(scheme.slug, name), lang)
                yield t(f"scheme_nav.{name}"), url, url == page.url

        return nav


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
