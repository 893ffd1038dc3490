"""A built site as its checks see it: what is there, and what its files say of each other.

What a file says is kept by its content, so that only what is new is read. That a file is as it was
is known by the hashes that its maker hands over, or else by its state: its size, its times, its
number on the disk.
"""

import hashlib
import os
import posixpath
import re
import time
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from builder.kit.cache import Store, code_version, key
from builder.kit.parallel import in_parallel
from builder.site.built_page import Page, read_page

FRONT = "index.html"
_FOREIGN = ("http:", "https:", "mailto:", "data:", "tel:", "webcal:")
# What is made for other programs, and names addresses of the site.
_DATA_FILES = (".xml", ".atom", ".json", ".webmanifest", ".ics", ".txt")
# Pyodide's own files are named by Pyodide's own rules.
_RUNTIME = "runtime/"
_NYNORSK = "nn/"
# An address that means what it says.
_PLAIN = re.compile(r"/(?:[\w-][\w.-]*/)*(?:[\w-][\w.-]*)?", re.ASCII)
_PATH = re.compile(r"""["'>](/(?:[^/\s"'<>\\{][^\s"'<>\\{]*)?)(?=["'<])""")
_CONTINUED = re.compile(r"\r?\n[ \t]")
# So coarse may a file system's clock be: a file as new as this may be written again unnoticed.
_COARSE_NS = 2_000_000_000
# A folder with more files than this has so many shelves.
_MOST_ON_SHELF, _SHELVES = 200, 32

type State = tuple[int, ...]
type Place = tuple[str, str]


class Said(NamedTuple):
    """What a file says, by the names of files of the site.

    `is_wrong` where something is wrong with it whatever else there is. `files` are those it leads
    to, `places` those with an id there, `translations` the same page in other languages. The rest
    is as in `Page`, and `size` is in bytes.
    """

    is_wrong: bool
    ids: tuple[str, ...]
    files: tuple[str, ...]
    places: tuple[Place, ...]
    translations: tuple[str, ...]
    needs: tuple[str, ...]
    scripts: tuple[str, ...]
    has_calculator: bool
    size: int


class _Kept(NamedTuple):
    """What a file said, its hash, and its state where that was old enough to be sure of."""

    state: State | None
    digest: bytes
    said: Said


type _Shelf = dict[str, _Kept]


@dataclass(frozen=True)
class Built:
    """A built site. `files` are the names of all files, `names` those of folders too.

    `pages` and `data` are what pages and files for other programs say. `address` is that of the
    site, without a slash at its end, and empty where it was built without one.
    """

    site: Path
    files: Collection[str]
    names: Collection[str]
    address: str
    pages: Mapping[str, Said]
    data: Mapping[str, Said]

    def size(self, name: str) -> int:
        """Bytes of a file as a browser gets it: compressed where that is smaller."""
        compressed = self.site / f"{name}.br"
        return (compressed if compressed.is_file() else self.site / name).stat().st_size


class UnreadableError(ValueError):
    """An address that leads nowhere for how it is written; the text says why, in Norwegian."""


def read(
    site: Path,
    cache: Path | None = None,
    *,
    digests: Mapping[str, str] | None = None,
    label: str = "",
) -> Built:
    """Read a built site, and keep what its files say below `cache`.

    `digests` are the SHA-256 of all files of the site, by name, where whoever has made it knows
    them: then no file is looked at that says what it said before. Compressed copies may be left
    out. With a `label`, progress is told.
    """
    files, folders = _names(site) if digests is None else _names_of(digests)
    address = _address(site) if FRONT in files else ""
    shelves = _shelves(name for name in files if name.endswith(".html") or _is_data(name))
    store = None if cache is None else Store(cache)
    version = code_version("builder")
    keys = {shelf: key(version, address, shelf) for shelf in shelves}
    work = _Work(site, address, digests, store, keys, shelves)
    found: _Shelf = {}
    unknown: list[str] = []
    for shelf, of_shelf in shelves.items():
        kept: _Shelf = (store.get(keys[shelf]) if store else None) or {}
        if work.is_as_kept(of_shelf, kept):
            found |= kept
        else:
            work.kept[shelf] = kept
            unknown.append(shelf)
    for looked_at in in_parallel(work.look, unknown, label, lambda shelf: len(shelves[shelf])):
        found |= looked_at
    if store:
        store.keep_only(set(keys.values()))
    said = {name: found[name].said for of_shelf in shelves.values() for name in of_shelf}
    return Built(
        site,
        files,
        files | folders,
        address,
        pages={name: one for name, one in said.items() if name.endswith(".html")},
        data={name: one for name, one in said.items() if not name.endswith(".html")},
    )


def target(name: str, link: str, address: str) -> tuple[str, str] | None:
    """The file that a server gives for a link in the file `name`, and the id there, or "".

    None for other sites. `address` is that of the site. Raises `UnreadableError`.
    """
    return _of_site(link, address) if link[:1] == "/" else _target(name, link, address)


# Most links of a page stand on many others too.
@lru_cache(1 << 16)
def _of_site(link: str, address: str) -> tuple[str, str] | None:
    if _PLAIN.fullmatch(link):
        return (link[1:] + FRONT if link.endswith("/") else link[1:]), ""
    return _target("", link, address)


def _target(name: str, link: str, address: str) -> tuple[str, str] | None:
    if address and (link == address or link.startswith(f"{address}/")):
        return _of_site(link.removeprefix(address) or "/", address)
    if link.startswith(_FOREIGN):
        return None
    try:
        parts = urlsplit(link)
    except ValueError:
        raise UnreadableError("kan ikke leses") from None
    if parts.netloc:
        raise UnreadableError("mangler «https:» foran")
    path, place = unquote(parts.path), unquote(parts.fragment)
    if not path:
        return name, place
    file = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), path)).lstrip("/")
    if path.endswith("/"):
        file = posixpath.join(file, FRONT)
    return file or ".", place


