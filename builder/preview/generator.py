"""Pelican in the preview: its settings and plugins, with the generator of the build."""

import logging
from pathlib import Path

from pelican import Pelican, log
from pelican.settings import read_settings

from builder.site.generator import SiteGenerator


def generator_of(root: Path) -> SiteGenerator:
    """The generator of the build, with drafts, for a site without an address."""
    # Pelican repeats each warning: the page still has its mistake at the next request.
    log.init(handler=None, logs_dedup_min_level=logging.INFO)
    pelican = Pelican(read_settings(str(root / "pelican.conf.py"), {"DRAFTS": True, "SITEURL": ""}))
    return SiteGenerator(
        context=pelican.settings.copy(),
        settings=pelican.settings,
        path=pelican.path,
        theme=pelican.theme,
        output_path=pelican.output_path,
    )
