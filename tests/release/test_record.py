"""The record of a release, and the differences by which a page counts as changed."""

import datetime as dt
import json
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder import content
from builder.kit.files import files_of, hash_of
from builder.publish.page_digests import PageDigest, pages_of, read_page
from builder.publish.record import Outcome, Record, RecordedFigure, RecordedScheme
from tests.content.sample import RULES_FILE, SLUG

PAGE = """\
<!doctype html><html lang="nb"><head><title>Satser – Prøve</title>
<meta name="description" content="Hva dere kan få."><link href="/assets/site-AAAA.css"></head>
<body><nav><a href="/om/">Om</a></nav><main><h1>Satser</h1>
<p>Inntil <b>500 000 kr</b><br>per årsverk. <a href="/frister/">Frister</a></p>
<img src="/assets/bilde-AAAA.png" alt="Trapp"><form data-version="1a2b3c4d"></form>
<p>Versjon <span>1a2b3c4d</span></p><script type="application/json">{"rate": 1}</script>
<p><span data-until="2030-04-07T23:59">Frist 7. april</span>
<span data-from="2030-04-08" hidden>Fristen var 7. april</span></p>
<ul><li>Ett<li>To</ul>
</main><footer>Bunn</footer></body></html>
"""


def mark(tmp_path: Path, text: str) -> PageDigest:
    (tmp_path / "index.html").write_text(text, "utf-8")
    return pages_of(tmp_path)["/"]


def test_a_record_says_what_is_on_the_site(root: Path, tmp_path: Path) -> None:
    built = tmp_path / "built"
    (built / "nn").mkdir(parents=True)
    for name in ("index.html", "404.html", "nn/index.html"):
        (built / name).write_text(PAGE, "utf-8")
    made = dt.datetime(2030, 2, 3, 12, tzinfo=dt.UTC)
    site = content.load(root / "content")
    record = Record.of(site, built, name="n", built=made, day=dt.date(2030, 2, 3))
    assert set(record.pages) == {"/", "/404.html", "/nn/"}
    assert record.pages["/"].title == "Satser – Prøve"
    assert record.schemes == (RecordedScheme(slug=SLUG, name="Prøver", years=(2030,)),)
    (example,) = record.examples
    assert (example.slug, example.year, example.name) == (SLUG, 2030, "To årsverk")
    assert example.outcome == Outcome(
        status="estimate",
        years=(2030, 2031, 2032, 2033),
        award=(1200000, 800400, 600000, 0),
        own_funding=(None,) * 4,
        total=2600400,
        positions_part=1200000,
    )
    assert [(d.name, d.title, d.outcome.status) for d in record.defaults] == [
        ("team", "Team", "needs_input"),
        ("skjonn", "Etter skjønn", "not_computable"),
    ]
    assert record.defaults[0].outcome.award[:2] == (2400000, 1600800)
    assert record.defaults[0].outcome.missing == ("share_year_3",)
    figures = {f.key: (f.value, f.unknown, f.unit) for f in record.figures}
    assert figures == {
        "tracks.team.rate": ("600000", None, "kr per årsverk"),
        "tracks.team.max_units": ("4.5", None, "årsverk"),
        "tracks.team.caps.team": ("2500000", None, "kr per år"),
        "tracks.team.ladder.years[1]": ("100", None, "prosent"),
        "tracks.team.ladder.years[2]": ("66.7", None, "prosent"),
        "tracks.team.ladder.years[3]": (None, "tilskuddsbrevet", "prosent"),
    }
    assert Record.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    ("written", "value"), [("10", "10"), ("10.0", "10"), ("100", "100"), ("4.50", "4.5")]
)
def test_a_number_is_the_same_however_it_is_written(
    root: Path, tmp_path: Path, written: str, value: str
) -> None:
    rules = root / "content" / RULES_FILE
    text = rules.read_text("utf-8").replace("value: 4.5", f"value: {written}")
    rules.write_text(text, "utf-8")
    (tmp_path / "built").mkdir()
    record = Record.of(
        content.load(root / "content"),
        tmp_path / "built",
        name="n",
        built=dt.datetime(2030, 2, 3, tzinfo=dt.UTC),
        day=dt.date(2030, 2, 3),
    )
    marks = [f for f in record.figures if f.key == "tracks.team.max_units"]
    assert [f.value for f in marks] == [value]
    assert isinstance(marks[0], RecordedFigure)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("site-AAAA.css", "site-BBBB.css"),
        ("bilde-AAAA.png", "bilde-BBBB.png"),
        ("1a2b3c4d", "5e6f7a8b"),
        ('{"rate": 1}', '{"rate": 2}'),
        ("Bunn", "Ny bunn"),
        ("Om</a>", "Om oss</a>"),
        ("<b>500 000 kr</b><br>", "<b>500 000 kr</b>\n"),
        ("2030-04-08\" hidden", "2030-04-08\""),
    ],
)  # fmt: skip
def test_what_says_the_same_counts_as_the_same(tmp_path: Path, old: str, new: str) -> None:
    assert old in PAGE
    before, after = mark(tmp_path, PAGE), mark(tmp_path, PAGE.replace(old, new))
    assert replace(before, whole="") == replace(after, whole="")
    assert before.whole != after.whole


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("500 000", "520 000"),
        ("Satser –", "Beløp –"),
        ("Hva dere", "Det dere"),
        ('href="/frister/"', 'href="/endringer/"'),
        ("Trapp", "Stige"),
        ("<li>To", "<li>Tre"),
    ],
)
def test_what_says_something_else_is_another_text(tmp_path: Path, old: str, new: str) -> None:
    assert old in PAGE
    before, after = mark(tmp_path, PAGE), mark(tmp_path, PAGE.replace(old, new))
    assert before.text != after.text
    assert before.dated == after.dated


