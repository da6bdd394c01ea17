"""Sites for hubs in towns drawn by hand: every kind, every reason against one, and one site however it is shown."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from osm_xml import node, way, write
from shapely import LineString, Point, Polygon, box

from geokehila import candidates, people
from geokehila.candidates import Found, Material, musts_left_out
from geokehila.candidates.where import at_sea, standing_in
from geokehila.catalogue import Catalogue
from geokehila.ledger import Ledger
from geokehila.load import osm
from geokehila.names import NAME_COLUMNS
from geokehila.places import Places, gates_of
from geokehila.schema import ISRAEL_TM, TABLES
from geokehila.study import Study
from geokehila.zones import Zoning

STUDY = Study.of("dimona")
EXTENT = box(-2000, -2000, 3000, 3000)
ZONE = box(0, 0, 1000, 1000)
#: Where the only homes are: a hundred people.
HOME = Point(500, 500)


def frame(rows: list[dict[str, Any]], columns: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=[*columns, "geometry"]), geometry="geometry", crs=ISRAEL_TM)


def house(building_id: str, at: Polygon, building: str = "yes", levels: float = np.nan, **more: Any) -> dict[str, Any]:
    told = {"building_id": building_id, "building": building, "levels": levels, "geometry": at}
    return told | {"flats": np.nan, "facility": False, "purpose": ""} | more


def place(place_id: str, at: Any, *categories: str, capacity: float = np.nan, **names: str) -> dict[str, Any]:
    told = {"place_id": place_id, "source": "osm", "source_id": place_id, "date": None, "capacity": capacity}
    return told | dict.fromkeys(NAME_COLUMNS) | names | {"categories": categories, "geometry": at}


def square(place_id: str, at: Polygon, public: str = "yes", why: str = "") -> dict[str, Any]:
    here = {"place_id": place_id, "kind": "square", "public": public, "why": why, "area_m2": at.area, "geometry": at}
    return here | dict.fromkeys(NAME_COLUMNS)


def cell(cell_id: str, at: Polygon, use: str = "public_building", **told: Any) -> dict[str, Any]:
    plain = {"plan_number": "p1", "plan_name": None, "code": "400", "designation": "public", "status": "approved"}
    plain |= {"date": "2010-01-01", "gush": "7", "helka": "3"}
    return {"cell_id": cell_id, "use": use, **plain, "area_m2": at.area, "geometry": at} | told


def listed(number: str, at: Any, **told: Any) -> dict[str, Any]:
    """A row of the municipality's own list."""
    missing = dict.fromkeys(TABLES["candidates"].nullable)
    numbers = dict.fromkeys(("room_m2", "capacity", "price"), np.nan)
    row = {"site_id": f"own:{number}", "kind": "own", "status": "candidate", "reason": "", "choice": "may"}
    return missing | numbers | row | {
        "extendable": False, "source": "list.csv", "source_id": number, "geometry": at
    } | told  # fmt: skip


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> osm.OsmData:
    """A map with one street, whose frames tests fill."""
    path = write(
        tmp_path_factory.mktemp("map") / "map.osm", node(1, 0, 0), node(2, 9, 0), way(1, [1, 2], "highway=residential")
    )
    catalogue = Catalogue.read()
    found = osm.read([path], catalogue.categories.values(), ISRAEL_TM, catalogue.walkers.values())
    nothing = {name: getattr(found, name).iloc[:0] for name in ("roads", "streets")}
    return replace(found, extent=EXTENT, **nothing)


class Town:
    """What :func:`candidates.gather` reads, empty but for what a test draws."""

    def __init__(self, bare: osm.OsmData, **drawn: list[dict[str, Any]]) -> None:
        self.mapped, self.drawn = bare, {"homes": [{"geometry": HOME, "people": 100.0}]} | drawn

    def rows(self, name: str, *columns: str) -> gpd.GeoDataFrame:
        return frame(self.drawn.get(name, []), [*columns])

    def material(self, order: np.random.Generator | None = None) -> Material:
        columns = ("building_id", "building", "levels", "flats", "facility", "purpose")
        tagged = self.rows("buildings", *columns)
        tagged = tagged.astype({"levels": float, "flats": float, "facility": bool, "purpose": "str"})
        land = self.rows("land", "use")
        roads = self.rows("roads", *self.mapped.roads.columns.drop("geometry")).astype(self.mapped.roads.dtypes)
        mapped = replace(
            self.mapped,
            buildings=shuffled(tagged, order),
            land=land,
            roads=shuffled(roads, order),
            streets=self.streets(),
            barriers=self.rows("barriers", "barrier_id", "kind"),
            closed_grounds=shuffled(self.rows("grounds", "ground_id", "kind"), order),
        )
        return Material(
            mapped,
            shuffled_places(self.places(), order),
            shuffled(people.classify(tagged, land), order),
            shuffled(self.rows("squares", "place_id", "kind", "public", "why", "area_m2", *NAME_COLUMNS), order),
            self.zones(),
            self.zoning(),
            self.origins(),
            *([shuffled(self.rows("plans", *[*TABLES["plans"].columns][:-1]), order)] if "plans" in self.drawn else []),
            **({"own": shuffled(self.own(), order)} if "own" in self.drawn else {}),
        )

    def own(self) -> gpd.GeoDataFrame:
        return self.rows("own", *[*TABLES["candidates"].columns][:-1])

    def streets(self) -> gpd.GeoDataFrame:
        flags = dict.fromkeys(("bridge", "tunnel", "rough"), False)
        told = flags | {"closed_to": "", "surface": "", "incline": np.nan, "part": 0}
        rows = [told | {"way": "residential"} | row for row in self.drawn.get("roads", [])]
        return frame(rows, [*TABLES["streets"].columns][:-1]).astype(dict.fromkeys(flags, bool) | {"incline": float})

    def places(self) -> Places:
        columns = ("place_id", *NAME_COLUMNS, "source", "source_id", "date", "capacity", "categories")
        rows = self.rows("places", *columns).astype({"capacity": float})
        long = rows[["place_id", "categories"]].explode("categories").rename(columns={"categories": "category"})
        streets = self.streets()
        gates = gates_of(rows, streets, self.mapped.entrances)
        return Places(rows.drop(columns="categories"), long, pd.DataFrame(), gates, rows, Ledger("places"))

    def zones(self) -> gpd.GeoDataFrame:
        units = self.drawn.get("units", [{"zone_id": "z", "geometry": ZONE}])
        return frame(units, ["zone_id", *NAME_COLUMNS])

    def origins(self) -> gpd.GeoDataFrame:
        homes = self.rows("homes", "people")
        return homes.assign(origin_id=[f"h{i:03}" for i in range(len(homes))])

    def zoning(self) -> Zoning:
        return Zoning.over("neighbourhood", self.zones(), self.zones(), self.origins())

    def gather(self, order: np.random.Generator | None = None) -> Found:
        return candidates.gather(STUDY, self.material(order))

    @property
    def sites(self) -> gpd.GeoDataFrame:
        return self.gather().sites.set_index("site_id")


