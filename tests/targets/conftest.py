"""Releases to send, and the servers they are sent to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.targets.releases import write_release
from tests.targets.servers import SshServer, Store, ceph, ssh_server


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return write_release(tmp_path / "first")


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """Another style sheet, so that every page is another, and a page less; else as the first."""
    return write_release(tmp_path / "second", style="BBBB", pages=1)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def ssh(sshd: SshServer, monkeypatch: pytest.MonkeyPatch) -> SshServer:
    monkeypatch.setenv("PATH", f"{sshd.programs}:{os.environ['PATH']}")
    return sshd


@pytest.fixture(scope="session")
def ceph_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    # Sockets have short names only, so not below pytest's long path.
    with ceph(tmp_path_factory.mktemp("c")) as store:
        yield store
