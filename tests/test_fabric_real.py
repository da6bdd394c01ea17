"""The street fabric of real towns: promises that any town keeps, and the border of the data that must not matter."""

from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geokehila.fabric import Fabric, street_fabric
from geokehila.fabric.intersections import SPACING
from geokehila.fabric.spacing import spacing
from geokehila.fabric.units import Pieces
from geokehila.load import osm
from geokehila.schema import ISRAEL_TM

pytestmark = pytest.mark.shared
TOWNS = {
    "netanya_poleg/map.osm": ISRAEL_TM,
    "las_palmas/las_palmas_2023-02-21.osm.pbf": "EPSG:32628",
    "porto_alegre/poa_osm.pbf": "EPSG:31982",
    "negev/mefalsim_2016.osm": ISRAEL_TM,
}


@cache
def read(shared: Path, name: str) -> osm.OsmData:
    return osm.read([shared / name], (), TOWNS[name], ())


@pytest.fixture(scope="module", params=TOWNS)
def town(request: pytest.FixtureRequest, shared: Path) -> tuple[osm.OsmData, Fabric]:
    data = read(shared, request.param)
    return data, street_fabric(data.roads, data.extent)


def test_legs_are_the_ends_of_segments(town: tuple[osm.OsmData, Fabric]) -> None:
    _, made = town
    ends = pd.concat([made.segments["from_id"], made.segments["to_id"]])
    legs = ends[ends != ""].value_counts().sort_index()
    found = made.intersections.set_index("intersection_id")["legs"].sort_index()
    assert legs.index.tolist() == found.index.tolist() and legs.tolist() == found.tolist()
    assert (found >= 3).all() and found.index.is_unique and made.segments["segment_id"].is_unique


def test_segments_join_the_intersections_they_name(town: tuple[osm.OsmData, Fabric]) -> None:
    _, made = town
    points = made.intersections.set_index("intersection_id").geometry
    spaced = made.segments[made.segments["between"] == SPACING]
    for number, column in ((0, "from_id"), (-1, "to_id")):
        ends = shapely.get_point(spaced.geometry.to_numpy(), number)
        assert shapely.distance(ends, points.loc[spaced[column]].to_numpy()).max(initial=0) < 1e-6
    assert (spaced["length_m"] >= spaced["straight_m"] - 1e-6).all()
    assert np.allclose(spaced["length_m"], shapely.length(spaced.geometry.to_numpy()))


def test_no_street_is_drawn_far_from_where_one_runs(town: tuple[osm.OsmData, Fabric]) -> None:
    """19 in 20 metres lie within half a dual carriageway of a road of the data, and no street is made up."""
    data, made = town
    streets = data.roads[data.roads["kind"].isin(["main", "street"])]
    pieces = Pieces.of(made.segments.geometry.to_numpy())
    tree = shapely.STRtree(streets.geometry.to_numpy())
    near = np.unique(tree.query(pieces.middles, predicate="dwithin", distance=17.5)[0])
    assert pieces.length_m[near].sum() >= 0.95 * pieces.length_m.sum()
    assert made.segments["length_m"].sum() <= 1.02 * streets.geometry.length.sum()


def test_moving_the_border_by_1_km_changes_nothing_inside(shared: Path) -> None:
    """Las Palmas: cells of 500 m of the old town, with all data and with what lies within 1 km of them."""
    data = read(shared, "las_palmas/las_palmas_2023-02-21.osm.pbf")
    corners = [(x, y) for x in range(457_000, 459_000, 500) for y in range(3_108_000, 3_112_000, 500)]
    cells = gpd.GeoDataFrame(
        {"zone_id": [f"{x}-{y}" for x, y in corners]},
        geometry=[shapely.box(x, y, x + 500, y + 500) for x, y in corners],
        crs=data.roads.crs,
    )
    found = []
    for border_m in (1_000, 2_000):
        extent = shapely.box(*cells.total_bounds).buffer(border_m, join_style="mitre")
        kept = data.roads.clip(extent).explode(ignore_index=True)
        kept = kept.assign(part=kept.groupby("street_id").cumcount())
        found.append(spacing(street_fabric(kept, extent), cells))
    pd.testing.assert_frame_equal(*found)
