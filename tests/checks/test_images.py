"""Images need a text for those who don't see them."""

from pathlib import Path

import pytest

from tests.checks.conftest import HEADER, Findings, write
from tests.content.sample import PAGE_FILE

NO_TEXT = "Bildet har ingen tekst for dem som ikke ser det."
ONLY_NAME = "Teksten til bildet er bare navnet på filen."


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ("![](bilder/stige.png)", NO_TEXT),
        ("![ ](bilder/stige.png)", NO_TEXT),
        ('<img src="bilder/stige.png">', NO_TEXT),
        ('<img src="bilder/stige.png" alt="">', NO_TEXT),
        ("![stige.png](bilder/stige.png)", ONLY_NAME),
        ("![Stige](bilder/stige.png)", ONLY_NAME),
    ],
)
def test_an_image_needs_a_text(root: Path, findings: Findings, image: str, message: str) -> None:
    write(root, PAGE_FILE, f"{HEADER}![En stige med fire trinn](bilder/annet.png)\n\n{image}\n")
    (problem,) = findings("Bilder")
    assert (problem.file, problem.line) == (Path("content") / PAGE_FILE, 6)
    assert (problem.message, problem.is_warning) == (message, False)
    assert problem.expected == "![det bildet viser](bilder/stige.png)"
