"""Real servers on this machine only: sshd, and an S3-compatible store."""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.commands.serve import KEEPER
from builder.kit.ports import HOST
from tests.patience import Patience

SECONDS_TO_START = 60
# Where Debian keeps programs of the administrator.
PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"


def program(name: str) -> str:
    found = shutil.which(name, path=PATH)
    if found is None:
        pytest.skip(f"{name} is not installed on this machine (make test-all installs it)")
    return found


def free_port() -> int:
    with socket.socket() as finder:
        finder.bind((HOST, 0))
        port: int = finder.getsockname()[1]
        return port


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def kept(command: Sequence[str], is_ready: Callable[[], bool], log: Path) -> Iterator[None]:
    """Run a server while the block runs; it stops with the block or with this process."""
    with log.open("wb") as errors:
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=errors,
            stderr=errors,
            start_new_session=True,
        )
    try:
        patience = Patience(SECONDS_TO_START)
        while not is_ready():
            assert keeper.poll() is None, log.read_text(errors="replace")
            assert not patience.is_over(), log.read_text(errors="replace")
            time.sleep(0.05)
        yield
    finally:
        assert keeper.stdin is not None
        keeper.stdin.close()
        keeper.wait(30)


# sshd


@dataclass(frozen=True)
class SshServer:
    """sshd with names in an ssh configuration of its own: its folder `programs` goes first in PATH.

    `vert` leads there, `ukjent` is the same without a known key, `fremmed` has no key that is let
    in, and `bar` finds no rsync at the other end.
    """

    port: int
    folder: Path

    @property
    def programs(self) -> Path:
        return self.folder / "programs"

    def add_host(self, name: str, *settings: str) -> None:
        """Another name; its settings win over those that there are, also from earlier tests."""
        config = self.folder / "config"
        lines = "".join(f"  {setting}\n" for setting in settings)
        config.write_text(f"Host {name}\n{lines}{config.read_text()}")


