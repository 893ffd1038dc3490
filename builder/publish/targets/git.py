"""A branch of a git repository, as hosts of pages read it (GitHub, GitLab, Codeberg).

The branch holds the whole site, each release as a commit on top of the one before. It moves in one
step, so readers get the one release or the other. It is made in a repository of its own below
`.cache/`: the project's working tree, index and branches are never touched. Of a release on top of
one that is known here, only what differs is read.
"""

import contextlib
import fcntl
import functools
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from builder.kit.cache import write_whole
from builder.kit.manifest import Files
from builder.publish.targets.programs import SSH_OPTIONS, Done, details, failure, feed, follow, run
from builder.publish.targets.progress import NowAndThen
from builder.publish.targets.settings import Git
from builder.publish.targets.target import (
    FilesOf,
    Say,
    TargetError,
    files_of_none,
    is_packed_copy,
    site_files,
)

RECORD = ".tilskuddsstigen.json"

# Of a repository that the command may have been started in, for instance by a hook.
_FOREIGN = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"),
    *("GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"),
)
_REJECTED = re.compile(r"\[rejected\]|non-fast-forward|fetch first|\bcannot lock ref\b")
_REFUSED = re.compile(r"\[remote rejected\]|protected branch|hook declined")
_NOT_LET_IN = re.compile(
    r"could not read (Username|Password)|Authentication failed|terminal prompts disabled"
    r"|returned error: 40[13]|Write access to repository not granted",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(
    r"repository .*not found|does not appear to be a git repository|returned error: 404"
    r"|Could not read from remote repository",
    re.IGNORECASE,
)
_PER_CENT = re.compile(r"Writing objects: +(\d+%)")


def _of_branch(files: Files) -> Files:
    """Without the compressed copies: hosts of pages pack by themselves, and would serve them."""
    return {address: file for address, file in files.items() if not is_packed_copy(address, files)}


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _file(address: str, content: bytes) -> bytes:
    """A file, for `git fast-import`."""
    return f"M 100644 inline {address}\n".encode() + _data(content)


class GitTarget:
    """Sends releases to a branch. See `builder.publish.targets.target.Target`.

    `root` is the project's folder: names of its remotes and paths in the settings begin there.
    """

    def __init__(self, settings: Git, root: Path) -> None:
        self._root = root
        self._remote, self._branch = settings.remote, settings.branch
        self._cname = settings.cname
        where = hashlib.sha256(f"{settings.remote}\0{settings.branch}".encode()).hexdigest()
        self._repository = root / ".cache" / "targets" / f"{where[:16]}.git"
        self._there = f"refs/remotes/origin/{settings.branch}"
        self._here = f"refs/heads/{settings.branch}"
        self.name = f"grenen {settings.branch} i {settings.remote}"

    def live(self) -> bytes | None:
        """The record in the newest commit of the branch."""
        with self._alone():
            return self._record() if self._fetch() else None

    def send(
        self,
        release: Path,
        name: str,
        record: bytes,
        say: Say,
        files_of: FilesOf = files_of_none,
    ) -> None:
        """Put the release as a commit on top of the branch. Nothing is done if it is there."""
        with self._alone():
            before = self._fetch()
            if before and self._record() is None:
                raise TargetError(
                    f"{self._said()} har annet innhold enn et nettsted herfra, og det ville blitt"
                    " borte. Velg en gren som ikke finnes, i content/publish.yaml."
                )
            self._commit(release, name, record, files_of, is_first=not before)
            if before and self._tree(self._here) == self._tree(self._there):
                return
            say(f"Sender til {self.name}.")
            now_and_then = NowAndThen(say)

            def watch(line: str) -> None:
                if found := _PER_CENT.search(line):
                    now_and_then(f"Sender: {found[1].removesuffix('%')} % …")

            self._git("push", "--progress", "origin", f"{self._here}:{self._here}", watch=watch)
            # What no commit here needs any more is cleared now and then.
            self._try("-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")

    def _commit(
        self, release: Path, name: str, record: bytes, files_of: FilesOf, *, is_first: bool
    ) -> None:
        """Make the commit, in the repository below `.cache/`."""
        files = _of_branch(site_files(release, files_of(name)))
        before = None if is_first else self._known(files_of)
        who = self._git("var", "GIT_COMMITTER_IDENT").output.decode().strip()

        def commit() -> Iterator[bytes]:
            yield f"commit {self._here}\ncommitter {who}\n".encode()
            yield _data(f"Publisert: {name}".encode())
            yield b"" if is_first else f"from {self._there}^0\n".encode()
            if before is None:
                yield b"deleteall\n"
            for gone in (before or {}).keys() - files.keys():
                yield f"D {gone}\n".encode()
            for address, file in files.items():
                if before is None or address not in before or before[address].digest != file.digest:
                    yield _file(address, (release / address).read_bytes())
            yield _file(RECORD, record)
            # Hosts of pages would leave out what begins with an underscore.
            yield _file(".nojekyll", b"")
            yield _file("CNAME", f"{self._cname}\n".encode()) if self._cname else b"D CNAME\n"
            yield b"done\n"

        command = ["git", "fast-import", "--quiet", "--done"]
        self._check(feed(command, commit(), env=self._environment))
        sent = self._git("rev-parse", self._here).output.decode().strip()
        write_whole(self._sent, f"{sent} {name}".encode())

    @property
    def _sent(self) -> Path:
        """The file that says which commit was made last here, and of which release."""
        return self._repository.with_suffix(".sent")

    def _known(self, files_of: FilesOf) -> Files | None:
        """What the newest commit of the branch holds; None where it is not one of ours."""
        try:
            commit, name = self._sent.read_text().split()
        except (OSError, ValueError):
            return None
        if commit != self._git("rev-parse", self._there).output.decode().strip():
            return None
        found = files_of(name)
        return None if found is None else _of_branch(site_files(Path(), found))

    # The repository below `.cache/`

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the repository, which is made if it is not there."""
        self._repository.parent.mkdir(parents=True, exist_ok=True)
        with self._repository.with_suffix(".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise TargetError(
                    f"En annen publisering til {self.name} er i gang. Vent til den er ferdig, og"
                    " prøv igjen."
                ) from None
            if not (self._repository / "HEAD").is_file():
                self._git("init", "--quiet", "--bare", str(self._repository))
            # Left by a run that was killed.
            for left in self._repository.rglob("*.lock"):
                left.unlink()
            yield

    def _fetch(self) -> bool:
        """Get the newest commit of the branch; False if there is no such branch."""
        told = self._git("ls-remote", "--heads", "origin", self._here)
        # Of an earlier run, which may not have been sent.
        self._try("update-ref", "-d", self._here)
        if not told.output.strip():
            self._try("update-ref", "-d", self._there)
            return False
        refs = f"+{self._here}:{self._there}"
        self._git("fetch", "--quiet", "--no-tags", "--depth=1", "origin", refs)
        return True

    def _record(self) -> bytes | None:
        done = self._try("cat-file", "blob", f"{self._there}:{RECORD}")
        return done.output if done.code == 0 else None

    def _tree(self, commit: str) -> bytes:
        return self._git("rev-parse", f"{commit}^{{tree}}").output

    # git

    def _try(self, *arguments: str) -> Done:
        return run(["git", *arguments], env=self._environment)

    def _git(self, *arguments: str, watch: Callable[[str], None] | None = None) -> Done:
        command, env = ["git", *arguments], self._environment
        done = follow(command, watch, env=env) if watch else run(command, env=env)
        self._check(done)
        return done

    @functools.cached_property
    def _environment(self) -> dict[str, str | None]:
        """What git gets to know: this repository, the remote, and that nobody is there to answer.

        The remote's address stays out of files and of what other users of the machine see, since
        the project's own settings of git may have a password in it.
        """
        settings = {
            "remote.origin.url": self._address(),
            # Hooks of the user's are about the user's commits.
            "core.hooksPath": os.devnull,
        }
        own: dict[str, str | None] = dict.fromkeys(_FOREIGN)
        count = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
        for n, (key, value) in enumerate(settings.items(), count):
            own |= {f"GIT_CONFIG_KEY_{n}": key, f"GIT_CONFIG_VALUE_{n}": value}
        own["GIT_CONFIG_COUNT"] = str(count + len(settings))
        own["GIT_DIR"] = str(self._repository)
        own["GIT_TERMINAL_PROMPT"] = "0"
        # Hosts may refuse a commit without a name.
        for variable, key, otherwise in (
            ("GIT_COMMITTER_NAME", "user.name", "Tilskuddsstigen"),
            ("GIT_COMMITTER_EMAIL", "user.email", "tilskuddsstigen@localhost"),
        ):
            if not os.environ.get(variable):
                own[variable] = self._of_project("config", key) or otherwise
        if not (os.environ.get("GIT_SSH_COMMAND") or self._of_project("config", "core.sshCommand")):
            own["GIT_SSH_COMMAND"] = " ".join(["ssh", *SSH_OPTIONS])
        return own

    def _address(self) -> str:
        """The remote's address: that of a remote of the project, a path, or as it is written."""
        known = self._of_project("remote", "get-url", "--", self._remote)
        if known:
            return known
        path = self._root / Path(self._remote).expanduser()
        return str(path.resolve()) if path.is_dir() else self._remote

    def _of_project(self, *arguments: str) -> str:
        """What git says of the project, where that is a repository; empty if nothing."""
        done = run(["git", "-C", str(self._root), *arguments], env=dict.fromkeys(_FOREIGN))
        return done.output.decode(errors="replace").strip() if done.code == 0 else ""

    def _said(self) -> str:
        return f"{self.name[0].upper()}{self.name[1:]}"

    def _check(self, done: Done) -> None:
        """Raise `TargetError` where git has failed; nothing has changed at the remote then."""
        if done.code == 0:
            return
        if _REJECTED.search(done.errors):
            raise TargetError(f"{self._said()} er endret av noen andre i mellomtiden. Prøv igjen.")
        if _REFUSED.search(done.errors):
            raise TargetError(f"{self._said()} tar ikke imot. {details(done.errors)}")
        if _NOT_LET_IN.search(done.errors):
            raise TargetError(
                f"Du slipper ikke inn i {self._remote}. Git må kunne logge inn uten at noen skriver"
                " et passord: med en nøkkel for ssh, eller et lagret passord (git credential)."
            )
        # The host of `git@vert:eier/lager.git` and `https://vert/eier/lager.git`.
        host = re.match(r"(?:\w+://)?((?:[^@/]*@)?[^:/]+)[:/]", self._remote)
        known = failure(done.errors, f"git-lageret {self._remote}", host[1] if host else "")
        if known is None and _NOT_THERE.search(done.errors):
            known = f"Fant ikke git-lageret {self._remote}, eller så får du ikke se det."
        raise TargetError(known or f"Noe gikk galt med {self.name}. {details(done.errors)}")
