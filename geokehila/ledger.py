"""What became of everything a source held, and what a user should know of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from geokehila.errors import RunError, one_line
from geokehila.schema import TABLES

#: A notice names so many of the rows that it is about.
MOST_NAMED = 5


def some(names: Sequence[str], most: int = MOST_NAMED, mark: str = ", ") -> str:
    """Return the first names with a mark between, and how many more there are.

    Examples
    --------
    >>> some(["own:8", "own:9", "own:11"], 2), some(["own:8"])
    ('own:8, own:9 and 1 more', 'own:8')
    """
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return mark.join(names[:most]) + more


@dataclass(frozen=True, order=True)
class Notice:
    """A named warning: what a user should know and may want to mend.

    Attributes
    ----------
    name
        One word for machines: ``names_repaired``.
    where
        The file or role it is about.
    text
        What was found, the value, and the remedy, on one line.
    """

    name: str
    where: str
    text: str

    def __str__(self) -> str:
        """Return it as one line: where, and what."""
        return f"{self.where}: {self.text}"


@dataclass
class Ledger:
    """What became of everything a source held: read = used + rejected, by kind, each rejection with its reason.

    Examples
    --------
    >>> ledger = Ledger("map.osm")
    >>> ledger.read("building", 2); ledger.use("building", 1); ledger.reject("building", "w7", "not closed")
    >>> ledger.balance().counts()
    {'building': {'read': 2, 'used': 1, 'rejected': {'not closed': 1}}}
    """

    source: str
    _read: Counter[str] = field(default_factory=Counter)
    _used: Counter[str] = field(default_factory=Counter)
    _rejected: list[tuple[str, str, str]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def warn(self, name: str, text: str) -> None:
        """Name something about the source that a user should know: once a name, text on one line."""
        self.notices.append(Notice(name, self.source, one_line(text)))

    def read(self, kind: str, count: int = 1) -> None:
        """Count what the source held."""
        self._read[kind] += count

    def use(self, kind: str, count: int = 1) -> None:
        """Count what went on into a table."""
        self._used[kind] += count

    def reject(self, kind: str, source_id: str, reason: str) -> None:
        """Record one object that goes no further, and why."""
        self._rejected.append((kind, source_id, reason))

    def balance(self) -> Ledger:
        """Return the ledger; raise `RunError` where read is not used + rejected."""
        rejected = Counter(kind for kind, _, _ in self._rejected)
        for kind in sorted({*self._read, *self._used, *rejected}):
            if self._read[kind] != self._used[kind] + rejected[kind]:
                raise RunError(
                    f"{self.source}: {kind}: read {self._read[kind]} is not used {self._used[kind]} "
                    f"+ rejected {rejected[kind]}: this is a fault of GeoKehila, please report it"
                )
        return self

    def counts(self) -> dict[str, dict[str, object]]:
        """Return ``{kind: {read, used, rejected: {reason: count}}}``, sorted."""
        reasons: dict[str, Counter[str]] = {}
        for kind, _, reason in self._rejected:
            reasons.setdefault(kind, Counter())[reason] += 1
        return {
            kind: {
                "read": self._read[kind],
                "used": self._used[kind],
                "rejected": dict(sorted(reasons.get(kind, Counter()).items())),
            }
            for kind in sorted({*self._read, *self._used, *reasons})
        }

    def rejected(self) -> pd.DataFrame:
        """Return the rejections as the table ``rejected``."""
        rows = [(self.source, *row) for row in sorted(self._rejected)]
        return pd.DataFrame(rows, columns=list(TABLES["rejected"].columns), dtype="str")
