"""Compressed copies beside the files of a site: brotli (`.br`) and gzip (`.gz`)."""

import gzip
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

import brotli

# Brotli's quality by ending, for what gets smaller: fonts and images of other kinds are compressed
# already. What all pages share is made once and read for long; the best takes half a minute for
# the browser's Python. Of the others there are many: they get 8 % bigger, seventy times as quickly.
_BEST, _QUICK = 11, 5
_QUALITY = {
    **dict.fromkeys((".css", ".svg", ".js", ".mjs", ".wasm", ".zip", ".whl"), _BEST),
    **dict.fromkeys((".html", ".json", ".xml", ".txt", ".yaml", ".ics", ".atom"), _QUICK),
}
SUFFIXES = frozenset(_QUALITY)
# A file smaller than this fits in one packet anyway.
LEAST_BYTES = 256


def _gzip(data: bytes, _quality: int) -> bytes:
    return gzip.compress(data, compresslevel=6, mtime=0)


def _brotli(data: bytes, quality: int) -> bytes:
    packed: bytes = brotli.compress(data, quality=quality)
    return packed


METHODS: dict[str, Callable[[bytes, int], bytes]] = {".br": _brotli, ".gz": _gzip}


def with_copies(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files by their path in the site, and beside each a compressed copy where that is smaller."""
    made = dict(files)
    for path, data in files.items():
        quality = _QUALITY.get(PurePosixPath(path).suffix)
        if quality and len(data) >= LEAST_BYTES:
            for ending, compress in METHODS.items():
                packed = compress(data, quality)
                if len(packed) < len(data):
                    made[path + ending] = packed
    return made


def is_copy(path: str) -> bool:
    """Whether a file of a built site is the compressed copy of the one beside it."""
    return path.endswith(tuple(METHODS))
