"""The walked ways made final by what only geometry tells: closed gates cut them, squares are crossed, pavements win."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geokehila.ledger import Ledger
from geokehila.load.osm.carriageways import walked_beside
from geokehila.load.osm.gates import cut_at_gates
from geokehila.load.osm.plazas import ACROSS, crossed

#: The rules that need points or geometry, each with its sentence; those over tags are in `walkable.RULES`.
RULES: Mapping[str, str] = {
    "gate_closed": "A private, locked or forbidden gate, or a wall drawn onto a way, cuts the way there.",
    "gate_only_way_out": "A closed gate stays open, to everybody, where nothing else joins what lies on its two sides.",
    "plaza": "A square is crossed straight between the ways and entrances that meet it, round what stands on it.",
    "sidewalk_separate": "A big road with a pavement mapped beside it is not walked on, where nobody loses by it.",
    "complex_entrance": "Exits, service, private and locked entrances are no way in to a hospital, school or park.",
}


@dataclass(frozen=True)
class Ways:
    """Table ``streets``, how often each rule applied and over how many metres (``_m``), and the ledger."""

    streets: gpd.GeoDataFrame
    applied: Mapping[str, float]
    ledger: Ledger


def finish(
    streets: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    entrances: gpd.GeoDataFrame,
    obstacles: gpd.GeoDataFrame,
) -> Ways:
    """Cut, cross and thin the ways that tags let people walk.

    Parameters
    ----------
    streets
        Table ``streets`` with `layer`, and `role` as :func:`geokehila.load.osm.walkable.role` gives it, metres.
    barriers
        Points where nobody gets through on foot: barrier_id, geometry.
    areas
        Squares, as :func:`geokehila.load.osm.plazas.crossed` takes them.
    entrances
        Points by which people come onto a square from the houses around it.
    obstacles
        What one walks round on a square, as :func:`geokehila.load.osm.plazas.crossed` takes it.
    """
    ledger = Ledger("network rules")
    cut, gates = cut_at_gates(streets, barriers, ledger)
    squares = crossed(cut, areas, entrances.geometry.to_numpy(), obstacles)
    lines = squares[squares["way"] == ACROSS]
    every = pd.concat([cut, squares.assign(role="")], ignore_index=True)
    beside = walked_beside(every)
    doubled = every[beside]
    _count_parts(doubled, len(every), ledger)
    applied = {
        "gate_closed": gates.cut,
        "gate_only_way_out": gates.left_open,
        "gate_only_way_out_m": gates.behind_m,
        "plaza": lines["street_id"].nunique(),
        "plaza_m": lines.length.sum(),
        "sidewalk_separate": doubled["street_id"].nunique(),
        "sidewalk_separate_m": doubled.length.sum(),
    }
    return Ways(_numbered(every[~beside].drop(columns=["role", "layer"])), applied, ledger.balance())


def _count_parts(doubled: gpd.GeoDataFrame, parts: int, ledger: Ledger) -> None:
    if not parts:
        return
    ledger.read("street part", parts)
    ledger.use("street part", parts - len(doubled))
    for street_id in doubled["street_id"]:
        ledger.reject("street part", street_id, "its pavement is mapped beside it")


def _numbered(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Number the parts of each street anew, in the order they have."""
    return streets.assign(part=streets.groupby("street_id").cumcount().astype("int64")).reset_index(drop=True)
