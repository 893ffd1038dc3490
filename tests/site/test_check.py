"""The check of a built site finds broken parts, and accepts a site without any."""

from pathlib import Path

import pytest

from builder.site import sizes
from builder.site.check import CheckError, check

PAGE = "<!doctype html><title>Side</title><h1>Side</h1>{}"


def write(site: Path, **pages: str) -> None:
    for name, body in {"index": "", **pages}.items():
        path = site / f"{name}.html" if name == "index" else site / name / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(body), encoding="utf-8")


def told(site: Path) -> list[str]:
    with pytest.raises(CheckError) as raised:
        check(site)
    head, *problems = str(raised.value).splitlines()
    assert head.endswith("Ingenting er publisert.")
    return problems


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/ordning/">Ordning</a>',
        '<a href="/ordning">Ordning</a>',
        '<a href="../">Opp</a>',
        '<a href="./">Her</a>',
        '<a href="?lang=nn">Her</a>',
        '<p id="satser">Satser</p><a href="#satser">Satser</a>',
        '<p id="søk">Søk</p><a href="#s%C3%B8k">Søk</a>',
        '<a href="/">Forside</a>',
        '<a href="https://example.org/finnes-ikke">Ut</a>',
        '<a href="mailto:post@example.org">Skriv</a>',
        '<link rel="icon" href="data:,">',
        '<img srcset="/ 1x, /ordning/ 2x" alt="">',
        '<p id="a">A</p><table><tr><td headers="a b"><b id="b"></b></table>',
        '<input aria-describedby="hjelp feil"><p id="hjelp"></p><p id="feil"></p>',
        '<form data-calculator="a" data-lang="nb" data-text-error="/ eller noe annet"></form>',
        '<meta property="og:image" content="https://example.org/bilde.png">',
    ],
)
def test_lets_through_what_leads_somewhere(tmp_path: Path, body: str) -> None:
    write(tmp_path, ordning=body)
    check(tmp_path)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('<a href="/borte/">Borte</a>', "lenken «/borte/» fører ingen steder"),
        ('<a href="borte/">Borte</a>', "lenken «borte/» fører ingen steder"),
        ('<img src="/assets/borte.svg">', "lenken «/assets/borte.svg» fører ingen steder"),
        ('<form data-worker="/w.js">', "lenken «/w.js» fører ingen steder"),
        ('<a href="#borte">Borte</a>', "lenken «#borte» peker på et sted som ikke finnes på siden"),
        ('<a href="/#borte">Borte</a>', "lenken «/#borte» peker på et sted som ikke finnes"),
        ('<a href="//example.org/">Ut</a>', "lenken «//example.org/» mangler «https:» foran"),
        ('<a href="javascript:a()">Ut</a>', "lenken «javascript:a()» fører ingen steder"),
        ('<p id="a"></p><p id="a"></p>', "id-en «a» står to ganger"),
        ('<img srcset="/ 1x, /x.png 2x" alt="">', "lenken «/x.png» fører ingen steder"),
        ('<link rel="preload" imagesrcset="/x.png">', "lenken «/x.png» fører ingen steder"),
        ('<form data-later="/x.js">', "lenken «/x.js» fører ingen steder"),
        ('<form action="/x/">', "lenken «/x/» fører ingen steder"),
        ('<meta http-equiv="refresh" content="0; url=/x/">', "lenken «/x/» fører ingen steder"),
        ('<meta property="og:image" content="/x.png">', "lenken «/x.png» fører ingen steder"),
        ('<link rel="canonical" href="/x/">', "lenken «/x/» fører ingen steder"),
        (
            '<link rel="alternate" hreflang="nn" href="/">',
            "siden viser til «/» på et annet språk, men den viser ikke tilbake",
        ),
        ('<label for="x">X</label>', "for viser til id-en «x», som ikke finnes på siden"),
        (
            '<p id="a" aria-labelledby="a x">',
            "aria-labelledby viser til id-en «x», som ikke finnes",
        ),
        ('<table><td headers="x">', "headers viser til id-en «x», som ikke finnes på siden"),
        ('<input list="x">', "list viser til id-en «x», som ikke finnes på siden"),
        ("<h1>Én til</h1>", "siden har 2 hovedoverskrifter (h1), forventet 1"),
    ],
)
def test_finds_what_is_broken(tmp_path: Path, body: str, problem: str) -> None:
    write(tmp_path, ordning=body)
    (found,) = told(tmp_path)
    assert found.startswith(f"ordning/index.html: {problem}")


