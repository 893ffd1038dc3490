"""The web server of the preview: for this machine's own browser only."""

import http.server
import socket
import sys
import threading
import traceback
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from builder.commands.serve import HOST
from builder.kit.headers import headers_of
from builder.preview.answers import EVENTS, Answers

# So often a stream of news says that it is there; that shows whether anyone still hears it.
_SECONDS_BETWEEN_SIGNS = 15
_SECONDS_IDLE = 60
_SECONDS_TO_FINISH = 10
# Browsers leave this port out of the name they ask for.
_PORT_LEFT_OUT = 80
# How soon a browser is to ask for news again when the stream ended, in ms.
_RETRY = 300


class Server(http.server.ThreadingHTTPServer):
    """Serves the preview on a listening socket, and tells pages of each new version."""

    daemon_threads = True
    # Streams of news never end by themselves.
    block_on_close = False

    def __init__(self, listener: socket.socket, answers: Answers) -> None:
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.answers = answers
        self.project = answers.project
        self.news = threading.Condition()
        self.is_stopping = False
        # Answers that are on their way.
        self.busy = 0
        port = listener.getsockname()[1]
        self.address = f"http://{HOST}:{port}/"
        # A page of another site can make a name of its own lead to this machine (DNS rebinding);
        # then the browser says that name.
        self.hosts = {f"{name}{end}" for name in (HOST, "localhost") for end in (f":{port}", "")}
        if port != _PORT_LEFT_OUT:
            self.hosts -= {HOST, "localhost"}

    def announce(self) -> None:
        """Tell all pages that there is a new version."""
        with self.news:
            self.news.notify_all()

    def stop(self) -> None:
        """End the streams of news."""
        with self.news:
            self.is_stopping = True
            self.news.notify_all()

    def finish(self) -> None:
        """Wait until nobody waits for an answer."""
        with self.news:
            self.news.wait_for(lambda: self.busy == 0, timeout=_SECONDS_TO_FINISH)

    def handle_error(self, _request: Any, _client_address: Any) -> None:
        """Say what went wrong, unless it is only that the browser did not wait for the answer."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            traceback.print_exc()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _SECONDS_IDLE

    def do_GET(self) -> None:  # named by http.server
        """Answer with everything."""
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
            told = parse_qs(asked.query)
            self._stream(told.get("versjon", [""])[0], told.get("funn", [""])[0])
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

    def _stream(self, shown: str, finds: str) -> None:
        """Tell of each version but the one that is shown, for as long as somebody listens.

        And when checks have found something else than they had (`finds`) when the page was made.
        """
        seen = self.headers.get("Last-Event-ID") or shown
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
                        or project.version.name != seen  # noqa: B023
                        or str(project.finds) != finds  # noqa: B023
                    ),
                    timeout=_SECONDS_BETWEEN_SIGNS,
                )
            version, found = project.version, str(project.finds)
            news = ":\n\n"
            if version.name != seen:
                is_style = seen in version.before
                event, data = ("style", version.style) if is_style else ("page", "")
                news = f"event: {event}\nid: {version.name}\ndata: {data}\n\n"
            elif found != finds:
                news = f"event: finds\ndata: {found}\n\n"
            self.wfile.write(news.encode())
            seen, finds = version.name, found

    def version_string(self) -> str:
        """What answers say that they are from."""
        return "Tilskuddsstigen"

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing of each request: the terminal is for what the editor must know."""
