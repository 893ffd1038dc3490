"""Set up everything the project needs on a machine that has git, make and some Python 3.

Run by the Makefile before each target; does nothing when the set-up is up to date. Runs before
anything is installed: standard library only, and any Python from 3.8 on.

    bootstrap.py ready site|dev    exit code 0 if that set-up is up to date
    bootstrap.py site              the tools for `make publish`
    bootstrap.py dev               the tools for `make test` as well
    bootstrap.py browser [NAME]    print the path of a browser for the tests, fetched if need be:
                                   chromium (without NAME), firefox or webkit
    bootstrap.py servers           install the servers that publishing is tested against
    bootstrap.py lock [--upgrade]  write the lock files anew

The environment is always built from scratch, and `.venv/.ready` is written last. Without that file
nothing in `.venv` is trusted, so after a set-up that was killed, the next one begins anew.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Callable, Iterator, Mapping, NoReturn, Sequence

ROOT = Path(__file__).resolve().parents[2]

LEVELS = {"site": "requirements.txt", "dev": "requirements-dev.txt"}

# The oldest uv with the options used here (dependency groups, `venv --clear`). A newer one on PATH
# is used as it is, since the hashes in the lock files decide which packages are installed.
OLDEST_UV = (0, 8, 0)

HEARTBEAT_SECONDS = 10

# Folders to search after PATH, which is short in some terminals and editors.
FURTHER_FOLDERS = ("/usr/local/bin", "/opt/homebrew/bin")

# The tests need its WebDriver BiDi; it is the oldest long-term version that Mozilla still supports.
OLDEST_FIREFOX = 140

MAC_FIREFOX = "/Applications/Firefox.app/Contents/MacOS/firefox"

# Systems put WebKitGTK's MiniBrowser beside the libraries, and not on PATH.
MINIBROWSERS = ("usr/lib/*/webkit*gtk-*", "usr/lib*/webkit*gtk-*", "usr/libexec/webkit*gtk-*")

MAC_CHROMIUMS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


class SetupError(Exception):
    """The set-up has stopped; the text is a Norwegian sentence with the remedy."""


def say(text: str) -> None:
    """Print a line about the progress on stderr, since stdout is for results."""
    print(text, file=sys.stderr, flush=True)


# --- Errors in plain words ------------------------------------------------------------------------


def _path_in(output: str) -> str:
    """Return the first absolute path in quotes, or words for the usual places."""
    match = re.search(r"""[`'"](/[^`'"]+)[`'"]""", output)
    return match.group(1) if match else "prosjektmappen eller hjemmemappen"


def _matches(output: str, *signs: str) -> bool:
    return any(re.search(sign, output, re.IGNORECASE) for sign in signs)


def explain(output: str, step: str, otherwise: str | None = None) -> str:
    """Return one Norwegian sentence, with the remedy, for the output of a step that failed.

    `otherwise` is the sentence for all failures but a full disk and a missing permission.
    """
    again = "og kjør kommandoen på nytt"
    if _matches(output, "No space left on device", "ENOSPC", "Disk quota exceeded"):
        return f"{step}: disken er full; frigjør minst 2 GB {again}."
    if _matches(output, "Permission denied", "Read-only file system", "EACCES", "EROFS"):
        where = _path_in(output)
        return f"{step}: mangler skrivetilgang til {where}; gi brukeren din skrivetilgang {again}."
    if otherwise:
        return otherwise
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
    """Return one Norwegian sentence, with the remedy, for an error from the operating system."""
    again = "og kjør kommandoen på nytt"
    where = error.filename or ROOT
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"Disken er full; frigjør minst 2 GB {again}."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Mangler skrivetilgang til {where}; gi brukeren din skrivetilgang {again}."
    return f"Klarte ikke å bruke {where} ({error.strerror}); rett det {again}."


# --- Running other programs -----------------------------------------------------------------------


