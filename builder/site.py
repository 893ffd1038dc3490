"""Builds the site by Pelican into a folder."""

import json
import subprocess
import sys
from pathlib import Path

from builder import content
from builder.content.validate import suggestion
from builder.day import today
from builder.errors import KnownError
from builder.output import placed_digests


class BuildError(KnownError):
    """The site could not be built; the text holds all that Pelican said."""


def build(
    project_root: Path,
    output: Path,
    *,
    scheme: str = "",
    address: str = "",
    whole_site: str = "",
    read: content.Site | None = None,
) -> dict[str, str]:
    """Check the content and build the site into `output`, where nothing else is left.

    With `scheme`, a site of that scheme alone; `whole_site` is then the address of the site that
    has them all, if there is one. `address` is where the site will stand, by `targets.place`; where
    it is empty, the settings decide. Neither has a slash at its end.

    `read` is the content, for whoever has read it. Returns the SHA-256 of each file by its path in
    the site, but for compressed copies.

    Raises `ContentError` with all mistakes in the content, `BuildError` where Pelican stops.
    """
    site = content.load(project_root / "content", keep=True) if read is None else read
    if scheme and scheme not in site.schemes:
        expected = suggestion(scheme, list(site.schemes))
        raise BuildError(f"Ordningen «{scheme}» finnes ikke i content/. {expected}")
    if scheme and scheme not in site.published(today()).schemes:
        raise BuildError(
            f"Ordningen «{scheme}» kan ikke bli et nettsted: den er et utkast, eller datoene i"
            " scheme.yaml sier at den ikke er publisert."
        )
    chosen = {"SCHEME": scheme, "SITEURL": address, "WHOLE_SITE": whole_site}
    # `python -m pelican`, not the script: the settings and the plugin are imported from here.
    # Warnings are fatal: Pelican drops a page it can't read with nothing more than a warning.
    command = [
        *(sys.executable, "-m", "pelican", "content"),
        *("--settings", "pelican.conf.py", "--output", str(output)),
        *("--fatal", "warnings"),
        *("--extra-settings", *(f"{k}={json.dumps(v)}" for k, v in chosen.items() if v)),
    ]
    # Pelican's own words are of blogs ("0 articles"); they are shown only when something is wrong.
    # The plugin tells how far it has come on standard error, which is not held back.
    run = subprocess.run(
        command, cwd=project_root, stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    if run.returncode != 0:
        raise BuildError(f"{run.stdout.strip()}\n\nNettstedet ble ikke bygget.".lstrip())
    return placed_digests(output, project_root)
