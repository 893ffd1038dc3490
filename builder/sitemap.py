"""What search engines read: `robots.txt`, and `sitemap.xml` where the site's address is known."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

from builder.content.model import Scheme

FILE = "sitemap.xml"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_NOINDEX = re.compile(r'<meta name="robots" content="[^"]*\bnoindex\b')


def write(output: Path, schemes: Iterable[Scheme], site_address: str) -> None:
    """Write both into a site whose pages have all been written.

    `site_address` is where the site will stand, without a slash at its end. Where it is empty there
    is no sitemap, since all addresses in one must be whole.
    """
    robots = "User-agent: *\nAllow: /\n"
    if site_address:
        robots += f"\nSitemap: {site_address}/{FILE}\n"
        data = Xml.tostring(_sitemap(output, schemes, site_address), "utf-8", xml_declaration=True)
        (output / FILE).write_bytes(data + b"\n")
    (output / "robots.txt").write_text(robots, "utf-8")


def pages(output: Path) -> Iterator[str]:
    """The address of every page in bokmål that is for search engines, in order.

    Every page is there in nynorsk too, at the same address below `/nn/`.
    """
    for path in sorted(output.rglob("index.html")):
        address = f"/{path.relative_to(output).as_posix().removesuffix('index.html')}"
        if not address.startswith("/nn/") and not _NOINDEX.search(path.read_text("utf-8")):
            yield address


def _sitemap(output: Path, schemes: Iterable[Scheme], site_address: str) -> Xml.Element:
    Xml.register_namespace("", _SITEMAP)
    Xml.register_namespace("xhtml", _XHTML)
    # What is on other pages is dated nowhere, and a guess is worse than nothing.
    checked = {scheme.slug: scheme.last_checked for scheme in schemes}
    root = Xml.Element(f"{{{_SITEMAP}}}urlset")
    for address in pages(output):
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
