"""Requests to a bucket, by boto, and its errors in Norwegian."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from builder.content.publish_settings import S3
from builder.publish.targets.target import TargetError

# The keys of our own objects begin so; see the package.
OWN = ".tilskuddsstigen/"
# The metadata field of each object that holds `Parcel.digest`.
DIGEST = "tilskuddsstigen"

# Requests at a time: a request for a small file is mostly waiting.
WORKERS = 16
# `at_once` calls `meanwhile` at least this often.
SECONDS_BETWEEN_CALLS = 60
# Objects of our own with more bytes are compressed.
_LEAST_TO_COMPRESS = 1000


class Bucket:
    """The objects of a bucket whose keys begin with the prefix of the settings.

    Keys as arguments and results are without the prefix. Methods raise boto's errors; the block of
    `explained` turns them into `TargetError`.
    """

    def __init__(self, settings: S3) -> None:
        self._settings = settings
        self._root = settings.root
        self._cached_client: Any = None
        self.name = f"lageret s3://{settings.bucket}/{self._root}".rstrip("/")

    def etags(self, part: tuple[str, str | None]) -> dict[str, str]:
        """The ETags of all objects after the first key, up to and with the second, by key.

        An empty first key is before all objects, and None is after all.
        """
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

    def digest(self, key: str) -> str | None:
        """The digest that a publish wrote into the metadata of an object.

        Empty for an object that no publish has put; None if there is no object with this key.
        """
        from botocore.exceptions import ClientError

        try:
            head = self._client.head_object(**self._at(key))
        except ClientError as error:
            if error_code(error) in ("404", "NoSuchKey"):
                return None
            raise
        digest: str = head["Metadata"].get(DIGEST, "")
        return digest

    def put_own(self, key: str, content: bytes, **conditions: str) -> str:
        """Put a JSON object for publishers alone, which nobody is to cache; returns its ETag.

        `conditions` are further arguments of the request, such as `IfNoneMatch`.
        """
        headers = {"ContentType": "application/json", "CacheControl": "no-store"}
        if len(content) > _LEAST_TO_COMPRESS:
            headers["ContentEncoding"] = "gzip"
            content = gzip.compress(content, mtime=0)
        return self.put(key, content, **headers, **conditions)

    def put(self, key: str, content: bytes, **more: Any) -> str:
        """Put an object; returns its ETag. `more` are further arguments of the request."""
        # The store compares the MD5, and refuses a file that was damaged on its way.
        md5 = hashlib.md5(content, usedforsecurity=False).digest()
        answer = self._client.put_object(
            **self._at(key), Body=content, ContentMD5=base64.b64encode(md5).decode(), **more
        )
        etag: str = answer["ETag"]
        return etag

    def remove(self, key: str) -> None:
        """Remove an object; a missing object is no error."""
        # One by one: stores disagree on the checksum that a request for many must have.
        self._client.delete_object(**self._at(key))

    def get(self, key: str) -> bytes | None:
        """The content of an object, decompressed; None if there is no such object."""
        from botocore.exceptions import ClientError

        try:
            found = self._client.get_object(**self._at(key))
            content: bytes = found["Body"].read()
            if found.get("ContentEncoding") == "gzip":
                return gzip.decompress(content)
        except ClientError as error:
            if error_code(error) == "NoSuchKey":
                return None
            raise
        return content

    def get_with_age(self, key: str) -> tuple[bytes, float] | None:
        """The bytes of an object and its age in seconds; None if there is no such object."""
        from botocore.exceptions import ClientError

        try:
            found = self._client.get_object(**self._at(key))
        except ClientError as error:
            if error_code(error) == "NoSuchKey":
                return None
            raise
        # Both times are by the clock of the store: the clock of this machine may be wrong.
        now = parsedate_to_datetime(found["ResponseMetadata"]["HTTPHeaders"]["date"])
        return found["Body"].read(), (now - found["LastModified"]).total_seconds()

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._settings.bucket, "Key": f"{self._root}{key}"}

    # boto, and its errors

    @property
    def _client(self) -> Any:
        if self._cached_client is None:
            try:
                self._cached_client = self._client_of_boto()
            except ValueError as error:  # an address that boto cannot use
                raise TargetError(self._trouble(type(error).__name__)) from None
        return self._cached_client

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
                # Many stores don't know the checksums that boto adds by itself; we send an MD5.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                # Few stores but AWS have a host name for each bucket.
                s3={"addressing_style": "path"} if endpoint else {},
            ),
        )

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Turn boto's errors into `TargetError` without their texts, which may hold credentials."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            raise TargetError(self._refusal(error)) from None
        except BotoCoreError as error:
            raise TargetError(self._trouble(type(error).__name__)) from None

    def _refusal(self, error: Any) -> str:
        code = error_code(error)
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


def at_once[T, R](
    work: Callable[[T], R], items: Iterable[T], meanwhile: Callable[[], None] = lambda: None
) -> Iterator[tuple[T, R]]:
    """Do the work on all items, `WORKERS` at a time; yields each item with its result.

    Results come in the order in which they are finished. Between results, `meanwhile` is called in
    the thread of the caller. The first error is raised, and items not begun by then are left out.
    """
    left = iter(items)
    with ThreadPoolExecutor(WORKERS) as pool:
        # Few items wait at a time: `wait` takes long for thousands of them.
        waiting = {pool.submit(work, item): item for item in islice(left, 2 * WORKERS)}
        try:
            while waiting:
                done, _ = wait(waiting, SECONDS_BETWEEN_CALLS, FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), future.result()
                    for item in islice(left, 1):
                        waiting[pool.submit(work, item)] = item
                meanwhile()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def error_code(error: Any) -> str:
    """The code in a `ClientError` of boto, such as `NoSuchKey`; empty where there is none."""
    return str(error.response.get("Error", {}).get("Code", ""))
