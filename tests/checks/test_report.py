"""The report to an editor: first every mistake, then warnings by subject and counted."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from builder import checks
from builder.checks import check, report, summary
from builder.checks.report import SHOWN
from builder.content import ContentError, Problem, load
from tests.checks.conftest import DAY, HEADER, Findings, replace_in, write
from tests.conftest import BUILD_DATE, copy_project
from tests.content.sample import PAGE_FILE, RULES, RULES_FILE, SCHEME_FILE


def problem(n: int, subject: str = "Datoer", *, is_warning: bool = True) -> Problem:
    return Problem(Path(f"content/{n}.md"), n, "", f"Nummer {n}.", "", "", is_warning, subject)


@pytest.mark.parametrize(
    ("errors", "warnings", "said"),
    [
        (0, 0, "Innholdet er i orden: ingen feil og ingen advarsler."),
        (1, 0, "1 feil og ingen advarsler."),
        (2, 1, "2 feil og 1 advarsel."),
        (2, 14, "2 feil og 14 advarsler."),
        (1000, 12345, "1\u00a0000 feil og 12\u00a0345 advarsler."),
        (0, 1, "Ingen feil og 1 advarsel. Advarsler stopper ikke publiseringen."),
    ],
)
def test_the_summary_counts(errors: int, warnings: int, said: str) -> None:
    found = [problem(n, is_warning=n >= errors) for n in range(errors + warnings)]
    assert summary(found) == said
    assert report(found).splitlines()[-1] == said


def test_every_mistake_is_shown_and_the_first_warnings_of_each_subject() -> None:
    errors = [problem(n, "Lenker", is_warning=False) for n in range(1, 21)]
    many = [problem(n) for n in range(100, 100 + SHOWN + 12)]
    few = [problem(n, "Kilder") for n in range(200, 200 + SHOWN)]
    text = report([*errors, *many, *few])
    assert text.count("Nummer") == 20 + 2 * SHOWN
    assert "… og 12 til (ALT=1 viser alle)" in text
    headings = [
        f"Feil ({len(errors)})",
        f"Advarsler: datoer ({len(many)})",
        f"Advarsler: kilder ({len(few)})",
    ]
    assert [line for line in text.splitlines() if line in headings] == headings
    whole = report([*errors, *many, *few], every=True)
    assert whole.count("Nummer") == len(errors) + len(many) + len(few)
    assert "ALT=1" not in whole


def test_mistakes_come_first_and_files_in_order(root: Path, findings: Findings) -> None:
    write(root, PAGE_FILE, f"{HEADER}![](a.png)\n\n[a](/borte/)\n\nInntil 500 000 kr.\n")
    found = findings()
    errors = [p for p in found if not p.is_warning]
    assert found[: len(errors)] == errors
    # The image is not there, and has no text.
    assert [p.line for p in errors] == [4, 4, 6, 8]
    subjects = [p.subject for p in found[len(errors) :]]
    assert len(set(subjects)) > 1
    # Each subject stands in one place.
    assert list(dict.fromkeys(subjects)) == [s for s in checks.SUBJECTS if s in subjects]
    assert subjects == sorted(subjects, key=checks.SUBJECTS.index)


def test_every_finding_is_reported_where_the_content_cannot_be_read(
    root: Path, findings: Findings
) -> None:
    replace_in(root, RULES_FILE, "value: 4.5", "value: mange")
    write(root, PAGE_FILE, f"{HEADER}[a](/borte/)\n\n![](a.png)\n\nInntil 500 000 kr.\n")
    write(root, "pages/forside.md", f"{HEADER}Inntil 500 000 kr.\n")
    with pytest.raises(ContentError) as raised:
        load(root / "content")
    found = findings()
    assert found[: len(raised.value.problems)] == raised.value.problems
    of_page = {p.subject for p in found if p.file == Path("content") / PAGE_FILE}
    assert of_page == {"", "Bilder", "Lenker"}
    # Which figures the rules have is not known; the general page is held against those that are.
    assert "Tall i tekstene" in {p.subject for p in found}


def test_where_the_site_is_published_is_checked_too(root: Path, findings: Findings) -> None:
    write(root, "publish.yaml", "target: {kind: rsync, host: tjener.example.no, sti: /srv}\n")
    found = [p for p in findings() if p.file == Path("content/publish.yaml")]
    assert {(p.key, p.is_warning) for p in found} >= {("target.path", False)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (SCHEME_FILE, "name: [\n"),
        (SCHEME_FILE, ""),
        (RULES_FILE, "year: 2030\n"),
        (RULES_FILE, RULES.replace("year: 2030", "year: 2031", 1)),
        (PAGE_FILE, ""),
        (PAGE_FILE, "Title: A\n\n" + "> " * 2000 + "dypt\n"),
        ("changes/2030-02-03-a.yaml", "date: i morgen\n"),
    ],
)
def test_no_file_makes_the_check_itself_fail(
    root: Path, findings: Findings, name: str, text: str
) -> None:
    write(root, name, text)
    write(root, "pages/om.md", f"{HEADER}[a](/borte/)\n")
    found = findings()
    assert any(p.message == "Lenken fører ingen steder." for p in found)
    assert any(p.file == Path("content") / name and not p.is_warning for p in found)


def test_bytes_that_are_no_text_are_reported_once(root: Path, findings: Findings) -> None:
    (root / "content" / PAGE_FILE).write_bytes(b"Title: \xff\n")
    found = [p for p in findings() if p.file == Path("content") / PAGE_FILE]
    assert [p.message for p in found] == ["Filen er ikke lagret som UTF-8."]


@pytest.mark.parametrize(("text", "code"), [("[a](/)", 0), ("[a](/borte/)", 1)])
def test_only_mistakes_make_the_command_fail(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    code: int,
) -> None:
    monkeypatch.setattr(checks, "ROOT", root)
    monkeypatch.setenv("BUILD_DATE", str(DAY))
    write(root, PAGE_FILE, f"{HEADER}{text}\n")
    assert checks.main([]) == code
    said = capsys.readouterr().out
    shown = len(re.findall(r"^content/", said, re.MULTILINE))
    monkeypatch.setenv("ALT", "1")
    assert checks.main([]) == code
    everything = capsys.readouterr().out
    assert len(re.findall(r"^content/", everything, re.MULTILINE)) > shown
    assert "make check-links" in said


@pytest.mark.thorough
def test_make_check_reports_a_mistake_and_fails(project_root: Path, tmp_path: Path) -> None:
    copy_project(project_root, tmp_path / "kopi")
    page = tmp_path / "kopi/content/tryggest/om.md"
    page.write_text(f"{page.read_text('utf-8')}\nInntil 300 000 kr.\n", "utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "builder", "check"],
        cwd=tmp_path / "kopi",
        env={**os.environ, "BUILD_DATE": BUILD_DATE, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (run.returncode, run.stderr) == (1, "")
    line = len(page.read_text("utf-8").splitlines())
    assert f"content/tryggest/om.md:{line}: Regelverket har ikke dette tallet." in run.stdout
    assert re.search(r"^1 feil og \d+ advarsler\.$", run.stdout, re.MULTILINE)


def test_the_content_of_the_site_has_no_mistakes(project_root: Path) -> None:
    site = load(project_root / "content")
    # The day of the tests' site: warnings come with the days, mistakes must not.
    for year in (2026, 2036):
        found = check(project_root, site, DAY.replace(year=year))
        assert [str(p) for p in found if not p.is_warning] == []
