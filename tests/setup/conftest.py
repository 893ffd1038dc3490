"""A copy of the project's set-up files, with stand-ins for the programs it fetches and runs."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from builder.commands import bootstrap
from tests.patience import LONGEST

ROOT = Path(__file__).resolve().parents[2]

UV = """#!/bin/sh
echo "uv $*" >> "$CALLS"
if [ "$1" = venv ]; then
  rm -rf .venv && mkdir -p .venv/bin && ln -s "$REAL_PYTHON" .venv/bin/python
  cp "$NPM" .venv/bin/npm
fi
[ "$1" = pip ] && while [ -n "$HOLD" ] && [ -e "$HOLD" ]; do sleep 0.02; done
[ -n "$UV_SAYS" ] && { echo "$UV_SAYS"; exit 2; }
exit 0
"""

NPM = """#!/bin/sh
echo "npm $*" >> "$CALLS"
[ -n "$NPM_SAYS" ] && { echo "$NPM_SAYS"; exit 1; }
mkdir -p node_modules && echo '{}' > node_modules/.package-lock.json
"""


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@dataclass
class Tree:
    root: Path
    programs: Path
    uv: Path
    env: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str, before: str = "", **env: str) -> subprocess.Popen[str]:
        """Run bootstrap.py; `before` is Python that prepares its module."""
        code = (
            f"import sys; sys.path.insert(0, {str(self.root)!r})\n"
            "from builder.commands import bootstrap, steps\n"
            f"{before}\n"
            f"sys.exit(bootstrap.main({list(arguments)!r}))"
        )
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env={**self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def run(self, *arguments: str, before: str = "", **env: str) -> tuple[int, str]:
        process = self.start(*arguments, before=before, **env)
        output, _ = process.communicate(timeout=LONGEST)
        return process.returncode, output

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """While the block runs, whatever installs packages does not come to an end."""
        gate = self.programs / "hold"
        gate.touch()
        self.env["HOLD"] = str(gate)
        try:
            yield
        finally:
            gate.unlink()

    def calls(self) -> list[str]:
        """Return what the stand-ins were asked since the last time."""
        path = Path(self.env["CALLS"])
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def is_ready(self, level: str = "site") -> bool:
        return self.run("ready", level)[0] == 0


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root, programs = tmp_path / "prosjekt med æøå", tmp_path / "programs"
    for name in (
        "builder/__init__.py",
        *(f"builder/commands/{name}.py" for name in ("__init__", "bootstrap", "steps")),
        bootstrap.UV_LOCK,
        ".python-version",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "requirements.txt").write_text("one==1\ntwo==2\n")
    (root / "requirements-dev.txt").write_text("one==1\ntwo==2\nthree==3\n")
    (root / "theme").mkdir()
    (root / "theme/package.json").write_text("{}\n")
    (root / "theme/package-lock.json").write_text("{}\n")
    programs.mkdir()
    uv = script(root / ".cache/uv" / Path(bootstrap.uv()).parent.name / "uv", UV)
    env = {
        "PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(tmp_path / "home"),
        "CALLS": str(tmp_path / "calls"),
        "NPM": str(script(tmp_path / "npm", NPM)),
        "REAL_PYTHON": str(Path(sys.executable).resolve()),
        # Nothing of this machine's own settings, and no network.
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
        "UV_CACHE_DIR": str(tmp_path / "uv-cache"),
        "UV_NO_CONFIG": "1",
        "UV_HTTP_RETRIES": "0",
    }
    Path(env["HOME"]).mkdir()
    return Tree(root, programs, uv, env)
