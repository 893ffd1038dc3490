"""Stock Pelican and Hugo make the same pages of the same Markdown."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.bench_build import rivals, schemes

pytestmark = pytest.mark.thorough

NUMBER = 5
# What is compared: the text of these elements, and where links lead.
ELEMENTS = {"title", "h1", "h2", "p", "li", "th", "td", "strong", "a"}


class _Elements(HTMLParser):
    """The elements of a page in order, with their text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self._open: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in ELEMENTS:
            self._open.append([tag, "", str(dict(attrs).get("href", ""))])
            self.found.append(self._open[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag in ELEMENTS:
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element[1] += data


def elements(page: Path) -> list[list[str]]:
    parser = _Elements()
    parser.feed(page.read_text("utf-8"))
    parser.close()
    return [[tag, " ".join(text.split()), href] for tag, text, href in parser.found]


@pytest.fixture(scope="module")
def work(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Markdown in `content/`, and both projects of it."""
    folder = tmp_path_factory.mktemp("rivals")
    made = schemes.write(project_root / "content", folder / "content", NUMBER)
    rivals.write_pelican(folder / "content", made, folder / "pelican")
    rivals.write_hugo(folder / "content", made, folder / "hugo")
    return folder


@pytest.fixture(scope="module")
def by_pelican(work: Path) -> dict[str, list[list[str]]]:
    done, pages = rivals.build(rivals.pelican(), work / "pelican")
    assert done.seconds > 0
    return _pages(work / "pelican", pages)


@pytest.fixture(scope="module")
def by_hugo(work: Path) -> dict[str, list[list[str]]]:
    program = rivals.installed_hugo()
    if program is None:
        pytest.skip("Hugo is installed by `make bench-build`")
    done, pages = rivals.build(rivals.hugo(program), work / "hugo")
    assert done.seconds > 0
    return _pages(work / "hugo", pages)


def _pages(project: Path, number: int) -> dict[str, list[list[str]]]:
    output = project / rivals.OUTPUT
    found = {path.relative_to(output).as_posix(): elements(path) for path in output.rglob("*.html")}
    assert len(found) == number
    return found


def test_pelican_makes_a_page_of_each_markdown_file(
    work: Path, by_pelican: dict[str, list[list[str]]]
) -> None:
    expected = {
        f"{'nn/' * ('.nn.' in path.name)}{path.parent.name}/{path.name.split('.')[0]}/index.html"
        for path in work.glob("content/*-0*/*.md")
    }
    assert set(by_pelican) == expected


def test_pelican_makes_all_that_the_markdown_says(
    work: Path, by_pelican: dict[str, list[list[str]]]
) -> None:
    for path in work.glob("content/*-0*/*.md"):
        folder = "nn/" if ".nn." in path.name else ""
        page = by_pelican[f"{folder}{path.parent.name}/{path.name.split('.')[0]}/index.html"]
        head, _, body = path.read_text("utf-8").partition("\n\n")
        title = head.splitlines()[0].removeprefix("Title: ")
        assert [text for tag, text, _ in page if tag == "h1"] == [title]
        headings = re.findall(r"(?m)^## (.*)", body)
        assert [text for tag, text, _ in page if tag == "h2"] == headings
        cells = [cell for row in re.findall(r"(?m)^\| (.*) \|$", body) for cell in row.split(" | ")]
        assert [text for tag, text, _ in page if tag in ("th", "td")] == cells
        items = re.findall(r"(?m)^(?:-|\d\.) (.*)", body)
        # After those of the navigation.
        assert [text for tag, text, _ in page if tag == "li"][-len(items) :] == items
        links = re.findall(r"\]\((\S+?)\)", body)
        assert [href for tag, _, href in page if tag == "a"][-len(links) :] == links


def test_hugo_makes_the_same_pages(
    by_pelican: dict[str, list[list[str]]], by_hugo: dict[str, list[list[str]]]
) -> None:
    assert set(by_hugo) == set(by_pelican)
    for name, page in by_pelican.items():
        assert by_hugo[name] == page, name
