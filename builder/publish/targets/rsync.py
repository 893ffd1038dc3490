"""A folder of a server, by rsync over ssh.

The folder is laid out as `public/` on this machine: `releases/<name>/`, `records/<name>.json`, and
`current`, a link to the live release that is switched in one step. A release is sent into a folder
of its own, so a transfer that breaks changes nothing for readers; the next transfer uses the files
that arrived.

Where the live release is known on this machine, and nobody has changed its files at the server, the
server first makes the new release of hard links to the live one, and only files that differ are
sent. Otherwise rsync compares all files.

The server needs rsync, a POSIX shell, `flock` and `mv -T`: any Linux has them.
"""

import re
import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path

from builder.content.publish_settings import Rsync
from builder.kit.files import Files, link_all
from builder.publish.targets.programs import SSH_OPTIONS, Done, details, failure, follow, run
from builder.publish.targets.progress import Progress, files_text, size_text
from builder.publish.targets.target import (
    STORED_RELEASES,
    FilesOf,
    Say,
    TargetError,
    files_of_none,
    site_files,
)

# Login scripts of the server may print lines of their own before this.
_START_OF_OUTPUT = b"tilskuddsstigen:"

# Prints the record of the live release.
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

# Creates the folder that the new release is sent to, unless the release is whole. Prints, a line
# for each: the `live` release, how many `files` it has, and how many were `touched`
# since its record was written; the new release if it is `whole`, or the release that it was begun
# `from`; and the folders that broken transfers have `left`.
_PREPARE = """
set -eu
umask 022
command -v rsync >/dev/null || exit 64
command -v flock >/dev/null || exit 65
mkdir -p "$1/releases" "$1/records"
cd "$1"
test ! -e current || test -L current || exit 66
printf 'tilskuddsstigen:'
live=
if test -L current; then live=$(readlink current); live=${live##*/}; echo "live $live"; fi
if test -d "releases/$2"; then echo "whole $2"; exit 0; fi
if test -f "releases/.from-$2"; then echo "from $(cat "releases/.from-$2")"; fi
for left in releases/.incoming-*; do test ! -d "$left" || echo "left ${left##*/}"; done
mkdir -p "releases/.incoming-$2"
if test -n "$live" && test -f "records/$live.json"; then
  echo "files $(find "releases/$live" -type f | wc -l)"
  echo "touched $(find "releases/$live" -type f -newer "records/$live.json" | wc -l)"
fi
"""

# Makes a folder of links to the files of the live release, without those named on standard input.
# The folder is there whole or not at all, and `.from-<name>` says from which release it was made.
_COPY = """
set -eu
cd "$1/releases"
rm -rf ".copying-$2"
cp -al "$3" ".copying-$2"
(cd ".copying-$2" && xargs -0 rm -f -- && find . -depth -type d -empty -exec rmdir {} +)
rm -rf ".incoming-$2"
mv ".copying-$2" ".incoming-$2"
echo "$3" >".from-$2"
"""

# Puts the record, switches `current`, and deletes old releases. The record is received before the
# lock is taken, so that a connection that is lost on the way holds no lock. A release that is
# deleted first gets another name, so that each release is there whole or not at all.
_FINISH = """
set -eu
umask 022
cd "$1"
record="records/.incoming-$2.$$"
trap 'rm -f "$record"' EXIT
cat >"$record"
test "$(wc -c <"$record")" -eq "$4" || exit 67
exec 9>.lock
flock -w 60 9 || exit 68
if test ! -d "releases/$2"; then
  test "$(find "releases/.incoming-$2" -type f | wc -l)" -eq "$5" || exit 69
  mv "releases/.incoming-$2" "releases/$2"
fi
# Folders and files of other owners stay as they are.
chmod a+rX . releases records "releases/$2" 2>/dev/null || :
find "releases/$2" ! -perm -004 -exec chmod a+rX {} + 2>/dev/null || :
rm -f "releases/.from-$2"
mv "$record" "records/$2.json"
ln -sfn "releases/$2" .current-next
# The files are on the disk before anybody reads them.
sync -f . 2>/dev/null || sync
mv -T .current-next current
ls releases | grep -E '^[0-9]{8}T[0-9]{6}Z-' | sort -r | tail -n "+$(($3 + 1))" |
while read -r old; do
  test "$old" != "$2" || continue
  rm -f "records/$old.json"
  mv "releases/$old" "releases/.old-$old"
done
find releases -maxdepth 1 -name '.old-*' -exec rm -rf {} +
find releases -maxdepth 1 '(' -name '.incoming-*' -o -name '.copying-*' -o -name '.from-*' ')' \\
  -mtime +0 -exec rm -rf {} +
"""

