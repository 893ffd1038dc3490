"""Targets, to which a release is sent: a server, an S3-compatible store or a branch in git."""

from builder.publish.targets.place import Place, place
from builder.publish.targets.target import Target, TargetError

__all__ = ["Place", "Target", "TargetError", "place"]
