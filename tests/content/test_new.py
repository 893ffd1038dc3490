"""`make new`: its files are whole, honest and ready to fill in, and no other file is touched."""

import datetime as dt
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from builder import schemas
from builder.__main__ import main
from builder.commands import new
from builder.commands.new import NewError, new_scheme, new_year, slug_of
from builder.content import ContentError, load
from builder.content.yaml_file import read_yaml
from builder.kit.addresses import PAGE_NAMES
from calc.plan import estimate
from tests.content.sample import RULES_FILE, SLUG, write_sample
from tests.content.test_schemas import VALIDATORS, as_json
from tests.files import snapshot

TODAY = dt.date(2030, 5, 17)
NEXT = RULES_FILE.replace("2030", "2031")


@pytest.fixture
def real(project_root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(project_root / "content", tmp_path / "content"))


def make(content: Path, first: str, second: str, third: str) -> str:
    """Make a rule year of («year», scheme, year), or a scheme of (name, address, year)."""
    if first == "year":
        return new_year(content, second, third)
    return new_scheme(content, first, second or None, third or None, TODAY)


def refused(content: Path, *asked: str) -> str:
    """The message about a scheme or rule year that can't be made, while no file is written."""
    before = snapshot(content)
    with pytest.raises(NewError) as raised:
        make(content, *asked)
    assert snapshot(content) == before
    assert str(raised.value).startswith("Ingenting er laget.")
    return str(raised.value)


# --- A new scheme ---


def test_a_new_scheme_is_a_draft_that_loads_at_once(content: Path) -> None:
    before = snapshot(content)
    told = new_scheme(content, 'Tilskudd til «noe» å prøve: "A" & B', None, None, TODAY)
    site = load(content)
    scheme = site.schemes["noe-a-prove-a-b"]
    assert scheme.name.nb == 'Tilskudd til «noe» å prøve: "A" & B'
    assert [rules.year for rules in scheme.rules] == [2030]
    assert all((scheme.slug, name, "nb") in site.pages for name in PAGE_NAMES)
    assert site.unconfirmed == {(scheme.slug, 2030): 2}
    assert site.unfilled[scheme.slug] > 20
    # All else is as it was, and nothing is left behind.
    after = snapshot(content)
    assert {name: after[name] for name in before} == before
    assert {name.split("/")[0] for name in after} == {SLUG, scheme.slug}
    for said in (f"content/{scheme.slug}/scheme.yaml", "make preview", "make publish", "utkast"):
        assert said in told


def test_a_new_scheme_has_no_made_up_figures(content: Path) -> None:
    new_scheme(content, "Tilskudd til noe", None, None, TODAY)
    scheme = load(content).schemes["noe"]
    (track,) = scheme.rules[0].tracks.values()
    assert [figure.value for _, figure in track.figures()] == [None]
    assert all(deadline.unknown for deadline in scheme.deadlines)
    assert not scheme.rules[0].examples
    assert (scheme.last_checked, scheme.review_by) == (TODAY, TODAY)


def test_its_calculator_asks_for_the_award_letter_and_answers(content: Path) -> None:
    new_scheme(content, "Tilskudd til noe", None, None, TODAY)
    calculator = load(content).schemes["noe"].calculator
    asked = estimate(calculator, {"plan_year": 2030})
    assert (asked.status, asked.missing) == ("needs_input", ("full_award",))
    given = estimate(calculator, {"plan_year": 2030, "full_award": "350 000"})
    assert given.status == "estimate"
    assert given.plan[0].award == 350_000


def test_a_text_that_is_not_filled_in_stops_a_publish(content: Path) -> None:
    new_scheme(content, "Tilskudd til noe", None, None, TODAY)
    unfilled, unconfirmed = load(content).unfilled["noe"], load(content).unconfirmed["noe", 2030]
    for name in ("scheme.yaml", "rules/2030.yaml"):
        path = content / "noe" / name
        path.write_text(path.read_text("utf-8").replace("\ndraft: true\n", "\n"), "utf-8")
    with pytest.raises(ContentError) as raised:
        load(content)
    problems = raised.value.problems
    assert len(problems) == unfilled + unconfirmed
    files = {problem.file.name for problem in problems}
    assert files == {"scheme.yaml", "2030.yaml", *(f"{name}.md" for name in PAGE_NAMES)}
    assert "bekreft" in {problem.key for problem in problems if problem.file.name == "scheme.yaml"}