def shuffled(table: Any, order: np.random.Generator | None) -> Any:
    return table if order is None else table.iloc[order.permutation(len(table))].reset_index(drop=True)


def shuffled_places(found: Places, order: np.random.Generator | None) -> Places:
    return replace(found, places=shuffled(found.places, order), categories=shuffled(found.categories, order))


def box_of(side: float, west: float = 100.0, south: float = 100.0) -> Polygon:
    return box(west, south, west + side, south + side)


def verdicts(found: gpd.GeoDataFrame) -> dict[str, tuple[str, str]]:
    return {site_id: (row["status"], row["reason"]) for site_id, row in found.iterrows()}


# --- kinds -----------------------------------------------------------------------------------------------------------


def test_every_kind_of_the_map(bare: osm.OsmData) -> None:
    at = {name: box_of(30, 50 * i, 300) for i, name in enumerate("abcdefgh")}
    town = Town(
        bare,
        places=[
            place("n1", Point(900, 900), "community_centre"),
            place("w2", at["b"], "school"),
            place("n3", Point(800, 900), "library"),
            place("n4", Point(700, 900), "culture_venue"),
            place("n5", Point(600, 900), "shelter", capacity=100),
            place("w6", at["f"], "worship"),
            place("n7", Point(500, 900), "clinic"),
        ],
        buildings=[house("w10", at["g"], "civic"), house("w11", at["h"], "theatre"), house("w12", at["a"], "retail")],
        squares=[square("w13", box_of(20, 700, 700))],
    )
    sites = town.sites
    assert sites["kind"].to_dict() == {
        "n1": "community_centre", "w2": "school", "n3": "library", "n4": "culture", "n5": "shelter", "w6": "worship",
        "w10": "public_building", "w11": "culture", "w13": "square",
    }  # fmt: skip
    assert sites["status"].to_dict() == {"n1": "existing"} | dict.fromkeys(
        ("w2", "n3", "n4", "n5", "w6", "w10", "w11", "w13"), "candidate"
    )
    assert (
        (sites["kinds"] == sites["kind"]).all() and (sites["reason"] == "").all() and (sites["choice"] == "may").all()
    )


@pytest.mark.parametrize(
    ("tag", "kind"),
    [("public", "public_building"), ("community", "public_building"), ("townhall", "public_building"),
     ("government;yes", "public_building"), ("library", "library"), ("school", "school"), ("arts_centre", "culture")],
)  # fmt: skip
def test_buildings_by_what_they_were_built_as(bare: osm.OsmData, tag: str, kind: str) -> None:
    assert Town(bare, buildings=[house("w1", box_of(20), tag)]).sites["kind"].to_dict() == {"w1": kind}


def test_nothing_makes_no_site_but_the_search_for_one(bare: osm.OsmData) -> None:
    found = Town(bare).gather()
    assert found.sites.empty and found.gates.empty
    assert found.sites.crs == ISRAEL_TM and found.gates.crs == ISRAEL_TM
    # A hundred people live in the zone, but it has no street.
    reason = {"no intersection where a hub can stand": 1}
    assert found.ledger.counts()["unit"] == {"read": 1, "used": 0, "rejected": reason}
    assert candidates.why_none(found.sites, found.ledger) == reason
    assert "unit" not in {k for k, v in Town(bare, homes=[]).gather().ledger.counts().items() if v["read"]}


def test_what_speaks_against_sites_is_counted_the_most_frequent_first(bare: osm.OsmData) -> None:
    town = Town(
        bare,
        homes=[],
        places=[
            place("n1", Point(-1900, 0), "school"),
            place("n2", Point(-1800, 0), "library"),
            place("n3", Point(100, 100), "worship"),
            place("n4", Point(400, 400), "school"),
        ],
    )
    found = town.gather()
    assert candidates.why_none(found.sites, found.ledger) == {"far from the zones": 2, "size not known": 1}


# --- one site, whatever shows it -------------------------------------------------------------------------------------


