"""Pages written in Markdown, and the addresses of pages in this site."""

import re

from markupsafe import Markup

from builder import content
from builder.kit.addresses import FRONT_PAGE, PAGE_NAMES, address, localized
from builder.views.page import PageView, SiteView
from calc.rules import Lang

# A link to a page. The path of a link to a file has no slash at its end, so it does not match.
_LINK_TO_PAGE = re.compile(
    r'<a href="(?P<path>/(?!nn/)(?:[^"#?]*/)?)(?P<rest>["#?][^>]*)>(?P<label>.*?)</a>', re.DOTALL
)


class Prose:
    """The Markdown of all pages in both målformer, with links that fit the site.

    A site of one scheme has the scheme's front page at `/`, and links to other schemes lead to the
    site that has all of them.
    """

    def __init__(self, site: content.Site, view: SiteView) -> None:
        """Read from `site`; `view` tells whether the site has one scheme or all of them."""
        self.site = site
        self.view = view

    @property
    def general_names(self) -> tuple[str, ...]:
        """The names of the general pages. A site of one scheme has no front page beside its own."""
        names = self.site.page_names()
        return names if self.view.only is None else tuple(n for n in names if n != FRONT_PAGE)

    def url(self, path: str, lang: Lang = "nb") -> str:
        """The address of a page in this site.

        `path` is the page's bokmål address in the site that has all schemes.
        """
        front = self.view.only and address(self.view.only.slug, PAGE_NAMES[0])
        return localized("/" if path == front else path, lang)

    def page(self, scheme: str | None, name: str, lang: Lang) -> PageView:
        """A page in a målform; its prose is in bokmål where nobody has written it in nynorsk."""
        content_lang = self.lang_of(scheme, name, lang)
        prose = self.site.texts.of(scheme, name, content_lang)
        return PageView(
            name=name,
            kind=name,
            title=prose.title,
            description=prose.description,
            content=Markup(self._localized_links(prose.html, lang)),  # noqa: S704  # cleaned HTML
            content_lang=content_lang,
            url=self.url(address(scheme, name), lang),
        )

    def lang_of(self, scheme: str | None, name: str, lang: Lang) -> Lang:
        """The målform of a page's prose: `lang` where a file is written in it, else bokmål."""
        return lang if (scheme, name, lang) in self.site.pages else "nb"

    def _localized_links(self, html: str, lang: Lang) -> str:
        """The HTML with every link to a page changed to the målform `lang`.

        Editors write bokmål addresses, and each page exists in both målformer. Where a site of one
        scheme knows no site with all schemes, a link to another scheme becomes plain text.
        """

        def changed(link: re.Match[str]) -> str:
            path, rest, label = link["path"], link["rest"], link["label"]
            if path.split("/")[1] not in self.site.elsewhere:
                return f'<a href="{self.url(path, lang)}{rest}>{label}</a>'
            if not self.view.whole:
                return label
            return f'<a href="{self.view.whole}{localized(path, lang)}{rest}>{label}</a>'

        return _LINK_TO_PAGE.sub(changed, html)