@contextlib.contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    sshd, ssh, keygen = program("sshd"), program("ssh"), program("ssh-keygen")
    program("rsync")
    for name in ("host", "inside", "outside", "bare"):
        command = [keygen, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    # What a server without rsync has.
    few = folder / "few"
    few.mkdir()
    for name in ("sh", "flock", "mkdir", "readlink"):
        (few / name).symlink_to(program(name))
    bare = f'command="PATH={few}; export PATH; exec sh -c \\"$SSH_ORIGINAL_COMMAND\\"" '
    allowed = (folder / "inside.pub").read_text() + bare + (folder / "bare.pub").read_text()
    (folder / "authorized").write_text(allowed)
    port = free_port()
    config = folder / "sshd_config"
    text = (
        f"ListenAddress {HOST}\nPort {port}\nHostKey {folder}/host\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
        "MaxStartups 100\n"
    )
    if os.geteuid() == 0:
        # sshd wants it where it is started as root; its place is compiled in.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    # New versions hold it against whoever is turned away, as some tests are; old ones don't know.
    config.write_text(f"{text}PerSourcePenalties no\n")
    if subprocess.run([sshd, "-t", "-f", str(config)], capture_output=True).returncode != 0:
        config.write_text(text)
    known = folder / "known"
    known.write_text("vert " + (folder / "host.pub").read_text())
    (folder / "config").write_text(
        f"Host *\n  HostName {HOST}\n  User {getpass.getuser()}\n  IdentitiesOnly yes\n"
        f"  IdentityAgent none\n  GlobalKnownHostsFile none\n  StrictHostKeyChecking yes\n"
        f"Host vert ukjent fremmed bar\n  Port {port}\n"
        f"Host ukjent\n  UserKnownHostsFile {folder}/none\n"
        f"Host fremmed\n  IdentityFile {folder}/outside\n  HostKeyAlias vert\n"
        f"Host bar\n  IdentityFile {folder}/bare\n  HostKeyAlias vert\n"
        f"Host * !fremmed !bar\n  IdentityFile {folder}/inside\n"
        f"Host *\n  HostKeyAlias vert\n  UserKnownHostsFile {known}\n"
    )
    server = SshServer(port, folder)
    server.programs.mkdir()
    # As what stands in a user's own ~/.ssh/config.
    (server.programs / "ssh").write_text(f'#!/bin/sh\nexec {ssh} -F {folder}/config "$@"\n')
    (server.programs / "ssh").chmod(0o755)
    command = [sshd, "-D", "-e", "-f", str(config)]
    with kept(command, lambda: answers(port), folder / "sshd.log"):
        yield server


# S3


@dataclass(frozen=True)
class Store:
    """An S3-compatible store, and keys that it lets in."""

    endpoint: str
    access_key: str
    secret_key: str


CEPH = """
[global]
fsid = {fsid}
mon host = v2:{host}:{port}
auth allow insecure global id reclaim = false
mon allow pool size one = true
mon data avail crit = 1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
run dir = {folder}
pid file = {folder}/$name.pid
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
crash dir = {folder}
mon data = {folder}/mon
osd data = {folder}/osd
keyring = {folder}/keyring
[osd]
public addr = {host}
cluster addr = {host}
[client]
rgw frontends = beast endpoint={host}:{web}
rgw dynamic resharding = false
"""


@contextlib.contextmanager
def ceph(folder: Path) -> Iterator[Store]:
    """Ceph's S3 service on a cluster of one, which keeps all in memory. Starts in some 15 s."""
    tools = (
        "ceph",
        "ceph-authtool",
        "ceph-mon",
        "ceph-osd",
        "monmaptool",
        "radosgw",
        "radosgw-admin",
    )
    of = {name: program(name) for name in tools}
    port, web, fsid = free_port(), free_port(), str(uuid.uuid4())
    config = folder / "ceph.conf"
    config.write_text(CEPH.format(fsid=fsid, host=HOST, port=port, web=web, folder=folder))
    for name in ("mon", "osd"):
        (folder / name).mkdir()
    keys, monitors = str(folder / "keyring"), str(folder / "monmap")

    def do(name: str, *arguments: str) -> None:
        command = [of[name], *arguments]
        done = subprocess.run(command, capture_output=True, timeout=SECONDS_TO_START, text=True)
        assert done.returncode == 0, done.stderr

    def run(
        name: str, who: str, is_ready: Callable[[], bool]
    ) -> contextlib.AbstractContextManager[None]:
        command = [of[name], "-c", str(config), *who.split(), "-f"]
        return kept(command, is_ready, folder / f"{name}.out")

    do("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:{HOST}:{port}]", monitors)
    everything = [part for what in ("mon", "osd", "mgr") for part in ("--cap", what, "allow *")]
    do("ceph-authtool", "--create-keyring", keys, "--gen-key", "-n", "mon.", *everything[:3])
    do("ceph-authtool", keys, "--gen-key", "-n", "client.admin", *everything)
    do("ceph-authtool", keys, "--gen-key", "-n", "osd.0", *everything)
    make = ["-c", str(config), "--mkfs"]
    do("ceph-mon", *make, "-i", "a", "--monmap", monitors, "--keyring", keys)
    with run("ceph-mon", "-i a", lambda: answers(port)):
        do("ceph", "-c", str(config), "osd", "create")
        do("ceph-osd", *make, "-i", "0")
        with (
            run("ceph-osd", "-i 0", lambda: (folder / "osd.0.asok").exists()),
            run("radosgw", "-n client.admin", lambda: answers(web)),
        ):
            user = ["-c", str(config), "-n", "client.admin", "--admin-socket", "", "user", "create"]
            key = ["--access-key", "TESTKEY0123456789", "--secret-key", "hemmelig/TEST+0123456789"]
            do("radosgw-admin", *user, "--uid", "test", "--display-name", "Test", *key)
            yield Store(f"http://{HOST}:{web}", key[1], key[3])


# In between


class Middleman:
    """Passes bytes on to a port of this machine, until it has passed `limit` of them.

    Then it holds everything back, `is_held` is set, and `cut` breaks all connections. `passed` is
    how many bytes have come so far.
    """

    def __init__(self, port: int, limit: int) -> None:
        self._port = port
        self._left = limit
        self.passed = 0
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._released = threading.Event()
        self.is_held = threading.Event()
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                inside, _ = self._listener.accept()
                outside = socket.create_connection((HOST, self._port))
                self._sockets += [inside, outside]
                for ends in ((inside, outside, True), (outside, inside, False)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, is_counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(16384):
                if is_counted:
                    with self._lock:
                        self._left -= len(data)
                        self.passed += len(data)
                        if self._left < 0:
                            self.is_held.set()
                if self.is_held.is_set():
                    self._released.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        for one in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._released.set()
