"""The part of `make lint` that looks at the theme: scripts, style sheets, templates and texts.

Says what is wrong and where, one line each, and ends with 1 if anything is. For those who work on
the code, hence in English.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from builder.node import node_command

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES, TRANSLATIONS = "theme/templates", "theme/translations"

LONGEST_LINE = 120

_MODULES = "theme/node_modules"
# Each looks at all it is for, in theme/ and in tests/.
PROGRAMS = (
    ("eslint/bin/eslint.js", "--config", "theme/eslint.config.js", "theme", "tests"),
    ("stylelint/bin/stylelint.mjs", "--config", "theme/stylelint.config.js", "theme/css/**/*.css"),
    *(
        ("typescript/bin/tsc", "--project", f"theme/{settings}")
        for settings in ("tsconfig.json", "tsconfig.worker.json", "tsconfig.node.json")
    ),
)

# Where message codes are used, and what of it is code of ours.
SOURCES = ("theme/templates/**/*.html", "theme/js/*.js", "builder/**/*.py", "calc/**/*.py")
# calc asks for its own texts without this beginning.
CALC = "calc."
_QUOTED = re.compile(r"""["'`]([\w.]+)["'`]""")
# In a text that is put together, where another one comes in.
_HOLE = "\0"
# Enough to know a code by, or a part of one; not calc's own way to its texts, which is all of them.
_BEGINNING = re.compile(rf"(?!calc\.{_HOLE})\w{{3,}}[\w.]*{_HOLE}")


def long_lines(root: Path) -> Iterator[str]:
    """Lines of templates that are longer than `LONGEST_LINE` characters."""
    for path in sorted((root / TEMPLATES).rglob("*.html")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if len(line) > LONGEST_LINE:
                where = f"{path.relative_to(root)}:{number}"
                yield f"{where}: {len(line)} characters, at most {LONGEST_LINE}"


def unused_codes(root: Path) -> Iterator[str]:
    """Message codes of `theme/translations` that nothing asks for.

    A code is used where it stands in one piece in a source, or where a source puts it together
    (`t("status." ~ status)`, `t(f"status.{status}")`) of a beginning and of texts or names that
    stand in a source too.
    """
    texts: set[str] = set()
    for pattern in SOURCES:
        for path in sorted(root.glob(pattern)):
            texts.update(_texts(path))
    put_together = [_regex(text) for text in texts if _BEGINNING.match(text)]

    def is_used(text: str) -> bool:
        return text in texts or any(
            all(is_used(part) for hole in found.groups() for part in hole.split("."))
            for regex in put_together
            if (found := regex.fullmatch(text))
        )

    for code, where in _codes(root):
        if not is_used(code) and not is_used(code.removeprefix(CALC)):
            yield f"{where}: nothing uses the text {code!r}"


def _codes(root: Path) -> Iterator[tuple[str, str]]:
    """Every message code with its place, from the files in one language: all have the same."""
    for path in sorted((root / TRANSLATIONS).glob("*nb.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    yield str(message.id), f"{path.relative_to(root)}:{message.lineno}"


def _texts(path: Path) -> Iterable[str]:
    """The texts and names in a source; `_HOLE` stands where a text has another one in it.

    Comments and docstrings use nothing.
    """
    source = path.read_text("utf-8")
    if path.suffix == ".py":
        return _texts_of_python(ast.parse(source))
    if path.suffix == ".html":
        return _texts_of_template(Environment(autoescape=True).parse(source))
    return _QUOTED.findall(source)


def _texts_of_python(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values):
                parts = [p.value if isinstance(p, ast.Constant) else _HOLE for p in values]
                yield "".join(map(str, parts))
            case ast.Constant(str(text)) | ast.Name(text) | ast.Attribute(_, text):
                yield text
            case ast.arg(text) | ast.keyword(str(text)):
                yield text


def _texts_of_template(tree: nodes.Template) -> Iterator[str]:
    for concat in tree.find_all(nodes.Concat):
        parts = [p.value if isinstance(p, nodes.Const) else _HOLE for p in concat.nodes]
        yield "".join(map(str, parts))
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str):
            yield const.value


def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile("(.+)".join(map(re.escape, pattern.split(_HOLE))))


def of_programs(root: Path) -> Iterator[str]:
    """What the programs say of scripts and style sheets; they run side by side."""
    started = [
        subprocess.Popen(
            [*node_command(), f"{_MODULES}/{program}", *arguments],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for program, *arguments in PROGRAMS
    ]
    for process in started:
        said, _ = process.communicate()
        if process.returncode:
            yield said.strip()


def main() -> int:
    """Print all that is wrong; returns the exit code."""
    found = [*long_lines(ROOT), *unused_codes(ROOT), *of_programs(ROOT)]
    print("\n".join(found) or "Theme: all checks passed!")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
