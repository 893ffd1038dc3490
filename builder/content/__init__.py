"""The content model: reads and validates `content/`, all problems at once, in Norwegian."""

from builder.content.load import load, read
from builder.content.model import Change, Deadline, Scheme
from builder.content.problems import ContentError, Problem
from builder.content.site import Site

__all__ = [
    "Change",
    "ContentError",
    "Deadline",
    "Problem",
    "Scheme",
    "Site",
    "load",
    "read",
]
