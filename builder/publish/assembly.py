"""The files of a new release: those of the build, and those that open pages may still ask for."""

import datetime as dt
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from builder.kit.headers import IMMUTABLE_FOLDERS
from builder.kit.manifest import Files, link_all, make_folders, of_each, paths_in
from builder.publish.releases import Release

KEPT_FOR_OPEN_PAGES = dt.timedelta(days=7)
"""How long after it was replaced a file is kept that pages may still ask for."""

# In these folders, addresses carry a hash of the content: each entry fits one version of a page.
FIXED = tuple(folder.strip("/") for folder in IMMUTABLE_FOLDERS)


def gather(built: Path, files: Files, site: Path, earlier: Release | None, known: Files) -> Files:
    """Make the folder `site` of what was built, and of what an earlier release has of the same.

    What stands in the folder stays if it is what the earlier release has, and goes if it is not.
    `files` are those that were built, `known` those that the earlier release was made with; one
    that somebody has written to since then is not taken. Returns the files of `site`.
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
    for _ in of_each(lambda path: shutil.copy2(built / path, site / path), new, "Kopierer filene"):
        pass
    # Copies have the times of what they are copies of.
    return {address: same.get(address, file) for address, file in files.items()}


def remove(folder: Path, addresses: Iterable[str]) -> None:
    """Remove files of a folder, and the folders in it that are empty by that."""
    for address in addresses:
        (folder / address).unlink()
        with suppress(OSError):  # Something else is in there.
            while address := address.rpartition("/")[0]:
                (folder / address).rmdir()


# --- What open pages still need ---


def own_of(built: Path) -> set[str]:
    """The entries of a site whose address carries a hash: `assets/site-1A2B.css`."""
    return {f"{folder}/{entry.name}" for folder in FIXED for entry in (built / folder).glob("*")}


def inheritance(earlier: Release, now: dt.datetime) -> dict[str, dt.datetime]:
    """What pages of an earlier release, and of those before it, may ask for from `now` on.

    Each with when it was last a live release's own. Where nothing is known of the earlier release,
    all it has counts as its own.
    """
    inherited = earlier.record.inherited if earlier.record else {}
    needed = dict.fromkeys(own_of(earlier.folder) - inherited.keys(), now)
    needed |= {name: last for name, last in inherited.items() if now - last <= KEPT_FOR_OPEN_PAGES}
    return dict(sorted(needed.items()))


def inherit(
    site: Path, files: Files, earlier: Release, known: Files, now: dt.datetime
) -> tuple[Files, dict[str, dt.datetime]]:
    """Give a site what open pages may ask for, as further links to the same files.

    `files` are those of the site, `known` those of the earlier release. Returns the files that the
    site has then, and what was taken over, as `inheritance` does; what the site has itself is not.
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
    """The entry of `own_of` that a file is or lies in; empty where there is none."""
    for folder in FIXED:
        if address.startswith(f"{folder}/"):
            return f"{folder}/{address.removeprefix(f'{folder}/').partition('/')[0]}"
    return ""