def test_filled_in_and_confirmed_it_can_be_published(content: Path) -> None:
    new_scheme(content, "Tilskudd til noe", None, None, TODAY)
    for path in (content / "noe").rglob("*.*"):
        text = path.read_text("utf-8")
        text = re.sub("«Fyll inn: [^»]*»", "Noe.", text)
        text = re.sub("bekreft: true, ", "", text)
        text = re.sub("^(draft|bekreft): true\n", "", text, flags=re.MULTILINE)
        path.write_text(text, "utf-8")
    site = load(content)
    assert (site.unconfirmed, site.unfilled) == ({}, {})


@pytest.mark.parametrize("part", ["rate", "ladder", "not_computable"])
def test_the_parts_shown_in_comments_work_when_they_are_used(content: Path, part: str) -> None:
    new_scheme(content, "Tilskudd til noe", None, None, TODAY)
    path = content / "noe/rules/2030.yaml"
    lines = path.read_text("utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(f"    # {part}:"))
    last = next(n for n in range(first, len(lines)) if not lines[n])
    lines[first:last] = [line.replace("    # ", "    ", 1) for line in lines[first:last]]
    if part != "ladder":
        lines = [line for line in lines if not line.startswith("    on_request")]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    (track,) = load(content).schemes["noe"].rules[0].tracks.values()
    assert getattr(track, part) is not None
    assert not list(VALIDATORS["rules"].iter_errors(as_json(read_yaml(path, path))))


def test_the_parts_shown_in_comments_of_the_facts_work_too(content: Path) -> None:
    new_scheme(content, "Tilskudd til noe", None, None, TODAY)
    path = content / "noe/scheme.yaml"
    text = path.read_text("utf-8")
    for name in ("administrator", "links", "contacts"):
        text = re.sub(rf"\n{name}: \[\]", "", text)
        block = re.search(rf"(?m)^# {name}:\n(#   .*\n)+", text)
        assert block, name
        text = text.replace(block[0], block[0].replace("# ", "", 1).replace("\n# ", "\n"))
    path.write_text(text.replace("https://…", "https://example.org").replace("@…", "@e.org"))
    scheme = load(content).schemes["noe"]
    assert scheme.administrator is not None
    assert len(scheme.links) == len(scheme.contacts) == 1


def test_the_files_name_their_schemas_and_fit_them(content: Path, project_root: Path) -> None:
    new_scheme(content, "Tilskudd til noe", None, None, TODAY)
    for name, kind in (("scheme.yaml", "scheme"), ("rules/2030.yaml", "rules")):
        path = content / "noe" / name
        address = (
            path.read_text("utf-8").splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        )
        standing = project_root / "content/noe" / name
        assert (standing.parent / address).resolve() == schemas.FOLDER / f"{kind}.json"
        assert not list(VALIDATORS[kind].iter_errors(as_json(read_yaml(path, path))))


def test_the_address_and_the_first_year_can_be_chosen(content: Path) -> None:
    new_scheme(content, "Tilskudd til noe", "helt-annet", "2033", TODAY)
    assert [r.year for r in load(content).schemes["helt-annet"].rules] == [2033]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Tilskudd til TryggEst", "tryggest"),
        ("Oppfølging av voksne med behov for langvarig oppfølging", "oppfolging-voksne"),
        ("Oppfølging av barn og unge med psykiske helseutfordringer", "oppfolging-barn-unge"),
        ("Kommunalt rusarbeid", "kommunalt-rusarbeid"),
        ("Bedre tverrfaglig innsats", "bedre-tverrfaglig-innsats"),
        ("Tilskot til ærleg arbeid", "aerleg-arbeid"),
        ("TILSKUDD TIL ÅPNE MØTEPLASSER", "apne-moteplasser"),
        ("Åpne møteplasser", "apne-moteplasser"),  # as macOS writes å
        ("Tilskudd", "tilskudd"),
        ("Tilskudd for eldre", "eldre"),
        ("Idé- og utviklingsmidler (2026)", "ide-utviklingsmidler-2026"),
        ("Fem ord som ikke", "fem-ord"),
        ("Arbeidsmarkedstiltak kommunehelsetjenester samhandlingsreform", "arbeidsmarkedstiltak"),
        ("x" * 60, "x" * 40),
        ("§ !", ""),
    ],
)
def test_the_address_is_made_of_the_first_words_of_the_subject(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("", "", ""), ["NAME kan ikke brukes.", "fant:      ingenting"]),
        (("A\u200bB", "noe", ""), ["NAME kan ikke brukes.", "A[U+200B]B"]),
        (("x" * 151, "noe", ""), ["NAME kan ikke brukes.", "151 tegn"]),
        (("§", "", ""), ["Adressen vi lager av navnet, kan ikke brukes.", "SLUG=noe"]),
        (("Ny", "Ny", ""), ["SLUG kan ikke brukes.", "fant:      Ny", "små bokstaver a–z"]),
        (("Ny", "../ny", ""), ["SLUG kan ikke brukes.", "../ny"]),
        (("Ny", "x" * 41, ""), ["SLUG kan ikke brukes."]),
        (("Ny", "assets", ""), ["SLUG kan ikke brukes."]),
        (("Prøveordning", "", ""), ["er i bruk.", f"/{SLUG}/", "SLUG=noe"]),
        (("Ny", "hjelp", ""), ["SLUG er i bruk.", "/hjelp/"]),
        (("Ny", "tom", ""), ["SLUG er i bruk.", "/tom/"]),
        (("Ny", "", "26"), ["YEAR er ikke et år", "fant:      26", "2015 til 2040"]),
        (("Ny", "", "20266"), ["YEAR er ikke et år", "fant:      20266"]),
        (("Ny", "", "２０２６"), ["YEAR er ikke et år"]),
        (("", "NO", "1999"), ["NAME kan", "SLUG kan", "YEAR er"]),
    ],
)
def test_a_scheme_that_cannot_be_made_is_refused(
    content: Path, asked: tuple[str, str, str], said: list[str]
) -> None:
    (content / "pages").mkdir()
    (content / "pages/hjelp.md").write_text("Title: H\nDescription: H\n\nH\n", "utf-8")
    (content / "tom").mkdir()
    message = refused(content, *asked)
    assert all(part in message for part in said), message


