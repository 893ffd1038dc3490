"""A folder of a server, by rsync over ssh.

It looks as the local one: `releases/<name>/`, `records/<name>.json`, and `current`, a link to the
live release that is switched in one step. A release is sent beside those that are there, so a
transfer that breaks changes nothing that anybody reads; what it got across is used by the next.

The other end needs rsync, a POSIX shell, `flock` and `mv -T`: any Linux has them.
"""

import re
import shlex
from pathlib import Path

from builder.targets.programs import SSH_OPTIONS, Done, details, failure, follow, run
from builder.targets.progress import Progress, said_files, said_size
from builder.targets.settings import Rsync
from builder.targets.target import KEPT_RELEASES, Say, TargetError, site_files

# Login scripts may print something first; what follows this is ours.
_MARK = b"tilskuddsstigen:"

_LIVE = """
test -e "$1" || exit 0
cd "$1"
test -L current || exit 0
live=$(readlink current)
record=records/${live##*/}.json
test -f "$record" || exit 0
printf 'tilskuddsstigen:'
cat "$record"
"""

# Says what is there: the live release, this one if it is whole, and what broken transfers left.
_PREPARE = """
set -eu
command -v rsync >/dev/null || exit 64
command -v flock >/dev/null || exit 65
mkdir -p "$1/releases" "$1/records"
cd "$1"
test ! -e current || test -L current || exit 66
printf 'tilskuddsstigen:'
if test -L current; then live=$(readlink current); echo "live ${live##*/}"; fi
if test -d "releases/$2"; then echo "whole $2"; exit 0; fi
mkdir -p "releases/.incoming-$2"
for left in releases/.incoming-*; do echo "left ${left##*/}"; done
"""

# The record comes first, before the lock: a sender that is lost while it sends holds no lock.
# What is removed gets another name first, so that a release is there whole or not at all.
_FINISH = """
set -eu
cd "$1"
record="records/.incoming-$2.$$"
trap 'rm -f "$record"' EXIT
cat >"$record"
test "$(wc -c <"$record")" -eq "$4" || exit 67
exec 9>.lock
flock -w 60 9 || exit 68
test -d "releases/$2" || mv "releases/.incoming-$2" "releases/$2"
mv "$record" "records/$2.json"
ln -sfn "releases/$2" .current-next
mv -T .current-next current
ls releases | grep -E '^[0-9]{8}T[0-9]{6}Z-' | sort -r | tail -n "+$(($3 + 1))" |
while read -r old; do
  test "$old" != "$2" || continue
  rm -f "records/$old.json"
  mv "releases/$old" "releases/.old-$old"
done
find releases -maxdepth 1 -name '.old-*' -exec rm -rf {} +
find releases -maxdepth 1 -name '.incoming-*' -mtime +0 -exec rm -rf {} +
"""

_EXITS = {
    64: "rsync finnes ikke på {host}. Be den som driver tjeneren om å installere det.",
    65: "flock finnes ikke på {host}. Be den som driver tjeneren om å installere util-linux.",
    66: "«current» på {host} er en mappe eller en fil, og ikke en lenke til en utgave. Flytt den,"
    " eller velg en annen mappe i content/publish.yaml.",
    67: "Forbindelsen til {host} ble brutt. Prøv igjen: det som er sendt, blir ikke sendt på nytt.",
    68: "En annen publisering til {host} er i gang. Vent til den er ferdig, og prøv igjen.",
}
# What rsync prints when it is not at the other end, through the shell there.
_NO_RSYNC = re.compile(r"rsync: (command )?not found|remote command not found")


