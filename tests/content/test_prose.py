"""The HTML of prose: cleaned so that a browser finds nothing in it but what is allowed."""

import os
from collections import Counter
from html import escape
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown

from builder.content import prose
from builder.content.images import Image
from builder.content.markdown_file import read_markdown, removed_html

# The whole list once more, so that nobody adds to it without meaning to.
ELEMENTS = {
    *("a", "abbr", "blockquote", "br", "caption", "code", "dd", "details", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "kbd", "li", "ol"),
    *("p", "pre", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead"),
    *("tr", "ul"),
}
ATTRIBUTES = {
    *("alt", "class", "colspan", "href", "id", "lang", "rowspan", "scope", "src", "start", "title"),
    *("width", "height", "loading", "decoding"),
}
# `PROPERTY_EXAMPLES=2000` searches longer.
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "300"))
# What editors decide of an image, besides which it is.
OF_IMAGES = ("alt", "title", "lang")
IMAGE = Image(name="kart.png", width=20, height=10, data=b"kart")
IMAGES = {"bilder/kart.png": IMAGE}
HEADER = "Title: T\nDescription: D\n\n"


def made(text: str) -> str:
    return str(Markdown(**prose.MARKDOWN).convert(HEADER + text))


def shown(text: str) -> str:
    return prose.html(made(text), IMAGES)


def in_page(html: str) -> Element:
    """The prose as a browser finds it, in a page like ours."""
    page = f"<!doctype html><title>T</title><main><div id=prosa>{html}</div><p id=etter></main>"
    root = html5lib.parse(page, namespaceHTMLElements=False)
    main = next(root.iter("main"))
    # Nothing in it ends what it stands in.
    assert [child.get("id") for child in main] == ["prosa", "etter"]
    return main[0]


def check(html: str) -> None:
    inside = list(in_page(html).iter())[1:]
    assert {str(element.tag) for element in inside} <= ELEMENTS
    for element in inside:
        assert set(element.attrib) <= ATTRIBUTES
        assert element.get("id", "del-").startswith("del-")
        for name in ("href", "src"):
            address = element.get(name, "")
            whole = urlsplit(urljoin("https://stigen.example/om/", address))
            assert whole.scheme in {"https", "http", "mailto", "tel"}
            # Browsers read these otherwise than the standard for addresses does.
            assert not address.startswith("//")
            assert "\\" not in address
        if element.tag == "img":
            assert element.attrib == {
                **{name: value for name, value in element.items() if name in OF_IMAGES},
                "src": IMAGE.address, "width": "20", "height": "10",
                "loading": "lazy", "decoding": "async",
            }  # fmt: skip


# --- Anything ---

PIECES = [
    *"<>/=\"'`&;![](){}|#*_-+.: \n\t\\", "\n\n", "    ", "> ", "- ", "1. ", "```\n", "[TOC]\n",
    "<a ", "<b>", "<p>", "<br>", "</p>", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?", "<!",
    "<script>", "</script>", "<script ", "<style>", "</style>", "<svg>", "</svg>", "<math>", "<mi>",
    "<mglyph>", "<malignmark>", "<mtext>", "<annotation-xml encoding='text/html'>", "<desc>",
    "<foreignObject>", "<noscript>", "</noscript>", "<template>", "<textarea>", "</textarea>",
    "<title>", "</title>", "<xmp>", "</xmp>", "<plaintext>", "<select>", "<option>", "<table>",
    "<tr>", "<td>", "</table>", "<caption>", "<form>", "</form>", "<details>", "<summary>", "<div>",
    "</div>", "</main>", "<img ", "<img src=bilder/kart.png>", "![x](bilder/kart.png)", "<iframe ",
    "<isindex>", "<frameset>", "<body ", "<html ", "<head>", "<base ", "<meta ", "<link ", "<font ",
    "<abbr title='", "<span lang=en>", "<span lang='", " onerror=x", " onload='x'", " href=",
    " src=", " style='x'", " id=del-x", " id=x", " class=toc", " class='toc x'", " title=",
    "javascript:x",
    "&#106;avascript:x", "java\tscript:", "data:text/html,", "vbscript:", "https://a.example/",
    "//a", "\\\\a", "mailto:a@b.no", "<https://a.example>", "<a@b.no>", "{filename}", "{{ 7 }}",
    "{% x %}",
    "&lt;", "&gt;", "&quot;", "&#x3c;", "&nbsp", "&colon;", "\x00", "\x01", "\x1b", "\u202e",
    "\u00a0", "\ufdd0", "\ufdd1", "a | b\n--|:-:\nc | d\n", "[x]: ", "[x][y]", "](", "x", "æ",
]  # fmt: skip
soup = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=30).map("".join)


@settings(max_examples=EXAMPLES)
@given(text=soup)
def test_no_html_gets_out_of_the_list(text: str) -> None:
    check(prose.html(text, IMAGES))


@settings(max_examples=EXAMPLES)
@given(text=soup)
def test_no_markdown_gets_out_of_the_list(text: str) -> None:
    check(shown(text))


@settings(max_examples=EXAMPLES)
@given(text=soup)
def test_what_is_not_told_is_not_removed(text: str) -> None:
    problems = read_markdown(HEADER + text, Path("om.md"), IMAGES).problems
    assert all(problem.message for problem in problems)
    if not problems:
        assert found_in(prose.clean(made(text))) == found_in(made(text))


