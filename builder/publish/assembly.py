"""The files of a new release: files of the build, and files that open pages may still ask for."""

import datetime as dt
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from builder.kit.files import File, Files, file_at, link_all, make_folders, of_each, paths_in
from builder.kit.headers import IMMUTABLE_FOLDERS
from builder.publish.releases import PublishError, Release

SERVED_TO_OPEN_PAGES = dt.timedelta(days=7)
"""So long after its release was replaced, a file is still served to pages that were open then."""

# In these folders, each name has a digest of the content in it, and fits one version of a page.
FIXED = tuple(folder.strip("/") for folder in IMMUTABLE_FOLDERS)


def gather(built: Path, files: Files, site: Path, earlier: Release | None, known: Files) -> Files:
    """Make the folder `site` equal to the built site: links where it can, copies elsewhere.

    A file that the earlier release has too becomes a link to that one; all others are copied from
    the folder `built`, and the copies are read back. A link of this kind that stands in `site`
    already is left alone, and all else in `site` is removed. `files` are the files of the build,
    and `known` the whole files of the earlier release (`KnownFiles.whole`). Returns the files of
    `site`. Raises `PublishError` where a copy is not as it was built.
    """
    there = paths_in(site)
    same: Files = {}
    missing: list[str] = []
    for address, before in known.items():
        if earlier and address in files and before.digest == files[address].digest:
            with suppress(OSError):
                status = os.lstat(f"{earlier.folder}{os.sep}{address}")
                if (status.st_size, status.st_mtime_ns) == (before.size, before.written):
                    same[address] = before
                    if there.get(address) == status.st_ino:
                        del there[address]
                    else:
                        missing.append(address)
    remove(site, there)
    if earlier:
        link_all(earlier.folder, site, missing)
    new = sorted(files.keys() - same.keys())
    make_folders(site, new)

    def copy(address: str) -> File | None:
        with suppress(FileNotFoundError):
            return copied(built / address, site / address, files[address])
        return None

    for address, file in of_each(copy, new, "Kopierer filene"):
        if file is None or file.digest != files[address].digest:
            raise PublishError(
                f"Ingenting er publisert, for filen «{address}» er ikke slik den ble bygget."
                " Kjør kommandoen igjen."
            )
        same[address] = file
    return {address: same[address] for address in files}


def copied(source: Path, target: Path, original: File) -> File:
    """Copy a file, with the time of the original but with the mode of a new file; read the copy."""
    shutil.copyfile(source, target)
    os.utime(target, ns=(original.written, original.written))
    return file_at(target)


def remove(folder: Path, addresses: Iterable[str]) -> None:
    """Remove files of a folder, and the folders in it that are empty then."""
    for address in addresses:
        (folder / address).unlink()
        with suppress(OSError):  # The folder is not empty.
            while address := address.rpartition("/")[0]:
                (folder / address).rmdir()


# --- Files that open pages still need ---


def own_of(built: Path) -> set[str]:
    """The files and folders of a site with a digest in their names.

    By their paths in the site, such as `assets/site-1A2B.css`.
    """
    return {f"{folder}/{entry.name}" for folder in FIXED for entry in (built / folder).glob("*")}


def inheritance(earlier: Release, now: dt.datetime) -> dict[str, dt.datetime]:
    """The files and folders that pages which are open `now` may still ask for.

    By path as in `own_of`, with the time until which they belonged to the live release. These are
    the files of the earlier release itself, until `now`; and the files that it had inherited, if
    these were replaced at most `SERVED_TO_OPEN_PAGES` ago. Without a record, all it has counts as
    its own.
    """
    inherited = earlier.record.inherited if earlier.record else {}
    needed = dict.fromkeys(own_of(earlier.folder) - inherited.keys(), now)
    needed |= {name: last for name, last in inherited.items() if now - last <= SERVED_TO_OPEN_PAGES}
    return dict(sorted(needed.items()))


def inherit(
    site: Path, files: Files, earlier: Release, known: Files, now: dt.datetime
) -> tuple[Files, dict[str, dt.datetime]]:
    """Link into a site the files of the earlier release that open pages may still ask for.

    `site` is the folder of the new site, `files` its files, and `known` the whole files of the
    earlier release: a damaged file is not taken over. Returns all files that the site has then, and
    the part of `inheritance` that the site does not have by itself.
    """
    own = own_of(site)
    taken = {name: last for name, last in inheritance(earlier, now).items() if name not in own}
    open_pages = {
        address: file
        for address, file in known.items()
        if entry_of(address) in taken and (earlier.folder / address).is_file()
    }
    link_all(earlier.folder, site, open_pages)
    return files | open_pages, taken


def entry_of(address: str) -> str:
    """The path in `own_of` that a file has or lies below, by its address; empty without one."""
    for folder in FIXED:
        if address.startswith(f"{folder}/"):
            return f"{folder}/{address.removeprefix(f'{folder}/').partition('/')[0]}"
    return ""
