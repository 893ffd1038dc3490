"""The build of a site: content is read and checked, and Pelican makes the site in a folder."""

import argparse
import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from builder import checks, content
from builder.content import Problem
from builder.content.publish_settings import address as address_of
from builder.kit.environment import today
from builder.kit.errors import KnownError
from builder.kit.files import Files
from builder.kit.parallel import meanwhile
from builder.kit.store import CACHE
from builder.site import check
from builder.site.output import OutputFolder
from builder.site.settings import CONTENT, FOLDER

ROOT = Path(__file__).resolve().parents[2]


class BuildError(KnownError):
    """The site could not be built; the text says why, if need be with a traceback."""


@dataclass(frozen=True, slots=True)
class BuildInput:
    """The input of a build: the project, its content without mistakes, and the locked folder.

    `warnings` are the warnings of the checks of the content.
    """

    project_root: Path
    site: content.Site
    warnings: list[Problem]
    folder: OutputFolder

    @property
    def cache(self) -> Path:
        """The cache of the project."""
        return self.project_root / CACHE


@contextmanager
def prepare(
    project_root: Path, output: Path, *, address: str, verify: bool = False
) -> Iterator[BuildInput]:
    """Read and check the content, and lock the folder `output` while the block runs.

    `address` is where the site will stand. `verify` is as for `OutputFolder`. This function forks
    processes, so the caller should have no threads. Raises `ContentError` with all mistakes in
    the content.
    """
    folder = OutputFolder(output, project_root, verify=verify)
    try:
        with folder.scan_meanwhile():
            read = content.read(project_root / "content", cached=True)
            check_all = partial(checks.check_all, project_root, today(), site_address=address)
            with meanwhile(partial(check_all, read=read)) as problems:
                # The import takes about as long as the checks, where their results are cached.
                from builder.site import plugin  # noqa: F401

                warnings = checks.warnings(problems())
        yield BuildInput(project_root, read[0], warnings, folder)
    finally:
        folder.unlock()


def build(
    prepared: BuildInput, *, scheme: str = "", address: str = "", whole_site: str = ""
) -> Files:
    """Build the site into the folder, where nothing else is left; returns all files of the site.

    With `scheme`, it is a site of that scheme alone; `whole_site` is then the address of the site
    with all schemes, or "". `address` is where the site will stand. Where one of them is empty, the
    settings decide. Addresses have no slash at the end.

    Raises `BuildError`, whose cause is the error that stopped Pelican; errors that are `KnownError`
    are raised as they are.
    """
    chosen = {"SCHEME": scheme, "SITEURL": address, "WHOLE_SITE": whole_site}
    try:
        _run_pelican(prepared, {name: value for name, value in chosen.items() if value})
    except KnownError:
        raise
    except Exception as error:
        raise BuildError(f"{traceback.format_exc()}\nNettstedet ble ikke bygget.") from error
    return prepared.folder.files()


def _run_pelican(prepared: BuildInput, settings: dict[str, str]) -> None:
    """Run Pelican in this process, silently; its warnings are raised as `BuildError`."""
    # Imported here: Pelican takes long to import, and `prepare` does so meanwhile.
    from pelican import Pelican
    from pelican.log import console
    from pelican.settings import read_settings

    override = {
        **settings,
        "OUTPUT_PATH": str(prepared.folder.folder.resolve()),
        # The folder has been scanned, and loses whatever is not of this build.
        "DELETE_OUTPUT_DIRECTORY": False,
        CONTENT: prepared.site,
        FOLDER: prepared.folder,
    }
    # Pelican's report is English, and counts pages and changes.
    console.quiet = True
    try:
        with warnings_raised("{}\n\nNettstedet ble ikke bygget."):
            Pelican(read_settings(str(prepared.project_root / "pelican.conf.py"), override)).run()
    finally:
        console.quiet = False


@contextmanager
def warnings_raised(text: str) -> Iterator[None]:
    """Raise each warning of Pelican as `BuildError` while the block runs.

    Pelican drops a page that it can't read with nothing but a warning. The message replaces `{}` in
    `text`.
    """
    handler = _Warnings(text)
    log = logging.getLogger("pelican")
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


class _Warnings(logging.Handler):
    def __init__(self, text: str) -> None:
        super().__init__(logging.WARNING)
        self._text = text

    def emit(self, record: logging.LogRecord) -> None:
        raise BuildError(self._text.format(record.getMessage()))


def main(argv: Sequence[str]) -> int:
    """Check the content and build the site into `output/`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="site", description="Bygg nettstedet i output/.")
    parser.add_argument("--scheme", default="", help="bare denne ordningen, som eget nettsted")
    scheme = parser.parse_args(argv).scheme
    address = address_of(ROOT, scheme or None)
    output = ROOT / "output"
    with prepare(ROOT, output, address=address) as prepared:
        files = build(prepared, scheme=scheme)
        check.check(output, prepared.cache, files=files)
    print("Nettstedet ligger i output/.")
    return 0
