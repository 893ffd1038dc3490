"""The message when a program cannot reach a server."""

import sys
from pathlib import Path

import pytest

from builder.content.publish_settings import Git, Rsync
from builder.publish.targets import TargetError
from builder.publish.targets.git import GitTarget
from builder.publish.targets.programs import details, failure, follow, run
from builder.publish.targets.rsync import RsyncTarget

# As the programs say it; those that tests with a real server don't come upon.
MESSAGES = [
    (
        "ssh: Could not resolve hostname vert: Name or service not known",
        "Fant ikke tjeneren vert. Er navnet riktig, og er nettet oppe?",
    ),
    (
        "ssh: connect to host vert port 22: Connection timed out",
        "Tjeneren vert svarer ikke. Er navnet riktig, og er nettet oppe?",
    ),
    (
        "meg@vert: Permission denied (publickey,password).",
        "Du slipper ikke inn på tjeneren vert.",
    ),
    (
        'rsync: [receiver] mkstemp "/srv/t/releases/x" failed: Permission denied (13)',
        "Brukeren din får ikke skrive i mappen på tjeneren vert.",
    ),
    (
        "mkdir: cannot create directory '/srv/t': Permission denied",
        "Brukeren din får ikke skrive i mappen på tjeneren vert.",
    ),
    (
        "rsync: write failed on “/srv/t/x”: No space left on device (28)\n"
        "rsync error: error in file IO (code 11)\n"
        "rsync: connection unexpectedly closed (37 bytes received so far) [sender]",
        "Det er ikke plass på tjeneren vert. Rydd der, og prøv igjen.",
    ),
    ("cat: write error: Disk quota exceeded", "Det er ikke plass på tjeneren vert."),
    (
        "client_loop: send disconnect: Broken pipe\nrsync error: unexplained error (code 255)",
        "Forbindelsen til tjeneren vert ble brutt.",
    ),
    (
        "io timeout after 60 seconds -- exiting\nrsync error: timeout in data send/receive (30)",
        "Tjeneren vert svarer ikke.",
    ),
]


@pytest.mark.parametrize(("errors", "sentence"), MESSAGES)
def test_what_is_known_is_said_in_norwegian(errors: str, sentence: str) -> None:
    said = failure(errors, "tjeneren vert", "vert")
    assert said is not None
    assert said.startswith(sentence)


def test_what_is_not_known_is_shown_without_logins() -> None:
    errors = "one\ntwo\n\nfatal: unable to access 'https://meg:hemmelig@vert/l.git/': hm\nfour\n"
    assert failure(errors, "tjeneren vert", "vert") is None
    assert details(errors) == (
        "Detaljer: two | fatal: unable to access 'https://…@vert/l.git/': hm | four"
    )
    assert details("") == "Detaljer: ingen"


def test_lines_come_as_they_are_printed_also_those_that_are_written_over() -> None:
    lines: list[str] = []
    code = "import sys; print('ut'); sys.stdout.flush(); sys.stderr.write('1 %\\r2 %\\rferdig\\n')"
    done = follow([sys.executable, "-c", code + "; sys.exit(3)"], lines.append)
    assert lines == ["ut", "1 %", "2 %", "ferdig"]
    assert (done.code, done.errors) == (3, "ut\n1 %\n2 %\nferdig\n")


def test_variables_can_be_set_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BORTE", "x")
    code = "import os; print(os.environ.get('BORTE'), os.environ['NY'], os.environ['LC_ALL'])"
    done = run([sys.executable, "-c", code], env={"BORTE": None, "NY": "1"})
    assert done.output == b"None 1 C\n"


def test_a_machine_without_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    server = RsyncTarget(Rsync(kind="rsync", host="vert", path="/srv"))
    branch = GitTarget(Git(kind="git", remote="git@vert:l"), tmp_path)
    for target, program, package in (
        (server, "ssh", "openssh-client"),
        (branch, "git", "git"),
    ):
        with pytest.raises(TargetError) as caught:
            target.live()
        assert str(caught.value).startswith(f"Programmet «{program}» finnes ikke på denne maskinen")
        assert f"sudo apt-get install {package})" in str(caught.value)
