"""The made-up content is right, always the same, and like the real content."""

import datetime as dt
import re
from pathlib import Path
from statistics import fmean

import pytest

from builder import content
from builder.checks import check_all
from builder.content import Site
from builder.kit.addresses import PAGE_NAMES
from tests.bench_build import schemes
from tests.conftest import BUILD_DATE
from tests.files import snapshot

DAY = dt.date.fromisoformat(BUILD_DATE)
# All models twice, one of each kind of scheme.
NUMBER = 10


@pytest.fixture(scope="module")
def project(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with made-up content."""
    folder = tmp_path_factory.mktemp("made-up")
    for name in ("theme", "pelican.conf.py"):
        (folder / name).symlink_to(project_root / name)
    schemes.write(project_root / "content", folder / "content", NUMBER)
    return folder


@pytest.fixture(scope="module")
def site(project: Path) -> Site:
    """The content as the build reads it, where that finds no mistake."""
    return content.load(project / "content")


def markdown(project: Path) -> list[str]:
    return [path.read_text("utf-8") for path in project.glob("content/*-0*/*.md")]


def mistakes(project: Path) -> list[content.Problem]:
    return [problem for problem in check_all(project, DAY) if not problem.is_warning]


@pytest.mark.thorough
def test_the_made_up_content_has_no_mistake(site: Site, project: Path) -> None:
    assert len(site.published(DAY).schemes) == NUMBER
    assert mistakes(project) == []


def test_the_same_number_gives_the_same_files(
    project_root: Path, project: Path, tmp_path: Path
) -> None:
    schemes.write(project_root / "content", tmp_path / "again", NUMBER)
    assert snapshot(tmp_path / "again") == snapshot(project / "content")


def test_fewer_schemes_are_the_first_of_more(
    project_root: Path, project: Path, tmp_path: Path
) -> None:
    fewer = schemes.write(project_root / "content", tmp_path / "fewer", NUMBER - 4)
    of_more = snapshot(project / "content")
    assert len(fewer) == NUMBER - 4
    assert snapshot(tmp_path / "fewer").items() <= of_more.items()


def test_pages_have_4_kb(project: Path) -> None:
    sizes = [len(text.encode()) for text in markdown(project)]
    assert min(sizes) >= schemes.PAGE_BYTES
    assert fmean(sizes) < schemes.PAGE_BYTES * 1.15


def test_every_page_has_headings_lists_tables_and_links(project: Path) -> None:
    for text in markdown(project):
        for pattern in (r"## \w", r"- \w", r"1\. \w", r"\| \w", r"\*\*\w", r".*\]\(/\w"):
            assert re.search(rf"(?m)^{pattern}", text), f"{pattern}\n{text}"


def test_no_two_pages_or_names_are_alike(site: Site, project: Path) -> None:
    pages = markdown(project)
    assert len(set(pages)) == len(pages)
    assert len({scheme.name.nb for scheme in site.schemes.values()}) == NUMBER


def test_most_pages_are_in_both_malformer(project: Path) -> None:
    without = NUMBER // schemes.WITHOUT_NYNORSK
    assert without
    assert len(list(project.glob("content/*-0*/*.nn.md"))) == len(PAGE_NAMES) * (NUMBER - without)
    assert len(markdown(project)) == len(PAGE_NAMES) * (2 * NUMBER - without)


def caps(scheme: content.Scheme) -> list[int]:
    tracks = (track for rules in scheme.rules for track in rules.tracks.values())
    figures = (cap for track in tracks for _, cap in track.all_caps())
    return [int(cap.value) for cap in figures if cap.value is not None]


def test_schemes_have_the_rules_and_examples_of_real_ones_with_amounts_of_their_own(
    site: Site, project_root: Path
) -> None:
    real = content.load(project_root / "content").schemes
    made = {scheme.slug: real[scheme.slug[:-5]] for scheme in site.schemes.values()}
    assert {model.slug for model in made.values()} == set(real)
    for slug, model in made.items():
        tenths = 10 + int(slug[-4:]) % 11
        assert caps(site.schemes[slug]) == [cap * tenths // 10 for cap in caps(model)]
        examples = [len(rules.examples) for rules in site.schemes[slug].rules]
        assert examples == [len(rules.examples) for rules in model.rules]
    assert any(caps(site.schemes[slug]) != caps(model) for slug, model in made.items())


@pytest.mark.thorough
def test_doubled_amounts_make_no_mistake(site: Site, project: Path) -> None:
    edited = {path: path.read_text("utf-8") for path in project.glob("content/*/rules/*.yaml")}
    try:
        for path, text in edited.items():
            path.write_text(schemes.multiplied(text, 20), "utf-8")
        doubled = content.load(project / "content").schemes
        assert all(
            caps(doubled[slug]) == [2 * cap for cap in caps(scheme)]
            for slug, scheme in site.schemes.items()
        )
        assert mistakes(project) == []
    finally:
        for path, text in edited.items():
            path.write_text(text, "utf-8")


def test_some_schemes_are_open_and_some_have_changes(site: Site) -> None:
    assert {scheme.status(DAY) for scheme in site.schemes.values()} >= {"open", "archived"}
    assert len(site.changes) == NUMBER // schemes.CHANGED
    assert all(change.date < DAY for change in site.changes)
    assert len({scheme.owner.name.nb for scheme in site.schemes.values()}) > 1
