"""Made-up content of any number of schemes, as much like the real one as can be made.

Rules, facts and sentences are taken from `content/` and mixed; amounts of a scheme are all
multiplied alike, so that its worked examples still come out. The same number gives the same files.
"""

import datetime as dt
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path

from builder.kit.addresses import PAGE_NAMES
from builder.kit.i18n import LANGS
from calc.rules import Lang

PAGE_BYTES = 4000
# Every so many schemes have a published change, lack nynorsk, and have had another address.
CHANGED, WITHOUT_NYNORSK, MOVED = 3, 10, 5
# Of those that are open, so many in four have a deadline to come; the others wait for the next.
COMING = 3
# Descriptions in real pages are no longer.
_DESCRIPTION_LENGTH = 120
# The day before which published changes are dated: that of the tests' site.
_LAST_DAY = dt.date(2026, 11, 20)

type _Both = dict[Lang, str]


def _both(*pairs: tuple[str, str]) -> tuple[_Both, ...]:
    return tuple({"nb": nb, "nn": nn} for nb, nn in pairs)


SUBJECTS = _both(
    ("aktivitetstilbud", "aktivitetstilbod"),
    ("bolig og oppfølging", "bustad og oppfølging"),
    ("digital hjemmeoppfølging", "digital heimeoppfølging"),
    ("frisklivssentraler", "frisklivssentralar"),
    ("habilitering og rehabilitering", "habilitering og rehabilitering"),
    ("inkludering i skolen", "inkludering i skulen"),
    ("klimatilpasning", "klimatilpassing"),
    ("kulturskoler", "kulturskular"),
    ("lærlinger", "lærlingar"),
    ("kartlegging av naturmangfold", "kartlegging av naturmangfald"),
    ("psykisk helse", "psykisk helse"),
    ("rusarbeid", "rusarbeid"),
    ("sykkelveier og trygge skoleveier", "sykkelvegar og trygge skulevegar"),
    ("velferdsteknologi", "velferdsteknologi"),
    ("universell utforming av uteområder", "universell utforming av uteområde"),
    ("vern av kulturmiljøer", "vern av kulturmiljø"),
)
AIMS = _both(
    ("", ""),
    ("for barn og unge", "for barn og unge"),
    ("i små kommuner", "i små kommunar"),
    ("i samarbeid med frivillige organisasjoner", "i samarbeid med frivillige organisasjonar"),
    ("for voksne med sammensatte behov", "for vaksne med samansette behov"),
    ("i distriktene", "i distrikta"),
    ("gjennom læring i nettverk", "gjennom læring i nettverk"),
)
# The first have the most schemes.
OWNERS = (
    "Helsedirektoratet",
    "Barne-, ungdoms- og familiedirektoratet",
    "Miljødirektoratet",
    "Utdanningsdirektoratet",
    "Kulturdirektoratet",
    "Integrerings- og mangfoldsdirektoratet",
    "Husbanken",
    "Statens vegvesen",
    "Landbruksdirektoratet",
    "Riksantikvaren",
    "Norges vassdrags- og energidirektorat",
    "Direktoratet for samfunnssikkerhet og beredskap",
    "Arbeids- og velferdsdirektoratet",
    "Direktoratet for høyere utdanning og kompetanse",
    "Kystverket",
    "Kartverket",
    "Digitaliseringsdirektoratet",
    "Fiskeridirektoratet",
    "Jernbanedirektoratet",
    "Nasjonal kommunikasjonsmyndighet",
    "Sametinget",
    "Enova",
    "Folkehelseinstituttet",
    "Lotteri- og stiftelsestilsynet",
)
_TITLES: dict[Lang, dict[str, str]] = {
    "nb": dict(
        zip(
            PAGE_NAMES,
            (
                *("Om ordningen", "Hvem kan søke?", "Hva du kan få støtte til", "Kalkulator"),
                *("Slik søker du", "Rapportering"),
            ),
            strict=True,
        )
    ),
    "nn": dict(
        zip(
            PAGE_NAMES,
            (
                *("Om ordninga", "Kven kan søkje?", "Kva du kan få støtte til", "Kalkulator"),
                *("Slik søkjer du", "Rapportering"),
            ),
            strict=True,
        )
    ),
}
_SEE: _Both = {"nb": "Se", "nn": "Sjå"}


