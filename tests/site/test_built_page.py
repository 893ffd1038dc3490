"""The checks of a built site read pages as browsers do."""

import time
from pathlib import Path

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.site.built_page import BuiltPage, read_page

# Without templates, which html5lib does not know: it lets open elements out of them.
PIECES = (
    *("<p>", "</p>", "<p", "</p", "</ p>", "<br/>", "<P ID=a>", "<a href='/a'>", '<a href="/b/">'),
    *('<a\nhref="/c">', '<p id="d" id="e">', '<p title="<b>">', "<", ">", '<h1 id="f"', ">\n"),
    *('<p title=">\n">', '<p title="', "<p title='", '"', "'", "<img src=/a/>", "<img src=a alt>"),
    *("<x-y data-a=/b>", "<!--", "-->", "<!-- a -->", "<!-->", "<!doctype html>", "<!x>", "<!["),
    *("<script>'<b id=g>'</script>", "<style>", "</style>", "&amp;", "&lt", "&notit;", "&#38;"),
    *("å", "\u00a0", " ", "\n", "a", "1 < 2", "=", "/", "<h1>", "</h1>", "<h1 id=a>", "<?php>"),
    *("<title>", "</title>", "<a href='/a?b&notit;c=1&amp;d'>"),
)
HTML = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)


def by_html5lib(html: str) -> tuple[list[str], list[str], int]:
    """The ids, the links, and the number of `h1`, by another reader of HTML."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    ids = [element.get("id") for element in elements if element.get("id") is not None]
    links = [element.get(name) for element in elements for name in ("href", "src")]
    return sorted(ids), sorted(filter(None, links)), sum(e.tag == "h1" for e in elements)


def as_pair(page: BuiltPage) -> tuple[list[str], list[str], int]:
    links = [link for link in page.links if link]
    return sorted(page.ids), sorted(links), page.headings


@given(HTML)
def test_a_page_is_read_as_another_reader_reads_it(html: str) -> None:
    page = read_page(html)
    ids, links, headings = by_html5lib(html)
    # Addresses in `data-a` are links too.
    assert as_pair(page) == (ids, sorted(links + ["/b"] * data_addresses(html)), headings)


def data_addresses(html: str) -> int:
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return sum(isinstance(e.tag, str) and e.get("data-a") == "/b" for e in tree.iter())


def test_every_page_of_the_site_is_read_as_another_reader_reads_it(built_site: Path) -> None:
    pages = [*sorted(built_site.glob("tryggest/*.html")), built_site / "index.html"]
    for path in pages:
        html = path.read_text("utf-8")
        ids, _, headings = by_html5lib(html)
        assert (sorted(read_page(html).ids), read_page(html).headings) == (ids, headings)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<link rel="canonical" href="/a/">', BuiltPage(links=["/a/"], canonical="/a/")),
        ('<meta name="og:image" content="/c.png">', BuiltPage(links=["/c.png"])),
        ('<meta http-equiv="Refresh" content="0; URL=/d/">', BuiltPage(links=["/d/"])),
        (
            '<p aria-labelledby="a d">',
            BuiltPage(references=[("aria-labelledby", "a"), ("aria-labelledby", "d")]),
        ),
        ('<img srcset="/a 1x, /b 2x">', BuiltPage(links=["/a", "/b"])),
        ('<img srcset=",">', BuiltPage()),
        ("<img loading=lazy src=/a.png>", BuiltPage(links=["/a.png"])),
        ("<link rel=preload href=/a.woff2>", BuiltPage(links=["/a.woff2"], needs={"/a.woff2"})),
        (
            '<form data-calculator="a" data-worker="/w.js">',
            BuiltPage(links=["/w.js"], scripts={"/w.js"}, has_calculator=True),
        ),
        ("<template><template><b id=a></b></template></template>", BuiltPage(ids=["a"])),
    ],
)
def test_the_parts_that_are_checked(html: str, expected: BuiltPage) -> None:
    assert read_page(html) == expected


def test_deep_and_broken_pages_take_time_in_proportion() -> None:
    def seconds(number: int) -> float:
        began = time.process_time()
        for piece in ("<p a=", "<p '", "<script>", "<!--", "<", "<p b='c' ", "<b>"):
            read_page(piece * number)
        return time.process_time() - began

    seconds(1_000)
    assert seconds(8_000) < 40 * max(seconds(1_000), 0.001)
