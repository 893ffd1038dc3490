"""The commands on releases: their options, their result, and the report of it in Norwegian."""

import argparse
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.content.validate import suggestion
from builder.publish.releases import PublishError, Release
from builder.publish.targets import Place
from calc.messages import whole

ROOT = Path(__file__).resolve().parents[2]

type Say = Callable[[str], None]
"""Shows a text to the person who runs the command."""

type Clock = Callable[[], dt.datetime]
"""Gives the present moment, with a time zone."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """The result of a command: the live release, if it is on this machine, and its place.

    `is_new` where this command made it live. `was_declined` where a person was asked and said no.
    """

    release: Release | None
    place: Place
    is_new: bool = False
    was_declined: bool = False


def now() -> dt.datetime:
    """The present moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def built_site(project_root: Path, scheme: str | None) -> Path:
    """The folder that a publish builds the site in.

    The build writes only files that differ from the files of the last publish.
    """
    return project_root / ".cache/publish" / (f"schemes/{scheme}" if scheme else "whole")


def options(parser: argparse.ArgumentParser, argv: Sequence[str]) -> argparse.Namespace:
    """Parse the options of a command, and the option `scheme`, which is a slug or None.

    Raises `PublishError` where the content has no such scheme.
    """
    parser.add_argument("--scheme", help="en ordning som eget nettsted: navnet på mappen")
    chosen = parser.parse_args(argv)
    if chosen.scheme:
        schemes = sorted(path.parent.name for path in (ROOT / "content").glob("*/scheme.yaml"))
        if chosen.scheme not in schemes:
            expected = suggestion(chosen.scheme, schemes)
            raise PublishError(f"Ordningen «{chosen.scheme}» finnes ikke i content/. {expected}")
    return chosen


def report(published: Published, scheme: str | None) -> None:
    """Print the live release, which is on this machine, and the address where it can be seen."""
    release = published.release
    assert release is not None
    folder = release.folder
    print(f"Publisert: {folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder}")
    if release.record is not None:
        print(f"{whole(len(release.record.pages))} sider ligger ute.", end=" ")
    if published.place.address:
        print(f"Se dem på {published.place.address}/")
    elif published.place.target is not None:
        print(f"De er sendt til {published.place.target.name}.")
    else:
        print(f"Se dem med «make serve{f' SCHEME={scheme}' if scheme else ''}».")
