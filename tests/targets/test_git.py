"""A branch of a git repository: a real bare one on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from builder.content.publish_settings import Git
from builder.publish.targets import TargetError
from builder.publish.targets.git import GitTarget
from tests.targets.releases import (
    FIRST,
    SECOND,
    known,
    leave_only,
    record,
    sent_files,
    write_release,
)

BRANCH = "gh-pages"


@pytest.fixture(autouse=True)
def _only_the_tests_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    folder = tmp_path / "lager på nett.git"
    subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project under work: a commit, something staged, and something that is neither."""
    root = tmp_path / "prosjekt"
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    (root / ".gitignore").write_text("/.cache/\n")
    (root / "tekst.md").write_text("en\n")
    _git(root, "add", ".")
    _git(root, "-c", "user.name=R", "-c", "user.email=r@example.org", "commit", "-qm", "En")
    (root / "tekst.md").write_text("to\n")
    _git(root, "add", "tekst.md")
    (root / "tekst.md").write_text("tre\n")
    (root / "ny.md").write_text("ny\n")
    return root


def _target(project: Path, remote: Path | str, **more: str) -> GitTarget:
    return GitTarget(Git(kind="git", remote=str(remote), **more), project)  # type: ignore[arg-type]


def _files(remote: Path, commit: str = BRANCH) -> dict[str, bytes]:
    names = _git(remote, "ls-tree", "-r", "--name-only", "-z", commit).split("\0")
    show = ["git", "-C", str(remote), "cat-file", "blob"]
    return {
        name: subprocess.run([*show, f"{commit}:{name}"], check=True, capture_output=True).stdout
        for name in names
        if name
    }


def test_a_release_is_a_commit_of_the_branch(
    project: Path, remote: Path, first: Path, second: Path, said: list[str]
) -> None:
    target = _target(project, remote, cname="tilskudd.example.no")
    assert target.live() is None
    target.send(first, FIRST, record(FIRST), said.append)
    assert target.live() == record(FIRST)
    own = {
        ".nojekyll": b"",
        ".tilskuddsstigen.json": record(FIRST),
        "CNAME": b"tilskudd.example.no",
    }
    assert {name: data.rstrip() or data for name, data in _files(remote).items()} == {
        name: data.rstrip() or data for name, data in (sent_files(first) | own).items()
    }
    assert said == [f"Sender til grenen gh-pages i {remote}."]

    target.send(second, SECOND, record(SECOND), said.append)
    assert target.live() == record(SECOND)
    assert _files(remote).keys() == sent_files(second).keys() | own.keys()
    # On top of the one before, whose history is kept.
    subjects = _git(remote, "log", "--format=%s", BRANCH).splitlines()
    assert subjects == [f"Publisert: {SECOND}", f"Publisert: {FIRST}"]


def test_the_project_is_never_touched(project: Path, remote: Path, first: Path) -> None:
    def look() -> list[str]:
        states = [_git(project, *command) for command in (
            ("status", "--porcelain"), ("diff", "--cached"), ("diff",), ("for-each-ref",),
            ("symbolic-ref", "HEAD"), ("config", "--list", "--local"), ("count-objects",),
        )]  # fmt: skip
        return [*states, (project / "tekst.md").read_text()]

    before = look()
    _target(project, remote).send(first, FIRST, record(FIRST), print)
    _target(project, remote).live()
    assert look() == before


def test_sent_again_nothing_is_sent(
    project: Path, remote: Path, first: Path, said: list[str]
) -> None:
    _target(project, remote).send(first, FIRST, record(FIRST), print)
    before = _git(remote, "rev-parse", BRANCH)
    _target(project, remote).send(first, FIRST, record(FIRST), said.append)
    assert (_git(remote, "rev-parse", BRANCH), said) == (before, [])


def test_only_what_has_changed_is_sent(
    project: Path, remote: Path, first: Path, second: Path
) -> None:
    def objects() -> int:
        return int(_git(remote, "count-objects", "-v").split("count: ")[1].split()[0]) + int(
            _git(remote, "count-objects", "-v").split("in-pack: ")[1].split()[0]
        )

    _target(project, remote).send(first, FIRST, record(FIRST), print)
    before = objects()
    _target(project, remote).send(second, SECOND, record(SECOND), print)
    old, new = sent_files(first), sent_files(second)
    blobs = {data for name, data in new.items() if data not in old.values()} | {record(SECOND)}
    # And the commit, its tree, and the trees of the folders with something in them that changed.
    folders = {Path(name).parent for name in new if new[name] != old.get(name)} - {Path()}
    assert objects() - before == len(blobs) + 2 + len(folders)


