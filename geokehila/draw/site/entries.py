"""The cities that have a run: who they are, where they lie, and what is drawn of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd

from geokehila.catalogue import LANGUAGES, Names, cities
from geokehila.schema import WGS84
from geokehila.store import keep, kept

#: Groups beside the regions: cities that others are compared with, places of one's own, towns that are invented.
REFERENCE, OTHER, FICTIONAL = "reference", "other", "fictional"


@dataclass(frozen=True)
class Entry:
    """A city that has a run.

    Attributes
    ----------
    group
        Its programme region, ``reference``, ``other`` or ``fictional``.
    society
        Of the catalogue; "" where it does not tell.
    people
        Placed, in what `weights` says: residents, voters or dwellings.
    date
        Of the map.
    place
        [degrees] Longitude and latitude; None where its zones have no shape.
    has_page, has_cards
        Whether ``index.html`` and ``cards/index.html`` are there, below ``maps/<slug>/``.
    atlases
        Languages that its atlas is drawn in.
    """

    slug: str
    name: Names
    group: str
    society: str
    is_fictional: bool
    people: float
    weights: str
    date: str
    place: tuple[float, float] | None
    has_page: bool
    has_cards: bool
    atlases: tuple[str, ...]


def entries(out: Path) -> list[Entry]:
    """Return the cities that a run is kept of below ``out``, by slug; regions are none."""
    folders = keep.latest(out)
    return [_entry(folder, out / "maps" / folder.parent.name) for folder in folders]


def _entry(folder: Path, maps: Path) -> Entry:
    record = kept.record(folder)
    slug = record["city"]["slug"]
    known = cities().get(slug)
    return Entry(
        slug=slug,
        name=record["city"]["name"],
        group=known.programme_region if known else FICTIONAL if record["fictional"] else OTHER,
        society=known.society if known else "",
        is_fictional=record["fictional"],
        people=_people(record),
        weights=record["weights"],
        date=record["dates"].get("osm", ""),
        place=(known.lon, known.lat) if known else _middle(folder),
        has_page=(maps / "index.html").is_file(),
        has_cards=(maps / keep.CARDS / "index.html").is_file(),
        atlases=tuple(one for one in LANGUAGES if (maps / f"atlas-{one}.pdf").is_file()),
    )


def _people(record: Mapping[str, Any]) -> float:
    return float(record["facts"]["people_placed"])


def _middle(folder: Path) -> tuple[float, float] | None:
    """Return the middle of a city's zones."""
    zones = gpd.read_parquet(folder / "zones.parquet", columns=["geometry"]).geometry
    drawn = zones[~(zones.isna() | zones.is_empty)]
    if drawn.empty:
        return None
    west, south, east, north = drawn.to_crs(WGS84).total_bounds
    return (west + east) / 2, (south + north) / 2
