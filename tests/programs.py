"""The browsers and servers of the tests: found on this machine, or installed.

python -m tests.programs chromium|firefox|webkit    print the path of a browser
python -m tests.programs servers                    install the servers that are missing
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from builder.commands.steps import SetupError, apt_install, attempt, environment, in_words, say

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


def _answer(*command: str) -> str | None:
    """The output of a short command, or None if it can't be run or fails."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            env=environment(),
            encoding="utf-8",
            errors="replace",
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _on_path(name: str) -> list[str]:
    """All programs named `name` on PATH, since the first may be a shim that doesn't work."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), *FURTHER_FOLDERS]
    paths = (shutil.which(name, path=folder) for folder in folders if folder)
    return list(dict.fromkeys(path for path in paths if path))


def find_chromium() -> str:
    """The path of a Chromium that runs, fetched if there is none; else `SetupError`.

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
    if path := _installed_chromium() or _playwright_chromium():
        return path
    say("Fant ingen Chromium til testene:")
    playwright = (sys.executable, "-m", "playwright", "install", "chromium")
    attempt("Henter Chromium med Playwright", *playwright)
    if path := _playwright_chromium():
        return path
    if apt_install("chromium") and (path := _installed_chromium()):
        return path
    raise SetupError(
        "Testene trenger Chromium, og den lot seg ikke hente; installer Chromium eller Google"
        " Chrome, eller sett CHROMIUM_PATH til en som finnes. (Detaljer: .cache/setup.log)"
    )


def _installed_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    candidates = [path for name in names for path in _on_path(name)]
    return next((path for path in [*candidates, *MAC_CHROMIUMS] if _runs_as_chromium(path)), None)


def _playwright_chromium() -> str | None:
    path = _answer(
        sys.executable,
        "-c",
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)",
    )
    return path if path and _runs_as_chromium(path) else None


def _runs_as_chromium(path: str) -> bool:
    return "Chrom" in (_answer(path, "--version") or "")


def find_firefox() -> str:
    """The path of a Firefox that runs, installed if there is none; else `SetupError`.

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
    return _installed_or_apt("Firefox", _installed_firefox, "firefox-esr") or _missing(
        f"Firefox {OLDEST_FIREFOX} eller nyere", "firefox-esr"
    )


def _installed_firefox() -> str | None:
    candidates = [path for name in ("firefox-esr", "firefox") for path in _on_path(name)]
    return next((path for path in [*candidates, MAC_FIREFOX] if _runs_as_firefox(path)), None)


def _runs_as_firefox(path: str) -> bool:
    version = re.match(r"Mozilla Firefox (\d+)", _answer(path, "--version") or "")
    return version is not None and int(version.group(1)) >= OLDEST_FIREFOX


def find_webkit() -> str:
    """The path of WebKitGTK's MiniBrowser, installed if there is none; else `SetupError`.

    WebKitWebDriver and Xvfb, which the tests drive it with, are then on PATH.
    """
    packages = ("webkit2gtk-driver", "xvfb")
    return _installed_or_apt("WebKitGTK", _installed_webkit, *packages) or _missing(
        "WebKitGTK med MiniBrowser, WebKitWebDriver og Xvfb (finnes bare for Linux)", *packages
    )


def _installed_webkit() -> str | None:
    if not shutil.which("WebKitWebDriver") or not shutil.which("Xvfb"):
        return None
    paths = [path for folder in MINIBROWSERS for path in Path("/").glob(f"{folder}/MiniBrowser")]
    return str(max(paths)) if paths else None


def _installed_or_apt(name: str, installed: Callable[[], str | None], *packages: str) -> str | None:
    path = installed()
    if path:
        return path
    say(f"Fant ikke {name} til testene:")
    return installed() if apt_install(*packages) else None


def _missing(wanted: str, *packages: str) -> NoReturn:
    raise SetupError(
        f"Testene trenger {wanted}, og det lot seg ikke installere; installer det selv (på Debian"
        f" og Ubuntu: sudo apt-get install {' '.join(packages)}) og kjør kommandoen på nytt."
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


def add_servers() -> bool:
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
    if is_harmless and apt_install(*packages) and are_there():
        return True
    say(
        "Tester som trenger dem, blir hoppet over. Vil du kjøre dem, så installer tjenerne selv (på"
        " Debian og Ubuntu: sudo apt-get install " + " ".join(packages) + ")."
    )
    return False


def main(argv: list[str]) -> int:
    """Run the command that `argv[0]` names; returns the exit code."""
    if argv[0] == "servers":
        return in_words(add_servers)
    return in_words(lambda: print(BROWSERS[argv[0]]()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
