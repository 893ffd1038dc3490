"""Pelican in the preview: the generator of pages, and warnings that stop a page."""

import logging
from pathlib import Path

from pelican.log import LimitFilter
from pelican.settings import read_settings

from builder.kit.errors import KnownError
from builder.site.plugin import SiteGenerator


class PreviewGenerator(SiteGenerator):
    """The generator of the build, with drafts, for a site without an address."""

    def __init__(self, root: Path) -> None:
        settings = read_settings(str(root / "pelican.conf.py"), {"DRAFTS": True, "SITEURL": ""})
        context = settings.copy()
        # Values that Pelican adds in a build.
        context |= {
            "generated_content": {},
            "static_links": set(),
            "static_content": {},
            "localsiteurl": "",
        }
        super().__init__(
            context=context,
            settings=settings,
            path=settings["PATH"],
            theme=settings["THEME"],
            output_path=settings["OUTPUT_PATH"],
        )


class WarningsRaised(logging.Handler):
    """Raises each warning of Pelican as `KnownError`, until `end`: a warning stops a build too."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        # Pelican repeats each warning: the page still has its mistake at the next request.
        LimitFilter.LOGS_DEDUP_MIN_LEVEL = logging.INFO
        logging.getLogger("pelican").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Raise the warning."""
        raise KnownError(f"Siden kan ikke publiseres slik. Pelican sier:\n{record.getMessage()}")

    def end(self) -> None:
        """Leave the warnings of Pelican alone again."""
        logging.getLogger("pelican").removeHandler(self)
