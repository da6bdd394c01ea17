"""What is said of what an area would take: one sentence for page and card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Of a set that is found: whether fewer additions would do is open.
NOT_PROVEN = "not proven smallest"
REACHED_ALREADY, FEW = "reached already", "few people"
OF_EXAMINED = "takes.reached_of_examined"


def sentence(row: Mapping[Any, Any]) -> str:
    """Return the key in [takes] of what is said of a row of table ``additions``.

    Examples
    --------
    >>> sentence({"verdict": "not by a building", "reason": "park;school", "not_asked": ""})
    'takes.not_by_a_building'
    >>> sentence({"verdict": "found", "reason": "not proven smallest", "not_asked": ""})
    'takes.not_proven_smallest'
    >>> sentence({"verdict": "reached already", "reason": "", "not_asked": "clinic"})
    'takes.reached_of_examined'
    """
    if row["verdict"] == REACHED_ALREADY and unasked(row):
        return OF_EXAMINED
    key = NOT_PROVEN if NOT_PROVEN in row["reason"] else row["verdict"]
    return f"takes.{key.replace(' ', '_')}"


def unasked(row: Mapping[Any, Any]) -> str:
    """Return the categories that were not examined, as the row has them; none where nothing was looked into."""
    return "" if row["verdict"] == FEW else str(row["not_asked"])


def note(row: Mapping[Any, Any]) -> str:
    """Return the key in [takes] of what is said of them below; "" where there are none, or the sentence names them."""
    return "takes.not_examined" if unasked(row) and sentence(row) != OF_EXAMINED else ""


def whole(row: Mapping[Any, Any]) -> str:
    """Return the key in [takes] of what is within a walk then: what was not examined may still be missing."""
    return "takes.examined" if unasked(row) else "takes.required"
