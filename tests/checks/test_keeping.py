"""The findings in a folder are cached, and are the same as without the cache."""

import datetime as dt
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from builder import content
from builder.checks import check, check_all, findings, pages, warnings
from builder.content import ContentError, Problem, prose
from builder.content.files import CHANGES, PAGES
from builder.content.site import PageFile
from builder.kit.store import CACHE
from tests.building import cached
from tests.checks.conftest import DAY, HEADER, replace_in, write
from tests.content.sample import PAGE_FILE, RULES_FILE, SCHEME_FILE, SLUG, write_sample

type Looked = Callable[[], list[str]]

CHANGE = """\
date: 2030-02-03
kind: correction
scheme: proveordning
years: [2030]
title: {nb: "Ny sats"}
text: {nb: "Satsen er 500 000 kroner."}
"""
PIECES = (
    *("[a](/borte/)", "[a](/proveordning/)", "[a](#del-hva)", "![](a.png)", "## Hva", "70 prosent"),
    *("Inntil 500 000 kr.", "`500 000 kr`", "<b>svart</b>", "[a](/ny/)", "Se https://a.example."),
)


def add_schemes(root: Path, number: int) -> None:
    """More schemes like the sample, each with something to tell of."""
    for n in range(number):
        shutil.copytree(root / "content" / SLUG, root / "content" / f"ordning-{n}")
        write(root, f"ordning-{n}/rapportering.md", f"{HEADER}[a](/borte-{n}/)\n\n{n + 1} 000 kr\n")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    """The folders and files of changes that were checked since the last call."""
    names: list[str] = []
    check_folder = findings.check_folder

    def noted(folder: findings.Folder) -> findings.Findings:
        # The general pages have no YAML.
        path = folder.yaml_files[0] if folder.yaml_files else folder.page_files[0].path
        names.append(path.stem if path.parent.name == CHANGES else path.parent.name)
        return check_folder(folder)

    def since() -> list[str]:
        findings = sorted(names)
        names.clear()
        return findings

    monkeypatch.setattr(findings, "check_folder", noted)
    return since


def fresh(root: Path, day: dt.date = DAY) -> list[Problem]:
    """The findings without a cache."""
    kept = root / CACHE
    aside = kept.with_name("aside")
    kept.rename(aside)
    findings = check_all(root, day)
    shutil.rmtree(kept)
    aside.rename(kept)
    return findings


def test_only_changed_folders_are_checked(root: Path, looked: Looked) -> None:
    write(root, "changes/2030-02-03-a.yaml", CHANGE)
    first = check_all(root, DAY)
    assert looked() == ["2030-02-03-a", PAGES, SLUG]
    assert check_all(root, DAY) == first
    assert looked() == []
    write(root, "pages/forside.md", f"{HEADER}[a](/borte/)\n")
    assert len(check_all(root, DAY)) == len(first) + 1
    assert looked() == [PAGES]
    replace_in(root, "changes/2030-02-03-a.yaml", "500 000", "700 000")
    of_change = {p.found for p in check_all(root, DAY) if p.file.parent.name == CHANGES}
    assert of_change == {"700 000 kroner", "Ny sats", "Satsen er 700 000 kroner."}
    assert looked() == ["2030-02-03-a"]


def test_findings_that_depend_on_the_day_are_not_cached(root: Path, looked: Looked) -> None:
    def dates(day: dt.date) -> list[str]:
        return [p.message for p in check_all(root, day) if p.subject == "Datoer"]

    before = dates(DAY)
    looked()
    later = dates(DAY.replace(year=2040))
    assert looked() == []
    assert "Opplysningene skulle vært kontrollert nå." in set(later) - set(before)


