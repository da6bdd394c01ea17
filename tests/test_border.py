"""Moving the border of the data by 1 km takes no claim back and changes nothing inside: Las Palmas in two extents.

Lists are taken as believed in both, or the test would tell how far they are and not where the data end.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pytest
import shapely

from geokehila import pipeline
from geokehila.catalogue import DISTANCE
from geokehila.fabric import spacing, street_fabric
from geokehila.journal import Journal
from geokehila.load.roles import find
from geokehila.results import Results
from geokehila.schema import LOADED
from geokehila.study import Study

pytestmark = pytest.mark.shared
CRS, CENTRE = "EPSG:32628", (-15.432, 28.118)
HALF_M, MOVED_M, CELL_M, SNAP_M = 3500.0, 1000.0, 500.0, 150.0
SETTLED = ("reached", "beyond", "yes", "no")
#: [s] or [m] More data may cut an edge where a way joins it, and the engine walks each part in whole ticks of 1/16.
TICKS, TICKS_KM = 0.125, 0.001
#: Share of an area's ways that pieces of 10 m at its border may make.
PIECES_SHARE = 0.01
PROFILES = ("adult", "older_adult", "child", "wheelchair", "stroller", DISTANCE)
STUDY = """
[study]
name = "Las Palmas"
crs = "EPSG:32628"
[inputs]
osm = "{name}.osm.pbf"
zones = "zones.gpkg"
gtfs = "{gtfs}"
[zones]
kind = "polygons"
[hubs]
add = 0
resamples = 0
[alerts]
seconds = 90
date = "2023"
source = "made up"
"""
#: What settles nothing, and why more data may change its word.
NO_CLAIM = {
    "mix_edge_is": "says itself that the border is near",
    "independent_known_share": "is of the domains that are known, by its page: more data make more of them known",
}
#: Walks farther than 15 minutes on which a measure rests, [s] or [m]; those of 15 minutes are the rule.
FARTHER_S = {r"_20min_state$": 1200.0, r"^chain_state$": 1800.0}
FARTHER_M = {r"^angst_20ha": 2000.0}
#: What rests on the walk to the nearest place, be it as far as the horizon: equal where that walk is inside the data.
OF_NEAREST = ("weakest_domain", "directness_ratio")
#: m2 shared among all who reach a space, who may reach it by its farther end: no walk bounds what it rests on.
SHARED = ("open_2sfca_m2", "open_2sfca_wide_m2")
#: Missing, by their pages, where more data could change them: so they are final wherever they are told.
FINAL = re.compile(
    r"^(use_\w+_count|pedshed_\w+|amenity_score|mix_entropy_score|services_to_housing_ratio|hill_\w+|\w*day_per_h)$"
)
#: What is measured on areas. The longest stretch without a crossing that touches an area may lead out of it.
OF_UNITS = re.compile(
    r"^(people|(paths_)?(spacing_\w+|circuity_ratio|\w+_per_km2|intersections_count|dead_ends?_\w+|four_way_share"
    r"|segments_count)|crossings_\w+|main_road_km|sidewalk_\w+|lit_\w+|shade_share|land_\w+"
    r"|net_dwellings_per_ha|commercial_area_share|mix_zone_entropy_score|services_per_1000|floor_area_known_share"
    r"|area_mix_score|largest_use_share|mono_functional|open_(?!2sfca)\w*m2(_per_resident)?|after_hours_m2"
    r"|shelters_count|shelter_capacity_count)$"
)
#: By the ways that people walk, edge by edge.
OF_EDGES = ("slope_known_share", "steep_over_5_percent_share", "steep_over_8_percent_share")
#: Those that rest on whole segments of street, which leave the data from as far inside as they are long: "what leaves
#: the data is none".
OF_SEGMENTS = re.compile(r"^(paths_)?(spacing_|circuity_|segments_|four_way_|street_km_)|^crossings_|^main_road_km$")


def cut(source: Path, square: shapely.Polygon, path: Path) -> None:
    """Write what lies in a square as `osmium extract` does: ways whole with all their nodes, areas with all their ways.

    The header states the box, that of the square in degrees.
    """
    west, south, east, north = gpd.GeoSeries([square], crs=CRS).to_crs(4326).total_bounds
    box = osmium.osm.Box(west, south, east, north)
    inside: dict[str, set[int]] = {"n": set(), "w": set(), "r": set()}
    for thing in osmium.FileProcessor(str(source)):
        if thing.is_node():
            is_in = box.contains(thing.location)
        elif thing.is_way():
            is_in = any(node.ref in inside["n"] for node in thing.nodes)
        else:
            ways = (member.ref for member in thing.members if member.type == "w")
            is_in = thing.tags.get("type") == "multipolygon" and any(way in inside["w"] for way in ways)
        if is_in:
            inside[thing.type_str()].add(thing.id)
    plain = path.with_name(f"plain_{path.name}")
    with osmium.BackReferenceWriter(str(plain), str(source), remove_tags=False) as out:
        for thing in osmium.FileProcessor(str(source)):
            if thing.id in inside[thing.type_str()]:
                out.add(thing)
    header = osmium.io.Header()
    header.add_box(box)
    header.set("sorting", "Type_then_ID")
    header.set("osmosis_replication_timestamp", "2023-02-21T00:00:00Z")
    with osmium.SimpleWriter(str(path), header=header) as out:
        for thing in osmium.FileProcessor(str(plain)):
            out.add(thing)


@dataclass(frozen=True, eq=False)
class Extents:
    """What the same study says with less of the data and with more; rows are homes that stand in both at one spot."""

    small: Results
    large: Results

    @cached_property
    def homes(self) -> pd.Index:
        """Homes of both; people on a grid may bear one id at two spots, where a zone is cut otherwise."""
        less, more = (results.given.origins.set_index("origin_id").geometry for results in (self.small, self.large))
        both = less.index.intersection(more.index)
        return both[shapely.equals(less[both].to_numpy(), more[both].to_numpy())]

    @cached_property
    def border_m(self) -> pd.Series:
        return self.small.given.origins.set_index("origin_id")["border_m"].reindex(self.homes)

    def inside_m(self, column: str, profile: str) -> float:
        """How far inside the data a home must stand that a measure may not change, its way onto the network too."""
        fastest_m_s = max(self.small.answers.of(who).fastest_m_s for who in (profile, "adult"))
        walk_m = next((m for pattern, m in FARTHER_M.items() if re.search(pattern, column)), 0.0)
        walk_s = next((s for pattern, s in FARTHER_S.items() if re.search(pattern, column)), 900.0)
        return SNAP_M + max(walk_m, walk_s * fastest_m_s)

    def of(self, profile: str) -> Iterator[tuple[str, pd.Series, pd.Series]]:
        """Each column of the homes' scores, by less data and by more."""
        less, more = (results.scores.of_homes[profile].reindex(self.homes) for results in (self.small, self.large))
        assert [*less] == [*more]
        yield from ((column, less[column], more[column]) for column in less)

    def is_inside(self, walk: pd.Series, profile: str, category: str = "") -> pd.Series:
        """Whether a walk ends before it could have left the small data, or come to a gate that they leave open.

        A gate is open where the way in may be another, beyond the data: `nearest_certain_s` and the states know it.
        """
        walk_m = walk * self.small.answers.of(profile).fastest_m_s
        return (walk_m < self.border_m - SNAP_M) & (walk_m < self.open_gate_m(profile, category))

    def open_gate_m(self, profile: str, category: str) -> np.ndarray:
        """[m] Straight from each home to the nearest open gate of a category, of any where it is none."""
        walks, led = self.small.walks, self.small.walks.led(self.small.study.catalogue.walkers[profile])
        gates = led.gates["point_id"][led.gates["status"] == "edge"]
        if category in walks.member:
            gates = gates[walks.member[category].reindex(walks.gate_place.reindex(gates)).to_numpy(bool)]
        at = self.small.given.origins.set_index("origin_id").geometry.reindex(self.homes).to_numpy()
        home_m = np.full(len(at), np.inf)
        (home, _), distance = shapely.STRtree(walks.gates.reindex(gates).to_numpy()).query_nearest(
            at, return_distance=True, all_matches=False
        )
        home_m[home] = distance
        return home_m

    def knows_nearest(self, profile: str, suffix: str) -> pd.Series:
        """Whether the nearest place of every required category is nearer than the border."""
        scores = self.small.scores.of_homes[profile].reindex(self.homes)
        required = [c.key for c in self.small.study.catalogue.categories.values() if c.required]
        walks = [self.is_inside(scores[f"category_{key}_{suffix}"], profile, key) for key in required]
        return pd.Series(np.all(walks, axis=0), self.homes)

    def units(self, inside_m: float) -> pd.DataFrame:
        """Measures of areas that lie wholly and so far inside the small data, side by side."""
        zones = self.small.zones
        border = shapely.boundary(self.small.given.extent)
        is_in = shapely.covers(self.small.given.extent, zones.geometry.to_numpy())
        far = zones["zone_id"][is_in & (zones.distance(border) > inside_m)]
        key = ["zoning", "zone_id", "profile", "group", "measure"]
        less, more = (
            rows[(rows["zoning"] == "zone") & rows["zone_id"].isin(far) & (rows["profile"] == "adult")]
            for rows in (self.small.scores.of_zones, self.large.scores.of_zones)
        )
        both = less.merge(more, on=key, how="outer", suffixes=("", "_more"), indicator=True)
        is_asked = both["measure"].map(lambda measure: measure in OF_EDGES or bool(OF_UNITS.match(measure)))
        both = both[(both["group"] == "total") & is_asked]
        assert (both["_merge"] == "both").all() and both["zone_id"].nunique() > 30
        return both

    @cached_property
    def led_out(self) -> set[str]:
        """Zones that a street of the small data passes on its way out of them."""
        found: set[str] = set()
        for footpaths in (False, True):
            segments = street_fabric(self.small.given.roads, self.small.given.extent, footpaths=footpaths).segments
            leaving = segments.geometry[segments["between"] == "border"].union_all()
            found |= {*self.small.zones["zone_id"][self.small.zones.intersects(leaving)]}
        return found


