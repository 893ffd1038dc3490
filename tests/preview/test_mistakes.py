"""Mistakes are reported, in the browser and in the terminal, until they are mended."""

import logging
import re
import signal
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from builder.kit import errors
from builder.kit.errors import KnownError
from builder.preview.answers import Answers
from builder.preview.project import Project
from builder.preview.server import Server
from tests.preview.conftest import Editor, Started, eventually, running

SCHEME = "content/tryggest/scheme.yaml"


def test_a_mistake_is_shown_on_every_page_and_heals(preview: Started, editor: Editor) -> None:
    text = editor.read(SCHEME)
    line = 1 + text[: text.index("state:")].count("\n")
    editor.save(SCHEME, text.replace("state:", "<b>:", 1))
    answer = preview.shows("/tryggest/", "Noe må rettes", 500)
    for part in (
        f"<h2>Linje {line} i {SCHEME}</h2>",
        "Nøkkelen «&lt;b&gt;» er ukjent her.",
        "Nøkkelen «state» mangler.",
        f'<li value="{line - 1}"><code>',
        f'<li value="{line}"><mark>',
        "<code>&lt;b&gt;: active</code></mark>",
    ):
        assert part in answer.text
    assert "<b>" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert preview.get("/om/").status == 500
    nynorsk = preview.get("/nn/om/")
    assert (nynorsk.status, "Noko må rettast" in nynorsk.text) == (500, True)
    # What the page about it needs is there.
    (style,) = re.findall(r'href="(/assets/site-[^"]+)"', answer.text)
    for address in (style, "/forhandsvisning/stil.css", "/forhandsvisning/skript.js"):
        assert preview.get(address).status == 200
    said = preview.says("2 feil.")
    assert f"{SCHEME}:{line}: <b>: Nøkkelen «<b>» er ukjent her.\n    fant:      <b>\n" in said
    assert re.search(r"^\d\d:\d\d:\d\d  Endret: ", said, re.MULTILINE)

    editor.save(SCHEME, text)
    preview.shows("/tryggest/", "data-preview-bar")
    preview.says("Feilene er rettet.")


def test_the_nearest_right_key_is_named(preview: Started, editor: Editor) -> None:
    editor.replace(SCHEME, "last_checked:", "last_cheked:")
    preview.shows("/", "Mente du «last_checked»?", 500)
    preview.says("forventet: Mente du «last_checked»?")


def test_a_mistake_mended_at_once_leaves_nothing(preview: Started, editor: Editor) -> None:
    text = editor.read(SCHEME)
    for _ in range(3):
        editor.save(SCHEME, "name: [")
        editor.save(SCHEME, text.replace("nb: TryggEst", "nb: TryggOst"))
    preview.shows("/tryggest/", "TryggOst")


def test_a_scheme_without_its_facts(preview: Started, editor: Editor) -> None:
    editor.remove(SCHEME)
    answer = preview.shows("/om/", "Filen mangler.", 500)
    assert f"<h2>{SCHEME}</h2>" in answer.text


def test_a_mistake_in_a_template_is_that_of_its_pages(preview: Started, editor: Editor) -> None:
    name = "theme/templates/frister.html"
    lines = editor.read(name).splitlines()
    place = next(n for n, line in enumerate(lines, 1) if "block content" in line)
    lines.insert(place, "{{ finnes_ikke }}")
    editor.save(name, "\n".join(lines))
    answer = preview.shows("/frister/", "Malen har en feil.", 500)
    assert f"Linje {place + 1} i {name}" in answer.text
    assert "<code>{{ finnes_ikke }}</code></mark>" in answer.text
    assert preview.get("/om/").status == 200
    preview.get("/frister/")
    said = preview.says("Siden /frister/ kan ikke vises:")
    assert said.count(f"{name}:{place + 1}: Malen har en feil.") == 1

    lines[place] = "{% if %}"
    editor.save(name, "\n".join(lines))
    answer = preview.shows("/frister/", "Expected an expression", 500)
    assert f"Linje {place + 1} i {name}" in answer.text


def test_a_failure_is_reported_once_though_a_file_is_saved_meanwhile(project_root: Path) -> None:
    """A page waits for a refresh, and then fails as the new version does."""
    project = SimpleNamespace(
        root=project_root,
        version=SimpleNamespace(name="1"),
        failure=None,
        assets={},
        images={},
        keep_day=lambda: None,
    )

    def redirect(_path: str) -> None:
        project.version = SimpleNamespace(name="2")
        raise KnownError("Malen har en feil.")

    project.redirect = redirect
    reports: list[str] = []
    answers = Answers(cast(Project, project), lambda address, _failure: reports.append(address))
    for _ in range(2):
        assert answers.answer("/frister/").status == 500
    assert reports == ["/frister/"]


