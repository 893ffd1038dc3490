"""An independent engine for spreadsheets, in Node. For tests only: no reader gets it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from builder import content
from builder.kit import i18n
from builder.kit.node import node_command
from calc.messages import Catalogue
from calc.rules import Lang, SchemeRules

ROOT = Path(__file__).resolve().parents[2]
LOCK = "package-lock.json"

type Change = tuple[int, int, object]
type Recalculate = Callable[[Sequence[Sequence[object]], Sequence[Change]], list[list[object]]]


def install() -> Path:
    """What package-lock.json beside this file names, installed into the cache.

    The lock is written anew with `npm install --package-lock-only --ignore-scripts
    --omit-lockfile-registry-resolved`.
    """
    installed, here = ROOT / ".cache/recalculation", Path(__file__).parent
    is_there = (installed / "node_modules").is_dir()
    if not is_there or (installed / LOCK).read_bytes() != (here / LOCK).read_bytes():
        shutil.rmtree(installed, ignore_errors=True)
        installed.mkdir(parents=True)
        for name in ("package.json", LOCK):
            shutil.copyfile(here / name, installed / name)
        programs = ROOT / ".venv/bin"
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
        subprocess.run(
            [programs / "npm", "ci", *options],
            cwd=installed,
            env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
            check=True,
            capture_output=True,
            timeout=300,
        )
    return installed / "node_modules/hyperformula"


@pytest.fixture(scope="session")
def recalculate() -> Iterator[Recalculate]:
    """Work out a sheet after changes: cells and changes in, values out; counted from 0."""
    engine = subprocess.Popen(
        [*node_command(), str(Path(__file__).with_name("recalculate.mjs")), str(install())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )

    def ask(
        cells: Sequence[Sequence[object]], changes: Sequence[Change] = ()
    ) -> list[list[object]]:
        assert engine.stdin is not None
        assert engine.stdout is not None
        engine.stdin.write(json.dumps({"cells": cells, "changes": changes}) + "\n")
        engine.stdin.flush()
        values: list[list[object]] = json.loads(engine.stdout.readline())["values"]
        return values

    yield ask
    engine.kill()
    engine.communicate()


# As functions, since Hypothesis writes out what a test is given.
type TextsIn = Callable[[Lang], Catalogue]
type Calculators = Callable[[], dict[str, SchemeRules]]


@pytest.fixture(scope="session")
def texts_in() -> TextsIn:
    return i18n.load(ROOT / "theme/translations").catalogue


@pytest.fixture(scope="session")
def calculators() -> Calculators:
    """The rules of this site by scheme."""
    schemes = content.load(ROOT / "content").schemes
    return lambda: {slug: scheme.calculator for slug, scheme in schemes.items()}
