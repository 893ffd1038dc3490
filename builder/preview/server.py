"""The web server of the preview, for browsers on this machine only."""

import http.server
import socket
import sys
import threading
import traceback
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from builder.kit.errors import raise_lost_interrupt
from builder.kit.headers import headers_of
from builder.kit.ports import HOST
from builder.preview.answers import EVENTS, Answers

# A stream of news sends at least this often: a write that fails shows that the browser has left.
_SECONDS_BETWEEN_SIGNS = 15
_SECONDS_IDLE = 60
_SECONDS_TO_FINISH = 10
# Browsers leave this port out of the `Host` header.
_PORT_LEFT_OUT = 80
# The milliseconds from the end of a stream until the browser opens a new one.
_RETRY = 300


class Server(http.server.ThreadingHTTPServer):
    """Serves the preview on a listening socket, and sends news of each version to open pages."""

    daemon_threads = True
    # A stream of events never ends by itself, so `server_close` must not wait for it.
    block_on_close = False

    def __init__(self, listener: socket.socket, answers: Answers) -> None:
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.answers = answers
        self.project = answers.project
        self.news = threading.Condition()
        self.is_stopping = False
        # The number of answers that are being made.
        self.busy = 0
        port = listener.getsockname()[1]
        self.address = f"http://{HOST}:{port}/"
        # The allowed values of the `Host` header. Another site can let its own name lead to this
        # machine (DNS rebinding), but then the header has that name.
        self.hosts = {f"{name}{end}" for name in (HOST, "localhost") for end in (f":{port}", "")}
        if port != _PORT_LEFT_OUT:
            self.hosts -= {HOST, "localhost"}

    def announce(self) -> None:
        """Wake the event streams of all open pages, which then send the new version or findings."""
        with self.news:
            self.news.notify_all()

    def service_actions(self) -> None:
        """Stop at a Ctrl-C that other code, such as a `__del__`, has lost; called now and then."""
        raise_lost_interrupt()

    def stop(self) -> None:
        """End the event streams of all open pages."""
        with self.news:
            self.is_stopping = True
            self.news.notify_all()

    def finish(self) -> None:
        """Wait until all answers are sent, but no longer than `_SECONDS_TO_FINISH`."""
        with self.news:
            self.news.wait_for(lambda: self.busy == 0, timeout=_SECONDS_TO_FINISH)

    def handle_error(self, _request: Any, _client_address: Any) -> None:
        """Print an error, unless the browser only closed the connection."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            traceback.print_exc()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _SECONDS_IDLE

    def do_GET(self) -> None:  # named by http.server
        """Answer with headers and body."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answer with the headers alone."""
        self._answer()

    def _answer(self) -> None:
        if self.headers.get("Host") not in self.server.hosts:
            self._send(421, {"Content-Type": "text/plain; charset=utf-8"}, b"")
            return
        asked = urlsplit(self.path)
        if not self.path.startswith("/") or asked.netloc:
            self._send(400, {"Content-Type": "text/plain; charset=utf-8"}, b"")
        elif asked.path == EVENTS and self.command == "GET":
            query = parse_qs(asked.query)
            self._stream(query.get("versjon", [""])[0], query.get("funn", [""])[0])
        else:
            is_framed = self.headers.get("Sec-Fetch-Dest") in ("iframe", "frame")
            path = unquote(asked.path, errors="replace")
            with self.server.news:
                self.server.busy += 1
            try:
                answer = self.server.answers.answer(path, is_framed=is_framed)
                self._send(answer.status, answer.headers, answer.body)
            finally:
                with self.server.news:
                    self.server.busy -= 1
                    self.server.news.notify_all()

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _stream(self, shown: str, findings: str) -> None:
        """Send news to a page until it is closed or the server stops.

        The page shows the version `shown`, and findings of the version `findings`; each other
        version of the project or of the findings is an event.
        """
        sent = self.headers.get("Last-Event-ID") or shown
        self.send_response(200)
        headers = headers_of(EVENTS) | {"Cache-Control": "no-store", "Connection": "close"}
        for name, value in (headers | {"Content-Type": "text/event-stream"}).items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        self.wfile.write(f"retry: {_RETRY}\n\n".encode())
        server, project = self.server, self.server.project
        while not server.is_stopping:
            with server.news:
                server.news.wait_for(
                    lambda: (
                        server.is_stopping
                        or project.version.name != sent  # noqa: B023
                        or str(project.findings_version) != findings  # noqa: B023
                    ),
                    timeout=_SECONDS_BETWEEN_SIGNS,
                )
            version, newest = project.version, str(project.findings_version)
            news = ":\n\n"
            if version.name != sent:
                is_style = sent in version.before
                event, data = ("style", version.style) if is_style else ("page", "")
                news = f"event: {event}\nid: {version.name}\ndata: {data}\n\n"
            elif newest != findings:
                news = f"event: finds\ndata: {newest}\n\n"
            self.wfile.write(news.encode())
            sent, findings = version.name, newest

    def version_string(self) -> str:
        """The name of the server in answers."""
        return "Tilskuddsstigen"

    def log_message(self, *_arguments: Any) -> None:
        """Print no line for each request: the terminal is for news to the editor."""