_EXITS = {
    64: "rsync finnes ikke på {host}. Be den som driver tjeneren om å installere det.",
    65: "flock finnes ikke på {host}. Be den som driver tjeneren om å installere util-linux.",
    66: "«current» på {host} er en mappe eller en fil, og ikke en lenke til en utgave. Flytt den,"
    " eller velg en annen mappe i content/publish.yaml.",
    67: "Forbindelsen til {host} ble brutt. Prøv igjen: det som er sendt, blir ikke sendt på nytt.",
    68: "En annen publisering til {host} er i gang. Vent til den er ferdig, og prøv igjen.",
    69: "Det som kom fram til {host}, er ikke hele nettstedet. Prøv igjen.",
}
# Messages of a server's shell where rsync is not installed.
_NO_RSYNC = re.compile(r"rsync: (command )?not found|remote command not found")


class RsyncTarget:
    """Sends releases to a folder of a server. See `builder.publish.targets.target.Target`."""

    def __init__(self, settings: Rsync) -> None:
        self._host = settings.host
        # A relative path begins at the home folder. `./` protects a path that begins with a hyphen.
        path = settings.path.removeprefix("~/")
        self._path = path if path.startswith("/") else f"./{path}"
        # Compressed: most files are text.
        self._options = [*SSH_OPTIONS, "-C"]
        if settings.port is not None:
            self._options += ["-p", str(settings.port)]
        self.name = f"tjeneren {settings.host}:{settings.path}"

    def live(self) -> bytes | None:
        """The record of the release that `current` leads to."""
        done = self._ask(_LIVE)
        _, start, record = done.output.partition(_START_OF_OUTPUT)
        return record if start else None

    def send(
        self,
        release: Path,
        name: str,
        record: bytes,
        say: Say,
        files_of: FilesOf = files_of_none,
    ) -> None:
        """Send the files that the server lacks, and switch `current` to the release."""
        there = self._there(name)
        if there["live"] == [name] and self.live() == record:
            return
        files = site_files(release, files_of(name))
        if name not in there["whole"]:
            own = f".incoming-{name}"
            before = self._known(there, files_of)
            if before is not None and (own not in there["left"] or there["from"] == there["live"]):
                self._send_changed(release, name, files, before, there, say)
            else:
                bases = [*there["live"], *(left for left in there["left"] if left != own)]
                self._transfer(release, own, files, say, bases=bases, is_new=not there["left"])
        finish = [name, str(STORED_RELEASES), str(len(record)), str(len(files))]
        self._ask(_FINISH, *finish, stdin=record)

    def _known(self, there: dict[str, list[str]], files_of: FilesOf) -> Files | None:
        """The files of the release that is live at the server, by what this machine knows of it.

        None if this machine does not know that release, or somebody has changed it at the server.
        `there` is the result of `_there`.
        """
        all_files = files_of(there["live"][0]) if there["live"] else None
        if all_files is None:
            return None
        files = site_files(Path(), all_files)
        is_untouched = there["files"] == [str(len(files))] and there["touched"] == ["0"]
        return files if is_untouched else None

    def _send_changed(
        self,
        release: Path,
        name: str,
        files: Files,
        before: Files,
        there: dict[str, list[str]],
        say: Say,
    ) -> None:
        """Let the server link the files that its live release has too, and send the others.

        `files` are the files of the new release, `before` the files of the live one.
        """
        folder = f".incoming-{name}"
        is_begun = folder in there["left"]
        if not is_begun:
            gone = "\0".join(sorted(before.keys() - files.keys()))
            self._ask(_COPY, name, there["live"][0], stdin=gone.encode())
        changed = {
            address: file
            for address, file in files.items()
            if address not in before or before[address].digest != file.digest
        }
        # A folder with the changed files only, since not every rsync can read a list of files. The
        # next publish deletes the folder if this process is killed.
        with tempfile.TemporaryDirectory(prefix=".new-", dir=release.resolve().parent) as some:
            link_all(release, Path(some), changed)
            self._transfer(Path(some), folder, changed, say, is_part=True, is_new=not is_begun)

    def _there(self, name: str) -> dict[str, list[str]]:
        """Run `_PREPARE` for a release of this name; returns its lines by their first word."""
        _, _, output = self._ask(_PREPARE, name).output.partition(_START_OF_OUTPUT)
        kinds = ("live", "whole", "from", "left", "files", "touched")
        there: dict[str, list[str]] = {kind: [] for kind in kinds}
        for line in output.decode(errors="replace").splitlines():
            kind, _, value = line.partition(" ")
            value = value.strip()
            if kind in there and re.fullmatch(r"[\w.-]+", value):
                there[kind].append(value)
        return there

    def _transfer(
        self,
        release: Path,
        folder: str,
        files: Files,
        say: Say,
        *,
        bases: Sequence[str] = (),
        is_part: bool = False,
        is_new: bool = False,
    ) -> None:
        """Send the folder `release`, which has these files, to `folder` below `releases/`.

        A file that one of the folders `bases` has too is linked at the server, and not sent.
        `is_part`: the folder holds more files than these, which stay. `is_new`: nothing has been
        sent to the folder before, so without `bases` all files are sent without a comparison.
        """
        # Only options that rsync 2.6.9 and openrsync, which macOS has, know too. Files are compared
        # by content, since times and permissions at the server are its own. Compared by time, equal
        # files would not be linked.
        is_compared = bool(bases) or is_part or not is_new
        command = ["rsync", "-rcv" if is_compared else "-rv"]
        command += ["--partial", "--timeout=60", "--exclude=/.*"]
        command += [] if is_part else ["--delete"]
        # rsync allows 20 of these.
        command += [f"--link-dest=../{base}" for base in bases[:20]]
        command += ["-e", shlex.join(["ssh", *self._options])]
        # Versions of rsync differ in how they quote a path for the shell of the server. So the path
        # is quoted here, and rsync gets a path that needs no quotes.
        command += [f"--rsync-path=cd {shlex.quote(self._path)} && umask 022 && rsync"]
        ends = [f"{release.resolve()}/", f"{self._host}:releases/{folder}/"]

        missing = list(files)
        if bases or not is_new:
            wanted: list[str] = []
            self._check(follow([*command, "--dry-run", *ends], wanted.append))
            missing = [address for address in map(_unescaped, wanted) if address in files]
        size = sum(files[address].size for address in missing)
        if missing:
            say(f"Sender {files_text(len(missing))} ({size_text(size)}) til {self.name}.")
        progress = Progress(say, len(missing), size)

        def count(line: str) -> None:
            address = _unescaped(line)
            if address in files:
                progress.add(files[address].size)

        self._check(follow([*command, *ends], count))

    def _ask(self, script: str, *arguments: str, stdin: bytes = b"") -> Done:
        """Run a shell script at the server, with the path of the folder as its first argument.

        Raises `TargetError` where it fails.
        """
        words = ["sh", "-c", script, "sh", self._path, *arguments]
        done = run(["ssh", *self._options, "--", self._host, shlex.join(words)], stdin=stdin)
        self._check(done)
        return done

    def _check(self, done: Done) -> None:
        """Raise `TargetError` where the program has failed."""
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
    r"""The file name in a line of rsync, which prints letters beyond ASCII as `\#303\#246`."""
    escaped = re.sub(rb"\\#([0-7]{3})", lambda code: bytes([int(code[1], 8)]), line.encode())
    return escaped.decode(errors="replace")
