"""The cost of a publish at each target: the first one, one without changes, and one changed page.

`python -m tests.bench_build.publishing BUILT CHANGED` takes two built sites: CHANGED is BUILT with
one changed page. Bytes and files are counted where they arrive, on real servers of this machine;
servers that are not installed are left out.
"""

import contextlib
import datetime as dt
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from builder import content
from builder.content.publish_settings import S3, Git, Rsync
from builder.kit.files import Files, files_of
from builder.kit.store import Store
from builder.publish.assembly import gather
from builder.publish.record import Record, RecordCache
from builder.publish.releases import Releases
from builder.publish.targets.git import GitTarget
from builder.publish.targets.rsync import RsyncTarget
from builder.publish.targets.s3.target import S3Target
from builder.publish.targets.target import Target
from tests.targets.servers import Middleman, ceph, ssh_server

NAMES = ("20260101T120000Z-0000000001", "20260102T120000Z-0000000002")
STEPS = ("first", "nothing changed", "one page changed")
BUCKET = "maaling"


@dataclass(frozen=True, slots=True)
class Row:
    """What one sending took: seconds, peak memory, and what arrived.

    `files` are those that the target got, `size` their bytes, with what else was sent to it.
    """

    target: str
    step: str
    seconds: float
    memory: int
    files: int
    size: int


def measure(built: Path, changed: Path) -> list[Row]:
    """Publish a built site, the same again, and the changed one, to every target there is here."""
    with tempfile.TemporaryDirectory(prefix="maaling-") as folder:
        work = Path(folder)
        rows = list(_folder(work, built, changed))
        for kind in (_rsync, _s3, _git):
            # pytest's way of saying that a program is not installed.
            with contextlib.suppress(pytest.skip.Exception):
                rows += kind(work)
        return rows


def _releases(work: Path) -> Releases:
    return Releases(work / "public")


def _folder(work: Path, built: Path, changed: Path) -> Iterator[Row]:
    releases = _releases(work)
    for step, site, name in zip(
        STEPS, (built, built, changed), (NAMES[0], "", NAMES[1]), strict=True
    ):
        # A publish gets the digests from the build, so they are no part of the measured time.
        seconds, memory = _apart(_publish_here, work, site, files_of(site), name)
        new = [
            entry.stat()
            for entry in (releases.folder / name).rglob("*")
            if name and entry.is_file() and entry.stat().st_nlink == 1
        ]
        yield Row("folder", step, seconds, memory, len(new), sum(one.st_size for one in new))


def _publish_here(work: Path, built: Path, files: Files, name: str) -> None:
    """As `builder.publish.publish` does it, without questions and reports."""
    known = Store(work / "known", "record")
    releases = _releases(work)
    with releases.alone(), releases.work() as folder:
        pages: RecordCache = known.get("pages") or RecordCache()
        now = dt.datetime.now(dt.UTC)
        empty = content.Site(schemes={}, pages={}, changes=())
        record = Record.of(
            empty, built, name=name, built=now, day=now.date(), files=files, cache=pages
        )
        known.put("pages", result=pages)
        if not name:
            return
        earlier = releases.current
        before = releases.known.whole(earlier.name) if earlier else {}
        releases.take_spare(folder / "site")
        files = gather(built, files, folder / "site", earlier, before)
        release = releases.put(folder / "site", name, record, files)
        with releases.switching(release):
            pass


def _rsync(work: Path) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="ssh-") as folder, ssh_server(Path(folder)) as server:
        there = work / "there"
        path = f"{server.programs}:{os.environ['PATH']}"
        for step, name in _steps():
            line = Middleman(server.port, limit=sys.maxsize)
            host = f"vert{line.port}"
            server.add_host(host, f"Port {line.port}", "HostKeyAlias vert")
            target = RsyncTarget(Rsync(kind="rsync", host=host, path=str(there)))
            seconds, memory = _apart(_send, work, target, name, {"PATH": path})
            line.cut()
            new = [p for p in (there / "releases" / name).rglob("*") if p.is_file()]
            # A file of the first release that is as it was has a link of the second.
            files = sum(path.stat().st_nlink == 1 for path in new) if step != STEPS[1] else 0
            yield Row("rsync", step, seconds, memory, files, line.passed)