def test_what_stands_in_one_building_is_one_site(bare: osm.OsmData) -> None:
    town = Town(
        bare,
        buildings=[house("w9", box_of(30), "public", levels=2)],
        places=[
            place("n4", Point(110, 110), "library", name_he="ספרייה"),
            place("n3", Point(120, 120), "culture_venue", name_he="תיאטרון", name_en="Theatre"),
        ],
    )
    (site,) = town.sites.reset_index().to_dict("records")
    assert (site["site_id"], site["kind"]) == ("n4", "library")
    assert site["kinds"] == "library public_building culture"
    assert (site["name_he"], site["name_en"], site["source_id"]) == ("ספרייה", "Theatre", "n4; n3; w9")
    assert site["geometry"].equals(box_of(30)) and site["room_m2"] == 1800 and not site["levels_imputed"]
    counts = town.gather().ledger.counts()
    assert counts["place"] == {"read": 2, "used": 1, "rejected": {"one site with another": 1}}
    assert counts["building"]["rejected"] == {"one site with another": 1}


def test_a_hub_keeps_the_id_and_the_gates_of_the_place_that_people_walk_to(bare: osm.OsmData) -> None:
    town = Town(
        bare,
        buildings=[house("w9", box_of(30), "civic")],
        places=[place("n8", Point(110, 110), "community_centre"), place("n1", Point(120, 110), "school")],
    )
    found = town.gather()
    assert found.sites["site_id"].tolist() == ["n8"] and found.sites["status"].tolist() == ["existing"]
    assert found.gates["gate_id"].tolist() == ["n8/0000"] and found.gates.geometry[0] == Point(110, 110)


def test_a_building_that_is_the_place_itself_is_one_site(bare: osm.OsmData) -> None:
    town = Town(bare, buildings=[house("w9", box_of(30), "public")], places=[place("w9", box_of(30), "library")])
    assert town.sites["kinds"].to_dict() == {"w9": "library public_building"}


def test_the_halls_on_the_ground_of_a_school_are_the_schools(bare: osm.OsmData) -> None:
    town = Town(
        bare,
        places=[place("w5", box_of(100), "school", name_he="בית ספר"), place("n6", Point(185, 185), "library")],
        buildings=[
            house("w7", box_of(20), "school", levels=3), house("w8", box_of(10, 150, 150), "public"),
            house("w9", box_of(20, 175, 175), "civic"),
        ],
    )  # fmt: skip
    sites = town.sites
    # The library has a building of its own on the ground, so it is a site of its own.
    assert sites["kinds"].to_dict() == {"w5": "school public_building", "n6": "library public_building"}
    assert sites.at["w5", "geometry"].equals(box_of(100))
    # 400 m2 on three floors, and 100 m2 on one, as nobody tells more.
    assert sites.at["w5", "room_m2"] == 1300 and sites.at["w5", "levels_imputed"]
    assert sites.at["n6", "room_m2"] == 400
    town.drawn["places"] = town.drawn["places"][:1]
    assert town.sites["room_m2"].to_dict() == {"w5": 1700}


def test_the_smallest_ground_holds(bare: osm.OsmData) -> None:
    shapes = np.array([Point(5, 5), box(0, 0, 10, 10), box(0, 0, 10.4, 10), Point(500, 0)])
    grounds = np.array([box(0, 0, 100, 100), box(0, 0, 10, 10), box(0, 0, 10, 10)])
    assert standing_in(shapes, grounds).tolist() == [1, 1, 1, -1]


def test_a_square_in_a_square_is_a_part_of_it(bare: osm.OsmData) -> None:
    town = Town(bare, squares=[square("w1", box_of(40)), square("w2", box_of(25)), square("w3", box_of(25, 500))])
    assert town.sites.index.tolist() == ["w1", "w3"]
    shut = Town(bare, squares=[square("w1", box_of(40), "no", "private"), square("w2", box_of(25))])
    assert verdicts(shut.sites) == {"w1": ("excluded", "not public"), "w2": ("candidate", "")}


def test_the_room_of_a_building_that_is_shared_is_not_known(bare: osm.OsmData) -> None:
    at = [box_of(20, 100 * i) for i in range(1, 5)]
    town = Town(
        bare,
        buildings=[
            house("w1", at[0], "apartments", levels=8), house("w2", at[1], "mall", levels=2, purpose="commerce"),
            house("w3", at[2], "library", levels=2, facility=True, purpose="services"), house("w4", at[3]),
        ],
        places=[place(f"n{i}", shape.centroid, "library") for i, shape in enumerate(at, 1)],
    )  # fmt: skip
    assert town.sites["room_m2"].fillna(-1).to_dict() == {"n1": -1, "n2": -1, "n3": 800, "n4": -1}
    assert (town.sites["status"] == "candidate").all()


def test_a_public_building_has_the_name_of_the_place_that_it_is(bare: osm.OsmData) -> None:
    town = Town(
        bare, buildings=[house("w1", box_of(30), "civic")], places=[place("w1", box_of(30), "clinic", name_en="Clinic")]
    )
    assert town.sites["name_en"].to_dict() == {"w1": "Clinic"} and town.sites.at["w1", "name_he"] is None


def test_a_police_station_is_in_use_unless_something_else_is_in_it(bare: osm.OsmData) -> None:
    police, civic = place("n1", Point(110, 110), "emergency_station"), house("w1", box_of(30), "civic")
    assert verdicts(Town(bare, buildings=[civic], places=[police]).sites) == {"w1": ("excluded", "in use")}
    town = Town(bare, buildings=[civic], places=[police, place("n2", Point(120, 110), "library")])
    assert verdicts(town.sites) == {"n2": ("candidate", "")}


@pytest.mark.parametrize(
    ("levels", "side", "extendable"), [(1, 20, True), (1, 23, False), (2, 16, False), (np.nan, 20, True)]
)
def test_a_small_hub_may_be_extended(bare: osm.OsmData, levels: float, side: float, extendable: bool) -> None:
    at = box_of(side)
    town = Town(bare, buildings=[house("w1", at, "civic", levels)], places=[place("w1", at, "community_centre")])
    # 400, 529, 512 and 400 m2 against 500 m2.
    assert town.sites["extendable"].to_dict() == {"w1": extendable}


