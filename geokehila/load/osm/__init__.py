"""OpenStreetMap: ways walked and streets as built, buildings, places by category, entrances, open spaces, land use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import osmium
import pandas as pd
import shapely

from geokehila.brief import Brief
from geokehila.catalogue import Category, Profile, Sector
from geokehila.catalogue.sectors import Telling
from geokehila.ledger import Ledger
from geokehila.load.geometry import must_lie_in
from geokehila.load.osm import barriers, fabric, graphml, kerbs, ways, wheels
from geokehila.load.osm.edited import identity
from geokehila.load.osm.files import one_source, readable
from geokehila.load.osm.objects import AREA_KEYS, COLUMNS, ENTRANCES, Objects, by_key
from geokehila.load.osm.streets import DRAFTS
from geokehila.load.osm.walkable import RULES
from geokehila.schema import WGS84, check

#: Suffixes of files that are packed. What reading takes beside programs, for each byte of these and of others:
#: measured as the peak of resident memory with extracts of cities, .osm.pbf of 0.9 to 3.3 MB (78 to 98 times their
#: size), .osm and replies of Overpass of 2.9 to 8.1 MB (10 to 15 times), rounded up.
PACKED = (".pbf", ".gz", ".bz2")
BASE_BYTES, PACKED_TIMES, TEXT_TIMES = 50e6, 110, 18


@dataclass(frozen=True, repr=False)
class OsmData(Brief):
    """What one study's OpenStreetMap files hold, geometry in the study's CRS [m]; © OpenStreetMap contributors, ODbL.

    Attributes
    ----------
    streets, open_spaces
        Tables of the schema: walkable ways; open spaces of every class with their `access` (empty: not tagged), from
        parks and woods to what is none of the public's: school grounds, car parks, verges.
    roads
        The streets as built, walked or not, and the ways on foot: street_id, part, way (highway value), kind (main,
        street, path, pavement), junction (roundabout, circular), oneway, walked, bridge, tunnel, name, sidewalk (yes,
        separate, no) and lit (yes, no); text is empty where not told. No motorways.
    crossings
        Points where a street is crossed: crossing_id, kind (signals, marked, unmarked; empty: not told).
    trees, lamps
        Trees (points) and rows of trees (lines): tree_id. Street lamps: lamp_id.
    kerbs
        Points where a raised kerb is mapped: kerb_id.
    buildings
        building_id, building (tag), levels and flats (NaN: not tagged), facility (is a place itself), purpose
        (commerce, housing, services, education, sport, industry; empty: not told).
    places
        Places before duplicates are merged, with `categories` and `sectors` (tuples of keys; no sector: not told) and
        `capacity` (NaN: not tagged).
    entrances
        Points with `kind`, the tag that makes them an entrance or a gate.
    quarters
        Points that name a part of the town, in four languages; of a part mapped as an area a point inside it.
    land
        Areas with `use`: facility or industry.
    land_uses
        Grounds that are no buildings: land_use_id, use (residential, commerce, services, education, sport, industry,
        open, other). They may overlap: a school lies in a quarter.
    barriers
        Lines that people on foot do not cross but where a way leads over or under them: barrier_id, kind (wall, fence,
        hedge, rail, water, motorway, cliff, coast). Not what runs in a tunnel or on a bridge. Of the sea the coast
        alone is known, land to the left of its line; gates and gaps in walls and fences are `entrances`, as far as
        they are mapped.
    closed_grounds
        Areas that nobody may just cross, or build on for neighbours: ground_id, kind (water, military, private, or the
        tag's own word: quarry, landfill, construction, railway, port, cemetery, ...). They may overlap.
    extent, extent_stated
        What the files cover; not stated: the hull of each file's nodes stands in.
    date
        ISO date of the newest file or object; empty: none carries one.
    layers
        What the files carry at all, of streets, buildings, places. Places count as carried only where some are mapped
        as points of their own: an extract of buildings holds but some of them.
    rules
        How many ways, gates, squares, entrances or crossings each named rule of the network applied to, or fact is
        known of; under ``<rule>_m`` [m] how much of them. 0: it applied nowhere.
    ledgers
        Read = used + rejected, by kind.

    Examples
    --------
    >>> from geokehila import read_city
    >>> mapped = read_city("dimona").osm  # doctest: +SKIP
    >>> len(mapped.streets) > 0, mapped.has_places  # doctest: +SKIP
    (True, True)
    """

    streets: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    crossings: gpd.GeoDataFrame
    trees: gpd.GeoDataFrame
    lamps: gpd.GeoDataFrame
    kerbs: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame
    quarters: gpd.GeoDataFrame
    open_spaces: gpd.GeoDataFrame
    land: gpd.GeoDataFrame
    land_uses: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    closed_grounds: gpd.GeoDataFrame
    extent: shapely.Geometry
    extent_stated: bool
    date: str
    layers: frozenset[str]
    rules: Mapping[str, int]
    ledgers: tuple[Ledger, ...]

    @property
    def has_places(self) -> bool:
        """Whether the files carry places at all."""
        return "places" in self.layers


def room_bytes(paths: Sequence[Path]) -> float:
    """[bytes] Return what files take when they are read, from their sizes: those that are packed take more for each."""
    sizes = [(path.stat().st_size, path.suffix.lower() in PACKED) for path in paths if path.is_file()]
    return BASE_BYTES + sum(size * (PACKED_TIMES if is_packed else TEXT_TIMES) for size, is_packed in sizes)


def read(
    paths: Sequence[Path],
    categories: Iterable[Category],
    crs: str,
    profiles: Iterable[Profile],
    sectors: Mapping[str, Sector] = MappingProxyType({}),
) -> OsmData:
    """Read OpenStreetMap files as one.

    Parameters
    ----------
    paths
        Files that :func:`geokehila.load.osm.files.one_source` takes, and OSMnx GraphML; overlaps are read once.
    categories
        The categories of places, with their tag filters.
    crs
        The projected CRS, metres, that the tables come out in.
    profiles
        Who walks: `closed_to` of table ``streets`` names those that cannot use a way.
    sectors
        What tells whom a place is for, by key; none: nothing is told of any.

    Raises
    ------
    InputError
        A file that is no OpenStreetMap data, is cut, or is empty.
    """
    graphs = [path for path in paths if path.suffix.lower() == ".graphml"]
    rest = [path for path in paths if path not in graphs]
    walkers = [*profiles]
    rows = _rows(rest, Objects(by_key(categories), walkers, Ledger("osm"), Telling(sectors)))
    if rows.extent:
        files = Ledger(f"osm {', '.join(path.name for path in rest)[:200]}")
        must_lie_in(gpd.GeoDataFrame(geometry=[rows.extent], crs=WGS84), crs, files)
        rows.found.ledger.notices += files.notices
    found, applied = rows.found, rows.found.streets.applied
    frames = {name: _frame(found.rows[name], columns, crs) for name, columns in COLUMNS.items() if name != "streets"}
    frames |= {name: _by_id(frames[name]) for name in (*fabric.COLUMNS, *barriers.COLUMNS, "land_uses")}
    drafts = {name: _frame(found.streets.rows[name], columns, crs) for name, columns in DRAFTS.items()}
    walked = ways.finish(
        drafts["streets"], drafts["barriers"], drafts["plazas"], frames["entrances"], drafts["obstacles"]
    )
    applied.update(walked.applied)
    streets, ledgers = [walked.streets], [found.ledger, walked.ledger] if rest else []
    for path in graphs:
        more, ledger = graphml.read(path, crs, walkers, applied)
        streets.append(more)
        ledgers.append(ledger)
    hulls = [shapely.convex_hull(shapely.union_all(more.geometry.to_numpy())) for more in streets[1:]]
    united = streets[0]
    if graphs:
        united, ledger = _united(streets)
        ledgers.append(ledger)
    applied.update(wheels.known(united) | found.streets.kerbs.counts())
    carried = {"streets": len(united) > 0, "buildings": len(frames["buildings"]) > 0, "places": found.point_places > 0}
    return OsmData(
        **frames
        | {
            "streets": check("streets", united),
            "kerbs": _frame(found.streets.kerbs.rows, kerbs.COLUMNS, crs),
            "open_spaces": _open_spaces(frames["open_spaces"]),
        },
        extent=shapely.union_all([*gpd.GeoSeries([rows.extent], crs=WGS84).to_crs(crs).dropna(), *hulls]),
        extent_stated=rows.extent_stated and not graphs,
        date=rows.date,
        layers=frozenset(layer for layer, is_carried in carried.items() if is_carried),
        rules=_counts(applied, found.closed_entrances),
        ledgers=tuple(ledgers),
    )


@dataclass(frozen=True)
class _Rows:
    """What all files but the graphs hold, extent in EPSG:4326."""

    found: Objects
    extent: shapely.Geometry | None
    extent_stated: bool
    date: str


def _rows(paths: Sequence[Path], objects: Objects) -> _Rows:
    if not paths:
        return _Rows(objects, None, True, "")
    keys = (*AREA_KEYS, *fabric.KEYS, *barriers.KEYS, *ENTRANCES, *kerbs.KINDS, kerbs.HEIGHT, *objects.rules)
    with one_source(paths) as source, readable(paths[0]):
        stream = osmium.FileProcessor(str(source.path)).with_areas(osmium.filter.KeyFilter(*AREA_KEYS, *objects.rules))
        entity: Any
        for entity in stream.with_filter(osmium.filter.KeyFilter(*keys)):
            if entity.deleted:
                objects.ledger.read("deleted object")
                source_id = identity(entity.type_str(), entity.id)
                reason = "deleted in the editor" if source_id in source.deleted else "deleted in this file"
                objects.ledger.reject("deleted object", source_id, reason)
            else:
                objects.take(entity)
        objects.close()
        objects.ledger.notices += source.notices
        _warn_of_cut_streets(objects.ledger.balance())
        return _Rows(objects, source.extent, source.extent_stated, source.date)


def _warn_of_cut_streets(ledger: Ledger) -> None:
    counts: dict[str, Any] = ledger.counts()
    if cut := counts.get("street part", {}).get("read", 0):
        text = f"{cut} of {counts['street']['read']} streets have nodes that the files lack: what is there is kept"
        ledger.warn("ways_without_nodes", f"{text}; ask for an extract with whole ways, nodes and all")


def _counts(applied: Mapping[str, float], closed_entrances: int) -> dict[str, int]:
    """Return how often each rule of the network applied, and over how many metres; 0 where it did not."""
    counts = dict.fromkeys((*(rule.name for rule in RULES), *ways.RULES, *wheels.RULES, *kerbs.RULES), 0)
    counts |= {f"{rule.name}_m": 0 for rule in RULES} | {key: round(count) for key, count in applied.items()}
    return dict(sorted((counts | {"complex_entrance": closed_entrances}).items()))


def _frame(rows: list[dict[str, Any]], columns: Mapping[str, str], crs: str) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows, columns=[*columns, "geometry"]).astype(columns)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=WGS84).to_crs(crs)


def _by_id(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rows in the order of their ids, whatever that of the file."""
    ids = [column for column in frame.columns if column.endswith("_id") or column == "part"]
    return frame.sort_values(ids, ignore_index=True)


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
