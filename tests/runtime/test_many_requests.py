"""Ten thousand random requests: CPython and the shipped runtime must answer with the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from builder.content import Site
from builder.kit.i18n import Translations
from calc.browser import handle
from tests.calc.random_requests import requests

from .conftest import PyodideNode

COUNT = 10_000


def test_ten_thousand_random_requests_get_the_same_bytes(
    pyodide_node: PyodideNode, site: Site, translations: Translations
):
    loads, estimates = requests(site, translations, COUNT)
    assert {handle(request) for request in loads} == {'{"v":1,"status":"loaded"}'}
    pyodide_node(loads)
    here = [handle(request) for request in estimates]
    there = pyodide_node(estimates)
    different = [n for n in range(COUNT) if here[n] != there[n]]
    assert not different, (estimates[different[0]], here[different[0]], there[different[0]])
    # Every kind of answer must be among them, or the comparison says little.
    statuses = Counter(json.loads(answer)["status"] for answer in here)
    kinds = {"estimate", "needs_input", "invalid", "not_eligible", "not_computable", "closed"}
    assert kinds <= set(statuses), statuses
    assert len({hashlib.sha256(answer.encode()).digest() for answer in here}) > COUNT // 3