def _s3(work: Path) -> Iterator[Row]:
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    with tempfile.TemporaryDirectory(prefix="c-") as folder, ceph(Path(folder)) as store:
        secrets = dict(zip(keys, (store.access_key, store.secret_key), strict=True))
        client = boto3.client(
            "s3",
            endpoint_url=store.endpoint,
            region_name="us-east-1",
            aws_access_key_id=store.access_key,
            aws_secret_access_key=store.secret_key,
            config=Config(s3={"addressing_style": "path"}),
        )
        client.create_bucket(Bucket=BUCKET)

        def there() -> dict[str, Any]:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
            return {o["Key"]: o["LastModified"] for page in pages for o in page.get("Contents", ())}

        before: dict[str, Any] = {}
        for step, name in _steps():
            line = Middleman(int(store.endpoint.rpartition(":")[2]), limit=sys.maxsize)
            endpoint = f"http://127.0.0.1:{line.port}"
            target = S3Target(S3(kind="s3", bucket=BUCKET, endpoint=endpoint))
            seconds, memory = _apart(_send, work, target, name, secrets)
            line.cut()
            now = there()
            files = sum(before.get(key) != when for key, when in now.items())
            before = now
            yield Row("s3", step, seconds, memory, files, line.passed)


def _git(work: Path) -> Iterator[Row]:
    remote, project = work / "remote.git", work / "project"
    project.mkdir()
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], check=True)

    def there() -> tuple[int, int]:
        command = ["git", "-C", str(remote), "rev-list", "--objects", "--all", "--disk-usage"]
        size = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        command = ["git", "-C", str(remote), "rev-list", "--objects", "--all", "--count"]
        count = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return int(count), int(size)

    before = 0, 0
    for step, name in _steps():
        target = GitTarget(Git(kind="git", remote=str(remote)), project)
        seconds, memory = _apart(_send, work, target, name, {})
        now = there()
        yield Row("git", step, seconds, memory, now[0] - before[0], now[1] - before[1])
        before = now


def _steps() -> Iterator[tuple[str, str]]:
    return zip(STEPS, (NAMES[0], NAMES[0], NAMES[1]), strict=True)


def _send(work: Path, target: Target, name: str, environment: dict[str, str]) -> None:
    os.environ |= environment
    releases = _releases(work)
    release = releases.release(name)
    target.live()
    data = release.record_file.read_bytes()
    target.send(release.folder, name, data, lambda _: None, releases.known.of)


def _apart(work: Callable[..., None], *arguments: object) -> tuple[float, int]:
    """How long it takes in a process of its own, and how many bytes of memory at the most."""
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_timed, args=(tell, work, arguments))
    process.start()
    tell.close()
    seconds, memory = told.recv()
    process.join()
    return seconds, memory


def _timed(tell: Any, work: Callable[..., None], arguments: tuple[object, ...]) -> None:
    start = time.monotonic()
    work(*arguments)
    seconds = time.monotonic() - start
    # Linux counts in kilobytes; of the programs that were run, the largest counts.
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    tell.send((seconds, 1024 * max(resource.getrusage(one).ru_maxrss for one in who)))


def main() -> None:
    """Print a table."""
    built, changed = map(Path, sys.argv[1:3])
    print("target | step | seconds | MB of memory | files | kB sent")
    for row in measure(built, changed):
        numbers = f"{row.seconds:.1f} | {row.memory / 1e6:.0f} | {row.files} | {row.size / 1e3:.0f}"
        print(f"{row.target} | {row.step} | {numbers}")


if __name__ == "__main__":
    main()
