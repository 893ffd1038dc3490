"""The files of the content folder: names, places where files belong, and safe reading.

Only plain files inside the folder are opened. A link may lead anywhere, and the reading of a pipe
or a device may never end.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from builder.content.problems import Problem

IMAGES = "bilder"
"""The name of the folder of images, beside the texts that show them."""

PAGES = "pages"
"""The name of the folder of the general pages."""

CHANGES = "changes"
"""The name of the folder of the published changes."""

NAMING = "små bokstaver a–z, tall og bindestrek"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""A name that `NAMING` describes."""

_LONGEST_NAME = 60
# Names of devices in Windows, with any ending: a site with such a file can't be copied to Windows.
_OF_WINDOWS = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")

# Files that file managers, text editors and version control leave behind: passed over in silence.
_LEFT_BEHIND = re.compile(
    r"\..*|.*~|#.*#|~\$.*|.*\.(bak|orig|rej|swp|tmp)|Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r"
    r"|__MACOSX",
    re.IGNORECASE | re.DOTALL,
)
_TEXTS = {".md", ".markdown", ".mdown", ".mkd", ".yaml", ".yml"}
# Files of settings, at the top of the content folder.
_SETTINGS = {"publish.yaml"}

# The reason why a file can't be opened, by the number of the system's error.
_REASONS = {
    errno.EACCES: "Du har ikke tilgang til den.",
    errno.EPERM: "Du har ikke tilgang til den.",
    errno.ENOENT: "Den finnes ikke.",
    errno.EISDIR: "Den er en mappe.",
    errno.ELOOP: "Den er en lenke til en annen fil.",
}


def shown_path(content: Path, path: Path) -> Path:
    """The path as messages name it: from the folder that `content` lies in.

    Such paths are called `shown` in this package.
    """
    return path.relative_to(content.parent)


def is_content(path: Path) -> bool:
    """Whether a file or folder counts as content by its name, as in `is_content_name`."""
    return is_content_name(path.name)


def is_content_name(name: str) -> bool:
    """Whether this is the name of content, and not of a file that some program has left behind."""
    return not _LEFT_BEHIND.fullmatch(name)


def why_no_name(name: str, longest: int = _LONGEST_NAME) -> str:
    """The rule, in Norwegian, that keeps a name out of addresses; empty for a name that fits.

    A name is the name of a folder or file, or a part between two slashes of an address.
    """
    if not SLUG.fullmatch(name):
        return NAMING
    if len(name) > longest:
        return f"høyst {longest} tegn"
    return "et navn som ikke er Windows sitt" if _OF_WINDOWS.fullmatch(name) else ""


def open_plain(path: str | Path, _flags: int = 0) -> int:
    """Open a file for reading, and return its descriptor. Raises `OSError`, also for a link.

    A pipe is opened without waiting for a program that writes to it. The function can be the
    `opener` of `open`.
    """
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)


def read_bytes(path: Path, shown: Path, most: int, problems: list[Problem]) -> bytes | None:
    """The bytes of a plain file, or None with the reason added to `problems`.

    A file of more than `most` bytes is refused. `shown` is the path that messages name.
    """
    try:
        handle = open_plain(path)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                problems.append(_unreadable(shown, "Den er ikke en vanlig fil."))
                return None
            raw = file.read(most + 1)
    except OSError as error:
        why = _REASONS.get(error.errno or 0, f"Maskinen sier: {error.strerror}.")
        problems.append(_unreadable(shown, why))
        return None
    if len(raw) <= most:
        return raw
    size = max(status.st_size, len(raw))
    problems.append(
        Problem(shown, 0, "", "Filen er for stor.", f"{size} byte", f"høyst {most} byte")
    )
    return None


def _unreadable(shown: Path, why: str) -> Problem:
    return Problem(shown, 0, "", f"Filen kan ikke leses: {why}", "", "en vanlig fil")


def unsafe(content: Path) -> list[Problem]:
    """Report everything in the content folder, at any depth, that must not be opened.

    Such files are links, devices and pipes, and folders that can't be listed. As long as there is
    one, nothing should be read: files in its place may be another person's.
    """
    return sorted(_unsafe(str(content), content.name))


def _unsafe(folder: str, shown: str) -> Iterator[Problem]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        why = _REASONS.get(error.errno or 0, f"Maskinen sier: {error.strerror}.")
        yield Problem(Path(shown), 0, "", f"Mappen kan ikke leses: {why}", "", "en vanlig mappe")
        return
    for entry in entries:
        here = f"{shown}/{entry.name}"
        if not is_content_name(entry.name):
            continue
        if entry.is_symlink():
            message = "Lenker til filer og mapper er ikke tillatt i innholdet."
            expected = "selve filen eller mappen, kopiert hit"
            # Without the target of the link, which may tell a reader of the log too much.
            yield Problem(Path(here), 0, "", message, "en lenke (symlink)", expected)
        elif entry.is_dir(follow_symlinks=False):
            yield from _unsafe(entry.path, here)
        elif not entry.is_file(follow_symlinks=False):
            message = "Dette er ikke en vanlig fil."
            expected = "en fil med tekst eller et bilde"
            yield Problem(Path(here), 0, "", message, entry.name, expected)


def misplaced(content: Path) -> Iterator[Problem]:
    """Report files at the top of the content folder that no page is built from.

    A text (Markdown or YAML) is a mistake, since somebody wrote it for readers; any other file is a
    warning.
    """
    for path in _listed(content):
        if path.is_file() and path.name not in _SETTINGS:
            yield _misplaced(content, path, f"en mappe for ordningen, eller {PAGES}/")


def misplaced_in_pages(content: Path, pages: Path) -> Iterator[Problem]:
    """Report files in the folder of the general pages that have no use there (see `misplaced`)."""
    yield from _misplaced_in(content, pages, {IMAGES}, {".md"}, "Markdown-filer (.md)")


def misplaced_in_scheme(content: Path, scheme: Path) -> Iterator[Problem]:
    """Report, as `misplaced` does, files in the folder of a scheme and its folder of rules."""
    known = {"scheme.yaml", "rules", IMAGES}
    expected = "scheme.yaml, Markdown-filer (.md), og mappene rules og bilder"
    yield from _misplaced_in(content, scheme, known, {".md"}, expected)
    if (scheme / "rules").is_dir():
        expected = "filer med årstall som navn, for eksempel 2025.yaml"
        yield from _misplaced_in(content, scheme / "rules", set(), {".yaml"}, expected)


def _misplaced_in(
    content: Path, folder: Path, known: set[str], endings: set[str], expected: str
) -> Iterator[Problem]:
    for path in _listed(folder):
        if path.name not in known and path.suffix not in endings:
            yield _misplaced(content, path, expected)


def _misplaced(content: Path, path: Path, expected: str) -> Problem:
    is_text = path.suffix.lower() in _TEXTS
    kind = "Mappen" if path.is_dir() else "Filen"
    message = f"{kind} hører ikke til her, og blir ikke brukt."
    shown = shown_path(content, path)
    return Problem(shown, 0, "", message, path.name, expected, is_warning=not is_text)


def _listed(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if is_content(path))
