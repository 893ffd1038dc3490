"""The values that the modules of pages share: a page, the site, and a page that can be built."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from builder.content import Scheme
from calc.rules import Lang


@dataclass(frozen=True, kw_only=True)
class PageView:
    """A page as its template sees it.

    `name` is unique among the pages of a scheme, or among the general pages. `kind` is shared by
    pages of the same sort: all rule years have one kind. `content` is the prose as HTML, empty on
    a page without prose, and `content_lang` the målform of the prose. `url` begins with `/`.
    """

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

    `address` is the public address of the site without a slash at the end, or empty. `only` is the
    scheme of a site that has a single scheme; `whole` is then the address of the site that has all
    schemes, or empty where there is none.
    """

    name: str
    address: str
    schemes: tuple[Scheme, ...]
    only: Scheme | None = None
    whole: str = ""


type Built = tuple[PageView, dict[str, Any]]
"""A page, and the further values of its template by name."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A page that can be built: its address, its template, and `build`, which computes its values.

    `scheme` is None for a page of the whole site. Such a page has a `fingerprint`: a value whose
    `repr` changes whenever the page shows something else about schemes. Two builds for the same day
    with the same fingerprint, prose and theme give the same page, so the second build can use the
    page of the first. The fingerprint is None where the page shows nothing about schemes.

    `is_for_search`: whether search engines are to list the page. The templates of pages that they
    are not to list say the same in their HTML.
    """

    url: str
    template: str
    lang: Lang
    scheme: Scheme | None
    build: Callable[[], Built]
    fingerprint: object = None
    is_for_search: bool = True

    @property
    def file(self) -> str:
        """The path of the page's file in the built site."""
        path = self.url.lstrip("/")
        return path if path.endswith(".html") else f"{path}index.html"


def without_prose(
    *, name: str, kind: str, title: str, description: str, lang: Lang, url: str
) -> PageView:
    """A page that has no Markdown file: its title and description come from the messages."""
    return PageView(
        name=name,
        kind=kind,
        title=title,
        description=description,
        content=Markup(),
        content_lang=lang,
        url=url,
    )
