"""Firefox, driven by WebDriver BiDi: it needs no driver beside it."""

from __future__ import annotations

import itertools
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser.engines.page import Page, PageError
from tests.patience import LONGEST, Gone, until

# Errors of a command to a document that is just being replaced by the next.
ON_THE_WAY = ("no such frame", "no such node", "stale element reference")

TELL_OF_POLICY = """() => addEventListener("securitypolicyviolation", (event) =>
  console.error("policy:", event.violatedDirective, event.blockedURI))"""


class Connection:
    """Commands to one Firefox, and what it tells meanwhile."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.numbers = itertools.count()
        # What hears each user context's events; those of nobody's, like a service worker's, all.
        self.listeners: dict[str, Callable[[str, dict[str, Any]], None]] = {}
        self.owners: dict[str, str] = {}

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(LONGEST))
            if message["type"] == "event":
                self._hear(message["method"], message["params"])
            elif message["id"] != number:
                continue
            elif message["type"] == "error":
                error = f"{method}: {message['error']}: {message['message']}"
                raise (Gone if message["error"] in ON_THE_WAY else PageError)(error)
            else:
                return dict(message["result"])

    def _hear(self, event: str, params: dict[str, Any]) -> None:
        source = params.get("source", params).get("context")
        owner = self.owners.get(source)
        for name, listener in list(self.listeners.items()):
            if owner in (name, None):
                listener(event, params)


class FirefoxTab:
    def __init__(self, connection: Connection, context: str) -> None:
        self.connection = connection
        self.context = context

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        return self.connection.send(method, context=self.context, **params)

    def goto(self, url: str) -> None:
        self._send("browsingContext.navigate", url=url, wait="complete")

    def go_back(self) -> None:
        self._send("browsingContext.traverseHistory", delta=-1)

    def address(self) -> str:
        return self.call("async () => location.href", "")

    def bring_to_front(self) -> None:
        self._send("browsingContext.activate")

    def call(self, function: str, argument: str) -> str:
        answer = self.connection.send(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": "string", "value": argument}],
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise PageError(answer["exceptionDetails"]["text"])
        return str(answer["result"]["value"])

    def perform(self, *sources: dict[str, Any]) -> None:
        self._send("input.performActions", actions=sources)


class FirefoxContext:
    """Tabs that share what a browser keeps, with nobody else."""

    def __init__(self, connection: Connection, base_url: str, user_context: str) -> None:
        self.connection = connection
        self.base_url = base_url
        self.user_context = user_context
        self.tabs: list[FirefoxTab] = []

    def new_page(self) -> Page:
        created = self.connection.send(
            "browsingContext.create", type="tab", userContext=self.user_context
        )
        tab = FirefoxTab(self.connection, created["context"])
        self.connection.owners[tab.context] = self.user_context
        self.tabs.append(tab)
        return Page(tab, self.base_url)


class Firefox:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @contextmanager
    def new_context(
        self, base_url: str, requests: list[str], complaints: list[str]
    ) -> Iterator[FirefoxContext]:
        """A context whose requests and complaints are put into the lists."""

        def hear(event: str, params: dict[str, Any]) -> None:
            if event == "network.beforeRequestSent":
                requests.append(params["request"]["url"])
            elif params["level"] in ("error", "warn"):
                complaints.append(f"{params['level']}: {params['text']}")

        send = self.connection.send
        name = send("browser.createUserContext")["userContext"]
        send("script.addPreloadScript", functionDeclaration=TELL_OF_POLICY, userContexts=[name])
        self.connection.listeners[name] = hear
        context = FirefoxContext(self.connection, base_url, name)
        yield context
        for tab in context.tabs:
            # What the page has told before is heard before it answers.
            tab.call("async () => ''", "")
        del self.connection.listeners[name]
        send("browser.removeUserContext", userContext=name)


@contextmanager
def start(path: str) -> Iterator[Firefox]:
    with tempfile.TemporaryDirectory(prefix="firefox-") as profile:
        command = [path, "--headless", "--no-remote", "--profile", profile]
        log = Path(profile, "log")
        with log.open("w") as output:
            process = subprocess.Popen(
                [*command, "--remote-debugging-port=0"], stdout=output, stderr=output
            )
        try:
            yield from _connected(process, Path(profile))
        except BaseException:
            print(log.read_text("utf-8", "replace"))
            raise
        finally:
            process.terminate()
            process.wait()


def _connected(process: subprocess.Popen[bytes], profile: Path) -> Iterator[Firefox]:
    address = profile / "WebDriverBiDiServer.json"

    def read() -> dict[str, Any]:
        assert process.poll() is None, "Firefox ended by itself."
        try:
            return dict(json.loads(address.read_text("utf-8")))
        except (FileNotFoundError, ValueError):  # not there, or not all of it
            return {}

    server = until(read, bool)
    assert server, "Firefox does not listen."
    url = f"ws://{server['ws_host']}:{server['ws_port']}/session"
    with connect(url, proxy=None, compression=None, max_size=None) as socket:
        connection = Connection(socket)
        connection.send("session.new", capabilities={})
        events = ["log.entryAdded", "network.beforeRequestSent"]
        connection.send("session.subscribe", events=events)
        yield Firefox(connection)
        connection.send("session.end")
