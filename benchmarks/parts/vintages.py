"""The pure error of a crosswalk: counts hidden where they are known, and areal weighting beside it.

The small areas of a real town, whose residents and ages are counted, are merged at random into zones and, another way,
into areas. What the zones count is carried to the areas as a run does it, by homes; the truth is the sum of the small
areas. Nothing changes between the two counts, so all that differs is error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.measure import tell
from geokehila import people, vintages
from geokehila.catalogue import Catalogue
from geokehila.load import buildings as footprints
from geokehila.load import osm
from geokehila.load.population import statistical_areas
from geokehila.schema import ISRAEL_TM
from geokehila.zones import standing_in

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
AREAS = SHARED / "negev" / "statistical_areas_2011_demography.geojson"
#: How often areas are merged anew; every draw has its number for a seed.
DRAWS = 20
OLD = ("65-69", "70-74", "75-79", "80-84", "85+")


@dataclass(frozen=True, eq=False)
class Town:
    """Small areas with their residents and those of 65 and over, and homes on the map."""

    name: str
    areas: gpd.GeoDataFrame
    homes: gpd.GeoDataFrame

    @property
    def ground(self) -> shapely.Geometry:
        """[m] All of it."""
        return self.areas.union_all()


def main() -> None:
    """Print a table of errors for every town, merge and way."""
    print(
        "| town | zones | carried | by homes: median | 90 % | by land: median | 90 % |\n|---|---|---|---|---|---|---|"
    )
    for town in (beer_sheva(), rahat()):
        for sizes in ((2, 1), (3, 3), (4, 2)):
            tell(f"{town.name} {sizes}")
            for line in rows(town, *sizes):
                print(line, flush=True)


def beer_sheva() -> Town:
    """Be'er Sheva: 62 areas, buildings of OpenStreetMap."""
    files = sorted((SHARED / "beersheva" / "overpass_buildings").glob("*.json"))
    catalogue = Catalogue.read()
    mapped = osm.read(files, catalogue.categories.values(), ISRAEL_TM, catalogue.walkers.values())
    return Town("Be'er Sheva", _areas(9000), people.classify(mapped.buildings, mapped.land))


def rahat() -> Town:
    """Rahat: 11 areas, footprints of Microsoft."""
    areas = _areas(1161)
    nothing = gpd.GeoDataFrame(
        {"building_id": "", "building": "", "levels": np.nan, "flats": np.nan, "facility": False, "purpose": ""},
        index=pd.RangeIndex(0),
        geometry=gpd.GeoSeries([], crs=ISRAEL_TM),
    ).astype({"building_id": "str", "building": "str", "purpose": "str", "facility": "bool"})
    found, _ = footprints.complete(nothing, SHARED / "negev" / "ms_buildings.gpkg", areas.union_all())
    land = gpd.GeoDataFrame({"use": pd.Series(dtype="str")}, geometry=[], crs=ISRAEL_TM)
    return Town("Rahat", areas, people.classify(found, land))


def _areas(code: int) -> gpd.GeoDataFrame:
    """Areas that are counted, with residents and those of 65 and over."""
    layer = statistical_areas.opened(AREAS, ISRAEL_TM)
    zones, _ = statistical_areas.areas(layer, code)
    counts, _ = statistical_areas.counted(layer, code)
    wide = counts.pivot(index="zone_id", columns="group", values="people")
    known = zones[zones["zone_id"].map(wide["total"]).fillna(0) > 0].reset_index(drop=True)
    return known.assign(people=known["zone_id"].map(wide["total"]), old=known["zone_id"].map(wide[[*OLD]].sum(axis=1)))


def rows(town: Town, zone_size: int, area_size: int) -> Iterator[str]:
    """Yield the lines of one way of merging, over all draws."""
    found = [pd.concat(errors(town, zone_size, area_size, seed)) for seed in range(DRAWS)]
    for what, some in pd.concat(found).groupby(level=0, sort=False):
        told = [_quantile(some[way], some["people"], part) for way in ("homes", "land") for part in (0.5, 0.9)]
        digits = 2 if what == "share of 65+" else 1
        cells = " | ".join(f"{100 * number:.{digits}f} {'points' if digits == 2 else '%'}" for number in told)
        yield f"| {town.name} | {zone_size} areas each, to areas of {area_size} | {what} | {cells} |"