class Runner:
    """Runs the steps of one set-up, with their full output in `.cache/setup.log`."""

    def __init__(self, root: Path, inherit: Sequence[int] = ()) -> None:
        self.root = root
        self.inherit = inherit
        self.log = root / ".cache" / "setup.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("", encoding="utf-8")

    def run(
        self,
        step: str,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
    ) -> str:
        """Run one step and return its output; raise `SetupError` if it fails."""
        code, output = self.attempt(step, command, env, cwd, stdin)
        if code:
            log = self.log.relative_to(self.root)
            raise SetupError(f"{explain(output, step)} (Detaljer: {log})")
        return output

    def attempt(
        self,
        step: str,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
    ) -> tuple[int, str]:
        """Run one step; return its exit code, and its output and error output as one text."""
        say(f"  {step} …")
        started = time.monotonic()
        process = subprocess.Popen(
            list(command),
            cwd=str(cwd or self.root),
            env={**_clean_environment(), **(env or {})},
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # The child holds the lock too: if this process is killed, the next set-up waits until
            # the child has ended.
            pass_fds=tuple(self.inherit),
            encoding="utf-8",
            errors="replace",
        )
        output = None
        try:
            while output is None:
                try:
                    output, _ = process.communicate(stdin, timeout=HEARTBEAT_SECONDS)
                except subprocess.TimeoutExpired:
                    stdin = None  # has been handed over already
                    say(f"    fortsatt i gang ({time.monotonic() - started:.0f} s)")
        except BaseException:
            process.terminate()
            process.wait()
            raise
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n{output}\n[exit {process.returncode}]\n\n")
        return process.returncode, output


def _clean_environment() -> dict[str, str]:
    """Return the environment without variables that lead Python or pip to other folders."""
    unwanted = {
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "PYTHONHOME",
        "PYTHONPATH",
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_REQUIRE_VIRTUALENV",
    }
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def _answer(*command: str) -> str | None:
    """Return the output of a short command, or None if it can't be run or fails."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            env=_clean_environment(),
            encoding="utf-8",
            errors="replace",
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _on_path(name: str) -> list[str]:
    """Return all programs named `name` on PATH, since the first may be a shim that doesn't work."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), *FURTHER_FOLDERS]
    paths = (shutil.which(name, path=folder) for folder in folders if folder)
    return list(dict.fromkeys(path for path in paths if path))


def _install_with_apt(runner: Runner, *packages: str) -> bool:
    """Install Debian packages if that can be done without asking anyone."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    for step, command in (
        ("Oppdaterer pakkelisten til systemet", ["apt-get", "update", "-q"]),
        (
            f"Installerer systempakken {' og '.join(packages)}",
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages],
        ),
    ):
        code, _ = runner.attempt(step, command, quiet)
        if code:
            return False
    return True


# --- Python and uv --------------------------------------------------------------------------------


# Prints the version of a Python and its path. The version ends in `t` if it is built without the
# global lock, for which few packages have wheels. The path is that of the Python behind a shim or a
# virtual environment, since that environment may be the one that is deleted next.
_WHAT_PYTHON = """
import sys
print("%d.%d%s" % (sys.version_info[0], sys.version_info[1], sys.abiflags), end=" ")
print(getattr(sys, "_base_executable", sys.executable))
"""


def find_python(version: str) -> str | None:
    """Return a Python of that minor version which really runs, or None."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [
        sys.executable,
        *_on_path(name),
        *(str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/{name}"), reverse=True)),
    ]
    for candidate in candidates:
        answer = _answer(candidate, "-I", "-c", _WHAT_PYTHON) if candidate else None
        if answer and answer.startswith(f"{version} "):
            return answer.partition(" ")[2]
    return None


def find_uv(root: Path) -> str | None:
    """Return a uv that is new enough, from PATH or the project's own, or None."""
    candidates = [*_on_path("uv"), str(Path.home() / ".local/bin/uv"), str(_own_uv(root))]
    for candidate in candidates:
        version = re.match(r"uv (\d+)\.(\d+)\.(\d+)", _answer(candidate, "--version") or "")
        if version and tuple(map(int, version.groups())) >= OLDEST_UV:
            return candidate
    return None


def _own_uv(root: Path) -> Path:
    locked = (root / "builder/commands/uv-requirements.txt").read_text("utf-8")
    pinned = re.search(r"^uv==(\S+)", locked, re.MULTILINE)
    return root / ".cache/uv" / (pinned.group(1) if pinned else "") / "uv"


