"""The place that a site is published to, made from the settings in `content/publish.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from builder.content.publish_settings import (
    PUBLIC,
    S3,
    Folder,
    Git,
    Rsync,
    TargetSettings,
    address_of,
    site_settings,
)
from builder.publish.targets.target import Target


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a site stands and is sent.

    `address` is without a slash at its end, and empty where it is not known. `public` is the folder
    of this machine with its releases. `target` is None where that folder is all there is.
    """

    address: str
    public: Path
    target: Target | None


def place(root: Path, scheme: str | None = None) -> Place:
    """Where the site is published, or a scheme (its slug) as a site of its own.

    `root` is the project's folder. Raises `ContentError` with all that is wrong in the file.
    """
    site = site_settings(root, scheme)
    local = root / (PUBLIC if scheme is None else PUBLIC / "schemes" / scheme)
    if isinstance(site.target, Folder) and site.target.path is not None:
        local = root / Path(site.target.path).expanduser()
    return Place(address=address_of(site), public=local, target=_target(site.target, root))


def _target(settings: TargetSettings, root: Path) -> Target | None:
    # Imported when needed: most sites have one kind of target, or none.
    match settings:
        case Folder():
            return None
        case Rsync():
            from builder.publish.targets.rsync import RsyncTarget

            return RsyncTarget(settings)
        case S3():
            from builder.publish.targets.s3 import S3Target

            return S3Target(settings)
        case Git():
            from builder.publish.targets.git import GitTarget

            return GitTarget(settings, root)
