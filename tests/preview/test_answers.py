"""The answers of the preview: pages and files as they will be published, and nothing else."""

import json
import re
import socket

import pytest

from builder.kit.headers import MEDIA_TYPES, content_security_policy
from tests.preview.conftest import Editor, Started, eventually


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("/tryggest/", ["tryggest/om.md", "tryggest/scheme.yaml"]),
        (
            "/tryggest/kalkulator/",
            ["tryggest/kalkulator.md", "tryggest/scheme.yaml", "tryggest/rules/2025.yaml"],
        ),
        ("/tryggest/satser/2025/", ["tryggest/scheme.yaml", "tryggest/rules/2025.yaml"]),
        ("/om/", ["pages/om.md"]),
        ("/nn/om/", ["pages/om.nn.md"]),
        ("/", ["pages/forside.md", "&lt;ordning&gt;/scheme.yaml"]),
    ],
)
def test_the_bar_names_the_files_of_a_page(preview: Started, path: str, files: list[str]) -> None:
    answer = preview.get(path)
    assert re.findall(r"<li><code>content/([^<]+)</code></li>", answer.text) == files
    assert "Blir publisert" in answer.text


def test_the_bar_says_where_nynorsk_would_stand(preview: Started) -> None:
    assert "<code>content/tryggest/om.nn.md</code>" in preview.get("/nn/tryggest/").text
    assert "om.nn.md" not in preview.get("/tryggest/").text


@pytest.mark.parametrize("path", ["/", "/tryggest/kalkulator/", "/sok/", "/innebygd/tryggest/"])
def test_pages_have_the_policies_that_they_will_have(preview: Started, path: str) -> None:
    headers = preview.get(path).headers
    assert headers.get_all("Content-Security-Policy") == [content_security_policy(path)]
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert headers.get_all("Cache-Control") == ["no-store"]
    assert headers["Content-Type"] == MEDIA_TYPES[".html"]


def test_what_is_in_a_frame_is_as_published(preview: Started) -> None:
    framed = preview.get("/innebygd/tryggest/", Sec_Fetch_Dest="iframe").text
    assert "data-calculator" in framed
    assert "forhandsvisning" not in framed


def test_the_headers_alone(preview: Started) -> None:
    answer = preview.get("/tryggest/", "HEAD")
    assert (answer.status, answer.text) == (200, "")
    assert answer.headers["Date"]
    assert int(answer.headers["Content-Length"]) > 1000


@pytest.mark.parametrize(
    ("path", "media_type", "part"),
    [
        ("/robots.txt", "text/plain; charset=utf-8", "User-agent"),
        ("/endringer.atom", "application/atom+xml; charset=utf-8", "<feed"),
        ("/nn/endringer.atom", "application/atom+xml; charset=utf-8", "<feed"),
        ("/tryggest/regler/2025.yaml", "application/yaml", "year: 2025"),
        ("/tryggest/frister.ics", "text/calendar; charset=utf-8", "BEGIN:VCALENDAR"),
        ("/embed.js", "text/javascript; charset=utf-8", "tilskudd-kalkulator"),
        ("/pagefind/pagefind.js", "text/javascript; charset=utf-8", "pagefind"),
        ("/pagefind/pagefind-entry.json", "application/json", '"nn"'),
    ],
)
def test_files(preview: Started, path: str, media_type: str, part: str) -> None:
    answer = preview.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
    assert part in answer.text


def test_the_runtime_of_the_calculators_is_served(preview: Started) -> None:
    page = preview.get("/tryggest/kalkulator/").text
    (script,) = re.findall(r'data-worker="([^"]+)"', page)
    (folder,) = set(re.findall(r"/runtime/[0-9a-f]+/", preview.get(script).text))
    lock = json.loads(preview.get(f"{folder}pyodide-lock.json").text)
    for name in lock["files"]:
        assert preview.get(folder + name, "HEAD").status == 200


