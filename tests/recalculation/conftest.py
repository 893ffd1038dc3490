"""An independent engine for spreadsheets, in Node. For tests only: no reader gets it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from builder import content
from builder.kit import i18n
from builder.kit.environment import node_command
from calc.messages import Catalogue
from calc.rules import Lang, SchemeRules
from tests import npm

ROOT = Path(__file__).resolve().parents[2]

type Change = tuple[int, int, object]
type Recalculate = Callable[[Sequence[Sequence[object]], Sequence[Change]], list[list[object]]]


@pytest.fixture(scope="session")
def recalculate() -> Iterator[Recalculate]:
    """Work out a sheet after changes: cells and changes in, values out; counted from 0."""
    package = npm.install(Path(__file__).parent, "recalculation") / "hyperformula"
    engine = subprocess.Popen(
        [*node_command(), str(Path(__file__).with_name("recalculate.mjs")), str(package)],
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
