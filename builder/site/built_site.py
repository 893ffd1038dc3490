"""A built site as its checks see it: the files it has, and how each links to the others.

The extract of a file is cached with the digest of the file, so that only files of new content are
read.
"""

import posixpath
import re
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from builder.kit.files import Files, files_of, folders_of
from builder.kit.parallel import in_parallel
from builder.kit.store import Store, code_version
from builder.site.built_page import BuiltPage, read_page

FRONT = "index.html"
_FOREIGN = ("http:", "https:", "mailto:", "data:", "tel:", "webcal:")
# Files for other programs, which hold addresses of the site.
_DATA_FILES = (".xml", ".atom", ".json", ".webmanifest", ".ics", ".txt")
# Pyodide's own files are named by Pyodide's own rules.
_RUNTIME = "runtime/"
_NYNORSK = "nn/"
# An address without anything to decode, resolve or cut off.
_PLAIN = re.compile(r"/(?:[\w-][\w.-]*/)*(?:[\w-][\w.-]*)?", re.ASCII)
_PATH = re.compile(r"""["'>](/(?:[^/\s"'<>\\{][^\s"'<>\\{]*)?)(?=["'<])""")
_CONTINUED = re.compile(r"\r?\n[ \t]")
# A folder with more files than this is spread over so many buckets.
_BUCKET_FILES, _BUCKETS = 200, 32

type Anchor = tuple[str, str]
"""A file of the site and an id in it, to which a link can lead."""


class Extract(NamedTuple):
    """The content of a file as far as checks of the whole site need it.

    `is_wrong` where the file has a mistake whatever other files there are. `ids` are the ids of its
    elements. `files` are the files and `anchors` the places in other files that it links to,
    `translations` the files of the same page in other languages. `needs`, `scripts` and
    `has_calculator` are as in `BuiltPage`, and `size` is in bytes, not compressed.
    """

    is_wrong: bool
    ids: tuple[str, ...]
    files: tuple[str, ...]
    anchors: tuple[Anchor, ...]
    translations: tuple[str, ...]
    needs: tuple[str, ...]
    scripts: tuple[str, ...]
    has_calculator: bool
    size: int


class _Cached(NamedTuple):
    """The cached extract of a file; `digest` is the SHA-256 of the content of the file."""

    digest: str
    extract: Extract


type _Bucket = dict[str, _Cached]
"""The extracts of files that are likely to change together, cached as one, by path."""


@dataclass(frozen=True)
class BuiltSite:
    """A built site in the folder `site`. Paths are from there, without a slash in front.

    `files` are all files, and `names` the paths of files and of folders. `pages` and `data` are the
    extracts of pages and of files for other programs. `address` is the public address of the site,
    without a slash at the end, or "" where the site was built without an address.
    """

    site: Path
    files: Files
    names: Collection[str]
    address: str
    pages: Mapping[str, Extract]
    data: Mapping[str, Extract]

    def size(self, name: str) -> int:
        """Bytes of a file as a browser gets it: compressed where that is smaller."""
        return self.files.get(f"{name}.br", self.files[name]).size


class UnreadableError(ValueError):
    """An address that is written so that it leads nowhere; the text is Norwegian and says why."""


def read_site(
    site: Path, cache: Path | None = None, *, files: Files | None = None, label: str = ""
) -> BuiltSite:
    """Read a built site; extracts of its files are cached in `cache`, the cache of a project.

    `files` are all files of the site, where the caller has listed them already. Files whose extract
    is cached are not read again. With a `label`, progress is shown.
    """
    files = files_of(site) if files is None else files
    address = _address(site) if FRONT in files else ""
    buckets = _buckets(name for name in files if name.endswith(".html") or _is_data(name))
    store = None if cache is None else Store(cache, "extracts", address)
    version = code_version("builder")
    cached: dict[str, _Bucket] = {}
    unread: list[str] = []
    for bucket, names in buckets.items():
        cached[bucket] = (store.get(bucket, version=version) if store else None) or {}
        if {name: one.digest for name, one in cached[bucket].items()} != {
            name: files[name].digest for name in names
        }:
            unread.append(bucket)

    def read(bucket: str) -> _Bucket:
        before, now = cached[bucket], {}
        for name in buckets[bucket]:
            one, digest = before.get(name), files[name].digest
            now[name] = (
                one
                if one is not None and one.digest == digest
                else _Cached(digest, _extract(name, (site / name).read_bytes(), address))
            )
        if store:
            store.put(bucket, result=now, version=version)
        return now

    results = in_parallel(read, unread, label, lambda bucket: len(buckets[bucket]))
    cached |= zip(unread, results, strict=True)
    extracts = {
        name: cached[bucket][name].extract for bucket, names in buckets.items() for name in names
    }
    return BuiltSite(
        site,
        files,
        {".", *files, *folders_of(files)},
        address,
        pages={name: one for name, one in extracts.items() if name.endswith(".html")},
        data={name: one for name, one in extracts.items() if not name.endswith(".html")},
    )


