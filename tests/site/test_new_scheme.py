"""A scheme that nobody has seen, of parts that exist: YAML and Markdown are all it needs."""

import datetime as dt
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from builder.commands.new import new_scheme
from builder.commands.serve import serve_folder
from builder.content import load
from builder.kit.addresses import PAGE_NAMES
from builder.site import check
from calc.plan import estimate
from tests import building as site
from tests.browser.engines.page import expect
from tests.content.sample import SCHEME

SLUG = "ukjent-ordning"

RULES = """\
year: 2031
sources:
  regelverk: {title: Regelverk 2031, publisher: Prøvedirektoratet, url: "https://example.org/r"}
tracks:
  plasser:
    name: {nb: Plasser, nn: Plassar}
    max_units: {value: 30, unit: personer, source: regelverk}
    ladder:
      years:
        - {value: 90000, unit: kr per person, source: regelverk}
        - {value: 60000, unit: kr per person, source: regelverk}
        - {unknown: tilskuddsbrevet, unit: kr per person, source: regelverk}
    bands:
      - {up_to: 10000, amount: {value: 1500000, unit: kr per år, source: regelverk}}
      - {amount: {value: 2500000, unit: kr per år, source: regelverk}}
    training: {per_unit: {value: 4000, unit: kr per person, source: regelverk}, limit: at_most}
    other_costs: {allowed: true, source: regelverk}
    start: {persons: 12, population: 8000}
  prosjekt:
    name: {nb: Prosjekt}
    on_request: {source: regelverk}
    caps:
      year: {value: 750000, unit: kr per år, source: regelverk}
    ladder:
      years:
        - {value: 100, unit: prosent, source: regelverk}
        - {value: 33.3, unit: prosent, source: regelverk}
    pre_project: {value: 200000, unit: kr per år, source: regelverk}
examples:
  - title: {nb: Tjue plasser i en liten kommune}
    answers: {track: plasser, plan_year: 2031, persons: 20, population: 10000, award_year_3: 500000}
    expect:
      award: [1500000, 1200000, 500000, 0]
      total: 3200000
  - title: {nb: Prosjekt med forprosjekt}
    answers:
      track: prosjekt
      plan_year: 2031
      requested_amount: 800000
      pre_project_amount: 250000
      yearly_cost: 1000000
    expect:
      award: [200000, 750000, 249750, 0, 0]
      own_funding: [null, 250000, 750250, 1000000, 1000000]
"""


def write_scheme(folder: Path) -> None:
    (folder / "rules").mkdir(parents=True)
    (folder / "scheme.yaml").write_text(SCHEME, "utf-8")
    (folder / "rules/2031.yaml").write_text(RULES, "utf-8")
    for name in PAGE_NAMES:
        head = f"Title: {name}\nDescription: Om {name}.\n\n"
        (folder / f"{name}.md").write_text(f"{head}Tekst.\n", "utf-8")


def test_a_new_scheme_needs_no_python(project: Path, page: Page) -> None:
    write_scheme(project / "content" / SLUG)
    output = project / "output"
    site.build(project, output)
    check.check(output)
    calculator = load(project / "content").schemes[SLUG].calculator
    answers = {
        "track": "plasser",
        "plan_year": "2031",
        "years_received": "0",
        "persons": "25",
        "population": "10 001",
        "award_year_3": "800 000",
        "other_costs": "100 000",
        "cost_per_person": "120 000",
    }
    expected = estimate(calculator, answers)
    assert [row.award for row in expected.plan] == [2_350_000, 1_600_000, 800_000, 0]
    with serve_folder(output) as address:
        for lang in ("", "/nn"):
            page.goto(f"{address}{lang}/{SLUG}/kalkulator/")
            form = page.locator("form[data-calculator]")
            expect(form).to_have_attribute("data-state", "ready")
            page.locator("details.field-fold summary").first.wait_for()
            page.evaluate("document.querySelectorAll('form details').forEach((d) => d.open = true)")
            for name in ("persons", "population", "award_year_3", "other_costs", "cost_per_person"):
                page.fill(f"[name={name}]", answers[name])
            cells = page.locator("[data-result] tr[data-year] [data-field=award]")
            expect(cells.nth(0)).to_have_attribute("data-value", "2350000")
            shown = [cell.get_attribute("data-value") for cell in cells.all()]
            assert shown == ["2350000", "1600000", "800000", "0"]
            page.check("[name=track][value=prosjekt]")
            expect(page.locator("[name=requested_amount]")).to_be_visible()
            expect(page.locator("[name=persons]")).to_be_hidden()
            page.fill("[name=requested_amount]", "750 001")
            expect(cells.nth(0)).to_have_attribute("data-value", "750000")
    rates = (output / SLUG / "hva-du-kan-fa-stotte-til/index.html").read_text("utf-8")
    for said in ("90\u00a0000\u00a0kr per person", "inntil 10\u00a0000 innbyggere", "33,3\u00a0%"):
        assert said in rates
    assert f"/{SLUG}/" in (output / "index.html").read_text("utf-8")


@pytest.mark.thorough
def test_a_scaffold_that_is_filled_in_has_all_its_pages(project: Path) -> None:
    made = project / "content/noe"
    new_scheme(project / "content", "Tilskudd til noe", None, None, dt.date(2026, 11, 22))
    for path in made.rglob("*.*"):
        text = re.sub("«Fyll inn: [^»]*»", "Utfylt", path.read_text("utf-8"))
        text = re.sub("bekreft: true, |(?m:^(draft|bekreft): true\n)", "", text)
        path.write_text(text, "utf-8")
    output = project / "output"
    site.build(project, output)
    check.check(output)
    for lang in ("", "nn"):
        for name in ("", *PAGE_NAMES[1:], "satser/2026"):
            page = output / lang / "noe" / name / "index.html"
            assert "Utfylt" in page.read_text("utf-8")
    calculator = (output / "noe/kalkulator/index.html").read_text("utf-8")
    assert 'name="full_award"' in calculator
