import re
from typing import Any

import pytest

from builder.kit.i18n import LANGS
from calc.rules import Lang
from tests.theme.environment import TEMPLATES, context, environment, page
from tests.theme.examples import BARE, FULL, MACROS, PAGES, PORTALS, WITHOUT_PROSE
from tests.theme.html import mistakes, page_mistakes, parse_fragment, parse_page

ENVIRONMENT = environment()
MACRO = re.compile(r"{%-? macro (\w+)\(([^)]*)\)")


def declared() -> dict[tuple[str, str], set[str]]:
    """Every macro of the components with its parameters; those with _ are their file's own."""
    return {
        (path.stem, name): {p.strip() for p in parameters.split(",") if p.strip()}
        for path in TEMPLATES.glob("components/*.html")
        for name, parameters in MACRO.findall(path.read_text("utf-8"))
        if not name.startswith("_")
    }


def test_every_macro_has_examples_with_just_its_parameters():
    macros = declared()
    assert macros.keys() == MACROS.keys()
    for key, examples in MACROS.items():
        for example in examples:
            assert example.keys() == macros[key], key


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("file", "macro"), MACROS)
def test_components_are_well_formed(file: str, macro: str, lang: Lang):
    for example in MACROS[file, macro]:
        call = ", ".join(f"{name}={name}_" for name in example)
        source = f'{{% from "components/{file}.html" import {macro} with context %}}'
        template = ENVIRONMENT.from_string(f"{source}{{{{ {macro}({call}) }}}}")
        given = {f"{name}_": value for name, value in example.items()}
        html = template.render(context(lang, **given)).strip()
        assert list(mistakes(parse_fragment(html))) == []


def test_every_template_has_an_example():
    frames = {"base", "scheme/_layout"}
    files = {
        path.relative_to(TEMPLATES).with_suffix("").as_posix()
        for path in TEMPLATES.rglob("*.html")
        if path.parent.name != "components"
    }
    assert files - frames == {template for template, _ in PAGES.values()}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_well_formed(name: str, lang: Lang):
    template, more = PAGES[name]
    html = render(template, lang, **more)
    assert html.startswith("<!doctype html>")
    assert list(page_mistakes(parse_page(html))) == []


@pytest.mark.parametrize("name", [name for name in PAGES if name not in WITHOUT_PROSE])
def test_pages_in_the_other_language_are_marked(name: str):
    template, more = PAGES[name]
    html = render(template, "nn", page=page("nn", content_lang="nb"), **more)
    root = parse_page(html)
    assert root.get("lang") == "nn"
    (prose,) = (e for e in root.iter("div") if e.get("class") == "prose")
    assert prose.get("lang") == "nb"


def test_what_comes_from_content_is_escaped():
    html = example("front page of full")
    assert "Regelverk &lt;2025&gt;" in html
    assert "Alt &amp; mer" in html


def test_calculator_data_cannot_end_its_script():
    template, form = PAGES["calculator of full"]
    html = render(template, "nb", **form)
    data = html.partition('id="calculator-data">')[2].partition("</script>")[0]
    assert "<" not in data
    assert "\\u003c/script" in data


def test_calculator_follows_the_page_contract():
    template, form = PAGES["calculator of full"]
    root = parse_page(render(template, "nb", **form))
    (calculator,) = (form for form in root.iter("form") if form.get("data-calculator"))
    assert calculator.get("data-calculator") == "full"
    assert calculator.get("data-state") == "static"
    assert calculator.get("data-worker") == "/assets/js/worker.js"
    # Nothing typed can leave the browser, not even without scripts.
    assert calculator.get("method") == "dialog"
    wrappers = {e.get("data-field-for"): e for e in calculator.iter() if e.get("data-field-for")}
    assert list(wrappers) == [f.name for f in form["form"].fields]
    for name, wrapper in wrappers.items():
        controls = [e for e in wrapper.iter() if e.get("name")]
        assert {e.get("name") for e in controls} == {name}
        assert any("field-error" in (e.get("class") or "") for e in wrapper.iter("p"))
    hidden = [name for name, wrapper in wrappers.items() if "hidden" in wrapper.attrib]
    assert hidden == ["other_costs"]
    assert sum(1 for e in calculator.iter() if "data-status" in e.attrib) == 1
    (result,) = (e for e in calculator.iter() if "data-result" in e.attrib)
    assert (result.tag, result.get("aria-live")) == ("section", "polite")


def test_only_schemes_that_can_be_applied_for_invite_to_calculate():
    for page_of in ("front page", "rates", "rule year"):
        for scheme, invites in (("full", True), ("bare", False)):
            (main,) = parse_page(example(f"{page_of} of {scheme}")).iter("main")
            assert any("ds-button" in e.get("class", "") for e in main.iter("a")) is invites


def test_the_notice_stands_before_the_title():
    html = example("prose of bare")
    assert 0 < html.index("Ordningen er historisk.") < html.index("<h1")


def test_what_can_be_applied_for_soonest_stands_first():
    html = render("portal", "nb", portal=PORTALS[0])
    assert html.index('data-scheme="full"') < html.index('data-scheme="bare"')


def example(name: str) -> str:
    template, more = PAGES[name]
    return render(template, "nb", **more)


def render(template: str, lang: Lang, **more: Any) -> str:
    return ENVIRONMENT.get_template(f"{template}.html").render(
        context(lang, schemes=(FULL, BARE), **more)
    )
