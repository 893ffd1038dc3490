"""The built site as pages, and copies of the project to publish from."""

import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.bundle.runtime import Runtime
from tests.conftest import BUILD_DATE, copy_project

type Command = Callable[..., subprocess.CompletedProcess[str]]


def run_in(project: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m builder <command>` in a copy of the project, as `make` does."""
    settings = {**os.environ, "BUILD_DATE": BUILD_DATE, "PYTHONUTF8": "1", **env}
    settings.pop("SITE_ADDRESS", None)
    if "YES" not in env:
        settings.pop("YES", None)
    return subprocess.run(
        [sys.executable, "-m", "builder", *arguments],
        cwd=project,
        env=settings,
        stdin=subprocess.DEVNULL,  # Nobody is there to be asked.
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def project(project_root: Path, tmp_path: Path, shipped: Runtime) -> Path:
    """A copy of the project, in another place and without anything published."""
    root = tmp_path / "prosjekt med æøå"
    copy_project(project_root, root)
    return root


@pytest.fixture
def run(project: Path) -> Command:
    """`run_in` the copy."""
    return functools.partial(run_in, project)
