"""What all analyses ask of the engine, united: each search runs once per profile and direction."""

from __future__ import annotations

from geokehila.access.answers import Access, Answers
from geokehila.access.asks import FROM, TO, Ask, numbers
from geokehila.access.search import Led
from geokehila.access.walks import Walks, Ways

__all__ = ["FROM", "TO", "Access", "Answers", "Ask", "Led", "Walks", "Ways", "numbers"]
