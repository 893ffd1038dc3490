import re
from pathlib import Path

import pytest

from builder.kit.i18n import CALC, LANGS
from calc.rules import Lang
from tests.theme.environment import TEMPLATES, TRANSLATIONS

CODE = re.compile(r"""\bt\(\s*f?["']([a-z_]+\.[\w.{}-]*)["']\s*(~)?""")
TEMPLATE_FILES = sorted(TEMPLATES.rglob("*.html"))
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
JINJA = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
SPOKEN = re.compile(r'\b(?:aria-label|title|alt|placeholder|data-text-\w+)="([^"]*)"')
LETTERS = re.compile(r"[a-zæøåA-ZÆØÅ]{2,}")


def codes_in(paths: list[Path]) -> tuple[set[str], set[str]]:
    """Codes written out, and the beginnings of codes that are put together."""
    whole, beginnings = set(), set()
    for path in paths:
        for code, is_begun in CODE.findall(COMMENT.sub("", path.read_text("utf-8"))):
            if is_begun or "{" in code:
                beginnings.add(code.partition("{")[0])
            else:
                whole.add(code)
    return whole, beginnings


@pytest.mark.parametrize("lang", LANGS)
def test_templates_use_codes_that_exist(lang: Lang):
    codes = TRANSLATIONS.texts[lang]
    whole, beginnings = codes_in(TEMPLATE_FILES)
    assert whole - codes.keys() == set()
    for beginning in beginnings:
        assert any(code.startswith(beginning) for code in codes), beginning


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda p: p.relative_to(TEMPLATES).as_posix())
def test_templates_hold_no_wording(path: Path):
    source = JINJA.sub("", COMMENT.sub("", path.read_text("utf-8")))
    for spoken in SPOKEN.findall(source):
        assert not LETTERS.search(spoken), spoken
    assert LETTERS.findall(TAG.sub("", source)) == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_status_and_state_has_a_text(lang: Lang):
    codes = TRANSLATIONS.texts[lang]
    for status in ("expected", "open", "passed", "closed", "archived", "unknown"):
        assert codes[f"status.{status}"]
    for state in ("active", "closed", "archived"):
        assert codes[f"notice.{state}"]


def test_texts_of_the_theme_have_no_stray_space():
    for texts in TRANSLATIONS.texts.values():
        for code, text in texts.items():
            if not code.startswith(CALC):  # calc puts pieces together
                assert text == text.strip(), code
                assert "  " not in text, code
