"""The settings in `pelican.conf.py` that choose a site: its address, its content, its fingerprint.

A setting that is left empty gets its value from `content/publish.yaml` or from the environment.
"""

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any

from builder import content
from builder.content import publish_settings
from builder.content.validate import suggestion
from builder.kit.environment import today
from builder.kit.errors import KnownError
from builder.kit.store import key

CONTENT = "SITE_CONTENT"
"""The setting with the content of the site, where it has been read already."""
FOLDER = "OUTPUT_FOLDER"
"""The setting with the `OutputFolder`, where it is locked already."""

# Where the files of this machine lie, and how a build runs: the site is the same with other values.
_NOT_OF_THE_SITE = {
    *(CONTENT, FOLDER, "PATH", "THEME", "OUTPUT_PATH", "CACHE_PATH", "PLUGIN_PATHS", "DEBUG"),
    *("DELETE_OUTPUT_DIRECTORY", "LOAD_CONTENT_CACHE", "PORT", "BIND"),
}


def set_addresses(settings: dict[str, Any]) -> None:
    """Set `SITEURL` and `WHOLE_SITE` where they are empty; a site with drafts has no address.

    Raises `ContentError` with the mistakes in `content/publish.yaml`.
    """
    if settings["DRAFTS"]:
        return
    root, scheme = Path(settings["PATH"]).parent, settings["SCHEME"] or None
    settings["SITEURL"] = settings["SITEURL"] or publish_settings.address(root, scheme)
    if scheme:
        settings["WHOLE_SITE"] = settings["WHOLE_SITE"] or publish_settings.address(root)


def chosen_site(settings: Mapping[str, Any]) -> content.Site:
    """The content of the site, which is read unless the settings have it.

    Raises `ContentError` with all mistakes in the content, and `KnownError` where the content has
    no scheme `SCHEME`, or where that scheme is not public on this day.
    """
    site: content.Site = settings.get(CONTENT) or content.load(Path(settings["PATH"]), cached=True)
    scheme = settings["SCHEME"]
    if scheme and scheme not in site.schemes:
        expected = suggestion(scheme, list(site.schemes))
        raise KnownError(f"Ordningen «{scheme}» finnes ikke i content/. {expected}")
    if not settings["DRAFTS"]:
        site = site.published(today())
    if scheme and scheme not in site.schemes:
        raise KnownError(
            f"Ordningen «{scheme}» kan ikke bli et nettsted: den er et utkast, eller datoene i"
            " scheme.yaml sier at den ikke er publisert."
        )
    return site.only(scheme) if scheme else site


def fingerprint(settings: Mapping[str, Any]) -> str:
    """A hash of every setting that may change the site, Pelican's own settings too.

    A function counts by its source; a further function that it calls does not count.
    """
    of_site = {name: value for name, value in settings.items() if name not in _NOT_OF_THE_SITE}
    return key(json.dumps(of_site, sort_keys=True, default=_as_text))


def _as_text(value: object) -> str:
    if isinstance(value, FunctionType):
        return inspect.getsource(value)
    return getattr(value, "__qualname__", type(value).__qualname__)


@contextmanager
def mistakes_in_words(settings: Mapping[str, Any]) -> Iterator[None]:
    """End Pelican's own command with the text of a `KnownError`, without a traceback.

    Our commands, which lock the folder themselves, get the error.
    """
    try:
        yield
    except KnownError as error:
        if FOLDER in settings:
            raise
        sys.exit(str(error))
