"""The place where a site is published, by the settings in `content/publish.yaml`."""

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
    """The address, the folder and the target that a site is published at.

    `address` is where readers find the site, such as `https://example.org`, without a slash at its
    end; empty where the settings do not name it. `public` is the folder of this machine that holds
    the releases. `target` is the place outside this machine that releases are sent to; None where
    there is none.
    """

    address: str
    public: Path
    target: Target | None


def place(root: Path, scheme: str | None = None) -> Place:
    """The place of the whole site, or of one scheme (by its slug) as a site of its own.

    `root` is the project's folder. Raises `ContentError` with all mistakes in the settings.
    """
    site = site_settings(root, scheme)
    local = root / (PUBLIC if scheme is None else PUBLIC / "schemes" / scheme)
    if isinstance(site.target, Folder) and site.target.path is not None:
        local = root / Path(site.target.path).expanduser()
    return Place(address=address_of(site), public=local, target=_target(site.target, root))


def _target(settings: TargetSettings, root: Path) -> Target | None:
    """The target of these settings; None for a folder of this machine."""
    # A site has one kind of target or none, and boto alone takes half a second to import.
    match settings:
        case Folder():
            return None
        case Rsync():
            from builder.publish.targets.rsync import RsyncTarget

            return RsyncTarget(settings)
        case S3():
            from builder.publish.targets.s3.target import S3Target

            return S3Target(settings)
        case Git():
            from builder.publish.targets.git import GitTarget

            return GitTarget(settings, root)
