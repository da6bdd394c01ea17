"""Street graphs saved by OSMnx as GraphML: walkable streets only, no places and no buildings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geokehila.catalogue import Profile
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.geometry import must_lie_in
from geokehila.load.osm import wheels
from geokehila.load.osm.walkable import judge
from geokehila.load.rights import must_be_allowed
from geokehila.load.vector import FARTHEST

NS = "{http://graphml.graphdrawing.org/xmlns}"


def read(
    path: Path, crs: str, profiles: Sequence[Profile] = (), applied: Counter[str] | None = None
) -> tuple[gpd.GeoDataFrame, Ledger]:
    """Read the walkable streets of a GraphML file.

    Both directions of a street are one row. The graph holds what OSMnx was asked for: a `drive` graph has no footways,
    and surface and incline are there where its `useful_tags_way` named them; of kerbs it holds nothing.

    Parameters
    ----------
    profiles
        Who walks: `closed_to` names those that cannot use a street, or any of the ways merged into it.
    applied
        Gains how often each rule over tags applied, and over how many metres (``_m``) by the graph's own lengths.

    Returns
    -------
    tuple
        Table ``streets`` in `crs`, and the ledger: read = edges of the file.

    Raises
    ------
    InputError
        The file is no whole GraphML, or its nodes carry no x and y.
    """
    must_be_allowed(path)
    ledger, counts = Ledger(path.name), Counter[str]() if applied is None else applied
    try:
        graph_crs, nodes, edges = _parse(path)
        limits = (180, 90) if CRS.from_user_input(graph_crs).is_geographic else (FARTHEST, FARTHEST)
        with np.errstate(invalid="ignore", over="ignore"):
            rows = [*_streets(nodes, edges, limits, profiles, ledger, counts)]
    except KeyError as error:
        raise InputError(
            f"osm {path.name}: {error} is missing: save the graph with OSMnx, nodes with x and y"
        ) from None
    except (OSError, ElementTree.ParseError, LookupError, ValueError, CRSError, shapely.GEOSException) as error:
        raise InputError(f"osm {path.name}: not whole GraphML ({error}): save it again with OSMnx") from None
    if not edges:
        raise InputError(f"osm {path.name}: holds no street: save the graph again with OSMnx")
    columns = ["street_id", "way", "bridge", "tunnel", *wheels.COLUMNS, "geometry"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(1, "part", frame.groupby("street_id").cumcount())
    streets = gpd.GeoDataFrame(frame, geometry="geometry", crs=graph_crs).to_crs(crs)
    must_lie_in(streets, crs, ledger)
    return streets, ledger.balance()


def _parse(path: Path) -> tuple[str, dict[str, tuple[float, float]], list[tuple[str, str, dict[str, str]]]]:
    """Return the graph's CRS, nodes by id, and edges as (from, to, attributes)."""
    names: dict[str, str] = {}
    nodes, edges, crs = {}, [], "EPSG:4326"
    for _, element in ElementTree.iterparse(path):
        if element.tag == f"{NS}key":
            names[element.attrib["id"]] = element.attrib["attr.name"]
        elif element.tag == f"{NS}node":
            data = _data(element, names)
            nodes[element.attrib["id"]] = (float(data["x"]), float(data["y"]))
        elif element.tag == f"{NS}edge":
            edges.append((element.attrib["source"], element.attrib["target"], _data(element, names)))
        elif element.tag == f"{NS}graph":
            crs = _data(element, names).get("crs", crs)
    return crs, nodes, edges


def _data(element: ElementTree.Element, names: Mapping[str, str]) -> dict[str, str]:
    return {names[d.attrib["key"]]: d.text or "" for d in element.findall(f"{NS}data")}


def _streets(
    nodes: Mapping[str, tuple[float, float]],
    edges: list[tuple[str, str, dict[str, str]]],
    limits: tuple[float, float],
    profiles: Sequence[Profile],
    ledger: Ledger,
    applied: Counter[str],
) -> Iterator[dict[str, Any]]:
    seen: set[tuple[tuple[float, ...], ...]] = set()
    for u, v, data in edges:
        ledger.read("street")
        ids, way = _first(data.get("osmid", f"{u}-{v}")), _first(data.get("highway", "unclassified"))
        line = _line(data["geometry"]) if "geometry" in data else shapely.LineString([nodes[u], nodes[v]])
        at = tuple(line.coords)
        if line.is_empty or not (np.abs(at) <= limits).all():
            ledger.reject("street", f"w{ids}", "no usable coordinates")
        elif not line.length:
            ledger.reject("street", f"w{ids}", "no length")
        elif min(at, at[::-1]) in seen:
            ledger.reject("street", f"w{ids}", "same street, other direction")
        elif reason := _judged({**data, "highway": way}, applied):
            ledger.reject("street", f"w{ids}", reason)
        else:
            ledger.use("street")
            flags = {flag: data.get(flag, "no") not in ("no", "", "building_passage") for flag in ("bridge", "tunnel")}
            yield {"street_id": f"w{ids}", "way": way, **flags, **_told(data, profiles), "geometry": line}
        seen.add(min(at, at[::-1]))


def _line(text: str) -> shapely.LineString:
    """Return a street's course, without heights; another shape is none."""
    shape = shapely.force_2d(shapely.from_wkt(text))
    return shape if isinstance(shape, shapely.LineString) else shapely.LineString()


def _judged(tags: Mapping[str, str], applied: Counter[str]) -> str | None:
    """Return why a street cannot be walked, or None, and count the rules that say so."""
    verdict = judge(tags)
    for rule in verdict.rules:
        applied.update({rule: 1, f"{rule}_m": float(tags.get("length", 0.0))})
    return verdict.reason


def _told(data: Mapping[str, str], profiles: Sequence[Profile]) -> dict[str, Any]:
    """Return what a street's tags tell of it for people on wheels; values of merged ways each count, as in ``a;b``.

    What opens one of several merged ways does not open the others, so none of these is opened again.
    OSMnx writes the tags of a way on both its directions, and on the one against the way that it is `reversed`.
    """
    merged = any(text.startswith("[") for text in data.values())
    who = [replace(profile, closed_unless=()) for profile in profiles] if merged else profiles
    found = wheels.told({key: ";".join(_members(text)) for key, text in data.items()}, who)
    sign = {"False": 1.0, "True": -1.0}.get(data.get("reversed", "False"), np.nan)
    return found | {"incline": sign * found["incline"]}


def _first(text: str) -> str:
    """Return the first member where OSMnx wrote a list of merged ways, else the text."""
    return _members(text)[0]


def _members(text: str) -> list[str]:
    """Return the members where OSMnx wrote a list of merged ways, else the text alone."""
    return [member.strip(" '\"") for member in text.strip("[]").split(",")] if text.startswith("[") else [text]
