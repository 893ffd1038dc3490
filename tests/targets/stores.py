"""Stores for tests: one in memory that behaves like S3, and a list of the requests to a store."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from botocore.exceptions import ClientError


def refusal(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Test"
    )


@dataclass
class Stored:
    body: bytes
    headers: dict[str, Any]
    modified: dt.datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


@dataclass
class Memory:
    """A bucket in memory, with the part of boto's client that is used. `now` is its clock."""

    objects: dict[str, Stored] = field(default_factory=dict)
    now: dt.datetime = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    knows_conditions: bool = True

    def put_object(self, **request: Any) -> dict[str, Any]:
        del request["Bucket"]
        key, body, md5 = (request.pop(name) for name in ("Key", "Body", "ContentMD5"))
        condition = request.pop("IfNoneMatch", None)
        assert base64.b64decode(md5) == hashlib.md5(body, usedforsecurity=False).digest()
        if condition and not self.knows_conditions:
            raise refusal("NotImplemented", 501)
        if condition == "*" and key in self.objects:
            raise refusal("PreconditionFailed", 412)
        self.objects[key] = Stored(body, request, self.now)
        return {"ETag": self.objects[key].etag}

    def get_object(self, **request: Any) -> dict[str, Any]:
        return self._found(request["Key"], "NoSuchKey")

    def head_object(self, **request: Any) -> dict[str, Any]:
        return self._found(request["Key"], "404")

    def _found(self, key: str, otherwise: str) -> dict[str, Any]:
        if key not in self.objects:
            raise refusal(otherwise, 404)
        found = self.objects[key]
        return {
            "Metadata": {},
            **found.headers,
            "Body": io.BytesIO(found.body),
            "ETag": found.etag,
            "LastModified": found.modified,
            "ResponseMetadata": {"HTTPHeaders": {"date": format_datetime(self.now)}},
        }

    def delete_object(self, **request: Any) -> None:
        self.objects.pop(request["Key"], None)

    def get_paginator(self, name: str) -> Memory:
        assert name == "list_objects_v2"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        found = [
            {"Key": key, "ETag": stored.etag}
            for key, stored in sorted(self.objects.items())
            if key.startswith(request["Prefix"]) and key > request.get("StartAfter", "")
        ]
        # Small pages, so that there are several.
        for n in range(0, len(found), 7):
            yield {"Contents": found[n : n + 7]}
        yield {}


class Diary:
    """A client that notes what it is asked for: what, the key, and when it began and was done.

    `before` is called with the name of a request and its key, and may raise.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._time = 0
        self.requests: list[tuple[str, str, int, int]] = []
        self.before: Callable[[str, str], None] = lambda what, key: None

    def _tick(self) -> int:
        with self._lock:
            self._time += 1
            return self._time

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        what, _, is_object = name.partition("_object")
        if is_object or not name.endswith("_object"):
            return real

        def noted(**arguments: Any) -> Any:
            key = arguments["Key"]
            began = self._tick()
            self.before(what, key)
            told = real(**arguments)
            self.requests.append((what, key, began, self._tick()))
            return told

        return noted

    def keys(self, what: str) -> list[str]:
        """The keys of requests of a kind, in the order they were done."""
        return [key for kind, key, *_ in self.requests if kind == what]