def install_uv(runner: Runner, version: str) -> str:
    """Install the pinned uv into the project by venv or pip of a Python; return its path."""
    for python in dict.fromkeys((sys.executable, find_python(version))):
        if python and (uv := _install_uv_with(runner, python)):
            return uv
    if _install_with_apt(runner, "python3-venv"):
        uv = _install_uv_with(runner, "/usr/bin/python3")
        if uv:
            return uv
    raise SetupError(
        f"Python-en {sys.executable} har verken venv eller pip; installer dem"
        " (på Debian og Ubuntu: sudo apt-get install python3-venv) og kjør kommandoen på nytt."
    )


def _install_uv_with(runner: Runner, python: str) -> str | None:
    has_venv = _answer(python, "-I", "-c", "import venv, ensurepip") is not None
    has_pip = _answer(python, "-I", "-c", "import pip") is not None
    if not has_venv and not has_pip:
        return None
    own = _own_uv(runner.root)
    with tempfile.TemporaryDirectory(dir=str(runner.root / ".cache")) as folder:
        into = []
        if has_venv:
            runner.run("Forbereder nedlasting", [python, "-m", "venv", folder])
            python = f"{folder}/bin/python"
        else:
            into = ["--target", folder]
        command = [python, "-m", "pip", "install", *into, "--require-hashes", "--no-deps"]
        # A wheel holds the program; the source would ask for a Rust compiler.
        command += ["--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "-q"]
        command += ["-r", "builder/commands/uv-requirements.txt"]
        runner.run("Henter installasjonsverktøyet uv", command)
        own.parent.mkdir(parents=True, exist_ok=True)
        Path(folder, "bin/uv").replace(own)
    return str(own)


# --- The set-up -----------------------------------------------------------------------------------


def _digest(paths: Sequence[Path], *more: str) -> str:
    digest = hashlib.sha256()
    for part in (sys.platform, platform.machine(), *more):
        digest.update(part.encode() + b"\0")
    for path in paths:
        content = path.read_bytes() if path.exists() else b""
        digest.update(b"%s %d\0" % (path.name.encode(), len(content)) + content)
    return digest.hexdigest()


def inputs(root: Path, level: str) -> dict[str, str]:
    """Return a fingerprint for each part of a set-up: a hash of the files that the part depends on.

    The parts are `python` and `node`. The key `level` has the level itself.
    """
    # The path of the project counts too: programs in a virtual environment have it in their first
    # line, so a copied tree needs its own. So does this file, whose steps make the environment.
    python = [root / ".python-version", root / LEVELS[level], Path(__file__)]
    node = [root / "theme/package.json", root / "theme/package-lock.json"]
    return {"level": level, "python": _digest(python, str(root)), "node": _digest(node, level)}


def read_stamp(root: Path) -> dict[str, str]:
    """Return the fingerprints of the last finished set-up, by part; empty where there is none."""
    try:
        stamp = json.loads((root / ".venv/.ready").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(root: Path, stamp: Mapping[str, str]) -> None:
    """Write the fingerprints of a finished set-up, in one step."""
    unfinished = root / ".venv/.ready.tmp"
    unfinished.write_text(json.dumps(stamp) + "\n", encoding="utf-8")
    unfinished.replace(root / ".venv/.ready")


def _parts_to_make(root: Path, level: str) -> list[str]:
    stamp, wanted = read_stamp(root), inputs(root, level)
    parts = []
    if stamp.get("python") != wanted["python"] or not (root / ".venv/bin/python").exists():
        parts.append("python")
    installed = (root / "theme/node_modules/.package-lock.json").exists()
    needed = (root / "theme/package.json").exists()
    # Another Node in a new environment does not matter: node_modules has no compiled code.
    if stamp.get("node") != wanted["node"] or (needed and not installed):
        parts.append("node")
    return parts


def _level(root: Path, asked: str) -> str:
    """Return the level to set up: a set-up that has the test tools keeps them."""
    return "dev" if read_stamp(root).get("level") == "dev" else asked


def is_ready(root: Path, level: str) -> bool:
    """Return whether a set-up of this level exists, made from the files as they are now."""
    stamp = read_stamp(root)
    return stamp.get("level") in (level, "dev") and not _parts_to_make(root, _level(root, level))


@contextlib.contextmanager
def _only_one(root: Path) -> Iterator[IO[str]]:
    """Lock this tree while the block runs; another set-up waits for it."""
    import fcntl  # Windows lacks it, but `main` has stopped there before

    path = root / ".cache/setup.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Et annet oppsett er i gang i denne mappen; venter på det …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def prepare(level: str, root: Path = ROOT) -> None:
    """Set up this level, unless it is up to date."""
    if is_ready(root, level):
        return
    with _only_one(root) as lock:
        if is_ready(root, level):
            return
        started = time.monotonic()
        say("Gjør klart verktøyene (bare første gang og når låsefilene er endret):")
        level = _level(root, level)
        parts = _parts_to_make(root, level)
        # Before the work: if a file changes meanwhile, the next run sets up anew.
        made_from = inputs(root, level)
        with contextlib.suppress(FileNotFoundError):
            (root / ".venv/.ready").unlink()
        runner = Runner(root, [lock.fileno()])
        if "python" in parts:
            _make_python(runner, level)
        if "node" in parts:
            _make_node(runner, level)
        write_stamp(root, made_from)
        say(f"Verktøyene er klare ({time.monotonic() - started:.0f} s).")


def _make_python(runner: Runner, level: str) -> None:
    root = runner.root
    version = (root / ".python-version").read_text("utf-8").strip()
    uv = find_uv(root) or install_uv(runner, version)
    python = find_python(version)
    step = f"Lager et Python-miljø med {python}" if python else f"Henter Python {version}"
    command = [uv, "venv", "--clear", "--prompt", "tilskuddsstigen", ".venv"]
    code, output = runner.attempt(step, [*command, "--python", python or version])
    if code:
        no_python = (
            f"Fant ikke Python {version} på maskinen og fikk ikke hentet den; installer Python"
            f" {version} (fra python.org, Homebrew, pyenv eller systemets pakker) og kjør"
            " kommandoen på nytt."
        )
        sentence = explain(output, step, None if python else no_python)
        raise SetupError(f"{sentence} (Detaljer: .cache/setup.log)")
    locked = (root / LEVELS[level]).read_text("utf-8")
    count = len(re.findall(r"^[\w.-]+==", locked, re.MULTILINE))
    runner.run(
        f"Henter og installerer {count} Python-pakker",
        [uv, "pip", "sync", "--python", ".venv/bin/python", "--require-hashes", LEVELS[level]],
    )


def _make_node(runner: Runner, level: str) -> None:
    theme = runner.root / "theme"
    if not (theme / "package.json").exists():
        return
    if not (theme / "package-lock.json").exists():
        raise SetupError("theme/package-lock.json mangler; kjør «make lock» for å lage den.")
    # --ignore-scripts: no package runs code of its own on an editor's machine, and none fetches
    # anything past the lock file. Nothing in the lock needs such a script.
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    if level == "site":
        command.append("--omit=dev")  # linters, and the generator of colours
    runner.run("Henter og installerer nettsidenes pakker", *_npm(runner.root, command))


def _npm(root: Path, arguments: Sequence[str]) -> tuple[list[str], dict[str, str], Path]:
    """Return command, environment and folder for the npm in the environment."""
    programs = root / ".venv/bin"
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(programs / "npm"), *arguments], {"PATH": path}, root / "theme"


# --- Browsers for the tests -----------------------------------------------------------------------


def find_chromium(root: Path = ROOT) -> str:
    """Return the path of a Chromium that runs, fetched if there is none; else `SetupError`.

    Order: CHROMIUM_PATH, an installed Chromium or Chrome, Playwright's own, Debian's package.
    """
    chosen = os.environ.get("CHROMIUM_PATH")
    if chosen:
        if _runs_as_chromium(chosen):
            return chosen
        raise SetupError(
            f"CHROMIUM_PATH peker på {chosen}, som ikke kan kjøres; rett stien eller fjern"
            " variabelen."
        )
    installed = _installed_chromium()
    if installed:
        return installed
    playwright = [str(root / ".venv/bin/python"), "-m", "playwright"]
    fetched = _playwright_chromium(playwright[0])
    if fetched:
        return fetched
    runner = Runner(root)
    say("Fant ingen Chromium til testene:")
    if Path(playwright[0]).exists():
        runner.attempt("Henter Chromium med Playwright", [*playwright, "install", "chromium"])
        fetched = _playwright_chromium(playwright[0])
        if fetched:
            return fetched
    if _install_with_apt(runner, "chromium"):
        installed = _installed_chromium()
        if installed:
            return installed
    raise SetupError(
        "Testene trenger Chromium, og den lot seg ikke hente; installer Chromium eller Google"
        " Chrome, eller sett CHROMIUM_PATH til en som finnes. (Detaljer: .cache/setup.log)"
    )


def _installed_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    candidates = [path for name in names for path in _on_path(name)]
    return next((path for path in [*candidates, *MAC_CHROMIUMS] if _runs_as_chromium(path)), None)


def _playwright_chromium(python: str) -> str | None:
    path = _answer(
        python,
        "-c",
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)",
    )
    return path if path and _runs_as_chromium(path) else None


