"""Tests wait as long on a busy machine as on one at rest, not counting what others take."""

from dataclasses import dataclass

import pytest

from tests import patience
from tests.patience import LONGEST, PATIENCE, Patience, until


@dataclass
class Machine:
    """A clock, and the seconds of it in which some program waited for a processor."""

    now: float = 1000.0
    stalled: float = 400.0

    def run(self, seconds: float, *, busy: float = 0) -> None:
        """Let time pass; `busy` is the share of it in which some program waited."""
        self.now += seconds
        self.stalled += seconds * busy


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(patience.time, "monotonic", lambda: machine.now)
    monkeypatch.setattr(patience, "_seconds_stalled", lambda: machine.stalled)
    return machine


def test_patience_ends_after_its_seconds_on_a_machine_at_rest(machine: Machine) -> None:
    waiting = Patience()
    machine.run(PATIENCE)
    assert not waiting.is_over()
    machine.run(0.1)
    assert waiting.is_over()


def test_seconds_in_which_a_program_waits_for_a_processor_do_not_count(machine: Machine) -> None:
    waiting = Patience()
    machine.run(4 * PATIENCE, busy=0.75)
    assert not waiting.is_over()
    machine.run(0.1)
    assert waiting.is_over()


def test_patience_ends_on_a_machine_that_is_never_at_rest(machine: Machine) -> None:
    waiting = Patience()
    machine.run(LONGEST, busy=1)
    assert not waiting.is_over()
    machine.run(1, busy=1)
    assert waiting.is_over()


def test_a_result_that_does_not_become_good_is_returned_when_patience_is_over() -> None:
    results = iter(range(1000))
    assert until(lambda: next(results), lambda result: result == 3) == 3
    assert until(lambda: next(results), lambda result: result < 0, seconds=0.02) > 3
