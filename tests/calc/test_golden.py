"""Whole responses as files, so that every change of a word, figure or mark is seen in review.

`UPDATE_GOLDEN=1 make test ARGS="tests/calc/test_golden.py"` writes them anew.
"""

import json
import os
from pathlib import Path

import pytest

from builder.bundle import exercise
from builder.kit.i18n import Translations
from calc.browser import handle

FOLDER = Path(__file__).parent / "golden"
ANSWERS = exercise.ANSWERS


def readable(answer: str) -> str:
    """A response as JSON with the HTML an element a line."""
    said = json.loads(answer)
    said["html"] = said["html"].replace("><", ">\n<").splitlines()
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize(
    "number", range(len(ANSWERS)), ids=lambda n: f"{ANSWERS[n].get('track')}-{n}"
)
def test_the_whole_response_is_as_reviewed(translations: Translations, number: int) -> None:
    load, *estimates = exercise.requests(translations)[: len(ANSWERS) + 1]
    handle(load)
    said = readable(handle(estimates[number]))
    path = FOLDER / f"{number:02}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, "utf-8")
    assert said == path.read_text("utf-8")


def test_every_golden_file_is_compared() -> None:
    assert len(list(FOLDER.glob("*.json"))) == len(ANSWERS)