@dataclass(frozen=True, slots=True)
class Scheme:
    """A made-up scheme: its number, and the real one whose rules it has."""

    number: int
    model: Path

    @property
    def slug(self) -> str:
        """Its folder."""
        return f"{self.model.name}-{self.number:04}"

    @property
    def langs(self) -> tuple[Lang, ...]:
        """The målformer that its pages are written in."""
        return LANGS if self.number % WITHOUT_NYNORSK else ("nb",)


def write(real: Path, target: Path, number: int) -> list[Scheme]:
    """Write the content folder `target` with so many schemes, and the general pages of `real`."""
    models = sorted(path.parent for path in real.glob("*/scheme.yaml"))
    schemes = [Scheme(n, model) for n, model in enumerate(islice(cycle(models), number), 1)]
    shutil.copytree(real / "pages", target / "pages")
    for path in (target / "pages").glob("*.md"):
        text = path.read_text("utf-8")
        path.write_text(
            re.sub(r"\[([^]]*)\]\(/([a-z0-9-]+)/[^)]*\)", _leads_on(models), text), "utf-8"
        )
    for scheme in schemes:
        write_scheme(real, target, scheme)
    return schemes


def _leads_on(models: list[Path]) -> Callable[[re.Match[str]], str]:
    names = {model.name for model in models}
    return lambda link: link[1] if link[2] in names else link[0]


def write_scheme(real: Path, target: Path, scheme: Scheme) -> None:
    """Write the folder of a scheme, and its published changes."""
    folder = target / scheme.slug
    (folder / "rules").mkdir(parents=True)
    (folder / "scheme.yaml").write_text(_facts(real, scheme), "utf-8")
    for path in (scheme.model / "rules").glob("*.yaml"):
        (folder / "rules" / path.name).write_text(rules(path, scheme.number), "utf-8")
    for lang in scheme.langs:
        for page in PAGE_NAMES:
            suffix = ".nn.md" if lang == "nn" else ".md"
            (folder / f"{page}{suffix}").write_text(
                page_text(real, scheme.slug, page, lang), "utf-8"
            )
    if scheme.number % CHANGED == 0:
        (target / "changes").mkdir(exist_ok=True)
        day, text = _change(real, scheme)
        (target / "changes" / f"{day}-{scheme.slug}.yaml").write_text(text, "utf-8")


def _facts(real: Path, scheme: Scheme) -> str:
    """The `scheme.yaml` of the model, with names, owner, summary and dates of its own."""
    chance = _chance(scheme.slug)
    subject, aim = chance.choice(SUBJECTS), chance.choice(AIMS)
    # The square: few owners have most of the schemes.
    owner = OWNERS[int(chance.random() ** 2 * len(OWNERS))]
    grant: _Both = {"nb": "Tilskudd", "nn": "Tilskot"}
    text = (scheme.model / "scheme.yaml").read_text("utf-8")
    new: tuple[tuple[str, Callable[[Lang], str]], ...] = (
        ("name", lambda lang: _words(grant[lang], "til", subject[lang], aim[lang], scheme.number)),
        ("short_name", lambda lang: _words(subject[lang].capitalize(), scheme.number)),
        ("summary", lambda lang: chance.choice(_short(real, lang))),
    )
    for key, value in new:
        both = f"{key}:\n  nb: {_quoted(value('nb'))}\n  nn: {_quoted(value('nn'))}\n"
        text = _replaced(rf"(?m)^{key}:\n  nb: .*\n  nn: .*\n", both, text)
    named = f"owner:\n  name:\n    nb: {owner}\n    nn: {owner}\n"
    text = _replaced(r"(?m)^owner:\n  name:\n    nb: .*\n    nn: .*\n", named, text)
    day = f"{1 + scheme.number % 28:02}"
    text = re.sub(r"(\bdate: \d{4}-\d\d-)\d\d", rf"\g<1>{day}", text)
    if "\nstate: active\n" in text and scheme.number % 4 < COMING:
        coming = "deadlines:\n  - kind: application\n    for_year: 2027\n    date: 2027-"
        coming += f"{chance.randint(1, 6):02}-{day}\n    source: {_source(text)}\n"
        text = _replaced(r"(?m)^deadlines:\n", coming, text)
    if scheme.number % MOVED == 0:
        text += f"aliases: [/tidligere-{scheme.number:04}/]\n"
    return text