def test_a_hub_of_unknown_room_is_not_said_to_be_extendable(bare: osm.OsmData) -> None:
    assert not Town(bare, places=[place("n1", Point(1, 1), "community_centre")]).sites.at["n1", "extendable"]


# --- what speaks against a site --------------------------------------------------------------------------------------

LAKE, COAST = box_of(200, 50, 50), LineString([(90, -3000), (90, 4000)])


def road(street_id: str, way: str, *at: tuple[float, float], **told: Any) -> dict[str, Any]:
    plain = {"part": 0, "kind": "main" if way == "trunk" else "street", "junction": "", "oneway": False, "walked": True}
    plain |= {"bridge": False, "tunnel": False, "name": "", "sidewalk": "", "lit": ""}
    return {"street_id": street_id, "way": way, "geometry": LineString(at)} | plain | told


ACROSS = ((-500, 115), (1500, 115))
AGAINST: Mapping[str, tuple[dict[str, Any], str]] = {
    "water": ({"grounds": [{"ground_id": "w50", "kind": "water", "geometry": LAKE}]}, "in water"),
    "sea": ({"barriers": [{"barrier_id": "w50", "kind": "coast", "geometry": COAST}]}, "in the sea"),
    "motorway": (
        {"barriers": [{"barrier_id": "w50", "kind": "motorway", "geometry": LineString(ACROSS)}]}, "on a motorway"
    ),
    "trunk": ({"roads": [road("w50", "trunk", *ACROSS)]}, "on a trunk road"),
    "rail": ({"barriers": [{"barrier_id": "w50", "kind": "rail", "geometry": LineString(ACROSS)}]}, "on a railway"),
    "military": ({"grounds": [{"ground_id": "w50", "kind": "military", "geometry": LAKE}]}, "military"),
    "private": ({"grounds": [{"ground_id": "w50", "kind": "private", "geometry": LAKE}]}, "private"),
    "quarry": ({"grounds": [{"ground_id": "w50", "kind": "quarry", "geometry": LAKE}]}, "quarry"),
    "golf": ({"grounds": [{"ground_id": "w50", "kind": "golf_course", "geometry": LAKE}]}, "golf course"),
    "industry": ({"land": [{"use": "industry", "geometry": LAKE}]}, "industry without homes near"),
    "zones": ({"units": [{"zone_id": "z", "geometry": box(620, 0, 1000, 1000)}]}, "far from the zones"),
}  # fmt: skip


@pytest.mark.parametrize("where", AGAINST)
def test_where_no_hub_can_stand(bare: osm.OsmData, where: str) -> None:
    drawn, reason = AGAINST[where]
    at = {"at": Point(115, 115)}
    sites = {
        "library": {"places": [place("n1", at["at"], "library")]},
        "hub": {"places": [place("n1", at["at"], "community_centre")]},
        "own": {"own": [listed("n1", at["at"])]},
        "must": {"own": [listed("n1", at["at"], choice="must", kind="school")]},
    }
    found = {
        name: Town(bare, **drawn, **some).sites.iloc[0][["status", "reason"]].tolist() for name, some in sites.items()
    }
    assert found["library"] == ["excluded", reason]
    assert found["hub"] == ["existing", ""]
    known_better = where in ("quarry", "golf", "industry", "zones")
    assert found["own"] == found["must"] == (["candidate", ""] if known_better else ["excluded", reason])


def test_a_hub_where_none_should_stand_is_not_extended(bare: osm.OsmData) -> None:
    at, private = box_of(20), [{"ground_id": "w50", "kind": "private", "geometry": LAKE}]
    town = Town(
        bare, buildings=[house("w1", at, "civic", 1)], places=[place("w1", at, "community_centre")], grounds=private
    )
    assert verdicts(town.sites) == {"w1": ("existing", "")} and not town.sites.at["w1", "extendable"]


def test_beside_a_carriageway_over_it_and_under_it_a_hub_can_stand(bare: osm.OsmData) -> None:
    spot = [place("n1", Point(115, 123.1), "library")]
    assert Town(bare, places=spot, roads=[road("w50", "trunk", *ACROSS)]).sites.at["n1", "reason"] == ""
    spot = [place("n1", Point(115, 122.9), "library")]
    assert Town(bare, places=spot, roads=[road("w50", "trunk", *ACROSS)]).sites.at["n1", "reason"] == "on a trunk road"
    for level in ("bridge", "tunnel"):
        assert (
            Town(bare, places=spot, roads=[road("w50", "trunk", *ACROSS, **{level: True})]).sites.at["n1", "reason"]
            == ""
        )
    assert Town(bare, places=spot, roads=[road("w50", "primary", *ACROSS)]).sites.at["n1", "reason"] == ""


def test_an_area_lies_where_more_than_half_of_it_lies(bare: osm.OsmData) -> None:
    pond, plaza = box_of(10, 115, 115), [square("w1", box_of(40))]
    town = Town(bare, squares=plaza, grounds=[{"ground_id": "w50", "kind": "water", "geometry": pond}])
    assert verdicts(town.sites) == {"w1": ("candidate", "")}
    town = Town(
        bare, squares=plaza, grounds=[{"ground_id": "w50", "kind": "water", "geometry": box(100, 100, 121, 140)}]
    )
    assert verdicts(town.sites) == {"w1": ("excluded", "in water")}


