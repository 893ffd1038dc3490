"""The pages and the published changes as Pelican's own objects, which other plugins get.

Pelican's generators of pages and articles find no files. They get these objects by their signals,
before any other plugin does. The units of the site write the pages.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import Any

from markupsafe import Markup
from pelican import signals
from pelican.contents import Article, Category, Content, Page
from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.writers import Writer

from builder.data.change_files import ChangeView, midnight
from builder.kit.addresses import CHANGES_PAGE, localized
from builder.kit.i18n import LANGS
from builder.views.page import PageView, Planned
from calc.rules import Lang


class SitePage(Page):  # type: ignore[misc]  # Pelican has no type hints
    """A page of the site. Its title and its prose are made when a plugin asks for them.

    A page that search engines are not to list has the status `hidden`. `scheme` is the slug of the
    page's scheme, or empty.
    """

    def __init__(self, planned: Planned, settings: dict[str, Any], context: dict[str, Any]) -> None:
        self._planned = planned
        url = planned.url.lstrip("/")
        metadata = {
            "lang": planned.lang,
            "slug": url.removeprefix("nn/"),
            "url": url,
            "save_as": planned.file,
            "template": planned.template,
            "status": "published" if planned.is_for_search else "hidden",
            "scheme": planned.scheme.slug if planned.scheme else "",
        }
        super().__init__(None, metadata, settings, context=context)

    @cached_property
    def _view(self) -> PageView:
        return self._planned.build()[0]

    @cached_property
    def title(self) -> str:
        """The title, unless a plugin has set another one."""
        return self._view.title

    @property
    def _content(self) -> str:
        return str(self._view.content) if self._text is None else self._text

    @_content.setter
    def _content(self, text: str | None) -> None:
        self._text = text

    @property
    def change(self) -> tuple[str, str] | None:
        """Title and prose where a plugin has changed them, else None."""
        title, text = vars(self).get("title"), self._text
        has_title = title is not None and title != self._view.title
        has_text = text is not None and text != str(self._view.content)
        return (self.title, self.content) if has_title or has_text else None

    def changed(self, view: PageView) -> PageView:
        """The page as its template sees it, with title and prose as plugins have changed them."""
        if self.change is None:
            return view
        return replace(view, title=self.title, content=Markup(self.content))  # noqa: S704  # HTML


def add_pages(generator: PagesGenerator, pages: Iterable[Planned]) -> dict[str, SitePage]:
    """Give Pelican's generator of pages all pages of the site; returns them by their address."""
    every = [SitePage(page, generator.settings, generator.context) for page in pages]
    for status, name in (("published", ""), ("hidden", "hidden_")):
        originals, translations = _linked([page for page in every if page.status == status])
        setattr(generator, f"{name}pages", originals)
        setattr(generator, f"{name}translations", translations)
    generator._update_context(("pages", "hidden_pages"))
    return {f"/{page.url}": page for page in every}


def add_articles(generator: ArticlesGenerator, changes: Iterable[ChangeView]) -> None:
    """Give Pelican's generator of articles the published changes, newest first.

    A change has no page of its own, so no file is written: its address is its place on a page.
    """
    generator.articles, generator.translations = _linked(
        _article(change, lang, generator.settings, generator.context)
        for change in changes
        for lang in LANGS
    )


def _linked[C: Content](contents: Iterable[C]) -> tuple[list[C], list[C]]:
    """The contents in `DEFAULT_LANG`, and all others, each with its translations.

    Pelican's own function for this compares each content with all others.
    """
    by_slug: dict[str, list[C]] = {}
    for one in contents:
        by_slug.setdefault(one.slug, []).append(one)
    every = list(chain(*by_slug.values()))
    for one in every:
        one.translations = [other for other in by_slug[one.slug] if other is not one]
    return [c for c in every if c.in_default_lang], [c for c in every if not c.in_default_lang]


def _article(
    change: ChangeView, lang: Lang, settings: dict[str, Any], context: dict[str, Any]
) -> Article:
    metadata = {
        "title": change.title.best(lang)[0],
        "date": midnight(change.date, settings["TIMEZONE"]),
        "category": Category(change.scheme.short_name.best(lang)[0], settings),
        "lang": lang,
        "slug": change.name,
        "url": f"{localized(change.page, lang)}#{change.name}".lstrip("/"),
        "save_as": "",
        "template": CHANGES_PAGE,
    }
    text = Markup("<p>{}</p>").format(change.text.best(lang)[0])
    return Article(str(text), metadata, settings, context=context)


class SiteWriter(Writer):  # type: ignore[misc]
    """Pelican's writer, except for pages of the site, whose files are in place already."""

    @property
    def has_written(self) -> bool:
        """Whether any file has been written that is no page of the site."""
        return bool(self._written_files)

    def write_file(
        self, name: str, template: Any, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> None:
        """Write a file as Pelican does; of a page of the site, only report that it is written."""
        page = kwargs.get("page")
        if isinstance(page, SitePage):
            local = context | {"output_file": name, "page": page}
            signals.content_written.send(f"{self.output_path}/{name}", context=local)
        else:
            super().write_file(name, template, context, *args, **kwargs)
