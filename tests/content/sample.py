"""A small scheme without mistakes. Its names and figures are made up."""

from pathlib import Path

import pytest

from builder.content import ContentError, Problem, load
from builder.content.load import Memory
from builder.kit.addresses import PAGE_NAMES
from tests.files import write

SLUG = "proveordning"

SCHEME = """\
name: {nb: Tilskudd til prøver, nn: Tilskot til prøver}
short_name: {nb: Prøver}
summary: {nb: For dem som vil prøve.}
state: active
owner:
  name: {nb: Prøvedirektoratet}
  url: https://example.org/prover
target_group: {nb: Alle som prøver}
groups: [adults]
applicants:
  - {nb: Kommuner}
deadlines:
  - kind: application
    for_year: 2030
    date: 2030-04-07
    time: "23:59"
    source: utlysning
  - kind: reporting
    for_year: 2030
    expected: 2031-04
    source: utlysning
links:
  - kind: form
    label: {nb: Skjemaet}
    url: https://example.org/skjema
contacts:
  - name: {nb: Postmottaket}
    email: post@example.org
sources:
  utlysning: {title: Utlysning 2030, publisher: Prøvedirektoratet, published: 2030-01-02}
fact_sources: [utlysning]
last_checked: 2030-02-01
review_by: 2030-08-01
"""

RULES = """\
year: 2030
sources:
  regelverk: {title: Regelverk 2030, publisher: Prøvedirektoratet}
tracks:
  team:
    name: {nb: Team}
    rate: {value: 600000, unit: kr per årsverk, source: regelverk}
    max_units: {value: 4.5, unit: årsverk, source: utlysning}
    caps:
      team: {value: 2500000, unit: kr per år, source: regelverk}
    ladder:
      years:
        - {value: 100, unit: prosent, source: regelverk}
        - {value: 66.7, unit: prosent, source: regelverk}
        - {unknown: tilskuddsbrevet, unit: prosent, source: regelverk}
    start: {positions: 4}
  skjonn:
    name: {nb: Etter skjønn}
    not_computable:
      because: discretionary
      text: {nb: Beløpet blir vurdert for hver søknad.}
      source: regelverk
examples:
  - title: {nb: To årsverk}
    answers: {track: team, plan_year: 2030, positions: 2, share_year_3: 50}
    expect:
      award: [1200000, 800400, 600000, 0]
      total: 2600400
"""

SCHEME_FILE = f"{SLUG}/scheme.yaml"
RULES_FILE = f"{SLUG}/rules/2030.yaml"
PAGE_FILE = f"{SLUG}/om.md"
PAGE = "Title: Om ordningen\nDescription: Hva ordningen er.\n\n## Hva\n\nEn prøve.\n"


def write_sample(content: Path) -> None:
    """Write the scheme into a content folder."""
    files = {SCHEME_FILE: SCHEME, RULES_FILE: RULES}
    files |= {f"{SLUG}/{name}.md": PAGE for name in PAGE_NAMES}
    for name, text in files.items():
        write(content, name, text)


def problems(content: Path, memory: Memory | None = None) -> list[Problem]:
    """The mistakes that stop the content from being loaded."""
    with pytest.raises(ContentError) as raised:
        load(content, memory)
    return raised.value.problems
