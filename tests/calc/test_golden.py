"""Whole responses as files, so that every change of a word, figure or mark is seen in review.

`UPDATE_GOLDEN=1 make test ARGS="tests/calc/test_golden.py"` writes them anew.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from builder import exercise
from builder.i18n import Translations
from calc.browser import response
from calc.plan import estimate

FOLDER = Path(__file__).parent / "golden"


def readable(answer: dict[str, Any]) -> str:
    """A response as JSON with the HTML an element a line."""
    answer["html"] = answer["html"].replace("><", ">\n<").splitlines()
    return json.dumps(answer, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize(
    "number", range(len(exercise.ANSWERS)), ids=lambda n: f"{exercise.ANSWERS[n].get('track')}-{n}"
)
def test_the_whole_response_is_as_reviewed(translations: Translations, number: int) -> None:
    result = estimate(exercise.scheme(), exercise.ANSWERS[number])
    said = readable(response(result, translations.catalogue("nb")))
    path = FOLDER / f"{number:02}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, "utf-8")
    assert said == path.read_text("utf-8")


def test_every_golden_file_is_compared() -> None:
    assert len(list(FOLDER.glob("*.json"))) == len(exercise.ANSWERS)