@pytest.fixture(scope="module")
def extents(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Extents:
    source, folder = shared / "las_palmas" / "las_palmas_2023-02-21.osm.pbf", tmp_path_factory.mktemp("border")
    middle = gpd.GeoSeries([shapely.Point(CENTRE)], crs=4326).to_crs(CRS).iloc[0]
    low = np.array([middle.x, middle.y]) - HALF_M
    count = int(2 * HALF_M / CELL_M)
    corners = [low + CELL_M * np.array([i, j]) for i in range(count) for j in range(count)]
    cells = [shapely.box(*corner, *(corner + CELL_M)) for corner in corners]
    columns = {"id": [f"z{i:03d}" for i in range(len(cells))], "population": 100.0}
    gpd.GeoDataFrame(columns, geometry=cells, crs=CRS).to_file(folder / "zones.gpkg", driver="GPKG")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geokehila.confidence.list_states", believed)
        for name, moved_m in (("small", MOVED_M), ("large", 0.0)):
            cut(source, middle.buffer(HALF_M - moved_m, cap_style="square"), folder / f"{name}.osm.pbf")
            text = STUDY.format(name=name, gtfs=(shared / "las_palmas" / "gtfs_2023.zip").as_posix())
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
            study = Study.read(folder / f"{name}.toml")
            found[name] = pipeline.compute(study, find(study, folder / name, folder / name), Journal(lambda _: None))
    return Extents(**found)


def believed(confidence: pd.DataFrame, has_places: bool) -> pd.DataFrame:
    lists = confidence.pivot(index="zone_id", columns="subject", values="state")
    return pd.DataFrame(LOADED, lists.index, lists.columns)


def equal(less: pd.Series, more: pd.Series, apart: float = 0.0) -> np.ndarray:
    """Words as they are, numbers to 1e-9 of themselves or so far apart, missing as missing."""
    if pd.api.types.is_numeric_dtype(less):
        return np.isclose(less.to_numpy(float), more.to_numpy(float), rtol=1e-9, atol=apart, equal_nan=True)
    return less.fillna("").astype(str).to_numpy() == more.fillna("").astype(str).to_numpy()


def told(wrong: dict[str, int]) -> str:
    return ", ".join(f"{name} at {count}" for name, count in wrong.items())


def test_most_homes_stand_in_both_extents_and_many_deep_inside(extents: Extents) -> None:
    assert len(extents.homes) > 0.99 * len(extents.small.given.origins) > 10_000
    assert (extents.border_m > extents.inside_m("", "adult")).sum() > 3000
    assert len(extents.large.given.origins) > 1.15 * len(extents.homes)
    assert len(extents.led_out) < 0.5 * len(extents.small.zones)


@pytest.mark.parametrize("profile", PROFILES)
def test_no_claim_is_taken_back(extents: Extents, profile: str) -> None:
    wrong = {}
    for column, less, more in extents.of(profile):
        if column.endswith(("_state", "_is")) and column not in NO_CLAIM and not column.startswith("single_"):
            taken_back = less.isin(SETTLED) & (less != more)
            wrong |= {column: int(taken_back.sum())} if taken_back.any() else {}
    assert not wrong, told(wrong)


def test_no_claim_of_a_single_place_is_taken_back(extents: Extents) -> None:
    columns = [row for row in extents.of("adult") if row[0].startswith("single_")]
    wrong = {column: int((less.isin(SETTLED) & (less != more)).sum()) for column, less, more in columns}
    assert len(wrong) == 3 and not any(wrong.values()), told(wrong)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_walk_that_cannot_have_left_the_data_is_the_same(extents: Extents, profile: str) -> None:
    wrong, compared = {}, 0
    for column, less, more in extents.of(profile):
        if column.endswith(("_s", "_m")):
            category = re.sub(r"^category_|(_2nd|_3rd)?_[sm]$", "", column)
            is_in = extents.is_inside(less.fillna(np.inf).combine(more.fillna(np.inf), min), profile, category)
            if column == "independent_s":  # of the domains that are known, which they are inside
                is_in &= extents.border_m > extents.inside_m(column, profile)
            off = is_in & ~equal(less, more, TICKS)
            compared += int(is_in.sum())
            wrong |= {column: int(off.sum())} if off.any() else {}
    assert compared > 100_000 and not wrong, told(wrong)


@pytest.mark.parametrize("profile", PROFILES)
def test_nothing_changes_inside(extents: Extents, profile: str) -> None:
    """States, counts and scores of homes whose walks end before the border, all but walks, told of above."""
    wrong, compared = {}, set()
    for column, less, more in extents.of(profile):
        if column.endswith(("_s", "_m")) or column in (*SHARED, "pedshed_share"):
            continue
        is_in = extents.border_m > extents.inside_m(column, profile)
        if column in OF_NEAREST:
            is_in &= extents.knows_nearest(*((profile, "s") if column == "weakest_domain" else (DISTANCE, "m")))
        off = is_in & ~equal(less, more, TICKS_KM if column == "pedshed_km" else 0.0)
        compared |= {column} if is_in.any() else set()
        wrong |= {column: int(off.sum())} if off.any() else {}
    too_far = {column for column, _, _ in extents.of(profile) if column in ("amenity_score", "chain_state")}
    uncompared = {c for c, _, _ in extents.of(profile) if not c.endswith(("_s", "_m"))} - compared
    assert uncompared <= too_far | {*SHARED, "pedshed_share"}
    assert not wrong, told(wrong)


def test_the_share_of_the_pedshed_does_not_change_inside(extents: Extents) -> None:
    less, more = next((less, more) for column, less, more in extents.of("adult") if column == "pedshed_share")
    is_in = extents.border_m > extents.inside_m("pedshed_share", "adult")
    share_of_ticks = TICKS_KM / extents.small.scores.of_homes["adult"]["pedshed_km"].reindex(extents.homes)
    assert (((less - more).abs() <= share_of_ticks)[is_in]).all()


@pytest.mark.parametrize("profile", ["adult", DISTANCE])
def test_what_is_told_near_the_border_is_final_where_the_page_says_so(extents: Extents, profile: str) -> None:
    columns = [row for row in extents.of(profile) if FINAL.match(row[0])]
    off = {
        c: ~equal(less, more, TICKS_KM if c.startswith("pedshed_") else 0.0) & less.notna() for c, less, more in columns
    }
    wrong = {column: int(rows.sum()) for column, rows in off.items()}
    assert len(wrong) >= 9 and not any(wrong.values()), told(wrong)


def changed(units: pd.DataFrame) -> dict[str, int]:
    """How many areas say something else of each measure."""
    same = np.all([equal(units[c], units[f"{c}_more"]) for c in ("value", "low", "high", "reason")], axis=0)
    counts: dict[str, int] = units["measure"][~same].value_counts().to_dict()
    return counts


def test_areas_inside_do_not_change(extents: Extents) -> None:
    units = extents.units(SNAP_M)
    of_segments = units["measure"].map(lambda measure: bool(OF_SEGMENTS.search(measure)))
    is_exempt = of_segments & units["zone_id"].isin(extents.led_out) | units["measure"].isin(OF_EDGES)
    wrong = changed(units[~is_exempt])
    assert units["measure"].nunique() > 60 and of_segments.any() and not wrong, told(wrong)


def test_slopes_of_areas_inside_do_not_change(extents: Extents) -> None:
    """But for pieces of 10 m, which lie elsewhere along an edge that the border cuts elsewhere."""
    units = extents.units(SNAP_M)
    rows = units[units["measure"].isin(OF_EDGES)]
    assert len(rows) and np.allclose(rows["value"], rows["value_more"], atol=PIECES_SHARE, equal_nan=True)


def test_a_dual_carriageway_that_leaves_the_data_counts_once() -> None:
    """Two carriageways 20 m apart, one cut 200 m before the other, and a link that comes to the end of the shorter.

    So the Autopista del Sur counted twice as far as 1,079 m inside an extract of 4 km: 27.98 km of street and path a
    km2, not 25.27. Here 500 m lie in the area of 0.3 km2.
    """
    lines = {
        "primary": [[(0, 0), (100, 10), (300, 10), (1900, 10)], [(1700, -10), (300, -10), (100, -10), (0, 0)]],
        "primary_link": [[(1420, -60), (1600, -40), (1700, -10)]],
        "residential": [[(0, -200), (0, 0), (0, 200)], [(300, -200), (300, -10), (300, 10), (300, 200)]],
    }
    rows = [
        {"way": way, "kind": "street" if way == "residential" else "main", "oneway": way != "residential",
         "geometry": shapely.LineString(line)}
        for way, some in lines.items() for line in some
    ]  # fmt: skip
    plain = {"part": 0, "junction": "", "name": "", "walked": True, "bridge": False, "tunnel": False}
    roads = gpd.GeoDataFrame(rows, crs=CRS).assign(street_id=[f"w{i}" for i in range(len(rows))], **plain)
    unit = gpd.GeoDataFrame({"zone_id": ["z"]}, geometry=[shapely.box(500, -300, 1000, 300)], crs=CRS)
    found = spacing(street_fabric(roads, shapely.box(-400, -400, 1500, 400)), unit)
    assert found.loc["z", "street_km_per_km2"] == pytest.approx(0.5 / 0.3)


def test_people_of_areas_inside_are_the_same_and_all_zonings_sum_to_the_same(extents: Extents) -> None:
    for results in (extents.small, extents.large):
        rows = results.scores.of_zones
        people = rows[(rows["measure"] == "people") & (rows["group"] == "total")].groupby("zoning")["value"].sum()
        assert {*people.index} >= {"zone", "city"} and np.ptp(people.to_numpy()) < 1e-6
        assert people["city"] == pytest.approx(results.given.origins["people"].sum(), rel=1e-12)
