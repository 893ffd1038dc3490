"""Pelican in the preview: its settings and plugins, with the generator of the build."""

import logging
from contextlib import AbstractContextManager
from pathlib import Path

from pelican import Pelican, log
from pelican.settings import read_settings

from builder.site.build import warnings_raised
from builder.site.generator import SiteGenerator

__all__ = ["SiteGenerator", "generator_of", "warnings_stop"]


def generator_of(root: Path) -> SiteGenerator:
    """The generator of the build, with drafts, for a site without an address."""
    pelican = Pelican(read_settings(str(root / "pelican.conf.py"), {"DRAFTS": True, "SITEURL": ""}))
    return SiteGenerator(
        context=pelican.settings.copy(),
        settings=pelican.settings,
        path=pelican.path,
        theme=pelican.theme,
        output_path=pelican.output_path,
    )


def warnings_stop() -> AbstractContextManager[None]:
    """Raise each warning of Pelican while the block runs: a warning stops a build too."""
    # Pelican repeats each warning: the page still has its mistake at the next request.
    log.init(handler=None, logs_dedup_min_level=logging.INFO)
    return warnings_raised("Siden kan ikke publiseres slik. Pelican sier:\n{}")
