"""`make new`: a new scheme to fill in, or a new rule year copied from the one before it.

What is made is a draft. Everything that somebody must fill in or confirm is marked, and the marks
stop a publish (`builder.content.unfinished`). Nothing that exists is ever changed, and what is made
comes whole or not at all.
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
from builder.content.load import PAGES, is_address
from builder.content.unfinished import MARK, markable
from builder.content.validate import suggestion
from builder.content.visibility import Visibility
from builder.content.yaml_file import Document, Key, Plain, at, read_text, read_yaml
from builder.kit.day import today
from builder.kit.errors import KnownError
from calc.fields import FIRST_YEAR, LAST_YEAR
from calc.rules import Rules

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
    """Nothing was made; the text says everything that is in the way."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n\n".join(["Ingenting er laget.", *problems]))


def _mistake(message: str, found: str, expected: str) -> str:
    return f"{message}\n    fant:      {found or 'ingenting'}\n    forventet: {expected}"


def main(argv: Sequence[str]) -> int:
    """Make what the options ask for, or explain them; returns the exit code."""
    parser = argparse.ArgumentParser(prog="builder new", add_help=False)
    for name in ("name", "slug", "scheme", "year"):
        parser.add_argument(f"--{name}")
    given = parser.parse_args(argv)
    content, day = ROOT / "content", today()
    wanted = {name for name, value in vars(given).items() if value is not None}
    if not wanted:
        print(usage(content, day.year))
    elif wanted == {"scheme", "year"}:
        print(new_year(content, given.scheme, given.year))
    elif "name" in wanted and "scheme" not in wanted:
        print(new_scheme(content, given.name, given.slug, given.year, day))
    else:
        found = " og ".join(sorted(name.upper() for name in wanted))
        raise NewError([f"{found} kan ikke brukes slik.", usage(content, day.year)])
    return 0


def usage(content: Path, year: int) -> str:
    """What can be asked for."""
    slugs = _slugs(content)
    return _USAGE.format(
        year=year + 1, example=slugs[-1] if slugs else "noe", schemes=", ".join(slugs) or "ingen"
    )


def _slugs(content: Path) -> list[str]:
    return sorted(path.parent.name for path in content.glob("*/scheme.yaml"))


# --- A new scheme ---

# Words that say nothing of what a scheme is for; and those after which only details come.
_SMALL_WORDS = {"og", "i", "av", "på", "til", "den", "det", "de", "en", "et", "ei", "eit"}
_DETAILS_AFTER = {"med", "som", "for", "gjennom"}
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŧ": "t", "ŋ": "n"})


