"""A branch of a git repository, which a host of pages serves (GitHub, GitLab, Codeberg).

Each release is a commit that holds the whole site, on top of the commit of the release before. A
push moves the branch in one step, so readers get one release or the other. The commits are made in
a repository of their own below `.cache/`: the working tree, index and branches of the project are
never touched. Where the files of the release before are known, only files that differ are read.
"""

import contextlib
import functools
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from builder.content.publish_settings import Git
from builder.kit.disk import locked
from builder.kit.files import Files
from builder.kit.store import write_whole
from builder.publish.targets.programs import SSH_OPTIONS, Done, details, failure, feed, follow, run
from builder.publish.targets.progress import ThrottledSay
from builder.publish.targets.target import (
    FilesOf,
    Say,
    TargetError,
    files_of_none,
    is_compressed_copy,
    site_files,
)

RECORD = ".tilskuddsstigen.json"

# Variables that lead git to another repository, for instance where a hook runs the command.
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
    """The files that the branch gets: all but compressed copies, since the hosts compress files."""
    return {
        address: file for address, file in files.items() if not is_compressed_copy(address, files)
    }


def _data(content: bytes) -> bytes:
    """Bytes as `git fast-import` reads them."""
    return b"data %d\n%s\n" % (len(content), content)


def _file(address: str, content: bytes) -> bytes:
    """The command of `git fast-import` that puts a file in a commit."""
    return f"M 100644 inline {address}\n".encode() + _data(content)


class GitTarget:
    """Sends releases to a branch. See `builder.publish.targets.target.Target`.

    `root` is the project's folder. The remote in the settings may be the name of a remote of the
    project, a path from this folder, or an address.
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
        """The record in the newest commit of the branch; None without one."""
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
        """Push the release as a commit on top of the branch, unless its files are there already."""
        with self._alone():
            before = self._fetch()
            if before and self._record() is None:
                raise TargetError(
                    f"{self._capitalised()} har annet innhold enn et nettsted herfra, og det ville"
                    " blitt borte. Velg en gren som ikke finnes, i content/publish.yaml."
                )
            self._commit(release, name, record, files_of, is_first=not before)
            if before and self._tree(self._here) == self._tree(self._there):
                return
            say(f"Sender til {self.name}.")
            say_seldom = ThrottledSay(say)

            def watch(line: str) -> None:
                if match := _PER_CENT.search(line):
                    say_seldom(f"Sender: {match[1].removesuffix('%')} % …")

            self._git("push", "--progress", "origin", f"{self._here}:{self._here}", watch=watch)
            # Now and then git deletes the files that no commit here has any more.
            self._try("-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")

    def _commit(
        self, release: Path, name: str, record: bytes, files_of: FilesOf, *, is_first: bool
    ) -> None:
        """Make a commit of the release in the repository below `.cache/`.

        `is_first`: the branch does not exist yet.
        """
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
            # Without this, hosts leave out files that begin with an underscore.
            yield _file(".nojekyll", b"")
            yield _file("CNAME", f"{self._cname}\n".encode()) if self._cname else b"D CNAME\n"
            yield b"done\n"

        command = ["git", "fast-import", "--quiet", "--done"]
        self._check(feed(command, commit(), env=self._environment))
        sent = self._git("rev-parse", self._here).output.decode().strip()
        write_whole(self._sent, f"{sent} {name}".encode())

    @property
    def _sent(self) -> Path:
        """The file that names the last commit from this machine, and the release in it."""
        return self._repository.with_suffix(".sent")

    def _known(self, files_of: FilesOf) -> Files | None:
        """The files of the newest commit of the branch.

        None where that commit was not made on this machine, or its release is deleted here.
        """
        try:
            commit, name = self._sent.read_text().split()
        except (OSError, ValueError):
            return None
        if commit != self._git("rev-parse", self._there).output.decode().strip():
            return None
        files = files_of(name)
        return None if files is None else _of_branch(site_files(Path(), files))

    # The repository below `.cache/`

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Lock the repository while the block runs, and create it if it does not exist.

        Raises `TargetError` where another process holds the lock.
        """
        self._repository.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locked(self._repository.with_suffix(".lock"), wait=False))
            except BlockingIOError:
                raise TargetError(
                    f"En annen publisering til {self.name} er i gang. Vent til den er ferdig, og"
                    " prøv igjen."
                ) from None
            if not (self._repository / "HEAD").is_file():
                self._git("init", "--quiet", "--bare", str(self._repository))
            # Locks of git itself, from a run that was killed.
            for left in self._repository.rglob("*.lock"):
                left.unlink()
            yield

    def _fetch(self) -> bool:
        """Fetch the newest commit of the branch; False if the branch does not exist."""
        listed = self._git("ls-remote", "--heads", "origin", self._here)
        # A commit of an earlier run, which may not have been pushed.
        self._try("update-ref", "-d", self._here)
        if not listed.output.strip():
            self._try("update-ref", "-d", self._there)
            return False
        refs = f"+{self._here}:{self._there}"
        self._git("fetch", "--quiet", "--no-tags", "--depth=1", "origin", refs)
        return True

    def _record(self) -> bytes | None:
        """The record in the commit that was fetched; None where it has none."""
        done = self._try("cat-file", "blob", f"{self._there}:{RECORD}")
        return done.output if done.code == 0 else None

    def _tree(self, commit: str) -> bytes:
        """The hash of all files of a commit."""
        return self._git("rev-parse", f"{commit}^{{tree}}").output

    # git

    def _try(self, *arguments: str) -> Done:
        """Run git, which may fail."""
        return run(["git", *arguments], env=self._environment)

    def _git(self, *arguments: str, watch: Callable[[str], None] | None = None) -> Done:
        """Run git. `watch` is called with each line of its output. Raises `TargetError`."""
        command, env = ["git", *arguments], self._environment
        done = follow(command, watch, env=env) if watch else run(command, env=env)
        self._check(done)
        return done

    @functools.cached_property
    def _environment(self) -> dict[str, str | None]:
        """The variables that git runs with: the repository, the remote, and that git must not ask.

        The address of the remote may hold a password. In a variable, it stands in no file and in no
        command line that other users of the machine can list.
        """
        settings = {
            "remote.origin.url": self._address(),
            # Hooks of the user are for the user's own commits.
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
        """The address of the remote: of a remote of the project, a path, or as in the settings."""
        known = self._of_project("remote", "get-url", "--", self._remote)
        if known:
            return known
        path = self._root / Path(self._remote).expanduser()
        return str(path.resolve()) if path.is_dir() else self._remote

    def _of_project(self, *arguments: str) -> str:
        """The output of git in the project's own repository; empty where git fails."""
        done = run(["git", "-C", str(self._root), *arguments], env=dict.fromkeys(_FOREIGN))
        return done.output.decode(errors="replace").strip() if done.code == 0 else ""

    def _capitalised(self) -> str:
        """The name of the target with a capital letter, for the start of a sentence."""
        return f"{self.name[0].upper()}{self.name[1:]}"

    def _check(self, done: Done) -> None:
        """Raise `TargetError` where git has failed; the remote is unchanged then."""
        if done.code == 0:
            return
        if _REJECTED.search(done.errors):
            raise TargetError(
                f"{self._capitalised()} er endret av noen andre i mellomtiden. Prøv igjen."
            )
        if _REFUSED.search(done.errors):
            raise TargetError(f"{self._capitalised()} tar ikke imot. {details(done.errors)}")
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