ADDRESS = "https://tilskudd.example"


def give_address(site: Path) -> None:
    """As a build with SITE_ADDRESS does."""
    front = f'<link rel="canonical" href="{ADDRESS}/"><p id="satser"></p>'
    (site / "index.html").write_text(PAGE.format(front), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("sitemap.xml", f"<urlset><loc>{ADDRESS}/{{}}</loc></urlset>", f"{ADDRESS}/{{}}"),
        ("feed.atom", f'<link href="{ADDRESS}/{{}}?a=1&amp;b=2"/>', f"{ADDRESS}/{{}}?a=1&b=2"),
        ("sitemap.xml", "<urlset><loc>/{}</loc></urlset>", "/{}"),
        ("api/v1/a.json", '{{"url": "/{}"}}', "/{}"),
        ("api/v1/a.json", f'{{{{"url": "{ADDRESS}/{{}}"}}}}', f"{ADDRESS}/{{}}"),
        ("app.webmanifest", '{{"icons": [{{"src": "/{}"}}]}}', "/{}"),
        ("frister.ics", f"URL:{ADDRESS[:-3]}\r\n {ADDRESS[-3:]}/{{}}\r\n", f"{ADDRESS}/{{}}"),
        ("frister.ics", f"DESCRIPTION:Se {ADDRESS}/{{}}.\r\n", f"{ADDRESS}/{{}}"),
        ("robots.txt", f"Sitemap: {ADDRESS}/{{}}\n", f"{ADDRESS}/{{}}"),
    ],
)
def test_finds_what_is_broken_in_what_other_programs_read(
    tmp_path: Path, name: str, text: str, found: str
) -> None:
    write(tmp_path, ordning="")
    give_address(tmp_path)
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.format("ordning/"), encoding="utf-8")
    check(tmp_path)
    file.write_text(text.format("borte/"), encoding="utf-8")
    assert told(tmp_path) == [f"{name}: lenken «{found.format('borte/')}» fører ingen steder"]


def test_what_is_no_address_in_other_files_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path)
    give_address(tmp_path)
    words = '{"path": "/api/{slug}.json", "either": "ja / nei", "ref": "#/a", "far": "//a/b"}'
    (tmp_path / "a.json").write_text(words, encoding="utf-8")
    (tmp_path / "robots.txt").write_text("Disallow: /borte/\n", encoding="utf-8")
    (tmp_path / "runtime/0").mkdir(parents=True)
    (tmp_path / "runtime/0/lock.json").write_text('{"a": "/borte"}', encoding="utf-8")
    check(tmp_path)


def test_the_site_s_own_address_is_no_foreign_one(tmp_path: Path) -> None:
    write(tmp_path, a=f'<a href="{ADDRESS}/#satser">Her</a> <a href="{ADDRESS}">Forside</a>')
    give_address(tmp_path)
    check(tmp_path)
    write(tmp_path, a=f'<a href="{ADDRESS}/#priser">Her</a>')
    give_address(tmp_path)
    assert told(tmp_path) == [
        f"a/index.html: lenken «{ADDRESS}/#priser» peker på et sted som ikke finnes på siden"
    ]


