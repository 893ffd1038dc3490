"""The browsers and servers of the tests: which are found, and what is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.commands import steps
from builder.commands.steps import SetupError
from tests import programs
from tests.setup.conftest import Tree, script

CHROMIUM = "#!/bin/sh\necho Chromium 150.0\n"
FIREFOX = "#!/bin/sh\necho Mozilla Firefox 140.2.0esr\n"
# Whatever it is asked to be.
BROWSER = """#!/bin/sh
case "$0" in *firefox*) echo Mozilla Firefox 140.2.0esr;; *) echo Chromium 150.0;; esac
"""


@pytest.fixture
def bare(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A machine without browsers, where nothing can be installed."""
    monkeypatch.setenv("PATH", str(tree.programs))
    # Instead of the environment of this project, and of its Playwright.
    monkeypatch.setattr(steps, "ROOT", tree.root)
    monkeypatch.setattr(steps, "CACHE", tree.root / ".cache")
    monkeypatch.setattr(steps, "LOG", tree.root / ".cache/setup.log")
    python = script(tree.programs / "python", "#!/bin/sh\nexit 1\n")
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    monkeypatch.delenv("FIREFOX_PATH", raising=False)
    monkeypatch.setattr(programs, "MAC_FIREFOX", "/nowhere")
    minibrowsers = tree.root.relative_to("/") / "lib/*/webkit*gtk-*"
    monkeypatch.setattr(programs, "MINIBROWSERS", (str(minibrowsers),))
    monkeypatch.setattr(programs, "FURTHER_FOLDERS", ())
    monkeypatch.setattr(programs, "MAC_CHROMIUMS", ())
    return tree


