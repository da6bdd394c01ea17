"""The ways as every profile finds them: what the map, its tags and the ground say of each street comes to its edges."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point

from geokehila import gathered
from geokehila.catalogue import Profile
from geokehila.schema import ISRAEL_TM


class Plane:
    """Ground that climbs 10 % to the east, by cells of 30 m."""

    cell_m = 30.0

    def at(self, xy: np.ndarray) -> np.ndarray:
        return 0.1 * xy[:, 0]

    def smoothed(self) -> "Plane":
        return self


def of(elevation: Plane | None) -> gathered.Ways:
    rows = [
        ("path", "", 0.0, "", np.nan),
        ("bridge", "bridge", 100.0, "", np.nan),
        ("tunnel", "tunnel", 200.0, "", np.nan),
        ("ramp", "", 300.0, "", 0.05),
        ("steps", "", 400.0, "stroller wheelchair", np.nan),
    ]
    streets = gpd.GeoDataFrame(
        {
            "street_id": [name for name, *_ in rows],
            "part": 0,
            "way": "footway",
            "bridge": [kind == "bridge" for _, kind, *_ in rows],
            "tunnel": [kind == "tunnel" for _, kind, *_ in rows],
            "closed_to": [closed for *_, closed, _ in rows],
            "incline": [incline for *_, incline in rows],
        },
        geometry=[LineString([(x, 0), (x + 100, 0)]) for _, _, x, *_ in rows],
        crs=ISRAEL_TM,
    )
    kerbs = gpd.GeoDataFrame(geometry=[Point(100, 0)], crs=ISRAEL_TM)
    found = SimpleNamespace(osm=SimpleNamespace(streets=streets, kerbs=kerbs), elevation=elevation)
    return gathered.ways(found)  # type: ignore[arg-type]


def profile(key: str) -> Profile:
    return Profile(key, {"en": key}, 1.0, "test", "test")


@pytest.mark.parametrize(
    ("elevation", "slopes"), [(Plane(), [0.1, 0, 0, 0.05, 0.1]), (None, [0, 0, 0, 0.05, 0])], ids=["ground", "none"]
)
def test_slopes_are_of_the_ground_but_for_bridges_tunnels_and_what_is_tagged(
    elevation: Plane | None, slopes: list[float]
) -> None:
    ways = of(elevation)
    steepest = dict(zip(ways.network.street.tolist(), ways.slopes.steepest().tolist(), strict=True))
    assert [steepest[street] for street in range(5)] == pytest.approx(slopes)
    assert ways.slope_facts["dem_cell_m"] == (30.0 if elevation else None)
    assert ways.slope_facts["slope_tagged_m"] == pytest.approx(100)


def test_ways_are_closed_to_whom_the_tags_name_and_parted_at_kerbs() -> None:
    ways = of(None)
    closed = {key: ways.network.street[ways.closed(profile(key))].tolist() for key in ("stroller", "wheel", "adult")}
    assert closed == {"stroller": [4], "wheel": [], "adult": []}
    assert ways.network.kerb_at_head[ways.network.street == 0].tolist() == [True]
    assert ways.network.kerb_at_tail[ways.network.street == 1].tolist() == [True]
    assert not ways.network.kerb_at_tail[ways.network.street > 1].any()
