"""Links from pages to pages and files of the site itself, and to places on pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from markdown.extensions.toc import slugify_unicode as slug

from builder.checks.context import Context
from builder.checks.found import Linked
from builder.content import Problem, prose
from builder.content.validate import suggestion
from builder.data import redirects
from builder.routes.addresses import address, localized
from calc.rules import Lang

_HEADING = "del-"
# Pages with a form have ids of all its fields, and scripts read answers and words after `#`.
_WITH_FORM = ("kalkulator", "egen-nedtrapping")
_FOR_SCRIPTS = re.compile(r"(svar|q)=")
_ID = re.compile(r'\bid="([^"]+)"')
_FILLED_IN = re.compile(r"{{.*?}}")
_HOST = re.compile(r"([\w-]+\.)+[a-z]{2,}(/|$)")


@dataclass(frozen=True)
class _Wrong:
    message: str
    expected: str = ""
    is_warning: bool = False


def check(context: Context) -> Iterator[Problem]:
    """Dead links and anchors, and links that lead past the reader's målform."""
    checker = _Checker(context)
    for page in context.pages:
        for link in page.links:
            if link.address in checker.fine:
                continue
            if link.address and not prose.is_address(link.address):
                continue  # Not allowed at all, which loading tells.
            try:
                found = list(checker.wrong_with(page, link.address))
            except ValueError:  # brackets that are no IPv6 address, when decoded
                expected = "en adresse slik den står i nettleseren"
                found = [_Wrong("Adressen kan ikke leses.", expected)]
            for wrong in found:
                yield Problem(
                    Path(page.file),
                    link.line,
                    "",
                    wrong.message,
                    link.address,
                    wrong.expected,
                    is_warning=wrong.is_warning,
                )


class _Checker:
    def __init__(self, context: Context) -> None:
        self.addresses = context.addresses
        self.published = context.published
        self.published_addresses = context.published_addresses
        # Schemes with mistakes, of which it is not known whether they would be published.
        self.unread = {slug for slug, _, _ in context.site.pages} - {*context.site.schemes}
        self.moved = redirects.of_pages(context.site, localized)
        # Nearly every link is one of these addresses, and nothing more has to be known of it.
        self.fine = self.addresses.every & self.published_addresses.every
        self.site_host = urlsplit(context.site_address).netloc
        self.changes = {change.name for change in context.site.changes}
        self.template_ids = _template_ids(context.root / "theme/templates")
        self.pages = {(page.scheme, page.name, page.lang): page for page in context.pages}

    def wrong_with(self, page: Linked, link: str) -> Iterator[_Wrong]:
        """What is wrong with a link of a page: nothing, or one thing or two."""
        if not link:
            yield _Wrong("Lenken har ingen adresse.", "adressen i parentesen etter lenketeksten")
            return
        parts = urlsplit(link)
        if self.site_host and parts.netloc == self.site_host:
            parts = parts._replace(scheme="", netloc="", path=parts.path or "/")
            expected = parts.geturl()
            yield _Wrong("Lenker til egne sider trenger ikke «https://…».", expected, True)
        if parts.scheme:
            return
        wrong = self._wrong_in_form(link, parts) or self._wrong_on_site(page, parts)
        if wrong is not None:
            yield wrong

    def _wrong_in_form(self, link: str, parts: SplitResult) -> _Wrong | None:
        if "@" in parts.path and "/" not in parts.path:
            return _Wrong("Lenken mangler «mailto:» foran.", f"mailto:{link}")
        if _HOST.match(parts.path) and not parts.path.endswith(".md"):
            return _Wrong("Lenken mangler «https://» foran.", f"https://{link}")
        return None

    def _wrong_on_site(self, page: Linked, parts: SplitResult) -> _Wrong | None:
        here = address(page.scheme, page.name)
        path = urljoin(here, unquote(parts.path)) if parts.path else here
        in_bokmaal = path.removeprefix("/nn")
        if path not in self.addresses:
            if in_bokmaal != path and in_bokmaal in self.addresses.pages:
                message = "Lenker til egne sider skrives på bokmål; de fører selv til nynorsk."
                return _Wrong(message, _with_path(parts, in_bokmaal))
            if path in self.moved:
                return _Wrong("Siden er flyttet.", _with_path(parts, self.moved[path]))
            return _Wrong("Lenken fører ingen steder.", self._nearest(page, path, parts))
        is_published = (page.scheme, page.name, page.lang) in self.published.pages
        is_known = path.split("/")[1] not in self.unread
        if is_published and is_known and path not in self.published_addresses:
            return _Wrong("Det lenken fører til, er ikke publisert.", "en lenke til noe publisert")
        return self._wrong_place(page, path, unquote(parts.fragment)) if parts.fragment else None

    def _nearest(self, page: Linked, path: str, parts: SplitResult) -> str:
        if f"{path}/" in self.addresses:
            return f"{_with_path(parts, f'{path}/')} (med skråstrek til slutt)"
        name = path.rpartition("/")[2].removesuffix(".md").removesuffix(".nn")
        if path.endswith(".md") and (page.scheme, name, "nb") in self.pages:
            return _with_path(parts, address(page.scheme, name))
        return suggestion(path, self.addresses.near(path))

    def _wrong_place(self, page: Linked, path: str, place: str) -> _Wrong | None:
        """What is wrong with what stands after `#`.

        A page that is there in bokmål only stands among the nynorsk ones too, and leads to them.
        """
        key = self.addresses.pages.get(path)
        if key is None or key[1] in _WITH_FORM or _FOR_SCRIPTS.match(place):
            return None
        for lang in self._shown_in(page):
            target = self.pages.get((*key, lang)) or self.pages.get((*key, "nb"))
            if target is None or place in target.anchors or self._is_of_template(place):
                continue
            as_heading = place if place.startswith(_HEADING) else _HEADING + slug(place, "-")
            headings = [anchor for anchor in target.anchors if anchor.startswith(_HEADING)]
            if lang == "nn" and page.lang == "nb":
                message = f"Nynorsksiden {localized(path, lang)} har ikke stedet lenken peker på."
                return _Wrong(message, f"lenken uten «#…», eller {page.name}.nn.md også")
            expected = suggestion(as_heading, headings) if headings else "lenken uten «#…»"
            return _Wrong("Siden har ikke stedet lenken peker på.", expected)
        return None

    def _is_of_template(self, place: str) -> bool:
        """Whether templates have such an id, on this page or another: the built site is checked."""
        is_there = self.template_ids.fullmatch(place) is not None
        return place in self.changes or (is_there and not place.startswith(_HEADING))

    def _shown_in(self, page: Linked) -> tuple[Lang, ...]:
        if page.lang == "nn":
            return ("nn",)
        has_nynorsk = (page.scheme, page.name, "nn") in self.pages
        return ("nb",) if has_nynorsk else ("nb", "nn")


def _with_path(parts: SplitResult, path: str) -> str:
    return parts._replace(path=path).geturl()


def _template_ids(folder: Path) -> re.Pattern[str]:
    """What the ids in the templates look like, but for those that are filled in altogether."""
    written = {
        id_ for path in folder.rglob("*.html") for id_ in _ID.findall(path.read_text("utf-8"))
    }
    patterns = (map(re.escape, _FILLED_IN.split(id_)) for id_ in sorted(written))
    return re.compile("|".join(filter(re.compile(r"\w{2}").search, map(".+".join, patterns))))