def errors(town: Town, zone_size: int, area_size: int, seed: int) -> Iterator[pd.DataFrame]:
    """Yield absolute errors of one draw by unit, its people the weight: people, old people, and their share."""
    draw = np.random.default_rng(seed)
    zones, areas = merged(town.areas, zone_size, draw, "z"), merged(town.areas, area_size, draw, "a")
    by_homes, by_land = cells(town, zones, areas), _land(zones, areas)
    area_ids, zone_ids = pd.Index(areas["zone_id"]), pd.Index(zones["zone_id"])
    truth, counts = areas.set_index("zone_id"), zones.set_index("zone_id")
    estimates = {"homes": by_homes.groupby("from_area")["people"].sum().reindex(area_ids, fill_value=0.0)}
    parted = by_land.assign(people=by_land["zone_id"].map(counts["people"]) * by_land["of_zone_share"])
    estimates["land"] = parted.groupby("from_area")["people"].sum().reindex(area_ids, fill_value=0.0)
    yield _off("people, zones to areas", estimates, truth["people"], truth["people"])
    ways = {"homes": by_homes, "land": by_land}
    old = {way: vintages.sums(truth["old"], some, zone_ids).value for way, some in ways.items()}
    yield _off("people of 65+, areas to zones", old, counts["old"], counts["people"])
    share = {way: vintages.means(truth["old"] / truth["people"], some, zone_ids).value for way, some in ways.items()}
    yield _off("share of 65+", share, counts["old"] / counts["people"], counts["people"], relative=False)


def cells(town: Town, zones: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Cross zones and areas as a run does: people on homes by floor area, on a grid where no home is mapped."""
    covered = people.with_coverage(zones, town.ground)
    counts = zones[["zone_id", "people"]].assign(group="total", reason=None)
    streets = gpd.GeoDataFrame(geometry=[], crs=ISRAEL_TM)
    homes = people.place(covered, counts, town.homes, streets, town.ground).origins
    area = standing_in(homes.geometry.to_numpy(), areas.geometry.to_numpy())
    ids = np.append(areas["zone_id"].to_numpy(object), None)[area]
    edition = vintages.Edition("2011", areas, areas, areas[["zone_id", "people"]])
    return vintages.cross(edition, homes, ids, covered).cells


def _land(zones: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Cross them by land alone, as areal weighting does."""
    met = vintages.land_shares(areas, zones)
    land = met["of_area_share"] * met["from_area"].map(areas.set_index("zone_id")["land_m2"])
    return met.assign(of_zone_share=land / land.groupby(met["zone_id"]).transform("sum"))


def merged(areas: gpd.GeoDataFrame, size: int, draw: np.random.Generator, name: str) -> gpd.GeoDataFrame:
    """Merge neighbours at random, so many at most in one."""
    touch = {i: set() for i in range(len(areas))}
    for i, j in zip(*shapely.STRtree(areas.geometry).query(areas.buffer(20), predicate="intersects"), strict=True):
        touch[int(i)].add(int(j))
    group: dict[int, int] = {}
    for seed in draw.permutation(len(areas)).tolist():
        if seed in group:
            continue
        group[seed] = seed
        for _ in range(size - 1):
            near = sorted({n for i, g in group.items() if g == seed for n in touch[i] if n not in group})
            if near:
                group[int(draw.choice(near))] = seed
    unit = pd.Series(group).sort_index().map(f"{name}-{{}}".format)
    whole = areas.assign(zone_id=unit.to_numpy()).dissolve("zone_id", {"people": "sum", "old": "sum"}, as_index=False)
    filled = whole.assign(function=None, vintage="2022", land_m2=whole.area, **dict.fromkeys(_NAMES))
    return filled.sort_values("zone_id", ignore_index=True)


_NAMES = ("name_he", "name_ar", "name_en", "name_ru")


def _off(
    what: str, found: Mapping[str, pd.Series], truth: pd.Series, weight: pd.Series, *, relative: bool = True
) -> pd.DataFrame:
    """Return how far both ways are off by unit, as a share of the truth or as they are."""
    whole = truth if relative else 1.0
    off = {way: ((some.reindex(truth.index) - truth) / whole).abs() for way, some in found.items()}
    table = pd.DataFrame({**off, "people": weight}).set_axis([what] * len(truth), axis=0)
    return table[np.isfinite(table).all(axis=1)]


def _quantile(values: pd.Series, weights: pd.Series, part: float) -> float:
    order = np.argsort(values.to_numpy(), kind="stable")
    first = np.searchsorted(np.cumsum(weights.to_numpy()[order]), part * weights.sum() * (1 - 1e-12))
    return float(values.to_numpy()[order][first])


if __name__ == "__main__":
    main()
