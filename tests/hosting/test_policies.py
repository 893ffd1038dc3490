"""The policy in a page equals the policy in its header, and fits the content of the page."""

import re
from pathlib import Path

import pytest

from builder.kit.headers import content_security_policy
from tests.hosting.expected import CALCULATOR, EMBEDDED, EMBEDDING, PAGE, WORKER
from tests.site.pages import Page, read_pages


@pytest.fixture(scope="module")
def pages(built_site: Path) -> dict[str, Page]:
    return read_pages(built_site)


def test_page_says_what_its_header_says(pages: dict[str, Page]) -> None:
    """But for who may frame it, which only a header can say."""
    said = {
        address: page.one("meta", http_equiv="Content-Security-Policy").attrib["content"]
        for address, page in pages.items()
    }
    sent = {address: content_security_policy(address) for address in pages}
    assert {
        address: re.sub(r" frame-ancestors [^;]+;", "", policy) for address, policy in sent.items()
    } == said
    assert "frame-ancestors" not in "".join(said.values())


def test_pages_with_a_calculator_may_run_webassembly(pages: dict[str, Page]) -> None:
    with_form = {
        address
        for address, page in pages.items()
        if any("data-calculator" in form.attrib for form in page.all("form"))
    }
    assert with_form
    policies = {address: content_security_policy(address) for address in with_form}
    for address, policy in policies.items():
        assert policy == (EMBEDDED if "/innebygd/" in address else CALCULATOR)
    # A scheme that nothing can be worked out for has such a page too, without a form.
    others = {
        address
        for address in pages.keys() - with_form
        if not address.endswith(("/kalkulator/", "/sok/", "/innebygd/"))
    }
    assert {content_security_policy(address) for address in others} == {PAGE}


def test_only_what_is_made_for_it_can_be_framed(pages: dict[str, Page]) -> None:
    open_to_all = {
        address for address in pages if "frame-ancestors *" in content_security_policy(address)
    }
    assert len(open_to_all) > 4
    for address in open_to_all:
        assert re.fullmatch(r"(/nn)?/innebygd/[a-z-]+/", address)
        # Nothing of the site around it: no search, no menu.
        assert pages[address].all("nav") == []


@pytest.mark.parametrize(
    ("address", "policy"),
    [
        ("/ordning/kalkulator/", CALCULATOR),
        ("/nn/ordning/kalkulator/index.html", CALCULATOR),
        ("/egen-nedtrapping/index.html", CALCULATOR),
        ("/kalkulator/", PAGE),
        ("/ordning/kalkulator/mer/", PAGE),
        ("/en/ordning/kalkulator/", PAGE),
        ("/ordning/kalkulator/indexxhtml", PAGE),
        ("/om/egen-nedtrapping/", PAGE),
        ("/sok/", CALCULATOR),
        ("/sok/mer/", PAGE),
        ("/innebygd/", EMBEDDING),
        ("/nn/innebygd/index.html", EMBEDDING),
        ("/innebygd/ordning/", EMBEDDED),
        ("/nn/innebygd/ordning/index.html", EMBEDDED),
        ("/innebygd/ordning", PAGE),
        ("/innebygd/ordning/mer/", PAGE),
        ("/en/innebygd/ordning/", PAGE),
        ("/embed.js", PAGE),
        ("/assets/worker-AB12CD34.js", WORKER),
        ("/assets/worker-AB12CD34.js.map", PAGE),
        ("/om/assets/worker-AB12CD34.js", PAGE),
        ("/sw.js", PAGE),
    ],
)
def test_policy_by_address(address: str, policy: str) -> None:
    assert content_security_policy(address) == policy


@pytest.mark.parametrize("policy", [PAGE, CALCULATOR, EMBEDDED, EMBEDDING, WORKER])
def test_nothing_inline_and_no_eval(policy: str) -> None:
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
