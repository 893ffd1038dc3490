"""The measurement of publishing counts what arrives."""

from pathlib import Path

import pytest

from tests.bench_build.publishing import STEPS, measure
from tests.targets.releases import write_release

pytestmark = pytest.mark.thorough


def test_one_changed_page_is_one_file_at_every_target(tmp_path: Path) -> None:
    built = write_release(tmp_path / "built", pages=60)
    changed = write_release(tmp_path / "changed", pages=60)
    (changed / "side-0/index.html").write_text("rettet")
    rows = {(row.target, row.step): row for row in measure(built, changed)}
    targets = {target for target, _ in rows}
    assert targets >= {"folder", "git"}
    # Besides the page: at the store our record and what has changed in our list; git has the
    # record, a commit, and the folders around.
    also = {"folder": 0, "rsync": 0, "s3": 2, "git": 4}
    for target in targets:
        first, again, one = (rows[target, step] for step in STEPS)
        assert first.files > 60
        assert again.files == 0
        assert one.files == 1 + also[target]
        assert again.size < one.size < first.size
        assert all(row.seconds > 0 and 10e6 < row.memory < 1e9 for row in (first, again, one))
