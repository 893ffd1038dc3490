"""`_headers`, read as Netlify and Cloudflare Pages say that they read it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.kit.headers import SECURITY_HEADERS
from tests.hosting.expected import FOREVER, MISSING, OPEN_DATA, THERE, Expected

type Rules = list[tuple[str, list[str]]]

# Cloudflare drops what is beyond these.
MOST_RULES = 100
LONGEST_LINE = 2000


@pytest.fixture(scope="module")
def text(built_site: Path) -> str:
    return (built_site / "_headers").read_text("utf-8")


@pytest.fixture(scope="module")
def rules(text: str) -> Rules:
    found: Rules = []
    for line in text.splitlines():
        if line.startswith("/"):
            found.append((line, []))
        elif line.strip() and not line.startswith("#"):
            found[-1][1].append(line.strip())
    return found


def fits(pattern: str, address: str) -> bool:
    """`:name` is one step of an address, `*` is anything."""
    steps = re.sub(r":[A-Za-z]\w*", "[^/]+", re.escape(pattern).replace(r"\*", ".*"))
    return re.fullmatch(steps, address) is not None


def cloudflare(rules: Rules, address: str) -> dict[str, str]:
    """Each rule in turn; a name that is there already is joined, unless it is dropped first."""
    headers: dict[str, str] = {}
    for pattern, lines in rules:
        if fits(pattern, address):
            for dropped in [line for line in lines if line.startswith("! ")]:
                headers.pop(dropped.removeprefix("! "), None)
            for name, value in (line.split(": ", 1) for line in lines if ":" in line):
                headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def netlify(rules: Rules, address: str) -> dict[str, str]:
    """Lines without a colon are passed over, and of several rules the last holds."""
    headers: dict[str, str] = {}
    for pattern, lines in rules:
        if fits(pattern, address):
            headers |= dict(line.split(": ", 1) for line in lines if ":" in line)
    return headers


@pytest.mark.parametrize("expected", [*THERE, *MISSING, *OPEN_DATA], ids=str)
@pytest.mark.parametrize("host", [cloudflare, netlify])
def test_headers(
    rules: Rules,
    built_site: Path,
    expected: Expected,
    host: Callable[[Rules, str], dict[str, str]],
) -> None:
    headers = host(rules, expected.address(built_site))
    wanted = dict(expected.headers)
    if expected.caching != FOREVER:
        # The hosts know pages, and what is missing.
        del wanted["Content-Type"]
    assert headers == wanted


def test_reading_tells_the_hosts_apart() -> None:
    rules = [("/*", ["A: 1", "B: 1"]), ("/x/:y/", ["! A", "A: 2", "B: 2"])]
    assert cloudflare(rules, "/x/z/") == {"A": "2", "B": "1, 2"}
    assert netlify(rules, "/x/z/") == {"A": "2", "B": "2"}
    assert cloudflare(rules, "/x/z/z/") == {"A": "1", "B": "1"}


def test_every_file_that_never_changes_is_listed(rules: Rules, built_site: Path) -> None:
    files = {
        f"/{path.relative_to(built_site).as_posix()}"
        for folder in ("assets", "runtime")
        for path in (built_site / folder).rglob("*")
        if path.is_file() and path.suffix not in {".br", ".gz"}
    }
    assert {pattern for pattern, lines in rules if f"Cache-Control: {FOREVER}" in lines} == files


def test_within_what_the_hosts_take(text: str, rules: Rules) -> None:
    assert len(rules) <= MOST_RULES
    assert max(map(len, text.splitlines())) <= LONGEST_LINE
    assert all(pattern.count("*") <= 1 for pattern, _ in rules)
    # Netlify sets these itself.
    assert not {"Server", "Content-Encoding", "Date"} & set(SECURITY_HEADERS)