def test_a_source_that_a_change_refers_to_is_used(root: Path) -> None:
    text = (root / "content" / SCHEME_FILE).read_text("utf-8")
    assert text.count("\nsources:\n") == 1
    own = "\nsources:\n  brev: {title: Brev, publisher: Direktoratet}\n"
    write(root, SCHEME_FILE, text.replace("\nsources:\n", own))

    def unused() -> list[str]:
        return [p.found for p in check_all(root, DAY) if p.message == "Ingenting viser til kilden."]

    assert unused() == ["brev"]
    write(root, "changes/2030-02-03-a.yaml", f"{CHANGE}source: brev\n")
    assert unused() == []
    (root / "content/changes/2030-02-03-a.yaml").unlink()
    assert unused() == ["brev"]


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.thorough) for n in (1, 2, 3))]
)
def test_cached_or_not_the_same_is_reported(root: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    add_schemes(root, 3)
    check_all(root, DAY)
    # A message about the general pages depends on the rules of all schemes.
    write(root, "pages/forside.md", f"{HEADER}Inntil 70 prosent og 500 000 kroner.\n")
    for _ in range(6):
        files = sorted((root / "content").rglob("*.md"))
        path = chance.choice(files)
        match chance.randrange(4):
            case 0 if path.parent.name != PAGES:
                shutil.rmtree(path.parent)
            case 1:
                add = f"ordning-{chance.randrange(100, 999)}"
                shutil.copytree(root / "content" / SLUG, root / "content" / add, dirs_exist_ok=True)
            case _:
                text = path.read_text("utf-8")
                path.write_text(f"{text}\n{chance.choice(PIECES)}\n", "utf-8")
        if not (root / "content" / SLUG).exists():
            write_sample(root / "content")
        findings = check_all(root, DAY)
        assert findings == fresh(root)
    day = DAY.replace(year=2031)
    assert check_all(root, day) == fresh(root, day)


def test_damaged_entries_of_the_cache_are_made_anew(root: Path, looked: Looked) -> None:
    first = check_all(root, DAY)
    looked()
    for path in cached(root):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
    assert check_all(root, DAY) == first
    assert looked() == [PAGES, SLUG]
    assert check_all(root, DAY) == first
    assert looked() == []


def test_a_file_that_is_saved_during_the_check_is_not_cached(
    root: Path, looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the findings in it would be reported after the text before is saved again."""
    site = content.load(root / "content")
    text = (root / "content" / PAGE_FILE).read_text("utf-8")
    write(root, PAGE_FILE, f"{text}\n[a](/borte/)\n")
    check(root, site, DAY)
    assert looked() == [PAGES, SLUG]
    write(root, PAGE_FILE, text)
    found = check_all(root, DAY)
    assert looked() == [SLUG]
    assert "/borte/" not in {problem.found for problem in found}


def test_a_scheme_that_is_gone_since_it_was_read_stops_nothing(root: Path) -> None:
    site = content.load(root / "content")
    shutil.rmtree(root / "content" / SLUG)
    assert all(isinstance(problem, Problem) for problem in check(root, site, DAY))


def test_on_all_cores_the_same_is_reported(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_schemes(root, 12)
    reported = check_all(root, DAY)
    assert {p.file.parent.name for p in reported if p.found.startswith("/borte-")} == {
        f"ordning-{n}" for n in range(12)
    }
    shutil.rmtree(root / CACHE)
    monkeypatch.setattr(findings, "in_parallel", lambda do, names, _label: list(map(do, names)))
    assert check_all(root, DAY) == reported


def test_content_that_has_been_read_is_not_read_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_in(root, RULES_FILE, "value: 4.5", "value: mange")
    findings = check_all(root, DAY)
    read = content.read(root / "content")
    monkeypatch.setattr(content, "read", None)
    assert check_all(root, DAY, read=read) == findings
    with pytest.raises(ContentError, match="mange"):
        warnings(check_all(root, DAY, read=read))


@pytest.mark.parametrize(
    "text",
    [
        "## Hva\n\nTekst med [lenke](/om/), *vekt* og «sitat» & mer.\n\n- ett\n- to\n",
        '"Sitat" -- og [a](https://a.example/?a=1&b=2 "Tittel"). <b>Svart</b> ![a](bilder/b.png)',
        "[a](javascript:alert) [b](/b/)",
        "[a]() [b](/b/)\n\n| a | b |\n|---|---|\n| 1 | [c](c/) |\n",
        "<a name='x'>a</a>",
    ],
)
def test_a_page_is_the_same_by_the_prose_of_the_site(root: Path, text: str) -> None:
    write(root, PAGE_FILE, HEADER + text)
    path = root / "content" / PAGE_FILE
    file = PageFile(scheme=SLUG, name="om", lang="nb", path=path)
    made = prose.html(pages._html(HEADER + text), {})
    assert pages.read_pages(root, [file], lambda _: made) == pages.read_pages(root, [file])


def test_the_pages_of_the_site_are_the_same_by_their_prose(
    project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = content.load(project_root / "content")
    files = tuple(site.pages.values())
    by_markdown = pages.read_pages(project_root, files)
    made = {
        file: prose.html(pages._html(file.path.read_text("utf-8")), file.images) for file in files
    }
    converted: list[str] = []
    html = pages._html
    monkeypatch.setattr(pages, "_html", lambda text: converted.append(text) or html(text))
    assert pages.read_pages(project_root, files, made.__getitem__) == by_markdown
    # Nearly all are plain.
    assert len(converted) < len(files) / 5
