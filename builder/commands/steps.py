"""The steps of a set-up: programs with a log, a lock, and errors in one Norwegian sentence.

Runs before anything is installed: standard library only, and any Python from 3.8 on.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
LOG = CACHE / "setup.log"
HEARTBEAT_SECONDS = 10
# These lead Python or pip to other folders.
_UNWANTED = {
    *("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH"),
    *("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"),
}
# The lock of this set-up. Programs that it starts hold the lock too: if it is killed, the next
# set-up waits until they have ended.
_locks: list[int] = []


class SetupError(Exception):
    """The set-up has stopped; the text is a Norwegian sentence with the remedy."""


def say(text: str) -> None:
    """Print a line about the progress on standard error: standard output is for results."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Lock the project while the block runs, and begin a new log; another set-up waits."""
    import fcntl  # Windows lacks it, but the command has stopped there before

    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Et annet oppsett er i gang i denne mappen; venter på det …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        _locks.append(lock.fileno())
        LOG.write_text("")
        try:
            yield
        finally:
            _locks.clear()


def environment() -> dict[str, str]:
    """The environment of the programs that a set-up starts; programs of `.venv` come first."""
    clean = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    return {**clean, "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{clean.get('PATH', '')}"}


def attempt(
    step: str, *command: str, cwd: Path = ROOT, text: str = "", more: dict[str, str] | None = None
) -> str | None:
    """Run a step; returns the Norwegian sentence for its failure, and None where there is none.

    `text` is the input of the program, and `more` are further variables of its environment. Its
    output goes to the log.
    """
    say(f"  {step} …")
    CACHE.mkdir(parents=True, exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n")
        log.flush()
        start = log.tell()
        process = subprocess.Popen(
            command,
            cwd=str(cwd),
            env={**environment(), **(more or {})},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=_locks,
            encoding="utf-8",
        )
        try:
            seconds = 0
            while True:
                try:
                    process.communicate(None if seconds else text, timeout=HEARTBEAT_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    seconds += HEARTBEAT_SECONDS
                    say(f"    fortsatt i gang ({seconds} s)")
        except BaseException:
            process.terminate()
            process.wait()
            raise
        log.write(f"[exit {process.returncode}]\n\n")
    if process.returncode == 0:
        return None
    output = LOG.read_bytes()[start:].decode("utf-8", "replace")
    return f"{explain(output, step)} (Detaljer: {LOG.relative_to(ROOT)})"


def run(step: str, *command: str, cwd: Path = ROOT, text: str = "") -> None:
    """Run a step as `attempt` does; raises `SetupError` where it fails."""
    failure = attempt(step, *command, cwd=cwd, text=text)
    if failure is not None:
        raise SetupError(failure)


def apt_install(*packages: str) -> bool:
    """Install Debian packages, if that can be done without asking anyone."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    update = ("Oppdaterer pakkelisten til systemet", "apt-get", "update", "-q")
    install = f"Installerer systempakken {' og '.join(packages)}"
    options = ("apt-get", "install", "-q", "-y", "--no-install-recommends", *packages)
    return not attempt(*update, more=quiet) and not attempt(install, *options, more=quiet)


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def in_words(work: Callable[[], None]) -> int:
    """Do work of a set-up; returns the exit code. Every failure ends in one sentence."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        if os.name != "posix":
            raise SetupError("Windows støttes bare gjennom WSL; åpne et WSL-vindu og prøv der.")
        work()
    except (SetupError, OSError) as error:
        sentence = explain_os_error(error) if isinstance(error, OSError) else error
        say(f"Oppsettet stoppet: {sentence}")
        return 1
    except KeyboardInterrupt:
        say("Oppsettet ble avbrutt; det er trygt å kjøre kommandoen på nytt.")
        return 130
    return 0


# --- Errors in plain words ---


def _path_in(output: str) -> str:
    """The first absolute path in quotes, or words for the usual places."""
    match = re.search(r"""[`'"](/[^`'"]+)[`'"]""", output)
    return match.group(1) if match else "prosjektmappen eller hjemmemappen"


def _matches(output: str, *signs: str) -> bool:
    return any(re.search(sign, output, re.IGNORECASE) for sign in signs)


def explain(output: str, step: str) -> str:
    """One Norwegian sentence, with the remedy, for the output of a step that failed."""
    again = "og kjør kommandoen på nytt"
    if _matches(output, "No space left on device", "ENOSPC", "Disk quota exceeded"):
        return f"{step}: disken er full; frigjør minst 2 GB {again}."
    if _matches(output, "Permission denied", "Read-only file system", "EACCES", "EROFS"):
        where = _path_in(output)
        return f"{step}: mangler skrivetilgang til {where}; gi brukeren din skrivetilgang {again}."
    if _matches(
        output, "No (download|interpreter) found", "no Python", "ensurepip", "No module named"
    ):
        return (
            f"{step}: mangler en hel Python; installer Python 3.13 med venv og pip (fra python.org,"
            " Homebrew, pyenv eller systemets pakker; på Debian og Ubuntu: sudo apt-get install"
            f" python3-venv) {again}."
        )
    if _matches(output, "hash mismatch", "DO NOT MATCH THE HASHES", "EINTEGRITY"):
        return (
            f"{step}: en nedlastet pakke er ikke den som låsefilen krever; kjør kommandoen på nytt,"
            " og si fra til utviklerne hvis det gjentar seg."
        )
    if _matches(output, "package.json and package-lock.json .*are in sync", "EUSAGE"):
        return (
            f"{step}: theme/package.json og theme/package-lock.json stemmer ikke overens;"
            " kjør «make lock»."
        )
    if _matches(output, "certificate", "SELF_SIGNED", "UNABLE_TO_VERIFY"):
        return (
            f"{step}: sertifikatet til pakketjenesten ble ikke godtatt; sett SSL_CERT_FILE til"
            f" virksomhetens sertifikatfil {again}."
        )
    if _matches(
        output,
        "dns error",
        "name resolution",
        "Name or service not known",
        "Network is unreachable",
        "Connection refused",
        "Could not connect",
        "Failed to establish a new connection",
        "error sending request",
        "Failed to (fetch|download)",
        "HTTP status",
        "timed out",
        "No matching distribution found",
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ECONNRESET",
        "ETIMEDOUT",
        "ENETUNREACH",
    ):
        return (
            f"{step}: får ikke kontakt med pakketjenesten; sjekk nettforbindelsen"
            f" (og HTTPS_PROXY, hvis dere har mellomtjener) {again}."
        )
    return f"{step}: feilet av en ukjent grunn; send loggen til utviklerne."


def explain_os_error(error: OSError) -> str:
    """One Norwegian sentence, with the remedy, for an error of the system."""
    again = "og kjør kommandoen på nytt"
    where = error.filename or ROOT
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"Disken er full; frigjør minst 2 GB {again}."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Mangler skrivetilgang til {where}; gi brukeren din skrivetilgang {again}."
    return f"Klarte ikke å bruke {where} ({error.strerror}); rett det {again}."