def test_a_school_is_not_kept_out_of_its_own_ground(bare: osm.OsmData) -> None:
    private = {"kind": "private", "geometry": box_of(100)}
    places = [place("w5", box_of(100), "school"), place("n6", Point(150, 150), "library")]
    town = Town(bare, places=places, grounds=[{"ground_id": "w5", **private}])
    assert verdicts(town.sites) == {"w5": ("candidate", ""), "n6": ("excluded", "private")}
    base = Town(
        bare, places=places[:1], grounds=[{"ground_id": "w50", "kind": "military", "geometry": box_of(400, 0, 0)}]
    )
    assert verdicts(base.sites) == {"w5": ("excluded", "military")}


@pytest.mark.parametrize(("metres", "reason"), [(299, ""), (301, "industry without homes near")])
def test_industry_with_homes_near_is_no_obstacle(bare: osm.OsmData, metres: float, reason: str) -> None:
    land = [{"use": "industry", "geometry": box_of(100)}]
    homes = [{"geometry": Point(115 + metres, 115), "people": 2.0}, {"geometry": Point(116, 115), "people": 0.0}]
    town = Town(bare, land=land, homes=homes, places=[place("n1", Point(115, 115), "library")])
    assert town.sites.at["n1", "reason"] == reason


def test_beyond_the_data(bare: osm.OsmData) -> None:
    assert Town(bare, own=[listed("1", Point(9000, 0))]).sites.iloc[0]["reason"] == "outside the data"


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (place("w1", box_of(9.9), "library"), "too small"),
        (place("w1", box_of(10.1), "library"), ""),
        (place("n1", Point(1, 1), "culture_venue"), ""),
        (place("w1", box_of(17), "worship"), "too small"),
        (place("w1", box_of(18), "worship"), ""),
        (place("n1", Point(1, 1), "worship"), "size not known"),
        (place("n1", Point(1, 1), "worship", "community_centre"), ""),
        (place("w1", box_of(9.9), "shelter"), "too small"),
        (place("w1", box_of(10.1), "shelter"), ""),
        (place("w1", box_of(5), "shelter", capacity=100), ""),
        (place("n1", Point(1, 1), "shelter", capacity=99), "too small"),
        (place("n1", Point(1, 1), "shelter"), "size not known"),
    ],
)
def test_size(bare: osm.OsmData, what: dict[str, Any], reason: str) -> None:
    assert Town(bare, places=[what]).sites.iloc[0]["reason"] == reason


def test_a_shelter_is_not_as_large_as_the_house_above_it(bare: osm.OsmData) -> None:
    under = [place("n1", Point(110, 110), "shelter"), place("n2", Point(310, 110), "worship")]
    houses = [house("w1", box_of(60), "school", facility=True), house("w2", box_of(60, 300), "apartments")]
    assert Town(bare, places=under[1:], buildings=houses).sites.at["n2", "reason"] == "size not known"
    one = Town(bare, places=under[:1], buildings=houses).sites
    # The building is a school's, so the site is one for that.
    assert one["kinds"].to_dict() == {"n1": "school shelter"} and one.at["n1", "status"] == "candidate"


@pytest.mark.parametrize(
    ("side", "public", "why", "reason"),
    [(20.1, "yes", "", ""), (19.9, "yes", "", "too small"), (30, "no", "private", "not public"),
     (30, "no", "too narrow", "too small"), (30, "unknown", "access unclear", "not known to be public")],
)  # fmt: skip
def test_squares(bare: osm.OsmData, side: float, public: str, why: str, reason: str) -> None:
    assert Town(bare, squares=[square("w1", box_of(side), public, why)]).sites.at["w1", "reason"] == reason


# --- the municipality's own ------------------------------------------------------------------------------------------


def test_an_own_row_goes_before_the_map(bare: osm.OsmData) -> None:
    town = Town(
        bare,
        places=[place("w5", box_of(40), "library", name_he="ספרייה", name_ar="مكتبة")],
        own=[
            listed("7", Point(110, 110), name_he="הספרייה הישנה", price=2e6, capacity=300.0, choice="must", gush="12")
        ],
    )
    (site,) = town.sites.reset_index().to_dict("records")
    assert (site["site_id"], site["kind"], site["kinds"]) == ("w5", "library", "library own")
    assert (site["name_he"], site["name_ar"]) == ("הספרייה הישנה", "مكتبة")
    assert (site["price"], site["capacity"], site["choice"], site["gush"]) == (2e6, 300, "must", "12")
    assert (site["source"], site["source_id"]) == ("osm; list.csv", "w5; 7")
    assert site["geometry"].equals(box_of(40))


@pytest.mark.parametrize(
    ("metres", "own", "mapped", "is_one"),
    [(29, None, "א", True), (31, None, None, False), (29, "א", "א", True), (29, "א", "ב", False), (-5, "א", "ב", True)],
)
def test_the_same_place_is_within_its_outline_or_30_m(
    bare: osm.OsmData, metres: float, own: str | None, mapped: str | None, is_one: bool
) -> None:
    town = Town(
        bare,
        places=[place("w5", box_of(40), "library", **({"name_he": mapped} if mapped else {}))],
        own=[listed("7", Point(140 + metres, 120), name_he=own)],
    )
    assert town.sites.index.tolist() == (["w5"] if is_one else ["own:7", "w5"])


def test_of_two_rows_the_nearer_takes_the_site_and_of_two_sites_the_nearer_is_taken(bare: osm.OsmData) -> None:
    rows = [listed("1", Point(160, 120)), listed("2", Point(150, 120)), listed("3", Point(145, 120))]
    town = Town(bare, places=[place("w5", box_of(40), "library")], own=rows)
    assert town.sites.index.tolist() == ["own:1", "own:2", "w5"] and town.sites.at["w5", "source_id"] == "w5; 3"
    spots = [place("n1", Point(100, 100), "library"), place("n2", Point(120, 100), "school")]
    town = Town(bare, places=spots, own=[listed("1", Point(112, 100))])
    assert town.sites["kinds"].to_dict() == {"n1": "library", "n2": "school own"}


