"""Links of pages: dead links and anchors are reported with file, line and the nearest right one."""

from pathlib import Path

import pytest

from builder.checks.context import Context
from builder.content import read
from tests.checks.conftest import DAY, HEADER, Findings, of_scheme, replace_in, write
from tests.content.sample import PAGE_FILE, RULES_FILE

SUBJECT = "Lenker"
DEAD = "Lenken fører ingen steder."
NO_PLACE = "Siden har ikke stedet lenken peker på."
IN_BOKMAAL = "Lenker til egne sider skrives på bokmål; de fører selv til nynorsk."


@pytest.mark.parametrize(
    "link",
    [
        "/",
        "/proveordning/",
        "/proveordning/rapportering/",
        "/proveordning/satser/2030/",
        "/proveordning/regler/2030.yaml",
        "/proveordning/regler/2030.json",
        "/proveordning/frister.ics",
        "/nn/proveordning/frister.ics",
        "/frister.ics",
        "/endringer.atom",
        "/nn/endringer.atom",
        "/api/v1/schemes.json",
        "/api/v1/proveordning.json",
        "/innebygd/proveordning/",
        "/ordninger/status/apen/",
        "/ordninger/malgruppe/voksne/",
        "/ordninger/eier/provedirektoratet/",
        "rapportering/",
        "./",
        "../",
        "rapportering/#del-hva",
        "/proveordning/#del-hva",
        "#del-hva",
        "#del-p%C3%A5-norsk",
        "#del-på-norsk",
        # Anchors of templates, and answers that scripts read.
        "/proveordning/#kilder",
        "/proveordning/#kilde-utlysning",
        "/proveordning/kalkulator/#svar=1&positions=6,5",
        "/proveordning/?fra=brev",
        "https://example.org/finnes-ikke/",
        "http://example.org/finnes-ikke/",
        "mailto:post@example.org",
        "tel:+4722222222",
    ],
)
def test_a_link_that_leads_somewhere_is_let_through(
    root: Path, findings: Findings, link: str
) -> None:
    write(root, PAGE_FILE, f"{HEADER}## Hva\n\n[Les]({link})\n\n## På norsk\n")
    assert findings(SUBJECT) == []


def test_links_to_moved_and_unpublished_pages_are_reported(root: Path, findings: Findings) -> None:
    text = "## Hva\n\n[Flyttet](/gammel/#del-hva) og [utkast](/utkast/)\n"
    write(root, "pages/ny.md", f"{HEADER.strip()}\nAliases: /gammel/\n\n## Hva\n")
    write(root, "pages/utkast.md", f"{HEADER.strip()}\nDraft: true\n\n[Også](/utkast/)\n")
    write(root, PAGE_FILE, HEADER + text)
    hidden, moved = findings(SUBJECT)
    assert (moved.message, moved.expected) == ("Siden er flyttet.", "/ny/#del-hva")
    assert hidden.message == "Det lenken fører til, er ikke publisert."
    assert (hidden.found, hidden.is_warning) == ("/utkast/", False)


@pytest.mark.parametrize(
    ("link", "message", "expected"),
    [
        ("/borte/", DEAD, "en av: /, /proveordning/"),
        ("/proveordnign/", DEAD, "Mente du «/proveordning/»?"),
        ("/proveordning/raportering/", DEAD, "Mente du «/proveordning/rapportering/»?"),
        ("/proveordning/satser/2029/", DEAD, "Mente du «/proveordning/satser/2030/»?"),
        ("/proveordning/regler/2029.yaml", DEAD, "Mente du"),
        ("/ordninger/status/borte/", DEAD, "en av: "),
        ("/proveordning", DEAD, "/proveordning/ (med skråstrek til slutt)"),
        ("/proveordning/om/", DEAD, "Mente du"),
        ("rapportering.md", DEAD, "/proveordning/rapportering/"),
        ("rapportering.nn.md#del-hva", DEAD, "/proveordning/rapportering/#del-hva"),
        ("raportering/", DEAD, "Mente du «/proveordning/rapportering/»?"),
        ("/nn/proveordning/", IN_BOKMAAL, "/proveordning/"),
        ("/nn/proveordning/#del-hva", IN_BOKMAAL, "/proveordning/#del-hva"),
        ("/nn/borte/", DEAD, "en av: "),
        ("", "Lenken har ingen adresse.", "adressen i parentesen etter lenketeksten"),
        ("www.example.org", "Lenken mangler «https://» foran.", "https://www.example.org"),
        ("example.no/a/", "Lenken mangler «https://» foran.", "https://example.no/a/"),
        ("post@example.org", "Lenken mangler «mailto:» foran.", "mailto:post@example.org"),
        ("%2F%2F[/", "Adressen kan ikke leses.", "en adresse slik den står"),
        ("#del-xyz", NO_PLACE, "en av: del-hva, del-på-norsk"),
        ("#del-hvaa", NO_PLACE, "Mente du «del-hva»?"),
        ("#det-vi-ikke-vet", NO_PLACE, "en av: del-hva, del-på-norsk"),
        ("rapportering/#kildene", NO_PLACE, "en av: del-hva"),
        ("#del-kilder", NO_PLACE, "en av: del-hva"),
        ("#hva", NO_PLACE, "Mente du «del-hva»?"),
        ("#Hva", NO_PLACE, "Mente du «del-hva»?"),
        ("rapportering/#del-hvor", NO_PLACE, "Mente du «del-hva»?"),
        ("/#del-hva", NO_PLACE, "lenken uten «#…»"),
    ],
)
def test_a_dead_link_is_reported_with_a_better_one(
    root: Path, findings: Findings, link: str, message: str, expected: str
) -> None:
    write(root, PAGE_FILE, f"{HEADER}## Hva\n\n[Les]({link})\n\n## På norsk\n")
    (problem,) = findings(SUBJECT)
    assert (problem.file, problem.line) == (Path("content") / PAGE_FILE, 6)
    assert (problem.message, problem.found) == (message, link)
    assert problem.expected.startswith(expected)
    assert not problem.is_warning


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("[a](/proveordning/)\n[b](/borte/)\n[c](/borte/)", [5, 6]),
        ("`[a](/borte/)`\n\n[b](/borte/)", [6]),
        ("```\n[a](/borte/)\n```\n\n[b](/borte/)", [8]),
        ("[a][1] og\n[b][1]\n\n[1]: /borte/", [7]),
        ("[a][1]\n\n[1]: </borte/> 'Borte'", [6]),
        ('Les\n[a](</borte/>), og\n[b](/borte/ "Borte")', [5, 6]),
        ('Les\n<a href="/borte/">her</a>', [5]),
        ("[a](/borte/?a=1&b=2)", [4]),
        ("| a |\n|---|\n| [a](/borte/) |", [6]),
        ("- a\n    - [b](/borte/)", [5]),
    ],
)
def test_each_dead_link_is_reported_with_its_line(
    root: Path, findings: Findings, text: str, lines: list[int]
) -> None:
    write(root, PAGE_FILE, f"{HEADER}{text}\n")
    assert [problem.line for problem in findings(SUBJECT)] == lines