# --- A new rule year ---


def test_a_new_year_is_the_year_before_with_everything_to_confirm(content: Path) -> None:
    before = snapshot(content)
    told = new_year(content, SLUG, "2031")
    site = load(content)
    newest, old = site.schemes[SLUG].rules
    assert (newest.year, old.year) == (2031, 2030)
    assert newest.tracks == old.tracks
    (example,), (as_it_was,) = newest.examples, old.examples
    assert example.answers == {**as_it_was.answers, "plan_year": 2031}
    assert example.expect == as_it_was.expect
    marks = 1 + 1 + 1 + 3 + 1  # rate, maximum, cap, steps, and why a track can't be worked out
    assert site.unconfirmed == {(SLUG, 2031): marks}
    after = snapshot(content)
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {NEXT}
    for said in (f"content/{NEXT}", f"{marks} steder", "make preview", "make publish", "2030.yaml"):
        assert said in told


def test_every_mark_stops_a_publish_until_it_is_removed(content: Path) -> None:
    new_year(content, SLUG, "2031")
    path = content / NEXT
    published = path.read_text("utf-8").replace("\ndraft: true\n", "\n")
    path.write_text(published, "utf-8")
    with pytest.raises(ContentError) as raised:
        load(content)
    assert len(raised.value.problems) == published.count("bekreft: true") == 7
    path.write_text(re.sub("bekreft: true(, |\n +)", "", published), "utf-8")
    assert load(content).unconfirmed == {}


