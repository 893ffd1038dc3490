"""A bucket of an S3-compatible store.

A store knows no releases and switches nothing in one step, so the order does it: what never
changes its content first, then other files, then pages, the service worker, the record, and at
last what is to go. Whoever reads meanwhile gets each page whole, with all that it needs; for a
moment some pages are of the one release and some of the other.

Objects of our own lie below `.tilskuddsstigen/`: the record, the lock, and a list of what we have
put there, with what has changed since the list was written in an object of its own: the list of a
large site is larger than a change. Nothing that is not on that list is ever removed.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import IntEnum
from itertools import islice
from pathlib import Path
from typing import Any

from builder.kit.headers import IMMUTABLE_FOLDERS, MEDIA_TYPES, cache_control
from builder.kit.manifest import Files
from builder.publish.targets.progress import Progress, said_files, said_size
from builder.publish.targets.settings import S3
from builder.publish.targets.target import (
    FilesOf,
    Say,
    TargetError,
    files_of_none,
    is_packed_copy,
    site_files,
)

OWN = ".tilskuddsstigen/"
RECORD, LOCK = f"{OWN}record.json", f"{OWN}lock.json"
LIST, CHANGES = f"{OWN}objects.json", f"{OWN}objects-changed.json"
# With each object: a hash of what it holds and how it is to be served.
DIGEST = "tilskuddsstigen"

# Requests at a time: most of the time of a small file is waiting.
WORKERS = 16
# A store lists so many keys at a time.
PAGE_OF_KEYS = 1000
# The list is written anew when so large a part of it has changed.
MOST_CHANGED = 10
# The lock of a publisher that has died is free after this; a living one renews it.
LOCK_SECONDS = 600
LOCK_RENEWED_SECONDS = 60

# A store gives all readers the same bytes, packed or not. Every browser takes gzip, also where the
# address is not https, which Brotli needs. What other programs read (feeds, calendars, open data)
# stays as it is: many of them ask for no packing, and would get bytes they can't read.
_FOR_BROWSERS = frozenset({".css", ".html", ".js", ".mjs", ".svg", ".wasm", ".whl", ".zip"})
# Links lead from these to other files, hardly ever the other way.
_PAGES = frozenset({".atom", ".html", ".ics", ".json", ".xml", ".yaml"})
_SERVICE_WORKER = "sw.js"
FRONT_PAGE = "index.html"


class Stage(IntEnum):
    """The order of sending: no stage begins before the one before it is all there."""

    FIXED = 1
    FILES = 2
    PAGES = 3
    # Tells browsers of a new version: it must be there by then.
    SERVICE_WORKER = 4


@dataclass(frozen=True)
class Parcel:
    """A file as it is to lie in the store. `path` holds the bytes, packed where headers say so."""

    key: str
    path: Path
    size: int
    headers: dict[str, str]
    digest: str

    @property
    def stage(self) -> Stage:
        """When it is sent."""
        if self.key == _SERVICE_WORKER:
            return Stage.SERVICE_WORKER
        if f"/{self.key}".startswith(IMMUTABLE_FOLDERS):
            return Stage.FIXED
        return Stage.PAGES if Path(self.key).suffix in _PAGES else Stage.FILES

    @property
    def order(self) -> tuple[Stage, int, str]:
        """Inside a stage the deepest first: the front page links to what is there by then."""
        return self.stage, -self.key.count("/"), self.key


def parcels(release: Path, files: Files | None = None) -> list[Parcel]:
    """All files of a release as they are to lie in the store, in the order they are sent.

    `files` are those that it has, where that is known.
    """
    files = site_files(release, files)
    made = (
        _parcel(release, key, files)
        for key in files
        # Nothing in a store chooses between a file and its copies.
        if not is_packed_copy(key, files)
    )
    return sorted(made, key=lambda parcel: parcel.order)


def _parcel(release: Path, key: str, files: Files) -> Parcel:
    suffix = Path(key).suffix
    headers = {
        "ContentType": MEDIA_TYPES.get(suffix, "application/octet-stream"),
        "CacheControl": cache_control(f"/{key}"),
    }
    address, packed = key, f"{key}.gz"
    is_for_browsers = suffix in _FOR_BROWSERS or f"/{key}".startswith(IMMUTABLE_FOLDERS)
    if is_for_browsers and packed in files:
        headers["ContentEncoding"] = "gzip"
        address = packed
    digest = hashlib.sha256(json.dumps(headers, sort_keys=True).encode())
    digest.update(files[address].digest.encode())
    return Parcel(key, release / address, files[address].size, headers, digest.hexdigest())


@dataclass
class Listed:
    """What we know of an object we have put: the store's ETag then, and its digest.

    Both are empty where it may have been put, by a run that did not come to its end.
    """

    etag: str = ""
    digest: str = ""


_GONE = Listed("gone", "gone")
# What is smaller is put as it is.
_LEAST_TO_PACK = 1000


@dataclass(frozen=True)
class _Written:
    """The list as it lies in the store: the `whole` of it with its hash, and what both say now."""

    whole: dict[str, Listed]
    mark: str
    told: dict[str, Listed]


def _json(head: dict[str, str], listed: dict[str, Listed]) -> bytes:
    objects = {key: (listed[key].etag, listed[key].digest) for key in sorted(listed)}
    return json.dumps({**head, "objects": objects}, indent=0).encode()


def _told(content: bytes) -> dict[str, Any]:
    try:
        told: dict[str, Any] = dict(json.loads(content))
    except (ValueError, TypeError):
        return {}
    return told


def _objects(content: bytes) -> dict[str, Listed]:
    """What a list says; nothing where it is damaged."""
    try:
        objects = _told(content)["objects"].items()
        return {key: Listed(etag, digest) for key, (etag, digest) in objects}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


class S3Target:
    """Sends releases to a bucket. See `builder.publish.targets.target.Target`."""

    def __init__(self, settings: S3) -> None:
        self._settings = settings
        self._root = settings.root
        self._made: Any = None
        self._list = _Written({}, "", {})
        self.name = f"lageret s3://{settings.bucket}/{self._root}".rstrip("/")

    def live(self) -> bytes | None:
        """The record that the last complete sending put there."""
        with self._explained():
            return self._get(RECORD)

    def send(
        self,
        release: Path,
        name: str,
        record: bytes,
        say: Say,
        files_of: FilesOf = files_of_none,
    ) -> None:
        """Send what is not there yet, and at last remove what the release does not have."""
        to_be = parcels(release, files_of(name))
        with self._explained():
            listed = self._listed()
            if not listed:
                self._refuse_foreign_site()
            # Where nothing seems to be missing it is looked for without keeping others out.
            if {parcel.key: parcel.digest for parcel in to_be} == {
                key: one.digest for key, one in listed.items()
            }:
                missing, known = self._compare(to_be, listed, say)
                if not missing and known == listed and self._get(RECORD) == record:
                    return
            with _Lock(self) as lock:
                self._send(to_be, record, say, lock)

    def _send(self, to_be: list[Parcel], record: bytes, say: Say, lock: _Lock) -> None:
        listed = self._listed()
        missing, known = self._compare(to_be, listed, say)
        # Before anything is put there, so that also what a broken run leaves is removed one day.
        self._put_list(listed | {parcel.key: Listed() for parcel in missing})
        size = sum(parcel.size for parcel in missing)
        if missing:
            say(f"Sender {said_files(len(missing))} ({said_size(size)}) til {self.name}.")
        progress = Progress(say, len(missing), size)
        for stage in Stage:
            of_stage = (parcel for parcel in missing if parcel.stage == stage)
            for parcel, etag in _at_once(self._put, of_stage, lock.renew):
                known[parcel.key] = Listed(etag, parcel.digest)
                progress.add(parcel.size)
        self._put_own(RECORD, record)

        old = sorted(listed.keys() - known.keys())
        if old:
            say(f"Fjerner {said_files(len(old))} som ikke er med lenger.")
        for _ in _at_once(self._remove, old, lock.renew):
            pass
        self._put_list(known)

    # What is there

    def _compare(
        self, to_be: list[Parcel], listed: dict[str, Listed], say: Say
    ) -> tuple[list[Parcel], dict[str, Listed]]:
        """The parcels that are not in the store as they should be, and what is known of the rest.

        An object is right where the store has it with the ETag that it had when we put it. A run
        that was broken has put objects without telling; those are asked for their digest. ETags
        themselves say nothing of the content: stores make them in different ways.
        """
        there = self._there(listed)
        known, unknown, missing = {}, [], []
        for parcel in to_be:
            etag, of_list = there.get(parcel.key), listed.get(parcel.key, Listed())
            if etag is not None and etag != of_list.etag:
                unknown.append(parcel)
            elif etag is not None and parcel.digest == of_list.digest:
                known[parcel.key] = of_list
            else:
                missing.append(parcel)
        if unknown:
            say(f"Ser etter hva som er sendt før: {said_files(len(unknown))} …")
        for parcel, digest in _at_once(self._digest, unknown):
            if digest == parcel.digest:
                known[parcel.key] = Listed(there[parcel.key], digest)
            else:
                missing.append(parcel)
        return sorted(missing, key=lambda parcel: parcel.order), known

    def _refuse_foreign_site(self) -> None:
        """Before the first time: don't replace a site that somebody else has there."""
        if self._digest_at(FRONT_PAGE) == "":
            raise TargetError(
                f"{self.name[0].upper()}{self.name[1:]} har en {FRONT_PAGE} fra før, og den er"
                " ikke lagt der herfra. Velg en annen bøtte eller et annet «prefix», eller fjern"
                " filen."
            )

    def _there(self, listed: Collection[str]) -> dict[str, str]:
        """ETags of all objects, by key without the prefix.

        A store gives them in order, some at a time. So one asks in several places at once, which
        what is `listed` tells.
        """
        keys = sorted(listed)
        starts = ["", *keys[:: max(PAGE_OF_KEYS, len(keys) // WORKERS + 1)][1:]]
        parts = list(zip(starts, [*starts[1:], None], strict=True))
        found: dict[str, str] = {}
        for _, part in _at_once(self._there_between, parts):
            found |= part
        return found

    def _there_between(self, part: tuple[str, str | None]) -> dict[str, str]:
        """ETags of the objects after the first of two keys, up to the second and with it."""
        start, end = part
        request = {"Bucket": self._settings.bucket, "Prefix": self._root}
        if start:
            request["StartAfter"] = f"{self._root}{start}"
        found: dict[str, str] = {}
        for page in self._client.get_paginator("list_objects_v2").paginate(**request):
            for one in page.get("Contents", ()):
                key = one["Key"].removeprefix(self._root)
                if end is not None and key > end:
                    return found
                found[key] = one["ETag"]
        return found

    def _digest(self, parcel: Parcel) -> str:
        return self._digest_at(parcel.key) or ""

    def _digest_at(self, key: str) -> str | None:
        """What we said of an object when we put it; empty if it is not ours, None if not there."""
        from botocore.exceptions import ClientError

        try:
            head = self._client.head_object(**self._at(key))
        except ClientError as error:
            if _code(error) in ("404", "NoSuchKey"):
                return None
            raise
        digest: str = head["Metadata"].get(DIGEST, "")
        return digest

    def _listed(self) -> dict[str, Listed]:
        """The list of what we have put; empty where there is none that can be read."""
        content = self._get(LIST) or b""
        listed = _objects(content)
        self._list = _Written(listed, hashlib.sha256(content).hexdigest(), listed)
        changes = self._get(CHANGES) if listed else None
        if changes and _told(changes).get("since") == self._list.mark:
            changed = _objects(changes)
            listed = {**listed, **changed}
            gone = {key for key, one in changed.items() if one == _GONE}
            listed = {key: one for key, one in listed.items() if key not in gone}
            self._list = _Written(self._list.whole, self._list.mark, listed)
        return listed

    # Changing it

    def _put(self, parcel: Parcel) -> str:
        """Put a file there; gives its ETag."""
        return self._put_object(
            parcel.key,
            parcel.path.read_bytes(),
            Metadata={DIGEST: parcel.digest},
            **parcel.headers,
        )

    def _put_own(self, key: str, content: bytes, **conditions: str) -> str:
        headers = {"ContentType": "application/json", "CacheControl": "no-store"}
        if len(content) > _LEAST_TO_PACK:
            headers["ContentEncoding"] = "gzip"
            content = gzip.compress(content, mtime=0)
        return self._put_object(key, content, **headers, **conditions)

    def _put_object(self, key: str, content: bytes, **more: Any) -> str:
        # The store compares; a file that was damaged on its way is refused.
        md5 = hashlib.md5(content, usedforsecurity=False).digest()
        told = self._client.put_object(
            **self._at(key), Body=content, ContentMD5=base64.b64encode(md5).decode(), **more
        )
        etag: str = told["ETag"]
        return etag

    def _put_list(self, listed: dict[str, Listed]) -> None:
        """Let the list say this; only what has changed is put there, if it is little."""
        if listed == self._list.told:
            return
        whole = self._list.whole
        changed = {key: one for key, one in listed.items() if whole.get(key) != one}
        changed |= dict.fromkeys(whole.keys() - listed.keys(), _GONE)
        if len(changed) * MOST_CHANGED < len(whole):
            self._put_own(CHANGES, _json({"since": self._list.mark}, changed))
            self._list = _Written(whole, self._list.mark, dict(listed))
        else:
            content = _json({}, listed)
            self._put_own(LIST, content)
            mark = hashlib.sha256(content).hexdigest()
            self._list = _Written(dict(listed), mark, dict(listed))

    def _remove(self, key: str) -> None:
        # One by one: stores disagree on the checksum that a request for many must have.
        self._client.delete_object(**self._at(key))

    def _get(self, key: str) -> bytes | None:
        from botocore.exceptions import ClientError

        try:
            found = self._client.get_object(**self._at(key))
            content: bytes = found["Body"].read()
            if found.get("ContentEncoding") == "gzip":
                return gzip.decompress(content)
        except ClientError as error:
            if _code(error) == "NoSuchKey":
                return None
            raise
        return content

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._settings.bucket, "Key": f"{self._root}{key}"}

    # The client, and what it says

    @property
    def _client(self) -> Any:
        if self._made is None:
            try:
                self._made = self._client_of_boto()
            except ValueError as error:  # an address that boto cannot use
                raise TargetError(self._trouble(type(error).__name__)) from None
        return self._made

    def _client_of_boto(self) -> Any:
        import boto3
        from botocore.config import Config

        session = boto3.session.Session(region_name=self._settings.region)
        endpoint = self._settings.endpoint
        region = session.region_name or "us-east-1"
        return session.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            config=Config(
                retries={"mode": "standard", "max_attempts": 5},
                connect_timeout=15,
                read_timeout=60,
                max_pool_connections=WORKERS,
                # What boto adds by itself is newer than many stores; we send an MD5 instead.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                # A store of one's own seldom has a host name for each bucket.
                s3={"addressing_style": "path"} if endpoint else {},
            ),
        )

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what boto raises into Norwegian, without its texts: they may tell of credentials."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            raise TargetError(self._refusal(error)) from None
        except BotoCoreError as error:
            raise TargetError(self._trouble(type(error).__name__)) from None

    def _refusal(self, error: Any) -> str:
        code = _code(error)
        bucket = self._settings.bucket
        if code == "NoSuchBucket":
            return f"Bøtten «{bucket}» finnes ikke i lageret. Lag den først, eller rett navnet."
        if code in ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"):
            return (
                f"Lageret godtar ikke nøkkelen din til bøtten «{bucket}» ({code}). Se at nøkkelen i"
                " AWS_ACCESS_KEY_ID og AWS_SECRET_ACCESS_KEY, eller i ~/.aws/credentials, er riktig"
                " og ikke er utløpt."
            )
        if code in ("AccessDenied", "403", "AllAccessDisabled"):
            return (
                f"Nøkkelen din får ikke gjøre alt som trengs i bøtten «{bucket}»: lese, skrive,"
                " slette og liste."
            )
        if code in ("QuotaExceeded", "EntityTooLarge", "507", "InsufficientStorage"):
            return f"Det er ikke plass i bøtten «{bucket}» ({code})."
        if code == "RequestTimeTooSkewed":
            return "Klokken på denne maskinen går feil, så lageret svarer ikke. Still den."
        if code in ("PermanentRedirect", "301", "AuthorizationHeaderMalformed"):
            return f"Bøtten «{bucket}» ligger i en annen region. Rett «region»."
        return (
            f"Lageret ville ikke ({code}). Prøv igjen: det som er sendt, blir ikke sendt på nytt."
        )

    def _trouble(self, kind: str) -> str:
        where = self._settings.endpoint or "AWS"
        if kind in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"):
            return (
                "Fant ingen nøkkel til lageret. Sett AWS_ACCESS_KEY_ID og AWS_SECRET_ACCESS_KEY,"
                " eller legg den i ~/.aws/credentials og velg den med AWS_PROFILE."
            )
        if kind in ("ProfileNotFound", "ConfigParseError"):
            return "Profilen i AWS_PROFILE finnes ikke, eller ~/.aws kan ikke leses."
        if kind in ("SSLError", "CertificateError"):
            return f"Sertifikatet til {where} kan ikke kontrolleres. Er adressen riktig?"
        return (
            f"Får ikke kontakt med lageret {where} ({kind}). Er adressen riktig, og er nettet oppe?"
            " Prøv igjen: det som er sendt, blir ikke sendt på nytt."
        )


def _at_once[T, R](
    work: Callable[[T], R], items: Iterable[T], meanwhile: Callable[[], None] = lambda: None
) -> Iterator[tuple[T, R]]:
    """Each item with what the work on it gives, as they are done, some at a time.

    The first that fails ends it: what has not begun by then is left.
    """
    left = iter(items)
    with ThreadPoolExecutor(WORKERS) as pool:
        # Few are waiting at a time: to look after thousands would be more work than they are.
        waiting = {pool.submit(work, item): item for item in islice(left, 2 * WORKERS)}
        try:
            while waiting:
                done, _ = wait(waiting, LOCK_RENEWED_SECONDS, FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), future.result()
                    for item in islice(left, 1):
                        waiting[pool.submit(work, item)] = item
                meanwhile()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


class _Lock:
    """Keeps two publishers from sending at once, by an object that only one of them can make.

    Of conditional requests it needs `If-None-Match: *` only, which most stores know; a store that
    does not is used without a lock. A lock that is taken over is looked at again by its former
    holder within a minute, who then stops.
    """

    def __init__(self, target: S3Target) -> None:
        self._target = target
        told = {"machine": _machine(), "process": os.getpid(), "mark": secrets.token_hex(8)}
        self._content = json.dumps(told).encode()
        self._is_held = False
        self._renewed = 0.0

    def __enter__(self) -> _Lock:
        from botocore.exceptions import ClientError

        try:
            if not self._make():
                self._remove_if_dead()
                if not self._make():
                    raise self._is_taken()
        except ClientError as error:
            if _code(error) not in ("NotImplemented", "InvalidArgument", "InvalidRequest", "501"):
                raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_held:
            # It is free in a while anyway; what went wrong before is to be told, not this.
            with contextlib.suppress(Exception):
                self._target._remove(LOCK)

    def renew(self) -> None:
        """Keep the lock, if that is to be done again by now."""
        if not self._is_held or time.monotonic() - self._renewed < LOCK_RENEWED_SECONDS:
            return
        if self._target._get(LOCK) != self._content:
            self._is_held = False
            raise self._is_taken()
        self._target._put_own(LOCK, self._content)
        self._renewed = time.monotonic()

    def _make(self) -> bool:
        """Make the object; False if there is one."""
        from botocore.exceptions import ClientError

        try:
            self._target._put_own(LOCK, self._content, IfNoneMatch="*")
        except ClientError as error:
            if _code(error) in ("PreconditionFailed", "ConditionalRequestConflict", "412", "409"):
                return False
            raise
        self._is_held = True
        self._renewed = time.monotonic()
        return True

    def _remove_if_dead(self) -> None:
        """Remove the lock of a publisher that is no more, or tell that there is one."""
        from botocore.exceptions import ClientError

        try:
            found = self._target._client.get_object(**self._target._at(LOCK))
        except ClientError as error:
            if _code(error) == "NoSuchKey":  # just finished
                return
            raise
        # By the clock of the store: that of this machine may go wrong.
        now = parsedate_to_datetime(found["ResponseMetadata"]["HTTPHeaders"]["date"])
        age = (now - found["LastModified"]).total_seconds()
        if age < LOCK_SECONDS and not _has_died(found["Body"].read()):
            raise self._is_taken()
        self._target._remove(LOCK)

    def _is_taken(self) -> TargetError:
        return TargetError(
            f"En annen publisering til {self._target.name} er i gang. Vent til den er ferdig, og"
            " prøv igjen. Er den brutt, kan du publisere igjen om ti minutter."
        )


def _machine() -> str:
    # Anybody may be allowed to read the bucket, so the name itself is not told.
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:16]


def _has_died(lock: bytes) -> bool:
    """Whether the publisher that holds the lock was one of this machine, and is no more."""
    try:
        told = json.loads(lock)
        machine, process = told["machine"], int(told["process"])
    except (ValueError, KeyError, TypeError):
        return False
    if machine != _machine():
        return False
    if process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
