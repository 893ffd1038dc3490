"""The Pelican plugin: hooks that choose the content of the site, and bring in the generator."""

import sys
from contextlib import nullcontext
from pathlib import Path

from pelican import Pelican, signals
from pelican.generators import Generator
from pelican.log import console

from builder import content
from builder.kit.environment import today
from builder.site.generator import CONTENT, DAY, SiteGenerator


def register() -> None:
    """Connect to Pelican's signals; Pelican calls this."""
    # The sign that Pelican moves on a terminal is a thread, and a process with threads can't be
    # forked. The generator shows the progress instead.
    console.status = lambda *_, **__: nullcontext()
    signals.initialized.connect(_prepare)
    signals.get_generators.connect(_generators)


def _prepare(pelican: Pelican) -> None:
    """Choose the content and the day of the site; content is read unless the settings have it.

    Mistakes in the content are printed and end the process.
    """
    settings = pelican.settings
    day = settings[DAY] = today()
    try:
        site = settings.get(CONTENT) or content.load(Path(settings["PATH"]), cached=True)
    except content.ContentError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    if not settings["DRAFTS"]:
        site = site.published(day)
    settings[CONTENT] = site.only(settings["SCHEME"]) if settings["SCHEME"] else site


def _generators(_pelican: Pelican) -> type[Generator]:
    return SiteGenerator
