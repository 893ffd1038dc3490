"""`make new`: a new scheme to fill in, or a new rule year copied from the one before it.

The new files are a draft. Each value that an editor must fill in or confirm is marked, and a mark
stops a publish (`builder.content.unfinished`). Existing files are never changed, and the new ones
are all there or not at all.
"""

import argparse
import contextlib
import copy
import dataclasses
import datetime as dt
import json
import re
import shutil
import string
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from builder.content import ContentError, load
from builder.content.files import PAGES
from builder.content.reserved import can_be_slug
from builder.content.unfinished import MARK, markable
from builder.content.validate import suggestion
from builder.content.visibility import Visibility
from builder.content.yaml_file import Document, Key, Plain, at, read_text, read_yaml
from builder.kit.environment import today
from builder.kit.errors import KnownError
from calc.rules import FIRST_YEAR, LAST_YEAR, Rules

ROOT = Path(__file__).resolve().parents[2]
SCAFFOLD = Path(__file__).resolve().parent / "scaffold"

_USAGE = """\
Lag en ny ordning:
  make new NAME="Tilskudd til noe"
  make new NAME="Tilskudd til noe" SLUG=noe YEAR={year}    (velg adressen og året selv)

Lag et nytt regelverksår, kopiert fra året før:
  make new SCHEME={example} YEAR={year}

Ordningene som finnes: {schemes}"""

_NOTE = """\
# Kopiert fra {source} med «make new». Tall, tekster og kommentarer er fra det året til noen har
# kontrollert dem mot kilden. Ta bort disse linjene, og «draft: true», når alt er klart."""

_LONGEST_NAME = 150
_LONGEST_SLUG = 40
_YEARS = f"et år med fire sifre fra {FIRST_YEAR} til {LAST_YEAR}"


