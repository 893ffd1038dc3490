"""The target: compares a release with a bucket, and sends the files that differ."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from builder.content.publish_settings import S3
from builder.publish.targets.progress import Progress, files_text, size_text
from builder.publish.targets.s3.bucket import DIGEST, OWN, WORKERS, Bucket, at_once
from builder.publish.targets.s3.lock import Lock
from builder.publish.targets.s3.objects import Listed, ObjectList
from builder.publish.targets.s3.parcels import Parcel, Stage, parcels
from builder.publish.targets.target import FilesOf, Say, TargetError, files_of_none

RECORD = f"{OWN}record.json"
# The number of keys that a store lists in one answer.
PAGE_OF_KEYS = 1000
FRONT_PAGE = "index.html"


class S3Target:
    """Sends releases to a bucket. See `builder.publish.targets.target.Target`."""

    def __init__(self, settings: S3) -> None:
        self._bucket = Bucket(settings)
        self._objects = ObjectList(self._bucket)
        self.name = self._bucket.name

    def live(self) -> bytes | None:
        """The record that the last complete `send` put in the bucket."""
        with self._bucket.explained():
            return self._bucket.get(RECORD)

    def send(
        self,
        release: Path,
        name: str,
        record: bytes,
        say: Say,
        files_of: FilesOf = files_of_none,
    ) -> None:
        """Send the files that the bucket lacks, then remove objects that the release lacks."""
        wanted = parcels(release, files_of(name))
        with self._bucket.explained():
            listed = self._objects.read()
            if not listed:
                self._refuse_foreign_site()
            # Where the list holds the whole release, a look without the lock may be enough.
            if {parcel.key: parcel.digest for parcel in wanted} == {
                key: one.digest for key, one in listed.items()
            }:
                missing, known = self._compare(wanted, listed, say)
                if not missing and known == listed and self._bucket.get(RECORD) == record:
                    return
            with Lock(self._bucket) as lock:
                self._send(wanted, record, say, lock)

    def _send(self, wanted: list[Parcel], record: bytes, say: Say, lock: Lock) -> None:
        listed = self._objects.read()
        missing, known = self._compare(wanted, listed, say)
        # First the list, then the objects: so the files of a run that breaks are removed one day.
        self._objects.write(listed | {parcel.key: Listed() for parcel in missing})
        size = sum(parcel.size for parcel in missing)
        if missing:
            say(f"Sender {files_text(len(missing))} ({size_text(size)}) til {self.name}.")
        progress = Progress(say, len(missing), size)
        for stage in Stage:
            of_stage = (parcel for parcel in missing if parcel.stage == stage)
            for parcel, etag in at_once(self._put, of_stage, lock.renew):
                known[parcel.key] = Listed(etag, parcel.digest)
                progress.add(parcel.size)
        self._bucket.put_own(RECORD, record)

        old = sorted(listed.keys() - known.keys())
        if old:
            say(f"Fjerner {files_text(len(old))} som ikke er med lenger.")
        for _ in at_once(self._bucket.remove, old, lock.renew):
            pass
        self._objects.write(known)

    # The objects in the bucket

    def _compare(
        self, wanted: list[Parcel], listed: dict[str, Listed], say: Say
    ) -> tuple[list[Parcel], dict[str, Listed]]:
        """The parcels that must be sent, and the list entries of all other parcels.

        An object is the parcel where its ETag is the one on the list, and the digest on the list is
        the parcel's. A run that broke has put objects whose ETags are not on the list; the digest
        of such an object is read from its metadata. An ETag can't be compared with the content of a
        file: each store computes it in its own way.
        """
        etags = self._etags(listed)
        known, unknown, missing = {}, [], []
        for parcel in wanted:
            etag, entry = etags.get(parcel.key), listed.get(parcel.key, Listed())
            if etag is not None and etag != entry.etag:
                unknown.append(parcel)
            elif etag is not None and parcel.digest == entry.digest:
                known[parcel.key] = entry
            else:
                missing.append(parcel)
        if unknown:
            say(f"Ser etter hva som er sendt før: {files_text(len(unknown))} …")
        for parcel, digest in at_once(self._digest, unknown):
            if digest == parcel.digest:
                known[parcel.key] = Listed(etags[parcel.key], digest)
            else:
                missing.append(parcel)
        return sorted(missing, key=lambda parcel: parcel.order), known

    def _refuse_foreign_site(self) -> None:
        """Raise `TargetError` where the bucket has a front page that we have not put there."""
        if self._bucket.digest(FRONT_PAGE) == "":
            raise TargetError(
                f"{self.name[0].upper()}{self.name[1:]} har en {FRONT_PAGE} fra før, og den er"
                " ikke lagt der herfra. Velg en annen bøtte eller et annet «prefix», eller fjern"
                " filen."
            )

    def _etags(self, listed: Collection[str]) -> dict[str, str]:
        """The ETags of all objects of the bucket, by key.

        A store lists keys in order, `PAGE_OF_KEYS` in each answer. To be quick, we ask for several
        stretches at once; keys that are `listed` are where the stretches begin.
        """
        keys = sorted(listed)
        starts = ["", *keys[:: max(PAGE_OF_KEYS, len(keys) // WORKERS + 1)][1:]]
        parts = list(zip(starts, [*starts[1:], None], strict=True))
        etags: dict[str, str] = {}
        for _, part in at_once(self._bucket.etags, parts):
            etags |= part
        return etags

    def _digest(self, parcel: Parcel) -> str:
        return self._bucket.digest(parcel.key) or ""

    def _put(self, parcel: Parcel) -> str:
        """Put a file in the bucket; returns its ETag."""
        return self._bucket.put(
            parcel.key,
            parcel.path.read_bytes(),
            Metadata={DIGEST: parcel.digest},
            **parcel.headers,
        )
