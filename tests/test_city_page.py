"""The city page as text: the same bytes twice, nothing from the data that runs, nothing that asks a host."""

import base64
import dataclasses
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geokehila.catalogue import Category, Domain
from geokehila.draw import city_page, packing
from geokehila.draw.city_page import CityPage, Source, html, write
from geokehila.draw.page_data import clean
from geokehila.errors import InputError, RunError

TEXTS = Path(city_page.__file__).parents[1] / "catalogue" / "text"
EVIL = "</script><script>window.bad = 1</script><img src=x onerror='window.bad=1'>\"'&\u202e"
DOMAINS = {
    "employment": ("תעסוקה ומסחר", "Employment and commerce"),
    "housing": ("דיור", "Housing"),
    "education": ("חינוך", "Education"),
    "health": ("בריאות", "Health"),
    "transport": ("תחבורה", "Transport"),
    "environment": ("סביבה", "Environment"),
    "culture": ("תרבות ופנאי", "Culture and leisure"),
    "security": ("ביטחון אישי", "Personal security"),
    "community": ("מרחב קהילתי", "Community space"),
}
DESCRIBED = ("housing", "security")
CATEGORIES = {
    "grocery": ("employment", "מכולת או סופרמרקט", "Grocery", 15.0),
    "school": ("education", "בית ספר", "School", 15.0),
    "clinic": ("health", "מרפאה", "Clinic", 15.0),
    "bus_stop": ("transport", "תחנת אוטובוס", "Bus stop", 10.0),
    "park": ("environment", "פארק או גן", "Park or garden", 10.0),
    "sport": ("culture", "ספורט ופנאי", "Sport and leisure", 15.0),
    "community_centre": ("community", "מרכז קהילתי", "Community hub", 15.0),
    "worship": ("", "בית תפילה", "Place of worship", 15.0),
}
NAMES = ["העיר העתיקה", "שכונה ב'", "רמת הגבעה", "נווה נוף", "אזור התעשייה", "הוואדי", "גני אור", "פארק העיר", EVIL]
PEOPLE = [3400, 2900, 2100, 1800, 0, 1500, 2600, 0, 1200]
#: Share of people within a walk, [at least, at most], by zone (west to east, south to north).
EDUCATION = [(0.05, 0.1), (0.3, 0.45), (0.5, 0.9), (0.7, 0.72), None, (0, 1), (0.996, 1), None, (0.2, 0.2)]


def town(**changes: Any) -> CityPage:
    """A fictional town of nine square zones of 600 m; two of them without people, one cut by the edge of the data."""
    squares = [box(x, y, x + 600, y + 600) for y in (0, 600, 1200) for x in (0, 600, 1200)]
    zones = gpd.GeoDataFrame(
        {
            "zone_id": [f"9999-{i + 1}" for i in range(9)],
            "name_he": [*NAMES[:5], None, *NAMES[6:]],
            "name_en": [
                "Old Town",
                "Quarter B",
                None,
                "Neve Nof",
                "Industrial zone",
                "The Wadi",
                "Ganei Or",
                "City park",
                EVIL,
            ],
            "name_ar": None,
            "name_ru": None,
            "function": ["residential"] * 4 + ["industry", "residential", "residential", "open", None],
            "coverage_share": [1.0] * 8 + [0.6],
        },
        geometry=[shift(s) for s in squares],
        crs=2039,
    )
    names = {"he": "נווה אור", "en": "Neve Or"}
    page = CityPage(
        city=names,
        domains=tuple(Domain(k, {"he": he, "en": en}, k not in DESCRIBED) for k, (he, en) in DOMAINS.items()),
        categories=tuple(
            Category(
                k,
                {"he": he, "en": en},
                "design choice",
                (),
                domain=d,
                required=True,
                hub=k == "community_centre",
                cutoff_min=m,
            )
            for k, (d, he, en, m) in CATEGORIES.items()
        ),
        zones=zones,
        scores=scores(),
        places=places(),
        streets=streets(),
        banners=("fictional", "partial_zones", "on_grid"),
        sources=(Source("osm", "map.osm.pbf", "2026-03-01", "ODbL 1.0", "ways: 812 read, 800 used, 12 rejected"),),
        speed_m_s=1.3,
        has_slopes=False,
        facts={
            "people_source": 15500.0,
            "people_on_buildings": 14800.0,
            "people_on_grid": 700.0,
            "share_unconnected": 0.012,
        },
        confidence=pd.DataFrame(
            [
                ("9999-1", "mapping", "thin", "few_places"),
                ("9999-1", "population", "measured", ""),
                ("9999-1", "clinic", "unknown", "none_in_data"),
                ("9999-2", "population", "unknown", "no_count"),
            ],
            columns=["zone_id", "subject", "state", "reason"],
        ),
    )
    return dataclasses.replace(page, **changes)


def shift(shape: Any) -> Any:
    return shape.__class__([(x + 180_000, y + 570_000) for x, y in shape.exterior.coords])


