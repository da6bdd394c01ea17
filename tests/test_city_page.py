"""The city page as text: the same bytes twice, every number of the tables in it, nothing that runs or asks a host."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from drawn_town import DOMAINS, EDUCATION, IDS, LINE, MINUTES, PEOPLE, PROFILES, home_scores, scores, town, zones
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon, box

from geokehila import Run
from geokehila.draw import city_page
from geokehila.draw.city_page import figure, html, write
from geokehila.draw.page import packing
from geokehila.draw.page.homes import byte
from geokehila.draw.page.values import clean
from geokehila.draw.town import Town, card_name
from geokehila.errors import InputError, RunError
from geokehila.pipeline import choose
from geokehila.store import kept

DRAW = Path(city_page.__file__).parent
WORDS = tomllib.loads((DRAW.parent / "catalogue" / "text" / "en.toml").read_text("utf-8"))


def data_of(page: str) -> Any:
    return json.loads(re.search(r'<script type="application/json" id="page-data">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]


@pytest.fixture(scope="module")
def page() -> str:
    return html(town())


@pytest.fixture(scope="module")
def data(page: str) -> Any:
    return data_of(page)


def test_the_same_page_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        write(town(), tmp_path / "maps" / name)
    first, second = ((tmp_path / "maps" / name).read_bytes() for name in ("a.html", "b.html"))
    assert first == second


def test_a_notebook_gets_a_folium_map_that_holds_the_page(page: str) -> None:
    shown = figure(town())
    assert isinstance(shown, folium.Map)
    assert shown.get_root().render() == page
    assert "srcdoc" in shown._repr_html_()


def test_no_address_is_asked_for_anything(page: str) -> None:
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert not re.findall(r"url\(\s*[\"']?(?!data:|#)", page)
    assert "jquery" not in page.lower() and "bootstrap" not in page.lower()


def test_the_policy_lets_nothing_in_but_the_page_itself_and_asked_for_tiles(page: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]  # type: ignore[index]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert set(re.findall(r"https?://[^\s;]+", policy)) == {"https://tile.openstreetmap.org"}
    assert "https" not in rules["script-src"] + rules["style-src"]
    assert page.index("Content-Security-Policy") < page.index("<script")


def test_names_cannot_leave_their_place(page: str) -> None:
    assert "<script>window.bad" not in page and "<img" not in page
    assert data_of(page)["areas"]["names"][8][0].startswith("</script><script>")
    assert page.count("</script>") == page.count("<script")


def test_city_name_is_escaped_in_the_title() -> None:
    assert "<title>&lt;b&gt;x</title>" in html(town(city={"he": "<b>x", "en": "x"}))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\u202eb\u2066c\u2069", "abc"),
        ("  two\nlines\t", "two lines"),
        (None, ""),
        (np.nan, ""),
        (pd.NA, ""),
        ("ב" * 10_000, "ב" * 79 + "…"),
    ],
)
def test_names_are_cleaned(raw: object, shown: str) -> None:
    assert clean(raw) == shown


def test_every_word_the_script_asks_for_is_there() -> None:
    sections = "|".join(sorted({key for key, words in WORDS.items() if isinstance(words, dict)}))
    script = "".join((DRAW / "page" / name).read_text("utf-8") for name in city_page.SCRIPTS)
    asked = re.findall(rf'["`]({sections})\.([a-z_]+)["`]', script)
    assert len(asked) > 60
    assert {(section, key) for section, key in asked if key not in WORDS[section]} == {("page", "js")} & set(asked)


def test_every_script_is_on_the_page_and_none_is_left_over(page: str) -> None:
    assert {path.name for path in (DRAW / "page").glob("*.js")} == set(city_page.SCRIPTS)
    for name in city_page.SCRIPTS:
        text = (DRAW / "page" / name).read_text("utf-8")
        assert text in page and len(text.splitlines()) <= 250


def numbers(data: Any, block: str, measure: str, kind: str) -> np.ndarray[Any, Any]:
    """A measure's numbers by row, read back from the page."""
    found, rows = data["figures"]["blocks"][block], len(data["areas"]["ids"]) + 1
    of = found[kind]["of"].index(found["measures"].index(measure))
    told: np.ndarray[Any, Any] = packing.unpack(found[kind]["numbers"]).reshape(-1, rows)[of]
    return told


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("minutes", ["", *(f"_{m}min" for m in MINUTES)])
def test_every_share_of_a_domain_is_the_table_s(data: Any, profile: str, minutes: str) -> None:
    table = scores()
    mine = table[(table["profile"] == profile) & (table["group"] == "total")].set_index(["measure", "zone_id"])
    for domain in ("education", "health", "community"):
        expected = mine.loc[f"domain_{domain}{minutes}_share"][["low", "high"]].reindex(["", *IDS]).to_numpy()
        low, span = (numbers(data, profile, f"domain_{domain}{minutes}_share", kind) for kind in ("low", "span"))
        assert np.allclose(np.stack([low, low + span], axis=1), expected, rtol=0, atol=1e-7, equal_nan=True)