def _runs_as_chromium(path: str) -> bool:
    return "Chrom" in (_answer(path, "--version") or "")


def find_firefox(root: Path = ROOT) -> str:
    """Return the path of a Firefox that runs, installed if there is none; else `SetupError`.

    Order: FIREFOX_PATH, an installed Firefox, Debian's package.
    """
    chosen = os.environ.get("FIREFOX_PATH")
    if chosen:
        if _runs_as_firefox(chosen):
            return chosen
        raise SetupError(
            f"FIREFOX_PATH peker på {chosen}, som ikke er en Firefox {OLDEST_FIREFOX} eller nyere"
            " som kan kjøres; rett stien eller fjern variabelen."
        )
    return _installed_or_apt(root, "Firefox", _installed_firefox, "firefox-esr") or _missing(
        f"Firefox {OLDEST_FIREFOX} eller nyere", "firefox-esr"
    )


def _installed_firefox() -> str | None:
    candidates = [path for name in ("firefox-esr", "firefox") for path in _on_path(name)]
    return next((path for path in [*candidates, MAC_FIREFOX] if _runs_as_firefox(path)), None)


def _runs_as_firefox(path: str) -> bool:
    version = re.match(r"Mozilla Firefox (\d+)", _answer(path, "--version") or "")
    return version is not None and int(version.group(1)) >= OLDEST_FIREFOX


