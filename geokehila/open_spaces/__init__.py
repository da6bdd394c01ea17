"""Open spaces: of which kind each is, whether the public may use it or why not, and how much ground it adds."""

from __future__ import annotations

from geokehila.open_spaces.ground import after_hours, ground
from geokehila.open_spaces.judging import Surroundings
from geokehila.open_spaces.kinds import ANY, CATEGORIES, KINDS, LEVELS, OF_SIZES
from geokehila.open_spaces.reasons import NOT_PUBLIC, OPEN_QUESTIONS, SCHOOL_YARD
from geokehila.open_spaces.walked_to import classify, destinations

__all__ = [
    "ANY",
    "CATEGORIES",
    "KINDS",
    "LEVELS",
    "NOT_PUBLIC",
    "OF_SIZES",
    "OPEN_QUESTIONS",
    "SCHOOL_YARD",
    "Surroundings",
    "after_hours",
    "classify",
    "destinations",
    "ground",
]