def scores() -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for group, part in (("total", 1.0), ("65+", 0.1)):
        for zone, residents in enumerate(PEOPLE):
            rows += zone_rows("zone", f"9999-{zone + 1}", group, residents * part, zone)
        rows += zone_rows("city", "", group, sum(PEOPLE) * part, None)
    columns = ["zoning", "zone_id", "group", "measure", "value", "low", "high", "reason"]
    return pd.DataFrame(rows, columns=columns).assign(profile="adult")


def zone_rows(zoning: str, zone_id: str, group: str, people: float, zone: int | None) -> list[tuple[Any, ...]]:
    nan, key = np.nan, (zoning, zone_id, group)
    rows = [(*key, "people", people, nan, nan, "")]
    if not people:
        return rows
    for position, domain in enumerate(DOMAINS):
        low, high, reason = interval(domain, position, zone)
        rows.append((*key, f"domain_{domain}_share", nan, low, high, reason))
        rows.append((*key, f"domain_{domain}_beyond_people", nan, people * (1 - high), people * (1 - low), reason))
    rows += [(*key, f"category_{c}_median_s", 300.0 + 60 * i, nan, nan, "") for i, c in enumerate(CATEGORIES)]
    rows[-1] = (*key, "category_worship_median_s", nan, nan, nan, "> 60 min")
    rows += [(*key, f"category_{c}_share", nan, 0.4, 0.6, "") for c in CATEGORIES]
    weakest = "" if zone == 6 else "education"
    return [
        *rows,
        (*key, "connected_share", 0.988, nan, nan, ""),
        (*key, "domains_reached_count", 3.4, nan, nan, ""),
        (*key, "domains_unknown_count", 1.0, nan, nan, ""),
        (*key, "weakest_domain", 0.5, nan, nan, weakest),
    ]


def interval(domain: str, position: int, zone: int | None) -> tuple[float, float, str]:
    if domain in DESCRIBED:
        return np.nan, np.nan, "described"
    if domain == "culture":
        return 0.0, 1.0, "not mapped"
    found = (0.41, 0.58) if zone is None else EDUCATION[zone]
    if domain == "education" and found:
        return (*found, "not mapped" if found[0] < found[1] else "")
    low = ((zone or 0) * 7 + position * 13) % 80 / 100
    return low, low + 0.1, "edge"


def places() -> gpd.GeoDataFrame:
    at = [Point(180_000 + x, 570_000 + y) for x, y in ((300, 300), (1500, 900), (700, 1300), (900, 200), (400, 1500))]
    return gpd.GeoDataFrame(
        {
            "place_id": ["n1", "n2", "n3", "n4", "w5"],
            "name_he": ["מרכז קהילתי אור", None, "בית ספר הרצל", EVIL, "א" * 10_000],
            "name_ar": [None, "مركز جماهيري", None, None, None],
            "name_ru": None,
            "name_en": ["Or community centre", None, None, None, None],
            "categories": [
                ("community_centre",),
                ("community_centre", "sport"),
                ("school",),
                ("school",),
                ("worship",),
            ],
        },
        geometry=[*at[:4], at[4].buffer(20)],
        crs=2039,
    )


def streets() -> gpd.GeoDataFrame:
    across = [LineString([(180_000, 570_000 + y), (181_800, 570_000 + y)]) for y in range(0, 1801, 100)]
    along = [LineString([(180_000 + x, 570_000), (180_000 + x, 571_800)]) for x in range(0, 1801, 100)]
    return gpd.GeoDataFrame({"street_id": [f"w{i}" for i in range(38)]}, geometry=across + along, crs=2039)


