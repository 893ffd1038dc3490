"""Compressed copies beside the files of a site: `.br` (brotli 11) and `.gz`.

Brotli at its best takes half a minute for the runtime, so results are kept by content.
"""

import gzip
import hashlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import brotli

from builder.cache import write_whole

# What gets smaller. Fonts and images of other kinds are compressed already.
SUFFIXES = frozenset(
    [
        *(".html", ".css", ".svg", ".js", ".mjs", ".wasm", ".zip", ".whl"),
        *(".json", ".xml", ".txt", ".yaml", ".ics", ".atom"),
    ]
)
# A file smaller than this fits in one packet anyway.
LEAST_BYTES = 256


def _brotli(data: bytes) -> bytes:
    packed: bytes = brotli.compress(data, quality=11)
    return packed


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=9, mtime=0)


METHODS: dict[str, Callable[[bytes], bytes]] = {".br": _brotli, ".gz": _gzip}


def compress(folder: Path, cache: Path) -> None:
    """Write a compressed copy of each file below `folder` beside it, where it is smaller."""
    cache.mkdir(parents=True, exist_ok=True)
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in SUFFIXES and path.is_file() and path.stat().st_size >= LEAST_BYTES
    ]
    jobs = [(path, cache, suffix) for path in files for suffix in METHODS]
    with ProcessPoolExecutor() as pool:
        for _ in pool.map(_compress_one, jobs, chunksize=8):
            pass


def _compress_one(job: tuple[Path, Path, str]) -> None:
    path, cache, suffix = job
    data = path.read_bytes()
    kept = cache / (hashlib.sha256(data).hexdigest() + suffix)
    if kept.is_file():
        packed = kept.read_bytes()
    else:
        packed = METHODS[suffix](data)
        write_whole(kept, packed)
    if len(packed) < len(data):
        path.with_name(path.name + suffix).write_bytes(packed)
