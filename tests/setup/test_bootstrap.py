"""The set-up: when it runs, when it has nothing to do, and its messages when it fails."""

from __future__ import annotations

import ast
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.commands import bootstrap
from tests.patience import LONGEST, Patience
from tests.setup.conftest import ROOT, Tree, script


def test_runs_on_python_3_8() -> None:
    ast.parse((ROOT / "builder/commands/bootstrap.py").read_text("utf-8"), feature_version=(3, 8))


# --- When a set-up is made ---


def test_first_run_makes_everything_and_the_second_nothing(tree: Tree) -> None:
    assert not tree.is_ready()
    code, output = tree.run("site")
    assert code == 0
    assert "Henter og installerer 2 Python-pakker" in output
    assert [call.split()[:2] for call in tree.calls()] == [
        ["uv", "venv"],
        ["uv", "pip"],
        ["npm", "ci"],
    ]
    assert tree.is_ready()
    assert tree.run("site") == (0, "")
    assert tree.calls() == []


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _write(name: str, text: str) -> Callable[[Path], object]:
    return lambda root: (root / name).write_text(text)


def _lose(name: str) -> Callable[[Path], object]:
    return lambda root: _remove(root / name)


CHANGES: dict[str, tuple[Callable[[Path], object], bool, bool]] = {
    # what changes: how, is Python set up anew, are npm's packages
    "lock file": (_write("requirements.txt", "one==2\n"), True, False),
    "Python version": (_write(".python-version", "3.13\n\n"), True, False),
    "npm's lock file": (_write("theme/package-lock.json", "{ }\n"), False, True),
    "package.json": (_write("theme/package.json", "{ }\n"), False, True),
    "Python is gone": (_lose(".venv/bin/python"), True, False),
    "node_modules is gone": (_lose("theme/node_modules"), False, True),
    "the environment is gone": (_lose(".venv"), True, True),
    "the stamp is gone": (_lose(".venv/.ready"), True, True),
    "the stamp is damaged": (_write(".venv/.ready", "{"), True, True),
    "the lock file of another level": (_write("requirements-dev.txt", "one==2\n"), False, False),
    "something else": (_write("README.md", "new\n"), False, False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_makes_a_new_set_up(tree: Tree, change: str) -> None:
    tree.run("site")
    tree.calls()
    make_change, python, node = CHANGES[change]
    make_change(tree.root)
    assert tree.is_ready() is not (python or node)
    assert tree.run("site")[0] == 0
    calls = tree.calls()
    assert any(call.startswith("uv venv --clear") for call in calls) is python
    assert any(call.startswith("npm ci") for call in calls) is node
    assert tree.is_ready()


def test_another_way_of_setting_up_makes_a_new_set_up(tree: Tree) -> None:
    tree.run("site")
    with (tree.root / "builder/commands/bootstrap.py").open("a") as file:
        file.write("# changed\n")
    assert not tree.is_ready()


def test_a_moved_tree_gets_its_own_environment(tree: Tree) -> None:
    tree.run("site")
    tree.root = tree.root.rename(tree.root.with_name("moved"))
    assert not tree.is_ready()


def test_the_test_tools_are_enough_for_publishing_and_stay(tree: Tree) -> None:
    tree.run("site")
    assert not tree.is_ready("dev")
    tree.run("dev")
    assert tree.is_ready("site")
    (tree.root / "requirements-dev.txt").write_text("one==2\n")
    tree.calls()
    tree.run("site")
    assert any("requirements-dev.txt" in call for call in tree.calls())
    assert tree.is_ready("dev")


def test_only_the_test_tools_have_the_npm_packages_that_check_code(tree: Tree) -> None:
    for level, is_without in (("site", True), ("dev", False), ("site", False)):
        (tree.root / "theme/package-lock.json").write_text(f'{{"for": "{level} {is_without}"}}\n')
        tree.run(level)
        (npm,) = (call for call in tree.calls() if call.startswith("npm ci"))
        assert ("--omit=dev" in npm) is is_without


def test_a_tree_without_npm_packages_is_ready_too(tree: Tree) -> None:
    shutil.rmtree(tree.root / "theme")
    assert tree.run("site")[0] == 0
    assert tree.is_ready()


def _wait_for_call(tree: Tree, start: str) -> None:
    patience = Patience()
    path = Path(tree.env["CALLS"])
    while not (path.exists() and start in path.read_text("utf-8")):
        assert not patience.is_over()
        time.sleep(0.02)


def _read_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    assert any(text in line for line in process.stdout)


def test_a_killed_set_up_is_made_anew(tree: Tree) -> None:
    tree.run("site")
    (tree.root / "requirements.txt").write_text("one==2\n")
    tree.calls()
    with tree.held():
        process = tree.start("site")
        _wait_for_call(tree, "uv pip")
        process.kill()
        process.wait()
        assert not tree.is_ready()
        tree.calls()
        # What the killed one had started is waited for, so that it can't write in between.
        again = tree.start("site")
        _read_until(again, "venter på det")
    again.communicate(timeout=LONGEST)
    process.communicate()
    assert again.returncode == 0
    assert [call.split()[0] for call in tree.calls()] == ["uv", "uv", "npm"]
    assert tree.is_ready()


def test_a_lock_file_that_changes_meanwhile_is_not_taken_for_installed(tree: Tree) -> None:
    with tree.held():
        process = tree.start("site")
        _wait_for_call(tree, "uv pip")
        (tree.root / "requirements.txt").write_text("one==2\n")
    process.communicate(timeout=LONGEST)
    assert not tree.is_ready()


def test_ctrl_c_ends_in_a_sentence(tree: Tree) -> None:
    with tree.held():
        process = tree.start("site")
        _wait_for_call(tree, "uv pip")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 130
    assert output.endswith("Oppsettet ble avbrutt; det er trygt å kjøre kommandoen på nytt.\n")


def test_two_at_once_make_one_set_up(tree: Tree) -> None:
    with tree.held():
        first = tree.start("site")
        _wait_for_call(tree, "uv pip")
        second = tree.start("site")
        _read_until(second, "venter på det")
    assert "venter på det" not in first.communicate(timeout=LONGEST)[0]
    second.communicate(timeout=LONGEST)
    assert (first.returncode, second.returncode) == (0, 0)
    assert sum(call.startswith("uv venv") for call in tree.calls()) == 1


def test_a_real_environment(tree: Tree) -> None:
    """With the real uv and nothing to download."""
    uv = bootstrap.find_uv(ROOT)
    assert uv
    (tree.programs / "uv").unlink()
    (tree.programs / "uv").symlink_to(uv)
    (tree.root / "requirements.txt").write_text("")
    shutil.rmtree(tree.root / "theme")
    code, output = tree.run("site")
    assert (code, tree.is_ready()) == (0, True), output
    done = subprocess.run(
        [tree.root / ".venv/bin/python", "-c", "import sys; print(sys.prefix)"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == str(tree.root / ".venv")


def test_a_second_run_of_make_says_and_asks_nothing(tree: Tree) -> None:
    shutil.copy(ROOT / "Makefile", tree.root)
    tree.run("dev")
    tree.calls()
    command = ["make", "setup-dev"]
    done = subprocess.run(command, cwd=tree.root, env=tree.env, capture_output=True, check=True)
    assert done.stdout + done.stderr == b""
    assert tree.calls() == []


# --- What is said when it can't be made ---


def stopped(result: tuple[int, str]) -> str:
    """Return the one sentence that a failed set-up ends with."""
    code, output = result
    assert code == 1
    assert "Traceback" not in output
    sentences = [line for line in output.splitlines() if line.startswith("Oppsettet stoppet: ")]
    assert output.splitlines()[-1:] == sentences, output
    return sentences[0].removeprefix("Oppsettet stoppet: ")


def test_neither_venv_nor_pip(tree: Tree) -> None:
    (tree.programs / "uv").unlink()
    python = script(tree.programs / "python", "#!/bin/sh\nexit 1\n")
    said = stopped(
        tree.run("site", before=f"sys.executable = {str(python)!r}", PATH=str(tree.programs))
    )
    assert said.startswith(f"Python-en {python} har verken venv eller pip")
    assert "apt-get install python3-venv" in said


def test_debian_gets_what_its_python_lacks(tree: Tree) -> None:
    (tree.programs / "uv").unlink()
    python = script(tree.programs / "python", "#!/bin/sh\nexit 1\n")
    script(tree.programs / "apt-get", '#!/bin/sh\necho "apt-get $*" >> "$CALLS"\nexit 1\n')
    before = f"sys.executable = {str(python)!r}; bootstrap.os.geteuid = lambda: 0"
    stopped(tree.run("site", before=before, PATH=str(tree.programs)))
    assert tree.calls() == ["apt-get update -q"]


@pytest.mark.thorough
@pytest.mark.parametrize("way", ["venv", "pip --target"])
def test_no_network_for_uv_itself(tree: Tree, way: str) -> None:
    (tree.programs / "uv").unlink()
    before = ""
    if way == "pip --target":
        real = subprocess.run(
            [sys.executable, "-c", "import sys; print(sys._base_executable)"],
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout.strip()
        # As Debian's: venv is there, but not what it needs.
        no_venv = f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec {real} "$@"\n'
        python = script(tree.programs / "python", no_venv)
        before = f"sys.executable = {str(python)!r}"
    result = tree.run("site", before=before)
    assert "får ikke kontakt med pakketjenesten" in stopped(result)
    assert ("Forbereder nedlasting" in result[1]) is (way == "venv")
    assert not list((tree.root / ".cache").glob("tmp*"))


def test_no_network_for_the_packages(tree: Tree) -> None:
    uv = bootstrap.find_uv(ROOT)
    assert uv
    (tree.programs / "uv").unlink()
    (tree.programs / "uv").symlink_to(uv)
    (tree.root / "requirements.txt").write_text("six==1.17.0 --hash=sha256:" + "0" * 64 + "\n")
    said = stopped(tree.run("site"))
    assert said.startswith("Henter og installerer 1 Python-pakker")
    assert "får ikke kontakt med pakketjenesten; sjekk nettforbindelsen" in said
    assert "127.0.0.1" in (tree.root / ".cache/setup.log").read_text("utf-8")


def test_no_python_of_the_right_version(tree: Tree) -> None:
    before = "bootstrap.find_python = lambda version: None"
    said = stopped(tree.run("site", before=before, UV_SAYS="error: No download found for 3.13"))
    assert said.startswith("Fant ikke Python 3.13 på maskinen og fikk ikke hentet den; installer")
    denied = "failed to create directory `/srv/uv`: Permission denied"
    said = stopped(tree.run("site", before=before, UV_SAYS=denied))
    assert said.startswith("Henter Python 3.13: mangler skrivetilgang til /srv/uv")


def test_a_failed_step_leaves_no_stamp(tree: Tree) -> None:
    stopped(tree.run("site", NPM_SAYS="npm error code ENOTFOUND"))
    assert not tree.is_ready()
    assert tree.run("site")[0] == 0


def test_npm_lock_file_missing(tree: Tree) -> None:
    (tree.root / "theme/package-lock.json").unlink()
    assert "kjør «make lock»" in stopped(tree.run("site"))


def test_no_write_permission(tree: Tree) -> None:
    # A file where the folder should be stops root as well.
    (tree.root / ".cache").write_text("")
    said = stopped(tree.run("site"))
    assert said.startswith(f"Klarte ikke å bruke {tree.root / '.cache'}")


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("No space left on device (os error 28)", "disken er full; frigjør minst 2 GB"),
        ("npm error code ENOSPC", "disken er full"),
        (
            "error: failed to create directory `/srv/cache/uv`: Permission denied (os error 13)",
            "mangler skrivetilgang til /srv/cache/uv",
        ),
        ("npm error EACCES: permission denied, mkdir '/srv/theme'", "skrivetilgang til /srv/theme"),
        ("Read-only file system", "mangler skrivetilgang til prosjektmappen eller hjemmemappen"),
        ("error: Hash mismatch for `six==1.17.0`", "ikke den som låsefilen krever"),
        ("npm error code EINTEGRITY", "ikke den som låsefilen krever"),
        ("npm error code EUSAGE", "stemmer ikke overens; kjør «make lock»"),
        ("invalid peer certificate: UnknownIssuer", "sett SSL_CERT_FILE"),
        ("Temporary failure in name resolution", "sjekk nettforbindelsen"),
        ("operation timed out", "sjekk nettforbindelsen"),
        ("Segmentation fault", "ukjent grunn; send loggen"),
    ],
)
def test_the_sentence_for_what_a_step_says(output: str, expected: str) -> None:
    sentence = bootstrap.explain(f"something\n{output}\n", "Lager miljøet")
    assert sentence.startswith("Lager miljøet: ")
    assert expected in sentence


@pytest.mark.parametrize(
    ("number", "expected"),
    [(28, "Disken er full"), (13, "Mangler skrivetilgang til /srv/x"), (20, "/srv/x (Not a dir")],
)
def test_the_sentence_for_an_error_of_the_system(number: int, expected: str) -> None:
    error = OSError(number, "Not a directory", "/srv/x")
    assert expected in bootstrap.explain_os_error(error)


# --- Pythons that only look like one ---


def test_make_passes_over_pythons_that_do_not_run(tree: Tree) -> None:
    shutil.copy(ROOT / "Makefile", tree.root)
    script(tree.programs / "python3.13", "#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    # Runs, but is too old.
    script(tree.programs / "python3", "#!/bin/sh\nexit 1\n")
    script(tree.programs / "python", f'#!/bin/sh\nexec {tree.env["REAL_PYTHON"]} "$@"\n')
    command = ["make", "setup-site"]
    subprocess.run(command, cwd=tree.root, env=tree.env, capture_output=True, check=True)
    assert tree.is_ready()


def test_make_without_any_python(tree: Tree) -> None:
    shutil.copy(ROOT / "Makefile", tree.root)
    done = subprocess.run(
        ["make", "PYTHONS=", "setup-site"],
        cwd=tree.root,
        env=tree.env,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode != 0
    assert done.stderr.startswith("Fant ingen Python 3.8 eller nyere; installer Python 3.13")


def test_make_alone_lists_every_target() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    listed = {line.split()[1]: line.split(maxsplit=2)[2] for line in done.stdout.splitlines()}
    expected = {
        "publish",
        "site",
        "serve",
        "check",
        "test",
        "test-all",
        "lint",
        "lock",
        "clean",
    }
    assert set(listed) >= expected
    assert all(listed.values())


# --- Browsers ---


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
    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    monkeypatch.delenv("FIREFOX_PATH", raising=False)
    monkeypatch.setattr(bootstrap, "MAC_FIREFOX", "/nowhere")
    minibrowsers = tree.root.relative_to("/") / "lib/*/webkit*gtk-*"
    monkeypatch.setattr(bootstrap, "MINIBROWSERS", (str(minibrowsers),))
    monkeypatch.setattr(bootstrap, "FURTHER_FOLDERS", ())
    monkeypatch.setattr(bootstrap, "MAC_CHROMIUMS", ())
    return tree


def test_the_chromium_asked_for_comes_first(bare: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    script(bare.programs / "chromium", CHROMIUM)
    own = script(bare.root / "own", CHROMIUM)
    monkeypatch.setenv("CHROMIUM_PATH", str(own))
    assert bootstrap.find_chromium(bare.root) == str(own)


def test_the_chromium_asked_for_must_run(bare: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    script(bare.programs / "chromium", CHROMIUM)
    monkeypatch.setenv("CHROMIUM_PATH", "/nowhere")
    with pytest.raises(bootstrap.SetupError, match="CHROMIUM_PATH peker på /nowhere"):
        bootstrap.find_chromium(bare.root)


def test_an_installed_browser_that_does_not_run_is_passed_over(bare: Tree) -> None:
    script(bare.programs / "chromium", "#!/bin/sh\nexit 127\n")
    chrome = script(bare.programs / "google-chrome", "#!/bin/sh\necho Google Chrome 150\n")
    assert bootstrap.find_chromium(bare.root) == str(chrome)


def test_playwright_fetches_one(bare: Tree) -> None:
    fetched = bare.programs / "playwright-chromium"
    waiting = script(bare.programs / "waiting", CHROMIUM)
    # Stands for the environment's Python: `-m playwright install chromium`, or "which path?".
    script(
        bare.root / ".venv/bin/python",
        f"#!/bin/sh\n[ $1 = -m ] && /bin/cp {waiting} {fetched}\necho {fetched}\n",
    )
    assert bootstrap.find_chromium(bare.root) == str(fetched)


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
    assert bootstrap.find_chromium(bare.root) == str(bare.programs / "chromium")
    assert bare.calls() == ["update -q", f"{INSTALL} chromium"]


def test_no_chromium_to_be_had(bare: Tree) -> None:
    with pytest.raises(bootstrap.SetupError, match="Testene trenger Chromium"):
        bootstrap.find_chromium(bare.root)


def test_a_firefox_that_is_there_is_used(bare: Tree) -> None:
    firefox = script(bare.programs / "firefox", FIREFOX)
    assert bootstrap.find_firefox(bare.root) == str(firefox)
    esr = script(bare.programs / "firefox-esr", FIREFOX)
    assert bootstrap.find_firefox(bare.root) == str(esr)


@pytest.mark.parametrize(
    "says", ["Mozilla Firefox 128.14.0esr", "Chromium 150.0", "command not found"]
)
def test_a_firefox_that_is_too_old_or_none_is_passed_over(bare: Tree, says: str) -> None:
    script(bare.programs / "firefox-esr", f"#!/bin/sh\necho {says}\n")
    firefox = script(bare.programs / "firefox", FIREFOX)
    assert bootstrap.find_firefox(bare.root) == str(firefox)


def test_the_firefox_asked_for_comes_first_and_must_do(
    bare: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(bare.programs / "firefox", FIREFOX)
    own = script(bare.root / "own", FIREFOX)
    monkeypatch.setenv("FIREFOX_PATH", str(own))
    assert bootstrap.find_firefox(bare.root) == str(own)
    script(own, "#!/bin/sh\necho Mozilla Firefox 115.0\n")
    with pytest.raises(bootstrap.SetupError, match=f"FIREFOX_PATH peker på {own}"):
        bootstrap.find_firefox(bare.root)


def test_debians_firefox_is_installed(bare: Tree, debian: Callable[..., None]) -> None:
    debian(bare.programs / "firefox-esr")
    assert bootstrap.find_firefox(bare.root) == str(bare.programs / "firefox-esr")
    assert bare.calls() == ["update -q", f"{INSTALL} firefox-esr"]


def test_debians_webkit_is_installed_unless_all_of_it_is_there(
    bare: Tree, debian: Callable[..., None]
) -> None:
    minibrowser = script(bare.root / "lib/x86_64/webkit2gtk-4.1/MiniBrowser", BROWSER)
    debian(bare.programs / "WebKitWebDriver", bare.programs / "Xvfb")
    for calls in (["update -q", f"{INSTALL} webkit2gtk-driver xvfb"], []):
        assert bootstrap.find_webkit(bare.root) == str(minibrowser)
        assert bare.calls() == calls


@pytest.mark.parametrize(
    ("find", "packages"),
    [
        (bootstrap.find_firefox, "firefox-esr"),
        (bootstrap.find_webkit, "webkit2gtk-driver xvfb"),
    ],
)
@pytest.mark.parametrize("is_debian", [True, False])
def test_what_to_install_is_named_where_it_can_not_be_done(
    bare: Tree,
    debian: Callable[..., None],
    find: Callable[[Path], str],
    packages: str,
    is_debian: bool,
) -> None:
    if is_debian:
        debian()
    with pytest.raises(bootstrap.SetupError, match=f"sudo apt-get install {packages}"):
        find(bare.root)


@pytest.mark.parametrize(("name", "program"), [((), "chromium"), (("firefox",), "firefox")])
def test_the_command_prints_the_path_and_nothing_else(
    tree: Tree, name: tuple[str, ...], program: str
) -> None:
    path = script(tree.programs / program, BROWSER)
    before = f"bootstrap.os.environ.pop('{program.upper()}_PATH', None)"
    assert tree.run("browser", *name, before=before, PATH=str(tree.programs)) == (0, f"{path}\n")


# --- Servers ---


@pytest.fixture
def servers(debian: Callable[..., None], bare: Tree, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A machine that lacks two servers, which one package brings, and has no systemd."""
    wanted = {"server-a": "package", "server-b": "package"}
    monkeypatch.setattr(bootstrap, "SERVERS", wanted)
    monkeypatch.setattr(bootstrap, "SYSTEMD", bare.root / "systemd")
    debian(*(bare.programs / name for name in wanted))
    return bare


def test_debians_servers_are_installed_once(servers: Tree) -> None:
    assert bootstrap.add_servers(servers.root)
    assert servers.calls() == ["update -q", f"{INSTALL} package"]
    assert bootstrap.add_servers(servers.root)
    assert servers.calls() == []


def test_nothing_is_installed_that_systemd_would_start(
    servers: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    (servers.root / "systemd").mkdir()
    assert not bootstrap.add_servers(servers.root)
    assert servers.calls() == []
    assert "blir hoppet over" in capsys.readouterr().err


def test_servers_that_cannot_be_had(
    servers: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert not bootstrap.add_servers(servers.root)
    assert "sudo apt-get install package" in capsys.readouterr().err
