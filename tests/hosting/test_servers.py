"""Caddy and nginx, really run with the files that each release brings for them."""

import contextlib
import gzip
import http.client
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest

from tests.hosting.conftest import Host
from tests.hosting.expected import (
    HTML,
    MISSING,
    MISSING_BY_SERVER,
    PAGE,
    THERE,
    THERE_ON_SERVERS,
    Expected,
)
from tests.patience import LONGEST

DECODERS: dict[str | None, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    None: bytes,
}
# The servers choose copies by media type and rules for caching by address, each of which is here.
OF_EACH_KIND = tuple({(one.media_type, one.caching): one for one in reversed(THERE)}.values())
FONT = next(expected for expected in THERE if expected.pattern.endswith(".woff2"))


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def assert_headers(self, headers: dict[str, str]) -> None:
        found = {name: self.headers.get_all(name) for name in headers}
        assert found == {name: [value] for name, value in headers.items()}


def ask(address: str, method: str = "GET", **headers: str) -> Answer:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=LONGEST)
    with contextlib.closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, parts.path, headers=named)
        return Answer(connection.getresponse())


@pytest.mark.parametrize(
    "expected", [*THERE, *THERE_ON_SERVERS, *MISSING, *MISSING_BY_SERVER], ids=str
)
def test_answer(host: Host, built_site: Path, expected: Expected) -> None:
    answer = ask(host.address + expected.address(built_site))
    assert answer.status == expected.status
    assert answer.body == expected.file(built_site).read_bytes()
    answer.assert_headers(expected.headers)
    readers = answer.headers["Access-Control-Allow-Origin"]
    assert readers == expected.headers.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize("accepted", ["gzip, deflate, br, zstd", "gzip", "identity"])
@pytest.mark.parametrize("expected", OF_EACH_KIND, ids=str)
def test_compressed_copies(host: Host, built_site: Path, expected: Expected, accepted: str) -> None:
    file = expected.file(built_site)
    answer = ask(host.address + expected.address(built_site), Accept_Encoding=accepted)
    encoding = answer.headers["Content-Encoding"]
    if file.with_name(f"{file.name}.gz").exists() and accepted != "identity":
        assert encoding == ("br" if "br" in accepted and host.has_brotli else "gzip")
        assert answer.headers["Vary"] == "Accept-Encoding"
    else:
        assert encoding is None
    assert DECODERS[encoding](answer.body) == file.read_bytes()
    answer.assert_headers(expected.headers)


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
@pytest.mark.parametrize("expected", OF_EACH_KIND, ids=str)
def test_unchanged_file_is_not_sent_again(
    host: Host, built_site: Path, expected: Expected, accepted: str
) -> None:
    address = host.address + expected.address(built_site)
    tag = ask(address, Accept_Encoding=accepted).headers["ETag"]
    answer = ask(address, Accept_Encoding=accepted, If_None_Match=tag)
    assert (answer.status, answer.body) == (304, b"")
    answer.assert_headers({"Cache-Control": expected.caching})
    assert answer.headers["ETag"] == tag


def test_part_of_a_file(host: Host, built_site: Path) -> None:
    content = FONT.file(built_site).read_bytes()
    answer = ask(host.address + FONT.address(built_site), Range="bytes=100-199")
    assert (answer.status, answer.body) == (206, content[100:200])
    answer.assert_headers({**FONT.headers, "Content-Range": f"bytes 100-199/{len(content)}"})


def test_folder_address_gets_its_slash(host: Host) -> None:
    answer = ask(f"{host.address}/egen-nedtrapping")
    assert answer.status in {301, 308}
    # Without the name of the server: behind another server it may go by another.
    answer.assert_headers({"Location": "/egen-nedtrapping/", "Cache-Control": "no-cache"})


def test_only_files_are_kept_for_ever(host: Host, built_site: Path) -> None:
    """Not what is answered at the address of their folder, or with a slash too much."""
    (folder,) = (built_site / "runtime").iterdir()
    for address in (f"/runtime/{folder.name}", f"{FONT.address(built_site)}/"):
        answer = ask(host.address + address)
        assert answer.status in {301, 308, 404}
        answer.assert_headers({"Cache-Control": "no-cache"})


def test_page_by_its_file_name_has_the_policy_of_the_page(host: Host) -> None:
    by_address, by_name = (
        ask(f"{host.address}/egen-nedtrapping/{name}") for name in ("", "index.html")
    )
    policy = by_address.headers["Content-Security-Policy"]
    assert by_name.status != 200 or by_name.headers.get_all("Content-Security-Policy") == [policy]


def test_nothing_can_be_written(host: Host, built_site: Path) -> None:
    answer = ask(host.address + FONT.address(built_site), "POST")
    assert answer.status == 405
    answer.assert_headers({"Content-Security-Policy": PAGE, "Cache-Control": "no-cache"})


def test_head_says_what_get_does(host: Host) -> None:
    answer = ask(f"{host.address}/", "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    answer.assert_headers({"Content-Type": HTML, "Content-Security-Policy": PAGE})