def test_on_top_of_a_known_release_only_what_differs_is_read(
    project: Path, remote: Path, first: Path, tmp_path: Path
) -> None:
    changed = write_release(tmp_path / "changed", pages=1)
    (changed / "side-0/index.html").write_text("rettet")
    files_of, wanted = known((FIRST, first), (SECOND, changed)), sent_files(changed)
    target = _target(project, remote, cname="tilskudd.example.no")
    target.send(first, FIRST, record(FIRST), print, files_of)
    leave_only(first)
    leave_only(changed, "side-0/index.html")
    target = _target(project, remote)
    target.send(changed, SECOND, record(SECOND), print, files_of)
    own = {".nojekyll": b"", ".tilskuddsstigen.json": record(SECOND)}
    assert _files(remote) == wanted | own
    assert _git(remote, "rev-list", "--count", BRANCH) == "2"


def test_on_top_of_what_somebody_else_committed_all_is_put_there(
    project: Path, remote: Path, first: Path, second: Path, tmp_path: Path
) -> None:
    files_of = known((FIRST, first), (SECOND, second))
    _target(project, remote).send(first, FIRST, record(FIRST), print, files_of)
    clone = tmp_path / "klone"
    subprocess.run(["git", "clone", "-q", "-b", BRANCH, str(remote), str(clone)], check=True)
    (clone / "robots.txt").write_text("noe annet")
    _git(clone, "-c", "user.name=R", "-c", "user.email=r@example.org", "commit", "-qam", "Rettet")
    _git(clone, "push", "-q")
    _target(project, remote).send(second, SECOND, record(SECOND), print, files_of)
    own = {".nojekyll": b"", ".tilskuddsstigen.json": record(SECOND)}
    assert _files(remote) == sent_files(second) | own
    assert _git(remote, "rev-list", "--count", BRANCH) == "3"


def test_the_name_of_the_project_stands_in_the_commits(
    project: Path, remote: Path, first: Path
) -> None:
    _git(project, "config", "user.name", "Kari Nordmann")
    _target(project, remote).send(first, FIRST, record(FIRST), print)
    told = _git(remote, "log", "-1", "--format=%cn <%ce>", BRANCH)
    assert told == "Kari Nordmann <tilskuddsstigen@localhost>"


def test_an_older_release_is_made_live_again(
    project: Path, remote: Path, first: Path, second: Path
) -> None:
    target = _target(project, remote)
    for release, name in ((first, FIRST), (second, SECOND), (first, FIRST)):
        target.send(release, name, record(name), print)
    assert target.live() == record(FIRST)
    assert _git(remote, "rev-list", "--count", BRANCH) == "3"


def test_another_machine_goes_on_from_there(
    project: Path, remote: Path, first: Path, second: Path, tmp_path: Path
) -> None:
    _target(project, remote).send(first, FIRST, record(FIRST), print)
    elsewhere = tmp_path / "annet"
    elsewhere.mkdir()
    assert _target(elsewhere, remote).live() == record(FIRST)
    _target(elsewhere, remote).send(second, SECOND, record(SECOND), print)
    _target(project, remote).send(first, FIRST, record(FIRST), print)
    assert _git(remote, "rev-list", "--count", BRANCH) == "3"


def test_who_was_faster_is_not_overwritten(
    project: Path, remote: Path, first: Path, second: Path, tmp_path: Path
) -> None:
    _target(project, remote).send(first, FIRST, record(FIRST), print)
    elsewhere = tmp_path / "annet"
    elsewhere.mkdir()
    target = _target(project, remote)

    def somebody_else(_sentence: str) -> None:
        """Between the commit and the push, which is when the first sentence is said."""
        _target(elsewhere, remote).send(second, SECOND, record(SECOND), lambda _: None)

    third = SECOND.replace("0102", "0103")
    with pytest.raises(TargetError, match=r"er endret av noen andre i mellomtiden\. Prøv igjen"):
        target.send(first, third, record(third), somebody_else)
    assert target.live() == record(SECOND)
    assert set(sent_files(second)) < set(_files(remote))
    target.send(first, third, record(third), print)
    assert target.live() == record(third)


def test_a_branch_of_something_else_is_left_alone(project: Path, remote: Path, first: Path) -> None:
    _git(project, "push", "-q", str(remote), "main")
    before = _git(remote, "rev-parse", "main")
    target = _target(project, remote, branch="main")
    assert target.live() is None
    with pytest.raises(TargetError, match=r"Grenen main i .* har annet innhold"):
        target.send(first, FIRST, record(FIRST), print)
    assert _git(remote, "rev-parse", "main") == before


def test_a_branch_that_was_removed_is_made_anew(project: Path, remote: Path, first: Path) -> None:
    target = _target(project, remote)
    target.send(first, FIRST, record(FIRST), print)
    _git(remote, "update-ref", "-d", f"refs/heads/{BRANCH}")
    assert target.live() is None
    target.send(first, FIRST, record(FIRST), print)
    assert _git(remote, "rev-list", "--count", BRANCH) == "1"