def test_ages_have_a_block_of_their_own_by_each_category_s_cutoff(data: Any) -> None:
    blocks = data["figures"]["blocks"]
    assert set(blocks) == {*PROFILES, "adult 65+"}
    assert numbers(data, "adult 65+", "people", "value")[1] == PEOPLE[0] / 10
    assert not [measure for measure in blocks["adult 65+"]["measures"] if "min_" in measure]


def test_a_reason_travels_with_its_number(data: Any) -> None:
    block, rows = data["figures"]["blocks"]["adult"], 10
    why = packing.unpack(block["reason"]).reshape(-1, rows)[block["measures"].index("domain_education_share")]
    told = [data["figures"]["reasons"][i] for i in why]
    assert told == ["not mapped", *("not mapped" if found and found[0] < found[1] else "" for found in EDUCATION)]


def test_every_run_of_the_line_is_told_with_its_shares(data: Any) -> None:
    assert data["line"][1] == {
        "date": "2024-03-01",
        "run": "bbbbbbbbbb",
        "differs": True,
        "people": 15000,
        "shares": {"education": [0.3, 0.5], "health": [0.3, 0.3], "culture": [0, 1]},
    }
    assert [run["shares"].get("education") for run in data["line"]] == [[0.2, 0.5], [0.3, 0.5], None, [0.4, 0.6]]
    assert "\u202e" not in data["line"][3]["run"]


def test_what_lists_miss_is_told_only_where_they_tell() -> None:
    told = [["clinic", [8, 8, 16, 35.76], [0.64, 0.66, 0.78], [0.711, 0.914, 1.0]]]
    assert data_of(html(town()))["lists"] == told


@pytest.mark.parametrize("line", [LINE[:1], []])
def test_one_run_is_no_line(line: list[Any]) -> None:
    assert data_of(html(town({"line": line})))["line"] == []


def test_a_run_that_was_kept_without_a_line_is_still_drawn() -> None:
    shown = town()
    bare = Town(shown.study, shown.tables, {key: told for key, told in shown.record.items() if key != "line"})
    assert data_of(html(bare))["line"] == []


def test_what_the_run_has_not_is_listed_with_its_reason_and_not_offered(data: Any) -> None:
    measures = {one["key"]: one for theme in data["themes"] for one in theme["measures"]}
    assert measures["shelter_share"]["absent"] == "no_alert"
    assert measures["pedshed_share"]["absent"] == "no_source"
    assert "absent" not in measures["intersections_per_km2"] and "absent" not in measures["ses_cluster"]
    assert measures["intersections_per_km2"]["breaks"] == [25, 50, 100, 150]


def test_hubs_and_places_of_a_domain_are_on_the_page_and_others_are_not(data: Any) -> None:
    found = data["places"]
    assert found["names"][0] == ["מרכז קהילתי אור", "", "Or community centre", "Центр Ор"]
    assert len(found["categories"]) == 4
    assert [site["id"] for site in data["hubs"]["sites"]] == ["s1", "s2"]


def test_each_area_has_its_card() -> None:
    found = data_of(html(town()))["areas"]["cards"]
    assert found[0] == "cards/zone-9999-1.html"
    assert re.fullmatch(r"cards/zone-[0-9a-f]{10}\.html", found[8])


@given(st.text(max_size=60))
def test_a_card_s_name_is_a_plain_file_name(zone_id: str) -> None:
    assert re.fullmatch(r"zone-[A-Za-z0-9_-]{1,40}\.html", card_name(zone_id))


def test_what_an_area_would_take(data: Any) -> None:
    assert data["additions"][0] == {
        "says": "takes.found",
        "all": "takes.required",
        "note": "",
        "missing": [],
        "unasked": [],
        "share": [0.2, 0.96],
        "steps": [["service", [1, 2], 1700], ["link", [4], 884]],
    }
    assert data["additions"][1]["steps"] == [] and data["additions"][2] is None
    assert [data["additions"][3][key] for key in ("says", "share", "missing")] == [
        "takes.not_by_a_building", [0.02, 0.06], [4, "not mapped"]
    ]  # fmt: skip
    assert [data["additions"][1][key] for key in ("says", "all", "note", "unasked")] == [
        "takes.reached_of_examined", "takes.examined", "", [2]
    ]  # fmt: skip
    assert data["links"]["of_zones"][:3] == [[0, 1], [1], []]
    assert data["areas"]["waves"][:3] == [[1, 2026, 0.6, 5, ""], [2, 2027, None, 0, ""], None]
    assert data["areas"]["survey"] is None


