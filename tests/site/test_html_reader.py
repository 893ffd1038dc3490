"""HTML is read quickly or slowly, and says the same."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.kit.html_reader import IrregularError, Reader, elements, feed, lines
from builder.site import built_page
from builder.site.built_page import Page, read_page

PIECES = (
    *("<p>", "</p>", "<p", "</p", "</ p>", "<br/>", "<br />", "<P ID=a>", "<a href='/a'>", "<"),
    *(
        '<a href="/b/">',
        '<a\nhref="/c">',
        '<p id="d" id="e">',
        '<p title="<b>">',
        ">",
        '<h1 id="f"',
    ),
    *('<p title=">\n">', '<p title="', "<p title='", '"', "'", "<img src=/a/>", "<img src=a alt>"),
    *("<x-y data-a=/b>", '<a href="/d/"', "<!--", "-->", "<!-- a -->", "<!-->", "<!-- a -- b -->"),
    *(
        "<!doctype html>",
        "<!x>",
        "<![",
        "<?php>",
        "<script>",
        "</script>",
        "<script>a < b</script>",
    ),
    *("<script>'<b>'</script>", "<style>", "</style>", "&amp;", "&lt", "&notit;", "&#38;", "å"),
    *("\u00a0", " ", "\n", ">\n", "a", "1 < 2", "=", "/", "<h1>", "</h1>", "<h1 id=a>"),
    *('<link rel="canonical" href="/">', '<meta name="og:image" content="/c.png">'),
    *('<p aria-labelledby="a d">', '<img srcset="/a 1x, /b 2x">', '<img srcset=",">'),
    *("<title>", "</title>", "<iframe>", "</iframe>", "<a href='/a?b&notit;c=1&amp;d'>"),
    *('<form data-calculator="a" data-worker="/w.js">', '<link rel=preload href="/a.woff2">'),
)
HTML = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)


class Noted(Reader):
    """What a reader is told, with texts that follow each other as one."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[object, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.told.append(("start", tag, *attrs))

    def handle_endtag(self, tag: str) -> None:
        self.told.append(("end", tag))

    def handle_data(self, data: str) -> None:
        before = str(self.told.pop()[1]) if self.told and self.told[-1][0] == "text" else ""
        self.told.append(("text", before + data))


@pytest.mark.parametrize("html", ["a<![<p>b", "a<![if x]>b", "a<![CDATA[>b", "a<![x>b"])
def test_what_browsers_pass_over_is_passed_over(html: str) -> None:
    assert slowly(html).told == [("text", "ab")]


def slowly(html: str) -> Noted:
    reader = Noted()
    reader.feed(html)
    reader.close()
    return reader


def page_slowly(html: str) -> Page:
    page = Page()
    built_page._Reader(page).feed(html)
    return page


@given(HTML)
def test_elements_and_texts_are_the_same(html: str) -> None:
    reader = Noted()
    feed(reader, html)
    assert reader.told == slowly(html).told


@given(HTML)
def test_a_page_says_the_same(html: str) -> None:
    assert read_page(html) == page_slowly(html)


@pytest.mark.parametrize(
    "html",
    ['<p id=a>1 < 2 & "3"</p>\n<!-- < -->', "<script>a > b</script>\n<b>", '<p title=">">a'],
)
def test_what_programs_write_is_read_quickly(html: str) -> None:
    assert [tag.name for line in lines(html) for tag in elements(line)]


@pytest.mark.parametrize(
    "html",
    [
        *("<p", '<p title=">\n">', '<p title="a"b>', "<p title=a'b>", "<a href=/b/>", "</ p>"),
        *("<script>'<b>'</script>", "<script>'</b>'</script>", "<!-- a -- b -->", "<!x>", "<?php>"),
        *("<title><b></title>", "<textarea><p>", '<a href="/a?b&notit;">', '<a href="/a?b&c=1">'),
    ],
)
def test_what_is_written_otherwise_is_not(html: str) -> None:
    with pytest.raises(IrregularError):
        [elements(line) for line in lines(html)]


def test_every_page_of_the_site_is_read_quickly(built_site: Path) -> None:
    paths = sorted(built_site.rglob("*.html"))
    assert paths
    for path in paths:
        html = path.read_text("utf-8")
        assert [elements(line) for line in lines(html)]
        assert read_page(html) == page_slowly(html)