def test_earlier_addresses_lead_on(preview: Started, editor: Editor) -> None:
    editor.append("content/tryggest/scheme.yaml", "aliases: [/for-trygg/]\n")
    preview.shows("/tryggest/", "data-preview-bar")
    for old, new in (
        ("/for-trygg/", "/tryggest/"),
        ("/nn/for-trygg/kalkulator/", "/nn/tryggest/kalkulator/"),
        ("/for-trygg/regler/2025.json", "/tryggest/regler/2025.json"),
    ):
        answer = eventually(
            lambda old=old: preview.get(old),
            lambda answer: answer.status == 307,
        )
        assert answer.headers["Location"] == new


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/tryggest", "/tryggest/"),
        ("/nn/tryggest/kalkulator", "/nn/tryggest/kalkulator/"),
        ("/tryggest/index.html", "/tryggest/"),
        ("/index.html", "/"),
    ],
)
def test_the_usual_address_of_a_page(preview: Started, path: str, meant: str) -> None:
    answer = preview.get(path)
    assert (answer.status, answer.headers["Location"]) == (307, meant)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/finnes-ikke/", "Vi finner ikke siden"),
        ("/nn/finst-ikkje/", "Vi finn ikkje sida"),
        ("/assets/borte.js", "Vi finner ikke siden"),
    ],
)
def test_what_is_missing(preview: Started, path: str, text: str) -> None:
    answer = preview.get(path)
    assert answer.status == 404
    assert text in answer.text
    assert answer.headers["Content-Security-Policy"] == content_security_policy("/")


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/%2e%2e/pyproject.toml",
        "/..%2fpyproject.toml",
        "/assets/../../pyproject.toml",
        "/assets/%2e%2e/%2e%2e/pelican.conf.py",
        "/runtime/{runtime}/../../../pyproject.toml",
        "/runtime/{runtime}/%2e%2e/%2e%2e/%2e%2e/pyproject.toml",
        "/runtime/{runtime}//etc/passwd",
        "/runtime/{runtime}/..%5c..%5cpyproject.toml",
        "/pagefind/../../../etc/passwd.txt",
        "/content/tryggest/scheme.yaml",
        "/tryggest/scheme.yaml",
        "/forhandsvisning/../pelican.conf.py",
        "/forhandsvisning/",
        "/etc/passwd.txt",
        "//etc/passwd.txt",
        "/%00.txt",
        "/%ff.txt",
    ],
)
def test_nothing_else_of_the_machine_is_served(preview: Started, path: str) -> None:
    if "{runtime}" in path:
        page = preview.get("/tryggest/kalkulator/").text
        (script,) = re.findall(r'data-worker="([^"]+)"', page)
        (folder,) = set(re.findall(r"/runtime/([0-9a-f]+)/", preview.get(script).text))
        path = path.replace("{runtime}", folder)
        assert preview.get(f"/runtime/{folder}/pyodide.mjs").status == 200
    answer = preview.get(path)
    assert answer.status in (400, 404)
    assert not re.search("root:|hatchling|PLUGINS|last_checked", answer.text)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "localhost:1", "127.0.0.1", "[::1]:{port}", ""]
)
def test_only_this_machines_own_names_are_answered(preview: Started, host: str) -> None:
    port = preview.address.rpartition(":")[2]
    answer = preview.get("/", Host=host.format(port=port))
    assert (answer.status, answer.text) == (421, "")
    assert preview.get("/", Host=f"localhost:{port}").status == 200


def test_only_this_machine_can_connect(preview: Started) -> None:
    port = int(preview.address.rpartition(":")[2])
    with socket.socket() as client:
        own_name = socket.gethostbyname(socket.gethostname())
        if own_name.startswith("127."):
            own_name = "127.0.0.2"
        assert client.connect_ex((own_name, port)) != 0


@pytest.mark.parametrize("path", ["http://evil.example/", "om/", "*"])
def test_other_kinds_of_requests_are_refused(preview: Started, path: str) -> None:
    port = preview.address.rpartition(":")[2]
    assert preview.get(path, Host=f"127.0.0.1:{port}").status == 400


def test_nothing_can_be_sent(preview: Started) -> None:
    assert preview.get("/", "POST").status == 501