ODD = """\
# En kommentar øverst.
publish_date: 2030-02-01   # borte i det nye året
draft: false

year: 2030 # året
sources:
    "regelverk":   {title: 'Regelverk 2030',publisher: P}
tracks:
    team:
        name: {nb:   Team}
        rate: # satsen
            # om tallet
            value: 600000 # kroner
            unit: "kr per årsverk"
            source: regelverk
        ladder: &stige
          years:
          - {value: 100.0,unit: prosent, source: regelverk , }
          -   value: 66.70
              unit: prosent
              source: regelverk
              bekreft: true
        start: {positions: 4, plan_year: 2030}
    andre:
        name: {nb: Andre}
        rate: {
          value: 1000,

          unit: kr per årsverk, source: regelverk }
        ladder: *stige
examples:
- title: {nb: "Kull 2030"}
  answers: &svar
    track: team
    plan_year: "2032"
    years_received: 2
    positions: 1
  expect: {award: [0, 0, 0, 0]}
- {title: {nb: B}, answers: *svar, expect: {total: 0}}
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_rest_of_the_file_stays_as_it_was_written(content: Path, newline: str) -> None:
    path = content / RULES_FILE
    path.write_text(ODD, "utf-8", newline=newline)
    new_year(content, SLUG, "2033")
    made = (content / RULES_FILE).with_name("2033.yaml").read_bytes().decode()
    assert ("\r\n" in made) == (newline == "\r\n")
    assert "\r\r" not in made
    made = made.replace("\r\n", "\n")
    wanted = ODD.replace(
        "publish_date: 2030-02-01   # borte i det nye året\ndraft: false\n",
        new._NOTE.format(source="2030.yaml") + "\ndraft: true\n",
    )
    wanted = wanted.replace("year: 2030 #", "year: 2033 #")
    wanted = wanted.replace("plan_year: 2030", "plan_year: 2033").replace('"2032"', '"2035"')
    wanted = wanted.replace(
        "            value: 6", "            bekreft: true\n            value: 6"
    )
    wanted = wanted.replace("{value: 100.0", "{bekreft: true, value: 100.0")
    wanted = wanted.replace("          value: 1000", "          bekreft: true, value: 1000")
    assert made == wanted
    path.write_text(ODD.replace("              bekreft: true\n", ""), "utf-8")
    # The ladder stands in both tracks.
    assert load(content).unconfirmed == {(SLUG, 2033): 6}


def test_a_year_can_be_copied_from_a_draft(content: Path) -> None:
    new_year(content, SLUG, "2031")
    new_year(content, SLUG, "2032")
    marks = load(content).unconfirmed
    assert marks[SLUG, 2032] == marks[SLUG, 2031]
    text = (content / NEXT.replace("2031", "2032")).read_text("utf-8")
    assert text.count("draft: true\n") == 1
    assert text.count("bekreft: true") == 7


@pytest.mark.thorough
def test_every_scheme_of_the_site_can_get_a_new_year(real: Path) -> None:
    for slug, scheme in load(real).schemes.items():
        newest = scheme.rules[0]
        told = new_year(real, slug, str(newest.year + 1))
        path = real / slug / f"rules/{newest.year + 1}.yaml"
        document = read_yaml(path, path)
        assert not document.problems
        assert not list(VALIDATORS["rules"].iter_errors(as_json(document)))
        text = path.read_text("utf-8")
        marks = text.count("bekreft: true")
        assert f"«bekreft: true»: {marks} sted" in told
        if "*" not in text:  # a figure with an anchor is written once
            assert marks == sum(len([*track.sources()]) for track in newest.tracks.values())
        if "Dette må rettes" in told:
            assert f"content/{slug}/rules/{path.name}:" in told
            path.unlink()
    load(real)


def test_a_worked_example_with_another_result_in_the_new_year_is_reported_at_once(
    real: Path,
) -> None:
    told = new_year(real, "kommunalt-rusarbeid", "2026")
    assert "Dette må rettes før utkastet kan vises:" in told
    assert "content/kommunalt-rusarbeid/rules/2026.yaml" in told.split("Dette må rettes")[1]
    assert "closed, som utregningen gir" in told


@pytest.mark.parametrize(
    ("scheme", "year", "said"),
    [
        ("proveordnig", "2031", ["SCHEME er ikke navnet på en ordning.", f"Mente du «{SLUG}»?"]),
        ("xyz", "26", ["SCHEME er ikke", f"en av: {SLUG}", "YEAR er ikke", "fant:      26"]),
        ("../content", "2031", ["SCHEME er ikke"]),
        (SLUG, "20266", ["YEAR er ikke et år", "2015 til 2040"]),
        (SLUG, "neste", ["YEAR er ikke et år"]),
        (SLUG, "", ["YEAR er ikke et år", "fant:      ingenting"]),
        (SLUG, "2030", [f"«{SLUG}» har dette regelverksåret.", "Disse finnes: 2030"]),
        (SLUG, "2029", ["Det er ikke noe tidligere år å kopiere.", "Disse finnes: 2030"]),
    ],
)
def test_a_rule_year_that_cannot_be_made_is_refused(
    content: Path, scheme: str, year: str, said: list[str]
) -> None:
    message = refused(content, "year", scheme, year)
    assert all(part in message for part in said), message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year: [", "Dette er ikke gyldig YAML."),
        ("- year", "Filen sier ikke året."),
        ("year: true\n", "Filen sier ikke året."),
        ("tracks: {}\n", "Filen sier ikke året."),
    ],
)
def test_a_mistake_in_the_year_before_is_reported(content: Path, text: str, said: str) -> None:
    (content / RULES_FILE).write_text(text, "utf-8")
    before = snapshot(content)
    with pytest.raises(ContentError) as raised:
        new_year(content, SLUG, "2031")
    assert said in str(raised.value)
    assert snapshot(content) == before


@pytest.mark.parametrize(
    "text",
    [
        "{draft: true, year: 2030, tracks: {}}\n",
        "? year\n: 2030\ntracks:\n  a:\n    rate:\n      ? value\n      : 1\n",
    ],
)
def test_a_year_before_that_cannot_be_copied_is_refused(content: Path, text: str) -> None:
    (content / RULES_FILE).write_text(text, "utf-8")
    message = refused(content, "year", SLUG, "2031")
    assert "Filen er skrevet slik at vi ikke kan kopiere den." in message


# --- Whole or not at all ---


def test_a_file_that_another_editor_wrote_meanwhile_is_not_overwritten(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another editor makes the same at the same moment."""
    put = new._put

    def another_first(made: Path, target: Path) -> None:
        if made.is_dir():
            target.mkdir()
            (target / "min.md").write_text("Min", "utf-8")
        else:
            target.write_text("Min", "utf-8")
        put(made, target)

    monkeypatch.setattr(new, "_put", another_first)
    for make in (
        lambda: new_year(content, SLUG, "2031"),
        lambda: new_scheme(content, "Noe", None, None, TODAY),
    ):
        with pytest.raises(NewError, match="Filene kan ikke skrives"):
            make()
    assert (content / NEXT).read_text("utf-8") == "Min"
    assert snapshot(content / "noe") == {"min.md": b"Min"}
    assert not list(content.glob(".new-*"))


