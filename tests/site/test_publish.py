"""`make publish` and its like, with the whole site and as people run them."""

import contextlib
import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.commands.serve import serve_folder
from tests.conftest import BUILD_DATE
from tests.files import snapshot
from tests.release.reader import reading
from tests.site.conftest import Command


def state(public: Path) -> tuple[str, dict[str, bytes]]:
    """What is live: which release, and all its files."""
    return str((public / "current").readlink()), snapshot(public / "current")


def releases(root: Path) -> list[str]:
    """Every folder of releases, also what should not be left there."""
    return sorted(path.name for path in (root / "public/releases").iterdir())


def test_publishing_makes_a_release_and_a_mistake_changes_nothing(
    built_site: Path, project: Path, run: Command
) -> None:
    public = project / "public"
    first = run("publish")
    assert first.returncode == 0, first.stderr
    (release,) = releases(project)
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{10}", release)
    assert f"Publisert: public/releases/{release}" in first.stdout
    live = state(public)
    assert live == (f"releases/{release}", snapshot(built_site))

    # Nothing new: no new release.
    again = run("publish")
    assert again.stdout == "Ingenting er endret siden forrige publisering.\n"
    assert (again.returncode, releases(project), state(public)) == (0, [release], live)

    # A mistake in the content: named, and nothing is changed.
    rules = project / "content/tryggest/rules/2025.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("value: 400000, unit: kr,", "value: 400000, unit: kroner,"))
    failed = run("publish")
    assert failed.returncode == 1
    assert "Én feil i innholdet. Ingenting er publisert." in failed.stderr
    line = text[: text.index("value: 400000")].count("\n") + 1
    where = f"content/tryggest/rules/2025.yaml:{line}: tracks.tiltak.caps.applicant.unit: "
    assert where in failed.stderr
    assert "Traceback" not in failed.stderr
    assert (releases(project), state(public)) == ([release], live)


@pytest.mark.thorough
def test_a_dead_link_stops_publishing_and_who_mended_it_can_go_back(
    project: Path, run: Command
) -> None:
    public = project / "public"
    assert run("publish").returncode == 0
    (release,) = releases(project)
    live = state(public)

    # A link that leads nowhere is found in the built site.
    page = project / "content/pages/om.md"
    with page.open("a", encoding="utf-8") as file:
        file.write("\n[Borte](/borte/)\n")
    failed = run("publish")
    assert failed.returncode == 1
    assert re.search(r"content/pages/om.md:\d+: Lenken fører ingen steder", failed.stderr)
    assert (releases(project), state(public)) == ([release], live)

    # Mended: a new release is live, and the first is still there, as it was.
    page.write_text(page.read_text("utf-8").replace("(/borte/)", "(/)"), encoding="utf-8")
    refused = run("publish")
    assert refused.returncode == 1
    assert "Si ja på forhånd: «make publish YES=1»." in refused.stderr
    assert (releases(project), state(public)) == ([release], live)
    mended = run("publish", YES="1")
    assert (
        "Endrede sider (1):\n  /om/  Om Tilskuddsstigen (bare bokmål)\n\nPublisert: "
        in mended.stdout
    )
    assert mended.returncode == 0, mended.stderr
    assert len(releases(project)) == 2
    assert state(public)[0] != live[0]
    assert snapshot(public / live[0]) == live[1]
    assert b"Borte" in (public / "current/om/index.html").read_bytes()

    # Going back, and the list.
    back = run("rollback", YES="1")
    assert back.returncode == 0, back.stderr
    # And what open pages of the release that it replaces need.
    assert snapshot(public / "current").items() > live[1].items()
    listed = run("releases").stdout
    assert "← ligger ute nå" in listed
    assert f"Tilbake til {release}" in listed


@pytest.mark.thorough
def test_a_page_that_pelican_cannot_read_stops_publishing(project: Path, run: Command) -> None:
    template = project / "theme/templates/page.html"
    theme = project / "theme"
    # A theme of its own, since this one is broken.
    real = theme.resolve()
    theme.unlink()
    theme.mkdir()
    for path in real.iterdir():
        if path.name != "templates":
            (theme / path.name).symlink_to(path)
    (theme / "templates").mkdir()
    for path in (real / "templates").iterdir():
        (theme / "templates" / path.name).symlink_to(path)
    template.unlink()
    template.write_text("{{ finnes_ikke }}", encoding="utf-8")
    failed = run("publish")
    assert failed.returncode == 1
    assert "finnes_ikke" in failed.stdout + failed.stderr
    assert (releases(project), (project / "public/current").exists()) == ([], False)


# --- A person at a terminal ---