def slug_of(name: str) -> str:
    """A short name for addresses: «Oppfølging av voksne med …» gives `oppfolging-voksne`.

    Empty where the name has no letter or digit that can stand in an address.
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
    """Make a scheme to fill in; returns what to tell the editor. Raises `NewError`."""
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
        made = workplace / chosen
        (made / "rules").mkdir(parents=True)
        for source in sorted(path for path in SCAFFOLD.rglob("*") if path.is_file()):
            target = made / source.relative_to(SCAFFOLD)
            if source.name == "year.yaml":
                target = target.with_name(f"{first_year}.yaml")
            text = source.read_text("utf-8")
            if source.suffix == ".yaml":
                text = string.Template(text).substitute(values)
            target.write_text(text, "utf-8")
        _put(made, content / chosen)
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
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        shown = "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in name)
        shown = shown if len(shown) <= _LONGEST_NAME else f"{len(shown)} tegn"
        expected = f"navnet på ordningen, høyst {_LONGEST_NAME} vanlige tegn"
        yield _mistake("NAME kan ikke brukes.", shown, expected)


def _check_slug(content: Path, slug: str, *, is_chosen: bool) -> Iterator[str]:
    said = "SLUG" if is_chosen else "Adressen vi lager av navnet,"
    choose = "" if is_chosen else ". Velg selv, for eksempel SLUG=noe"
    if not is_address(slug) or len(slug) > _LONGEST_SLUG:
        allowed = f"høyst {_LONGEST_SLUG} små bokstaver a–z, tall og bindestrek"
        expected = f"{allowed}, og ikke en adresse som nettstedet selv bruker{choose}"
        yield _mistake(f"{said} kan ikke brukes.", slug, expected)
    elif (content / slug).exists() or (content / PAGES / f"{slug}.md").exists():
        yield _mistake(f"{said} er i bruk.", f"/{slug}/", f"en adresse som er ledig{choose}")


def _check_year(year: str) -> Iterator[str]:
    if not re.fullmatch("[0-9]{4}", year) or not FIRST_YEAR <= int(year) <= LAST_YEAR:
        yield _mistake("YEAR er ikke et år vi kan regne for.", year, _YEARS)


# --- A new rule year ---


def new_year(content: Path, scheme: str, year: str) -> str:
    """Copy a scheme's rules to a new year; returns what to tell the editor.

    Raises `NewError`, or `ContentError` where the year before can't be read.
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
    there = f"Disse finnes: {', '.join(map(str, years)) or 'ingen'}"
    target = folder / f"{year}.yaml"
    if target.exists():
        expected = f"et år som ikke finnes. {there}"
        raise NewError([_mistake(f"«{scheme}» har dette regelverksåret.", year, expected)])
    earlier = [one for one in years if one < int(year)]
    if not earlier:
        expected = f"et år etter det eldste. {there}"
        raise NewError([_mistake("Det er ikke noe tidligere år å kopiere.", year, expected)])
    source = folder / f"{earlier[-1]}.yaml"
    path = target.relative_to(content.parent)
    with _workplace(content) as workplace:
        made = workplace / target.name
        count = _copy_rules(source, source.relative_to(content.parent), made, int(year))
        _put(made, target)
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
    """Write the rules of a file for another year, as a draft; returns how many places are marked.

    All else stays as somebody wrote it, to the last comment and line end: the text is changed only
    at the places that YAML's reader names.
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
    # With the line ends that it has.
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
    target.write_text(edits.made(), "utf-8", newline="")
    written = read_yaml(target, shown)
    if written.problems or written.data != wanted:
        expected = "«nøkkel: verdi» på hver sin linje, som i de andre regelverksårene"
        raise NewError(
            [_mistake("Filen er skrevet slik at vi ikke kan kopiere den.", str(shown), expected)]
        )
    # What is referred to by an anchor stands in one place.
    return len({id(edits.nodes[key]) for key, _ in to_mark})


def _answers(rules: dict[str, Plain]) -> Iterator[tuple[Key, dict[str, Plain]]]:
    """The answers in a file of rules that name a budget year: of examples, and to start with."""
    tracks, examples = rules.get("tracks"), rules.get("examples")
    places: list[Key] = [
        ("tracks", name, "start") for name in (tracks if isinstance(tracks, dict) else ())
    ]
    places += [
        ("examples", n, "answers")
        for n in range(len(examples) if isinstance(examples, list) else 0)
    ]
    for key in places:
        answers = at(rules, key)
        if isinstance(answers, dict) and "plan_year" in answers:
            yield key, answers


class _Edits:
    """Changes to the text of a YAML file at places named by key paths, each made once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.nodes: dict[Key, Node] = {}
        self.edits: set[tuple[int, int, str]] = set()
        self._find(YAML(typ="rt", pure=True).compose(text), ())

    def _find(self, node: Node, key: Key) -> None:
        self.nodes[key] = node
        if isinstance(node, MappingNode):
            for name, value in node.value:
                self._find(value, (*key, name.value))
        elif isinstance(node, SequenceNode):
            for n, item in enumerate(node.value):
                self._find(item, (*key, n))

    def insert(self, key: Key, line: str, note: str = "") -> None:
        """Put a line in front of the first key of a mapping; the note only where lines are kept."""
        mapping = self.nodes[key]
        assert isinstance(mapping, MappingNode)
        first = mapping.value[0][0].start_mark
        indent = self.newline + " " * first.column
        lines = [*note.splitlines(), line, ""]
        new = f"{line}, " if mapping.flow_style else indent.join(lines)
        self.edits.add((first.index, first.index, new))

    def replace(self, key: Key, old: str, new: str) -> None:
        """Put another value in the place of a scalar."""
        node = self.nodes[key]
        start, end = node.start_mark.index, node.end_mark.index
        self.edits.add((start, end, self.text[start:end].replace(old, new)))

    def drop_line(self, name: str) -> None:
        """Take out the line of a key at the top of the file."""
        for key, value in self.nodes[()].value:
            if key.value == name:
                end = self.text.find("\n", value.start_mark.index) + 1 or len(self.text)
                self.edits.add((key.start_mark.index, end, ""))

    def made(self) -> str:
        """The changed text."""
        made = self.text
        for start, end, new in sorted(self.edits, reverse=True):
            made = made[:start] + new + made[end:]
        return made


# --- Files ---


@contextlib.contextmanager
def _workplace(content: Path) -> Iterator[Path]:
    """A folder on the same disk as the content, which nothing reads; gone afterwards."""
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


def _put(made: Path, target: Path) -> None:
    """Move what is made to its place, whole; never over anything."""
    if made.is_dir():
        made.rename(target)  # raises where a folder with files is
    else:
        target.hardlink_to(made)  # raises where a file is


def _remarks(content: Path, path: Path) -> list[str]:
    """What must be mended in what was made before it can be shown."""
    try:
        load(content)
    except ContentError as error:
        own = [problem for problem in error.problems if problem.file.is_relative_to(path)]
        if own:
            return ["", "Dette må rettes før utkastet kan vises:", "", *map(str, own)]
    return []
