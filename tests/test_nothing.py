"""The main job where there is nothing: no people, no places, no streets, no homes, a home inside a bare facility."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest
from shapely import box, to_geojson

import geokehila
from geokehila.errors import StudyError
from geokehila.pipeline import Run

#: Node, way and building of a town of one street, in degrees; what a test leaves out is not there.
STREET = [(34.90, 30.90), (34.91, 30.90), (34.92, 30.90)]
HOMES = [(34.905, 30.9005), (34.915, 30.8995)]
STUDY = '[study]\nname = "Nowhere"\n[zones]\nkind = "polygons"\nid = "quarter"\npopulation = "residents"\n'


#: What may stand at the top of a page of homes that no way is near.
UNCONNECTED = {"no_ways", "all_unconnected", "unconnected"}


class Map:
    """An OpenStreetMap file written by hand."""

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.ways: list[str] = []

    def node(self, lon: float, lat: float, **tags: str) -> int:
        number = len(self.nodes) + 1
        self.nodes.append(f'<node id="{number}" version="1" lon="{lon}" lat="{lat}">{_tags(tags)}</node>')
        return number

    def way(self, at: list[tuple[float, float]], **tags: str) -> None:
        refs = [self.node(*p) for p in at]
        refs = [*refs[:-1], refs[0] if at[0] == at[-1] else refs[-1]]
        nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        self.ways.append(f'<way id="{len(self.ways) + 1}" version="1">{nodes}{_tags(tags)}</way>')

    def square(self, lon: float, lat: float, side: float = 0.0001, **tags: str) -> None:
        self.way([*box(lon, lat, lon + side, lat + side).exterior.coords], **tags)

    def write(self, path: Path) -> None:
        bounds = '<bounds minlat="30.88" minlon="34.88" maxlat="30.92" maxlon="34.94"/>'
        body = "".join(self.nodes + self.ways)
        path.write_text(f'<?xml version="1.0"?><osm version="0.6">{bounds}{body}</osm>', encoding="utf-8")


def _tags(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def run(town: Map, residents: float | None, folder: Path, more: Mapping[str, str] = MappingProxyType({})) -> Run:
    raw = folder / "raw" / "nowhere"
    raw.mkdir(parents=True)
    town.write(raw / "osm.osm")
    shape = json.loads(to_geojson(box(34.89, 30.89, 34.93, 30.91)))
    feature = {"type": "Feature", "geometry": shape, "properties": {"quarter": "a", "residents": residents}}
    other = {"type": "Feature", "geometry": json.loads(to_geojson(box(34.93, 30.89, 34.935, 30.91)))}
    other |= {"properties": {"quarter": "b", "residents": None if residents is None else 0}}
    layer = {"type": "FeatureCollection", "features": [feature, other]}
    (raw / "zones.geojson").write_text(json.dumps(layer), encoding="utf-8")
    for name, text in {"study.toml": STUDY, **more}.items():
        (raw / name).write_text(text, encoding="utf-8")
    made = geokehila.run("nowhere", data=folder / "raw", out=folder)
    assert made.page.is_file() and json.loads((made.path / "run.json").read_text(encoding="utf-8"))
    return made


def town(streets: bool = True, homes: bool = True, places: bool = True) -> Map:
    made = Map()
    if streets:
        made.way(STREET, highway="residential")
    for lon, lat in HOMES if homes else []:
        made.square(lon, lat, building="apartments")
    if places:
        made.node(34.905, 30.9001, amenity="clinic")
        made.node(34.906, 30.9001, shop="supermarket")
    made.node(34.881, 30.881, natural="tree")
    return made


def domain(made: Run, key: str) -> dict[str, object]:
    return next(row for row in made.summary["domains"] if row["key"] == key)


def test_the_town_itself_reaches_its_clinic(tmp_path: Path) -> None:
    made = run(town(), 100, tmp_path)
    assert made.summary["facts"]["people_placed"] == pytest.approx(100)
    assert (domain(made, "health")["low"], domain(made, "health")["high"]) == (1, 1)


@pytest.mark.parametrize("residents", [0, None])
def test_without_people(residents: float | None, tmp_path: Path) -> None:
    made = run(town(), residents, tmp_path)
    assert made.origins.empty and "no_people" in made.summary["banners"]
    row = json.loads((made.path / "run.json").read_text(encoding="utf-8"))["domains"]
    assert all(r["low"] is None and r["high"] is None for r in row)


def test_without_homes_people_stand_on_a_grid_along_the_street(tmp_path: Path) -> None:
    made = run(town(homes=False), 100, tmp_path)
    assert made.summary["facts"]["people_on_grid"] == pytest.approx(100)
    low, high = domain(made, "health")["low"], domain(made, "health")["high"]
    # The street is 1.9 km long, its clinic 0.5 km from one end; 15 minutes are 1.17 km.
    assert low == pytest.approx(high) and 0 < float(str(low)) < 1


def test_without_places_nothing_is_known(tmp_path: Path) -> None:
    made = run(town(places=False), 100, tmp_path)
    for row in made.summary["domains"]:
        assert row["reason"] in ("described", "not loaded")
        assert row["reason"] == "described" or (row["low"], row["high"]) == (0, 1)


def test_without_streets_everybody_is_unconnected_and_nobody_is_dropped(tmp_path: Path) -> None:
    made = run(town(streets=False), 100, tmp_path)
    assert made.summary["facts"]["share_unconnected"] == 1
    assert made.summary["facts"]["people_placed"] == pytest.approx(100)
    assert (domain(made, "health")["low"], domain(made, "health")["high"]) == (0, 1)
    (said,) = (one["text"] for one in made.summary["warnings"] if one["name"] == "no_ways")
    assert "nothing can be told on foot: give an extract with streets" in said
    assert UNCONNECTED & {*made.summary["banners"]} == {"no_ways"}


@pytest.mark.parametrize(("lon", "banner"), [(34.905, "unconnected"), (34.91, "all_unconnected")])
def test_where_nobody_is_connected_it_is_not_said_of_some(lon: float, banner: str, tmp_path: Path) -> None:
    """The only way passes one of two homes, or stands 480 m from both: farther than a home is led to a way."""
    made = town(streets=False)
    made.way([(lon, 30.9), (lon, 30.904)], highway="residential")
    found = run(made, 100, tmp_path).summary
    assert UNCONNECTED & {*found["banners"]} == {banner}
    assert "no_ways" not in {one["name"] for one in found["warnings"]}


def test_with_nothing_but_a_tree(tmp_path: Path) -> None:
    made = run(town(streets=False, homes=False, places=False), 100, tmp_path)
    assert made.summary["facts"]["people_on_grid"] == pytest.approx(100)


def test_a_home_inside_a_facility_without_a_street(tmp_path: Path) -> None:
    made = town(streets=False, homes=False, places=False)
    made.square(34.905, 30.9, side=0.01, amenity="clinic")
    made.square(34.909, 30.904, building="apartments")
    found = run(made, 100, tmp_path)
    assert found.summary["facts"]["people_on_buildings"] == pytest.approx(100)
    assert found.summary["facts"]["share_unconnected"] == 1


@pytest.mark.parametrize(
    ("stated", "who"),
    [("", ("committee", "2026")), ('[lists.buildings]\nsource = "nurses"\ndate = "2025-03"\n', ("nurses", "2025-03"))],
)
def test_a_layer_that_adds_no_building_but_counts_residents_is_a_source(
    tmp_path: Path, stated: str, who: tuple[str, str]
) -> None:
    """The map has both houses; the layer counts 70 people in one of them, and of the other nobody knows it."""
    shapes = [json.loads(to_geojson(box(lon, lat, lon + 0.0001, lat + 0.0001))) for lon, lat in HOMES]
    told = [
        {"type": "Feature", "geometry": shape, "properties": {"residents": count}}
        for shape, count in zip(shapes, (70, None), strict=True)
    ]
    houses = json.dumps({"type": "FeatureCollection", "features": told})
    study = f'{STUDY}source = "committee"\ndate = "2026"\n{stated}'
    made = run(town(), 100.0, tmp_path, {"buildings.geojson": houses, "study.toml": study})
    (source,) = (row for row in made.summary["sources"] if row["role"] == "buildings")
    assert (source["told_by"], source["date"]) == who
    assert source["counts"] == "building: 2 = 1 + 1; count of residents: 1 = 1 + 0"
    # Both houses are alike, so that the other has 70 of 140, too.
    assert made.summary["facts"]["people_counted_in_homes"] == pytest.approx(50, abs=0.01)


GRID = '[study]\nname = "Nowhere"\n[zones]\nkind = "hexagons"\n'


def houses(*residents: float | None, at: Sequence[tuple[float, float]] = HOMES) -> dict[str, str]:
    """A layer of houses, those of :data:`HOMES` where not told otherwise, with their residents."""
    shapes = [json.loads(to_geojson(box(lon, lat, lon + 0.0001, lat + 0.0001))) for lon, lat in at]
    told = [
        {"type": "Feature", "geometry": shape, "properties": {"residents": count}}
        for shape, count in zip(shapes, residents, strict=True)
    ]
    return {"buildings.geojson": json.dumps({"type": "FeatureCollection", "features": told})}


@pytest.mark.parametrize("is_mapped", [True, False])
def test_cells_of_a_grid_without_a_home_are_empty_ground(tmp_path: Path, is_mapped: bool) -> None:
    """Also where the map has not one building, and the layer has them all."""
    made = run(town(homes=is_mapped), None, tmp_path, houses(70, 5) | {"study.toml": GRID})
    counts = made.tables["zone_people"].set_index("zone_id")["people"]
    assert sorted(counts[counts > 0]) == [5, 70] and (counts == 0).sum() == len(counts) - 2 == len(made.zones) - 2 > 10
    assert not {"zones_without_people", "partial_zones"} & {notice["name"] for notice in made.summary["warnings"]}
    assert "partial_zones" not in made.summary["banners"] and (made.zones["coverage_share"] == 1).all()


def test_cells_of_a_grid_are_near_the_quarter_whose_point_lies_in_one(tmp_path: Path) -> None:
    """They are parts of it: 70 residents of one cell are not all of the quarter's."""
    mapped = town()
    mapped.node(*HOMES[0], place="neighbourhood", name="الغربية")
    made = run(mapped, None, tmp_path, houses(70, 5) | {"study.toml": f"{GRID}[zonings]\nhexagon_edge_m = 400\n"})
    names = made.tables["zonings"].groupby("zoning")[["name_ar", "name_he", "name_en"]]
    told = [names.get_group(key).dropna(how="all").drop_duplicates() for key in ("zone", "hexagon")]
    assert [some.to_numpy().tolist() for some in told] == [[["قرب الغربية", "ליד الغربية", "near الغربية"]]] * 2


