"""What is there in bokmål and not in nynorsk."""

from collections.abc import Iterator

from builder.checks.folder import CONTENT, Folder, texts, warning
from builder.content import Problem
from builder.content.files import PAGES

_LONGEST_SHOWN = 60


def check(folder: Folder) -> Iterator[Problem]:
    """Pages without nynorsk, one warning for the folder, and texts without."""
    yield from _pages(folder)
    for document in folder.documents.values():
        for text in texts(document.data):
            if text.nn is None:
                message = "Teksten mangler på nynorsk."
                yield warning(document, text.key, message, _short(text.nb), "nn: …")


def _pages(folder: Folder) -> Iterator[Problem]:
    names = [file.name for file in folder.pages_of if file.lang == "nb"]
    in_nynorsk = {file.name for file in folder.pages_of if file.lang == "nn"}
    missing = [name for name in names if name not in in_nynorsk]
    if missing:
        place = CONTENT / (folder.pages_of[0].scheme or PAGES)
        message, found = "Ingen av sidene finnes på nynorsk.", ""
        if len(missing) < len(names):
            message = f"{len(missing)} av {len(names)} sider mangler på nynorsk."
            found = ", ".join(f"{name}.md" for name in missing)
        expected = f"{missing[0]}.nn.md" + (" og så videre" if len(missing) > 1 else "")
        yield Problem(place, 0, "", message, found, expected, is_warning=True)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