def test_a_ctrl_c_that_other_code_has_lost_stops_the_server(
    project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, Project(project_root) as project:
        server = Server(listener, Answers(project, lambda *_: None))
        monkeypatch.setattr(errors, "_interrupts", [signal.SIGINT])
        with pytest.raises(KeyboardInterrupt):
            server.serve_forever(poll_interval=0.01)


def test_what_stops_a_build_stops_the_page_each_time(project_root: Path) -> None:
    logger = logging.getLogger("pelican.contents")
    with Project(project_root):
        for _ in range(2):
            with pytest.raises(KnownError, match=r"(?s)kan ikke publiseres slik.*En advarsel"):
                logger.warning("En advarsel")


def test_a_broken_style_sheet(preview: Started, editor: Editor) -> None:
    editor.append("theme/css/print.css", "\nbody { background: url(./finnes-ikke.png) }\n")
    answer = preview.shows("/", "esbuild fant feil", 500)
    assert "print.css" in answer.text
    # In the style sheet before it.
    (style,) = re.findall(r'href="(/assets/site-[^"]+)"', answer.text)
    assert preview.get(style).status == 200


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("theme/templates/forhandsvisning.html", "{{"),
        ("theme/translations/preview.nb.po", 'msgid "preview.finnes"\nmsgstr "ja"\n'),
    ],
)
def test_not_even_what_tells_of_mistakes_need_be_right(
    preview: Started, editor: Editor, name: str, text: str
) -> None:
    editor.append(name, f"\n{text}\n")
    editor.append(SCHEME, "ukjent: <i>\n")
    answer = preview.shows("/tryggest/", "Noe må rettes", 500)
    assert "<i>" not in answer.text
    assert 'src="/forhandsvisning/skript.js"' in answer.text


def test_what_nobody_foresaw_is_for_the_terminal(preview: Started, editor: Editor) -> None:
    editor.replace(
        "theme/templates/lisenser.html",
        "{% block content -%}",
        '{% block content -%}{{ t("ukjent.kode") }}',
    )
    answer = preview.shows("/lisenser/", "Noe uventet gikk galt.", 500)
    assert "Traceback" not in answer.text
    said = preview.says("KeyError: 'ukjent.kode'")
    assert "Traceback" in said
    assert "lisenser.html" in said


@pytest.mark.thorough
def test_code_that_python_cannot_read_is_a_mistake_too(preview: Started, editor: Editor) -> None:
    """Mended, it starts anew with the new code, at the same address."""
    name = "builder/kit/addresses.py"
    text = editor.read(name)
    version = shown_version(preview)
    editor.save(name, f"{text}\ndef halv(:\n")
    answer = preview.shows("/", "Koden har en feil.", 500)
    assert f"Linje {len(text.splitlines()) + 2} i {name}" in answer.text
    editor.save(name, text.replace('f"/{scheme}/{name}/"', 'f"/{scheme}/x-{name}/"'))
    preview.shows("/tryggest/x-kalkulator/", "data-calculator")
    assert shown_version(preview).partition("-")[0] != version.partition("-")[0]
    editor.save(name, text)
    preview.shows("/tryggest/kalkulator/", "data-calculator")
    assert preview.process.poll() is None


def shown_version(preview: Started) -> str:
    answer = eventually(lambda: preview.get("/"), lambda answer: answer.status == 200)
    (version,) = re.findall(r'data-version="([^"]+)"', answer.text)
    return str(version)


def test_it_starts_with_mistakes_and_stops_when_asked(shared_preview: Started) -> None:
    editor = Editor(shared_preview.root)
    port = int(shared_preview.address.rpartition(":")[2])
    editor.replace(SCHEME, "state: active", "state: <aktiv>")
    try:
        # The port is taken by the other one.
        with running(shared_preview.root, port) as started:
            said = started.says("Verdien er ikke en av dem som kan brukes.")
            assert f"Port {port} er opptatt; bruker port " in said
            answer = started.get("/")
            assert answer.status == 500
            assert "/assets/site-" in answer.text
            editor.put_back()
            started.shows("/", "data-preview-bar")
            started.process.send_signal(signal.SIGINT)
            assert started.process.wait(20) == 0
            assert "".join(started.said).endswith("Stoppet.\n")
    finally:
        editor.put_back()