def _change(real: Path, scheme: Scheme) -> tuple[dt.date, str]:
    """A published change of a scheme: its day, and the file."""
    chance = _chance(f"{scheme.slug}/change")
    day = _LAST_DAY - dt.timedelta(days=chance.randrange(600))
    years = max(int(path.stem) for path in (scheme.model / "rules").glob("*.yaml"))
    kind = chance.choice(("rule_changed", "rule_changed", "correction"))
    source = _source((scheme.model / "scheme.yaml").read_text("utf-8"))
    text = f"date: {day}\nkind: {kind}\nscheme: {scheme.slug}\nyears: [{years}]\nsource: {source}\n"
    for key, number in (("title", 1), ("text", 3)):
        text += f"{key}:\n"
        for lang in LANGS:
            words = " ".join(chance.choices(_short(real, lang), k=number))
            text += f"  {lang}: {_quoted(words.rstrip('.') if key == 'title' else words)}\n"
    return day, text


def _source(facts: str) -> str:
    """The name of the source that a scheme's facts rest on first."""
    return re.findall(r"(?m)^fact_sources: \[([a-z0-9-]+)", facts)[0]


def rules(model: Path, number: int) -> str:
    """The rules of a real scheme, with all amounts multiplied by a number of tenths."""
    return multiplied(model.read_text("utf-8"), 10 + number % 11)


def multiplied(text: str, tenths: int) -> str:
    """The text of a rule year with all its amounts, those of its examples too, multiplied."""
    return re.sub(r"(?<=[\[ ])\d{5,}\b", lambda found: str(int(found[0]) * tenths // 10), text)


@cache
def sentences(real: Path, lang: Lang) -> tuple[str, ...]:
    """Every sentence of the real pages that is words alone: no links, figures or code."""
    found = []
    for path in sorted(real.glob("*/*.md")):
        if (".nn." in path.name) == (lang == "nn"):
            body = path.read_text("utf-8").partition("\n\n")[2]
            for line in body.splitlines():
                if line[:1].isalpha():
                    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line)
                    found += re.findall(r"[A-ZÆØÅ][^.!?]{20,}[.!?](?= |$)", plain)
    return tuple(dict.fromkeys(s for s in found if not re.search(r"[\d*_`<>\[\]|:\"\\/]", s)))


@cache
def _short(real: Path, lang: Lang) -> tuple[str, ...]:
    return tuple(s for s in sentences(real, lang) if len(s) <= _DESCRIPTION_LENGTH)


def page_text(real: Path, slug: str, page: str, lang: Lang) -> str:
    """A page of about 4 kB: headings, paragraphs, lists, a table, links."""
    chance = _chance(f"{slug}/{page}/{lang}")
    pool = sentences(real, lang)

    def some(least: int, most: int) -> str:
        return " ".join(chance.choices(pool, k=chance.randint(least, most)))

    description = chance.choice(_short(real, lang))
    parts = [f"Title: {_TITLES[lang][page]}\nDescription: {description}", some(2, 4)]
    # The first parts of every page are one of each kind, then as it comes.
    kinds = chance.sample(range(4), 4)
    while sum(len(part.encode()) for part in parts) < PAGE_BYTES:
        words = chance.choice(pool).rstrip(".!?").split()
        parts.append("## " + " ".join(words[:5]).rstrip(","))
        parts.append(some(2, 5))
        kind = kinds.pop() if kinds else chance.randrange(4)
        if kind == 0:
            parts.append("\n".join(f"- {chance.choice(pool)}" for _ in range(4)))
        elif kind == 1:
            rows = (
                f"| {chance.choice(pool).split(',')[0].rstrip('.')} | {chance.choice(pool)} | {n} |"
                for n in range(1, 6)
            )
            parts.append("\n".join(("| Krav | Forklaring | Nummer |", "|---|---|--:|", *rows)))
        elif kind == 2:
            other = chance.choice(PAGE_NAMES)
            path = f"/{slug}/" if other == PAGE_NAMES[0] else f"/{slug}/{other}/"
            link = f"[{_TITLES[lang][other].lower()}]({path})"
            parts.append(f"**{chance.choice(pool)}** {_SEE[lang]} {link}.")
        else:
            parts.append("\n".join(f"{n}. {chance.choice(pool)}" for n in range(1, 5)))
    return "\n\n".join(parts) + "\n"


def _chance(what: str) -> random.Random:
    """Always the same numbers for the same thing."""
    return random.Random(what)  # noqa: S311  # no secret


def _words(*words: object) -> str:
    return " ".join(str(word) for word in words if word)


def _quoted(text: str) -> str:
    """A text as YAML has it, whatever it begins with; it has no quotation marks of this kind."""
    return f'"{text}"'


def _replaced(pattern: str, new: str, text: str) -> str:
    """The text with the only match replaced."""
    replaced, times = re.subn(pattern, lambda _: new, text)
    assert times == 1, pattern
    return replaced