def target(name: str, link: str, address: str) -> Anchor | None:
    """The file, and the id in it or "", to which a link in the file `name` leads.

    None for links to other sites. `address` is the public address of the site. Raises
    `UnreadableError`.
    """
    return _of_site(link, address) if link[:1] == "/" else _target(name, link, address)


# Most links of a page are on many other pages too.
@lru_cache(1 << 16)
def _of_site(link: str, address: str) -> Anchor | None:
    if _PLAIN.fullmatch(link):
        return (link[1:] + FRONT if link.endswith("/") else link[1:]), ""
    return _target("", link, address)


def _target(name: str, link: str, address: str) -> Anchor | None:
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
    path, id_ = unquote(parts.path), unquote(parts.fragment)
    if not path:
        return name, id_
    file = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), path)).lstrip("/")
    if path.endswith("/"):
        file = posixpath.join(file, FRONT)
    return file or ".", id_


def named_in(name: str, text: str, address: str) -> list[str]:
    """The addresses of the site in the `text` of a file for other programs.

    An address may be in full, or a value that is a path and nothing else.
    """
    if name.endswith(".ics"):
        text = _CONTINUED.sub("", text)
    addresses = []
    if address:
        links = re.findall(rf"{re.escape(address)}/[^\s\"'<>\\]*", text)
        addresses += [unescape(link).rstrip(".,;:)") for link in links]
    addresses += map(unescape, _PATH.findall(text))
    return list(dict.fromkeys(addresses))


def _extract(name: str, data: bytes, address: str) -> Extract:
    text = data.decode()
    is_page = name.endswith(".html")
    page = read_page(text) if is_page else BuiltPage(links=named_in(name, text, address))
    ids = set(page.ids)
    files: dict[str, None] = {}
    anchors: dict[Anchor, None] = {}
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
        file, id_ = leads_to
        if link in page.translations:
            translations.append(file)
        if not id_:
            files[file] = None
        elif file != name:
            anchors[leads_to] = None
        else:
            is_wrong |= is_page and id_ not in ids
    return Extract(
        is_wrong=is_wrong,
        ids=tuple(dict.fromkeys(page.ids)),
        files=tuple(files),
        anchors=tuple(anchors),
        translations=tuple(translations),
        needs=tuple(sorted(page.needs)),
        scripts=tuple(sorted(page.scripts)),
        has_calculator=page.has_calculator,
        size=len(data),
    )


def _is_data(name: str) -> bool:
    return name.endswith(_DATA_FILES) and not name.startswith(_RUNTIME)


def _buckets(names: Iterable[str]) -> dict[str, list[str]]:
    """The files by bucket: one for each folder of the site, with the files of both målformer.

    The files of a folder that has many are spread over several buckets, since a bucket is read and
    written as a whole.
    """
    folders: dict[str, list[str]] = {}
    for name in names:
        first, slash, _ = name.removeprefix(_NYNORSK).partition("/")
        folders.setdefault(first if slash else "", []).append(name)
    buckets: dict[str, list[str]] = {}
    for folder, of_folder in sorted(folders.items()):
        if len(of_folder) <= _BUCKET_FILES:
            buckets[folder] = of_folder
            continue
        for name in of_folder:
            rest = name.removeprefix(_NYNORSK)[len(folder) :].encode()
            number = zlib.crc32(rest.rpartition(b".")[0]) % _BUCKETS
            buckets.setdefault(f"{folder}/{number}", []).append(name)
    return buckets


def _address(site: Path) -> str:
    front = read_page((site / FRONT).read_text("utf-8"))
    return (front.canonical or "/").removesuffix("/")
