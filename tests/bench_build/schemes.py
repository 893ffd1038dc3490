"""Made-up content of any number of schemes, as much like the real one as can be made.

Rules, facts and sentences are taken from `content/` and mixed; amounts of a scheme are all
multiplied alike, so that its worked examples still come out. The same number gives the same files.
"""

import random
import re
import shutil
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path

from builder.content import PAGE_NAMES
from builder.i18n import LANGS
from calc.rules import Lang

PAGE_BYTES = 4000
SUBJECTS = (
    *("aktivitetstilbud", "bolig og oppfølging", "digital hjemmeoppfølging", "frisklivssentraler"),
    *("habilitering", "inkludering i skolen", "klimatilpasning", "kulturskoler", "lærlinger"),
    *("naturmangfold", "psykisk helse", "rus og arbeid", "sykkelveier", "velferdsteknologi"),
)
OWNERS = (
    *("Helsedirektoratet", "Barne-, ungdoms- og familiedirektoratet", "Miljødirektoratet"),
    *("Utdanningsdirektoratet", "Integrerings- og mangfoldsdirektoratet", "Kulturdirektoratet"),
    *("Husbanken", "Statens vegvesen"),
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


@dataclass(frozen=True, slots=True)
class Scheme:
    """A made-up scheme: its number, and the real one whose rules it has."""

    number: int
    model: Path

    @property
    def slug(self) -> str:
        """Its folder."""
        return f"{self.model.name}-{self.number:04}"


def write(real: Path, target: Path, number: int) -> list[Scheme]:
    """Write the content folder `target` with so many schemes, and the general pages of `real`."""
    models = sorted(path.parent for path in real.glob("*/scheme.yaml"))
    schemes = [Scheme(n, model) for n, model in enumerate(islice(cycle(models), number), 1)]
    shutil.copytree(real / "pages", target / "pages")
    for path in (target / "pages").glob("*.md"):
        text = re.sub(r"\[([^]]*)\]\(/([a-z0-9-]+)/[^)]*\)", _leads_on(models), path.read_text())
        path.write_text(text, "utf-8")
    for scheme in schemes:
        write_scheme(real, target, scheme)
    return schemes


def _leads_on(models: list[Path]):  # type: ignore[no-untyped-def]
    names = {model.name for model in models}
    return lambda link: link[1] if link[2] in names else link[0]


def write_scheme(real: Path, target: Path, scheme: Scheme) -> None:
    folder = target / scheme.slug
    (folder / "rules").mkdir(parents=True)
    subject = SUBJECTS[scheme.number % len(SUBJECTS)]
    owner = OWNERS[scheme.number % len(OWNERS)]
    facts = (scheme.model / "scheme.yaml").read_text("utf-8")
    name = f"Tilskudd til {subject} {scheme.number}"
    short = f"{subject.capitalize()} {scheme.number}"
    facts = re.sub(r"(?m)^(name:\n  nb: ).*\n(  nn: ).*", rf"\1{name}\n\2{name}", facts)
    facts = re.sub(r"(?m)^(short_name:\n  nb: ).*\n(  nn: ).*", rf"\1{short}\n\2{short}", facts)
    facts = re.sub(
        r"(?m)^(owner:\n  name:\n    nb: ).*\n(    nn: ).*", rf"\1{owner}\n\2{owner}", facts
    )
    day = 1 + scheme.number % 28
    facts = re.sub(r"(date: \d{4}-\d\d-)\d\d", rf"\g<1>{day:02}", facts)
    (folder / "scheme.yaml").write_text(facts, "utf-8")
    for path in (scheme.model / "rules").glob("*.yaml"):
        (folder / "rules" / path.name).write_text(rules(path, scheme.number), "utf-8")
    for lang in LANGS:
        for page in PAGE_NAMES:
            suffix = ".nn.md" if lang == "nn" else ".md"
            (folder / f"{page}{suffix}").write_text(
                page_text(real, scheme.slug, page, lang), "utf-8"
            )


def rules(model: Path, number: int) -> str:
    """The rules of a real scheme, with all amounts multiplied by a number of tenths."""
    tenths = 10 + number % 11
    text = model.read_text("utf-8")
    return re.sub(r"(?<=[\[ ])\d{5,}\b", lambda found: str(int(found[0]) * tenths // 10), text)


@cache
def sentences(real: Path, lang: Lang) -> tuple[str, ...]:
    """Every sentence of the real pages of schemes, without links."""
    found = []
    for path in sorted(real.glob("*/*.md")):
        if path.parent.name != "pages" and (".nn." in path.name) == (lang == "nn"):
            body = path.read_text("utf-8").partition("\n\n")[2]
            for line in body.splitlines():
                if line[:1].isalpha():
                    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line)
                    found += re.findall(r"[A-ZÆØÅ][^.!?]{20,}[.!?](?= |$)", plain)
    return tuple(dict.fromkeys(s for s in found if not re.search(r"\d", s)))


def page_text(real: Path, slug: str, page: str, lang: Lang) -> str:
    """A page of about 4 kB: headings, paragraphs, lists, a table, links."""
    chance = random.Random(f"{slug}/{page}/{lang}")  # noqa: S311  # no secret
    pool = sentences(real, lang)

    def some(least: int, most: int) -> str:
        return " ".join(chance.choices(pool, k=chance.randint(least, most)))

    parts = [f"Title: {_TITLES[lang][page]}\nDescription: {chance.choice(pool)}", some(2, 4)]
    while sum(len(part.encode()) for part in parts) < PAGE_BYTES:
        words = chance.choice(pool).rstrip(".!?").split()
        parts.append("## " + " ".join(words[:5]).rstrip(","))
        parts.append(some(2, 5))
        kind = chance.randrange(4)
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
            parts.append(f"**{chance.choice(pool)}** Se [{_TITLES[lang][other].lower()}]({path}).")
        else:
            parts.append("\n".join(f"{n}. {chance.choice(pool)}" for n in range(1, 5)))
    return "\n\n".join(parts) + "\n"
