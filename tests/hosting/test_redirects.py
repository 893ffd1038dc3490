"""Earlier addresses lead on, on the servers as in the file for static hosts."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builder.commands.serve import serve_folder
from builder.data import hosting
from builder.site.output import write_files
from tests.hosting.conftest import caddy, nginx
from tests.hosting.test_servers import ask

MOVED = {
    "/gammel/": "/ny/",
    "/nn/gammel/": "/nn/ny/",
    "/gammel/frister.ics": "/ny/frister.ics",
}

type Serve = Callable[[Path, Path], contextlib.AbstractContextManager[str]]


def by_make_serve(site: Path, _folder: Path) -> contextlib.AbstractContextManager[str]:
    return serve_folder(site)


@pytest.fixture(
    params=[
        pytest.param(caddy, id="caddy"),
        pytest.param(nginx, id="nginx", marks=pytest.mark.servers),
        pytest.param(by_make_serve, id="make serve"),
    ]
)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    site = tmp_path / "site"
    for page in ("gammel", "ny", "gammel/under"):
        (site / page).mkdir(parents=True)
        (site / page / "index.html").write_text(f"<h1>{page}</h1>", "utf-8")
    (site / "404.html").write_text("<h1>Ikke her</h1>", "utf-8")
    write_files(site, hosting.files([], MOVED))
    serve: Serve = request.param
    with serve(site, tmp_path) as base:
        yield base


def test_earlier_addresses_lead_on_and_are_asked_for_anew(address: str) -> None:
    for old, new in MOVED.items():
        answer = ask(address + old)
        assert answer.status == 301
        answer.assert_headers({"Location": new, "Cache-Control": "no-cache"})


def test_only_they_lead_on(address: str) -> None:
    assert ask(f"{address}/ny/").body == b"<h1>ny</h1>"
    assert ask(f"{address}/gammel/under/").body == b"<h1>gammel/under</h1>"
    assert ask(f"{address}/gammel/frister").status == 404
    assert ask(f"{address}/_redirects").status == 404


def test_static_hosts_get_the_same(tmp_path: Path) -> None:
    write_files(tmp_path, hosting.files([], MOVED))
    lines = (tmp_path / "_redirects").read_text("utf-8").splitlines()
    rules = [line.split() for line in lines if not line.startswith("#")]
    assert rules == [[old, new, "301"] for old, new in MOVED.items()]
    assert hosting.read_redirects(tmp_path) == MOVED
