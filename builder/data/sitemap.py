"""Files for search engines: `robots.txt`, and `sitemap.xml` where the site's address is known."""

from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree as Xml

from builder.content.model import Scheme
from builder.kit.addresses import ROBOTS, SITEMAP, localized
from builder.kit.i18n import LANGS
from builder.routes.paging import in_pages

MOST_ADDRESSES = 20_000
"""The most addresses in a file. The format allows 50 000 addresses, and at most 50 MB."""

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


def files(
    pages: Iterable[str], schemes: Iterable[Scheme], site_address: str
) -> Iterator[tuple[str, bytes]]:
    """The files for search engines: the path of each file in the site, and its bytes.

    `pages` are the bokmål addresses of the pages to list; each page exists in nynorsk too. Where
    the pages are too many for one sitemap, they are divided among several, and `sitemap.xml` is the
    index of these sitemaps. `site_address` is the public address of the site without a slash at the
    end. Where it is empty there is no sitemap, since a sitemap needs whole addresses.
    """
    robots = "User-agent: *\nAllow: /\n"
    if site_address:
        robots += f"\nSitemap: {site_address}{SITEMAP}\n"
        # Only pages of schemes have a date: the content has no date for others.
        checked = {scheme.slug: scheme.last_checked.isoformat() for scheme in schemes}
        parts = in_pages(sorted(set(pages)), MOST_ADDRESSES // len(LANGS))
        whole = SITEMAP.lstrip("/")
        names = [whole] if len(parts) == 1 else [_name(n) for n in range(1, len(parts) + 1)]
        for name, part in zip(names, parts, strict=True):
            yield name, _serialized(_sitemap(part, checked, site_address))
        if len(parts) > 1:
            yield whole, _serialized(_index(names, site_address))
    yield ROBOTS.lstrip("/"), robots.encode()


def _name(number: int) -> str:
    return f"sitemap-{number}.xml"


def _sitemap(pages: Sequence[str], checked: dict[str, str], site_address: str) -> Xml.Element:
    root = Xml.Element(f"{{{_SITEMAP}}}urlset")
    for address in pages:
        versions = {lang: site_address + localized(address, lang) for lang in LANGS}
        for here in versions.values():
            entry = Xml.SubElement(root, f"{{{_SITEMAP}}}url")
            Xml.SubElement(entry, f"{{{_SITEMAP}}}loc").text = here
            if (day := checked.get(address.split("/")[1])) is not None:
                Xml.SubElement(entry, f"{{{_SITEMAP}}}lastmod").text = day
            for lang, there in (*versions.items(), ("x-default", versions["nb"])):
                attributes = {"rel": "alternate", "hreflang": lang, "href": there}
                Xml.SubElement(entry, f"{{{_XHTML}}}link", attributes)
    return root


def _index(names: Iterable[str], site_address: str) -> Xml.Element:
    root = Xml.Element(f"{{{_SITEMAP}}}sitemapindex")
    for name in names:
        entry = Xml.SubElement(root, f"{{{_SITEMAP}}}sitemap")
        Xml.SubElement(entry, f"{{{_SITEMAP}}}loc").text = f"{site_address}/{name}"
    return root


def _serialized(root: Xml.Element) -> bytes:
    Xml.register_namespace("", _SITEMAP)
    Xml.register_namespace("xhtml", _XHTML)
    Xml.indent(root)
    data: bytes = Xml.tostring(root, "utf-8", xml_declaration=True)
    return data + b"\n"
