"""Where a finished release is sent: a folder, a server, a store or a branch of a git repository."""

from builder.targets.settings import Place, place
from builder.targets.target import Target, TargetError

__all__ = ["Place", "Target", "TargetError", "place"]
