"""The lock that keeps two publishers from sending to one bucket at once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import socket
import time

from builder.publish.targets.s3.bucket import OWN, Bucket, error_code
from builder.publish.targets.target import TargetError

LOCK = f"{OWN}lock.json"
# A lock of this age in seconds may be taken over. The holder of the lock renews it as often as
# this.
LOCK_SECONDS = 600
LOCK_RENEWED_SECONDS = 60


class Lock:
    """An object in the bucket that only one publisher can create: a context manager.

    The publisher holds the lock while the block runs. Raises `TargetError` where another publisher
    holds the lock. To create the object needs the conditional request `If-None-Match: *`. Most
    stores know that request; in a store that does not, we send without a lock. A publisher that has
    lost the lock to another one notices within a minute (`renew`) and stops.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        holder = {"machine": _machine(), "process": os.getpid(), "mark": secrets.token_hex(8)}
        self._content = json.dumps(holder).encode()
        self._is_held = False
        self._renewed = 0.0

    def __enter__(self) -> Lock:
        from botocore.exceptions import ClientError

        try:
            if not self._create():
                self._remove_if_dead()
                if not self._create():
                    raise self._is_taken()
        except ClientError as error:
            if error_code(error) not in (
                "NotImplemented",
                "InvalidArgument",
                "InvalidRequest",
                "501",
            ):
                raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_held:
            # Without this, the lock runs out by itself. An error here would hide an earlier one.
            with contextlib.suppress(Exception):
                self._bucket.remove(LOCK)

    def renew(self) -> None:
        """Put the lock anew if a minute has passed; raises `TargetError` where it has been lost."""
        if not self._is_held or time.monotonic() - self._renewed < LOCK_RENEWED_SECONDS:
            return
        if self._bucket.get(LOCK) != self._content:
            self._is_held = False
            raise self._is_taken()
        self._bucket.put_own(LOCK, self._content)
        self._renewed = time.monotonic()

    def _create(self) -> bool:
        """Create the object of the lock; False if it exists already."""
        from botocore.exceptions import ClientError

        try:
            self._bucket.put_own(LOCK, self._content, IfNoneMatch="*")
        except ClientError as error:
            if error_code(error) in (
                "PreconditionFailed",
                "ConditionalRequestConflict",
                "412",
                "409",
            ):
                return False
            raise
        self._is_held = True
        self._renewed = time.monotonic()
        return True

    def _remove_if_dead(self) -> None:
        """Remove the lock if its holder has ended; else raise `TargetError`."""
        held = self._bucket.get_with_age(LOCK)
        if held is None:  # removed in the meantime
            return
        content, age = held
        if age < LOCK_SECONDS and not _has_died(content):
            raise self._is_taken()
        self._bucket.remove(LOCK)

    def _is_taken(self) -> TargetError:
        return TargetError(
            f"En annen publisering til {self._bucket.name} er i gang. Vent til den er ferdig, og"
            " prøv igjen. Er den brutt, kan du publisere igjen om ti minutter."
        )


def _machine() -> str:
    """A hash of the name of this machine; the name stays secret, since a bucket may be public."""
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:16]


def _has_died(lock: bytes) -> bool:
    """Whether a process of this machine holds the lock, and has ended."""
    try:
        holder = json.loads(lock)
        machine, process = holder["machine"], int(holder["process"])
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