@pytest.mark.parametrize("old", ["Frist 7.", "Fristen var 7."])
def test_what_holds_for_a_time_is_told_apart(tmp_path: Path, old: str) -> None:
    before, after = mark(tmp_path, PAGE), mark(tmp_path, PAGE.replace(old, "Frist 8."))
    assert before.text == after.text
    assert before.dated != after.dated


@given(st.text(alphabet=st.sampled_from('<>/="abp li!-&;data-from '), max_size=60))
def test_no_page_is_too_odd_to_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "odd"
    folder.mkdir(exist_ok=True)
    assert mark(folder, text) == mark(folder, text)


def by_html5lib(html: str) -> tuple[list[str], list[str]]:
    """Texts, links and pictures in `main`, those that always hold and the dated, by html5lib."""
    parts: tuple[list[str], list[str]] = ([], [])

    def walk(element: Any, dated: bool) -> None:
        if isinstance(element.tag, str):  # else a comment
            inside = dated or "data-from" in element.attrib
            values = (v for name, v in element.attrib.items() if name in ("href", "alt") and v)
            parts[inside].extend(values)
            if element.tag.rpartition("}")[2] != "script":
                add(element.text, inside)
            for child in element:
                walk(child, inside)
                add(child.tail, inside)

    def add(text: str | None, dated: bool) -> None:
        if words := " ".join((text or "").split()):
            parts[dated].append(words)

    main = html5lib.parse(html, namespaceHTMLElements=False).find(".//main")
    if main is not None:
        walk(main, dated=False)
    return parts


_words = st.text(alphabet="aø &<>\"'=/\n0", max_size=8)


@st.composite
def _element(draw: st.DrawFn, inside: st.SearchStrategy[str]) -> str:
    tag = draw(st.sampled_from(["p", "b", "A", "li", "svg", "span"]))
    quote = draw(st.sampled_from("\"'"))
    names = st.sampled_from(["href", "ALT", "data-from", "class"])
    attributes = draw(st.dictionaries(names, _words.map(escape), max_size=3))
    written = "".join(f" {name}={quote}{value}{quote}" for name, value in attributes.items())
    if draw(st.booleans()):
        return f"<{tag}{written} />" if tag == "svg" else f"<br{written}>"
    return f"<{tag}{written}>{draw(inside)}</{tag}>"


_html = st.recursive(
    st.one_of(
        _words.map(escape),
        st.just("<!-- <p href='x'> -->"),
        st.just('<script type="x">if (a<b) "<p>"</script>'),
        st.just("<ul><li>uten slutt</ul>"),
    ),
    lambda inside: st.lists(_element(inside) | inside, max_size=4).map("".join),
    max_leaves=20,
)


@given(_html, _html)
def test_pages_are_read_as_another_reader_reads_them(around: str, main: str) -> None:
    html = f"<!doctype html><title>T</title><body>{around}<main>{main}</main>{around}</body>"
    _, text, dated = read_page(html)
    assert (text[1:], dated) == by_html5lib(html)


def test_a_page_without_an_end_is_read_in_no_time() -> None:
    """A regular expression that tries all ways to divide it would take for ever."""
    for piece in ("<p a=", "<p '", '<p "', "<script>", "<!--", "< ", "<", "<p b='c' "):
        read_page(f"<main>{piece * 20_000}")


def test_records_that_cannot_be_read_are_none(root: Path, tmp_path: Path) -> None:
    (tmp_path / "built").mkdir()
    made = dt.datetime(2030, 2, 3, tzinfo=dt.UTC)
    site = content.load(root / "content")
    record = Record.of(site, tmp_path / "built", name="n", built=made, day=made.date())
    data = json.loads(record.to_json())
    assert Record.from_json(json.dumps(data).encode()) == record
    of_earlier_version = data | {"made": data["built"]}
    del of_earlier_version["built"]
    assert Record.from_json(json.dumps(of_earlier_version).encode()) == record
    for broken in (
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        json.dumps(data | {"version": 2}).encode(),
        json.dumps({k: v for k, v in data.items() if k != "pages"}).encode(),
        json.dumps(data | {"figures": [{}]}).encode(),
        record.to_json()[:-20],
    ):
        assert Record.from_json(broken) is None


def test_the_hash_of_a_site_is_of_names_and_contents(tmp_path: Path) -> None:
    def site(**files: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
        return hash_of(files_of(folder))

    hashes = [site(a="1", b="2"), site(a="1", c="2"), site(a="1", b="3"), site(a="1")]
    assert len(set(hashes)) == 4
    assert site(b="2", a="1") == hashes[0]
