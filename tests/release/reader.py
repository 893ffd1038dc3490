"""Somebody who reads the site all the time, and looks at whether all of it fits together."""

import contextlib
import http.client
import re
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# What a page needs that has a hash of its content in its address.
_NEEDED = re.compile(r'(?:href|src|data-[a-z]+)="(/(?:assets|runtime)/[^"]+)"')
# Of the sites that these tests make: which version a page or file is of.
_VERSION = re.compile(r"version (\w+)")


# What pages need that were read so long ago is not asked for again: it may be gone by then.
_REMEMBERED = 6


@dataclass
class Reader:
    """What was read: how many pages, of which versions, and what was wrong with them."""

    pages: int = 0
    versions: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    needed: deque[str] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def read(self, ask: "Ask", path: str) -> None:
        """Read a page, all it needs, and something that a page read earlier needs."""
        status, text = ask(path)
        versions = set(_VERSION.findall(text))
        if status != 200 or not text.rstrip().endswith("</html>") or len(versions) > 1:
            self.wrong.append(f"{path}: {status}, {len(text)} characters, {versions}")
            return
        self.pages += 1
        self.versions |= versions
        for needed in _NEEDED.findall(text):
            self.fetch(ask, needed, path)
            if needed not in self.needed:
                self.needed.append(needed)
        # An open page may ask at any time for what it has not needed before.
        if self.needed:
            self.fetch(ask, self.needed[self.pages % len(self.needed)], "an open page")

    def fetch(self, ask: "Ask", path: str, page: str) -> None:
        """Get a file that a page needs, of the version that its address names."""
        status, text = ask(path)
        versions = _VERSION.findall(text)
        if status != 200 or not text or any(version not in path for version in versions):
            self.wrong.append(f"{page} needs {path}: {status}, {versions}")


class Ask:
    """A connection to a server that is kept while it lasts."""

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)

    def __call__(self, path: str) -> tuple[int, str]:
        """Ask for an address: the status, and the text."""
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        return response.status, response.read().decode(errors="replace")


@contextlib.contextmanager
def reading(address: str, paths: Sequence[str]) -> Iterator[Reader]:
    """Read these pages over and over while the block runs."""
    reader, enough = Reader(), threading.Event()

    def run() -> None:
        ask = Ask(address)
        with contextlib.closing(ask.connection):
            try:
                while not enough.is_set():
                    for path in paths:
                        reader.read(ask, path)
            except (OSError, http.client.HTTPException) as error:
                reader.wrong.append(repr(error))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield reader
    finally:
        enough.set()
        thread.join()
