"""Raw Overpass replies, rewritten as .osm.pbf: what several replies tell of one object is put together first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import osmium
from osmium.osm import mutable

from geokehila import osm_file
from geokehila.errors import InputError

Element = dict[str, Any]
#: What the header of a file says whose nodes come before the ways that need them.
SORTED = "Type_then_ID"


def rewrite(targets: Mapping[Path, Path]) -> None:
    """Write each reply to its target.

    Raises
    ------
    InputError
        Not a whole reply, a reply that says that Overpass gave up, or an element without its parts.
    """
    replies = {path: _reply(path) for path in targets}
    known: dict[tuple[str, int], Element] = {}
    for path, reply in replies.items():
        with _whole(path, "an element"):
            reply["elements"] = _with_nodes(reply["elements"])
            for e in reply["elements"]:
                known[e["type"], e["id"]] = known.get((e["type"], e["id"]), {}) | e
    for path, target in targets.items():
        _write(path, replies[path], known, target)


def _reply(path: Path) -> dict[str, Any]:
    try:
        reply = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"osm {path.name}: not a whole Overpass reply ({error}): fetch it again") from None
    if not isinstance(reply, dict) or not isinstance(reply.get("elements"), list):
        raise InputError(f"osm {path.name}: JSON without 'elements': fetch it from Overpass with [out:json]")
    if "error" in str(reply.get("remark", "")):
        raise InputError(f"osm {path.name}: Overpass gave up ({reply['remark']}): ask for less and fetch it again")
    return reply


@contextmanager
def _whole(path: Path, what: str) -> Iterator[None]:
    """Turn what an element without its parts raises into one line."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"osm {path.name}: {what} lacks its parts ({error.__class__.__name__!s} {str(error)[:120]}): "
            "fetch it again with 'out geom;' or 'out body;'"
        ) from None


def _with_nodes(found: Sequence[Element]) -> list[Element]:
    """Return the objects of a reply, and the nodes that ways given with their geometry bring along."""
    elements = [e for e in found if e.get("type") in _add]
    for way in [e for e in elements if e["type"] == "way" and "geometry" in e]:
        pairs = zip(way["nodes"], way["geometry"], strict=True)
        elements += [{"type": "node", "id": node, **at} for node, at in pairs if at]
    return elements


def _write(path: Path, reply: Mapping[str, Any], known: Mapping[tuple[str, int], Element], target: Path) -> None:
    """Write a reply as .osm.pbf, sorted, each object once with all that is known of it.

    ``out body; >; out skel qt;`` repeats nodes without their tags, in this reply or in another.
    """
    date = _base_date(path, reply)
    header = osmium.io.Header()
    header.set("osmosis_replication_timestamp", date)
    header.set("sorting", SORTED)
    with _whole(path, "an element"):
        here = sorted({(e["type"], e["id"]) for e in reply["elements"]})
    with osm_file.writing(target, header) as writer:
        for kind, number in here:
            element = known[kind, number]
            with _whole(path, f"{kind} {number}"):
                _add[kind](writer, element, element.get("timestamp", date) or None)


def _base_date(path: Path, reply: Mapping[str, Any]) -> str:
    """Return the moment the reply speaks of; osmium ends the process where a header holds another thing there."""
    stated = reply.get("osm3s", {})
    date = str(stated.get("timestamp_osm_base", "")) if isinstance(stated, Mapping) else ""
    try:
        # Python reads the digits of every script, osmium those of ASCII.
        datetime.strptime(date.encode("ascii").decode() or "2000-01-01T00:00:00Z", "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise InputError(f"osm {path.name}: timestamp_osm_base is {date!r}, no date: fetch it again") from None
    return date


def _add_node(writer: osmium.SimpleWriter, e: Mapping[str, Any], date: str | None) -> None:
    writer.add_node(
        mutable.Node(
            id=e["id"],
            location=(e["lon"], e["lat"]),
            tags=_tags(e),
            version=e.get("version", 1),
            timestamp=date,
        )
    )


def _add_way(writer: osmium.SimpleWriter, e: Mapping[str, Any], date: str | None) -> None:
    writer.add_way(
        mutable.Way(id=e["id"], nodes=e["nodes"], tags=_tags(e), version=e.get("version", 1), timestamp=date)
    )


def _add_relation(writer: osmium.SimpleWriter, e: Mapping[str, Any], date: str | None) -> None:
    members = [(m["type"][0], m["ref"], _text(m["role"])) for m in e.get("members", [])]
    writer.add_relation(
        mutable.Relation(id=e["id"], members=members, tags=_tags(e), version=e.get("version", 1), timestamp=date)
    )


def _tags(e: Mapping[str, Any]) -> dict[str, str]:
    return {_text(key): _text(value) for key, value in e.get("tags", {}).items()}


def _text(text: str) -> str:
    """Return a text without zero bytes: osmium ends its texts there, and runs past them in memory."""
    return text.replace("\0", "")


_add = {"node": _add_node, "way": _add_way, "relation": _add_relation}