def test_a_place_must_be_on_the_nynorsk_page_too(root: Path, findings: Findings) -> None:
    """A page in bokmål only stands among the nynorsk ones, and leads to them."""
    write(root, of_scheme("rapportering.md"), f"{HEADER}## Slik\n")
    write(root, of_scheme("rapportering.nn.md"), f"{HEADER}## Såleis\n")
    write(root, PAGE_FILE, f"{HEADER}[Les](rapportering/#del-slik)\n")
    (problem,) = findings(SUBJECT)
    assert problem.message == (
        "Nynorsksiden /nn/proveordning/rapportering/ har ikke stedet lenken peker på."
    )
    assert problem.expected == "lenken uten «#…», eller om.nn.md også"
    write(root, of_scheme("om.nn.md"), f"{HEADER}[Les](rapportering/#del-såleis)\n")
    assert findings(SUBJECT) == []


def test_a_nynorsk_page_may_link_to_one_in_bokmaal(root: Path, findings: Findings) -> None:
    write(root, of_scheme("om.nn.md"), f"{HEADER}[Les](rapportering/#del-hva)\n")
    assert findings(SUBJECT) == []
    write(root, of_scheme("om.nn.md"), f"{HEADER}[Les](rapportering/#del-kva)\n")
    assert [problem.message for problem in findings(SUBJECT)] == [NO_PLACE]


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_the_sites_own_address_is_not_needed(root: Path, findings: Findings, scheme: str) -> None:
    own = f"{scheme}://tilskudd.example"
    write(root, PAGE_FILE, f"{HEADER}[a]({own}/proveordning/#del-hva)\n\n[b]({own}/borte/)\n")
    assert findings(SUBJECT) == []
    found = findings(SUBJECT, site_address="https://tilskudd.example/")
    assert [(p.message, p.is_warning) for p in found if p.line == 6] == [
        (DEAD, False),
        ("Lenker til egne sider trenger ikke «https://…».", True),
    ]
    messages = {p.message: p.expected for p in found if p.line == 4}
    assert messages["Lenker til egne sider trenger ikke «https://…»."] == "/proveordning/#del-hva"
    assert NO_PLACE in messages


def test_links_to_a_scheme_with_mistakes_are_not_reported_as_well(
    root: Path, findings: Findings
) -> None:
    replace_in(root, RULES_FILE, "value: 4.5", "value: mange")
    links = "[a](/proveordning/satser/2030/) [b](/proveordning/om/) [c](/proveordning/)"
    write(root, "pages/forside.md", f"{HEADER}{links}\n")
    assert [problem.found for problem in findings(SUBJECT)] == ["/proveordning/om/"]


def test_every_address_of_the_built_site_is_known(project_root: Path, built_site: Path) -> None:
    """The other way too: nothing is taken for an address that the site does not have."""
    site, _ = read(project_root / "content")
    addresses = Context(project_root, site, DAY).addresses
    pages = {
        f"/{path.parent.relative_to(built_site)}/".replace("/./", "/")
        for path in built_site.rglob("index.html")
    }
    in_bokmaal = {page for page in pages if not page.startswith("/nn/")}
    # Shown where there is no network; nobody links to it.
    unknown = {page for page in in_bokmaal if page not in addresses}
    assert unknown == {"/uten-nett/"}
    assert {f"/nn{page}" for page in in_bokmaal} == pages - in_bokmaal
    # No form can be made for a scheme where nothing can be worked out.
    assert set(addresses.pages) - in_bokmaal == {"/innebygd/bedre-tverrfaglig-innsats/"}
    missing = {file for file in addresses.files if not (built_site / file.lstrip("/")).is_file()}
    # Made where the site has an address.
    assert missing == {"/sitemap.xml"}
