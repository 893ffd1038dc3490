"""Text editors explain and check the YAML files while somebody writes, by YAML's language server.

VS Code, Neovim, Helix and other editors start this server. The server finds the schema by the first
line of the file alone, as in an editor without any settings.
"""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder import schemas
from builder.kit.environment import node_command
from tests.npm import install

pytestmark = pytest.mark.thorough

HERE = Path(__file__).resolve().parent
SECONDS = 60
SETTINGS = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False},
        "yamlVersion": "1.2",
    }
}


class Editor:
    """A text editor that has files of a project open: what it says of them, by line from 1."""

    def __init__(self, process: subprocess.Popen[bytes], root: Path) -> None:
        self.process = process
        self.root = root
        self.asked = 0
        self._ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def problems(self, name: str) -> list[tuple[int, str]]:
        """Open a file; what is wrong in it."""
        document = {
            "uri": self._address(name),
            "languageId": "yaml",
            "version": 1,
            "text": (self.root / name).read_text("utf-8"),
        }
        self._tell("textDocument/didOpen", {"textDocument": document})
        while True:
            message = self._read()
            parameters = message.get("params", {})
            is_of_file = parameters.get("uri") == document["uri"]
            if message.get("method") == "textDocument/publishDiagnostics" and is_of_file:
                found = parameters["diagnostics"]
                return sorted((d["range"]["start"]["line"] + 1, d["message"]) for d in found)

    def hover(self, name: str, text: str) -> str:
        """What is said of a piece of text in an open file."""
        found = self._ask("textDocument/hover", self._place(name, text))
        return str(found["contents"]["value"])

    def completions(self, name: str, text: str) -> dict[str, str]:
        """What could stand after a piece of text, and what is said of each."""
        place = self._place(name, text)
        place["position"]["character"] += len(text)
        found = self._ask("textDocument/completion", place)["items"]
        return {item["label"]: str(item.get("documentation", "")) for item in found}

    def _place(self, name: str, text: str) -> dict[str, Any]:
        lines = (self.root / name).read_text("utf-8").split("\n")
        number = next(n for n, line in enumerate(lines) if text in line)
        position = {"line": number, "character": lines[number].index(text)}
        return {"textDocument": {"uri": self._address(name)}, "position": position}

    def _address(self, name: str) -> str:
        return (self.root / name).as_uri()

    def _ask(self, method: str, parameters: dict[str, Any]) -> Any:
        self.asked += 1
        self._write({"id": self.asked, "method": method, "params": parameters})
        while (message := self._read()).get("id") != self.asked or "method" in message:
            pass
        return message["result"]

    def _tell(self, method: str, parameters: dict[str, Any]) -> None:
        self._write({"method": method, "params": parameters})

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        """The next message; what the server asks for is answered with nothing on the way."""
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if "method" in message and "id" in message:
            self._write({"id": message["id"], "result": None})
        return message


@pytest.fixture(scope="module")
def project(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content and the schemas, and nothing else."""
    root = tmp_path_factory.mktemp("editor")
    shutil.copytree(project_root / "content", root / "content")
    shutil.copytree(schemas.FOLDER, root / "builder/schemas")
    return root


@pytest.fixture(scope="module")
def editor(project: Path) -> Iterator[Editor]:
    modules = install(HERE, "editors")
    server = modules / "yaml-language-server/bin/yaml-language-server"
    command = [*node_command(), str(server), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        # A server that does not answer is not waited for.
        watch = threading.Timer(SECONDS, process.kill)
        watch.start()
        try:
            yield Editor(process, project)
        finally:
            watch.cancel()
            process.kill()


def test_the_content_of_the_site_has_no_mistakes(editor: Editor, project: Path) -> None:
    files = sorted(project.glob("content/*/**/*.yaml"))
    assert len(files) > 10
    for path in files:
        assert editor.problems(str(path.relative_to(project))) == []


def changed(project: Path, name: str, new: str, *changes: tuple[str, str]) -> str:
    """A copy of a file beside it, with some changes."""
    text = (project / name).read_text("utf-8")
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    copied = (project / name).with_name(new)
    copied.write_text(text, "utf-8")
    return str(copied.relative_to(project))


def line_of(project: Path, name: str, text: str) -> int:
    lines = (project / name).read_text("utf-8").splitlines()
    return next(n for n, line in enumerate(lines, start=1) if text in line)


def test_mistakes_in_rules_are_shown_in_norwegian_while_they_are_made(
    editor: Editor, project: Path
) -> None:
    name = changed(
        project,
        "content/tryggest/rules/2025.yaml",
        "2031.yaml",
        ("year: 2025\n", "year: 2031\nfarge: rød\n"),
        ("400000, unit: kr,", "400000, unit: kroner,"),
        ("value: 2,", "value: 2, unknown: ingen,"),
        ("value: 7700000", "value: 7_700_000"),
        ("on_request: {source", "on_request: {bekreft: nei, source"),
    )
    told: dict[int, list[str]] = {}
    for line, message in editor.problems(name):
        told.setdefault(line, []).append(message)
    wanted = {
        "farge": "farge",
        "kroner": "Forventet: en av: kr, kr per år.",
        "unknown: ingen": "Et tall må ha enten «value» eller «unknown», og ikke begge.",
        "7_700_000": "Tallet må være helt med denne enheten.",
        "bekreft: nei": "«bekreft» kan bare være true.",
    }
    lines = {line_of(project, name, text): said for text, said in wanted.items()}
    assert told.keys() == lines.keys()
    for line, said in lines.items():
        assert any(said in message for message in told[line]), (said, told[line])


def test_mistakes_in_facts_are_shown_too(editor: Editor, project: Path) -> None:
    name = changed(
        project,
        "content/tryggest/scheme.yaml",
        "feil.yaml",
        ("date: 2025-03-31", "date: 31.3.2025"),
        ("groups: [adults]", "groups: [adult]"),
        ("state: active", "state: closed"),
    )
    told = [message for _, message in editor.problems(name)]
    for said in ("en dato som finnes", "children, adults, families", "«notice»"):
        assert any(said in message for message in told), told


def test_keys_are_explained_and_offered(editor: Editor, project: Path) -> None:
    name = changed(
        project,
        "content/tryggest/rules/2025.yaml",
        "2032.yaml",
        ("year: 2025\n", "year: 2032\n\n"),
        ("applicant: {value: 400000, unit: kr,", "applicant: {value: 400000, unit: ,"),
    )
    editor.problems(name)
    payment = schemas.DESCRIPTIONS["Track.payment"]
    assert payment in editor.hover(name, "payment:")
    # Only the units that fit there.
    assert editor.completions(name, "value: 400000, unit: ").keys() == {"kr", "kr per år"}
    name = changed(
        project,
        "content/tryggest/rules/2025.yaml",
        "2033.yaml",
        ("    payment: {profile: first_year, source: presentasjon-2025}\n", "    pa\n"),
    )
    editor.problems(name)
    assert payment in editor.completions(name, "    pa").get("payment", "")
