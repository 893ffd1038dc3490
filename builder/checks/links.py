"""Reports dead links to the site's own pages and files, and to anchors on its pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from markdown.extensions.toc import slugify_unicode as slug

from builder.checks.context import Context
from builder.checks.pages import LinkedPage
from builder.content import Problem, prose
from builder.content.validate import suggestion
from builder.kit.addresses import address, localized
from builder.routes import redirects
from calc.rules import Lang

_HEADING = "del-"
# Pages with a form have an id for each field. After `#`, scripts read answers and words to search.
_WITH_FORM = ("kalkulator", "egen-nedtrapping")
_FOR_SCRIPTS = re.compile(r"(svar|q)=")
_ID = re.compile(r'\bid="([^"]+)"')  # in a template, which is no HTML yet
_PLACEHOLDER = re.compile(r"{{.*?}}")
_HOST = re.compile(r"([\w-]+\.)+[a-z]{2,}(/|$)")


@dataclass(frozen=True)
class _Mistake:
    """A mistake in a link, or a warning, as in `Problem`."""

    message: str
    expected: str = ""
    is_warning: bool = False


def check(context: Context) -> Iterator[Problem]:
    """Report dead links and anchors, and links that are written in a way that will not last."""
    checker = _Checker(context)
    for page in context.pages:
        for link in page.links:
            if link.address in checker.valid:
                continue
            if link.address and not prose.is_address(link.address):
                continue  # The address is not allowed, which the loading has reported.
            try:
                mistakes = list(checker.mistakes_in(page, link.address))
            except ValueError:  # brackets that are no IPv6 address, once they are decoded
                expected = "en adresse slik den står i nettleseren"
                mistakes = [_Mistake("Adressen kan ikke leses.", expected)]
            for mistake in mistakes:
                yield Problem(
                    Path(page.file),
                    link.line,
                    "",
                    mistake.message,
                    link.address,
                    mistake.expected,
                    is_warning=mistake.is_warning,
                )


class _Checker:
    """Finds the mistakes in links between the pages of a site."""

    def __init__(self, context: Context) -> None:
        self.addresses = context.addresses
        self.published = context.published
        self.published_addresses = context.published_addresses
        # Schemes with mistakes: whether they are published is not known.
        self.broken_schemes = {slug for slug, _, _ in context.site.pages} - {*context.site.schemes}
        self.moved = redirects.of_pages(context.site, localized)
        # Addresses without any mistake, in nearly all links: no other check is needed for these.
        self.valid = self.addresses.every & self.published_addresses.every
        self.site_host = urlsplit(context.site_address).netloc
        self.changes = {change.name for change in context.site.changes}
        self.template_ids = _template_ids(context.root / "theme/templates")
        self.pages = {(page.scheme, page.name, page.lang): page for page in context.pages}

    def mistakes_in(self, page: LinkedPage, link: str) -> Iterator[_Mistake]:
        """The mistakes in a link of a page: none, one or two."""
        if not link:
            yield _Mistake("Lenken har ingen adresse.", "adressen i parentesen etter lenketeksten")
            return
        parts = urlsplit(link)
        if self.site_host and parts.netloc == self.site_host:
            parts = parts._replace(scheme="", netloc="", path=parts.path or "/")
            expected = parts.geturl()
            yield _Mistake("Lenker til egne sider trenger ikke «https://…».", expected, True)
        if parts.scheme:
            return
        mistake = self._mistake_of_form(link, parts) or self._mistake_of_target(page, parts)
        if mistake is not None:
            yield mistake

    def _mistake_of_form(self, link: str, parts: SplitResult) -> _Mistake | None:
        """An address of a mailbox or of another site that lacks its beginning."""
        if "@" in parts.path and "/" not in parts.path:
            return _Mistake("Lenken mangler «mailto:» foran.", f"mailto:{link}")
        if _HOST.match(parts.path) and not parts.path.endswith(".md"):
            return _Mistake("Lenken mangler «https://» foran.", f"https://{link}")
        return None

    def _mistake_of_target(self, page: LinkedPage, parts: SplitResult) -> _Mistake | None:
        """A target that the site does not have, does not publish, or has under another address."""
        here = address(page.scheme, page.name)
        path = urljoin(here, unquote(parts.path)) if parts.path else here
        in_bokmaal = path.removeprefix("/nn")
        if path not in self.addresses:
            if in_bokmaal != path and in_bokmaal in self.addresses.pages:
                message = "Lenker til egne sider skrives på bokmål; de fører selv til nynorsk."
                return _Mistake(message, _with_path(parts, in_bokmaal))
            if path in self.moved:
                return _Mistake("Siden er flyttet.", _with_path(parts, self.moved[path]))
            return _Mistake("Lenken fører ingen steder.", self._nearest(page, path, parts))
        is_published = (page.scheme, page.name, page.lang) in self.published.pages
        is_known = path.split("/")[1] not in self.broken_schemes
        if is_published and is_known and path not in self.published_addresses:
            return _Mistake(
                "Det lenken fører til, er ikke publisert.", "en lenke til noe publisert"
            )
        if not parts.fragment:
            return None
        return self._mistake_of_anchor(page, path, unquote(parts.fragment))

    def _nearest(self, page: LinkedPage, path: str, parts: SplitResult) -> str:
        if f"{path}/" in self.addresses:
            return f"{_with_path(parts, f'{path}/')} (med skråstrek til slutt)"
        name = path.rpartition("/")[2].removesuffix(".md").removesuffix(".nn")
        if path.endswith(".md") and (page.scheme, name, "nb") in self.pages:
            return _with_path(parts, address(page.scheme, name))
        return suggestion(path, self.addresses.near(path))

    def _mistake_of_anchor(self, page: LinkedPage, path: str, anchor: str) -> _Mistake | None:
        """An anchor, the text after `#`, that the page at `path` does not have.

        A page without nynorsk is also shown, in bokmål, among the nynorsk pages, and its links lead
        to these. So the anchor must be on the target in both målformer.
        """
        key = self.addresses.pages.get(path)
        if key is None or key[1] in _WITH_FORM or _FOR_SCRIPTS.match(anchor):
            return None
        for lang in self._shown_in(page):
            target = self.pages.get((*key, lang)) or self.pages.get((*key, "nb"))
            if target is None or anchor in target.anchors or self._is_of_template(anchor):
                continue
            as_heading = anchor if anchor.startswith(_HEADING) else _HEADING + slug(anchor, "-")
            headings = [known for known in target.anchors if known.startswith(_HEADING)]
            if lang == "nn" and page.lang == "nb":
                message = f"Nynorsksiden {localized(path, lang)} har ikke stedet lenken peker på."
                return _Mistake(message, f"lenken uten «#…», eller {page.name}.nn.md også")
            expected = suggestion(as_heading, headings) if headings else "lenken uten «#…»"
            return _Mistake("Siden har ikke stedet lenken peker på.", expected)
        return None

    def _is_of_template(self, anchor: str) -> bool:
        """Whether an anchor is an id that templates write, on any page.

        Whether it is on the right page, only the check of the built site can know.
        """
        is_there = self.template_ids.fullmatch(anchor) is not None
        return anchor in self.changes or (is_there and not anchor.startswith(_HEADING))

    def _shown_in(self, page: LinkedPage) -> tuple[Lang, ...]:
        """The målformer in which this page is shown."""
        if page.lang == "nn":
            return ("nn",)
        has_nynorsk = (page.scheme, page.name, "nn") in self.pages
        return ("nb",) if has_nynorsk else ("nb", "nn")


def _with_path(parts: SplitResult, path: str) -> str:
    return parts._replace(path=path).geturl()


def _template_ids(folder: Path) -> re.Pattern[str]:
    """A pattern of all ids in the templates of a folder, except ids that are all placeholder."""
    written = {
        id_ for path in folder.rglob("*.html") for id_ in _ID.findall(path.read_text("utf-8"))
    }
    patterns = (map(re.escape, _PLACEHOLDER.split(id_)) for id_ in sorted(written))
    return re.compile("|".join(filter(re.compile(r"\w{2}").search, map(".+".join, patterns))))
