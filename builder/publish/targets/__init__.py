"""Where a finished release is sent: a folder, a server, a store or a branch of a git repository."""

from builder.publish.targets.settings import Place, place
from builder.publish.targets.target import Target, TargetError

__all__ = ["Place", "Target", "TargetError", "place"]