KILLED = """
import datetime, os, signal, sys
from pathlib import Path
from builder.commands import new

def run(content, what, moment):
    count = 0

    def watch(event, arguments):
        nonlocal count
        if event in EVENTS and ".new-" in str(arguments[0]):
            count += 1
            if count == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    if what == "year":
        new.new_year(content, "proveordning", "2031")
    else:
        new.new_scheme(content, "Noe", None, None, datetime.date(2030, 1, 1))

EVENTS = ("open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir")
new.load(Path(sys.argv[2]))  # so that the schemas are made once, before the forks
for moment, content in enumerate(map(Path, sys.argv[2:]), start=1):
    if not (child := os.fork()):
        run(content, sys.argv[1], moment)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
# More than either writes, moves and removes.
MOMENTS = {"year": 16, "scheme": 50}


@pytest.mark.thorough
@pytest.mark.parametrize("what", MOMENTS)
def test_killed_at_any_moment_it_leaves_all_or_nothing(
    tmp_path: Path, project_root: Path, what: str
) -> None:
    contents = [tmp_path / str(moment) / "content" for moment in range(MOMENTS[what])]
    for content in contents:
        write_sample(content)
    before = snapshot(contents[0])
    command = [sys.executable, "-c", KILLED, what, *map(str, contents)]
    done = subprocess.run(
        command, cwd=project_root, check=True, capture_output=True, text=True, timeout=120
    )
    codes = [int(line) for line in done.stdout.split()]
    made = [snapshot(content) for content in contents]
    for files in made:
        assert {name: files.pop(name) for name in before} == before
    kept = [{n: data for n, data in f.items() if not n.startswith(".new-")} for f in made]
    whole = kept[-1]
    assert len(whole) == (1 if what == "year" else 2 + len(PAGE_NAMES))
    assert all(files in ({}, whole) for files in kept)
    # Killed before and after it was in its place, and at last not at all.
    killed = [files for code, files in zip(codes, kept, strict=True) if code == -signal.SIGKILL]
    assert {} in killed
    assert whole in killed
    assert codes[-1] == 0
    # As if nothing had been left behind.
    for content in contents[::5]:
        load(content)


def test_a_lacking_permission_is_explained_in_one_sentence(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(**_options: object) -> str:
        raise PermissionError(13, "Permission denied", str(content))

    monkeypatch.setattr(new.tempfile, "mkdtemp", denied)
    message = refused(content, "year", SLUG, "2031")
    assert "Filene kan ikke skrives." in message
    assert "lov til å skrive" in message


# --- The command ---


@pytest.fixture
def as_project(content: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(new, "ROOT", content.parent)
    monkeypatch.setenv("BUILD_DATE", str(TODAY))
    return content


def test_the_command_without_options_explains_itself(
    as_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new"]) == 0
    said = capsys.readouterr().out
    for part in ('make new NAME="', "make new SCHEME=", "YEAR=2031", f"finnes: {SLUG}"):
        assert part in said


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--scheme=x"], "SCHEME kan"),
        (["--year=2031"], "YEAR kan"),
        (["--slug=x"], "SLUG kan"),
        (["--name=x", "--scheme=y"], "NAME og SCHEME kan"),
        (["--slug=x", "--scheme=y", "--year=2031"], "SCHEME og SLUG og YEAR kan"),
    ],
)
def test_options_that_do_not_go_together_are_explained(
    as_project: Path, capsys: pytest.CaptureFixture[str], options: Sequence[str], named: str
) -> None:
    before = snapshot(as_project)
    assert main(["new", *options]) == 1
    said = capsys.readouterr().err
    assert named in said
    assert 'make new NAME="' in said
    assert snapshot(as_project) == before


def test_the_command_makes_a_rule_year_and_a_scheme(
    as_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", f"--scheme={SLUG}", "--year=2031"]) == 0
    assert main(["new", "--name=Tilskudd til noe"]) == 0
    assert f"content/{NEXT}" in capsys.readouterr().out
    site = load(as_project)
    assert site.schemes["noe"].rules[0].year == TODAY.year
    assert site.schemes[SLUG].rules[0].year == 2031


def test_make_hands_over_names_as_they_are_written(project_root: Path) -> None:
    name = 'Barn\'as "hjem" (til; & prøve) `x`'
    command = ["make", "--dry-run", "-C", str(project_root), "new", f"NAME={name}", "YEAR=2031"]
    # A variable of the environment is no option.
    environment = {**os.environ, "SLUG": "miljo"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    recipe = done.stdout.split(".venv/bin/python -m builder new")[1].replace("\\\n", " ")
    shell = f'show() {{ printf "%s\\n" "$@"; }}; show {recipe.split("\nmake")[0]}'
    shown = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines() == [f"--name={name}", "--year=2031"]


def test_the_scaffold_fits_the_schemas_of_today() -> None:
    assert {p.stem for p in new.SCAFFOLD.glob("*.md")} == set(PAGE_NAMES)
    for name in schemas.NAMES:
        Draft7Validator.check_schema(schemas.schema(name))
