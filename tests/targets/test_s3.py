"""An S3-compatible store: one in memory in every test run, and Ceph's in `make test-all`."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import gzip
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from builder.content.publish_settings import S3
from builder.kit.files import Files, files_of
from builder.kit.headers import IMMUTABLE, REVALIDATE
from builder.publish.targets import TargetError
from builder.publish.targets.s3 import lock as locks
from builder.publish.targets.s3 import parcels as parcel_module
from builder.publish.targets.s3 import target as targets
from builder.publish.targets.s3.bucket import OWN, Bucket
from builder.publish.targets.s3.lock import LOCK
from builder.publish.targets.s3.objects import CHANGES, LIST
from builder.publish.targets.s3.parcels import Stage, parcels
from builder.publish.targets.s3.target import RECORD, S3Target
from builder.publish.targets.target import FilesOf
from tests.targets.releases import (
    FIRST,
    SECOND,
    known,
    leave_only,
    record,
    sent_files,
    write_release,
)
from tests.targets.servers import Middleman, Store
from tests.targets.stores import Diary, Memory, refusal

BUCKET = "tilskudd"
PREFIX = "nett/sted"


@dataclass
class Bench:
    """A bucket with a target that sends to it, what is asked of it, and a look into it."""

    client: Any
    diary: Diary
    endpoint: str | None = None
    said: list[str] = field(default_factory=list)

    def target(self) -> S3Target:
        settings = S3(kind="s3", bucket=BUCKET, endpoint=self.endpoint, prefix=f"/{PREFIX}/")
        return S3Target(settings)

    def send(self, release: Path, name: str) -> None:
        self.diary.requests.clear()
        self.said.clear()
        self.target().send(release, name, record(name), self.said.append)

    def sent(self) -> list[str]:
        """Keys of the site's own files that were put, without the prefix."""
        keys = [key.removeprefix(f"{PREFIX}/") for key in self.diary.keys("put")]
        return [key for key in keys if not key.startswith(OWN)]

    def there(self) -> dict[str, bytes]:
        """All that lies in the bucket, as it lies there."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="")
        keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        return {key: self.get(key)["Body"].read() for key in keys}

    def get(self, key: str) -> Any:
        return self.client.get_object(Bucket=BUCKET, Key=key)

    def put(self, key: str, body: bytes) -> None:
        """As somebody else would."""
        md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        self.client.put_object(Bucket=BUCKET, Key=key, Body=body, ContentMD5=md5)

    def site(self) -> dict[str, bytes]:
        """What readers get of each address, unpacked."""
        found = {}
        for key in self.there():
            address = key.removeprefix(f"{PREFIX}/")
            if not address.startswith(OWN):
                found[address] = self.unpacked(key)
        return found

    def unpacked(self, key: str) -> bytes:
        answer = self.get(key)
        body: bytes = answer["Body"].read()
        return gzip.decompress(body) if answer.get("ContentEncoding") == "gzip" else body


@pytest.fixture(autouse=True)
def _only_the_tests_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def _memory(monkeypatch: pytest.MonkeyPatch) -> Bench:
    memory = Memory()
    diary = Diary(memory)
    monkeypatch.setattr(Bucket, "_client_of_boto", lambda _: diary)
    return Bench(memory, diary)


def _let_in(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", store.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", store.secret_key)


def _client(store: Store) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        region_name="us-east-1",
        aws_access_key_id=store.access_key,
        aws_secret_access_key=store.secret_key,
        config=Config(s3={"addressing_style": "path"}),
    )


@contextlib.contextmanager
def _bucket(store: Store) -> Iterator[Any]:
    client = _client(store)
    client.create_bucket(Bucket=BUCKET)
    yield client
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for found in page.get("Contents", ()):
            client.delete_object(Bucket=BUCKET, Key=found["Key"])
    client.delete_bucket(Bucket=BUCKET)


@contextlib.contextmanager
def _on_ceph(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    _let_in(store, monkeypatch)
    real = Bucket._client_of_boto
    with _bucket(store) as client:
        diary = Diary(None)

        def noted(bucket: Bucket) -> Diary:
            diary._client = real(bucket)
            return diary

        monkeypatch.setattr(Bucket, "_client_of_boto", noted)
        yield Bench(client, diary, store.endpoint)


@pytest.fixture(params=["memory", pytest.param("ceph", marks=pytest.mark.thorough)])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    if request.param == "memory":
        yield _memory(monkeypatch)
    else:
        with _on_ceph(request.getfixturevalue("ceph_store"), monkeypatch) as bench:
            yield bench


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return _memory(monkeypatch)


# What lies there


def test_a_release_is_there_with_what_it_is_served_with(bench: Bench, first: Path) -> None:
    target = bench.target()
    assert target.live() is None
    bench.send(first, FIRST)
    assert target.live() == record(FIRST)
    assert bench.site() == sent_files(first)
    assert bench.said == [
        f"Sender {len(sent_files(first))} filer (0,0 MB) til lageret s3://{BUCKET}/{PREFIX}."
    ]
    served = {}
    for name in ("index.html", "assets/site-AAAA.css", "runtime/0123/pyodide.asm.wasm",
                 "runtime/0123/lock.json", "api/v1/schemes.json", "frister.ics", "sw.js",
                 "assets/inter.woff2"):  # fmt: skip
        answer = bench.get(f"{PREFIX}/{name}")
        keys = ("ContentType", "CacheControl", "ContentEncoding")
        served[name] = tuple(answer.get(key) or "" for key in keys)
    assert served == {
        "index.html": ("text/html; charset=utf-8", REVALIDATE, "gzip"),
        "assets/site-AAAA.css": ("text/css; charset=utf-8", IMMUTABLE, "gzip"),
        "runtime/0123/pyodide.asm.wasm": ("application/wasm", IMMUTABLE, "gzip"),
        "runtime/0123/lock.json": ("application/json", IMMUTABLE, "gzip"),
        # Read by programs that ask for no packing.
        "api/v1/schemes.json": ("application/json", REVALIDATE, ""),
        "frister.ics": ("text/calendar; charset=utf-8", REVALIDATE, ""),
        "sw.js": ("text/javascript; charset=utf-8", REVALIDATE, "gzip"),
        "assets/inter.woff2": ("font/woff2", IMMUTABLE, ""),
    }


def test_only_what_has_changed_is_sent_and_what_is_gone_is_removed(
    bench: Bench, first: Path, second: Path
) -> None:
    bench.send(first, FIRST)
    bench.send(second, SECOND)
    assert bench.site() == sent_files(second)
    old, new = sent_files(first), sent_files(second)
    assert sorted(bench.sent()) == sorted(name for name in new if new[name] != old.get(name))
    removed = {key.removeprefix(f"{PREFIX}/") for key in bench.diary.keys("delete")}
    assert removed == {LOCK, *(old.keys() - new.keys())}
    assert bench.said == [
        f"Sender 4 filer (0,0 MB) til lageret s3://{BUCKET}/{PREFIX}.",
        "Fjerner 2 filer som ikke er med lenger.",
    ]


def test_after_one_changed_page_of_many_little_is_sent(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write_release(tmp_path / "first", pages=300)
    changed = write_release(tmp_path / "changed", pages=299)
    (changed / "side-7/index.html").write_text("rettet")
    told, wanted = known((FIRST, first), (SECOND, changed)), sent_files(changed)
    bench.target().send(first, FIRST, record(FIRST), bench.said.append, told)
    leave_only(first)
    leave_only(changed, "side-7/index.html")
    bench.diary.requests.clear()
    put: list[int] = []
    real = Bucket.put

    def counted(self: Bucket, key: str, content: bytes, **more: Any) -> str:
        put.append(len(content))
        return real(self, key, content, **more)

    monkeypatch.setattr(Bucket, "put", counted)
    bench.target().send(changed, SECOND, record(SECOND), bench.said.append, told)
    sent = [key.removeprefix(f"{PREFIX}/") for key in bench.diary.keys("put")]
    # The list before, with what may be left by a broken run, and after.
    assert sent == [LOCK, CHANGES, "side-7/index.html", RECORD, CHANGES]
    assert sum(put) < 2000
    assert bench.site() == wanted
    removed = {key.removeprefix(f"{PREFIX}/") for key in bench.diary.keys("delete")}
    assert removed == {LOCK, "side-299/index.html"}

    # And so again, on top of both parts of the list.
    third = SECOND.replace("0102", "0103")
    (changed / "side-8/index.html").write_text("rettet")
    told = _with(told(SECOND) or {}, changed, "side-8/index.html", third)
    bench.diary.requests.clear()
    bench.target().send(changed, third, record(third), bench.said.append, told)
    assert bench.sent() == ["side-8/index.html"]
    assert f"{PREFIX}/{LIST}" not in bench.diary.keys("put")
    assert bench.target()._objects.read().keys() == wanted.keys()


def _with(files: Files, release: Path, name: str, of: str) -> FilesOf:
    """Those files with one that is another now, as those of a release of this name."""
    packed = {f"{name}.gz", f"{name}.br"}
    kept = {address: file for address, file in files.items() if address not in packed}
    return {of: kept | {name: files_of(release)[name]}}.get


def test_large_stores_are_listed_in_several_places_at_once(
    memory: Bench, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(40):
        (first / f"z{n}.txt").write_text(str(n))
    memory.send(first, FIRST)
    memory.put(f"{PREFIX}/zz-ikke-vår.txt", b"x")
    target = memory.target()
    listed = target._objects.read()
    at_once = target._etags([])
    monkeypatch.setattr(targets, "PAGE_OF_KEYS", 7)
    asked: list[str] = []
    real = memory.client.paginate

    def paginate(**request: Any) -> Iterator[dict[str, Any]]:
        asked.append(request.get("StartAfter", ""))
        return iter(list(real(**request)))

    monkeypatch.setattr(memory.client, "paginate", paginate)
    assert target._etags(listed) == at_once
    assert len(set(asked)) == len(asked) > 5
    assert set(at_once) >= sent_files(first).keys() | {"zz-ikke-vår.txt"}


def test_nothing_changed_is_found_out_without_the_lock(memory: Bench, first: Path) -> None:
    memory.send(first, FIRST)
    _hold(memory)
    memory.send(first, FIRST)
    with pytest.raises(TargetError, match="En annen publisering"):
        memory.send(first, SECOND)


def test_sent_again_nothing_is_sent(bench: Bench, first: Path) -> None:
    bench.send(first, FIRST)
    before = bench.there()
    bench.send(first, FIRST)
    assert [what for what, *_ in bench.diary.requests if what != "get"] == []
    assert bench.said == []
    assert bench.there() == before


def test_an_older_release_is_made_live_again(bench: Bench, first: Path, second: Path) -> None:
    bench.send(first, FIRST)
    bench.send(second, SECOND)
    bench.send(first, FIRST)
    assert bench.target().live() == record(FIRST)
    assert bench.site() == sent_files(first)


def test_what_is_not_ours_is_left_alone(bench: Bench, first: Path, second: Path) -> None:
    others = ("nett/annet.html", "nett/sted-2/index.html", f"{PREFIX}/lagt-inn-for-hånd.pdf")
    for key in others:
        bench.put(key, b"x")
    bench.send(first, FIRST)
    bench.send(second, SECOND)
    assert {key: body for key, body in bench.there().items() if body == b"x"} == dict.fromkeys(
        others, b"x"
    )


def test_what_somebody_changed_or_removed_is_put_right(bench: Bench, first: Path) -> None:
    bench.send(first, FIRST)
    bench.put(f"{PREFIX}/index.html", b"noe annet")
    bench.client.delete_object(Bucket=BUCKET, Key=f"{PREFIX}/robots.txt")
    bench.send(first, FIRST)
    assert bench.sent() == ["robots.txt", "index.html"]
    assert bench.site() == sent_files(first)


def test_other_headers_are_sent_anew(
    bench: Bench, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.send(first, FIRST)
    monkeypatch.setitem(parcel_module.MEDIA_TYPES, ".ics", "text/calendar; charset=utf-8; method=x")
    bench.send(first, FIRST)
    assert bench.sent() == ["frister.ics"]
    assert bench.get(f"{PREFIX}/frister.ics")["ContentType"].endswith("method=x")


def test_without_the_list_nothing_is_sent_that_is_there(bench: Bench, first: Path) -> None:
    bench.send(first, FIRST)
    bench.client.delete_object(Bucket=BUCKET, Key=f"{PREFIX}/{LIST}")
    bench.send(first, FIRST)
    assert bench.sent() == []
    listed = json.loads(bench.unpacked(f"{PREFIX}/{LIST}"))["objects"]
    assert listed.keys() == sent_files(first).keys()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"objects": 1}', b'{"objects": {"a": 1}}'])
def test_a_damaged_list_is_made_anew(memory: Bench, first: Path, content: bytes) -> None:
    memory.send(first, FIRST)
    good = memory.there()
    memory.put(f"{PREFIX}/{LIST}", content)
    memory.send(first, FIRST)
    assert memory.sent() == []
    assert memory.there() == good


def test_a_site_of_somebody_else_is_left_alone(bench: Bench, first: Path) -> None:
    bench.put(f"{PREFIX}/index.html", b"en annens")
    with pytest.raises(TargetError, match=r"har en index\.html fra før"):
        bench.send(first, FIRST)
    assert bench.there() == {f"{PREFIX}/index.html": b"en annens"}


# In what order


def test_no_stage_begins_before_the_one_before_it_is_there(
    bench: Bench, first: Path, second: Path
) -> None:
    bench.send(first, FIRST)
    bench.send(second, SECOND)
    stages = {parcel.key: parcel.stage for parcel in parcels(second)}
    steps = list[tuple[int, int, int]]()
    for what, key, began, done in bench.diary.requests:
        name = key.removeprefix(f"{PREFIX}/")
        if what == "put" and name in stages:
            steps.append((stages[name], began, done))
        elif what == "put" and name == RECORD:
            steps.append((max(Stage) + 1, began, done))
        elif what == "delete" and name != LOCK:
            steps.append((max(Stage) + 2, began, done))
    for step in {step for step, *_ in steps} - {min(step for step, *_ in steps)}:
        begins = min(began for number, began, _ in steps if number == step)
        assert all(done < begins for number, _, done in steps if number < step)
    assert {step for step, *_ in steps} == {*(s for s in Stage if s != Stage.FILES), 5, 6}


def test_the_order_of_everything(first: Path) -> None:
    order: dict[str, list[str]] = {}
    for parcel in parcels(first):
        order.setdefault(parcel.stage.name, []).append(parcel.key)
    assert order == {
        "FIXED": [
            "runtime/0123/lock.json",
            "runtime/0123/pyodide.asm.wasm",
            "assets/inter.woff2",
            "assets/site-AAAA.css",
        ],
        "FILES": ["embed.js", "en fil med «mellomrom».txt", "robots.txt"],
        "PAGES": [
            "api/v1/schemes.json",
            "side-0/index.html",
            "side-1/index.html",
            "frister.ics",
            "index.html",
        ],
        "SERVICE_WORKER": ["sw.js"],
    }
    assert list(order) == [stage.name for stage in Stage]


def test_readers_never_miss_what_a_page_needs(bench: Bench, first: Path, second: Path) -> None:
    """Somebody reads all the time while releases are sent: page, and then what it needs.

    As when published: a release also has the files of this kind of the one before.
    """
    style = "assets/site-{}.css"
    for release, other, own in ((second, first, "AAAA"), (first, second, "BBBB")):
        (release / style.format(own)).write_bytes((other / style.format(own)).read_bytes())
    bench.send(first, FIRST)
    done, read, missing = threading.Event(), set[str](), list[str]()

    def reader() -> None:
        while not done.is_set():
            page = gzip.decompress(bench.get(f"{PREFIX}/index.html")["Body"].read()).decode()
            needed = re.findall(r"assets/site-\w+.css", page)[0]
            try:
                bench.get(f"{PREFIX}/{needed}")
            except ClientError:
                missing.append(needed)
            read.add(needed)

    thread = threading.Thread(target=reader)
    thread.start()
    for release, name, own in (
        (second, SECOND, "BBBB"),
        (first, FIRST, "AAAA"),
        (second, SECOND, "BBBB"),
    ):
        read.clear()
        bench.send(release, name)
        # A busy machine may give the reader no time until now.
        while style.format(own) not in read:
            assert thread.is_alive()
            done.wait(0.001)
    done.set()
    thread.join(30)
    assert not thread.is_alive()
    assert missing == []


# When it breaks


@pytest.mark.parametrize("broken", ["assets/site-BBBB.css", "index.html", "sw.js", RECORD, LIST])
def test_a_broken_sending_keeps_what_is_live_and_the_next_goes_on(
    memory: Bench, first: Path, second: Path, broken: str
) -> None:
    memory.send(first, FIRST)
    before = memory.site()

    def fail(what: str, key: str) -> None:
        if (what, key) == ("put", f"{PREFIX}/{broken}"):
            raise refusal("InternalError", 500)

    memory.diary.before = fail
    with pytest.raises(TargetError, match=r"Lageret ville ikke \(InternalError\)"):
        memory.send(second, SECOND)
    assert memory.target().live() == record(FIRST)
    # Everything of before is there, pages perhaps as they are to be.
    assert memory.site().keys() >= before.keys()
    assert f"{PREFIX}/{LOCK}" not in memory.there()
    come = set(memory.sent())

    memory.diary.before = lambda what, key: None
    memory.send(second, SECOND)
    assert not come & set(memory.sent())
    assert memory.site() == sent_files(second)
    assert memory.target().live() == record(SECOND)


def test_what_a_broken_sending_left_is_removed_by_another_release(
    memory: Bench, first: Path, second: Path
) -> None:
    def fail(what: str, key: str) -> None:
        if (what, key) == ("put", f"{PREFIX}/sw.js"):
            raise refusal("InternalError", 500)

    memory.diary.before = fail
    with pytest.raises(TargetError):
        memory.send(second, SECOND)
    assert "assets/site-BBBB.css" in memory.site()
    memory.diary.before = lambda what, key: None
    memory.send(first, FIRST)
    assert memory.site() == sent_files(first)


@pytest.mark.thorough
def test_a_killed_sender_changes_nothing_and_the_next_goes_on(
    ceph_store: Store, monkeypatch: pytest.MonkeyPatch, first: Path, tmp_path: Path
) -> None:
    with _on_ceph(ceph_store, monkeypatch) as bench:
        bench.send(first, FIRST)
        before = bench.site()
        release = write_release(tmp_path / "big", "BBBB", filler=60)
        middleman = Middleman(int(ceph_store.endpoint.rpartition(":")[2]), limit=2_500_000)
        settings = {"bucket": BUCKET, "endpoint": f"http://127.0.0.1:{middleman.port}"}
        code = (
            "from pathlib import Path\n"
            "from builder.content.publish_settings import S3\n"
            "from builder.publish.targets.s3.target import S3Target\n"
            f"target = S3Target(S3(kind='s3', prefix={PREFIX!r}, **{settings!r}))\n"
            f"target.send(Path({str(release)!r}), {SECOND!r}, {record(SECOND)!r}, print)\n"
        )
        with subprocess.Popen([sys.executable, "-c", code]) as sender:
            assert middleman.is_held.wait(30)
            sender.send_signal(signal.SIGKILL)
        middleman.cut()
        assert bench.target().live() == record(FIRST)
        now = bench.site()
        assert {name: now[name] for name in before} == before
        come = {name for name in now if name.startswith("assets/fyll-")}
        assert 0 < len(come) < 60
        # Its lock does not stand in the way: it was of this machine, and is no more.
        assert f"{PREFIX}/{LOCK}" in bench.there()
        bench.send(release, SECOND)
        assert not come & set(bench.sent())
        assert bench.site() == sent_files(release)


# Two at once


def _hold(bench: Bench, **other: Any) -> None:
    lock = {"machine": "en annen", "process": 1, "mark": "x", **other}
    bench.put(f"{PREFIX}/{LOCK}", json.dumps(lock).encode())


def test_only_one_sends_at_a_time(bench: Bench, first: Path) -> None:
    _hold(bench)
    with pytest.raises(TargetError, match=f"En annen publisering til lageret s3://{BUCKET}"):
        bench.send(first, FIRST)
    assert bench.sent() == []
    assert set(bench.there()) == {f"{PREFIX}/{LOCK}"}


def test_the_lock_of_a_dead_process_of_this_machine_is_taken_over(
    bench: Bench, first: Path
) -> None:
    with subprocess.Popen(["true"]) as gone:
        pass
    _hold(bench, machine=locks._machine(), process=gone.pid)
    bench.send(first, FIRST)
    assert bench.site() == sent_files(first)


def test_an_old_lock_is_taken_over(memory: Bench, first: Path) -> None:
    _hold(memory)
    memory.client.now += dt.timedelta(seconds=locks.LOCK_SECONDS - 1)
    with pytest.raises(TargetError, match="En annen publisering"):
        memory.send(first, FIRST)
    memory.client.now += dt.timedelta(seconds=1)
    memory.send(first, FIRST)
    assert memory.site() == sent_files(first)


def test_a_lock_is_renewed_and_one_that_was_taken_over_stops_its_holder(
    memory: Bench, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOCK_RENEWED_SECONDS", 0)
    memory.send(first, FIRST)
    assert memory.diary.keys("put").count(f"{PREFIX}/{LOCK}") > 2

    (first / "frister.ics").write_text("en ny")

    def take_over(what: str, key: str) -> None:
        if (what, key) == ("get", f"{PREFIX}/{LOCK}"):
            _hold(memory)

    memory.diary.before = take_over
    with pytest.raises(TargetError, match="En annen publisering"):
        memory.send(first, SECOND)
    assert json.loads(memory.there()[f"{PREFIX}/{LOCK}"])["machine"] == "en annen"
    assert memory.target().live() == record(FIRST)


def test_a_store_without_conditional_requests_is_used_without_a_lock(
    memory: Bench, first: Path
) -> None:
    memory.client.knows_conditions = False
    memory.send(first, FIRST)
    assert memory.site() == sent_files(first)
    assert f"{PREFIX}/{LOCK}" not in memory.there()


# What is said


SECRET = "hemmelig/Xyzzy+0123456789"  # noqa: S105


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("access_key", "sentence"),
    [("UKJENT0123456789", "InvalidAccessKeyId"), (None, "SignatureDoesNotMatch")],
)
def test_wrong_credentials(
    ceph_store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    first: Path,
    access_key: str | None,
    sentence: str,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key or ceph_store.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    target = S3Target(S3(kind="s3", bucket=BUCKET, endpoint=ceph_store.endpoint))
    with pytest.raises(TargetError, match=rf"godtar ikke nøkkelen din .*\({sentence}\)") as caught:
        target.send(first, FIRST, record(FIRST), print)
    told = str(caught.value) + "".join(capfd.readouterr())
    assert SECRET not in told
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.thorough
def test_a_bucket_that_does_not_exist(
    ceph_store: Store, monkeypatch: pytest.MonkeyPatch, first: Path
) -> None:
    _let_in(ceph_store, monkeypatch)
    target = S3Target(S3(kind="s3", bucket="finnes-ikke", endpoint=ceph_store.endpoint))
    for ask in (target.live, lambda: target.send(first, FIRST, record(FIRST), print)):
        with pytest.raises(TargetError, match="Bøtten «finnes-ikke» finnes ikke i lageret"):
            ask()


def test_no_credentials(first: Path) -> None:
    target = S3Target(S3(kind="s3", bucket=BUCKET, endpoint="http://127.0.0.1:9"))
    with pytest.raises(TargetError, match="Fant ingen nøkkel til lageret"):
        target.live()


def test_a_store_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch, first: Path) -> None:
    _let_in(Store("", "NØKKEL", SECRET), monkeypatch)
    target = S3Target(S3(kind="s3", bucket=BUCKET, endpoint="http://127.0.0.1:9"))
    with pytest.raises(TargetError, match="Får ikke kontakt med lageret http://127") as caught:
        target.send(first, FIRST, record(FIRST), print)
    assert SECRET not in str(caught.value)


def test_an_unknown_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "finnes-ikke")
    with pytest.raises(TargetError, match="Profilen i AWS_PROFILE finnes ikke"):
        S3Target(S3(kind="s3", bucket=BUCKET)).live()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("AccessDenied", "Nøkkelen din får ikke gjøre alt som trengs i bøtten «tilskudd»"),
        ("ExpiredToken", "er riktig og ikke er utløpt"),
        ("QuotaExceeded", "Det er ikke plass i bøtten «tilskudd»"),
        ("PermanentRedirect", "Bøtten «tilskudd» ligger i en annen region. Rett «region»."),
        ("RequestTimeTooSkewed", "Klokken på denne maskinen går feil"),
    ],
)
def test_what_the_store_refuses(memory: Bench, first: Path, code: str, sentence: str) -> None:
    def fail(what: str, key: str) -> None:
        raise refusal(code, 403)

    memory.diary.before = fail
    with pytest.raises(TargetError, match=sentence):
        memory.send(first, FIRST)
