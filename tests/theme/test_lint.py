"""`make lint` finds the mistakes in the theme that it has checks for."""

import shutil
from pathlib import Path

import pytest

from tests import lint

TEXTS = """
msgid "page.title"
msgstr "Tittel"

msgid "status.open"
msgstr "Åpen"

msgid "status.lost"
msgstr "Borte"

msgid "calc.step.award"
msgstr "Tilskudd"

msgid "calc.cap_team"
msgstr "per team"

msgid "told.by_script"
msgstr "Ferdig"

msgid "page.only_in_comments"
msgstr "Ingen spør"
"""
SOURCES = {
    "theme/templates/page.html": """
<h1>{{ t("page.title") }}</h1>{# t("page.only_in_comments") #}
<p>{{ t("status." ~ status) }}</p>
""",
    "theme/js/page.js": 'say("told.by_script"); // page only_in_comments lost\n',
    "builder/status.py": '"""A status is "lost", and page.only_in_comments."""\nOPEN = "open"\n',
    "calc/report.py": """
def report(texts, place, award):
    # The text "page.only_in_comments" of what is "lost".
    return texts.text(f"step.{place}") + texts.text("cap", kind=f"cap_{place}")

report({}, "award", "team")
""",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {"theme/translations/nb.po": TEXTS, **SOURCES}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_a_text_that_nothing_asks_for_is_found(project: Path):
    assert list(lint.unused_codes(project)) == [
        "theme/translations/nb.po:8: nothing uses the text 'status.lost'",
        "theme/translations/nb.po:20: nothing uses the text 'page.only_in_comments'",
    ]


@pytest.mark.parametrize("code", ["status.made_up", "page.made_up", "calc.step.made_up"])
def test_a_made_up_text_of_ours_would_be_found(code: str, tmp_path: Path):
    for folder in ("theme/templates", "theme/js", "theme/translations", "builder", "calc"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(lint.ROOT / folder, tmp_path / folder, ignore=ignored)
    assert list(lint.unused_codes(tmp_path)) == []
    with (tmp_path / "theme/translations/nb.po").open("a", encoding="utf-8") as file:
        file.write(f'\nmsgid "{code}"\nmsgstr "Noe"\n')
    (finding,) = lint.unused_codes(tmp_path)
    assert finding.endswith(f"nothing uses the text {code!r}")


def test_a_long_line_of_a_template_is_found(project: Path):
    assert list(lint.long_lines(project)) == []
    page = project / "theme/templates/page.html"
    page.write_text(f"<p>\n{'æ' * 120}\n{'ø' * 121}\n", "utf-8")
    assert list(lint.long_lines(project)) == [
        "theme/templates/page.html:3: 121 characters, at most 120"
    ]


def test_what_is_wrong_in_scripts_and_style_sheets_is_found(tmp_path: Path):
    theme = tmp_path / "theme"
    for folder in ("css", "js"):
        shutil.copytree(lint.ROOT / "theme" / folder, theme / folder)
    for settings in ("*.json", "*.config.js"):
        for path in (lint.ROOT / "theme").glob(settings):
            shutil.copy(path, theme)
    (theme / "node_modules").symlink_to(lint.ROOT / "theme/node_modules")
    tests = tmp_path / "tests/theme"
    tests.mkdir(parents=True)
    shutil.copy(lint.ROOT / "tests/theme/calculator-states.test.js", tests)
    assert list(lint.program_findings(tmp_path)) == []
    (theme / "js/changes.js").write_text('var none = document.nothing("x") == 1;\n')
    (theme / "js/node.js").write_text("import { nothing } from 'node:fs';\nnothing();\n")
    (theme / "js/preview-service-worker.js").write_text("self.nothing();\n")
    (theme / "css/reset.css").write_text("p { colour: red; }\n")
    findings = "\n".join(lint.program_findings(tmp_path))
    for wrong in (
        *("no-var", "eqeqeq", "Property 'nothing' does not exist on type 'Document'"),
        *("has no exported member 'nothing'", "does not exist on type 'WorkerGlobalScope"),
        "property-no-unknown",
    ):
        assert wrong in findings, findings
