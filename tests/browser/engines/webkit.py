"""WebKitGTK's MiniBrowser, driven by WebKitWebDriver on a screen that nobody sees."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.error import HTTPError, URLError

from tests.browser.engines.page import Page, PageError
from tests.patience import LONGEST, until

# The driver tells nothing of what goes wrong in a page, and a MiniBrowser that is driven keeps
# nothing, so it does not write to its output what pages tell the console either. So the page
# itself is listened to, as early as it can be asked something; each answer hands over what was
# heard.
LISTEN = """window[Symbol.for("complaints")] ??= (() => {
  const heard = [];
  for (const level of ["error", "warn"]) {
    const tell = console[level];
    console[level] = (...words) => {
      heard.push(`${level}: ${words.join(" ")}`);
      tell.apply(console, words);
    };
  }
  addEventListener("error", (event) => heard.push(`error: ${event.message}`));
  addEventListener("unhandledrejection", (event) => heard.push(`error: ${event.reason}`));
  addEventListener("securitypolicyviolation", (event) =>
    heard.push(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  return heard;
})()"""

# A function of the page as WebDriver wants it: a body, and the last argument calls back.
CALL = """const [argument, done] = arguments;
const heard = %s;
(%s)(argument).then(
  (value) => done({ value, heard: heard.splice(0) }),
  (error) => done({ error: String(error), heard: heard.splice(0) }),
);"""


class WebKitTab:
    """The only tab of one MiniBrowser."""

    def __init__(self, server: str, complaints: list[str]) -> None:
        self.server = server
        self.complaints = complaints
        self.session = ""

    def start(self, minibrowser: str) -> None:
        assert until(self._is_listening, bool), "WebKitWebDriver does not listen."
        options = {"binary": minibrowser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self.session = (
            f"/session/{self._send('POST', '/session', capabilities=wanted)['sessionId']}"
        )

    def stop(self) -> None:
        # What the page has told until now is heard with the answer.
        self.call("async () => ''", "")
        self._send("DELETE", "")

    def _is_listening(self) -> bool:
        try:
            return bool(self._send("GET", "/status")["ready"])
        except URLError:
            return False

    def _send(self, method: str, path: str, **body: Any) -> Any:
        request = urllib.request.Request(
            f"{self.server}{self.session}{path}",
            method=method,
            data=json.dumps(body).encode() if method == "POST" else None,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=LONGEST) as response:
                return json.load(response)["value"]
        except HTTPError as error:
            problem = json.load(error)["value"]
            raise PageError(f"{path}: {problem['error']}: {problem['message']}") from error

    def goto(self, url: str) -> None:
        self._send("POST", "/url", url=url)

    def go_back(self) -> None:
        self._send("POST", "/back")

    def address(self) -> str:
        # A script that is asked while the page goes away is now and then never answered.
        return str(self._send("GET", "/url"))

    def bring_to_front(self) -> None:
        """Nothing lies before it."""

    def call(self, function: str, argument: str) -> str:
        script = CALL % (LISTEN, function)
        answer = self._send("POST", "/execute/async", script=script, args=[argument])
        self.complaints += answer["heard"]
        if "error" in answer:
            raise PageError(answer["error"])
        return str(answer["value"])

    def perform(self, *sources: dict[str, Any]) -> None:
        self._send("POST", "/actions", actions=sources)


class WebKitContext:
    """Pages that share nothing, since each has a browser and a screen of its own.

    In a tab beside others, MiniBrowser sometimes loses what the pointer does.
    """

    def __init__(self, minibrowser: str, base_url: str, complaints: list[str]) -> None:
        self.minibrowser = minibrowser
        self.base_url = base_url
        self.complaints = complaints
        self.opened = ExitStack()

    def new_page(self) -> Page:
        display = self.opened.enter_context(_screen())
        port = _free_port()
        driver = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}"], env={**os.environ, "DISPLAY": display}
        )
        self.opened.callback(_end, driver)
        tab = WebKitTab(f"http://127.0.0.1:{port}", self.complaints)
        tab.start(self.minibrowser)
        self.opened.callback(tab.stop)
        return Page(tab, self.base_url)


class WebKit:
    def __init__(self, minibrowser: str) -> None:
        self.minibrowser = minibrowser

    @contextmanager
    def new_context(
        self, base_url: str, _requests: list[str], complaints: list[str]
    ) -> Iterator[WebKitContext]:
        """Browsers that keep nothing; complaints are put into the list, requests are unknown."""
        context = WebKitContext(self.minibrowser, base_url, complaints)
        with context.opened:
            yield context


@contextmanager
def _screen() -> Iterator[str]:
    reading, writing = os.pipe()
    # It finds a free display, and tells which.
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x1024x24"]
    screen = subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=[writing], stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            display = told.readline().strip()
        assert display, "Xvfb does not start."
        yield f":{display}"
    finally:
        _end(screen)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