def test_an_own_outline_stands_and_an_own_hub_is_one(bare: osm.OsmData) -> None:
    town = Town(
        bare,
        places=[place("n1", Point(110, 110), "community_centre")],
        own=[listed("1", box_of(50)), listed("2", Point(800, 800), status="existing", extendable=True)],
    )
    assert town.sites["status"].to_dict() == {"n1": "existing", "own:2": "existing"}
    assert town.sites.at["n1", "geometry"].equals(box_of(50)) and town.sites.at["own:2", "extendable"]


def test_never_excludes_a_candidate_and_keeps_a_hub(bare: osm.OsmData) -> None:
    town = Town(
        bare,
        places=[place("n1", Point(100, 100), "library"), place("n2", Point(500, 100), "community_centre")],
        own=[
            listed("1", Point(100, 100), choice="never"),
            listed("2", Point(500, 100), choice="never", extendable=True),
        ],
    )
    assert verdicts(town.sites) == {"n1": ("excluded", "never"), "n2": ("existing", "")}
    assert town.sites["choice"].tolist() == ["never", "never"] and not town.sites["extendable"].any()


def test_an_own_row_is_not_asked_for_its_size(bare: osm.OsmData) -> None:
    town = Town(bare, places=[place("n1", Point(100, 100), "worship")], own=[listed("1", Point(100, 100))])
    assert verdicts(town.sites) == {"n1": ("candidate", "")}
    town = Town(bare, squares=[square("w1", box_of(30), "no", "private")], own=[listed("1", Point(110, 110))])
    assert verdicts(town.sites) == {"w1": ("candidate", "")}


def test_a_must_that_cannot_be_is_told(bare: osm.OsmData) -> None:
    own = [listed("1", Point(100, 100), choice="must"), listed("2", Point(100, 100), choice="may")]
    lost = musts_left_out(Town(bare, own=own, **AGAINST["sea"][0]).sites)
    assert lost["reason"].to_dict() == {"own:1": "in the sea"}


# --- plans -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (cell("c", box_of(22.4)), ""),  # 501.8 m2
        (cell("c", box_of(22.3)), "too small"),  # 497.3 m2
        (cell("c", box_of(44), "open_space"), "too small"),  # 1,936 m2
        (cell("c", box_of(45), "open_space"), ""),  # 2,025 m2
        (cell("c", box_of(45), status="deposited"), "plan not approved"),
    ],
)
def test_plots(bare: osm.OsmData, what: dict[str, Any], reason: str) -> None:
    (site,) = Town(bare, plans=[what]).sites.reset_index().to_dict("records")
    assert site["site_id"] == "plan:c" and site["kind"] == (
        "plan_open" if what["use"] == "open_space" else "plan_public"
    )
    assert (site["reason"], site["room_m2"]) == (reason, pytest.approx(what["area_m2"]))
    assert (site["plan_number"], site["designation"], site["gush"], site["helka"]) == ("p1", "public", "7", "3")


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ({"plans": [cell("c", box_of(45))]}, ""),
        ({"plans": [cell("c", box_of(45), "open_space", designation='שצ"פ')]}, "needed"),
        ({"squares": [square("w1", box_of(60))]}, "needed"),
        ({"own": [listed("1", Point(100, 100))]}, "maybe"),
        ({"own": [listed("1", Point(100, 100), designation="מגורים")]}, "needed"),
        ({"own": [listed("1", Point(100, 100), designation="מבנים ומוסדות ציבור")]}, ""),
        ({"places": [place("w5", box_of(40), "school")]}, ""),
    ],
)
def test_where_the_plan_would_have_to_change(bare: osm.OsmData, what: dict[str, Any], change: str) -> None:
    town = Town(bare, **what)
    assert town.sites["designation_change"].tolist() == [change]


def test_a_plot_has_the_room_that_buildings_leave(bare: osm.OsmData) -> None:
    built = [house("w1", box(100, 100, 130, 115)), house("w2", box(90, 130, 110, 140))]
    town = Town(bare, plans=[cell("c", box_of(40)), cell("d", box(100, 100, 130, 120))], buildings=built)
    sites = town.sites
    # 1,600 m2 less 450 m2 and the half of 200 m2 that lies in the cell; 600 m2 less 450 m2.
    assert sites["room_m2"].to_dict() == {"plan:c": 1050, "plan:d": 150}
    assert verdicts(sites) == {"plan:c": ("candidate", ""), "plan:d": ("excluded", "built up")}


def test_cells_for_homes_are_no_sites(bare: osm.OsmData) -> None:
    assert Town(bare, plans=[cell("c", box_of(90), "housing")]).sites.empty


def test_a_plot_and_the_school_on_it_are_one_site(bare: osm.OsmData) -> None:
    on_it = place("w5", box_of(40), "school")
    town = Town(bare, plans=[cell("c", box_of(100), designation="education")], places=[on_it])
    sites = town.sites
    assert sites["kinds"].to_dict() == {"w5": "school plan_public"} and sites.at["w5", "designation"] == "education"
    assert town.gather().ledger.counts()["plan cell"]["rejected"] == {"one site with another": 1}
    # A shelter that is no site does not take the plot away.
    town = Town(bare, plans=[cell("c", box_of(100))], places=[place("n5", Point(120, 120), "shelter")])
    assert verdicts(town.sites) == {"n5": ("excluded", "size not known"), "plan:c": ("candidate", "")}


