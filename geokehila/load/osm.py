"""OpenStreetMap: walkable ways, buildings, places by category, entrances, open spaces and land use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import osmium
import pandas as pd
import shapely

from geokehila.catalogue import Category
from geokehila.load import graphml
from geokehila.load.osm_files import one_source, readable
from geokehila.load.osm_objects import AREA_KEYS, COLUMNS, ENTRANCES, Objects, by_key
from geokehila.schema import WGS84, Ledger, check


@dataclass(frozen=True)
class OsmData:
    """What one study's OpenStreetMap files hold, geometry in the study's CRS.

    Attributes
    ----------
    streets, open_spaces
        Tables of the schema: walkable ways; parks, gardens, woods with their `access` (empty: not tagged).
    buildings
        building_id, building (tag), levels and flats (NaN: not tagged), facility (is a place itself).
    places
        Places before duplicates are merged, with `categories` (tuple of keys).
    entrances
        Points with `kind`, the tag that makes them an entrance or a gate.
    quarters
        Points that name a part of the town, in four languages.
    land
        Areas with `use`: facility or industry.
    extent, extent_stated
        What the files cover; not stated: the hull of each file's nodes stands in.
    date
        ISO date of the newest file or object; empty: none carries one.
    layers
        What the files carry at all, of streets, buildings, places. Places count as carried only where some are mapped
        as points of their own: an extract of buildings holds but some of them.
    ledgers
        Read = used + rejected, by kind.
    """

    streets: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame
    quarters: gpd.GeoDataFrame
    open_spaces: gpd.GeoDataFrame
    land: gpd.GeoDataFrame
    extent: shapely.Geometry
    extent_stated: bool
    date: str
    layers: frozenset[str]
    ledgers: tuple[Ledger, ...]


def read(paths: Sequence[Path], categories: Iterable[Category], crs: str) -> OsmData:
    """Read OpenStreetMap files as one.

    Parameters
    ----------
    paths
        Files that :func:`geokehila.load.osm_files.one_source` takes, and OSMnx GraphML; overlaps are read once.
    categories
        The categories of places, with their tag filters.
    crs
        The projected CRS, metres, that the tables come out in.

    Raises
    ------
    InputError
        A file that is no OpenStreetMap data, is cut, or is empty.
    """
    graphs = [path for path in paths if path.suffix.lower() == ".graphml"]
    rest = [path for path in paths if path not in graphs]
    rows = _rows(rest, categories)
    frames = {name: _frame(rows.objects[name], columns, crs) for name, columns in COLUMNS.items()}
    streets, ledgers = [frames.pop("streets")], [rows.ledger] if rest else []
    for path in graphs:
        more, ledger = graphml.read(path, crs)
        streets.append(more)
        ledgers.append(ledger)
    hulls = [shapely.convex_hull(shapely.union_all(more.geometry.to_numpy())) for more in streets[1:]]
    united = streets[0]
    if graphs:
        united, ledger = _united(streets)
        ledgers.append(ledger)
    carried = {"streets": len(united) > 0, "buildings": len(frames["buildings"]) > 0, "places": rows.point_places > 0}
    return OsmData(
        **frames
        | {
            "streets": check("streets", united),
            "open_spaces": _open_spaces(frames["open_spaces"]),
        },
        extent=shapely.union_all([*gpd.GeoSeries([rows.extent], crs=WGS84).to_crs(crs).dropna(), *hulls]),
        extent_stated=rows.extent_stated and not graphs,
        date=rows.date,
        layers=frozenset(layer for layer, is_carried in carried.items() if is_carried),
        ledgers=tuple(ledgers),
    )


@dataclass(frozen=True)
class _Rows:
    """The rows of all files but the graphs, extent in EPSG:4326."""

    objects: dict[str, list[dict[str, Any]]]
    point_places: int
    extent: shapely.Geometry | None
    extent_stated: bool
    date: str
    ledger: Ledger


def _rows(paths: Sequence[Path], categories: Iterable[Category]) -> _Rows:
    objects = Objects(by_key(categories), Ledger("osm"))
    if not paths:
        return _Rows(objects.rows, 0, None, True, "", objects.ledger)
    keys = ("highway", *AREA_KEYS, *ENTRANCES, *objects.rules)
    with one_source(paths) as source, readable(paths[0]):
        stream = osmium.FileProcessor(str(source.path)).with_areas(osmium.filter.KeyFilter(*AREA_KEYS, *objects.rules))
        for entity in stream.with_filter(osmium.filter.KeyFilter(*keys)):
            objects.take(entity)
        objects.close()
        return _Rows(
            objects.rows,
            objects.point_places,
            source.extent,
            source.extent_stated,
            source.date,
            objects.ledger.balance(),
        )


def _frame(rows: list[dict[str, Any]], columns: Mapping[str, str], crs: str) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows, columns=[*columns, "geometry"]).astype(columns)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=WGS84).to_crs(crs)


def _united(streets: Sequence[gpd.GeoDataFrame]) -> tuple[gpd.GeoDataFrame, Ledger]:
    """Put the streets of several files together: a line that two of them hold counts once, parts are numbered anew."""
    ledger = Ledger("streets of all files")
    united = pd.concat([more for more in streets if len(more)] or streets[:1], ignore_index=True)
    again = pd.Series(shapely.to_wkb(shapely.normalize(united.geometry.to_numpy())), dtype="object").duplicated()
    ledger.read("street part", len(united))
    ledger.use("street part", int((~again).sum()))
    for street_id in united.loc[again, "street_id"]:
        ledger.reject("street part", street_id, "the same line in another file")
    kept = united[~again].reset_index(drop=True)
    kept["part"] = kept.groupby("street_id").cumcount()
    return kept.astype(COLUMNS["streets"]), ledger.balance()


def _open_spaces(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return check("open_spaces", frame.assign(area_m2=frame.geometry.area).drop_duplicates("place_id"))
