"""Every mistake of an editor is reported with file, line, key, found and expected value."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from builder.content import ContentError, Problem, load
from builder.kit.addresses import PAGE_NAMES
from tests.content.sample import (
    PAGE,
    PAGE_FILE,
    RULES,
    RULES_FILE,
    SCHEME_FILE,
    SLUG,
    problems,
    write_sample,
)
from tests.files import change


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """In `file`, the text `old` becomes `new`; then there is this one problem, and no other.

    `line` is a piece of the line that is named. Of `message` and `expected`, only a part is given.
    """

    old: str
    new: str
    line: str
    key: str
    message: str
    found: str
    expected: str
    file: str = SCHEME_FILE


RATE = "{value: 600000, unit: kr per årsverk, source: regelverk}"
YEARS = RULES[RULES.index("      years:\n") : RULES.index("    start:")]
NOT_COMPUTABLE = RULES[RULES.index("      because:") : RULES.index("examples:")]
NOT_YAML = "Dette er ikke gyldig YAML."
WRONG_TYPE = "Verdien har feil type."
WANTS_NUMBER = "et tall uten skille mellom tusener, for eksempel 500000 eller 66.7"


def in_scheme(old: str, new: str, line: str, key: str, *said: str) -> Mistake:
    message, found, expected = said
    return Mistake(
        old=old, new=new, line=line, key=key, message=message, found=found, expected=expected
    )


def in_rules(old: str, new: str, line: str, key: str, *said: str) -> Mistake:
    message, found, expected = said
    return Mistake(
        old=old, new=new, line=line, key=key, message=message, found=found, expected=expected,
        file=RULES_FILE,
    )  # fmt: skip


def rate(new: str, key: str, *said: str) -> Mistake:
    """A mistake in the rate of the first track."""
    return in_rules(RATE, new, "    rate:", f"tracks.team.rate.{key}", *said)


def rate_written(value: str) -> Mistake:
    """The rate written in a way that is not a number to everybody."""
    shown = f"«{value.strip('"')}»"
    return rate(RATE.replace("600000", value), "value", WRONG_TYPE, shown, WANTS_NUMBER)


def date_written(value: str) -> Mistake:
    shown = value if value.isdigit() else f"«{value}»"
    return in_scheme(
        "2030-04-07", value, "    date:", "deadlines[1].date",
        "Dette er ikke en dato.", shown, "en dato som finnes, for eksempel",
    )  # fmt: skip


def yes_written(value: str) -> Mistake:
    shown = value if value.isdigit() else f"«{value}»"
    return in_scheme(
        '    date: 2030-04-07\n    time: "23:59"\n', f"    unknown: {value}\n",
        "    unknown:", "deadlines[1].unknown", WRONG_TYPE, shown, "true eller false",
    )  # fmt: skip


MISTAKES = {
    # Not YAML
    "a bracket that is never closed": in_scheme(
        "  - {nb: Kommuner}", "  - {nb: Kommuner", "deadlines:", "",
        NOT_YAML, "deadlines:", "«nøkkel: verdi»",
    ),
    "a colon in a text without quotes": in_scheme(
        "{nb: For dem som vil prøve.}", "\n  nb: For dem: som vil.", "  nb: For dem:", "",
        NOT_YAML, "nb: For dem: som vil.", "anførselstegn om tekst som har kolon",
    ),
    "a deadline for the year 0": in_scheme(
        "for_year: 2030\n    date", "for_year: 0\n    date", "for_year:",
        "deadlines[1].for_year",
        "Året er utenfor det nettstedet kan vise.", "0", "et år fra 2015 til 2040",
    ),
    "a deadline for the year -1": in_scheme(
        "for_year: 2030\n    date", "for_year: -1\n    date", "for_year:",
        "deadlines[1].for_year",
        "Året er utenfor det nettstedet kan vise.", "-1", "et år fra 2015 til 2040",
    ),
    "a deadline for the year 99999": in_scheme(
        "for_year: 2030\n    date", "for_year: 99999\n    date", "for_year:",
        "deadlines[1].for_year",
        "Året er utenfor det nettstedet kan vise.", "99999", "et år fra 2015 til 2040",
    ),
    "the last day of all": in_scheme(
        "review_by: 2030-08-01", "review_by: 9999-12-31", "review_by:", "review_by",
        "Datoen er utenfor det nettstedet kan vise.", "«9999-12-31»", "en dato fra 1900 til 2099",
    ),
    "a year without a calendar": in_scheme(
        "2031-04", "0000-04", "expected:", "deadlines[2].expected",
        "Dette er ikke en måned.", "0000-04", "år og måned",
    ),
    "use of the money for ever": in_rules(
        "    start: {positions: 4}",
        "    payment: {profile: first_year, source: regelverk}\n"
        "    use_years: {value: 999999, unit: år, source: regelverk}",
        "    use_years:", "tracks.team.use_years.value",
        "Antallet år er utenfor det som kan brukes.", "999999", "1 til 10",
    ),
    "a tab for indentation": in_rules(
        "    rate:", "\trate:", "\trate:", "",
        NOT_YAML, f"rate: {RATE}", "innrykk med mellomrom, ikke med tabulator",
    ),
    "two documents in a file": in_scheme(
        "state: active", "---\nstate: active", "---", "", NOT_YAML, "---", "",
    ),
    "an alias without anchor": in_rules(
        f"rate: {RATE}", "rate: *sats", "    rate:", "", NOT_YAML, "rate: *sats", "",
    ),
    "an escape that is no character": in_scheme(
        "{nb: Prøver}", '{nb: "\\UFFFFFFFF"}', "name:", "", NOT_YAML, "name:", "",
    ),
    "brackets in brackets without end": in_scheme(
        "{nb: Prøver}", "[" * 3000, "short_name:", "", NOT_YAML, "short_name: [[", "",
    ),
    "a control character": in_scheme(
        "{nb: Prøver}", "{nb: \x07}", "short_name:", "",
        "Filen har et tegn som ikke kan vises.", "tegnet U+0007", "vanlig tekst",
    ),
    "a control character as an escape": in_scheme(
        "{nb: Prøver}", '{nb: "\\a"}', "short_name:", "short_name.nb",
        "Teksten har et tegn som ikke kan vises.", "tegnet U+0007", "vanlig tekst",
    ),
    "half a character as an escape": in_scheme(
        "{nb: Prøver}", '{nb: "\\ud800"}', "short_name:", "short_name.nb",
        "Teksten har et tegn som ikke kan vises.", "tegnet U+D800", "vanlig tekst",
    ),
    "half a character in a key": in_scheme(
        "short_name:", '"\\ud800": 1\nshort_name:', "name:", "",
        "Teksten har et tegn som ikke kan vises.", "tegnet U+D800", "vanlig tekst",
    ),
    # Keys
    "a key twice": in_scheme(
        "state: active", "state: active\nstate: closed", "state: closed", "state",
        "Nøkkelen står to ganger; den første er på linje 4.", "", "hver nøkkel bare én gang",
    ),
    "a key that is a list": in_scheme(
        "state: active", "? [a, b]\n: 1\nstate: active", "name:", "",
        "En nøkkel må være ett ord.", "en liste eller nøkler", "«nøkkel: verdi»",
    ),
    "a key that is missing": in_scheme(
        "state: active\n", "", "name:", "state",
        "Nøkkelen «state» mangler.", "", "state: …",
    ),
    "a key that nobody knows": in_scheme(
        "state: active", "state: active\nfarge: rød", "farge:", "farge",
        "Nøkkelen «farge» er ukjent her.", "farge", "en av: name, short_name, summary, state,",
    ),
    "a key that is misspelt": in_scheme(
        "contacts:", "contact:", "contact:", "contact",
        "Nøkkelen «contact» er ukjent her.", "contact", "Mente du «contacts»?",
    ),
    "a key that is misspelt deep inside": in_rules(
        "      team: {value", "      taem: {value", "      taem:", "tracks.team.caps.taem",
        "Nøkkelen «taem» er ukjent her.", "taem", "Mente du «team»?",
    ),
    "a merged mapping": in_rules(
        "    name: {nb: Team}", "    name: {nb: Team}\n    <<: {}", "    <<:", "tracks.team.<<",
        "Nøkkelen «<<» er ukjent her.", "<<", "en av: name, rate",
    ),
    # Types
    "a text for a list": in_scheme(
        "fact_sources: [utlysning]", "fact_sources: utlysning", "fact_sources:", "fact_sources",
        WRONG_TYPE, "«utlysning»", "en liste (linjer som begynner med «- »)",
    ),
    "a mapping for a list": in_scheme(
        "  - {nb: Kommuner}", "  nb: Kommuner", "applicants:", "applicants",
        WRONG_TYPE, "nøklene nb", "en liste (linjer som begynner med «- »)",
    ),
    "a list for a mapping": in_scheme(
        "  name: {nb: Prøvedirektoratet}\n  url:", "  - name: {nb: Prøvedirektoratet}\n    url:",
        "owner:", "owner", WRONG_TYPE, "en liste", "nøkler med verdier under seg",
    ),
    "a text without målform": in_scheme(
        "short_name: {nb: Prøver}", "short_name: Prøver", "short_name:", "short_name",
        WRONG_TYPE, "«Prøver»", "{nb: teksten på bokmål}, gjerne med nn: teksten på nynorsk",
    ),
    "a text in nynorsk only": in_scheme(
        "{nb: Prøver}", "{nn: Prøver}", "short_name:", "short_name.nb",
        "Nøkkelen «nb» mangler.", "", "nb: …",
    ),
    "an empty text": in_scheme(
        "{nb: Prøver}", '{nb: " "}', "short_name:", "short_name.nb",
        "Teksten er tom.", "« »", "en tekst",
    ),
    "a value left out": in_rules(
        "    name: {nb: Team}", "    name:", "    name:", "tracks.team.name",
        WRONG_TYPE, "ingen verdi", "{nb: teksten på bokmål}",
    ),
    "a number for a text": in_scheme(
        "title: Utlysning 2030", "title: 2030", "  utlysning:", "sources.utlysning.title",
        WRONG_TYPE, "2030", "tekst",
    ),
    "a year in quotes": in_rules(
        "year: 2030\n", 'year: "2030"\n', "year:", "year", WRONG_TYPE, "«2030»", "et helt tall",
    ),
    "an option that there is not": in_scheme(
        "state: active", "state: open", "state:", "state",
        "Verdien er ikke en av dem som kan brukes.", "«open»", "en av: active, closed, archived",
    ),
    "a list at the top of the file": in_rules(
        RULES, "- year\n", "- year", "",
        WRONG_TYPE, "en liste", "nøkler med verdier under seg",
    ),
    "nothing but a comment": in_rules(
        RULES, "# Senere\n", "# Senere", "", "Filen er tom.", "", "«nøkkel: verdi»",
    ),
    **{f"«{value}» for yes or no": yes_written(value) for value in ("nei", "yes", "True", "1")},
    # Numbers
    **{
        f"{value} for a number": rate_written(value)
        for value in (
            "mye", '"600000"', "600 000", "600.000.000", "600000 kr", "1_000", "1e3", "0x10",
            "0600000", "600000.", ".5", ".nan", ".inf", "1234567890123456789",
        )
    },
    "a dot between the thousands": rate(
        RATE.replace("600000", "600.000"), "value",
        "Tallet må være helt når enheten er «kr per årsverk».", "600.000", "et helt tall",
    ),
    "half a krone": rate(
        RATE.replace("600000", "600000.5"), "value",
        "Tallet må være helt når enheten er «kr per årsverk».", "600000.5", "et helt tall",
    ),
    "a negative figure": rate(
        RATE.replace("600000", "-600000"), "value", "Tallet er negativt.", "-600000", "0 eller mer",
    ),
    "more than all": in_rules(
        "value: 66.7", "value: 166.7", "166.7", "tracks.team.ladder.years[2].value",
        "Prosenten er over 100.", "166.7", "0 til 100",
    ),
    "a list for a number": rate(
        RATE.replace("600000", "[]"), "value", WRONG_TYPE, "en tom liste", WANTS_NUMBER,
    ),
    # Dates
    **{
        f"{value} for a date": date_written(value)
        for value in (
            "2030-02-30", "2030-4-7", "7.4.2030", "20300407", "2030-04-07T12:00:00", "snart",
        )
    },
    "a month that there is not": in_scheme(
        "expected: 2031-04", "expected: 2031-13", "    expected:", "deadlines[2].expected",
        "Dette er ikke en måned.", "2031-13", "år og måned, for eksempel 2025-04",
    ),
    "a year of digits that are none": in_scheme(
        "expected: 2031-04", "expected: 20²1-04", "    expected:", "deadlines[2].expected",
        "Dette er ikke en måned.", "20²1-04", "år og måned, for eksempel 2025-04",
    ),
    "a time that there is not": in_scheme(
        '"23:59"', '"24:30"', "    time:", "deadlines[1].time",
        "Dette er ikke et klokkeslett.", "24:30", "timer og minutter, for eksempel 23:59",
    ),
    "a time in a month": in_scheme(
        "expected: 2031-04", 'expected: 2031-04\n    time: "12:00"', '    time: "12:00"',
        "deadlines[2].time", "Et klokkeslett må ha en dato.", "12:00", "«date»",
    ),
    "an opening day after the deadline": in_scheme(
        "date: 2030-04-07", "date: 2030-04-07\n    opens: 2030-04-08", "    opens:",
        "deadlines[1].opens", "Åpningsdagen er etter fristen.", "2030-04-08",
        "en dag før «date» for samme frist",
    ),
    "nobody to find it for": in_scheme(
        "groups: [adults]", "groups: []", "groups:", "groups",
        "Listen er tom.", "en tom liste", "minst ett punkt",
    ),
    "a group that there is not": in_scheme(
        "groups: [adults]", "groups: [adult]", "groups:", "groups[1]",
        "Verdien er ikke en av dem som kan brukes.", "«adult»", "children, adults, families",
    ),
    "a deadline with two dates": in_scheme(
        "date: 2030-04-07", "date: 2030-04-07\n    expected: 2030-04", "    date:",
        "deadlines[1].date", "En frist må ha én av «date», «expected» og «unknown: true».",
        "«2030-04-07»", "date: 2025-04-01, expected: 2025-04, eller unknown: true",
    ),
    # Figures, units, sources
    "a figure without source": rate(
        RATE.replace(", source: regelverk", ""), "source",
        "Nøkkelen «source» mangler.", "", "source: …",
    ),
    "a figure with a source that nobody has declared": rate(
        RATE.replace("source: regelverk", "source: regelverket"), "source",
        "Kilden finnes ikke under «sources».", "regelverket", "en av: utlysning, regelverk",
    ),
    "a deadline with a source that nobody has declared": in_scheme(
        "expected: 2031-04\n    source: utlysning", "expected: 2031-04\n    source: brev",
        "    source: brev", "deadlines[2].source",
        "Kilden finnes ikke under «sources».", "brev", "en av: utlysning",
    ),
    "a fact with a source that nobody has declared": in_scheme(
        "[utlysning]", "[utlysning, brev]", "fact_sources:", "fact_sources[2]",
        "Kilden finnes ikke under «sources».", "brev", "en av: utlysning",
    ),
    "a source without title": in_scheme(
        "{title: Utlysning 2030, publisher", "{publisher", "  utlysning:",
        "sources.utlysning.title", "Nøkkelen «title» mangler.", "", "title: …",
    ),
    "a figure both known and unknown": rate(
        RATE.replace("600000", "600000, unknown: tilskuddsbrevet"), "value",
        "Et tall må ha enten «value» eller «unknown», og ikke begge.", "600000",
        "value: 500000, eller unknown: tilskuddsbrevet",
    ),
    "a figure neither known nor unknown": rate(
        RATE.replace("value: 600000, ", ""), "value",
        "Et tall må ha enten «value» eller «unknown», og ikke begge.", "ingen verdi",
        "value: 500000, eller unknown: tilskuddsbrevet",
    ),
    "a unit that there is not": rate(
        RATE.replace("kr per årsverk", "kroner"), "unit",
        "Verdien er ikke en av dem som kan brukes.", "«kroner»", "en av: kr, kr per år,",
    ),
    "a unit of something else": in_rules(
        "2500000, unit: kr per år,", "2500000, unit: kr per person,", "      team:",
        "tracks.team.caps.team.unit",
        "Enheten passer ikke her.", "kr per person", "kr, kr per år",
    ),
    "a maximum in another unit than the rate": in_rules(
        "4.5, unit: årsverk", "4, unit: personer", "    max_units:", "tracks.team.max_units.unit",
        "Enheten passer ikke her.", "personer", "årsverk",
    ),
    "a ladder without steps": in_rules(
        YEARS, "      years: []\n", "      years:", "tracks.team.ladder.years",
        "Stigen har ingen år.", "en tom liste", "én andel for hvert tilskuddsår",
    ),
    "a track that is worked out in two ways": in_rules(
        "    start:", f"    not_computable:\n{NOT_COMPUTABLE}    start:", "    rate:",
        "tracks.team.rate",
        "", "rate, not_computable", "én",
    ),
    "a rule year without tracks": in_rules(
        RULES[RULES.index("tracks:") :], "tracks: {}\n", "tracks:", "tracks",
        "Regelverksåret har ingen spor.", "ingen nøkler", "minst ett spor",
    ),
    "the year of another file": in_rules(
        "year: 2030\n", "year: 2031\n", "year:", "year",
        "Året stemmer ikke med filnavnet.", "2031", "2030",
    ),
    "a track with a name that is no address": in_rules(
        "  skjonn:", "  Etter skjønn:", "  Etter skjønn:", "tracks.Etter skjønn",
        "Navnet kan ikke brukes i en adresse.", "Etter skjønn", "små bokstaver a–z",
    ),
    "a track named by a sign that looks like a digit": in_rules(
        "  skjonn:", "  ²:", "  ²:", "tracks.²",
        "Navnet kan ikke brukes i en adresse.", "²", "små bokstaver a–z",
    ),
    "a source with a name that is no address": in_scheme(
        "sources:\n", "sources:\n  Brev 1: {title: Brev, publisher: P}\n", "  Brev 1:",
        "sources.Brev 1", "Navnet kan ikke brukes i en adresse.", "Brev 1", "små bokstaver a–z",
    ),
    # Anchors
    "an anchor that refers to itself": in_rules(
        "    start: {positions: 4}", "    start: &a {positions: *a}", "    start:",
        "tracks.team.start.positions", "Et anker (&) viser til seg selv.", "*a",
        "et anker som er ferdig skrevet før det blir brukt",
    ),
    "an anchor twice": in_rules(
        "  skjonn:\n    name: {nb: Etter skjønn}",
        "  skjonn:\n    name: &navn {nb: Etter skjønn}\n    start: &navn {}",
        "    start: &navn", "tracks.skjonn.start",
        "Ankeret (&) står to ganger.", "&navn", "et eget navn på hvert",
    ),
    # What must come out
    "a worked example that does not come out": in_rules(
        "800400", "800401", "      award:", "examples[1].expect.award",
        "Eksempelet stemmer ikke med utregningen.",
        "[1200000, 800401, 600000, 0]", "[1200000, 800400, 600000, 0], som utregningen gir",
    ),
    "a worked example with a wrong sum": in_rules(
        "2600400", "2600401", "      total:", "examples[1].expect.total",
        "Eksempelet stemmer ikke med utregningen.", "2600401", "2600400, som utregningen gir",
    ),
    "a worked example with a misspelt answer": in_rules(
        "positions: 2,", "posisjoner: 2,", "    answers:", "examples[1].answers.posisjoner",
        "Eksempelet stemmer ikke med utregningen.", "2", "et svar som skjemaet tar imot",
    ),
    "a worked example with an answer that the form refuses": in_rules(
        "positions: 2,", "positions: to,", "    answers:", "examples[1].answers.positions",
        "Eksempelet stemmer ikke med utregningen.", "to", "et svar som skjemaet tar imot",
    ),
    "a form that starts with an answer it refuses": in_rules(
        "start: {positions: 4}", "start: {positions: fire}", "    start:",
        "tracks.team.start.positions",
        "Svaret kan ikke brukes i skjemaet.", "fire", "et svar som skjemaet tar imot",
    ),
    # Facts
    "a closed scheme that does not say so": in_scheme(
        "state: active", "state: closed", "name:", "notice",
        "En ordning som ikke er aktiv, må si det øverst på sidene.", "closed",
        "en tekst under «notice»",
    ),
    "an archived scheme that does not say so": in_scheme(
        "state: active", "state: archived", "name:", "notice",
        "En ordning som ikke er aktiv, må si det øverst på sidene.", "archived",
        "en tekst under «notice»",
    ),
    "nobody who can apply": in_scheme(
        "applicants:\n  - {nb: Kommuner}", "applicants: []", "applicants:", "applicants",
        "Listen er tom.", "en tom liste", "minst ett punkt",
    ),
    "a mailbox that is none": in_scheme(
        "post@example.org", "example.org", "    email:", "contacts[1].email",
        "Dette er ikke en e-postadresse.", "example.org", "navn@domene.no",
    ),
    "an address that is none": in_scheme(
        "https://example.org/skjema", "example.org/skjema", "    url:", "links[1].url",
        "Dette er ikke en nettadresse.", "example.org/skjema", "begynner med https://",
    ),
    # Pages
    "a page without title": Mistake(
        file=PAGE_FILE, old="Title: Om ordningen\n", new="", line="Description:", key="Title",
        message="«Title:» mangler øverst på siden.", found="", expected="Title: …",
    ),
    "a page without description": Mistake(
        file=PAGE_FILE, old="Description: Hva ordningen er.\n", new="", line="Title:",
        key="Description", message="«Description:» mangler øverst på siden.", found="",
        expected="Description: …",
    ),
    "a page with two titles": Mistake(
        file=PAGE_FILE, old="Description:", new="Title: En til\nDescription:", line="Title: En til",
        key="Title", message="«Title:» står to ganger; den første er på linje 1.",
        found="Title: En til", expected="bare én gang",
    ),
    "a page with something else at its top": Mistake(
        file=PAGE_FILE, old="Description:", new="Dato: 2030\nDescription:", line="Dato:", key="",
        message="Linjen hører ikke til i toppen av siden.", found="Dato: 2030",
        expected="«Title: …», «Description: …», og så en tom linje",
    ),
}  # fmt: skip


def line_of(text: str, start: str) -> int:
    """The number of the only line that a piece of text is in, or the first that starts with it."""
    lines = text.splitlines()
    starting = [n for n, line in enumerate(lines, start=1) if line.startswith(start)]
    return starting[0] if starting else next(n for n, x in enumerate(lines, start=1) if start in x)


def test_the_sample_has_no_mistakes(content: Path) -> None:
    assert list(load(content).schemes) == [SLUG]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_with_its_place(content: Path, name: str) -> None:
    mistake = MISTAKES[name]
    text = change(content / mistake.file, mistake.old, mistake.new)
    (problem,) = problems(content)
    # The report holds all of it.
    report = str(ContentError([problem]))
    assert all(part in report for part in (problem.message, problem.found, problem.expected))
    assert problem.file == Path("content") / mistake.file
    assert (problem.line, problem.key) == (line_of(text, mistake.line), mistake.key)
    assert mistake.message in problem.message
    # A long line is cut.
    assert problem.found.startswith(mistake.found) if mistake.found else not problem.found
    assert mistake.expected in problem.expected
    assert problem.expected


def test_the_report_is_made_for_reading(content: Path) -> None:
    change(content / RULES_FILE, RATE, RATE.replace("600000", "-600000"))
    change(content / SCHEME_FILE, "state: active\n", "")
    with pytest.raises(ContentError) as raised:
        load(content)
    assert str(raised.value) == (
        "2 feil i innholdet. Ingenting er publisert.\n"
        "\n"
        f"content/{RULES_FILE}:7: tracks.team.rate.value: Tallet er negativt.\n"
        "    fant:      -600000\n"
        "    forventet: 0 eller mer\n"
        "\n"
        f"content/{SCHEME_FILE}:1: state: Nøkkelen «state» mangler.\n"
        "    forventet: state: …"
    )


def test_mistakes_in_several_files_are_reported_at_once(content: Path) -> None:
    write_sample(content)
    change(content / SCHEME_FILE, "state: active", "state: aktiv")
    change(content / SCHEME_FILE, "2030-04-07", "2030-04-31")
    change(content / RULES_FILE, "unit: kr per årsverk", "unit: kroner")
    change(content / RULES_FILE, "66.7", "1_000")
    change(content / RULES_FILE, "source: utlysning", "kilde: utlysning")
    change(content / PAGE_FILE, "Title: Om ordningen\n", "")
    (content / SLUG / "rapportering.md").unlink()
    found = [(problem.file.name, problem.key) for problem in problems(content)]
    assert found == [
        ("om.md", "Title"),
        ("rapportering.md", ""),
        ("2030.yaml", "tracks.team.rate.unit"),
        ("2030.yaml", "tracks.team.max_units.kilde"),
        ("2030.yaml", "tracks.team.max_units.source"),
        ("2030.yaml", "tracks.team.ladder.years[2].value"),
        ("scheme.yaml", "state"),
        ("scheme.yaml", "deadlines[1].date"),
    ]


def test_a_file_that_cannot_be_read_hides_no_mistake_in_another(content: Path) -> None:
    change(content / SCHEME_FILE, "state: active", "state: [")
    change(content / RULES_FILE, "value: 600000", "value: mye")
    told = problems(content)
    assert [(p.file.name, p.key) for p in told] == [
        ("2030.yaml", "tracks.team.rate.value"),
        ("scheme.yaml", ""),
    ]


def test_anchors_that_grow_without_end_are_stopped(content: Path) -> None:
    bomb = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
        for before, name in pairwise("abcdefghi")
    )
    text = change(content / SCHEME_FILE, "state: active\n", f"{bomb}state: active\n")
    (problem,) = problems(content)
    assert problem.message == "Filen har for mange verdier."
    # Nine to the power of five is more than the limit.
    assert (problem.key, problem.line) == ("e", line_of(text, "e:"))


def test_an_example_must_name_the_answers_that_are_missing(content: Path) -> None:
    change(content / RULES_FILE, ", share_year_3: 50", "")
    told = {problem.key: problem.expected for problem in problems(content)}
    assert told["examples[1].expect.missing"] == "[share_year_3], som utregningen gir"
    assert told["examples[1].expect.award"] == "[1200000, 800400, null, 0], som utregningen gir"


def test_a_source_is_the_same_in_every_file(content: Path) -> None:
    text = change(
        content / RULES_FILE, "sources:\n", "sources:\n  utlysning: {title: Ny, publisher: P}\n"
    )
    (problem,) = problems(content)
    assert problem == Problem(
        Path("content") / RULES_FILE,
        line_of(text, "  utlysning:"),
        "sources.utlysning",
        "Kilden er en annen i scheme.yaml.",
        "Ny",
        "et eget navn på hver kilde",
    )


def test_a_rule_year_that_no_form_can_ask_for_is_refused(content: Path) -> None:
    (content / RULES_FILE).rename(content / SLUG / "rules/1999.yaml")
    text = change(content / SLUG / "rules/1999.yaml", "year: 2030\n", "year: 1999\n")
    told = [p for p in problems(content) if p.key == "year"]
    assert [(p.line, p.found) for p in told] == [(line_of(text, "year:"), "1999")]


# --- Files and folders ---


@pytest.mark.parametrize("name", [f"{page}.md" for page in PAGE_NAMES] + ["scheme.yaml"])
def test_a_missing_file_is_reported(content: Path, name: str) -> None:
    (content / SLUG / name).unlink()
    (problem,) = problems(content)
    assert problem.file == Path("content") / SLUG / name
    assert "mangler" in problem.message
    assert problem.expected


def test_a_scheme_without_rules_is_refused(content: Path) -> None:
    (content / RULES_FILE).unlink()
    (problem,) = problems(content)
    assert problem.file == Path("content") / SLUG / "rules"
    assert problem.message == "Ordningen har ingen regelverksår."


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Proveordning", "Proveordning"),
        ("prøveordning", "prøveordning"),
        ("prove_ordning", "prove_ordning"),
        ("prove ordning", "prove ordning"),
        # Addresses of the site itself.
        ("nn", "nn"),
        ("assets", "assets"),
        ("runtime", "runtime"),
    ],
)
def test_a_folder_name_that_is_no_address_is_refused(content: Path, name: str, found: str) -> None:
    (content / SLUG).rename(content / name)
    (problem,) = problems(content)
    assert (problem.file, problem.found) == (Path("content") / name, found)
    assert problem.message == "Mappenavnet kan ikke brukes som adresse."
    assert problem.expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Om.md", "Filnavnet kan ikke brukes som adresse."),
        ("om.en.md", "Filnavnet kan ikke brukes som adresse."),
        ("om oss.md", "Filnavnet kan ikke brukes som adresse."),
        ("historie.md", "En ordning har ikke en side med dette navnet."),
    ],
)
def test_a_page_that_no_scheme_has_is_refused(content: Path, name: str, message: str) -> None:
    (content / SLUG / name).write_text(PAGE, encoding="utf-8")
    (problem,) = problems(content)
    assert (problem.file, problem.found) == (Path("content") / SLUG / name, name)
    assert problem.message == message
    assert problem.expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (f"{SLUG}.md", "Adressen er i bruk til noe annet."),
        ("nn.md", "Adressen er i bruk til noe annet."),
        ("assets.md", "Adressen er i bruk til noe annet."),
        ("hjelp.nn.md", "Siden finnes bare på nynorsk."),
    ],
)
def test_a_general_page_needs_an_address_of_its_own(content: Path, name: str, message: str) -> None:
    (content / "pages").mkdir()
    (content / "pages" / name).write_text(PAGE, encoding="utf-8")
    (problem,) = problems(content)
    assert (problem.file, problem.message) == (Path("content/pages") / name, message)
    assert problem.found
    assert problem.expected


def test_an_empty_page_is_reported(content: Path) -> None:
    (content / PAGE_FILE).write_bytes(b"")
    assert [problem.key for problem in problems(content)] == ["Description", "Title"]


@pytest.mark.parametrize("name", [SCHEME_FILE, RULES_FILE])
def test_an_empty_yaml_file_is_reported(content: Path, name: str) -> None:
    (content / name).write_bytes(b"")
    (problem,) = problems(content)
    assert (problem.file, problem.line) == (Path("content") / name, 1)
    assert problem.message == "Filen er tom."


@pytest.mark.parametrize("name", [SCHEME_FILE, RULES_FILE, PAGE_FILE])
def test_a_file_that_is_not_utf_8_is_reported_with_its_first_such_line(
    content: Path, name: str
) -> None:
    path = content / name
    text = path.read_text("utf-8")
    path.write_text(text, encoding="iso-8859-1")
    (problem,) = problems(content)
    first = next(n for n, line in enumerate(text.splitlines(), start=1) if not line.isascii())
    assert (problem.file, problem.line) == (Path("content") / name, first)
    assert problem.message == "Filen er ikke lagret som UTF-8."
    assert re.fullmatch(r"byten 0x[0-9A-F]{2}", problem.found)
    assert problem.expected == "tegnsettet UTF-8"


def test_a_file_that_is_too_large_is_refused(content: Path) -> None:
    with (content / SCHEME_FILE).open("a", encoding="utf-8") as file:
        file.write("# mer\n" * 200_000)
    (problem,) = problems(content)
    assert problem.message == "Filen er for stor."


def test_a_folder_in_the_place_of_a_file_is_reported(content: Path) -> None:
    (content / PAGE_FILE).unlink()
    (content / PAGE_FILE).mkdir()
    told = problems(content)
    assert told[0].message.startswith("Filen kan ikke leses")


@pytest.mark.parametrize("how", ["byte order mark", "Windows line ends"])
def test_a_byte_order_mark_or_windows_line_ends_change_nothing(content: Path, how: str) -> None:
    plain = load(content)
    for path in content.rglob("*.*"):
        raw = path.read_bytes()
        path.write_bytes(b"\xef\xbb\xbf" + raw if "mark" in how else raw.replace(b"\n", b"\r\n"))
    assert load(content) == plain


def test_a_mistake_between_windows_line_ends_has_its_line(content: Path) -> None:
    text = change(content / RULES_FILE, "66.7", "166.7")
    (content / RULES_FILE).write_bytes(text.replace("\n", "\r\n").encode())
    (problem,) = problems(content)
    assert problem.line == line_of(text, "166.7")
