"""The server of `make serve` and of the browser tests."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest

from builder.commands.serve import serve_folder
from builder.kit.headers import IMMUTABLE, MEDIA_TYPES, SECURITY_HEADERS, cache_control
from tests.patience import LONGEST, Patience
from tests.setup.conftest import ROOT

# What scripts of other sites may read.
OPEN = (
    "embed.js",
    "api/v1/schemes.json",
    "frister.ics",
    "nn/ordning/frister.ics",
    "endringer.atom",
    "ordning/regler/2025/index.html",
    "nn/ordning/regler/2025.json",
)
SCRIPT = b"console.log('hei');\n" * 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # A name that would need quoting in most kinds of settings.
    folder = tmp_path_factory.mktemp("site") / "en mappe «med» {æøå} `'\""
    for name, content in {
        "index.html": b"<h1>Forside</h1>",
        "404.html": b"<h1>Fant ikke siden</h1>",
        "nn/404.html": b"<h1>Fann ikkje sida</h1>",
        "ordning/index.html": b"<h1>Ordning</h1>",
        "assets/site-AB12CD34.js": SCRIPT,
        "assets/site-AB12CD34.js.br": brotli.compress(SCRIPT),
        "assets/site-AB12CD34.js.gz": gzip.compress(SCRIPT),
        **dict.fromkeys(OPEN, b"data"),
        **{f"types/file{ending}": b"content" for ending in MEDIA_TYPES},
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    with serve_folder(folder) as address:
        yield address


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def get(address: str, method: str = "GET", **headers: str) -> Answer:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=LONGEST)
    with contextlib.closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, parts.path, headers=named)
        return Answer(connection.getresponse())


@pytest.mark.parametrize("ending", MEDIA_TYPES)
def test_media_type(site: str, ending: str) -> None:
    answer = get(f"{site}/types/file{ending}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, MEDIA_TYPES[ending])


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_compressed_beforehand(
    site: str, accepted: str, encoding: str | None, decode: type[bytes]
) -> None:
    answer = get(f"{site}/assets/site-AB12CD34.js", Accept_Encoding=accepted)
    assert answer.headers["Content-Encoding"] == encoding
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert decode(answer.body) == SCRIPT


@pytest.mark.parametrize("path", ["/", "/ordning/", "/ordning", "/assets/site-AB12CD34.js", "/x"])
def test_security_headers_on_every_answer(site: str, path: str) -> None:
    answer = get(site + path)
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers.get_all(name) == [value]
    assert "Server" not in answer.headers


@pytest.mark.parametrize("path", OPEN)
def test_open_data_can_be_read_by_scripts_of_other_sites(site: str, path: str) -> None:
    answer = get(f"{site}/{path.removesuffix('index.html')}")
    assert answer.headers.get_all("Access-Control-Allow-Origin") == ["*"]
    assert answer.headers.get_all("Cross-Origin-Resource-Policy") == ["cross-origin"]


@pytest.mark.parametrize("path", ["/", "/ordning/", "/types/file.json", "/api/v2/", "/api.json"])
def test_nothing_else_can(site: str, path: str) -> None:
    answer = get(site + path)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers.get_all("Cross-Origin-Resource-Policy") == ["same-origin"]


@pytest.mark.parametrize(
    ("path", "immutable"),
    [
        ("/assets/site-AB12CD34.js", True),
        ("/runtime/0123/pyodide.mjs", True),
        ("/pagefind/index/nb_0123456.pf_index", True),
        ("/pagefind/fragment/nb_0123456.pf_fragment", True),
        ("/pagefind/pagefind.js", False),
        ("/pagefind/wasm.nb.pagefind", False),
        ("/", False),
        ("/ordning/assets/", False),
        ("/sw.js", False),
    ],
)
def test_cache_control(path: str, immutable: bool) -> None:
    assert cache_control(path) == (IMMUTABLE if immutable else "no-cache")


@pytest.mark.parametrize("path", ["/", "/ordning/", "/types/file.js", "/assets/site-AB12CD34.js"])
def test_the_server_caches_as_the_policy_says(site: str, path: str) -> None:
    assert get(site + path).headers.get_all("Cache-Control") == [cache_control(path)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/finnes-ikke/", "Fant ikke siden"),
        ("/assets/gone.js", "Fant ikke siden"),
        ("/nn/finst-ikkje/", "Fann ikkje sida"),
        ("/../../etc/passwd", "Fant ikke siden"),
        # Names that no file system takes.
        (f"/{'a' * 300}/", "Fant ikke siden"),
        (f"/nn/{'a' * 300}", "Fann ikkje sida"),
    ],
)
def test_missing_page(site: str, path: str, text: str) -> None:
    answer = get(site + path)
    assert answer.status == 404
    assert text in answer.body.decode()
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    # Also among the immutable files: it may be there after the next publish.
    assert answer.headers["Cache-Control"] == "no-cache"


def test_nothing_can_be_written(site: str) -> None:
    assert get(f"{site}/", "POST").status == 405


def test_folder_address_gets_its_slash(site: str) -> None:
    answer = get(f"{site}/ordning")
    assert (answer.status, answer.headers["Location"]) == (308, "/ordning/")


def test_unchanged_page_is_not_sent_again(site: str) -> None:
    tag = get(f"{site}/").headers["Etag"]
    assert get(f"{site}/", If_None_Match=tag).status == 304


def test_a_publish_shows_at_once(tmp_path: Path) -> None:
    for release in ("first", "second"):
        (tmp_path / release).mkdir()
        (tmp_path / release / "index.html").write_text(release)
    current = tmp_path / "current"
    current.symlink_to("first")
    with serve_folder(current) as address:
        assert get(f"{address}/").body == b"first"
        (tmp_path / "next").symlink_to("second")
        (tmp_path / "next").replace(current)
        assert get(f"{address}/").body == b"second"


def test_several_at_once_each_serve_their_own(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        addresses = {}
        for name in ("a", "b", "c"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "index.html").write_text(name)
            addresses[name] = stack.enter_context(serve_folder(tmp_path / name))
        for name, address in addresses.items():
            assert {get(f"{address}/").body for _ in range(5)} == {name.encode()}


def _port(address: str) -> int:
    port = urlsplit(address).port
    assert port
    return port


def _is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_stops_with_the_block(folder: Path) -> None:
    with serve_folder(folder) as address:
        assert _is_open(_port(address))
    assert not _is_open(_port(address))


def test_stops_when_its_owner_is_killed(folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from builder.commands.serve import serve_folder\n"
        "with serve_folder(Path(sys.argv[1])) as at: print(at, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as owner:
        assert owner.stdout
        port = _port(owner.stdout.readline().strip())
        is_open = _is_open(port)
        owner.kill()
    assert is_open
    patience = Patience()
    while _is_open(port):
        assert not patience.is_over()
        time.sleep(0.02)


# --- The command ---


@contextlib.contextmanager
def running(*arguments: str | Path, **env: str) -> Iterator[subprocess.Popen[str]]:
    code = "import sys; from builder.commands.serve import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def busy_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_says_where_and_stops_cleanly(
    folder: Path, tmp_path: Path, stop: signal.Signals
) -> None:
    with (
        busy_port() as port,
        running(folder, PORT=str(port), HOME=str(tmp_path)) as process,
    ):
        assert process.stdout
        said = process.stdout.readline()
        assert said.startswith(f"Port {port} er opptatt; bruker port ")
        used = int(said.strip(".\n").rpartition(" ")[2])
        assert used > port
        line = f"Nettstedet vises på http://127.0.0.1:{used}/ (avslutt med Ctrl-C).\n"
        assert process.stdout.readline() == line
        assert b"Forside" in get(f"http://localhost:{used}/").body
        process.send_signal(stop)
        output, _ = process.communicate(timeout=LONGEST)
    assert (process.returncode, output) == (0, "Stoppet.\n")
    assert not _is_open(used)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "env", "sentence"),
    [
        (["no/such/folder"], {}, "Mappen no/such/folder finnes ikke; kjør «make publish» først."),
        (["."], {"PORT": "åtte"}, "«åtte» er ikke et portnummer; bruk et tall"),
        ([".", "--port", "70000"], {}, "«70000» er ikke et portnummer; bruk et tall"),
    ],
)
def test_what_keeps_it_from_serving(
    arguments: list[str], env: dict[str, str], sentence: str
) -> None:
    with running(*arguments, **env) as process:
        output, _ = process.communicate(timeout=LONGEST)
    assert (process.returncode, output.count("\n")) == (1, 1)
    assert output.startswith(sentence)
