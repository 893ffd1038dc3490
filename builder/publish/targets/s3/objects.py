"""The list of all objects that we have put in a store; the list lies in the store itself."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from builder.publish.targets.s3.bucket import OWN, Bucket

LIST, CHANGES = f"{OWN}objects.json", f"{OWN}objects-changed.json"
# The whole list is written anew when a tenth of it or more has changed.
MOST_CHANGED = 10


@dataclass
class Listed:
    """An object that we have put in the store: the ETag the store gave it, and `Parcel.digest`.

    Both are empty for an object that a run was about to put, and may not have put.
    """

    etag: str = ""
    digest: str = ""


# Stands in the object of changes for an object that is no longer on the list.
_GONE = Listed("gone", "gone")


@dataclass(frozen=True)
class _Written:
    """The list as it lies in the store.

    `whole` is the list in the object `LIST`, and `digest` the SHA-256 of that object. `current` is
    the list after the changes in the object `CHANGES`.
    """

    whole: dict[str, Listed]
    digest: str
    current: dict[str, Listed]


def _json(head: dict[str, str], listed: dict[str, Listed]) -> bytes:
    objects = {key: (listed[key].etag, listed[key].digest) for key in sorted(listed)}
    return json.dumps({**head, "objects": objects}, indent=0).encode()


def _parsed(content: bytes) -> dict[str, Any]:
    """The JSON object in these bytes; empty where there is none."""
    try:
        parsed: dict[str, Any] = dict(json.loads(content))
    except (ValueError, TypeError):
        return {}
    return parsed


def _objects(content: bytes) -> dict[str, Listed]:
    """The entries of a list or of changes, by key; empty where the bytes are damaged."""
    try:
        objects = _parsed(content)["objects"].items()
        return {key: Listed(etag, digest) for key, (etag, digest) in objects}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


class ObjectList:
    """Reads and writes the list of a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._list = _Written({}, "", {})

    def read(self) -> dict[str, Listed]:
        """All objects that we have put, by key; empty without a list that can be read."""
        content = self._bucket.get(LIST) or b""
        listed = _objects(content)
        self._list = _Written(listed, hashlib.sha256(content).hexdigest(), listed)
        changes = self._bucket.get(CHANGES) if listed else None
        if changes and _parsed(changes).get("since") == self._list.digest:
            changed = _objects(changes)
            listed = {**listed, **changed}
            gone = {key for key, one in changed.items() if one == _GONE}
            listed = {key: one for key, one in listed.items() if key not in gone}
            self._list = _Written(self._list.whole, self._list.digest, listed)
        return listed

    def write(self, listed: dict[str, Listed]) -> None:
        """Replace the list; a no-op where it is the same.

        Where less than a tenth differs from the object `LIST`, only the object `CHANGES` is put.
        """
        if listed == self._list.current:
            return
        whole = self._list.whole
        changed = {key: one for key, one in listed.items() if whole.get(key) != one}
        changed |= dict.fromkeys(whole.keys() - listed.keys(), _GONE)
        if len(changed) * MOST_CHANGED < len(whole):
            self._bucket.put_own(CHANGES, _json({"since": self._list.digest}, changed))
            self._list = _Written(whole, self._list.digest, dict(listed))
        else:
            content = _json({}, listed)
            self._bucket.put_own(LIST, content)
            digest = hashlib.sha256(content).hexdigest()
            self._list = _Written(dict(listed), digest, dict(listed))