class NewError(KnownError):
    """No file was created; the text names all reasons."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n\n".join(["Ingenting er laget.", *problems]))


def _mistake(message: str, found: str, expected: str) -> str:
    """A mistake in an option, with its value and the expected one, in Norwegian."""
    return f"{message}\n    fant:      {found or 'ingenting'}\n    forventet: {expected}"


def main(argv: Sequence[str]) -> int:
    """`make new`: create the files, or explain the options where there are none."""
    parser = argparse.ArgumentParser(prog="builder new", add_help=False)
    for name in ("name", "slug", "scheme", "year"):
        parser.add_argument(f"--{name}")
    options = parser.parse_args(argv)
    content, day = ROOT / "content", today()
    wanted = {name for name, value in vars(options).items() if value is not None}
    if not wanted:
        print(usage(content, day.year))
    elif wanted == {"scheme", "year"}:
        print(new_year(content, options.scheme, options.year))
    elif "name" in wanted and "scheme" not in wanted:
        print(new_scheme(content, options.name, options.slug, options.year, day))
    else:
        found = " og ".join(sorted(name.upper() for name in wanted))
        raise NewError([f"{found} kan ikke brukes slik.", usage(content, day.year)])
    return 0


def usage(content: Path, year: int) -> str:
    """The help text of the command in Norwegian; `year` is the present year."""
    slugs = _slugs(content)
    return _USAGE.format(
        year=year + 1, example=slugs[-1] if slugs else "noe", schemes=", ".join(slugs) or "ingen"
    )


def _slugs(content: Path) -> list[str]:
    """The folders of all schemes, sorted."""
    return sorted(path.parent.name for path in content.glob("*/scheme.yaml"))


# --- A new scheme ---

# Words without a meaning of their own in the name of a scheme, and words that details follow.
_SMALL_WORDS = {"og", "i", "av", "på", "til", "den", "det", "de", "en", "et", "ei", "eit"}
_DETAILS_AFTER = {"med", "som", "for", "gjennom"}
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŧ": "t", "ŋ": "n"})


def slug_of(name: str) -> str:
    """A short name for addresses: «Oppfølging av voksne med …» gives `oppfolging-voksne`.

    Empty where the name has no letter or digit that an address can have.
    """
    words = re.findall(r"[^\W_]+", name.lower())
    if words[:1] in (["tilskudd"], ["tilskot"], ["tilskudds"]) and len(words) > 1:
        words = words[1:]
    # Small words at the beginning: «til», «for».
    while len(words) > 1 and words[0] in _SMALL_WORDS | _DETAILS_AFTER:
        words = words[1:]
    details = next((n for n, word in enumerate(words) if word in _DETAILS_AFTER), len(words))
    slug = ""
    for word in words[:details]:
        letters = unicodedata.normalize("NFKD", word.translate(_LETTERS))
        part = re.sub(r"[^a-z0-9]", "", letters)
        longer = f"{slug}-{part}".strip("-")
        if not part or word in _SMALL_WORDS:
            continue
        if slug and len(longer) > _LONGEST_SLUG:
            break
        slug = longer[:_LONGEST_SLUG]
    return slug


def new_scheme(content: Path, name: str, slug: str | None, year: str | None, today: dt.date) -> str:
    """Create the folder of a scheme to fill in; returns the next steps for the editor.

    `name` is the full name of the scheme. Without `slug`, the slug is derived from the name.
    Without `year`, the rule year is the calendar year of `today`. Raises `NewError`.
    """
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    problems = list(_check_name(name))
    chosen = slug_of(name) if slug is None else slug
    if not problems or slug is not None:
        problems += _check_slug(content, chosen, is_chosen=slug is not None)
    problems += _check_year(year) if year is not None else ()
    if problems:
        raise NewError(problems)
    first_year = today.year if year is None else int(year)
    values = {"name": json.dumps(name, ensure_ascii=False), "year": first_year, "today": today}
    with _workplace(content) as workplace:
        scheme = workplace / chosen
        (scheme / "rules").mkdir(parents=True)
        for source in sorted(path for path in SCAFFOLD.rglob("*") if path.is_file()):
            target = scheme / source.relative_to(SCAFFOLD)
            if source.name == "year.yaml":
                target = target.with_name(f"{first_year}.yaml")
            text = source.read_text("utf-8")
            if source.suffix == ".yaml":
                text = string.Template(text).substitute(values)
            target.write_text(text, "utf-8")
        _put(scheme, content / chosen)
    return "\n".join(
        [
            f"Laget: content/{chosen}/, som er et utkast.",
            "",
            "Dette gjør du nå:",
            f"  1. Åpne content/{chosen}/scheme.yaml, og bytt ut alle tekster med «Fyll inn».",
            f"  2. Gjør det samme i content/{chosen}/rules/{first_year}.yaml og i de seks filene på"
            " .md.",
            "  3. Se på utkastet med `make preview` mens du skriver.",
            f"  4. Ta bort «{MARK}: true» der du har kontrollert mot kilden.",
            "  5. Når alt er klart: ta bort «draft: true» i begge YAML-filene, og kjør"
            " `make publish`.",
            "",
            "Nynorsk tekst legger du i en fil ved siden av, for eksempel om.nn.md.",
            *_remarks(content, Path(content.name, chosen)),
        ]
    )


def _check_name(name: str) -> Iterator[str]:
    """The mistake in the name of a scheme, if it has one."""
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        shown = "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in name)
        shown = shown if len(shown) <= _LONGEST_NAME else f"{len(shown)} tegn"
        expected = f"navnet på ordningen, høyst {_LONGEST_NAME} vanlige tegn"
        yield _mistake("NAME kan ikke brukes.", shown, expected)


def _check_slug(content: Path, slug: str, *, is_chosen: bool) -> Iterator[str]:
    """The mistake in a slug, if it has one. `is_chosen`: the editor wrote it."""
    subject = "SLUG" if is_chosen else "Adressen vi lager av navnet,"
    choose = "" if is_chosen else ". Velg selv, for eksempel SLUG=noe"
    if not can_be_slug(slug) or len(slug) > _LONGEST_SLUG:
        allowed = f"høyst {_LONGEST_SLUG} små bokstaver a–z, tall og bindestrek"
        expected = f"{allowed}, og ikke en adresse som nettstedet selv bruker{choose}"
        yield _mistake(f"{subject} kan ikke brukes.", slug, expected)
    elif (content / slug).exists() or (content / PAGES / f"{slug}.md").exists():
        yield _mistake(f"{subject} er i bruk.", f"/{slug}/", f"en adresse som er ledig{choose}")


def _check_year(year: str) -> Iterator[str]:
    """The mistake in a typed rule year, if it has one."""
    if not re.fullmatch("[0-9]{4}", year) or not FIRST_YEAR <= int(year) <= LAST_YEAR:
        yield _mistake("YEAR er ikke et år vi kan regne for.", year, _YEARS)


# --- A new rule year ---


def new_year(content: Path, scheme: str, year: str) -> str:
    """Copy the newest rules before a year to that year; returns the next steps for the editor.

    Raises `NewError`, or `ContentError` where the file to copy can't be read.
    """
    slugs = _slugs(content)
    problems = list(_check_year(year))
    if scheme not in slugs:
        expected = (
            suggestion(scheme, slugs) if slugs else "en ordning som finnes; det er ingen ennå"
        )
        problems.insert(0, _mistake("SCHEME er ikke navnet på en ordning.", scheme, expected))
    if problems:
        raise NewError(problems)
    folder = content / scheme / "rules"
    years = sorted(int(p.stem) for p in folder.glob("*.yaml") if re.fullmatch("[0-9]{4}", p.stem))
    existing = f"Disse finnes: {', '.join(map(str, years)) or 'ingen'}"
    target = folder / f"{year}.yaml"
    if target.exists():
        expected = f"et år som ikke finnes. {existing}"
        raise NewError([_mistake(f"«{scheme}» har dette regelverksåret.", year, expected)])
    earlier = [one for one in years if one < int(year)]
    if not earlier:
        expected = f"et år etter det eldste. {existing}"
        raise NewError([_mistake("Det er ikke noe tidligere år å kopiere.", year, expected)])
    source = folder / f"{earlier[-1]}.yaml"
    path = target.relative_to(content.parent)
    with _workplace(content) as workplace:
        copied = workplace / target.name
        count = _copy_rules(source, source.relative_to(content.parent), copied, int(year))
        _put(copied, target)
    return "\n".join(
        [
            f"Laget: {path}, kopiert fra {source.name}. Det er et utkast.",
            f"Merket med «{MARK}: true»: {count} {'sted' if count == 1 else 'steder'}.",
            "",
            "Dette gjør du nå:",
            f"  1. Legg den nye kilden inn under «sources» i content/{scheme}/scheme.yaml.",
            f"  2. Åpne {path}.",
            "     Kontroller hvert merket sted mot kilden. Rett tallet og kilden, og ta bort",
            f"     «{MARK}: true».",
            "  3. Les tekstene og kommentarene også. De er fra det gamle året.",
            "  4. Rett regneeksemplene når satsene er nye. Se på utkastet med `make preview`.",
            "  5. Når alt er klart: ta bort «draft: true», og kjør `make publish`.",
            *_remarks(content, path),
        ]
    )


def _copy_rules(source: Path, shown: Path, target: Path, year: int) -> int:
    """Write the rules in `source` to `target` for another year; returns the number of marks.

    The copy is a draft, and each value to confirm is marked. Only the text at these values is
    changed; comments, spaces and line ends stay. `shown` is the path in messages.
    """
    document = read_yaml(source, shown)
    text = read_text(source, shown, document.problems)
    own_year = at(document.data, ("year",))
    if not document.problems and type(own_year) is not int:
        problem = document.problem(("year",), "Filen sier ikke året.", "", "year: …")
        document.problems.append(problem)
    if document.problems or text is None or not isinstance(own_year, int):
        raise ContentError(document.problems)
    wanted = copy.deepcopy(document.data)
    assert isinstance(wanted, dict)
    # Decoded here, since text mode would change the line ends.
    edits = _Edits(source.read_bytes().decode("utf-8-sig"))
    for name in {f.name for f in dataclasses.fields(Visibility)} & wanted.keys():
        edits.drop_line(name)
        del wanted[name]
    edits.insert((), "draft: true", _NOTE.format(source=source.name))
    wanted |= {"draft": True, "year": year}
    edits.replace(("year",), str(own_year), str(year))
    for key, answers in list(_answers(wanted)):
        before = answers["plan_year"]
        if re.fullmatch("[0-9]{4}", str(before)) and not isinstance(before, bool):
            after = int(str(before)) + year - own_year
            edits.replace((*key, "plan_year"), str(before), str(after))
            answers["plan_year"] = str(after) if isinstance(before, str) else after
    to_mark = [(key, value) for key, _, value in markable(Rules, Document(shown, wanted))]
    for key, value in to_mark:
        if MARK not in value:
            edits.insert(key, f"{MARK}: true")
        value[MARK] = True
    target.write_text(edits.edited_text(), "utf-8", newline="")
    written = read_yaml(target, shown)
    if written.problems or written.data != wanted:
        expected = "«nøkkel: verdi» på hver sin linje, som i de andre regelverksårene"
        raise NewError(
            [_mistake("Filen er skrevet slik at vi ikke kan kopiere den.", str(shown), expected)]
        )
    # A value that several keys share by an anchor is marked once.
    return len({id(edits.nodes[key]) for key, _ in to_mark})


def _answers(rules: dict[str, Plain]) -> Iterator[tuple[Key, dict[str, Plain]]]:
    """Each set of answers in a rule file that has a budget year, with its key.

    A set belongs to an example, or it is the start of a track.
    """
    tracks, examples = rules.get("tracks"), rules.get("examples")
    keys: list[Key] = [
        ("tracks", name, "start") for name in (tracks if isinstance(tracks, dict) else ())
    ]
    keys += [
        ("examples", n, "answers")
        for n in range(len(examples) if isinstance(examples, list) else 0)
    ]
    for key in keys:
        answers = at(rules, key)
        if isinstance(answers, dict) and "plan_year" in answers:
            yield key, answers


class _Edits:
    """Edits of the text of a YAML file, each at a key. Two edits of one place are made once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.nodes: dict[Key, Node] = {}
        self.edits: set[tuple[int, int, str]] = set()
        self._collect(YAML(typ="rt", pure=True).compose(text), ())

    def _collect(self, node: Node, key: Key) -> None:
        """Remember a node and all nodes in it by their keys."""
        self.nodes[key] = node
        if isinstance(node, MappingNode):
            for name, value in node.value:
                self._collect(value, (*key, name.value))
        elif isinstance(node, SequenceNode):
            for n, item in enumerate(node.value):
                self._collect(item, (*key, n))

    def insert(self, key: Key, line: str, note: str = "") -> None:
        """Insert a line before the first key of a mapping.

        The note stands above it, unless the whole mapping is written in one line.
        """
        mapping = self.nodes[key]
        assert isinstance(mapping, MappingNode)
        first = mapping.value[0][0].start_mark
        indent = self.newline + " " * first.column
        lines = [*note.splitlines(), line, ""]
        new = f"{line}, " if mapping.flow_style else indent.join(lines)
        self.edits.add((first.index, first.index, new))

    def replace(self, key: Key, old: str, new: str) -> None:
        """Replace `old` by `new` in the text of a scalar."""
        node = self.nodes[key]
        start, end = node.start_mark.index, node.end_mark.index
        self.edits.add((start, end, self.text[start:end].replace(old, new)))

    def drop_line(self, name: str) -> None:
        """Remove the line of a key of the outermost mapping."""
        for key, value in self.nodes[()].value:
            if key.value == name:
                end = self.text.find("\n", value.start_mark.index) + 1 or len(self.text)
                self.edits.add((key.start_mark.index, end, ""))

    def edited_text(self) -> str:
        """The text with all edits."""
        text = self.text
        for start, end, new in sorted(self.edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text


# --- Files ---


@contextlib.contextmanager
def _workplace(content: Path) -> Iterator[Path]:
    """A temporary folder on the same disk as the content, so that files can be moved from it.

    Errors of the disk in the block are raised as `NewError`.
    """
    try:
        workplace = Path(tempfile.mkdtemp(prefix=".new-", dir=content))
        try:
            yield workplace
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
    except OSError as error:
        place = error.filename2 or error.filename or content
        found = f"{place}: {error.strerror}"
        raise NewError(
            [_mistake("Filene kan ikke skrives.", found, "plass og lov til å skrive i content/")]
        ) from error


def _put(finished: Path, target: Path) -> None:
    """Move a finished file or folder to its place; raises `OSError` where one exists there."""
    if finished.is_dir():
        finished.rename(target)  # raises where a folder with files exists
    else:
        target.hardlink_to(finished)  # raises where a file exists


def _remarks(content: Path, path: Path) -> list[str]:
    """The problems in the new files that the preview would stop at, in Norwegian lines."""
    try:
        load(content)
    except ContentError as error:
        own = [problem for problem in error.problems if problem.file.is_relative_to(path)]
        if own:
            return ["", "Dette må rettes før utkastet kan vises:", "", *map(str, own)]
    return []
