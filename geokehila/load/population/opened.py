"""Files that serve many localities: read once, then asked for one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple, cast

import pandas as pd

from geokehila.ledger import Ledger, Notice

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


@dataclass(frozen=True, eq=False)
class Opened:
    """A file as it was read: its name, all of its rows, and what reading it found that a user should know."""

    name: str
    frame: pd.DataFrame
    notices: tuple[Notice, ...] = ()

    def ledger(self) -> Ledger:
        """Return a new ledger of the file, with the notices of its reading."""
        return Ledger(self.name, notices=[*self.notices])


class Shelf:
    """What was read, each file once for as long as the shelf is kept.

    Examples
    --------
    >>> shelf = Shelf()
    >>> first, again = shelf.take(list, "ab"), shelf.take(list, "ab")
    >>> first is again
    True
    """

    def __init__(self) -> None:
        self._taken: dict[object, object] = {}

    def take(self, read: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """Return ``read(*arguments)``, which is called the first time only."""
        key = (read, *arguments)
        if key not in self._taken:
            self._taken[key] = read(*arguments)
        return cast(T, self._taken[key])

    def put(self, found: T, read: Callable[[*Arguments], T], *arguments: *Arguments) -> None:
        """Keep what ``read(*arguments)`` is known to return."""
        self._taken[(read, *arguments)] = found
