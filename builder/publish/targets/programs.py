"""Runs ssh, rsync and git, and turns their errors into Norwegian sentences."""

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from builder.publish.targets.target import TargetError

# Nobody answers questions of ssh here: where ssh would ask, it fails, and `failure` has the remedy.
SSH_OPTIONS = (
    *("-o", "BatchMode=yes"),
    *("-o", "ConnectTimeout=15"),
    # A dead connection is noticed within a minute.
    *("-o", "ServerAliveInterval=15"),
    *("-o", "ServerAliveCountMax=4"),
)
# The Debian package of each program.
_PACKAGES = {"ssh": "openssh-client", "rsync": "rsync", "git": "git"}


@dataclass(frozen=True)
class Done:
    """A program that has ended: its exit code, its standard output, its standard error."""

    code: int
    output: bytes
    errors: str


def run(
    command: Sequence[str], *, stdin: bytes = b"", env: Mapping[str, str | None] | None = None
) -> Done:
    """Run a program to its end; return its exit code and outputs.

    `stdin` is its standard input. `env` is added to the environment of this process; None as a
    value removes a variable. Raises `TargetError` where the program is not installed.
    """
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, env=_environment(env))
    except FileNotFoundError:
        raise _missing(command[0]) from None
    return Done(done.returncode, done.stdout, done.stderr.decode(errors="replace"))


def feed(
    command: Sequence[str], parts: Iterable[bytes], *, env: Mapping[str, str | None] | None = None
) -> Done:
    """Run a program with the bytes of `parts`, in order, as its standard input.

    The standard output of the program is dropped. `env` and the errors are the same as in `run`.
    """
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=_environment(env),
            )
        except FileNotFoundError:
            raise _missing(command[0]) from None
        assert process.stdin is not None
        try:
            # A broken pipe: the program has ended, and its errors say why.
            with contextlib.suppress(BrokenPipeError), process.stdin:
                for part in parts:
                    process.stdin.write(part)
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
        errors.seek(0)
        return Done(process.returncode, b"", errors.read().decode(errors="replace"))


def follow(
    command: Sequence[str],
    line: Callable[[str], None],
    *,
    env: Mapping[str, str | None] | None = None,
) -> Done:
    """Run a program, and call `line` with each line of output or errors as soon as it is printed.

    A carriage return ends a line as well. `errors` of the result are all lines together. `env` and
    errors as for `run`.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(env),
            # Carriage returns end lines as well.
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        raise _missing(command[0]) from None
    lines: list[str] = []
    with process:
        assert process.stdout is not None
        try:
            for text in process.stdout:
                lines.append(text)
                line(text.rstrip("\n"))
        except BaseException:
            process.kill()
            raise
    return Done(process.returncode, b"", "".join(lines))


def _environment(more: Mapping[str, str | None] | None) -> dict[str, str]:
    # Messages in English, whatever the language of the machine: `failure` recognises them.
    env = {**os.environ, "LC_ALL": "C", **(more or {})}
    return {name: value for name, value in env.items() if value is not None}


def _missing(program: str) -> TargetError:
    return TargetError(
        f"Programmet «{program}» finnes ikke på denne maskinen. Installer det (på Debian og Ubuntu:"
        f" sudo apt-get install {_PACKAGES.get(program, program)}), og prøv igjen."
    )


# Patterns in the errors of ssh and of programs at the other end, in the order in which they are
# tried, and the sentence for each.
_FAILURES = (
    (
        r"REMOTE HOST IDENTIFICATION HAS CHANGED",
        "Nøkkelen til {host} er en annen enn den var. Det kan være en ny tjener, eller noen som gir"
        " seg ut for å være den. Spør den som driver tjeneren, og rett ~/.ssh/known_hosts.",
    ),
    (
        r"Host key verification failed|No \S+ host key is known",
        "Denne maskinen kjenner ikke {host} ennå. Kjør «ssh {ssh}» én gang, sammenlign"
        " fingeravtrykket med det du har fått av den som driver tjeneren, og svar «yes».",
    ),
    (
        r"Permission denied \([a-z,-]+\)|Too many authentication failures",
        "Du slipper ikke inn på {host}. Nøkkelen din må ligge på tjeneren, og den må kunne brukes"
        " uten at noen skriver et passord (~/.ssh/config, ssh-agent).",
    ),
    (r"Could not resolve host", "Fant ikke {host}. Er navnet riktig, og er nettet oppe?"),
    (
        r"Connection refused",
        "{host} svarer, men tar ikke imot på denne porten. Er porten riktig, og går ssh der?",
    ),
    (
        r"(Connection|Operation) timed out|No route to host|Network is unreachable"
        r"|timeout in data send/receive",
        "{host} svarer ikke. Er navnet riktig, og er nettet oppe?",
    ),
    (
        r"No space left on device|[Dd]isk quota exceeded",
        "Det er ikke plass på {host}. Rydd der, og prøv igjen.",
    ),
    (
        r"Permission denied|Read-only file system|Operation not permitted",
        "Brukeren din får ikke skrive i mappen på {host}.",
    ),
    (
        r"[Cc]onnection (reset|closed|unexpectedly closed|to \S+ closed)|[Bb]roken pipe"
        r"|closed by remote host|client_loop|Lost connection|kex_exchange_identification",
        "Forbindelsen til {host} ble brutt. Prøv igjen: det som er sendt, blir ikke sendt på nytt.",
    ),
)


def failure(errors: str, host: str, ssh: str) -> str | None:
    """A Norwegian sentence on why a program could not reach another machine; None if unknown.

    `errors` is the error output of the program. `host` is the other machine as the sentence names
    it, and `ssh` are the arguments with which ssh reaches it.
    """
    for pattern, sentence in _FAILURES:
        if re.search(pattern, errors):
            text = sentence.format(host=host, ssh=ssh)
            return text[0].upper() + text[1:]
    return None


def details(errors: str) -> str:
    """The last three lines of errors, after «Detaljer:», without logins in addresses."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    text = re.sub(r"(\w://)[^/@\s]+@", r"\1…@", " | ".join(lines[-3:]))
    return f"Detaljer: {text or 'ingen'}"
