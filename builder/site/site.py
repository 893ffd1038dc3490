"""Builds the site by Pelican into a folder."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from builder import checks, content
from builder.content import Problem
from builder.content.validate import suggestion
from builder.kit.day import today
from builder.kit.errors import KnownError
from builder.kit.parallel import forked, meanwhile
from builder.publish.targets import place
from builder.site import check
from builder.site.output import OutputFolder, placed_digests

ROOT = Path(__file__).resolve().parents[2]


class BuildError(KnownError):
    """The site could not be built; the text holds all that Pelican said."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a build begins with: content without mistakes, and the folder, which is taken."""

    site: content.Site
    warnings: list[Problem]
    folder: OutputFolder


@contextmanager
def begin(project_root: Path, output: Path, *, address: str) -> Iterator[Begun]:
    """Read and check the content, and have the folder to build into. For whoever has no threads.

    Raises `ContentError` with all mistakes in the content.
    """
    folder = OutputFolder(output, project_root)
    try:
        yield _begin(project_root, folder, address)
    finally:
        folder.leave()


def _begin(project_root: Path, folder: OutputFolder, address: str) -> Begun:
    with folder.looked_at():
        read = content.read(project_root / "content", keep=True)
        check_all = partial(checks.check_all, project_root, today(), site_address=address)
        with meanwhile(partial(check_all, read=read)) as found:
            # Takes about as long to import as kept results take to look through.
            from builder.site import plugin  # noqa: F401

            warnings = checks.warnings(found())
    return Begun(read[0], warnings, folder)


def build(
    project_root: Path,
    output: Path,
    *,
    scheme: str = "",
    address: str = "",
    whole_site: str = "",
    begun: Begun | None = None,
) -> dict[str, str]:
    """Check the content and build the site into `output`, where nothing else is left.

    With `scheme`, a site of that scheme alone; `whole_site` is then the address of the site that
    has them all, if there is one. `address` is where the site will stand, by `targets.place`; where
    it is empty, the settings decide. Neither has a slash at its end.

    `begun` is what `begin` gave, for whoever has no threads. Returns the SHA-256 of each
    file by its path in the site, but for compressed copies.

    Raises `ContentError` with all mistakes in the content, `BuildError` where Pelican stops.
    """
    site = begun.site if begun else content.load(project_root / "content", keep=True)
    if scheme and scheme not in site.schemes:
        expected = suggestion(scheme, list(site.schemes))
        raise BuildError(f"Ordningen «{scheme}» finnes ikke i content/. {expected}")
    if scheme and scheme not in site.published(today()).schemes:
        raise BuildError(
            f"Ordningen «{scheme}» kan ikke bli et nettsted: den er et utkast, eller datoene i"
            " scheme.yaml sier at den ikke er publisert."
        )
    chosen = {"SCHEME": scheme, "SITEURL": address, "WHOLE_SITE": whole_site}
    # Warnings are fatal: Pelican drops a page it can't read with nothing more than a warning.
    arguments = [
        *("content", "--settings", "pelican.conf.py", "--output", str(output)),
        *("--fatal", "warnings"),
        *("--extra-settings", *(f"{k}={json.dumps(v)}" for k, v in chosen.items() if v)),
    ]
    # Pelican's own words are of blogs ("0 articles"); they are shown only when something is wrong.
    # The plugin tells how far it has come on standard error, which is not held back.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        if begun and project_root == ROOT:
            exit_code = _fork(arguments, begun, said)
        else:
            if begun:  # The other process takes the folder itself.
                begun.folder.leave()
            # `python -m pelican`, not the script: settings and plugin are imported from there.
            command = [sys.executable, "-m", "pelican", *arguments]
            exit_code = subprocess.run(
                command, cwd=project_root, stdout=said, check=False
            ).returncode
        said.seek(0)
        if exit_code != 0:
            raise BuildError(f"{said.read().strip()}\n\nNettstedet ble ikke bygget.".lstrip())
    return placed_digests(output, project_root)


def _fork(arguments: list[str], begun: Begun, said: IO[str]) -> int:
    """Run Pelican in a process that has what this one has; returns its exit code."""
    import pelican

    from builder.site import plugin

    def run() -> None:
        os.chdir(ROOT)
        os.dup2(said.fileno(), sys.stdout.fileno())
        plugin.given = begun.site, begun.folder
        sys.exit(pelican.main(arguments))

    sys.stdout.flush()
    with forked(run) as process:
        process.join()
    return process.exitcode or 0


def main(argv: Sequence[str]) -> int:
    """Check the content and build the site into `output/`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="site", description="Bygg nettstedet i output/.")
    parser.add_argument("--scheme", default="", help="bare denne ordningen, som eget nettsted")
    scheme = parser.parse_args(argv).scheme
    address = place(ROOT, scheme or None).address
    whole = place(ROOT).address if scheme else ""
    output = ROOT / "output"
    with begin(ROOT, output, address=address) as begun:
        digests = build(ROOT, output, scheme=scheme, address=address, whole_site=whole, begun=begun)
        check.check(output, ROOT / check.KEPT, digests=digests)
    print("Nettstedet ligger i output/.")
    return 0
