"""Links to other sites, asked of servers on this machine."""

import datetime as dt
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3

from builder.checks import external
from builder.checks.context import Context
from builder.checks.external import (
    AGENT,
    MOST_HOPS,
    SIGNS_OF_NO_NETWORK,
    Answer,
    AnswerCache,
    Occurrence,
    OfflineError,
    Visitor,
    ask_all,
    links,
    problems,
    report_links,
)
from builder.content import read
from builder.kit.store import Store
from tests.building import cached
from tests.checks.conftest import DAY, HEADER, replace_in, write
from tests.content.sample import PAGE_FILE, SCHEME_FILE

NOW = dt.datetime(2030, 3, 1, 12, tzinfo=dt.UTC)
# The servers here answer all that is asked but `/never`, however busy the machine is.
ENDLESS = urllib3.Timeout(None)
SHORT = urllib3.Timeout(connect=None, read=0.2)


class Site(ThreadingHTTPServer):
    """A site that answers as its address says (`/404`, `/301?/a/`), and notes each request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[tuple[str, str, str]] = []
        self.times: list[float] = []
        self.never = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Site

    def handle(self) -> None:
        # The visitor also tries https; the first byte of its handshake is not that of a method.
        if self.connection.recv(1, socket.MSG_PEEK) != b"\x16":
            super().handle()

    def do_HEAD(self) -> None:
        self.server.times.append(time.monotonic())
        self.server.asked.append((self.command, self.path, self.headers["User-Agent"]))
        path, _, target = self.path.partition("?")
        status = path.strip("/").partition("/")[0]
        if status == "never":
            self.server.never.wait()
        elif status == "broken":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif status == "ring":
            self.answer(301, "/ring")
        elif status == "no-head":
            self.answer(405 if self.command == "HEAD" else 200)
        else:
            self.answer(int(status) if status.isdigit() else 200, target)

    def do_GET(self) -> None:
        self.do_HEAD()

    def answer(self, status: int, target: str = "") -> None:
        self.send_response(status)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve()


@pytest.fixture
def other_site() -> Iterator[Site]:
    yield from serve()


def serve() -> Iterator[Site]:
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.never.set()
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def visitor() -> Visitor:
    return Visitor(pause=0, timeout=ENDLESS)


def no_name(*_: object, **__: object) -> None:
    """Takes the place of `socket.getaddrinfo` on a machine without network."""
    raise socket.gaierror(socket.EAI_AGAIN, "no network")


def closed_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


# Which links there are


def test_links_of_pages_and_yaml_files_with_every_place(root: Path) -> None:
    text = (
        "[a](https://example.net/a/#del)\n\n<https://example.net/b/>\n\n"
        "[a](https://example.net/a/) `https://example.net/code/`\n\n[c](/proveordning/)\n\n"
        "[d](mailto:a@example.net) [e](https://stigen.example/a/)\n"
    )
    write(root, PAGE_FILE, HEADER + text)
    site, _ = read(root / "content")
    found = links(Context(root, site, DAY, "https://stigen.example"))
    page, facts = Path("content") / PAGE_FILE, Path("content") / SCHEME_FILE
    lines = (root / facts).read_text("utf-8").splitlines()
    assert found == {
        "https://example.net/a/": [Occurrence(page, 4), Occurrence(page, 8)],
        "https://example.net/b/": [Occurrence(page, 6)],
        "https://example.org/prover": [
            Occurrence(facts, lines.index("  url: https://example.org/prover") + 1, "owner.url")
        ],
        "https://example.org/skjema": [
            Occurrence(
                facts, lines.index("    url: https://example.org/skjema") + 1, "links[1].url"
            )
        ],
    }


def test_links_of_a_scheme_with_mistakes_are_asked_for_too(root: Path) -> None:
    replace_in(root, SCHEME_FILE, "state: active", "state: kanskje")
    site, unreadable = read(root / "content")
    assert unreadable
    assert "https://example.org/skjema" in links(Context(root, site, DAY))


# What sites answer


@pytest.mark.parametrize(
    ("path", "verdict", "why", "new"),
    [
        ("/a/", "fine", "", ""),
        ("/no-head", "fine", "", ""),
        ("/404", "gone", "serveren svarer 404", ""),
        ("/410", "gone", "serveren svarer 410", ""),
        ("/403", "unclear", "serveren svarer 403", ""),
        ("/429", "unclear", "serveren svarer 429", ""),
        ("/500", "unclear", "serveren svarer 500", ""),
        ("/503", "unclear", "serveren svarer 503", ""),
        ("/301?/ny/", "moved", "", "/ny/"),
        ("/308?/ny/", "moved", "", "/ny/"),
        ("/301?/301/b?/ny/", "moved", "", "/ny/"),
        # From the temporary one on, nothing is promised.
        ("/301?/302/b?/ny/", "moved", "", "/302/b?/ny/"),
        ("/302?/ny/", "fine", "", ""),
        ("/307?/301/b?/ny/", "fine", "", ""),
        ("/301?/404", "gone", "serveren svarer 404", ""),
        ("/302?/404", "gone", "serveren svarer 404", ""),
        ("/301?/", "unclear", "lenken fører nå til forsiden, ", ""),
        ("/301", "unclear", "serveren svarer 301", ""),
        ("/never", "unclear", "serveren svarer ikke i tide", ""),
        ("/broken", "unclear", "serveren brøt forbindelsen", ""),
    ],
)
def test_each_answer_of_a_server_has_its_verdict(
    site: Site, path: str, verdict: str, why: str, new: str
) -> None:
    asking = Visitor(pause=0, timeout=SHORT) if path == "/never" else visitor()
    answer = asking.ask(site.address + path)
    assert (answer.verdict, answer.new.removeprefix(site.address)) == (verdict, new)
    assert answer.why.startswith(why)
    assert bool(answer.why) == bool(why)
    assert {agent for _, _, agent in site.asked} <= {AGENT}


def test_the_page_itself_is_asked_for_only_where_it_must_be(site: Site) -> None:
    visitor().ask(f"{site.address}/a/")
    assert [method for method, _, _ in site.asked] == ["HEAD"]
    visitor().ask(f"{site.address}/404")
    visitor().ask(f"{site.address}/429")
    assert [method for method, _, _ in site.asked] == ["HEAD", "HEAD", "GET", "HEAD"]


def test_a_ring_of_redirects_ends(site: Site) -> None:
    answer = visitor().ask(f"{site.address}/ring")
    assert answer == Answer("unclear", "lenken sendes videre uten ende")
    assert len(site.asked) == MOST_HOPS


def test_a_server_that_is_not_there_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = visitor().ask(f"http://127.0.0.1:{closed_port()}/")
    assert answer == Answer("unreachable", "serveren kan ikke nås")
    monkeypatch.setattr(socket, "getaddrinfo", no_name)
    assert visitor().ask("http://finnes-ikke.invalid/").verdict == "unreachable"


@pytest.mark.parametrize(
    "url", ["http://", "http://[", "http://a:b/", "http://\x00/", "https://.."]
)
def test_no_address_makes_it_fail(url: str) -> None:
    assert visitor().ask(url).verdict in ("unclear", "unreachable")


def test_where_https_works_http_need_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Visitor, "_follow", lambda _self, _url: Answer("fine"))
    assert visitor().ask("http://example.org/") == Answer("moved", new="https://example.org/")
    assert visitor().ask("https://example.org/") == Answer("fine")


def test_a_host_is_asked_once_at_a_time_with_a_pause(site: Site, other_site: Site) -> None:
    urls = [f"{s.address}/{n}/" for n in "abc" for s in (site, other_site)]
    answers = ask_all(urls, lambda: Visitor(pause=0.1, timeout=ENDLESS))
    assert list(answers) == sorted(urls, key=lambda url: not url.startswith(site.address))
    assert {answer.verdict for answer in answers.values()} == {"fine"}
    for server in (site, other_site):
        gaps = [b - a for a, b in zip(server.times, server.times[1:], strict=False)]
        assert gaps
        assert min(gaps) >= 0.09


def test_it_ends_also_where_a_server_never_answers(site: Site) -> None:
    slow = f"{site.address}/never"
    answers = ask_all([slow], visitor, patience=0.2)
    assert answers[slow] == Answer("unclear", "serveren svarer ikke i tide")


def test_no_network_is_found_out_from_the_first_few() -> None:
    first_answers = iter(range(SIGNS_OF_NO_NETWORK))
    is_over = threading.Event()

    class Unreached(Visitor):
        def ask(self, url: str) -> Answer:
            if next(first_answers, None) is None:
                is_over.wait()
            return Answer("unreachable")

    try:
        with pytest.raises(OfflineError):
            ask_all([f"https://{n}.example/" for n in range(20)], Unreached)
    finally:
        is_over.set()


def test_one_host_that_is_down_is_not_no_network(site: Site) -> None:
    down = f"http://127.0.0.1:{closed_port()}/"
    answers = ask_all([down, f"{site.address}/a/", f"{site.address}/b/"], visitor)
    assert answers[down].verdict == "unreachable"


def test_without_links_nothing_is_asked() -> None:
    assert ask_all([], visitor) == {}


# What is remembered


def test_answers_are_remembered_for_a_day(tmp_path: Path) -> None:
    memory = AnswerCache(Store(tmp_path, "links"))
    assert memory.answers(NOW) == {}
    certain = {"a": Answer("fine"), "b": Answer("gone", "x"), "c": Answer("moved", new="d")}
    memory.add({**certain, "e": Answer("unclear", "y"), "f": Answer("unreachable")}, NOW)
    assert memory.answers(NOW) == certain
    later = NOW + dt.timedelta(hours=23)
    memory.add({"g": Answer("fine")}, later)
    assert memory.answers(later) == {**certain, "g": Answer("fine")}
    assert memory.answers(NOW + dt.timedelta(days=1)) == {"g": Answer("fine")}
    assert memory.answers(NOW - dt.timedelta(hours=1)) == {}


# Findings


def test_each_place_of_a_link_is_reported() -> None:
    one, two = (
        Occurrence(Path("content/a.md"), 4),
        Occurrence(Path("content/b.yaml"), 7, "owner.url"),
    )
    found = {url: [one, two] for url in ("http://a/", "https://b/", "https://c/", "https://d/")}
    found["https://e/"] = [one]
    findings = problems(
        found,
        {
            "http://a/": Answer("moved", new="https://a/"),
            "https://b/": Answer("gone", "serveren svarer 404"),
            "https://c/": Answer("moved", new="https://ny/"),
            "https://d/": Answer("unclear", "serveren svarer 403"),
            "https://e/": Answer("fine"),
        },
    )
    assert [(p.line, p.key, p.found) for p in findings if not p.is_warning] == [
        (4, "", "https://b/"), (7, "owner.url", "https://b/"),
    ]  # fmt: skip
    messages = {p.found: (p.message, p.expected) for p in findings}
    assert messages == {
        "http://a/": ("Lenken virker med https også.", "https://a/"),
        "https://b/": (
            "Lenken er død: serveren svarer 404.",
            "en adresse som virker, eller teksten uten lenke",
        ),
        "https://c/": ("Siden har flyttet for godt.", "https://ny/"),
        "https://d/": (
            "Lenken kunne ikke kontrolleres: serveren svarer 403.",
            "Prøv den i nettleseren.",
        ),
    }


def test_the_command_asks_once_and_remembers(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = AnswerCache(Store(tmp_path, "links"))
    place = [Occurrence(Path("content/a.md"), 4)]
    found = {f"{site.address}/a/": place}
    assert report_links(found, memory, visitor) == 0
    assert capsys.readouterr().out.strip() == "Alle lenkene til andre nettsteder virker (1)."
    found[f"{site.address}/404"] = place
    assert report_links(found, memory, visitor) == 1
    assert "Lenken er død" in capsys.readouterr().out
    before = len(site.asked)
    assert report_links(found, memory, visitor) == 1
    assert len(site.asked) == before
    assert report_links(found, memory, visitor, anew=True) == 1
    assert len(site.asked) > before


def test_without_network_the_command_prints_one_sentence(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every way to other machines is closed, and the command says so and ends well."""

    monkeypatch.setattr(socket, "getaddrinfo", no_name)
    monkeypatch.setattr(external, "ROOT", root)
    assert external.main([]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "Ingen av nettstedene kan nås. Er maskinen på nett? Lenkene er ikke kontrollert."
    ]
    assert not cached(root, "links")