def found_in(html: str) -> tuple[Counter[str], str]:
    root = html5lib.parseFragment(html, namespaceHTMLElements=False)
    tags = Counter(str(e.tag) for e in root.iter() if isinstance(e.tag, str))
    words = "".join(
        "".join(part.split())
        for e in root.iter()
        for part in ((e.text if isinstance(e.tag, str) else "") or "", e.tail or "")
    )
    return tags - Counter({"p": tags["p"], "tbody": tags["tbody"]}), words


# --- What is known to get past others ---


@pytest.mark.parametrize(
    "text",
    [
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img onerror=x&gt;">',
        '<svg></p><style><a id="</style><img src=1 onerror=x>">',
        '<noscript><p title="</noscript><img src=x onerror=x>">',
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=x>",
        '<xmp><p title="</xmp><img src=x onerror=x>">',
        '<math><annotation-xml encoding="text/html"><style><img src=x onerror=x></style>',
        '<a href="java&#10;script:x">x</a>',
        '<a href=" &#14; javascript:x">x</a>',
        "<a href='&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;x'>x</a>",
        "[x](JaVaScRiPt&colon;x)",
        "![x](bilder/kart.png\"onerror=x)",
        '![x](bilder/kart.png "t\\" onerror=x ")',
        "![\" onerror=x \"](bilder/kart.png)",
        "[x](https://a.example/\"onclick=x)",
        "<img src=bilder/kart.png onerror=x alt='<img src=x onerror=x>'>",
        "<scr<script>ipt>x</script>",
        "<<script>x//<</script>",
        "<img \"\"\"><script>x</script>\">",
        "\x02wzxhzdk:0\x03<script>x</script>\x02klzzwxh:0000\x03",
        "<div class=page><div></div></div></div></main><script>x</script>",
    ],
)  # fmt: skip
def test_known_tricks_come_to_nothing(text: str) -> None:
    check(shown(text))


# --- What is let through ---


@pytest.mark.parametrize(
    "html",
    [
        '<p><abbr title="Nettet">NHN</abbr> <kbd>Ctrl</kbd> CO<sub>2</sub> m<sup>2</sup></p>',
        '<p><span lang="en">case manager</span><br>ny linje</p>',
        "<details><summary>Mer</summary><p>Tekst</p></details>",
        "<dl><dt>Kull</dt><dd>De som begynte samme år</dd></dl>",
        '<table><caption>T</caption><tbody><tr><th scope="row">A</th><td colspan="2">B</td></tr>'
        "</tbody></table>",
    ],
)
def test_html_that_editors_may_write_is_unchanged(html: str) -> None:
    assert shown(html) == html
    assert read_markdown(HEADER + html, Path("om.md"), {}).problems == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[TOC]\n\n## Å søke", '<h2 id="del-å-søke">Å søke</h2>'),
        ("[TOC]\n\n## A", '<div class="toc">'),
        ("```yaml\na: 1\n```", '<pre><code class="language-yaml">a: 1\n</code></pre>'),
        ("a | b\n--|--:\n1 | 2", '<td class="align-right">2</td>'),
        ("a | b\n--|:-:\n1 | 2", '<th class="align-center">b</th>'),
        ("3. a\n4. b", '<ol start="3">'),
        ('[x](https://a.example/?a=1&b=2 "Tittel")',
         '<a href="https://a.example/?a=1&amp;b=2" title="Tittel">x</a>'),
        ("<post@example.org>", '<a href="mailto:post@example.org">post@example.org</a>'),
        ("[x](tel:+4712345678)", '<a href="tel:+4712345678">x</a>'),
        ("[x](/frister/#del-a)", '<a href="/frister/#del-a">x</a>'),
        ("`<script>` og \"ord\"", "<code>&lt;script&gt;</code> og «ord»"),
        ("{{ 7 * 7 }} {% include 'x' %}", "{{ 7 * 7 }} {% include"),
        ("![Et <b>kart</b>](bilder/kart.png)",
         f'<img src="{IMAGE.address}" alt="Et &lt;b&gt;kart&lt;/b&gt;" width="20" height="10"'
         ' loading="lazy" decoding="async">'),
    ],
)  # fmt: skip
def test_what_markdown_makes_is_there(text: str, html: str) -> None:
    result = shown(text).replace('alt="Et <b>kart</b>"', f'alt="{escape("Et <b>kart</b>")}"')
    assert html in result
    assert read_markdown(HEADER + text, Path("om.md"), IMAGES).problems == []


def test_notes_between_comment_marks_are_left_out() -> None:
    assert shown("Før<!-- husk å spørre -->etter") == "<p>Føretter</p>"
    assert read_markdown(f"{HEADER}Før<!-- husk -->etter", Path("om.md"), {}).problems == []


def test_comments_that_end_otherwise_than_they_look_are_told() -> None:
    (problem,) = read_markdown(f"{HEADER}<!--> notat -->\n", Path("om.md"), {}).problems
    assert problem.message == "HTML-en kan leses på to måter, og noe av teksten kan bli borte."
    assert problem.found == "notat-->"


def test_an_image_that_the_site_does_not_have_is_left_out() -> None:
    assert shown("a ![x](bilder/borte.png) b") == "<p>a  b</p>"


def test_what_is_removed_can_be_asked_for_alone() -> None:
    text = f"{HEADER}<b>x</b>\n\n<script></script>\n\n![x](bilder/borte.png)\n"
    told = removed_html(text, Path("om.md"))
    assert [(p.line, p.found, p.is_warning) for p in told] == [
        (4, "<b>", True),
        (6, "<script>", False),
    ]


def test_the_list_is_the_one_above() -> None:
    assert prose.TAGS == ELEMENTS
    named = set().union(*prose.ATTRIBUTES.values())
    assert named == ATTRIBUTES - {"width", "height", "loading", "decoding"}
