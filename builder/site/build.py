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
from builder.content.validate import suggestion
from builder.kit.environment import today
from builder.kit.errors import KnownError
from builder.kit.files import Files
from builder.kit.parallel import meanwhile
from builder.kit.store import CACHE
from builder.site import check
from builder.site.output import OutputFolder

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
    with all schemes, or "". `address` is where the site will stand; where it is empty, the settings
    decide. Addresses have no slash at the end.

    Raises `BuildError`, whose cause is the error that stopped Pelican; errors that are `KnownError`
    are raised as they are.
    """
    site = prepared.site
    if scheme and scheme not in site.schemes:
        expected = suggestion(scheme, list(site.schemes))
        raise BuildError(f"Ordningen «{scheme}» finnes ikke i content/. {expected}")
    if scheme and scheme not in site.published(today()).schemes:
        raise BuildError(
            f"Ordningen «{scheme}» kan ikke bli et nettsted: den er et utkast, eller datoene i"
            " scheme.yaml sier at den ikke er publisert."
        )
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

    from builder.site import plugin

    log, warnings = logging.getLogger("pelican"), _Warnings(logging.WARNING)
    log.addHandler(warnings)
    # Pelican prints how many articles of a blog it has made.
    console.quiet = True
    try:
        override = {
            **settings,
            "OUTPUT_PATH": str(prepared.folder.folder.resolve()),
            plugin.CONTENT: prepared.site,
            plugin.FOLDER: prepared.folder,
        }
        Pelican(read_settings(str(prepared.project_root / "pelican.conf.py"), override)).run()
    finally:
        console.quiet = False
        log.removeHandler(warnings)


class _Warnings(logging.Handler):
    """Makes errors of warnings: Pelican drops a page it can't read with nothing but a warning."""

    def emit(self, record: logging.LogRecord) -> None:
        raise BuildError(f"{record.getMessage()}\n\nNettstedet ble ikke bygget.")


def main(argv: Sequence[str]) -> int:
    """Check the content and build the site into `output/`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="site", description="Bygg nettstedet i output/.")
    parser.add_argument("--scheme", default="", help="bare denne ordningen, som eget nettsted")
    scheme = parser.parse_args(argv).scheme
    address = address_of(ROOT, scheme or None)
    whole = address_of(ROOT) if scheme else ""
    output = ROOT / "output"
    with prepare(ROOT, output, address=address) as prepared:
        files = build(prepared, scheme=scheme, address=address, whole_site=whole)
        check.check(output, ROOT / CACHE, files=files)
    print("Nettstedet ligger i output/.")
    return 0
