"""A content folder to make mistakes in."""

from pathlib import Path

import pytest

from tests.content.bad_content import CANARY, CANARY_FILE
from tests.content.sample import write_sample


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The sample, with a file beside it that is nobody's business."""
    folder = tmp_path / "content"
    write_sample(folder)
    (tmp_path / CANARY_FILE).write_text(f"{CANARY}\n", encoding="utf-8")
    return folder
