"""The set-up: when it runs, when it has nothing to do, and its messages when it fails."""

from __future__ import annotations

import ast
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.commands import bootstrap, steps
from tests.patience import LONGEST, Patience
from tests.setup.conftest import ROOT, Tree, script


@pytest.mark.parametrize("name", ["bootstrap", "lock", "steps"])
def test_runs_on_python_3_8(name: str) -> None:
    ast.parse((ROOT / f"builder/commands/{name}.py").read_text("utf-8"), feature_version=(3, 8))


def test_the_shim_around_uv_is_short() -> None:
    assert len((ROOT / "builder/commands/bootstrap.py").read_text("utf-8").splitlines()) <= 150


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


CHANGES: dict[str, tuple[Callable[[Path], object], bool]] = {
    # the change, and whether it needs a new set-up
    "lock file": (_write("requirements.txt", "one==2\n"), True),
    "Python version": (_write(".python-version", "3.13\n\n"), True),
    "npm's lock file": (_write("theme/package-lock.json", "{ }\n"), True),
    "package.json": (_write("theme/package.json", "{ }\n"), True),
    "Python is gone": (_lose(".venv/bin/python"), True),
    "node_modules is gone": (_lose("theme/node_modules"), True),
    "the environment is gone": (_lose(".venv"), True),
    "the stamp is gone": (_lose(".venv/.ready"), True),
    "the stamp is damaged": (_write(".venv/.ready", "{"), True),
    "the lock file of another level": (_write("requirements-dev.txt", "one==2\n"), False),
    "something else": (_write("README.md", "new\n"), False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_its_inputs_makes_a_new_set_up(tree: Tree, change: str) -> None:
    tree.run("site")
    tree.calls()
    make_change, is_new = CHANGES[change]
    make_change(tree.root)
    assert tree.is_ready() is not is_new
    assert tree.run("site")[0] == 0
    assert [call.split()[0] for call in tree.calls()] == (["uv", "uv", "npm"] if is_new else [])
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
    tree.uv.unlink()
    tree.uv.symlink_to(bootstrap.uv())
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


NO_PIP = """#!/bin/sh
case "$*" in
  *"import pip"* | *ensurepip*) exit 1 ;;
  "-m venv "*) echo "No module named ensurepip"; exit 1 ;;
esac
exec {python} "$@"
"""


def test_a_python_without_venv_and_pip(tree: Tree) -> None:
    tree.uv.unlink()
    python = script(tree.programs / "python", NO_PIP.format(python=tree.env["REAL_PYTHON"]))
    script(tree.programs / "apt-get", '#!/bin/sh\necho "apt-get $*" >> "$CALLS"\nexit 1\n')
    before = f"sys.executable = {str(python)!r}; steps.os.geteuid = lambda: 0"
    said = stopped(tree.run("site", before=before))
    assert "sudo apt-get install python3-venv" in said
    assert tree.calls() == ["apt-get update -q"]


@pytest.mark.thorough
@pytest.mark.parametrize("way", ["venv", "pip"])
def test_no_network_for_uv_itself(tree: Tree, way: str) -> None:
    tree.uv.unlink()
    before = "sys.executable = sys._base_executable"  # which has pip, as this one has not
    if way == "venv":
        no_pip = '#!/bin/sh\ncase "$*" in *"import pip"*) exit 1;; esac\n'
        real = tree.env["REAL_PYTHON"]
        python = script(tree.programs / "python", f'{no_pip}exec {real} "$@"\n')
        before = f"sys.executable = {str(python)!r}"
    result = tree.run("site", before=before)
    assert "får ikke kontakt med pakketjenesten" in stopped(result)
    assert ("Forbereder nedlasting" in result[1]) is (way == "venv")
    assert not list((tree.root / ".cache").glob("tmp*"))


def test_no_network_for_the_packages(tree: Tree) -> None:
    tree.uv.unlink()
    tree.uv.symlink_to(bootstrap.uv())
    (tree.root / "requirements.txt").write_text("six==1.17.0 --hash=sha256:" + "0" * 64 + "\n")
    said = stopped(tree.run("site"))
    assert said.startswith("Henter og installerer 1 Python-pakker")
    assert "får ikke kontakt med pakketjenesten; sjekk nettforbindelsen" in said
    assert "127.0.0.1" in (tree.root / ".cache/setup.log").read_text("utf-8")


def test_no_python_of_the_right_version(tree: Tree) -> None:
    before = "bootstrap._python = lambda: '3.13'"
    said = stopped(tree.run("site", before=before, UV_SAYS="error: No download found for 3.13"))
    assert said.startswith("Lager et Python-miljø (3.13): mangler en hel Python; installer Python")
    denied = "failed to create directory `/srv/uv`: Permission denied"
    said = stopped(tree.run("site", before=before, UV_SAYS=denied))
    assert said.startswith("Lager et Python-miljø (3.13): mangler skrivetilgang til /srv/uv")


def test_a_failed_step_leaves_no_stamp(tree: Tree) -> None:
    stopped(tree.run("site", NPM_SAYS="npm error code ENOTFOUND"))
    assert not tree.is_ready()
    assert tree.run("site")[0] == 0


def test_no_write_permission(tree: Tree) -> None:
    # A file where the folder should be stops root as well.
    shutil.rmtree(tree.root / ".cache")
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
        ("error: No download found for 3.13", "installer Python 3.13 med venv og pip"),
        ("Segmentation fault", "ukjent grunn; send loggen"),
    ],
)
def test_the_sentence_for_what_a_step_says(output: str, expected: str) -> None:
    sentence = steps.explain(f"something\n{output}\n", "Lager miljøet")
    assert sentence.startswith("Lager miljøet: ")
    assert expected in sentence


@pytest.mark.parametrize(
    ("number", "expected"),
    [(28, "Disken er full"), (13, "Mangler skrivetilgang til /srv/x"), (20, "/srv/x (Not a dir")],
)
def test_the_sentence_for_an_error_of_the_system(number: int, expected: str) -> None:
    error = OSError(number, "Not a directory", "/srv/x")
    assert expected in steps.explain_os_error(error)


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


@pytest.mark.parametrize("home", [None, "/nowhere"])
def test_without_a_home_folder_programs_keep_their_files_in_the_project(
    tree: Tree, home: str | None
) -> None:
    shutil.copy(ROOT / "Makefile", tree.root)
    script(tree.programs / "python3.13", f'#!/bin/sh\nexec {tree.env["REAL_PYTHON"]} "$@"\n')
    variables = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "npm_config_cache")
    show = "".join(f'echo "home ${name}" >> "$CALLS"\n' for name in variables)
    tree.uv.write_text(tree.uv.read_text("utf-8").replace("#!/bin/sh\n", f"#!/bin/sh\n{show}", 1))
    del tree.env["HOME"]
    env = tree.env | ({} if home is None else {"HOME": home})
    subprocess.run(["make", "setup-site"], cwd=tree.root, env=env, capture_output=True, check=True)
    homes = {call for call in tree.calls() if call.startswith("home ")}
    folders = ("cache", "config", "data", "npm")
    assert homes == {f"home {tree.root}/.cache/home/{name}" for name in folders}


def test_a_home_folder_is_used(tree: Tree) -> None:
    shutil.copy(ROOT / "Makefile", tree.root)
    done = subprocess.run(
        ["make", "--eval", "show: ; @echo [$(XDG_CACHE_HOME)]", "show"],
        cwd=tree.root,
        env=tree.env,
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"[]\n"
