"""What is said of what an area would take: one sentence for page and card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Of a set that is found: whether fewer additions would do is open.
NOT_PROVEN = "not proven smallest"


def sentence(row: Mapping[Any, Any]) -> str:
    """Return the key in [takes] of what is said of a row of table ``additions``.

    Examples
    --------
    >>> sentence({"verdict": "not by a building", "reason": "park;school"})
    'takes.not_by_a_building'
    >>> sentence({"verdict": "found", "reason": "not proven smallest"})
    'takes.not_proven_smallest'
    """
    key = NOT_PROVEN if NOT_PROVEN in row["reason"] else row["verdict"]
    return f"takes.{key.replace(' ', '_')}"
