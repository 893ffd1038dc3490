"""Reads the Markdown pages of a folder: their headers, prose and images."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from builder.content import prose
from builder.content.files import NAMING, is_content, shown_path, why_no_name
from builder.content.images import read_images, unused_images
from builder.content.markdown_file import MarkdownText, read_markdown
from builder.content.problems import Problem
from builder.content.prose import Prose
from builder.content.site import FolderContent, PageFile
from builder.content.unfinished import unfilled_in_page
from builder.content.visibility import NAMES, Visibility, take_visibility
from builder.content.yaml_file import Document, Plain, read_text
from builder.kit.addresses import PAGE_NAMES
from calc.rules import Lang

_HEADER = re.compile(r"(\w+):\s*(.*)")
_HEADERS = ("Title", "Description")
# The keys of `Visibility`, as the header of a page has them.
_OPTIONAL_HEADERS = {name.capitalize(): name for name in NAMES}


def read_pages(
    content: Path, folder: Path, scheme: str | None, *, is_draft: bool = False
) -> FolderContent:
    """Read the Markdown pages in a folder of `content`, and report their mistakes.

    `scheme` is the slug of their scheme, None for general pages. Placeholders in a draft
    (`is_draft`: the whole scheme) are counted, in other pages they are mistakes.
    """
    read = FolderContent()
    problems = read.problems
    images = read_images(folder, shown_path(content, folder), problems)
    used: set[str] = set()
    for path in sorted(path for path in folder.glob("*.md") if is_content(path)):
        stem, dot, suffix = path.stem.partition(".")
        lang: Lang = "nn" if suffix == "nn" else "nb"
        shown = shown_path(content, path)
        if (dot and suffix != "nn") or why_no_name(stem):
            problems.append(
                Problem(
                    shown,
                    0,
                    "",
                    "Filnavnet kan ikke brukes som adresse.",
                    path.name,
                    f"{why_no_name(stem) or NAMING}, og .md eller .nn.md til slutt",
                )
            )
        elif scheme is not None and stem not in PAGE_NAMES:
            problems.append(
                Problem(
                    shown,
                    0,
                    "",
                    "En ordning har ikke en side med dette navnet.",
                    path.name,
                    f"en av: {', '.join(PAGE_NAMES)}",
                )
            )
        else:
            page = PageFile(scheme=scheme, name=stem, lang=lang, path=path)
            text = read_text(path, shown, problems)
            header, visibility, mistakes = _read_header(page, shown, text)
            problems += mistakes
            body = MarkdownText("", [], set(images))
            if text is not None:
                body = read_markdown(text, shown, images)
            problems += body.problems
            used |= body.images
            placed = {
                name: image for name, image in images.items() if image and name in body.images
            }
            read.pages[scheme, stem, lang] = replace(page, visibility=visibility, images=placed)
            read.prose[scheme, stem, lang] = Prose(
                title=header.get("Title", ""),
                description=header.get("Description", ""),
                html=prose.html(body.html, placed),
            )
            unfilled = list(unfilled_in_page(text or "", shown))
            if is_draft or visibility.draft:
                read.unfilled[scheme or stem] += len(unfilled)
            else:
                problems += unfilled
    problems += unused_images(folder, images, used, shown_path(content, folder))
    if scheme is not None:
        problems += [
            Problem(
                shown_path(content, folder / f"{name}.md"),
                0,
                "",
                "Siden mangler.",
                expected="en Markdown-fil med dette navnet",
            )
            for name in PAGE_NAMES
            if (scheme, name, "nb") not in read.pages
        ]
    return read


def _read_header(
    page: PageFile, shown: Path, text: str | None
) -> tuple[dict[str, str], Visibility, list[Problem]]:
    """The title and description at the top of a page, its visibility, and its mistakes.

    The header has one line for each name, such as `Title: Om ordningen`, and ends at the first
    blank line. `Title` and `Description` must be there; the keys of `Visibility` may be.
    """
    problems: list[Problem] = []
    if text is None:
        return {}, Visibility(), problems
    header = Document(shown, {})
    assert isinstance(header.data, dict)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            break
        match = _HEADER.fullmatch(line)
        allowed = (*_HEADERS, *_OPTIONAL_HEADERS)
        if match is None or match[1] not in allowed or not match[2].strip():
            problems.append(
                Problem(
                    shown,
                    number,
                    "",
                    "Linjen hører ikke til i toppen av siden.",
                    line.strip(),
                    "«Title: …», «Description: …», og så en tom linje",
                )
            )
        elif (match[1],) in header.lines:
            first = header.lines[match[1],]
            problems.append(
                Problem(
                    shown,
                    number,
                    match[1],
                    f"«{match[1]}:» står to ganger; den første er på linje {first}.",
                    line.strip(),
                    "hver av dem bare én gang",
                )
            )
        else:
            name = _OPTIONAL_HEADERS.get(match[1], match[1])
            header.lines[match[1],] = header.lines[name,] = number
            header.data[name] = _header_value(name, match[2].strip())
    problems += [
        Problem(shown, 1, name, f"«{name}:» mangler øverst på siden.", expected=f"{name}: …")
        for name in _HEADERS
        if name not in header.data
    ]
    visibility, mistakes = take_visibility(header)
    problems += (replace(problem, key=problem.key.capitalize()) for problem in mistakes)
    if not mistakes:
        problems += _check_visibility(page, visibility, header)
    texts = {name: str(header.data[name]) for name in _HEADERS if name in header.data}
    return texts, visibility, problems


def _header_value(name: str, written: str) -> Plain:
    """The value after a name in the header, as YAML would have read it."""
    if name == "aliases":
        return [part.strip() for part in written.split(",")]
    return {"true": True, "false": False}.get(written, written) if name == "draft" else written


def _check_visibility(
    page: PageFile, visibility: Visibility, header: Document
) -> Iterator[Problem]:
    """Report earlier addresses of a page in nynorsk, and a scheme's page that is not always public.

    Earlier addresses belong to the page in bokmål, and a scheme can't be without its pages.
    """
    if page.lang == "nn" and visibility.aliases:
        message = "Tidligere adresser skal stå på siden på bokmål."
        expected = f"linjen i {page.name}.md"
        yield replace(header.problem(("aliases",), message, expected=expected), key="Aliases")
    if page.scheme is not None and page.lang == "nb" and not visibility.is_always:
        key = next(name for name in NAMES if getattr(visibility, name))
        message = "En ordning trenger denne siden."
        expected = f"«{key}» i scheme.yaml, så det gjelder hele ordningen"
        yield replace(header.problem((key,), message, expected=expected), key=key.capitalize())
