"""Links to other sites: `make check-links` asks each of them, politely.

A step of its own: it needs the network, and what others have done must not stop a publish. One
request at a time to each host, with a pause between them; answers are remembered for a day. Only
the addresses that editors have written are asked for, as a reader's click would, and nothing they
link to; so robots.txt, which is for programs that go on from page to page, is not asked.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Literal
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
)
from urllib3.exceptions import TimeoutError as NoAnswerInTime

from builder import content
from builder.checks.context import KEPT, LABEL, Context
from builder.checks.report import is_set, report
from builder.content import Problem
from builder.kit.cache import Store
from builder.kit.day import today

ROOT = Path(__file__).resolve().parents[2]
MEMORY = ROOT / ".cache/links.json"
AGENT = "Tilskuddsstigen-lenkekontroll (kontrollerer lenkene på nettstedet Tilskuddsstigen)"

REMEMBERED = dt.timedelta(days=1)
HOSTS_AT_ONCE = 4
MOST_HOPS = 8
PAUSE = 1.0  # seconds between two requests to a host
TIMEOUT = urllib3.Timeout(connect=10, read=20)
PATIENCE = 90.0  # seconds without any answer, after which nothing more is waited for
# So many hosts in a row that can't be reached, and none that can: there is no network.
SIGNS_OF_NO_NETWORK = 3

PERMANENT = (301, 308)
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410)

_NOT_REACHED = (NewConnectionError, NameResolutionError, ConnectTimeoutError, ProxyError)

Verdict = Literal["fine", "moved", "gone", "unclear", "unreachable"]


@dataclass(frozen=True)
class Answer:
    """What a site said of a link.

    `why` is Norwegian, for `gone` and `unclear`. `new` is the address that the link should have:
    it has moved for good, or is there with `https` too.
    """

    verdict: Verdict
    why: str = ""
    new: str = ""


@dataclass(frozen=True)
class Place:
    """Where in the content a link stands."""

    file: Path
    line: int
    key: str = ""


class OfflineError(Exception):
    """No host can be reached."""


def links(context: Context) -> dict[str, list[Place]]:
    """Every link to another site, without what stands after `#`, and where it stands."""
    found: dict[str, list[Place]] = {}
    for page in context.pages:
        for link in page.links:
            _add(found, link.address, Place(Path(page.file), link.line))
    for of_folder in context.found.values():
        for address in of_folder.addresses:
            _add(found, address.url, Place(address.file, address.line, address.key))
    own = urlsplit(context.site_address).netloc
    return {url: places for url, places in found.items() if urlsplit(url).netloc != own}


def _add(found: dict[str, list[Place]], address: str, place: Place) -> None:
    with contextlib.suppress(ValueError):  # brackets that are no IPv6 address: told by «links»
        if urlsplit(address).scheme in ("http", "https"):
            found.setdefault(urldefrag(address).url, []).append(place)


# Asking


class Visitor:
    """Asks other sites, one request after another with a pause between them."""

    def __init__(self, pause: float = PAUSE, timeout: urllib3.Timeout = TIMEOUT) -> None:
        self.pause = pause
        self.timeout = timeout
        self.pools: dict[str, urllib3.PoolManager] = {}

    def ask(self, url: str) -> Answer:
        """What has become of a link. Never raises."""
        answer = self._follow(url)
        if answer.verdict == "fine" and url.startswith("http://"):
            secure = url.replace("http://", "https://", 1)
            if self._follow(secure).verdict == "fine":
                return Answer("moved", new=secure)
        return answer

    def _follow(self, url: str) -> Answer:
        here, new, only_permanent = url, "", True
        try:
            for _ in range(MOST_HOPS):
                status, location = self._status(here)
                if status not in REDIRECTS or not location:
                    return _answer(url, here, status, new)
                here = urljoin(here, location)
                only_permanent = only_permanent and status in PERMANENT
                # For how long the others hold, nobody says.
                new = here if only_permanent else new
        except (HTTPError, HTTPException, ValueError, OSError) as error:
            return _failed(error)
        return Answer("unclear", "lenken sendes videre uten ende")

    def _status(self, url: str) -> tuple[int, str | None]:
        """The status of an address, and where it leads. Some servers answer only GET rightly."""
        status, location = self._request("HEAD", url)
        if status >= 400 and status != 429:
            status, location = self._request("GET", url)
        return status, location

    def _request(self, method: str, url: str) -> tuple[int, str | None]:
        response = self._pool(url).request(
            method,
            url,
            headers={"User-Agent": AGENT, "Accept": "text/html,*/*;q=0.8"},
            timeout=self.timeout,
            redirect=False,
            retries=False,
            # What the page says is not asked for.
            preload_content=False,
        )
        response.close()
        time.sleep(self.pause)
        return response.status, response.headers.get("Location")

    def _pool(self, url: str) -> urllib3.PoolManager:
        """The way to a host: straight, or through the proxy that the machine is set up with."""
        proxies = getproxies()
        parts = urlsplit(url)
        proxy = "" if proxy_bypass(parts.netloc) else proxies.get(parts.scheme, "")
        if proxy not in self.pools:
            self.pools[proxy] = urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()
        return self.pools[proxy]


def _answer(url: str, here: str, status: int, new: str) -> Answer:
    if status in GONE:
        return Answer("gone", f"serveren svarer {status}")
    if not 200 <= status < 300:
        return Answer("unclear", f"serveren svarer {status}")
    if urlsplit(here).path in ("", "/") and urlsplit(url).path not in ("", "/"):
        return Answer("unclear", f"lenken fører nå til forsiden, {here}")
    return Answer("moved", new=new) if new else Answer("fine")


def _failed(error: Exception) -> Answer:
    if isinstance(error, _NOT_REACHED):
        return Answer("unreachable", "serveren kan ikke nås")
    if isinstance(error, NoAnswerInTime):
        return Answer("unclear", "serveren svarer ikke i tide")
    if isinstance(error, SSLError):
        return Answer("unclear", "sertifikatet til serveren er ikke gyldig")
    if isinstance(error, ValueError):
        return Answer("unclear", "adressen kan ikke leses")
    return Answer("unclear", "serveren brøt forbindelsen")


def ask_all(
    urls: Iterable[str], visit: Callable[[], Visitor] = Visitor, patience: float = PATIENCE
) -> dict[str, Answer]:
    """Ask for every link, a few hosts at once. Raises `OfflineError` where none can be reached.

    It always ends: what has not answered when nothing has come for `patience` seconds, is unclear.
    """
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(urlsplit(url).netloc, []).append(url)
    waiting: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    for of_host in hosts.values():
        waiting.put(of_host)
    answered: queue.SimpleQueue[tuple[str, Answer]] = queue.SimpleQueue()
    stopped = threading.Event()

    def work() -> None:
        visitor = visit()
        while not stopped.is_set():
            try:
                of_host = waiting.get_nowait()
            except queue.Empty:
                return
            for url in of_host:
                if not stopped.is_set():
                    answered.put((url, visitor.ask(url)))

    for _ in range(min(HOSTS_AT_ONCE, len(hosts))):
        # Daemons: a server that never finishes its answer must not keep the program.
        threading.Thread(target=work, daemon=True).start()
    try:
        return _gather(hosts, answered, patience)
    finally:
        stopped.set()


def _gather(
    hosts: Mapping[str, list[str]],
    answered: "queue.SimpleQueue[tuple[str, Answer]]",
    patience: float,
) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    every = [url for of_host in hosts.values() for url in of_host]
    while len(answers) < len(every):
        try:
            url, answer = answered.get(timeout=patience)
        except queue.Empty:
            break
        answers[url] = answer
        if all(a.verdict == "unreachable" for a in answers.values()):
            tried = {urlsplit(url).netloc for url in answers}
            if len(tried) >= min(SIGNS_OF_NO_NETWORK, len(hosts)):
                raise OfflineError
    late = Answer("unclear", "serveren svarer ikke i tide")
    return {url: answers.get(url, late) for url in every}


# Remembering


@dataclass(frozen=True)
class Memory:
    """What sites have answered, in a file: for a day, so that a second run is quick."""

    path: Path

    def answers(self, now: dt.datetime) -> dict[str, Answer]:
        """The answers of the last day. A file that can't be read has none."""
        return {url: answer for url, (_, answer) in self._entries(now).items()}

    def keep(self, answers: Mapping[str, Answer], now: dt.datetime) -> None:
        """Remember what is certain, and forget what is too old."""
        certain = {u: a for u, a in answers.items() if a.verdict in ("fine", "moved", "gone")}
        entries = self._entries(now) | {url: (now, answer) for url, answer in certain.items()}
        data = {
            url: {"time": when.isoformat(), "answer": asdict(answer)}
            for url, (when, answer) in entries.items()
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
        new.replace(self.path)

    def _entries(self, now: dt.datetime) -> dict[str, tuple[dt.datetime, Answer]]:
        try:
            data = json.loads(self.path.read_text("utf-8"))
            read = {
                url: (dt.datetime.fromisoformat(entry["time"]), Answer(**entry["answer"]))
                for url, entry in data.items()
            }
            return {u: entry for u, entry in read.items() if now - REMEMBERED < entry[0] <= now}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}


