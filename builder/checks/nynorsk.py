"""What is there in bokmål and not in nynorsk."""

from collections.abc import Iterator
from pathlib import Path

from builder.checks.context import CONTENT, Context, texts, warning
from builder.content import Problem
from builder.content.load import PAGES

_LONGEST_SHOWN = 60


def check(context: Context) -> Iterator[Problem]:
    """Pages without nynorsk, one warning for each folder, and texts without."""
    yield from _pages(context)
    for document in context.documents.values():
        for text in texts(document.data):
            if text.nn is None:
                message = "Teksten mangler på nynorsk."
                yield warning(document, text.key, message, _short(text.nb), "nn: …")


def _pages(context: Context) -> Iterator[Problem]:
    pages = context.site.pages
    for scheme in dict.fromkeys(scheme for scheme, _, _ in pages):
        names = [name for s, name, lang in pages if s == scheme and lang == "nb"]
        missing = [name for name in names if (scheme, name, "nn") not in pages]
        if missing:
            folder: Path = CONTENT / (scheme or PAGES)
            message, found = "Ingen av sidene finnes på nynorsk.", ""
            if len(missing) < len(names):
                message = f"{len(missing)} av {len(names)} sider mangler på nynorsk."
                found = ", ".join(f"{name}.md" for name in missing)
            expected = f"{missing[0]}.nn.md" + (" og så videre" if len(missing) > 1 else "")
            yield Problem(folder, 0, "", message, found, expected, is_warning=True)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
