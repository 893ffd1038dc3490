"""Compressed copies beside the files of a site: brotli (`.br`) and gzip (`.gz`)."""

import gzip
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

import brotli

# Brotli's quality by ending. Fonts and images of other kinds are compressed already. Files that all
# pages share are compressed once and read for long: they get the best quality, which takes half a
# minute for the browser's Python. Pages and data are many: they get 8 % bigger in a seventieth of
# the time.
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
    """The files, by path in the site, with a compressed copy of each that gets smaller."""
    with_added = dict(files)
    for path, data in files.items():
        quality = _QUALITY.get(PurePosixPath(path).suffix)
        if quality and len(data) >= LEAST_BYTES:
            for ending, compress in METHODS.items():
                packed = compress(data, quality)
                if len(packed) < len(data):
                    with_added[path + ending] = packed
    return with_added


def is_copy(path: str) -> bool:
    """Whether a file of a built site is a compressed copy, by its ending."""
    return path.endswith(tuple(METHODS))