def find_webkit(root: Path = ROOT) -> str:
    """Return the path of WebKitGTK's MiniBrowser, installed if there is none; else `SetupError`.

    WebKitWebDriver and Xvfb, which the tests drive it with, are then on PATH.
    """
    packages = ("webkit2gtk-driver", "xvfb")
    return _installed_or_apt(root, "WebKitGTK", _installed_webkit, *packages) or _missing(
        "WebKitGTK med MiniBrowser, WebKitWebDriver og Xvfb (finnes bare for Linux)", *packages
    )


def _installed_webkit() -> str | None:
    if not shutil.which("WebKitWebDriver") or not shutil.which("Xvfb"):
        return None
    paths = [path for folder in MINIBROWSERS for path in Path("/").glob(f"{folder}/MiniBrowser")]
    return str(max(paths)) if paths else None


def _installed_or_apt(
    root: Path, name: str, installed: Callable[[], str | None], *packages: str
) -> str | None:
    path = installed()
    if path:
        return path
    say(f"Fant ikke {name} til testene:")
    return installed() if _install_with_apt(Runner(root), *packages) else None


def _missing(what: str, *packages: str) -> NoReturn:
    raise SetupError(
        f"Testene trenger {what}, og det lot seg ikke installere; installer det selv (på Debian og"
        f" Ubuntu: sudo apt-get install {' '.join(packages)}) og kjør kommandoen på nytt."
        " (Detaljer: .cache/setup.log)"
    )


# The servers that publishing and serving are tested against: each program, and its Debian package.
SERVERS = {
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "rsync": "rsync",
    "git": "git",
    "ceph": "ceph-common",
    "ceph-mon": "ceph-mon",
    "ceph-osd": "ceph-osd",
    "radosgw": "radosgw",
    "nginx": "libnginx-mod-http-brotli-static",  # which needs nginx itself
}
# This folder exists while systemd runs.
SYSTEMD = Path("/run/systemd/system")

BROWSERS = {"chromium": find_chromium, "firefox": find_firefox, "webkit": find_webkit}