def data_of(page: str) -> Any:
    return json.loads(re.search(r'<script type="application/json" id="page-data">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]


@pytest.fixture(scope="module")
def page() -> str:
    return html(town())


def test_the_same_page_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        write(town(), tmp_path / "maps" / name)
    first, second = ((tmp_path / "maps" / name).read_bytes() for name in ("a.html", "b.html"))
    assert first == second


def test_no_address_is_asked_for_anything(page: str) -> None:
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert not re.findall(r"url\(\s*[\"']?(?!data:|#)", page)
    assert "jquery" not in page.lower() and "bootstrap" not in page.lower()


def test_names_cannot_leave_their_place(page: str) -> None:
    assert "<script>window.bad" not in page and "<img" not in page
    assert data_of(page)["zones"]["names"][8][0].startswith("</script><script>")
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


def flat(words: dict[str, Any]) -> dict[str, Any]:
    """Tables of tables as tables by both names."""
    nested = {table: own for table, own in words.items() if any(isinstance(value, dict) for value in own.values())}
    inner = {f"{table}.{name}": own for table, tables in nested.items() for name, own in tables.items()}
    return {table: own for table, own in words.items() if table not in nested} | inner


def test_both_languages_have_the_same_words() -> None:
    hebrew, english = (
        flat(tomllib.loads((TEXTS / f"{language}.toml").read_text("utf-8"))) for language in ("he", "en")
    )
    assert {t: list(words) for t, words in hebrew.items()} == {t: list(words) for t, words in english.items()}
    for table, words in english.items():
        for key, sentence in words.items():
            slots = [sorted(re.findall(r"\{\w+\}", s)) for s in (sentence, hebrew[table][key])]
            assert slots[0] == slots[1], (table, key)


def test_every_word_the_script_asks_for_is_there() -> None:
    words = tomllib.loads((TEXTS / "en.toml").read_text("utf-8"))
    script = "".join((Path(city_page.__file__).parent / name).read_text("utf-8") for name in city_page.SCRIPTS)
    for table, key in re.findall(r'"(page|headline|sentence|cell|legend|table|more|footer)\.(\w+)"', script):
        assert key in words[table], (table, key)


def test_scores_reach_the_page_as_given(page: str) -> None:
    total = data_of(page)["scores"]["total"]
    assert total["people"][0] == [sum(PEOPLE), None, None, ""]
    assert total["domain_education_share"][3] == [None, 0.5, 0.9, "not mapped"]
    assert total["domain_education_share"][5] is None


def test_hubs_and_places_of_a_domain_are_on_the_page_and_others_are_not(page: str) -> None:
    found = data_of(page)["places"]
    assert found["names"][0] == ["מרכז קהילתי אור", "Or community centre"]
    assert len(found["categories"]) == 4


def unpack(packed: dict[str, Any]) -> list[np.ndarray[Any, Any]]:
    lengths, starts, steps = (
        np.frombuffer(base64.b64decode(packed[k]), kind)
        for k, kind in (("lengths", "<i4"), ("starts", "<i4"), ("steps", "<i2"))
    )
    cut = np.split(steps.reshape(-1, 2), np.cumsum(lengths - 1)[:-1])
    return [np.vstack([s, s + np.cumsum(c, axis=0)]) / 1e6 for s, c in zip(starts.reshape(-1, 2), cut, strict=True)]


def test_packed_lines_come_back_to_a_tenth_of_a_metre() -> None:
    line = LineString([(34.8, 31.25), (34.8, 31.25), (34.800123, 31.250456), (34.79, 31.24)])
    (back,) = unpack(packing.lines(gpd.GeoDataFrame(geometry=[line], crs=4326), "streets"))
    assert back == pytest.approx(np.array([(34.8, 31.25), (34.800123, 31.250456), (34.79, 31.24)]), abs=6e-7)


def test_long_steps_are_broken_on_the_line() -> None:
    (back,) = unpack(packing.lines(gpd.GeoDataFrame(geometry=[LineString([(34, 31), (35, 32)])], crs=4326), "streets"))
    assert back[0].tolist() == [34, 31] and back[-1].tolist() == [35, 32]
    assert np.allclose(back[:, 0] - 34, back[:, 1] - 31) and len(back) == 32


def test_holes_and_islands_belong_to_their_zone() -> None:
    ring = Polygon(box(0, 0, 1, 1).exterior, [box(0.4, 0.4, 0.6, 0.6).exterior])
    frame = gpd.GeoDataFrame(geometry=[Polygon(), MultiPolygon([ring, box(2, 0, 3, 1)])], crs=4326)
    assert packing.lines(frame, "zones")["owner"] == [1, 1, 1]


def test_a_page_of_nothing_is_still_a_page() -> None:
    nothing = town()
    empty = {name: getattr(nothing, name).iloc[:0] for name in ("zones", "places", "streets", "scores")}
    assert data_of(html(town(**empty)))["zones"]["ids"] == []


def test_a_frame_without_crs_is_named() -> None:
    with pytest.raises(RunError, match="streets states no CRS"):
        html(town(streets=streets().set_crs(None, allow_override=True)))


def test_a_banner_without_words_is_named() -> None:
    with pytest.raises(RunError, match="banner 'sunny' has no words"):
        html(town(banners=("sunny",)))


def test_missing_assets_are_one_line_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(city_page, "files", lambda _: tmp_path)
    with pytest.raises(InputError, match="npm ci") as caught:
        city_page._asset("leaflet.js")
    assert "\n" not in str(caught.value)


def test_every_word_of_the_page_is_asked_for() -> None:
    words = tomllib.loads((TEXTS / "en.toml").read_text("utf-8"))
    script = "".join((Path(city_page.__file__).parent / name).read_text("utf-8") for name in city_page.SCRIPTS)
    asked = {*re.findall(r"[\"`](\w+)\.(\w+)", script)} | {("page", w) for w in re.findall(r': "(\w+)"', script)}
    asked |= {
        ("table", w)
        for w in re.findall(
            r"\w+", "zone people share gap category median cutoff file date licence counts source required measure here"
        )
    }
    tables = ("page", "headline", "sentence", "cell", "legend", "table", "more", "footer")
    assert [(t, w) for t in tables for w in words[t] if (t, w) not in asked] == []


def test_the_page_says_why_a_zone_cannot_be_believed(page: str) -> None:
    belief = data_of(page)["zones"]["belief"]
    assert belief == {"mapping": ["few_places", *[""] * 8], "population": ["", "no_count", *[""] * 7]}