def test_a_remote_of_the_project_by_its_name(project: Path, remote: Path, first: Path) -> None:
    _git(project, "remote", "add", "nett", str(remote))
    target = _target(project, "nett")
    target.send(first, FIRST, record(FIRST), print)
    assert target.name == "grenen gh-pages i nett"
    assert "index.html" in _files(remote)


def test_a_path_from_the_project(project: Path, remote: Path, first: Path) -> None:
    _target(project, f"../{remote.name}").send(first, FIRST, record(FIRST), print)
    assert "index.html" in _files(remote)


def test_started_by_a_hook_of_another_repository(
    project: Path, remote: Path, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _git(project, "for-each-ref"), _git(project, "status", "--porcelain")
    with monkeypatch.context() as hook:
        hook.setenv("GIT_DIR", str(project / ".git"))
        hook.setenv("GIT_INDEX_FILE", str(project / ".git/index"))
        hook.setenv("GIT_WORK_TREE", str(project))
        _target(project, remote).send(first, FIRST, record(FIRST), print)
    assert "index.html" in _files(remote)
    assert (_git(project, "for-each-ref"), _git(project, "status", "--porcelain")) == before


def test_hooks_of_the_user_have_no_say(
    project: Path, remote: Path, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tmp_path / "hooks/pre-push"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[core]\n  hooksPath = {hook.parent}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    _target(project, remote).send(first, FIRST, record(FIRST), print)
    assert "index.html" in _files(remote)


def test_what_a_killed_run_left_does_not_stand_in_the_way(
    project: Path, remote: Path, first: Path, second: Path
) -> None:
    target = _target(project, remote)
    target.send(first, FIRST, record(FIRST), print)
    [repository] = (project / ".cache/targets").glob("*.git")
    for name in ("shallow.lock", f"refs/heads/{BRANCH}.lock", "packed-refs.lock", "config.lock"):
        (repository / name).touch()
    left = repository.with_suffix(".tree")
    left.mkdir()
    (left / "gammel.html").touch()
    target.send(second, SECOND, record(SECOND), print)
    assert target.live() == record(SECOND)
    assert "gammel.html" not in _files(remote)


def test_two_on_this_machine_take_turns(project: Path, remote: Path, first: Path) -> None:
    def another(_sentence: str) -> None:
        _target(project, remote).send(first, SECOND, record(SECOND), print)

    with pytest.raises(TargetError, match="En annen publisering til grenen gh-pages"):
        _target(project, remote).send(first, FIRST, record(FIRST), another)
    assert _target(project, remote).live() is None


# What is said


def test_a_repository_that_is_not_there(project: Path, tmp_path: Path, first: Path) -> None:
    with pytest.raises(TargetError, match=r"Fant ikke git-lageret .*borte\.git"):
        _target(project, tmp_path / "borte.git").send(first, FIRST, record(FIRST), print)


def test_a_remote_that_refuses(project: Path, remote: Path, first: Path) -> None:
    hook = remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho Stengt for i dag >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(TargetError, match=r"Grenen gh-pages i .* tar ikke imot\. Detaljer: "):
        _target(project, remote).send(first, FIRST, record(FIRST), print)
    assert _target(project, remote).live() is None


SECRET = "hemmelig-Xyzzy-42"  # noqa: S105


def test_a_password_of_gits_own_settings_is_never_told(
    project: Path, first: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # Nothing answers on that port.
    _git(project, "remote", "add", "nett", f"http://meg:{SECRET}@127.0.0.1:9/lager.git")
    with pytest.raises(TargetError) as caught:
        _target(project, "nett").send(first, FIRST, record(FIRST), print)
    assert SECRET not in str(caught.value) + "".join(capfd.readouterr())
    written = [path for path in (project / ".cache").rglob("*") if path.is_file()]
    assert written
    assert all(SECRET.encode() not in path.read_bytes() for path in written)


def test_a_login_that_somebody_would_have_to_type(project: Path, remote: Path, first: Path) -> None:
    """A server that asks for a name and a password: git must not wait for an answer."""
    code = (
        "import http.server\n"
        "class Asks(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(401)\n"
        "        self.send_header('WWW-Authenticate', 'Basic realm=x')\n"
        "        self.end_headers()\n"
        "server = http.server.HTTPServer(('127.0.0.1', 0), Asks)\n"
        "print(server.server_port, flush=True)\n"
        "server.serve_forever()\n"
    )
    command = [sys.executable, "-c", code]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as server:  # type: ignore[call-overload]
        try:
            port = re.sub(r"\D", "", server.stdout.readline())
            target = _target(project, f"http://127.0.0.1:{port}/lager.git")
            with pytest.raises(TargetError, match="Git må kunne logge inn uten at noen skriver"):
                target.send(first, FIRST, record(FIRST), print)
        finally:
            server.kill()