def add_servers(root: Path = ROOT) -> bool:
    """Install the servers that publishing is tested against; return whether all are installed.

    Tests of missing servers are skipped. Where systemd runs, none is installed: systemd would start
    new servers at once, and that is for the owner of the machine to decide.
    """
    folders = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])

    def are_there() -> bool:
        return all(shutil.which(program, path=folders) for program in SERVERS)

    if are_there():
        return True
    packages = sorted(set(SERVERS.values()))
    say("Fant ikke alle tjenerne til testene av publisering:")
    is_harmless = not SYSTEMD.exists()
    if is_harmless and _install_with_apt(Runner(root), *packages) and are_there():
        return True
    say(
        "Tester som trenger dem, blir hoppet over. Vil du kjøre dem, så installer tjenerne selv (på"
        " Debian og Ubuntu: sudo apt-get install " + " ".join(packages) + ")."
    )
    return False


# --- Lock files -----------------------------------------------------------------------------------


def lock(upgrade: bool, root: Path = ROOT) -> None:
    """Write the lock files anew from pyproject.toml and theme/package.json.

    Versions that still fit stay, unless `upgrade`. No address of an index is written, so each
    machine uses its own index. Then sets up the level `dev` by the new files.
    """
    with _only_one(root) as held:
        say("Skriver låsefilene:")
        runner = Runner(root, [held.fileno()])
        version = (root / ".python-version").read_text("utf-8").strip()
        uv = find_uv(root) or install_uv(runner, version)
        newer = ["--upgrade"] if upgrade else []
        compiled = [uv, "pip", "compile", "--universal", "--generate-hashes", *newer]
        compiled += ["--custom-compile-command", "make lock"]
        for name, package, python in (
            # 3.8: the oldest Python that this file may run on.
            ("builder/commands/uv-requirements.txt", "uv>=" + ".".join(map(str, OLDEST_UV)), "3.8"),
            # Large, and needed by `make bench-build` only.
            ("tests/bench_build/requirements.txt", "hugo>=0.150", version),
        ):
            options = ["--python-version", python, "-o", name, "-"]
            runner.run(name, [*compiled, *options], stdin=f"{package}\n")
        for name, group, constraint in (
            ("requirements-dev.txt", "dev", []),
            # The same versions as the tests run with.
            ("requirements.txt", "site", ["-c", "requirements-dev.txt"]),
        ):
            options = ["--python-version", version, "--group", group, *constraint, "-o", name]
            runner.run(name, [*compiled, *options])
        if not (root / "theme/package.json").exists():
            return
        if "python" in _parts_to_make(root, "dev"):
            with contextlib.suppress(FileNotFoundError):
                (root / ".venv/.ready").unlink()
            made_from = inputs(root, "dev")
            _make_python(runner, "dev")
            write_stamp(root, {**made_from, "node": ""})
        command = ["update" if upgrade else "install", "--package-lock-only", "--ignore-scripts"]
        # No resolved addresses: npm then fetches from the registry of the machine it runs on.
        command += ["--omit-lockfile-registry-resolved", "--no-audit", "--no-fund"]
        runner.run("theme/package-lock.json", *_npm(root, command))
    prepare("dev", root)


# --- Command line ---------------------------------------------------------------------------------


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code; every failure ends in one sentence."""
    parser = argparse.ArgumentParser(prog="bootstrap.py")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("ready").add_argument("level", choices=LEVELS)
    for level in LEVELS:
        commands.add_parser(level)
    commands.add_parser("browser").add_argument(
        "name", choices=BROWSERS, nargs="?", default="chromium"
    )
    commands.add_parser("servers")
    commands.add_parser("lock").add_argument("--upgrade", action="store_true")
    arguments = parser.parse_args(argv)
    if arguments.command == "ready":
        return 0 if is_ready(ROOT, arguments.level) else 1
    signal.signal(signal.SIGTERM, _stop)
    try:
        if os.name != "posix":
            raise SetupError("Windows støttes bare gjennom WSL; åpne et WSL-vindu og prøv der.")
        if arguments.command == "browser":
            print(BROWSERS[arguments.name]())
        elif arguments.command == "servers":
            add_servers()
        elif arguments.command == "lock":
            lock(arguments.upgrade)
        else:
            prepare(arguments.command)
    except SetupError as error:
        say(f"Oppsettet stoppet: {error}")
        return 1
    except OSError as error:
        say(f"Oppsettet stoppet: {explain_os_error(error)}")
        return 1
    except KeyboardInterrupt:
        say("Oppsettet ble avbrutt; det er trygt å kjøre kommandoen på nytt.")
        return 130
    return 0


if __name__ == "__main__":
    # Some systems still start Python with an ASCII output.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