class Terminal:
    """A command in a terminal, which a person reads and answers."""

    def __init__(self, project: Path, *arguments: str) -> None:
        self.ours, theirs = pty.openpty()
        env = {**os.environ, "BUILD_DATE": BUILD_DATE, "PYTHONUTF8": "1"}
        for name in ("SITE_ADDRESS", "YES"):
            env.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "builder", *arguments],
            cwd=project,
            env=env,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self.shown = ""

    def read_until(self, text: str) -> str:
        """What is shown until that comes, and it too."""
        start = len(self.shown)
        while text not in self.shown[start:]:
            self.shown += self._read()
        return self.shown[start:]

    def answer(self, text: str) -> None:
        os.write(self.ours, f"{text}\n".encode())

    def interrupt(self) -> None:
        """Ctrl-C until it is heard: before the program reads, it is only when a line has come."""
        while self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=10)

    def finish(self) -> tuple[int, str]:
        """The exit code, and what was shown last."""
        start = len(self.shown)
        with contextlib.suppress(OSError):  # How Linux says that nobody writes any more.
            while part := self._read():
                self.shown += part
        return self.process.wait(timeout=60), self.shown[start:]

    def _read(self) -> str:
        assert select.select([self.ours], [], [], 120)[0], f"nothing more after: {self.shown}"
        return os.read(self.ours, 100_000).decode(errors="replace").replace("\r\n", "\n")


@pytest.fixture
def terminal(project: Path) -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for one in opened:
        one.process.kill()
        one.process.wait()
        os.close(one.ours)


@pytest.mark.thorough
def test_a_person_is_asked_and_offered_a_file_to_tell_of_a_change(
    project: Path, run: Command, terminal: list[Terminal]
) -> None:
    def start(command: str) -> Terminal:
        terminal.append(Terminal(project, command))
        return terminal[-1]

    assert run("publish").returncode == 0
    live = state(project / "public")
    rules = project / "content/tryggest/rules/2025.yaml"
    text = rules.read_text("utf-8")
    assert text.count("400000") > 1
    rules.write_text(text.replace("400000", "420000"), encoding="utf-8")

    asked = start("publish")
    shown = asked.read_until("Skal jeg lage filen? (ja/nei) ").replace("\xa0", " ")
    assert "2025 400 000 kr → 420 000 kr" in shown
    assert "tracks.tiltak.caps.applicant: 400 000 kr → 420 000 kr" in shown
    asked.answer("kanskje")
    asked.read_until("Svar «ja» eller «nei».\nSkal jeg lage filen? (ja/nei) ")
    asked.answer("ja")
    code, shown = asked.finish()
    name = f"content/changes/{BUILD_DATE}-tryggest-2025.yaml"
    assert f"Laget {name}.\nFyll ut title og text" in shown
    assert code == 1

    stub = project / name
    stub.write_text(stub.read_text("utf-8").replace('""', '"Taket er høyere"'), encoding="utf-8")

    accepted = start("publish")
    accepted.read_until("Publisere? (ja/nei) ")
    accepted.answer("ja")
    code, shown = accepted.finish()
    assert (code, "Publisert: public/releases/" in shown) == (0, True)
    assert state(project / "public") != live
    live = state(project / "public")

    declined = start("rollback")
    shown = declined.read_until("Gå tilbake? (ja/nei) ").replace("\xa0", " ")
    assert "2025 420 000 kr → 400 000 kr" in shown
    declined.answer("nei")
    code, shown = declined.finish()
    assert (code, "Ingenting er endret." in shown) == (0, True)

    stopped = start("rollback")
    stopped.read_until("Gå tilbake? (ja/nei) ")
    stopped.interrupt()
    code, shown = stopped.finish()
    assert (code, "Avbrutt." in shown, "Traceback" in shown) == (130, True, False)
    assert state(project / "public") == live
    assert len(releases(project)) == 2


# --- Killed ---


@pytest.mark.thorough
def test_killed_while_somebody_reads_the_site_stays_whole(project: Path, run: Command) -> None:
    assert run("publish").returncode == 0
    public = project / "public"
    live = state(public)
    page = project / "content/pages/om.md"
    with page.open("a", encoding="utf-8") as file:
        file.write("\nEn setning til.\n")
    paths = ("/om/", "/tryggest/kalkulator/")
    with serve_folder(public / "current") as address, reading(address, paths) as reader:
        for longest in (2, 4, 6):
            with subprocess.Popen(
                [sys.executable, "-m", "builder", "publish"],
                cwd=project,
                env={**os.environ, "BUILD_DATE": BUILD_DATE, "YES": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            ) as process:
                time.sleep(random.uniform(0, longest))  # noqa: S311
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            assert (
                state(public) == live
                or b"En setning til." in snapshot(public / "current")["om/index.html"]
            )
        done = run("publish", YES="1")
        assert done.returncode == 0, done.stderr
        while reader.pages <= 10 and not reader.wrong:
            time.sleep(0.02)
    assert reader.wrong == []
    assert b"En setning til." in (public / "current/om/index.html").read_bytes()
    assert len(releases(project)) == 2
