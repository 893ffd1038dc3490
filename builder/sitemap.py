"""What search engines read: `robots.txt`, and `sitemap.xml` where the site's address is known."""

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as Xml

from builder.content.model import Scheme

FILE = "sitemap.xml"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_NOINDEX = re.compile(rb'<meta name="robots" content="[^"]*\bnoindex\b')


def files(
    addresses: Iterable[str], schemes: Iterable[Scheme], site_address: str
) -> Iterator[tuple[str, bytes]]:
    """Both, by their path in the site, whose pages for search engines have these addresses.

    They are those in bokmål; every page is there in nynorsk too, below `/nn/`. `site_address` is
    where the site will stand, without a slash at its end. Where it is empty there is no sitemap,
    since all addresses in one must be whole.
    """
    robots = "User-agent: *\nAllow: /\n"
    if site_address:
        robots += f"\nSitemap: {site_address}/{FILE}\n"
        root = _sitemap(addresses, schemes, site_address)
        yield FILE, Xml.tostring(root, "utf-8", xml_declaration=True) + b"\n"
    yield "robots.txt", robots.encode()


def is_for_search_engines(html: bytes) -> bool:
    """Whether a page does not ask them to leave it out."""
    return not _NOINDEX.search(html)


def _sitemap(addresses: Iterable[str], schemes: Iterable[Scheme], site_address: str) -> Xml.Element:
    Xml.register_namespace("", _SITEMAP)
    Xml.register_namespace("xhtml", _XHTML)
    # What is on other pages is dated nowhere, and a guess is worse than nothing.
    checked = {scheme.slug: scheme.last_checked for scheme in schemes}
    root = Xml.Element(f"{{{_SITEMAP}}}urlset")
    for address in sorted(addresses):
        versions = {"nb": f"{site_address}{address}", "nn": f"{site_address}/nn{address}"}
        for here in versions.values():
            entry = Xml.SubElement(root, f"{{{_SITEMAP}}}url")
            Xml.SubElement(entry, f"{{{_SITEMAP}}}loc").text = here
            if (day := checked.get(address.split("/")[1])) is not None:
                Xml.SubElement(entry, f"{{{_SITEMAP}}}lastmod").text = day.isoformat()
            for lang, there in (*versions.items(), ("x-default", versions["nb"])):
                attributes = {"rel": "alternate", "hreflang": lang, "href": there}
                Xml.SubElement(entry, f"{{{_XHTML}}}link", attributes)
    Xml.indent(root)
    return root