class RsyncTarget:
    """Sends releases to a folder of a server. See `builder.targets.target.Target`."""

    def __init__(self, settings: Rsync) -> None:
        self._host = settings.host
        # From the home folder where it is not from the root; and a path may begin with a hyphen.
        path = settings.path.removeprefix("~/")
        self._path = path if path.startswith("/") else f"./{path}"
        self._options = [*SSH_OPTIONS]
        if settings.port is not None:
            self._options += ["-p", str(settings.port)]
        self.name = f"tjeneren {settings.host}:{settings.path}"

    def live(self) -> bytes | None:
        """The record of the release that `current` leads to."""
        done = self._ask(_LIVE)
        _, mark, record = done.output.partition(_MARK)
        return record if mark else None

    def send(self, release: Path, name: str, record: bytes, say: Say) -> None:
        """Send what the server does not have, and switch `current` to the release."""
        there = self._there(name)
        if there["live"] == [name] and self.live() == record:
            return
        if name not in there["whole"]:
            bases = [*there["live"], *(f for f in there["left"] if f != f".incoming-{name}")]
            self._transfer(release, f".incoming-{name}", bases, say)
        self._ask(_FINISH, name, str(KEPT_RELEASES), str(len(record)), stdin=record)

    def _there(self, name: str) -> dict[str, list[str]]:
        """Names of folders below `releases/` at the server: `live`, `whole` and `left`."""
        _, _, told = self._ask(_PREPARE, name).output.partition(_MARK)
        found: dict[str, list[str]] = {"live": [], "whole": [], "left": []}
        for line in told.decode(errors="replace").splitlines():
            kind, _, folder = line.partition(" ")
            if kind in found and re.fullmatch(r"[\w.-]+", folder):
                found[kind].append(folder)
        return found

    def _transfer(self, release: Path, folder: str, bases: list[str], say: Say) -> None:
        """Make a folder below `releases/` equal to the release.

        What a folder of `bases` has already is linked to there instead of being sent.
        """
        # Only what rsync 2.6.9 and openrsync know too, which are what macOS has. Files are compared
        # by content: each build writes all of them anew, so times say nothing. Rights and times are
        # the server's own; equal files could not be linked otherwise.
        command = ["rsync", "-rcv", "--partial", "--delete", "--timeout=60", "--exclude=/.*"]
        # rsync takes 20 at most.
        command += [f"--link-dest=../{base}" for base in bases[:20]]
        command += ["-e", shlex.join(["ssh", *self._options])]
        # The path goes through the shell at the other end. Versions of rsync differ in how they
        # quote a path, so it gets one without anything to quote.
        command += [f"--rsync-path=cd {shlex.quote(self._path)} && rsync"]
        ends = [f"{release.resolve()}/", f"{self._host}:releases/{folder}/"]

        sizes = {address: path.stat().st_size for address, path in site_files(release).items()}
        wanted: list[str] = []
        self._check(follow([*command, "--dry-run", *ends], wanted.append))
        missing = [address for address in map(_unescaped, wanted) if address in sizes]
        size = sum(sizes[address] for address in missing)
        if missing:
            say(f"Sender {said_files(len(missing))} ({said_size(size)}) til {self.name}.")
        progress = Progress(say, len(missing), size)

        def count(line: str) -> None:
            address = _unescaped(line)
            if address in sizes:
                progress.add(sizes[address])

        self._check(follow([*command, *ends], count))

    def _ask(self, script: str, *arguments: str, stdin: bytes = b"") -> Done:
        """Run a script at the server; the path is its first argument."""
        words = ["sh", "-c", script, "sh", self._path, *arguments]
        done = run(["ssh", *self._options, "--", self._host, shlex.join(words)], stdin=stdin)
        self._check(done)
        return done

    def _check(self, done: Done) -> None:
        if done.code == 0:
            return
        host = f"tjeneren {self._host}"
        if done.code in _EXITS:
            raise TargetError(_EXITS[done.code].format(host=host))
        if _NO_RSYNC.search(done.errors):
            raise TargetError(_EXITS[64].format(host=host))
        port = self._options[self._options.index("-p") :] if "-p" in self._options else []
        known = failure(done.errors, host, shlex.join([*port, self._host]))
        raise TargetError(known or f"Noe gikk galt med {host}. {details(done.errors)}")


def _unescaped(line: str) -> str:
    r"""A file name as it is; rsync prints letters beyond ASCII as `\#303\#246`."""
    escaped = re.sub(rb"\\#([0-7]{3})", lambda code: bytes([int(code[1], 8)]), line.encode())
    return escaped.decode(errors="replace")