def test_packed_lines_come_back_to_a_tenth_of_a_metre() -> None:
    line = LineString([(34.8, 31.25), (34.8, 31.25), (34.800123, 31.250456), (34.79, 31.24)])
    (back,) = unpacked(packing.lines(gpd.GeoDataFrame(geometry=[line], crs=4326), "streets"))
    assert back == pytest.approx(np.array([(34.8, 31.25), (34.800123, 31.250456), (34.79, 31.24)]), abs=6e-7)


def unpacked(packed: dict[str, Any]) -> list[np.ndarray[Any, Any]]:
    lengths, starts, steps = (packing.unpack(packed[key]) for key in ("lengths", "starts", "steps"))
    cut = np.split(steps.reshape(-1, 2), np.cumsum(lengths - 1)[:-1])
    return [np.vstack([s, s + np.cumsum(c, axis=0)]) / 1e6 for s, c in zip(starts.reshape(-1, 2), cut, strict=True)]


def test_long_steps_are_broken_on_the_line() -> None:
    (back,) = unpacked(
        packing.lines(gpd.GeoDataFrame(geometry=[LineString([(34, 31), (35, 32)])], crs=4326), "streets")
    )
    assert back[0].tolist() == [34, 31] and back[-1].tolist() == [35, 32]
    assert np.allclose(back[:, 0] - 34, back[:, 1] - 31) and len(back) == 32


def test_holes_and_islands_belong_to_their_zone() -> None:
    ring = Polygon(box(0, 0, 1, 1).exterior, [box(0.4, 0.4, 0.6, 0.6).exterior])
    frame = gpd.GeoDataFrame(geometry=[Polygon(), MultiPolygon([ring, box(2, 0, 3, 1)])], crs=4326)
    assert packing.unpack(packing.lines(frame, "zones")["owner"]).tolist() == [1, 1, 1]


@given(st.lists(st.floats(width=32)), st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_what_is_packed_comes_back(floats: list[float], whole: list[int]) -> None:
    assert np.array_equal(packing.unpack(packing.pack(np.array(floats), "f4")), np.float32(floats), equal_nan=True)
    assert packing.unpack(packing.pack(np.array(whole), "i4")).tolist() == whole


STATES = ("reached", "beyond", "not mapped")


@given(st.sampled_from(STATES), st.integers(0, 4), st.integers(0, 4))
def test_a_home_s_byte_tells_its_state_at_every_cutoff(own: str, beyond: int, further: int) -> None:
    without = min(4, beyond + further)
    words = ["beyond"] * beyond + ["edge"] * (without - beyond) + ["reached"] * (4 - without)
    table = pd.DataFrame({f"domain_x_{m}min_state": [word] for m, word in zip(MINUTES, words, strict=True)})
    (told,) = byte(table.assign(domain_x_state=own), "x").tolist()
    pairs = [(n, b) for n in range(5) for b in range(n + 1)]
    assert (STATES[told // 15], pairs[told % 15]) == (own, (without, beyond))


def test_homes_are_told_by_profile_and_domain(data: Any) -> None:
    states = data["homes"]["states"]
    assert list(states) == list(PROFILES) and set(states["child"]) == set(DOMAINS) - {"housing", "security"}
    told = packing.unpack(states["child"]["education"]).tolist()
    assert [byte // 15 for byte in told[:4]] == [0, 0, 1, 2]
    assert len(told) == len(home_scores("child"))


def test_a_page_of_nothing_is_still_a_page() -> None:
    whole = town().tables
    empty = {name: whole[name].iloc[:0] for name in whole}
    found = data_of(html(town(**empty)))
    assert found["areas"]["ids"] == [] and found["figures"]["blocks"] == {} and found["focus"] is None


def test_a_frame_without_crs_is_named() -> None:
    with pytest.raises(RunError, match="streets states no CRS"):
        html(town(streets=town().tables["streets"].set_crs(None, allow_override=True)))


def test_a_banner_without_words_is_named() -> None:
    with pytest.raises(RunError, match="'no_such_banner'"):
        html(town({"banners": ["no_such_banner"]}))


def test_without_leaflet_one_line_says_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_: str) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(city_page, "_text", absent)
    with pytest.raises(InputError, match=r"npm ci"):
        city_page._asset("leaflet.js")


def test_zones_outside_the_data_are_left_out() -> None:
    outside = zones().assign(coverage_share=[0.0, *[1.0] * 8])
    assert data_of(html(town(zones=outside)))["areas"]["ids"] == [clean(zone_id) for zone_id in IDS[1:]]


def test_a_finished_run_is_drawn_again_to_the_same_bytes(raw_neve_or: Path, neve_or: Run) -> None:
    again = Town(choose("neve-or", raw_neve_or), kept.KeptTables(neve_or.path), kept.record(neve_or.path))
    assert html(again).encode("utf-8") == neve_or.page.read_bytes()
