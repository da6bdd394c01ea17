"""Sites for hubs in the sample town and in real places: none in the sea, on a motorway or in closed grounds."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from real_places import write_study

from geokehila import candidates, gathered, pipeline, sample_town
from geokehila.candidates import Found, Material
from geokehila.gathered import Gathered
from geokehila.load import plans
from geokehila.load.roles import find
from geokehila.study import Study
from geokehila.zones import Zoning


@dataclass(frozen=True, eq=False)
class Place:
    study: Study
    held: Gathered
    material: Material
    found: Found

    @classmethod
    def read(cls, slug: str, raw: Path) -> "Place":
        study = pipeline.choose(slug, raw)
        held = gathered.gather(study, find(study, raw / slug, raw / "national"), lambda _: None)
        areas, origins = held.counted.zones, held.homes.origins
        units = Zoning.of_zones(areas, origins)
        material = Material(held.osm, held.places, held.buildings, held.spaces, areas, units, origins)
        if (cells := raw / slug / "plans.geojson").exists():
            material = replace(material, plans=plans.read([cells], study.crs, held.osm.extent).plans)
        return cls(study, held, material, candidates.gather(study, material))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Place:
    raw = tmp_path_factory.mktemp("raw")
    sample_town.write(raw / "neve-or")
    return Place.read("neve-or", raw)


@pytest.fixture(scope="module", params=["netanya-poleg", "las-palmas"])
def real(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    raw = tmp_path_factory.mktemp("raw")
    write_study(request.param, shared, raw)
    return Place.read(request.param, raw)


def test_the_sample_towns_sites_are_those_it_was_drawn_with(town: Place) -> None:
    """As geokehila/sample_town/grounds.py and plans.py draw them."""
    sites = town.found.sites.set_index("name_en")
    assert sites["status"][["Neve Or Community Centre", "Az-Zaytun Community Centre"]].tolist() == ["existing"] * 2
    assert (town.found.sites["status"] == "existing").sum() == 2
    candidate = ["Neve Or Public Library", "Neve Or Hall of Culture", "Square of the Winds", "An-Nur Mosque",
                 "HaBrosh Primary School", "Neve Or High School", "HaGiva Primary School",
                 "Az-Zaytun School"]  # fmt: skip
    assert (sites["status"][candidate] == "candidate").all()
    assert sites.at["Neve Or Police Station", "reason"] == "in use"
    # The town hall, whose name the map's buildings do not carry, is 40 m x 26 m.
    hall = town.found.sites.query("kind == 'public_building' and status == 'candidate'")
    assert hall["room_m2"].tolist() == pytest.approx([1040], rel=0.01)
    # Points of the map in houses of no known use.
    assert sites.at["HaErez Synagogue", "reason"] == "size not known"
    # 60 m x 50 m, 68 m x 50 m, 45 m x 45 m and 50 m x 40 m drawn, on one level each for want of more.
    schools = sites.loc[candidate[-4:]]
    assert schools["kinds"].tolist() == ["school plan_public"] * 4 and schools["levels_imputed"].all()
    assert schools["room_m2"].tolist() == pytest.approx([2200, 3400, 2025, 2000], rel=0.01)
    assert sites.at["Neve Or Community Centre", "room_m2"] == pytest.approx(2 * (50 * 24 + 0.5 * 50), rel=0.01)


def test_the_sample_towns_plots(town: Place) -> None:
    sites = town.found.sites
    plots = sites[sites["site_id"].str.startswith("plan:")].set_index("plan_number")
    assert plots["status"].to_dict() == {
        "999-0000001": "candidate", "999-0000002": "candidate", "999-0000003": "candidate",
        "999-0000005": "candidate", "999-0000006": "excluded",
    }  # fmt: skip
    assert plots["kind"].to_dict() == {
        "999-0000001": "plan_open", "999-0000002": "plan_open", "999-0000003": "plan_open",
        "999-0000005": "plan_public", "999-0000006": "plan_open",
    }  # fmt: skip
    assert plots.at["999-0000006", "reason"] == "plan not approved"
    assert plots.at["999-0000005", "gush"] == "999003" and plots.at["999-0000005", "helka"] == "21"


def test_existing_hubs_are_the_places_that_people_walk_to(town: Place) -> None:
    categories = town.held.places.categories
    hubs = categories["place_id"][categories["category"] == "community_centre"]
    sites = town.found.sites
    assert set(sites["site_id"][sites["status"] == "existing"]) == set(hubs)
    gates, known = town.found.gates, town.held.places.gates
    of_hubs = [table[table["place_id"].isin(hubs)].reset_index(drop=True) for table in (gates, known)]
    pd.testing.assert_frame_equal(*of_hubs)


def test_every_neighbourhood_with_people_has_a_site_or_its_centre(town: Place) -> None:
    sites, units = town.found.sites, town.material.zoning.units
    at = sites.geometry[sites["status"] == "candidate"].representative_point()
    homes = np.bincount(town.material.zoning.of_home, town.material.origins["people"], len(units))
    assert all(at.intersects(unit).any() for unit in units.geometry[homes > 0])


def test_the_same_town_gives_the_same_sites(town: Place) -> None:
    again = candidates.gather(town.study, town.material)
    pd.testing.assert_frame_equal(again.sites, town.found.sites)
    pd.testing.assert_frame_equal(again.gates, town.found.gates)


# --- real places -----------------------------------------------------------------------------------------------------


def middle(real: Place) -> np.ndarray:
    """A point inside each candidate."""
    sites = real.found.sites
    return sites.geometry[sites["status"] == "candidate"].representative_point().to_numpy()


@pytest.mark.shared
def test_no_site_of_a_real_place_is_in_the_sea(real: Place) -> None:
    """On the way from a site to the home in the middle of the town the coast is crossed an even number of times."""
    barriers = real.held.osm.barriers
    coast = shapely.union_all(barriers.geometry[barriers["kind"] == "coast"].to_numpy())
    homes = real.material.homes.geometry.to_numpy()
    inland = homes[np.argmin(shapely.distance(homes, shapely.MultiPoint(homes).centroid))]
    ways = shapely.shortest_line(middle(real), inland)
    crossed = [len(shapely.get_coordinates(shapely.intersection(way, coast))) for way in ways]
    assert all(count % 2 == 0 for count in crossed)


@pytest.mark.shared
def test_no_site_of_a_real_place_is_on_a_carriageway_or_in_closed_grounds(real: Place) -> None:
    mapped, at = real.held.osm, middle(real)
    kinds, grounds = mapped.barriers["kind"], mapped.closed_grounds
    fast = mapped.barriers.geometry[kinds.isin(("motorway", "rail"))].to_numpy()
    assert not len(fast) or shapely.distance(at, shapely.union_all(fast)).min() >= 4
    sites = real.found.sites[real.found.sites["status"] == "candidate"]
    for kind in ("water", "military", "private", "prison", "cemetery"):
        closed = grounds[grounds["kind"] == kind]
        for point, (_, site) in zip(at, sites.iterrows(), strict=True):
            around = closed[closed.geometry.intersects(point) & (closed["ground_id"] != site["site_id"])]
            held = [shape.intersection(site["geometry"]).area for shape in around.geometry]
            assert all(area < 0.5 * site["geometry"].area for area in held), site["site_id"]


@pytest.mark.shared
def test_sites_of_a_real_place_add_up(real: Place) -> None:
    sites, counts = real.found.sites, real.found.ledger.counts()
    used = {kind: count["used"] for kind, count in counts.items()}
    assert sum(used.values()) == len(sites) and sites["site_id"].is_unique
    assert ((sites["reason"] == "") == (sites["status"] != "excluded")).all()
    categories = real.held.places.categories
    hubs = set(categories["place_id"][categories["category"] == "community_centre"])
    assert set(sites["site_id"][sites["status"] == "existing"]) <= hubs
    assert set(real.found.gates["place_id"]) == set(sites["site_id"][sites["status"] != "excluded"])