def test_one_house_that_nobody_counted_leaves_the_others_their_count(tmp_path: Path) -> None:
    made = run(town(), None, tmp_path, houses(70, None) | {"study.toml": GRID})
    counts = made.tables["zone_people"].set_index("zone_id")["people"]
    assert made.summary["weights"] == "residents" and counts.sum() == 70 and counts.isna().sum() == 1
    (said,) = [one["text"] for one in made.summary["warnings"] if one["name"] == "zones_without_people"]
    assert "1 have no count and 1 homes on the map" in said and "(0)" not in said
    assert made.summary["facts"]["homes_not_counted"] == 1


def test_whom_a_house_without_a_number_leaves_in_none_is_told(tmp_path: Path) -> None:
    """70 people in an area where one house of two is counted, and 12 further north, in no area: nobody is lost."""
    at = [*HOMES, (34.905, 30.915)]
    made = run(town(), None, tmp_path, houses(70, None, 12, at=at))
    facts = made.summary["facts"]
    assert (facts["people_in_no_number"], facts["people_source"], facts["people_placed"]) == (82, 82, 0)
    assert "people_in_no_number" in made.summary["banners"]
    (source,) = (row for row in made.summary["sources"] if row["role"] == "buildings")
    assert source["counts"] == "building: 3 = 2 + 1; count of residents: 2 = 0 + 2"
    said = {one["name"]: one["text"] for one in made.summary["warnings"]}
    assert said["areas_partly_counted"].startswith("70 residents counted in 1 houses are in no number")
    assert "(1: a); 1 houses there are not counted (w3)" in said["areas_partly_counted"]
    assert said["residents_in_no_area"].startswith("12 residents are counted in houses that lie in no area (buildings.")


