"""The engine and what it is measured beside: a module each, all of one shape, so that the tables make themselves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from benchmarks.works import Work

#: Ticks of an answer where there is no place within the horizon.
NONE = -1
#: Origins whose answers are compared where all would not fit into memory.
COMPARED = 256


class Library(ABC):
    """A library made ready for one work. Making it is what the tables call build, and is measured apart.

    Attributes
    ----------
    name
        What the tables call it.
    package
        The distribution whose version the tables name.
    twin
        Name of the variant of the engine that means the same, whose answers it is compared with.
    slack
        [ticks] Places just at a cutoff may be missed: counts must lie between those of cutoffs so much shorter and
        those of the cutoffs themselves.
    rounds
        How often it is measured; the median counts.
    origins
        How many origins a call of `counts` answers; None: all. The tables scale by it.
    """

    name: ClassVar[str]
    package: ClassVar[str]
    twin: ClassVar[str] = "GeoKehila"
    slack: ClassVar[int] = 0
    rounds: int = 5
    origins: int | None = None

    @abstractmethod
    def __init__(self, work: Work) -> None: ...

    def nearest(self) -> Any:
        """Search the nearest place of each category from all origins, as the library gives it."""
        raise NotImplementedError

    def counts(self) -> Any:
        """Count the places of each category within the cutoffs, as the library gives it."""
        raise NotImplementedError

    def mix(self) -> Any:
        """Measure the variety of places within 15 minutes, as the library gives it."""
        raise NotImplementedError

    def answer(self, task: str) -> tuple[np.ndarray, np.ndarray]:
        """Return some origins and what was found from them, to compare: not measured.

        ``nearest``: ticks (O, C), `NONE` where there is none. ``counts``: (O, K, C).
        """
        raise NotImplementedError


def some(nodes: int) -> np.ndarray:
    """Return origins spread over all nodes, as many as are compared."""
    return np.unique(np.linspace(0, nodes - 1, COMPARED).astype(np.int64))
