"""A copy of the project with its preview running, and an editor who saves files in it."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from builder.bundle.runtime import Runtime
from tests.conftest import BUILD_DATE, copy_project
from tests.patience import LONGEST, until

STARTED = re.compile(r"Forhåndsvisningen er på (http://127\.0\.0\.1:\d+)/")
# Folders of theme/ that tests change; all else is shared with the project.
OWN_OF_THEME = ("css", "js", "templates", "translations")


@dataclass
class Answer:
    """What the preview gave."""

    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Started:
    """A running preview: its project, its address, and what it has said so far."""

    root: Path
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    address: str = ""

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for an address just as it is written."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=LONGEST)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode(errors="replace"))
        finally:
            connection.close()

    def shows(self, path: str, text: str, status: int = 200) -> Answer:
        """Wait until an address gives a text, also while the preview starts anew."""

        def ask() -> Answer | None:
            try:
                return self.get(path)
            except ConnectionError:
                return None

        answer = eventually(ask, lambda a: a is not None and a.status == status and text in a.text)
        assert answer is not None
        return answer

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """While the block runs, it does not: all that is saved comes to it at once."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def says(self, text: str) -> str:
        """Wait until a text is said in the terminal; gives all that was said."""
        return eventually(lambda: "".join(self.said), lambda said: text in said)


def eventually[T](ask: Callable[[], T], is_right: Callable[[T], bool]) -> T:
    """Ask until the answer is right."""
    answer = until(ask, is_right)
    assert is_right(answer), answer
    return answer


def copy_for_preview(project_root: Path, root: Path) -> Path:
    """A copy of the project in which theme/ may be changed too."""
    copy_project(project_root, root)
    (root / "theme").unlink()
    (root / "theme").mkdir()
    for source in (project_root / "theme").iterdir():
        if source.name in OWN_OF_THEME:
            shutil.copytree(source, root / "theme" / source.name)
        else:
            (root / "theme" / source.name).symlink_to(source)
    return root


@contextlib.contextmanager
def running(root: Path, port: int = 0) -> Iterator[Started]:
    """Run `python -m builder preview` in a copy of the project, as `make preview` does."""
    with subprocess.Popen(
        [sys.executable, "-m", "builder", "preview", "--port", str(port or free_port())],
        cwd=root,
        env={**os.environ, "BUILD_DATE": BUILD_DATE, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        started = Started(root, process)
        assert process.stdout
        reader = threading.Thread(target=lambda: started.said.extend(iter_lines(process)))
        reader.start()
        try:
            said = eventually(
                lambda: "".join(started.said),
                lambda said: bool(STARTED.search(said)) or process.poll() is not None,
            )
            found = STARTED.search(said)
            assert found, said
            started.address = found[1]
            yield started
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(LONGEST)
            reader.join()


def iter_lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout
    yield from process.stdout


def free_port() -> int:
    """A port to begin at; the preview takes the next one if that is taken meanwhile."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def shared_preview(
    project_root: Path, tmp_path_factory: pytest.TempPathFactory, shipped: Runtime
) -> Iterator[Started]:
    root = tmp_path_factory.mktemp("preview") / "prosjekt med æøå"
    with running(copy_for_preview(project_root, root)) as started:
        yield started


class Editor:
    """Saves files of a project, and puts all of it back in the end."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.before: dict[Path, bytes | None] = {}

    def read(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def save(self, name: str, text: str) -> None:
        """Save as most editors do: the whole file takes the place of the one before."""
        path = self.root / name
        self._remember(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.root.parent / "ny-fil"
        beside.write_text(text, "utf-8")
        beside.replace(path)

    def replace(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert old in text
        self.save(name, text.replace(old, new, 1))

    def append(self, name: str, text: str) -> None:
        self.save(name, self.read(name) + text)

    def remove(self, name: str) -> None:
        self._remember(self.root / name)
        (self.root / name).unlink()

    def move(self, name: str, other: str) -> None:
        """Rename a file or folder."""
        for path in self._files(self.root / name):
            self._remember(path)
            self._remember(self.root / other / path.relative_to(self.root / name))
        (self.root / name).rename(self.root / other)

    def copy(self, name: str, other: str) -> None:
        """Copy a folder."""
        for path in self._files(self.root / name):
            self._remember(self.root / other / path.relative_to(self.root / name))
        shutil.copytree(self.root / name, self.root / other)

    def put_back(self) -> None:
        for path, data in self.before.items():
            if data is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        for folder in {path.parent for path, data in self.before.items() if data is None}:
            while folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent

    def _remember(self, path: Path) -> None:
        self.before.setdefault(path, path.read_bytes() if path.is_file() else None)

    @staticmethod
    def _files(path: Path) -> list[Path]:
        return [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]


@pytest.fixture
def preview(shared_preview: Started) -> Started:
    shared_preview.said.clear()
    return shared_preview


@pytest.fixture
def editor(preview: Started) -> Iterator[Editor]:
    editor = Editor(preview.root)
    yield editor
    editor.put_back()
    if editor.before:
        # A file that only this knows of: when it has come, all that was put back has come too.
        mark = f"merke-{time.monotonic_ns()}"
        page = preview.root / "content/pages" / f"{mark}.md"
        page.write_text(f"Title: {mark}\nDescription: Merke\n\nTekst.\n", "utf-8")
        preview.shows(f"/{mark}/", mark)
        page.unlink()
        preview.shows(f"/{mark}/", "Vi finner ikke siden", 404)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a service worker, which would be a visit of its own."""
    context = browser.new_context(locale="nb-NO")
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, preview: Started) -> Iterator[Page]:
    """A page in which nothing goes wrong but what the test expects."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
