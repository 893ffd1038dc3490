"""Checks links to other sites: `make check-links` requests each of them, politely.

The check of links is a command of its own, since it needs the network, and another site's mistake
must not stop a publish. Each host gets one request at a time, with a pause between two; answers are
cached for a day. Only addresses that editors have written are requested, as by a reader's click,
and no links on the pages there. So robots.txt, which is for programs that go from page to page, is
not asked.
"""

import argparse
import contextlib
import datetime as dt
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from builder.checks.context import KIND, LABEL, Context
from builder.checks.report import report
from builder.content import Problem
from builder.kit.environment import is_set, today
from builder.kit.store import CACHE, Store, code_version

ROOT = Path(__file__).resolve().parents[2]
AGENT = "Tilskuddsstigen-lenkekontroll (kontrollerer lenkene på nettstedet Tilskuddsstigen)"

CACHED_FOR = dt.timedelta(days=1)
HOSTS_AT_ONCE = 4
MOST_HOPS = 8
PAUSE = 1.0  # seconds between two requests to a host
TIMEOUT = urllib3.Timeout(connect=10, read=20)
PATIENCE = 90.0  # seconds without any answer, after which the waiting ends
# With so many hosts that can't be reached, and none that can, there is no network.
SIGNS_OF_NO_NETWORK = 3

PERMANENT = (301, 308)
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410)

_NOT_REACHED = (NewConnectionError, NameResolutionError, ConnectTimeoutError, ProxyError)

Verdict = Literal["fine", "moved", "gone", "unclear", "unreachable"]


@dataclass(frozen=True)
class Answer:
    """The result of a request for a link.

    `why` is the reason, in Norwegian, of the verdicts `gone`, `unclear` and `unreachable`. `new` is
    the address that a `moved` link should have: its page has moved for good, or is there by https.
    """

    verdict: Verdict
    why: str = ""
    new: str = ""


@dataclass(frozen=True)
class Occurrence:
    """A place in the content where a link stands; `key` is empty in Markdown."""

    file: Path
    line: int
    key: str = ""


class OfflineError(Exception):
    """No host can be reached."""


def links(context: Context) -> dict[str, list[Occurrence]]:
    """Every link to another site, without its anchor, and where in the content it stands."""
    occurrences: dict[str, list[Occurrence]] = {}
    for page in context.pages:
        for link in page.links:
            _add(occurrences, link.address, Occurrence(Path(page.file), link.line))
    for findings in context.findings.values():
        for address in findings.addresses:
            occurrence = Occurrence(address.file, address.line, address.key)
            _add(occurrences, address.url, occurrence)
    own = urlsplit(context.site_address).netloc
    return {url: of_url for url, of_url in occurrences.items() if urlsplit(url).netloc != own}


def _add(occurrences: dict[str, list[Occurrence]], address: str, occurrence: Occurrence) -> None:
    # A ValueError: brackets that are no IPv6 address, which `links.check` reports.
    with contextlib.suppress(ValueError):
        if urlsplit(address).scheme in ("http", "https"):
            occurrences.setdefault(urldefrag(address).url, []).append(occurrence)


# Requests