def named_in(name: str, text: str, address: str) -> list[str]:
    """The site's addresses in a file for other programs: in full, or as a path and nothing else."""
    if name.endswith(".ics"):
        text = _CONTINUED.sub("", text)
    found = []
    if address:
        links = re.findall(rf"{re.escape(address)}/[^\s\"'<>\\]*", text)
        found += [unescape(link).rstrip(".,;:)") for link in links]
    found += map(unescape, _PATH.findall(text))
    return list(dict.fromkeys(found))


@dataclass
class _Work:
    """What is asked of a built site, shelf by shelf.

    A shelf has what stands together in one folder of the site, in both målformer; what it says is
    kept as one.
    """

    site: Path
    address: str
    digests: Mapping[str, str] | None
    store: Store | None
    keys: Mapping[str, str]
    shelves: Mapping[str, list[str]]
    kept: dict[str, _Shelf] = field(default_factory=dict)

    def is_as_kept(self, names: list[str], kept: _Shelf) -> bool:
        """Whether all that the files say is known, and nothing else."""
        return len(names) == len(kept) and all(
            name in kept and self._is_same(name, kept[name]) for name in names
        )

    def look(self, shelf: str) -> _Shelf:
        """Read what is not as it was."""
        kept, found = self.kept[shelf], {}
        for name in self.shelves[shelf]:
            before = kept.get(name)
            found[name] = (
                before if before and self._is_same(name, before) else self._read(name, before)
            )
        if self.store:
            self.store.put(self.keys[shelf], found)
        return found

    def _is_same(self, name: str, kept: _Kept) -> bool:
        if self.digests is not None:
            return bytes.fromhex(self.digests[name]) == kept.digest
        return kept.state is not None and kept.state == _state(f"{self.site}/{name}")

    def _read(self, name: str, before: _Kept | None) -> _Kept:
        # Before it is read: what is written meanwhile makes another state.
        now, state = time.time_ns(), _state(f"{self.site}/{name}")
        data = (self.site / name).read_bytes()
        digest = hashlib.sha256(data).digest()
        is_sure = all(now - changed > _COARSE_NS for changed in state[-2:])
        if before is not None and before.digest == digest:
            said = before.said
        else:
            said = _said(name, data, self.address)
        return _Kept(state if is_sure else None, digest, said)


def _said(name: str, data: bytes, address: str) -> Said:
    text = data.decode()
    is_page = name.endswith(".html")
    page = read_page(text) if is_page else Page(links=named_in(name, text, address))
    ids = set(page.ids)
    files: dict[str, None] = {}
    places: dict[Place, None] = {}
    translations = []
    is_wrong = is_page and (
        page.headings != 1
        or len(ids) < len(page.ids)
        or not ids.issuperset(id_ for _, id_ in page.references)
    )
    for link in dict.fromkeys(page.links):
        try:
            leads_to = target(name, link, address)
        except UnreadableError:
            is_wrong = True
            continue
        if leads_to is None:
            continue
        file, place = leads_to
        if link in page.translations:
            translations.append(file)
        if not place:
            files[file] = None
        elif file != name:
            places[leads_to] = None
        else:
            is_wrong |= is_page and place not in ids
    return Said(
        is_wrong=is_wrong,
        ids=tuple(dict.fromkeys(page.ids)),
        files=tuple(files),
        places=tuple(places),
        translations=tuple(translations),
        needs=tuple(sorted(page.needs)),
        scripts=tuple(sorted(page.scripts)),
        has_calculator=page.has_calculator,
        size=len(data),
    )


def _names(site: Path) -> tuple[set[str], set[str]]:
    """All files of a site, and all folders."""
    files, folders = set(), {"."}
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(site / folder) as entries:
            for entry in entries:
                name = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir():
                    folders.add(name)
                    waiting.append(name)
                else:
                    files.add(name)
    return files, folders


def _names_of(files: Collection[str]) -> tuple[set[str], set[str]]:
    folders = {"."}
    for name in files:
        folder = name.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return set(files), folders


def _is_data(name: str) -> bool:
    return name.endswith(_DATA_FILES) and not name.startswith(_RUNTIME)


def _shelves(names: Iterable[str]) -> dict[str, list[str]]:
    """The files by what changes together: a folder of the site, in both målformer.

    A folder with many files has several shelves: to read and write one takes no longer than that.
    """
    folders: dict[str, list[str]] = {}
    for name in names:
        first, slash, _ = name.removeprefix(_NYNORSK).partition("/")
        folders.setdefault(first if slash else "", []).append(name)
    shelves: dict[str, list[str]] = {}
    for folder, of_folder in sorted(folders.items()):
        if len(of_folder) <= _MOST_ON_SHELF:
            shelves[folder] = of_folder
            continue
        for name in of_folder:
            rest = name.removeprefix(_NYNORSK)[len(folder) :].encode()
            number = zlib.crc32(rest.rpartition(b".")[0]) % _SHELVES
            shelves.setdefault(f"{folder}/{number}", []).append(name)
    return shelves


def _state(path: str) -> State:
    stat = os.stat(path)  # noqa: PTH116  # There are thousands, and a `Path` takes as long to make.
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def _address(site: Path) -> str:
    front = read_page((site / FRONT).read_text("utf-8"))
    return (front.canonical or "/").removesuffix("/")