def test_a_total_below_its_houses_is_used_and_said(tmp_path: Path) -> None:
    made = run(town(), 45.0, tmp_path, houses(70, 20))
    facts = made.summary["facts"]
    assert facts["people_placed"] == pytest.approx(45) and facts["people_in_no_number"] == 0
    (said,) = [one["text"] for one in made.summary["warnings"] if one["name"] == "totals_below_houses"]
    assert "(a: 45, its houses 90): the total is used" in said


def test_areas_without_a_column_of_residents_have_those_of_their_houses(tmp_path: Path) -> None:
    study = STUDY.replace('population = "residents"', 'population = ""')
    made = run(town(), None, tmp_path, houses(70, 5) | {"study.toml": study})
    counts = made.tables["zone_people"].set_index("zone_id")["people"]
    assert counts["a"] == 75 and pd.isna(counts["b"]), "nobody knows whether anybody lives where no house is mapped"


def test_where_no_area_is_counted_whole_dwellings_stand_in_and_it_is_said(tmp_path: Path) -> None:
    study = STUDY.replace('population = "residents"', 'population = ""')
    made = run(town(), None, tmp_path, houses(70, None) | {"study.toml": study})
    assert made.summary["weights"] == "dwellings" and made.summary["facts"]["people_counted_in_homes"] == 0
    (said,) = [one["text"] for one in made.summary["warnings"] if one["name"] == "houses_partly_counted"]
    assert said.startswith("residents are counted in some houses, but in no zone in all")
    assert made.summary["facts"]["people_in_no_number"] == 0, "the numbers are dwellings"
    (said,) = [one["text"] for one in made.summary["warnings"] if one["name"] == "areas_partly_counted"]
    assert said.startswith("70 residents counted in 1 houses are in no number")


