"""A small project whose builds have the content that a test sets, and a target for releases."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from builder.kit.files import Files, files_of
from builder.publish import publish, rollback
from builder.publish.command import Published, Say
from builder.publish.releases import Releases
from builder.publish.targets import Place, TargetError
from builder.publish.targets.target import FilesOf
from builder.site import build as site
from tests.content.sample import RULES_FILE, write_sample
from tests.release.driving import Driver, driving

DAY = "2030-02-03"
START = dt.datetime(2030, 2, 3, 12, tzinfo=dt.UTC)
TEXT = "<title>{title} – Prøve</title><main><h1>{title}</h1>{text}</main>"


def page(title: str, text: str = "") -> str:
    return "<!doctype html>" + TEXT.format(title=title, text=text)


class FakeTarget:
    """A place to send to: has one release at a time, and can fail before or after it is live."""

    name = "tjeneren"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.record: bytes | None = None
        self.sent: list[str] = []
        self.fails = ""

    def live(self) -> bytes | None:
        return self.record

    def send(self, release: Path, name: str, record: bytes, say: Say, files_of: FilesOf) -> None:
        assert files_of(name) is not None
        self.sent.append(name)
        if self.fails == "before":
            raise TargetError("Forbindelsen ble brutt.")
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(release, self.folder)
        self.record = record
        say("Sendt.")
        if self.fails == "after":
            raise KeyboardInterrupt


@dataclass
class Project:
    """A project that publishes what `files` holds, at the time that `now` is."""

    root: Path
    files: dict[str, str] = field(default_factory=dict)
    now: dt.datetime = START
    said: list[str] = field(default_factory=list)

    def publish(
        self, files: dict[str, str] | None = None, *, approved: bool = True, **more: object
    ) -> Published:
        """Publish a site of these files; a minute passes."""
        self.files = self.files if files is None else files
        return self._run(publish.publish, approved=approved, **more)

    def rollback(
        self, to: str | None = None, *, approved: bool = True, **more: object
    ) -> Published:
        """Go back; a minute passes."""
        return self._run(rollback.rollback, to=to, approved=approved, **more)

    def _run(self, command: Callable[..., Published], **more: object) -> Published:
        self.said.clear()
        try:
            return command(self.root, say=self.said.append, clock=lambda: self.now, **more)
        finally:
            self.now += dt.timedelta(minutes=1)

    @property
    def public(self) -> Path:
        return self.root / "public"

    @property
    def releases(self) -> Releases:
        return Releases(self.public)

    @property
    def names(self) -> list[str]:
        """Every folder of releases, also what should not be left there."""
        return sorted(path.name for path in (self.public / "releases").iterdir())

    @property
    def live(self) -> str:
        """What the front page says that readers meet."""
        return (self.public / "current/index.html").read_text("utf-8")

    @property
    def shown(self) -> str:
        """All that was said by the last command."""
        return "\n".join(self.said)

    def edit(self, old: str, new: str, name: str = RULES_FILE) -> None:
        """Change the content."""
        path = self.root / "content" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def root(tmp_path: Path, project_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the sample of content, on the day `DAY`."""
    root = tmp_path / "prosjekt med æøå"
    write_sample(root / "content")
    (root / "theme").mkdir()
    (root / "theme/translations").symlink_to(project_root / "theme/translations")
    monkeypatch.setenv("BUILD_DATE", DAY)
    return root


@pytest.fixture
def driver(project_root: Path, root: Path) -> Iterator[Driver]:
    with driving(project_root, root) as driver:
        yield driver


@pytest.fixture
def project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(root, {"index.html": page("Forside")})

    def build(prepared: site.BuildInput, **_where: str) -> Files:
        output = prepared.folder.folder
        shutil.rmtree(output, ignore_errors=True)
        for name, text in made.files.items():
            path = output / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return files_of(output)

    monkeypatch.setattr(site, "build", build)
    return made


@pytest.fixture
def target(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeTarget:
    """Where the project's releases are sent."""
    target = FakeTarget(tmp_path / "tjener")

    def place(project_root: Path, scheme: str | None = None) -> Place:
        return Place(address="https://example.org", public=project_root / "public", target=target)

    for module in (publish, rollback):
        monkeypatch.setattr(module, "place", place)
    return target