# Telling


def problems(found: Mapping[str, list[Place]], answers: Mapping[str, Answer]) -> list[Problem]:
    """What is wrong with links, at every place where they stand: those that are gone are errors."""
    told = []
    for url, places in found.items():
        answer = answers[url]
        match answer.verdict:
            case "fine":
                continue
            case "gone":
                message = f"Lenken er død: {answer.why}."
                expected = "en adresse som virker, eller teksten uten lenke"
            case "moved" if url.replace("http://", "https://", 1) == answer.new:
                message, expected = "Lenken virker med https også.", answer.new
            case "moved":
                message, expected = "Siden har flyttet for godt.", answer.new
            case _:
                message = f"Lenken kunne ikke kontrolleres: {answer.why}."
                expected = "Prøv den i nettleseren."
        is_warning = answer.verdict != "gone"
        told += [
            Problem(p.file, p.line, p.key, message, url, expected, is_warning, "Lenker ut")
            for p in places
        ]
    return sorted(told, key=lambda problem: (problem.is_warning, problem))


def main(argv: Sequence[str]) -> int:
    """Check the links to other sites; the exit code is 1 where one is dead. None: no network."""
    parser = argparse.ArgumentParser(
        prog="check-links", description="Kontroller lenkene til andre nettsteder."
    )
    parser.parse_args(argv)
    site, unreadable = content.read(ROOT / "content", keep=True)
    if unreadable:
        print("Innholdet har feil, så noen av lenkene kan mangle her. Kjør «make check».")
    address = os.environ.get("SITE_ADDRESS", "")
    found = links(Context(ROOT, site, today(), address, Store(ROOT / KEPT), LABEL))
    return tell(found, Memory(MEMORY), anew=is_set("NYTT"), every=is_set("ALT"))


def tell(
    found: Mapping[str, list[Place]],
    memory: Memory,
    visit: Callable[[], Visitor] = Visitor,
    *,
    anew: bool = False,
    every: bool = False,
) -> int:
    """Ask for the links that are not remembered, and tell of all; returns the exit code."""
    now = dt.datetime.now(dt.UTC)
    answers = {} if anew else memory.answers(now)
    asked = [url for url in found if url not in answers]
    if asked:
        print(f"Lenker som kontrolleres nå: {len(asked)} …", file=sys.stderr, flush=True)
    try:
        new = ask_all(asked, visit)
    except OfflineError:
        print("Ingen av nettstedene kan nås. Er maskinen på nett? Lenkene er ikke kontrollert.")
        return 0
    memory.keep(new, now)
    answers |= new
    told = problems(found, answers)
    if told:
        print(report(told, every=every))
    else:
        print(f"Alle lenkene til andre nettsteder virker ({len(found)}).")
    return int(any(not problem.is_warning for problem in told))
