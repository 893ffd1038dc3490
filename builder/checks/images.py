"""Images in pages: whoever can't see one is told what it shows."""

from collections.abc import Iterator

from builder.checks.folder import Folder
from builder.content import Problem


def check(folder: Folder) -> Iterator[Problem]:
    """Images without an alternative text, and those whose text is only the name of the file."""
    for page in folder.pages:
        for image in page.images:
            text = (image.alt or "").strip()
            name = image.address.rpartition("/")[2]
            if not text:
                message = "Bildet har ingen tekst for dem som ikke ser det."
            elif text.lower() in (name.lower(), name.rpartition(".")[0].lower()):
                message = "Teksten til bildet er bare navnet på filen."
            else:
                continue
            found = f"![{text}]({image.address})"
            expected = f"![det bildet viser]({image.address})"
            yield Problem(page.shown, image.line, "", message, found, expected)
