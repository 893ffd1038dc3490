"""Bad content of every kind is reported to its editor, and no other file is read."""

import errno
import os
import unicodedata
from importlib import import_module
from pathlib import Path

import pytest

from builder.content import ContentError, Problem, load
from tests.content.bad_content import (
    CANARY,
    HARMFUL,
    Bad,
    link,
    picture,
    write,
)
from tests.content.sample import PAGE, PAGE_FILE, RULES_FILE, SCHEME_FILE, SLUG


def test_bad_content_is_of_many_kinds() -> None:
    assert len(HARMFUL) >= 60
    said = {(bad.message, bad.found, bad.expected) for bad in HARMFUL.values()}
    assert len(said) >= 60


@pytest.mark.parametrize("name", HARMFUL)
def test_bad_content_is_reported_with_its_place(content: Path, name: str) -> None:
    bad = HARMFUL[name]
    bad.plant(content)
    with pytest.raises(ContentError) as raised:
        load(content)
    assert raised.value.problems == [as_problem(bad)]
    report = str(raised.value)
    assert CANARY not in report
    # No character of it moves the cursor or turns the direction of reading.
    assert {unicodedata.category(char) for char in report.replace("\n", "")}.isdisjoint(
        {"Cc", "Cf", "Cs", "Cn"}
    )


def as_problem(bad: Bad) -> Problem:
    file = Path("content") / bad.file
    return Problem(file, bad.line, bad.key, bad.message, bad.found, bad.expected)


# --- What is no mistake ---


@pytest.mark.parametrize(
    "name",
    [
        f"{SLUG}/.om.md.swp", f"{SLUG}/om.md~", f"{SLUG}/#om.md#", f"{SLUG}/om.md.bak",
        f"{SLUG}/.DS_Store", f"{SLUG}/Thumbs.db", f"{SLUG}/desktop.ini", f"{SLUG}/~$om.docx",
        f"{SLUG}/rules/.2030.yaml", f"{SLUG}/rules/2030.yaml~", f"{SLUG}/bilder/.kart.png",
        f"{SLUG}/bilder/Thumbs.db", f"{SLUG}/.skjult.md", "pages/.skjult.md", ".git/config",
        "__MACOSX/om.md", "changes/Thumbs.db", "changes/.DS_Store", "publish.yaml",
    ],
)  # fmt: skip
def test_files_that_programs_leave_are_neither_read_nor_reported(content: Path, name: str) -> None:
    plain = load(content)
    write(name, b"\xff\x00<script>")(content)
    assert load(content) == plain


def test_the_link_by_which_an_editor_locks_a_file_is_left_alone(content: Path) -> None:
    plain = load(content)
    link(f"{SLUG}/.#om.md", "bruker@maskin.1234:5678")(content)
    assert load(content) == plain


def test_the_content_folder_itself_may_be_a_link(content: Path, tmp_path: Path) -> None:
    (tmp_path / "et annet sted").mkdir()
    linked = tmp_path / "et annet sted/content"
    linked.symlink_to(content)
    assert list(load(linked).schemes) == [SLUG]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_no_line(content: Path, end: str) -> None:
    text = f"{PAGE}\n<script>\n"
    (content / PAGE_FILE).write_bytes(text.replace("\n", end).encode())
    with pytest.raises(ContentError) as raised:
        load(content)
    assert [problem.line for problem in raised.value.problems] == [text.count("\n")]


@pytest.mark.parametrize("file", [SCHEME_FILE, RULES_FILE, PAGE_FILE])
def test_old_line_ends_of_macintosh_are_read(content: Path, file: str) -> None:
    plain = load(content)
    path = content / file
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r"))
    assert load(content) == plain


# --- Warnings ---


