"""The ports of this machine that `make serve` and `make preview` listen on."""

import errno
import socket

from builder.kit.errors import KnownError

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
PORTS_TO_TRY = 100


class ServeError(KnownError):
    """The site can't be served; the text is a Norwegian sentence with the remedy."""


def listen(port: int) -> socket.socket:
    """A listening socket on this port of this machine; port 0 means any free port.

    Raises `OSError` where the port is taken or not allowed.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Without this, a server that has just stopped would block its port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def listen_from(port: int) -> socket.socket:
    """A listening socket on this port, or on the first free one after it, which is then printed.

    Raises `ServeError` where no port is free, or the user may not use this one.
    """
    for candidate in range(port, min(port + PORTS_TO_TRY, 65536)):
        try:
            listener = listen(candidate)
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


def port_number(text: str) -> int:
    """The port number that somebody typed; raises `ServeError` where it is none."""
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise ServeError(f"«{text}» er ikke et portnummer; bruk et tall, for eksempel PORT=8000.")