def test_facts_of_plans_are_of_the_approved_and_then_the_newest_cell(bare: osm.OsmData) -> None:
    cells = [
        cell("a", box_of(90), "housing", plan_number="old", date="1990-01-01"),
        cell("b", box_of(90), "housing", plan_number="new", date="2015-01-01"),
        cell("c", box_of(90), "housing", plan_number="undated", date=None),
        cell("d", box_of(90), "housing", plan_number="deposited", status="deposited", date="2020-01-01"),
    ]
    at = [place("n1", Point(110, 110), "library"), place("n2", Point(800, 110), "library")]
    sites = Town(bare, plans=cells, places=at).sites
    assert sites["plan_number"].fillna("not supplied").to_dict() == {"n1": "new", "n2": "not supplied"}
    own = [listed("1", Point(110, 110), plan_number="the municipality's")]
    assert Town(bare, plans=cells, places=at, own=own).sites.at["n1", "plan_number"] == "the municipality's"


def test_a_plot_is_not_kept_out_of_works_but_of_water(bare: osm.OsmData) -> None:
    for kind, reason in (("construction", ""), ("water", "in water")):
        grounds = [{"ground_id": "w50", "kind": kind, "geometry": LAKE}]
        assert Town(bare, plans=[cell("c", box_of(40))], grounds=grounds).sites.at["plan:c", "reason"] == reason


# --- centres ---------------------------------------------------------------------------------------------------------


def grid(columns: int, rows: int, step: float = 100.0, **told: Any) -> list[dict[str, Any]]:
    """Streets that cross at 0, step, 2 step, ... and go on half a step beyond."""
    x, y = (np.arange(-1, n + 1) * step for n in (columns, rows))
    x[[0, -1]], y[[0, -1]] = (-step / 2, x[-2] + step / 2), (-step / 2, y[-2] + step / 2)
    down = [road(f"w1{i:02}", "residential", *((at, j) for j in y), **told) for i, at in enumerate(x[1:-1])]
    return down + [road(f"w2{j:02}", "residential", *((i, at) for i in x), **told) for j, at in enumerate(y[1:-1])]


def test_the_centre_is_where_people_walk_least_to(bare: osm.OsmData) -> None:
    """Worked by hand in docs/methods/candidates.md."""
    homes = [{"geometry": Point(0, 100), "people": 30.0}, {"geometry": Point(100, 200), "people": 20.0},
             {"geometry": Point(200, 0), "people": 40.0}]  # fmt: skip
    town = Town(
        bare, roads=grid(3, 3), homes=homes, units=[{"zone_id": "z", "name_he": "שכונה", "geometry": ZONE.buffer(60)}]
    )
    (site,) = town.sites.reset_index().to_dict("records")
    assert (site["site_id"], site["kind"], site["status"]) == ("centre:z", "centre", "candidate")
    assert (site["name_he"], site["geometry"]) == ("שכונה", Point(100, 100)) and np.isnan(site["room_m2"])
    assert town.gather().gates["gate_id"].tolist() == ["centre:z/0000"]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(1, 9)), min_size=1, max_size=6),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=25)
def test_the_centre_equals_a_plain_search(bare: osm.OsmData, spots: list[tuple[int, int, int]], seed: int) -> None:
    roads = grid(5, 4)
    gone = np.random.default_rng(seed).integers(0, len(roads))
    roads = [row for i, row in enumerate(roads) if i != gone]
    homes = [{"geometry": Point(100 * i, 100 * j), "people": float(n)} for i, j, n in spots]
    units = [{"zone_id": "z", "geometry": ZONE.buffer(300)}]
    found = Town(bare, roads=roads, homes=homes, units=units).sites
    town = streets_graph(roads)
    crossed = [at for at in town if town.degree(at) > 2 and at[0] % 100 == 0 and at[1] % 100 == 0]
    walks = {at: sum(n * way_m(town, (100 * i, 100 * j), at) for i, j, n in spots) for at in crossed}
    at = tuple(found.geometry.iloc[0].coords[0])
    assert walks[at] == pytest.approx(min(walks.values()), abs=0.5 * sum(n for *_, n in spots))


def streets_graph(roads: list[dict[str, Any]]) -> nx.Graph:
    town = nx.Graph()
    for row in roads:
        xy = [tuple(at) for at in row["geometry"].coords]
        town.add_weighted_edges_from(
            (a, b, float(np.hypot(*np.subtract(a, b)))) for a, b in zip(xy, xy[1:], strict=False)
        )
    return town


def way_m(town: nx.Graph, home: tuple[float, float], at: tuple[float, float]) -> float:
    """Walk to the nearest street, and along the streets."""
    (near, off) = min(((spot, np.hypot(*np.subtract(spot, home))) for spot in town), key=lambda pair: pair[1])
    return float(off + nx.dijkstra_path_length(town, near, at))


def test_a_unit_with_a_candidate_is_not_searched_but_one_with_a_hub_alone_is(bare: osm.OsmData) -> None:
    units = [{"zone_id": name, "geometry": box(300 * i - 60, -60, 300 * i + 240, 260)} for i, name in enumerate("abc")]
    homes = [{"geometry": Point(300 * i + 100, 100), "people": 5.0} for i in range(3)]
    at = [place("n1", Point(30, 30), "library"), place("n2", Point(330, 30), "community_centre"),
          place("n3", Point(630, 30), "worship")]  # fmt: skip
    town = Town(bare, roads=grid(9, 3), homes=homes, units=units, places=at)
    centres = town.sites.query("kind == 'centre'")
    # Of c the house of prayer is excluded.
    assert centres.index.tolist() == ["centre:b", "centre:c"]
    assert town.gather().ledger.counts()["unit"] == {"read": 2, "used": 2, "rejected": {}}