class Visitor:
    """Requests addresses of other sites, one after another with a pause between two."""

    def __init__(self, pause: float = PAUSE, timeout: urllib3.Timeout = TIMEOUT) -> None:
        self.pause = pause
        self.timeout = timeout
        self.pools: dict[str, urllib3.PoolManager] = {}

    def ask(self, url: str) -> Answer:
        """Request a link, follow its redirects, and return the result. Never raises."""
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
                # A redirect that is not permanent may end any day, so the link should stay.
                new = here if only_permanent else new
        except (HTTPError, HTTPException, ValueError, OSError) as error:
            return _failed(error)
        return Answer("unclear", "lenken sendes videre uten ende")

    def _status(self, url: str) -> tuple[int, str | None]:
        """The HTTP status of an address, and the address it redirects to.

        A mistake is confirmed by GET, since some servers answer HEAD wrongly.
        """
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
            # The body of the page is not downloaded.
            preload_content=False,
        )
        response.close()
        time.sleep(self.pause)
        return response.status, response.headers.get("Location")

    def _pool(self, url: str) -> urllib3.PoolManager:
        """The connections to a host: direct, or through the proxy in the machine's settings."""
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
    """Request every link, at a few hosts at a time, and return the answers by link.

    The function always ends: after `patience` seconds without any answer, the links that are left
    are `unclear`. Raises `OfflineError` where no host can be reached. `visit` makes a visitor for
    each thread.
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
        # Daemons: the program can end although a server never finishes its answer.
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


# Cached answers


class AnswerCache:
    """The answers of other sites in the last day, so that a second run is quick."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = code_version("builder/checks/external.py")

    def answers(self, now: dt.datetime) -> dict[str, Answer]:
        """The answers of the last day by link."""
        return {url: answer for url, (_, answer) in self._entries(now).items()}

    def add(self, answers: Mapping[str, Answer], now: dt.datetime) -> None:
        """Add the certain answers (`fine`, `moved`, `gone`), and drop answers older than a day."""
        certain = {u: a for u, a in answers.items() if a.verdict in ("fine", "moved", "gone")}
        entries = self._entries(now) | {url: (now, answer) for url, answer in certain.items()}
        self._store.put("answers", result=entries, version=self._version)

    def _entries(self, now: dt.datetime) -> dict[str, tuple[dt.datetime, Answer]]:
        entries: dict[str, tuple[dt.datetime, Answer]] = (
            self._store.get("answers", version=self._version) or {}
        )
        return {u: entry for u, entry in entries.items() if now - CACHED_FOR < entry[0] <= now}


# Reports


def problems(links: Mapping[str, list[Occurrence]], answers: Mapping[str, Answer]) -> list[Problem]:
    """A problem for every occurrence of a link that is not fine; a dead link is a mistake."""
    reported = []
    for url, occurrences in links.items():
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
        reported += [
            Problem(one.file, one.line, one.key, message, url, expected, is_warning, "Lenker ut")
            for one in occurrences
        ]
    return sorted(reported, key=lambda problem: (problem.is_warning, problem))


def main(argv: Sequence[str]) -> int:
    """Check the links to other sites and print a report.

    The exit code is 1 where a link is dead. Without a network it is 0, and no link is checked.
    """
    parser = argparse.ArgumentParser(
        prog="check-links", description="Kontroller lenkene til andre nettsteder."
    )
    parser.parse_args(argv)
    site, unreadable = content.read(ROOT / "content", cached=True)
    if unreadable:
        print("Innholdet har feil, så noen av lenkene kan mangle her. Kjør «make check».")
    address = os.environ.get("SITE_ADDRESS", "")
    every_link = links(Context(ROOT, site, today(), address, Store(ROOT / CACHE, KIND), LABEL))
    cache = AnswerCache(Store(ROOT / CACHE, "links"))
    return report_links(every_link, cache, anew=is_set("NYTT"), every=is_set("ALT"))


def report_links(
    links: Mapping[str, list[Occurrence]],
    cache: AnswerCache,
    visit: Callable[[], Visitor] = Visitor,
    *,
    anew: bool = False,
    every: bool = False,
) -> int:
    """Request the links without a cached answer, and print a report of all links.

    With `anew`, cached answers are not used. With `every`, the report lists every warning. Returns
    the exit code: 1 where a link is dead, else 0. Without a network it is 0 too, and the report
    says so.
    """
    now = dt.datetime.now(dt.UTC)
    answers = {} if anew else cache.answers(now)
    asked = [url for url in links if url not in answers]
    if asked:
        print(f"Lenker som kontrolleres nå: {len(asked)} …", file=sys.stderr, flush=True)
    try:
        new = ask_all(asked, visit)
    except OfflineError:
        print("Ingen av nettstedene kan nås. Er maskinen på nett? Lenkene er ikke kontrollert.")
        return 0
    cache.add(new, now)
    answers |= new
    reported = problems(links, answers)
    if reported:
        print(report(reported, every=every))
    else:
        print(f"Alle lenkene til andre nettsteder virker ({len(links)}).")
    return int(any(not problem.is_warning for problem in reported))
