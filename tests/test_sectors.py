"""Services that suit: the page's example, words and what only looks like them, lists, merging, and what is not told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from given import FAR, NAN, STUDY, access, homes, zonings
from given import places as points
from hypothesis import given
from hypothesis import strategies as st
from osm_xml import node, write
from shapely import Point
from test_merging import AREA, DOORS, WAYS, handed, on_map

from geokehila import destinations, places
from geokehila.access import Answers
from geokehila.analyses import sectors
from geokehila.analyses.tables import Absent, Tables
from geokehila.catalogue import Catalogue
from geokehila.catalogue.sectors import Telling, of_category
from geokehila.errors import StudyError
from geokehila.load import municipal, osm
from geokehila.schema import ISRAEL_TM, NOT_MAPPED, REFERENCE
from geokehila.zones import Homes, summarise

CATALOGUE = Catalogue.read()
TELLING = Telling(CATALOGUE.sectors)
FUNDS, STREAMS = of_category(CATALOGUE.sectors, "clinic"), of_category(CATALOGUE.sectors, "school")
CLINIC_S = CATALOGUE.categories["clinic"].cutoff_s
CLINICS = ("clinic_clalit", "clinic_maccabi", "clinic_meuhedet", "clinic_leumit", "clinic_sector_untold")
SAID = st.sampled_from(("", *FUNDS))


# --- homes on a street with clinics on it ----------------------------------------------------------------------------


def told(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["place_id", "category", "sector"], dtype="str")


def given_clinics(x: Sequence[float], at: Mapping[str, tuple[float, str]], **more: Any) -> tuple[Tables, Answers]:
    """Homes at x [m] and clinics at (x, fund or nothing), walked to at 1 m/s along the street."""
    clinics = points({key: (place, 0.0) for key, (place, _) in at.items()}, dict.fromkeys(at, ("clinic",)))
    table = told(*((key, "clinic", fund) for key, (_, fund) in at.items() if fund))
    walks = {}
    for name in CLINICS:
        fund = name.removeprefix("clinic_").replace("sector_untold", "")
        of_it = [place for place, of in at.values() if of == fund]
        walks[name] = [min((abs(place - home) for place in of_it), default=NAN) for home in x]
    origins = homes(x, **more)
    others = [f"{c}_{k}" for c in ("worship", "kindergarten", "school") for k in
              (*of_category(CATALOGUE.sectors, c), "sector_untold")]  # fmt: skip
    nothing = {name: [NAN] * len(x) for name in others}
    tables = Tables(STUDY, origins, zonings=zonings(origins), places=clinics, place_sectors=table)
    return tables, Answers({(profile, "to"): access(walks | nothing) for profile in ("adult", "child")})


def states(x: Sequence[float], at: Mapping[str, tuple[float, str]], **more: Any) -> pd.DataFrame:
    tables, answers = given_clinics(x, at, **more)
    return sectors.measure(tables, answers).homes[REFERENCE]


# --- the example of docs/methods/sectors.md --------------------------------------------------------------------------

#: Cutoff 900 s at 1 m/s. Homes A, B, C at 0, 1,500 and 4,000 m; clinics of Clalit at 300 m, untold at 1,000 m, of
#: Maccabi at 3,800 m.
EXAMPLE = {"p1": (300.0, "clalit"), "p2": (1000.0, ""), "p3": (3800.0, "maccabi")}


def test_the_example_of_the_page() -> None:
    found = states([0, 1500, 4000], EXAMPLE, people=[30.0, 50.0, 20.0])
    assert found["clinic_clalit_state"].tolist() == ["reached", "sector not told", "beyond"]
    assert found["clinic_maccabi_state"].tolist() == ["beyond", "sector not told", "reached"]
    assert found["clinic_leumit_state"].tolist() == ["beyond", "sector not told", "beyond"]


def test_the_example_summed() -> None:
    tables, answers = given_clinics([0, 1500, 4000], EXAMPLE, people=[30.0, 50.0, 20.0])
    made = sectors.measure(tables, answers)
    by_profile = {p: Homes(scores, np.full(3, FAR), 3600.0, "> 60 min") for p, scores in made.homes.items()}
    people = pd.DataFrame({"origin_id": tables.origins["origin_id"], "group": "total", "people": [30.0, 50.0, 20.0]})
    table = summarise(by_profile, tables.zonings, tables.origins, people)
    city = table[(table["zoning"] == "city") & (table["profile"] == REFERENCE)].set_index("measure")
    low, high, reason = (city.at["clinic_clalit_share", column] for column in ("low", "high", "reason"))
    assert (round(low, 9), round(high, 9), reason) == (0.3, 0.8, "sector not told")
    assert city.at["clinic_leumit_share", "high"] == pytest.approx(0.5)
    share = made.units.set_index(["zoning", "measure"])["value"]["city", "clinic_sector_told_share"]
    assert share == pytest.approx(2 / 3)


# --- states ----------------------------------------------------------------------------------------------------------


def test_where_nothing_tells_there_is_no_measure_but_a_reason() -> None:
    tables, answers = given_clinics([0], {"p": (100.0, "")})
    made = sectors.measure(tables, answers)
    assert made.homes == {} and made.units.empty
    assert made.absent == tuple(
        Absent(f"{key}_sector_told_share", "no_sector_told") for key in ("kindergarten", "school", "clinic", "worship")
    )


def test_a_list_that_is_not_believed_and_the_cutoff_itself() -> None:
    lists = pd.DataFrame({"clinic": [NOT_MAPPED]}, index=["z"])
    tables, answers = given_clinics([0, CLINIC_S, CLINIC_S + 1], {"p": (0.0, "clalit")})
    found = sectors.measure(replace(tables, lists=lists), answers).homes[REFERENCE]
    assert found["clinic_clalit_state"].tolist() == ["reached", "reached", "not mapped"]
    near, answers = given_clinics([0], {"p": (10.0, "clalit")}, border_m=20.0)
    assert sectors.measure(near, answers).homes[REFERENCE]["clinic_leumit_state"].tolist() == ["edge"]


def test_a_child_walks_to_its_schooling_only() -> None:
    tables, answers = given_clinics([0], {"p": (10.0, "clalit")})
    school = points({"s": (5.0, 0.0), "p": (10.0, 0.0)}, {"s": ("school",), "p": ("clinic",)})
    both = replace(tables, places=school, place_sectors=told(("s", "school", "haredi"), ("p", "clinic", "clalit")))
    found = sectors.measure(both, answers).homes
    assert {*found["child"].columns} == {f"school_{key}_state" for key in STREAMS}
    assert {*found[REFERENCE].columns} == {*found["child"].columns, *(f"clinic_{key}_state" for key in FUNDS)}
    asked = {ask.profile: {*ask.categories} for ask in sectors.asks(STUDY)}
    assert {*CLINICS} <= asked["adult"] and not {*CLINICS} & asked["child"]
    assert {"school_arab", "kindergarten_sector_untold"} <= asked["child"]


def test_a_unit_without_places_has_no_share() -> None:
    tables, answers = given_clinics([0], {"p": (1e6, "clalit")})
    rows = sectors.measure(tables, answers).units
    assert rows["value"].isna().all() and set(rows["reason"]) == {"no places"}


@given(st.lists(st.tuples(st.integers(0, 4000), SAID), min_size=1, max_size=6), st.integers(0, 4000), SAID)
def test_one_more_place_of_a_sector_never_lowers(drawn: list[tuple[int, str]], where: int, fund: str) -> None:
    at = {f"p{i}": (float(x), of) for i, (x, of) in enumerate([(0, "clalit"), *drawn])}
    x = [0.0, 1000.0, 2000.0, 4000.0]
    before, after = states(x, at), states(x, at | {"q": (float(where), fund or "clalit")})
    column = f"clinic_{fund or 'clalit'}_state"
    assert (after[column][before[column] == "reached"] == "reached").all()
    others = [c for c in before if c != column]
    assert before[others].equals(after[others])


@given(st.lists(st.tuples(st.integers(0, 4000), SAID), min_size=1, max_size=6), st.sampled_from(FUNDS))
def test_telling_a_sector_settles_and_never_unsettles(drawn: list[tuple[int, str]], fund: str) -> None:
    at = {f"p{i}": (float(x), of) for i, (x, of) in enumerate([(0, "clalit"), *drawn])} | {"q": (1500.0, "")}
    x = [0.0, 1000.0, 2000.0, 4000.0]
    before, after = states(x, at), states(x, at | {"q": (1500.0, fund)})
    for column in before:
        settled = before[column].isin(["reached", "beyond"])
        assert (after[column][settled] == before[column][settled]).all()
        assert ((after[column] == "sector not told") <= (before[column] == "sector not told")).all()


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "tags", "keys"),
    [
        ("clinic", {"name": 'מרפאת כללית הדר'}, ["clalit"]),
        ("clinic", {"operator": "כללית"}, ["clalit"]),
        ("clinic", {"operator": "Clalit Health Services"}, ["clalit"]),
        ("clinic", {"name": 'קופ"ח מאוחדת'}, ["meuhedet"]),
        ("clinic", {"brand:he": "לאומית שירותי בריאות"}, ["leumit"]),
        ("clinic", {"name:ar": "عيادة كلاليت"}, ["clalit"]),
        ("clinic", {"name": "מכבי שירותי בריאות"}, ["maccabi"]),
        ("clinic", {"operator": "כללית;מכבי שירותי בריאות"}, ["clalit", "maccabi"]),
        ("clinic", {"operator": "מאוחדת", "name": "מרפאת כללית לשעבר"}, ["meuhedet"]),
        ("clinic", {"name": "מרפאה כללית"}, []),
        ("clinic", {"name": "רפואה כללית"}, []),
        ("clinic", {"name": "מרפאה ברחוב מכבי"}, []),
        ("clinic", {"name": "Maccabi Street Clinic"}, []),
        ("clinic", {"name": "מרפאת המכבים"}, []),
        ("sport", {"name": "מכבי תל אביב"}, []),
        ("pharmacy", {"operator": "כללית"}, []),
        ("school", {"name": 'בי"ס ממ"ד הגבעה'}, ["state_religious"]),
        ("school", {"name": "בית ספר ממלכתי-דתי אריאל"}, ["state_religious"]),
        ("school", {"name": "בית ספר ממלכתי ארז"}, ["state"]),
        ("kindergarten", {"name": "גן ממלכתי חרדי"}, ["haredi"]),
        ("school", {"name": "תלמוד תורה דרך חיים"}, ["haredi"]),
        ("school", {"name": "סמינר בית יעקב"}, ["haredi"]),
        ("school", {"name": "בית ספר רחוב בית יעקב"}, []),
        ("school", {"name": "مدرسة الزيتون"}, []),
        ("school", {"name:ar": "مدرسة النور", "religion": "muslim"}, []),
        ("school", {"name": "Ben Gurion State School"}, ["state"]),
        ("worship", {"religion": "druze"}, ["druze"]),
        ("worship", {"religion": "jewish", "name": "Church Street Synagogue"}, ["jewish"]),
        ("worship", {"name": "مسجد النور"}, ["muslim"]),
        ("worship", {"religion": "buddhist"}, []),
        ("worship", {}, []),
    ],
)  # fmt: skip
def test_plain_statements_only(category: str, tags: dict[str, str], keys: list[str]) -> None:
    assert list(TELLING.of_tags([category], tags)) == keys


def test_a_sector_of_ones_own() -> None:
    name = {"he": "בהאים", "en": "Bahai"}
    own = {"kind": "religion", "name": name, "categories": ["worship"], "any_of": "religion=bahai"}
    mine = Catalogue.read({"sectors": {"bahai": own, "jewish": {"words": []}}}).sectors
    assert Telling(mine).of_tags(["worship"], {"religion": "bahai"}) == ("bahai",)
    assert Telling(mine).of_tags(["worship"], {"name": "בית כנסת"}) == ()


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"clalitt": {"words": ["x"]}}, "did you mean 'clalit'"),
        ({"clalit": {"kind": "fundd"}}, "kind in \\[sectors.clalit\\] 'fundd': did you mean 'fund'"),
        ({"clalit": {"categories": ["clinik"]}}, "'clinik': did you mean 'clinic'"),
        ({"clalit": {"words": [5]}}, r"words is \[5\]: give a list of texts"),
        ({"clalit": {"categories": ["school"]}}, "keep to it"),
    ],
)
def test_a_slip_in_a_sector_is_one_line(over: dict[str, Any], message: str) -> None:
    with pytest.raises(StudyError, match=message):
        Catalogue.read({"sectors": over})


def test_a_sector_is_not_called_as_a_category_is() -> None:
    twice = {"clinic_clalit": {"name": {"he": "א", "en": "A"}, "any_of": "amenity=clinic"}}
    with pytest.raises(StudyError, match="clinic_clalit is a category already"):
        Catalogue.read({"categories": twice})


def test_every_sector_has_names_and_something_that_tells_it() -> None:
    for sector in CATALOGUE.sectors.values():
        assert sector.name["he"] and sector.name["en"] and sector.categories
        assert sector.any_of or sector.words


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_map_tells(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.osm",
        node(1, 0, 0, "amenity=clinic operator=מכבי"),
        node(2, 50, 0, "amenity=school name=בית+ספר+ממלכתי"),
        node(3, 90, 0, "amenity=clinic"),
        node(4, 99, 0, "leisure=sports_centre name=מכבי"),
    )
    read = osm.read([path], CATALOGUE.categories.values(), ISRAEL_TM, (), CATALOGUE.sectors).places
    assert dict(zip(read["place_id"], read["sectors"], strict=True)) == {
        "n1": ("maccabi",), "n2": ("state",), "n3": (), "n4": (),
    }  # fmt: skip
    plain = osm.read([path], CATALOGUE.categories.values(), ISRAEL_TM, ()).places
    assert plain["sectors"].tolist() == [()] * 4


def listed(tmp_path: Path, header: str, *cells: str, category: str = "school") -> list[tuple[str, ...]]:
    rows = [f"{i},34.8{i},31.25,{cell}" for i, cell in enumerate(cells)]
    (tmp_path / "a.csv").write_text("\n".join([f"id,lon,lat,{header}", *rows]), encoding="utf-8")
    return municipal.read(tmp_path / "a.csv", category, ISRAEL_TM, catalogue=CATALOGUE).places["sectors"].tolist()


def test_the_column_of_a_list_tells(tmp_path: Path) -> None:
    assert listed(tmp_path, "סוג פיקוח", "ממלכתי", 'ממ"ד', "ממלכתי-דתי", "חרדי", "אחר", "") == [
        ("state",), ("state_religious",), ("state_religious",), ("haredi",), (), (),
    ]  # fmt: skip
    assert listed(tmp_path, "קופת חולים", "כללית", "מכבי", "פרטי", category="clinic") == [("clalit",), ("maccabi",), ()]
    assert listed(tmp_path, "דת", "יהודי", "נצרות", category="worship") == [("jewish",), ("christian",)]


def test_supervision_by_the_state_in_an_arab_school_is_arab_where_a_column_says_so(tmp_path: Path) -> None:
    assert listed(tmp_path, "מגזר,פיקוח", "יהודי,ממלכתי", "ערבי,ממלכתי", "בדואי,ממלכתי", "ערבי,") == [
        ("state",), ("arab",), ("arab",), ("arab",),
    ]  # fmt: skip


def test_the_name_in_a_list_tells_where_no_column_does(tmp_path: Path) -> None:
    assert listed(tmp_path, "name,stream", "גן ממלכתי ארז,", "ממלכתי,חרדי") == [("state",), ("haredi",)]


def test_a_column_that_the_study_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,lon,lat,who_is\n1,34.8,31.25,לאומית\n", encoding="utf-8")
    choice = municipal.ListChoice(columns={"sector": "who_is"})
    read = municipal.read(tmp_path / "a.csv", "clinic", ISRAEL_TM, choice, catalogue=CATALOGUE)
    assert read.places["sectors"].tolist() == [("leumit",)]


# --- merging ---------------------------------------------------------------------------------------------------------


def with_sectors(frame: gpd.GeoDataFrame, *keys: str) -> gpd.GeoDataFrame:
    return frame.assign(sectors=pd.Series([tuple(k.split()) for k in keys], frame.index, dtype=object))


def merged(mapped: gpd.GeoDataFrame, *lists: Any) -> places.Places:
    return places.merge([mapped], WAYS, DOORS, CATALOGUE.categories, lists, AREA, sectors=CATALOGUE.sectors)


def rows(found: places.Places) -> list[tuple[str, ...]]:
    return [*found.sectors.itertuples(index=False, name=None)]


def test_what_any_of_the_merged_tells_is_told() -> None:
    mapped = with_sectors(
        on_map(("n1", "א", Point(9, 0), "clinic"), ("n2", "ב", Point(500, 0), "clinic")), "", "clalit"
    )
    listed = handed(("clinic:7", "א", Point(0, 0), "clinic"))
    one = merged(mapped, replace(listed, places=with_sectors(listed.places, "maccabi")))
    assert rows(one) == [("clinic:7", "clinic", "maccabi"), ("n2", "clinic", "clalit")]
    assert "sectors" not in one.places and "sectors" not in one.with_categories()
    both = merged(with_sectors(mapped, "leumit", ""), replace(listed, places=with_sectors(listed.places, "maccabi")))
    assert {row[2] for row in rows(both)} == {"leumit", "maccabi"}


def test_a_sector_speaks_of_the_categories_it_applies_to_only() -> None:
    mapped = with_sectors(on_map(("n1", None, Point(0, 0), "clinic pharmacy")), "clalit")
    assert rows(merged(mapped)) == [("n1", "clinic", "clalit")]
    vetoed = merged(mapped, handed(("clinic:1", None, Point(0, 0), "clinic"), rule="veto"))
    assert rows(vetoed) == [] and vetoed.categories["category"].tolist() == ["pharmacy"]


def test_sources_that_do_not_tell_are_not_told() -> None:
    assert rows(merged(on_map(("n1", None, Point(0, 0), "clinic")))) == []


def test_what_is_walked_to_by_sector() -> None:
    mapped = on_map(*((f"n{i}", None, Point(100 * i, 0), keys) for i, keys in enumerate(("clinic", "clinic", "park"))))
    found = merged(with_sectors(mapped, "clalit maccabi", "", ""))
    table = destinations._of_sectors(found, CATALOGUE.sectors)
    assert sorted(map(tuple, table.to_numpy())) == [
        ("n0", "clinic_clalit"), ("n0", "clinic_maccabi"), ("n1", "clinic_sector_untold"),
    ]  # fmt: skip


# --- the sample town -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(neve_or: Any) -> Any:
    return neve_or


def test_the_sample_town_tells_some(made: Any) -> None:
    counts = pd.read_parquet(made.path / "place_sectors.parquet").groupby(["category", "sector"]).size().to_dict()
    assert counts == {
        ("clinic", "clalit"): 1, ("clinic", "maccabi"): 1, ("worship", "jewish"): 4, ("worship", "muslim"): 1,
        ("school", "state"): 1, ("school", "state_religious"): 1, ("kindergarten", "state_religious"): 1,
    }  # fmt: skip
    scores = pd.read_parquet(made.path / "zone_scores.parquet")
    city = scores[(scores["zoning"] == "city") & (scores["profile"] == REFERENCE) & (scores["group"] == "total")]
    share = city.set_index("measure")
    assert share.at["clinic_sector_told_share", "value"] == pytest.approx(2 / 3), "the doctors tell none"
    assert share.at["school_sector_told_share", "value"] == pytest.approx(2 / 4), "an Arabic name tells no stream"
    assert share.at["clinic_leumit_share", "low"] == 0 < share.at["clinic_leumit_share", "high"]
    told_of, of_all = share.loc["clinic_clalit_share"], share.loc["category_clinic_share"]
    assert told_of["low"] <= of_all["low"] + 1e-9


# --- real maps -------------------------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "crs", "religions"),
    [
        ("netanya_poleg/map.osm", ISRAEL_TM, {"jewish": 5}),
        ("las_palmas/las_palmas_2023-02-21.osm.pbf", "EPSG:32628", {"christian": 49 + 1, "muslim": 1}),
    ],
)
def test_real_maps_tell_the_religions_that_are_tagged(
    shared: Path, name: str, crs: str, religions: dict[str, int]
) -> None:
    """Counted with another reader: by religion=*, and one building=church without."""
    found = osm.read([shared / name], CATALOGUE.categories.values(), crs, (), CATALOGUE.sectors).places
    worship = found[["worship" in keys for keys in found["categories"]]]
    assert worship["sectors"].explode().value_counts().to_dict() == religions
