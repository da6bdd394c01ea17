"""Runs held against one another: what differs, by how much, and whether method, people, services or data did it."""

from geokehila.compare.again import Again
from geokehila.compare.comparing import ISOLATED, NO_OTHER, NO_SPLIT, NOT_ISOLATED, Comparison, compare
from geokehila.compare.listed import GONE, NEW, RENAMED
from geokehila.compare.services import CLOSED, OPENED, Mark, read_marks
from geokehila.compare.sides import Side
from geokehila.compare.siting import Siting
from geokehila.compare.splitting import PARTS
from geokehila.compare.trends import runs_of, trend

__all__ = [
    "CLOSED",
    "GONE",
    "ISOLATED",
    "NEW",
    "NOT_ISOLATED",
    "NO_OTHER",
    "NO_SPLIT",
    "OPENED",
    "PARTS",
    "RENAMED",
    "Again",
    "Comparison",
    "Mark",
    "Side",
    "Siting",
    "compare",
    "read_marks",
    "runs_of",
    "trend",
]
