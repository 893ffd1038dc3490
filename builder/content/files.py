"""The files of the content folder: which are the content's, where they belong, and how to read one.

Nothing outside the folder is ever opened, and nothing that is no plain file: a link may lead
anywhere, and a pipe or a device may never end.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from builder.content.problems import Problem

IMAGES = "bilder"
"""The folder of images beside the texts that show them."""

PAGES = "pages"
"""The folder of the general pages."""

CHANGES = "changes"
"""The folder of the published changes."""

NAMING = "små bokstaver a–z, tall og bindestrek"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 60
# Windows takes them for devices, whatever ending they have: such a site could not be copied there.
_OF_WINDOWS = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")

# What file managers, text editors and version control leave: never content, and never said.
_LEFT = re.compile(
    r"\..*|.*~|#.*#|~\$.*|.*\.(bak|orig|rej|swp|tmp)|Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r"
    r"|__MACOSX",
    re.IGNORECASE | re.DOTALL,
)
_TEXTS = {".md", ".markdown", ".mdown", ".mkd", ".yaml", ".yml"}
# At the top of the content folder.
_SETTINGS = {"publish.yaml"}

# Why a file can't be opened.
_REASONS = {
    errno.EACCES: "Du har ikke tilgang til den.",
    errno.EPERM: "Du har ikke tilgang til den.",
    errno.ENOENT: "Den finnes ikke.",
    errno.EISDIR: "Den er en mappe.",
    errno.ELOOP: "Den er en lenke til en annen fil.",
}


def shown_path(content: Path, path: Path) -> Path:
    """The path as messages name it: from the folder that `content` lies in."""
    return path.relative_to(content.parent)


def is_ours(path: Path) -> bool:
    """Whether a file or folder may be content, by its name."""
    return is_our_name(path.name)


def is_our_name(name: str) -> bool:
    """Whether a file or folder with this name may be content."""
    return not _LEFT.fullmatch(name)


def why_no_name(name: str) -> str:
    """What is expected of a name that can't stand in an address; empty where it can."""
    if not _SLUG.fullmatch(name):
        return NAMING
    if len(name) > _LONGEST_NAME:
        return f"høyst {_LONGEST_NAME} tegn"
    return "et navn som ikke er Windows sitt" if _OF_WINDOWS.fullmatch(name) else ""


def open_plain(path: str | Path, _flags: int = 0) -> int:
    """Open a file to be read: no link, and without waiting for somebody to write to a pipe."""
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)


def read_bytes(path: Path, shown: Path, most: int, problems: list[Problem]) -> bytes | None:
    """The bytes of a plain file of at most `most` bytes; or None, and why in `problems`."""
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
    """Everything below the folder that is no plain file or folder, or can't be looked into.

    While there is any, nothing is to be read: it may be another's, also in a file's place.
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
        if not is_our_name(entry.name):
            continue
        if entry.is_symlink():
            message = "Lenker til filer og mapper er ikke tillatt i innholdet."
            expected = "selve filen eller mappen, kopiert hit"
            # Where it leads is nobody's business who reads the message.
            yield Problem(Path(here), 0, "", message, "en lenke (symlink)", expected)
        elif entry.is_dir(follow_symlinks=False):
            yield from _unsafe(entry.path, here)
        elif not entry.is_file(follow_symlinks=False):
            message = "Dette er ikke en vanlig fil."
            expected = "en fil med tekst eller et bilde"
            yield Problem(Path(here), 0, "", message, entry.name, expected)


def misplaced(content: Path, pages: str) -> Iterator[Problem]:
    """Files of the content folder itself that nothing is made of, which their editor may not know.

    `pages` is the name of the folder that is not a scheme. Another text is an error, since somebody
    wrote it to be read; anything else is a warning.
    """
    for path in _listed(content):
        if path.is_file() and path.name not in _SETTINGS:
            yield _misplaced(content, path, f"en mappe for ordningen, eller {pages}/")


def misplaced_in_pages(content: Path, pages: Path) -> Iterator[Problem]:
    """The same in the folder of the general pages."""
    yield from _misplaced_in(content, pages, {IMAGES}, {".md"}, "Markdown-filer (.md)")


def misplaced_in_scheme(content: Path, scheme: Path) -> Iterator[Problem]:
    """The same in the folder of a scheme."""
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
    what = "Mappen" if path.is_dir() else "Filen"
    message = f"{what} hører ikke til her, og blir ikke brukt."
    shown = path.relative_to(content.parent)
    return Problem(shown, 0, "", message, path.name, expected, is_warning=not is_text)


def _listed(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if is_ours(path))
