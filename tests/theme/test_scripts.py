"""The parts of the scripts that need no browser, tested by Node's own test runner."""

import subprocess
from pathlib import Path

import pytest

from builder.kit.environment import node_command

TESTS = sorted(Path(__file__).parent.glob("*.test.js"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_scripts_without_a_browser(path: Path):
    done = subprocess.run(
        [*node_command(), "--test", "--test-reporter=spec", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # A file without a test would be one that never fails.
    assert "tests 0" not in done.stdout
