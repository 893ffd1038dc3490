"""Small servers of other sites: each test sets the answers, which have none of our headers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@contextmanager
def serving(handler: Any) -> Iterator[int]:
    """Serve on this machine only while the block runs; gives the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


class _Simple(SimpleHTTPRequestHandler):
    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        content = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def simple(folder: Path) -> Any:
    """A host that sends files, and `404.html` of the folder for whatever it has not."""
    return partial(_Simple, directory=str(folder))


class Pages(dict[str, tuple[str, str]]):
    """Pages of another site, by address: HTML and policy, both as the test says."""

    def handler(self) -> Any:
        """What answers with these pages."""
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name that http.server asks for
                html, policy = pages.get(self.path, ("", ""))
                # An empty page for what it has not, so that no test has to look past a complaint.
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(html.encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler
