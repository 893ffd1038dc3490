"""The part of `make lint` that checks the theme: scripts, style sheets, templates and texts.

    python -m tests.lint

Prints each finding with its place, in English, since only those who work on the code see it. The
exit code is 1 if there are findings.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from builder.kit.node import node_command

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES, TRANSLATIONS = "theme/templates", "theme/translations"

LONGEST_LINE = 120

_MODULES = "theme/node_modules"
# Programs from npm with their arguments. Each checks all files of its kind, in theme/ and tests/.
PROGRAMS = (
    ("eslint/bin/eslint.js", "--config", "theme/eslint.config.js", "theme", "tests"),
    ("stylelint/bin/stylelint.mjs", "--config", "theme/stylelint.config.js", "theme/css/**/*.css"),
    *(
        ("typescript/bin/tsc", "--project", f"theme/{settings}")
        for settings in ("tsconfig.json", "tsconfig.worker.json", "tsconfig.node.json")
    ),
)

# The files that may use a message code.
SOURCES = ("theme/templates/**/*.html", "theme/js/*.js", "builder/**/*.py", "calc/**/*.py")
# calc asks for its own texts without this beginning.
CALC = "calc."
_QUOTED = re.compile(r"""["'`]([\w.]+)["'`]""")
# Stands in a text that a source puts together, in the place of a part that is not known before the
# source runs.
_HOLE = "\0"
# A text that a source puts together counts as a use of codes if at least three letters at its
# beginning are known. The text "calc.…" does not: calc looks all its codes up with it.
_BEGINNING = re.compile(rf"(?!calc\.{_HOLE})\w{{3,}}[\w.]*{_HOLE}")


def long_lines(root: Path) -> Iterator[str]:
    """Find lines of templates that are longer than `LONGEST_LINE` characters, one finding each."""
    for path in sorted((root / TEMPLATES).rglob("*.html")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if len(line) > LONGEST_LINE:
                where = f"{path.relative_to(root)}:{number}"
                yield f"{where}: {len(line)} characters, at most {LONGEST_LINE}"


def unused_codes(root: Path) -> Iterator[str]:
    """Find message codes of `theme/translations` that no source uses, one finding each.

    A source uses a code by naming the whole code, or by putting it together from a known beginning
    and other parts (`t("status." ~ status)`, `t(f"status.{status}")`). Each of the other parts must
    be a text or a name in some source as well: so `status.lost` is unused where no source has
    "lost". The beginnings are read from the sources; no list of them has to be maintained.
    """
    texts: set[str] = set()
    for pattern in SOURCES:
        for path in sorted(root.glob(pattern)):
            texts.update(_texts(path))
    put_together = [_regex(text) for text in texts if _BEGINNING.match(text)]

    def is_used(text: str) -> bool:
        return text in texts or any(
            all(is_used(part) for hole in match.groups() for part in hole.split("."))
            for regex in put_together
            if (match := regex.fullmatch(text))
        )

    for code, where in _codes(root):
        if not is_used(code) and not is_used(code.removeprefix(CALC)):
            yield f"{where}: nothing uses the text {code!r}"


def _codes(root: Path) -> Iterator[tuple[str, str]]:
    """Every message code with its place in the files in bokmål; nynorsk has the same codes."""
    for path in sorted((root / TRANSLATIONS).glob("*nb.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    yield str(message.id), f"{path.relative_to(root)}:{message.lineno}"


def _texts(path: Path) -> Iterable[str]:
    """The texts and names in a source, without its comments. Unknown parts of texts are `_HOLE`."""
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


def program_findings(root: Path) -> Iterator[str]:
    """The findings of `PROGRAMS`, one text per program. The programs run side by side."""
    processes = [
        subprocess.Popen(
            [*node_command(), f"{_MODULES}/{program}", *arguments],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for program, *arguments in PROGRAMS
    ]
    for process in processes:
        output, _ = process.communicate()
        if process.returncode:
            yield output.strip()


def main() -> int:
    """Print all findings; returns the exit code."""
    findings = [*long_lines(ROOT), *unused_codes(ROOT), *program_findings(ROOT)]
    print("\n".join(findings) or "Theme: all checks passed!")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