@pytest.mark.parametrize(
    ("written", "message", "found"),
    [
        ("<b>x</b>", "«<b>» er ikke tillatt, og blir fjernet. Teksten blir stående.", "<b>"),
        ("<font size=7>x</font>", "«<font>» er ikke tillatt, og blir fjernet.", "<font size=7>"),
        ('<span style="color:red">x</span>', "Attributtet «style» er ikke tillatt her", 'style="'),
        ('<span class="page">x</span>', "Attributtet «class» er ikke tillatt her", 'class="page"'),
        ('<h2 id="main">x</h2>', "Attributtet «id» er ikke tillatt her", 'id="main"'),
        ('<a href="/" target="_blank">x</a>', "Attributtet «target» er ikke tillatt", 'target="'),
        ("<details>x", "«<details>» er ikke lukket, og blir lukket der", "<details>"),
        ("x</div>", "«</div>» lukker noe som ikke er åpnet, og blir fjernet.", "</div>"),
    ],
)
def test_harmless_html_is_a_warning(content: Path, written: str, message: str, found: str) -> None:
    write(PAGE_FILE, f"{PAGE}\n{written}\n")(content)
    (problem,) = load(content).warnings
    assert (problem.file, problem.line) == (Path("content") / PAGE_FILE, PAGE.count("\n") + 2)
    assert problem.is_warning
    assert problem.message.startswith(message)
    assert problem.found.startswith(found)
    assert problem.expected


def test_an_image_that_nobody_shows_is_a_warning(content: Path) -> None:
    picture(f"{SLUG}/bilder/kart.png", "PNG")(content)
    (problem,) = load(content).warnings
    assert problem == Problem(
        Path(f"content/{SLUG}/bilder/kart.png"),
        0,
        "",
        "Ingen tekst viser bildet.",
        "",
        f"![hva bildet viser](bilder/kart.png) i en tekst i {SLUG}/",
        is_warning=True,
    )


@pytest.mark.parametrize("name", ["LES MEG.txt", f"{SLUG}/notat.docx", f"{SLUG}/gamle/om.txt"])
def test_another_file_is_a_warning(content: Path, name: str) -> None:
    write(name, "notat")(content)
    (problem,) = load(content).warnings
    assert problem.is_warning
    assert problem.message.endswith("hører ikke til her, og blir ikke brukt.")


# --- Files that can't be read ---


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (errno.EACCES, "Du har ikke tilgang til den."),
        (errno.ENOENT, "Den finnes ikke."),
        (errno.EIO, f"Maskinen sier: {os.strerror(errno.EIO)}."),
    ],
)
def test_a_file_that_cannot_be_opened_is_reported(
    content: Path, monkeypatch: pytest.MonkeyPatch, code: int, why: str
) -> None:
    real = os.open

    def refuse(path: Path, *arguments: int, **named: int) -> int:
        if Path(path).name == "scheme.yaml":
            raise OSError(code, os.strerror(code))
        return real(path, *arguments, **named)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ContentError) as raised:
        load(content)
    (problem,) = raised.value.problems
    assert (problem.file, problem.message) == (
        Path("content") / SCHEME_FILE,
        f"Filen kan ikke leses: {why}",
    )


def test_a_folder_that_cannot_be_listed_is_reported(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "rules":
            raise PermissionError(errno.EACCES, "")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ContentError) as raised:
        load(content)
    (problem,) = raised.value.problems
    assert problem.file == Path(f"content/{SLUG}/rules")
    assert problem.message == "Mappen kan ikke leses: Du har ikke tilgang til den."


def test_a_pipe_put_there_after_the_look_does_not_hold_up_the_reading(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    HARMFUL["a text that is a pipe"].plant(content)
    monkeypatch.setattr(import_module("builder.content.load"), "unsafe", lambda _: [])
    with pytest.raises(ContentError) as raised:
        load(content)
    (problem,) = raised.value.problems
    assert problem.message == "Filen kan ikke leses: Den er ikke en vanlig fil."


def test_a_link_put_there_after_the_look_is_not_followed(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    HARMFUL["facts that are a link out"].plant(content)
    monkeypatch.setattr(import_module("builder.content.load"), "unsafe", lambda _: [])
    with pytest.raises(ContentError) as raised:
        load(content)
    (problem,) = raised.value.problems
    assert problem.message == "Filen kan ikke leses: Den er en lenke til en annen fil."
    assert CANARY not in str(raised.value)