def test_pages_in_two_languages_must_name_each_other(tmp_path: Path) -> None:
    link = '<link rel="alternate" hreflang="{}" href="{}">'
    both = link.format("nb", "/a/") + link.format("nn", "/b/") + link.format("x-default", "/a/")
    write(tmp_path, a=both, b=both)
    check(tmp_path)
    write(tmp_path, a=both, b=link.format("nn", "/b/"))
    assert told(tmp_path) == [
        "a/index.html: siden viser til «/b/» på et annet språk, men den viser ikke tilbake"
    ]


def test_finds_a_page_without_a_heading(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "404.html").write_text("<p>Tom</p>", encoding="utf-8")
    assert told(tmp_path) == ["404.html: siden har 0 hovedoverskrifter (h1), forventet 1"]


def test_finds_a_site_without_a_front_page(tmp_path: Path) -> None:
    write(tmp_path, ordning="")
    (tmp_path / "index.html").unlink()
    assert told(tmp_path) == ["index.html mangler."]


def test_tells_of_everything_at_once(tmp_path: Path) -> None:
    write(tmp_path, a='<a href="/x/">x</a><a href="/y/">y</a>', b='<a href="/x/">x</a>')
    assert len(told(tmp_path)) == 3


def test_what_is_too_big_is_told(tmp_path: Path) -> None:
    write(tmp_path, ordning='<img src="/stort.png" alt="">', regn='<form data-calculator="a">')
    (tmp_path / "stort.png").write_bytes(bytes(sizes.PAGE_BUDGET))
    (tmp_path / "runtime/0").mkdir(parents=True)
    (tmp_path / "runtime/0/python").write_bytes(bytes(sizes.RUNTIME_BUDGET))
    (tmp_path / "sw.js").write_bytes(bytes(sizes.SCRIPTS_BUDGET))
    page = len(PAGE.format('<img src="/stort.png" alt="">')) + sizes.PAGE_BUDGET
    grouped = f"{page:,}".replace(",", " ")
    assert told(tmp_path) == [
        f"For stort: /ordning/index.html med alt den trenger: {grouped} byte, høyst 100 000 byte."
    ]
    # At the budget is within it; one byte more is not.
    (tmp_path / "runtime/0/more").write_bytes(b"x")
    write(tmp_path, regn='<form data-calculator="a"></form><script src="/assets/a.js"></script>')
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/a.js").write_bytes(b"x")
    (tmp_path / "assets/asked-for.js").write_bytes(bytes(sizes.SCRIPTS_ON_REQUEST_BUDGET + 1))
    (tmp_path / "embed.js").write_bytes(bytes(sizes.EMBED_BUDGET + 1))
    assert told(tmp_path)[:4] == [
        "For stort: Python for nettleseren: 3 000 001 byte, høyst 3 000 000 byte.",
        "For stort: Skriptene på siden med flest: 8 001 byte, høyst 8 000 byte.",
        "For stort: Skriptet for andres sider: 1 501 byte, høyst 1 500 byte.",
        "For stort: Skript som hentes ved behov: 8 001 byte, høyst 8 000 byte.",
    ]


def test_an_image_that_comes_later_is_no_part_of_the_page(tmp_path: Path) -> None:
    write(tmp_path, ordning='<img src="/stort.png" alt="" loading="lazy">')
    (tmp_path / "stort.png").write_bytes(bytes(sizes.PAGE_BUDGET))
    check(tmp_path)


def test_a_size_is_what_goes_over_the_wire(tmp_path: Path) -> None:
    write(tmp_path, ordning='<link rel="stylesheet" href="/site.css"><link rel="next" href="/x/">')
    (tmp_path / "site.css").write_bytes(bytes(sizes.PAGE_BUDGET))
    (tmp_path / "site.css.br").write_bytes(b"small")
    (tmp_path / "ordning/index.html.br").write_bytes(b"tiny")
    (found,) = (s.size for s in sizes.sizes(tmp_path) if "ordning" in s.name)
    assert found == len(b"small") + len(b"tiny")
