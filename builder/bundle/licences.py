"""What the site ships that others have made, with versions as installed."""

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from calc.rules import Text


@dataclass(frozen=True, kw_only=True)
class Licence:
    """A work of others that readers download: name, version, licence (SPDX) and what for."""

    name: str
    version: str
    licence: str
    purpose: Text


# npm package, name as its makers write it, purpose.
_PACKAGES = (
    (
        "pyodide",
        "Pyodide",
        Text(nb="Kjører Python i nettleseren", nn="Køyrer Python i nettlesaren"),
    ),
    (
        "@digdir/designsystemet-css",
        "Designsystemet",
        Text(nb="Utseendet til sidene", nn="Utsjånaden til sidene"),
    ),
    ("@fontsource-variable/inter", "Inter", Text(nb="Skrifttypen", nn="Skrifttypen")),
)


def shipped(project_root: Path) -> list[Licence]:
    """The works that are part of the published site. Reads what npm and uv installed."""
    modules = project_root / "theme/node_modules"
    found = []
    for package, name, purpose in _PACKAGES:
        facts = json.loads((modules / package / "package.json").read_text("utf-8"))
        found.append(
            Licence(name=name, version=facts["version"], licence=facts["license"], purpose=purpose)
        )
    lock = json.loads((modules / "pyodide/pyodide-lock.json").read_text("utf-8"))
    python = Licence(
        name="CPython",
        version=lock["info"]["python"],
        licence="PSF-2.0",
        purpose=Text(
            nb="Språket kalkulatorene er skrevet i, og standardbiblioteket",
            nn="Språket kalkulatorane er skrivne i, og standardbiblioteket",
        ),
    )
    pagefind = Licence(
        name="Pagefind",
        version=version("pagefind-bin"),
        licence="MIT",
        purpose=Text(nb="Søket på nettstedet", nn="Søket på nettstaden"),
    )
    writer = Licence(
        name="XlsxWriter",
        version=version("xlsxwriter"),
        licence="BSD-2-Clause",
        purpose=Text(nb="Lager Excel-filer i nettleseren", nn="Lagar Excel-filer i nettlesaren"),
    )
    return [found[0], python, writer, *found[1:], pagefind]