def test_the_chromium_asked_for_comes_first(bare: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    script(bare.programs / "chromium", CHROMIUM)
    own = script(bare.root / "own", CHROMIUM)
    monkeypatch.setenv("CHROMIUM_PATH", str(own))
    assert programs.find_chromium() == str(own)


def test_the_chromium_asked_for_must_run(bare: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    script(bare.programs / "chromium", CHROMIUM)
    monkeypatch.setenv("CHROMIUM_PATH", "/nowhere")
    with pytest.raises(SetupError, match="CHROMIUM_PATH peker på /nowhere"):
        programs.find_chromium()


def test_an_installed_browser_that_does_not_run_is_passed_over(bare: Tree) -> None:
    script(bare.programs / "chromium", "#!/bin/sh\nexit 127\n")
    chrome = script(bare.programs / "google-chrome", "#!/bin/sh\necho Google Chrome 150\n")
    assert programs.find_chromium() == str(chrome)


def test_playwright_fetches_one(bare: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = bare.programs / "playwright-chromium"
    waiting = script(bare.programs / "waiting", CHROMIUM)
    # Stands for the environment's Python: `-m playwright install chromium`, or "which path?".
    python = script(
        bare.root / "python",
        f"#!/bin/sh\n[ $1 = -m ] && /bin/cp '{waiting}' '{fetched}'\necho '{fetched}'\n",
    )
    monkeypatch.setattr(sys, "executable", str(python))
    assert programs.find_chromium() == str(fetched)


@pytest.fixture
def debian(bare: Tree, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes it a machine where root can install packages that bring such programs."""

    def bring(*programs: Path) -> None:
        waiting = script(bare.root / "waiting", BROWSER)
        copies = "".join(f"/bin/cp '{waiting}' '{program}'\n" for program in programs)
        script(
            bare.programs / "apt-get",
            f'#!/bin/sh\necho "$*" >> "$CALLS"\n[ $1 = update ] && exit\n{copies}',
        )
        monkeypatch.setenv("CALLS", bare.env["CALLS"])
        monkeypatch.setattr("os.geteuid", lambda: 0)

    return bring


INSTALL = "install -q -y --no-install-recommends"


def test_debians_chromium_is_installed(bare: Tree, debian: Callable[..., None]) -> None:
    debian(bare.programs / "chromium")
    assert programs.find_chromium() == str(bare.programs / "chromium")
    assert bare.calls() == ["update -q", f"{INSTALL} chromium"]


def test_no_chromium_to_be_had(bare: Tree) -> None:
    with pytest.raises(SetupError, match="Testene trenger Chromium"):
        programs.find_chromium()


def test_a_firefox_that_is_there_is_used(bare: Tree) -> None:
    firefox = script(bare.programs / "firefox", FIREFOX)
    assert programs.find_firefox() == str(firefox)
    esr = script(bare.programs / "firefox-esr", FIREFOX)
    assert programs.find_firefox() == str(esr)


@pytest.mark.parametrize(
    "says", ["Mozilla Firefox 128.14.0esr", "Chromium 150.0", "command not found"]
)
def test_a_firefox_that_is_too_old_or_none_is_passed_over(bare: Tree, says: str) -> None:
    script(bare.programs / "firefox-esr", f"#!/bin/sh\necho {says}\n")
    firefox = script(bare.programs / "firefox", FIREFOX)
    assert programs.find_firefox() == str(firefox)


def test_the_firefox_asked_for_comes_first_and_must_do(
    bare: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(bare.programs / "firefox", FIREFOX)
    own = script(bare.root / "own", FIREFOX)
    monkeypatch.setenv("FIREFOX_PATH", str(own))
    assert programs.find_firefox() == str(own)
    script(own, "#!/bin/sh\necho Mozilla Firefox 115.0\n")
    with pytest.raises(SetupError, match=f"FIREFOX_PATH peker på {own}"):
        programs.find_firefox()


def test_debians_firefox_is_installed(bare: Tree, debian: Callable[..., None]) -> None:
    debian(bare.programs / "firefox-esr")
    assert programs.find_firefox() == str(bare.programs / "firefox-esr")
    assert bare.calls() == ["update -q", f"{INSTALL} firefox-esr"]


def test_debians_webkit_is_installed_unless_all_of_it_is_there(
    bare: Tree, debian: Callable[..., None]
) -> None:
    minibrowser = script(bare.root / "lib/x86_64/webkit2gtk-4.1/MiniBrowser", BROWSER)
    debian(bare.programs / "WebKitWebDriver", bare.programs / "Xvfb")
    for calls in (["update -q", f"{INSTALL} webkit2gtk-driver xvfb"], []):
        assert programs.find_webkit() == str(minibrowser)
        assert bare.calls() == calls


@pytest.mark.parametrize(
    ("find", "packages"),
    [
        (programs.find_firefox, "firefox-esr"),
        (programs.find_webkit, "webkit2gtk-driver xvfb"),
    ],
)
@pytest.mark.parametrize("is_debian", [True, False])
def test_what_to_install_is_named_where_it_can_not_be_done(
    bare: Tree,
    debian: Callable[..., None],
    find: Callable[[], str],
    packages: str,
    is_debian: bool,
) -> None:
    if is_debian:
        debian()
    with pytest.raises(SetupError, match=f"sudo apt-get install {packages}"):
        find()


def test_the_command_prints_the_path_and_nothing_else(
    bare: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    path = script(bare.programs / "firefox", BROWSER)
    assert programs.main(["firefox"]) == 0
    assert capsys.readouterr().out == f"{path}\n"


# --- Servers ---


@pytest.fixture
def servers(debian: Callable[..., None], bare: Tree, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A machine that lacks two servers, which one package brings, and has no systemd."""
    wanted = {"server-a": "package", "server-b": "package"}
    monkeypatch.setattr(programs, "SERVERS", wanted)
    monkeypatch.setattr(programs, "SYSTEMD", bare.root / "systemd")
    debian(*(bare.programs / name for name in wanted))
    return bare


def test_debians_servers_are_installed_once(servers: Tree) -> None:
    assert programs.add_servers()
    assert servers.calls() == ["update -q", f"{INSTALL} package"]
    assert programs.add_servers()
    assert servers.calls() == []


def test_nothing_is_installed_that_systemd_would_start(
    servers: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    (servers.root / "systemd").mkdir()
    assert not programs.add_servers()
    assert servers.calls() == []
    assert "blir hoppet over" in capsys.readouterr().err


def test_servers_that_cannot_be_had(
    servers: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert not programs.add_servers()
    assert "sudo apt-get install package" in capsys.readouterr().err