def test_what_a_municipality_says_that_there_is_none_of_nobody_reaches(tmp_path: Path) -> None:
    """No pharmacy and no shelter, and the one school stands 2.2 km down the street, beyond zones and cutoff."""
    stated = "".join(f"[lists.{role}]\nwhole = true\n" for role in ("places_pharmacy", "places_school", "shelters"))
    lists = {"places_pharmacy.csv": "שם\n", "shelters.csv": "שם\n"}
    lists["places_school.csv"] = "שם,lon,lat\nא,34.938,30.9001\n"
    alert = '[alerts]\nseconds = 60\ndate = "2026"\nsource = "test"\n'
    there = town()
    there.way([STREET[-1], (34.939, 30.90)], highway="residential")
    made = run(there, 100.0, tmp_path, {**lists, "study.toml": STUDY + stated + alert})
    zone = made.zones.set_index("zone_id").loc["a"]
    for measure in ("category_pharmacy_share", "category_school_share", "shelter_share"):
        assert (zone[f"{measure}_low"], zone[f"{measure}_high"]) == (0.0, 0.0), measure
    assert zone["shelters_count"] == 0 and zone["category_library_share_high"] == 1
    missing = made.tables["gaps"].query("zoning == 'zone' and zone_id == 'a' and group_by == ''").set_index("category")
    assert missing.loc[["pharmacy", "school"], "beyond_low"].tolist() == [100, 100]
    # From the nearer home, 34.915 E, the school is 0.023 degrees of 95.5 km away, at 1.3 m/s; there is no pharmacy.
    assert missing.loc["school", "walk_s"] == pytest.approx(0.023 * 95_500 / 1.3, rel=0.05)
    # The list speaks of the zones: behind the edge of the data, less than 60 min away, one may stand.
    city = made.tables["zone_scores"].query("zoning == 'city' and profile == 'adult' and group == 'total'")
    median = city.set_index("measure").loc["category_pharmacy_median_s"]
    assert missing.loc["pharmacy", "reason"] == median["reason"] == "edge" and 900 < median["low"] < 3600
    assert missing.loc[["pharmacy", "school"], "rank"].notna().all() and pd.isna(missing.loc["library", "rank"])
    assert {"places_pharmacy", "shelters"} <= {source["role"] for source in made.summary["sources"]}


def test_a_source_of_statistical_areas_is_refused_for_zones_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r'^\[inputs\] population = "areas" counts statistical areas, and \[zones\]'):
        run(town(), None, tmp_path, houses(70, 5) | {"study.toml": GRID + '[inputs]\npopulation = "areas"\n'})