def test_nobody_searches_where_nobody_lives_or_beyond_the_units(bare: osm.OsmData) -> None:
    units = [{"zone_id": "a", "geometry": box(-60, -60, 90, 260)}]
    empty = Town(bare, roads=grid(3, 3), homes=[{"geometry": Point(0, 0), "people": 0.0}], units=units)
    assert empty.sites.empty
    beyond = Town(bare, roads=grid(3, 3), homes=[{"geometry": Point(200, 0), "people": 9.0}], units=units)
    assert beyond.zoning().units["zone_id"].tolist() == ["a", "elsewhere"] and beyond.sites.empty


def test_the_centre_keeps_off_where_no_hub_can_stand(bare: osm.OsmData) -> None:
    homes = [{"geometry": Point(100, 100), "people": 9.0}]
    units = [{"zone_id": "z", "geometry": ZONE.buffer(60)}]
    grounds = [{"ground_id": "w50", "kind": "military", "geometry": box(90, 90, 110, 110)}]
    town = Town(bare, roads=grid(3, 3), homes=homes, units=units, grounds=grounds)
    # Of four that are 100 m away the first by id.
    ids = {f"i{x}_{y}": Point(x, y) for x, y in ((0, 100), (100, 0), (100, 200), (200, 100))}
    assert town.sites.at["centre:z", "geometry"] == ids[min(ids)]


# --- properties ------------------------------------------------------------------------------------------------------


def whole_town(bare: osm.OsmData) -> Town:
    """A bit of everything, with equals that only their ids tell apart."""
    spots = [(100 + 60 * i, 100 + 60 * j) for i, j in product(range(4), range(3))]
    keys = ("library", "school", "worship", "shelter", "culture_venue", "community_centre")
    return Town(
        bare,
        places=[place(f"n{i}", Point(x + 5, y + 5), keys[i % 6]) for i, (x, y) in enumerate(spots)]
        + [place(f"n9{i}", Point(x + 5, y + 5), keys[(i + 2) % 6]) for i, (x, y) in enumerate(spots[:5])],
        buildings=[house(f"w{i}", box_of(20, x, y), "civic" if i % 2 else "yes") for i, (x, y) in enumerate(spots[:8])],
        squares=[square("w80", box_of(30, 500, 500)), square("w81", box_of(30, 500, 500))],
        plans=[cell("a", box_of(50, 90, 90)), cell("b", box_of(50, 90, 90)), cell("d", box_of(60, 700, 700))],
        own=[listed("1", Point(105, 105)), listed("2", Point(105, 105)), listed("3", Point(640, 640))],
        grounds=[{"ground_id": "w60", "kind": "private", "geometry": box_of(60, 270, 90)},
                 {"ground_id": "w61", "kind": "quarry", "geometry": box_of(60, 270, 200)}],
        roads=grid(10, 10, 120.0),
    )  # fmt: skip


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_the_order_of_rows_changes_nothing(bare: osm.OsmData, seed: int) -> None:
    town = whole_town(bare)
    one, other = town.gather(), town.gather(np.random.default_rng(seed))
    pd.testing.assert_frame_equal(one.sites, other.sites)
    pd.testing.assert_frame_equal(one.gates, other.gates)
    assert one.ledger.counts() == other.ledger.counts()


def test_every_site_once_and_every_reason_told(bare: osm.OsmData) -> None:
    found = whole_town(bare).gather()
    sites = found.sites
    assert sites["site_id"].is_unique and set(sites["status"]) == {"existing", "candidate", "excluded"}
    assert ((sites["reason"] != "") == (sites["status"] == "excluded")).all()
    known = sites.geometry[sites["status"] != "excluded"].to_numpy()
    assert set(found.gates["place_id"]) == set(sites["site_id"][sites["status"] != "excluded"])
    assert (shapely.distance(found.gates.geometry.to_numpy()[:, None], known).min(axis=1) < 1.1).all()
    counts = found.ledger.counts()
    assert sum(kind["used"] for kind in counts.values()) >= len(sites)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_the_side_of_the_coast_is_that_of_the_island(seed: int) -> None:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 12)))
    reach_m = rng.uniform(20, 300, len(angles))
    island = shapely.Polygon(np.column_stack([np.cos(angles) * reach_m, np.sin(angles) * reach_m]))
    if not island.is_valid or island.area < 1:
        return
    # Counter-clockwise, so that the land is to the left; mappers cut the coast where they like.
    ring = np.array(shapely.geometry.polygon.orient(island).exterior.coords)
    cut = int(rng.integers(1, len(ring) - 1))
    coast = np.array([LineString(ring[: cut + 1]), LineString(ring[cut:])])
    points = shapely.points(rng.uniform(-350, 350, (200, 2)))
    points = points[shapely.distance(points, island.exterior) > 1e-6]
    assert (at_sea(points, coast) == ~shapely.contains(island, points)).all()


def test_without_a_coast_nothing_is_at_sea() -> None:
    assert not at_sea(shapely.points([[0.0, 0.0]]), np.empty(0, object)).any()


def test_the_methods_page_says_what_the_standards_say() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "methods" / "candidates.md").read_text(encoding="utf-8")
    standards = STUDY.catalogue.standards
    for key in (key for key in standards if key.startswith("hub_") and f"`{key}`" in page):
        assert f"{standards[key].value:,g} {standards[key].unit}" in page, key
    asked = {"hub_building", "hub_worship", "hub_shelter", "hub_shelter_people", "hub_square", "hub_plot",
             "hub_open_plot", "hub_extendable", "hub_near_homes", "hub_near_zones"}  # fmt: skip
    assert all(f"`{key}`" in page for key in asked)
    assert all(f"`{reason}`" in page for reason in candidates.REASONS)
    assert all(f"`{kind}`" in page for kind in candidates.KINDS)
