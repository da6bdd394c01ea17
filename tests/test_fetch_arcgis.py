"""Layers of ArcGIS services: whole, in order, as the reader of areas reads them; and each way of being less."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from replay_server import (
    Answerer,
    Asked,
    Replay,
    Reply,
    arcgis_layer,
    arcgis_page,
    of_json,
    page,
    quick_wire,
    replaying,
)

from geokehila.errors import FetchError, StudyError
from geokehila.fetch.arcgis import bring
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.part import UNKNOWN, Tag
from geokehila.fetch.sources import Source
from geokehila.load.population import statistical_areas
from geokehila.study import Study

COLUMNS = {
    "SEMEL_YISHUV": "Integer", "SHEM_YISHUV": "String", "SHEM_YISHUV_ENGLISH": "String", "STAT_2022": "Integer",
    "YISHUV_STAT_2022": "Integer", "COD_TIFKUD": "Integer",
}  # fmt: skip
#: As many as the whole layer has, and as many as the copy that is about.
WHOLE, COPY = 3857, 1776


def feature(number: int, locality: int = 2200) -> dict[str, Any]:
    """An area of 100 m by 100 m near Dimona, as the service writes it: rings run clockwise."""
    west, south = 200_000 + number % 60 * 100, 550_000 + number // 60 * 100
    ring = [[west, south], [west, south + 100], [west + 100, south + 100], [west + 100, south], [west, south]]
    told = (locality, "דימונה", "DIMONA", number, locality * 10_000 + number, 1)
    names = dict(zip(COLUMNS, told, strict=True))
    return {"attributes": {"OBJECTID": number, **names}, "geometry": {"rings": [ring]}}


FEATURES = [feature(number) for number in range(1, 24)]


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def serve(replay: Replay, layer: Answerer, path: str = "/FeatureServer/0") -> str:
    replay.at(f"{path}/query", layer)
    return replay.at(path, layer)


def errand(tmp_path: Path, *urls: str, known: Tag = UNKNOWN, **options: Any) -> Errand:
    source = Source("areas", "statistical_areas", "arcgis", "statistical_areas.gpkg", "", urls=urls, options=options)
    tmp_path.mkdir(exist_ok=True)
    return Errand(source, Study.of("dimona"), quick_wire(attempts=2), tmp_path, tmp_path, known)


def fault(errand: Errand) -> str:
    with pytest.raises(FetchError) as raised:
        bring(errand)
    return str(raised.value)


def whole(tmp_path: Path, url: str, **options: Any) -> Brought:
    brought = bring(errand(tmp_path, url, **options))
    assert brought is not None
    return brought


def test_the_layer_comes_whole_page_by_page_and_is_read(replay: Replay, tmp_path: Path) -> None:
    url = serve(replay, arcgis_layer(FEATURES, COLUMNS, most=10, editingInfo={"lastEditDate": 1_700_000_000_000}))
    brought = whole(tmp_path, url, least=23)
    assert (brought.counts, brought.url, brought.date) == ({"features": 23}, url, "2023-11-14")
    pages = [asked.query for asked in replay.asked if "resultOffset" in asked.query]
    assert [page["resultOffset"] for page in pages] == ["0", "10", "20"]
    assert {(page["orderByFields"], page["resultRecordCount"], page.get("outSR")) for page in pages} == {
        ("OBJECTID", "10", None)
    }
    zones, ledger = statistical_areas.read(tmp_path / "statistical_areas.gpkg", 2200, "EPSG:2039")
    assert sorted(zones.zone_id) == sorted(f"2200-{number}" for number in range(1, 24))
    assert set(zones.vintage) == {"2022"} and ledger.counts()["area"]["used"] == 23
    assert zones.land_m2.tolist() == pytest.approx([10_000.0] * 23)


def test_the_same_layer_gives_the_same_bytes_in_pages_of_any_size(replay: Replay, tmp_path: Path) -> None:
    files = []
    for most in (5, 7, 2000):
        whole(tmp_path / str(most), serve(replay, arcgis_layer(FEATURES, COLUMNS, most=most), f"/{most}"))
        files.append((tmp_path / str(most) / "statistical_areas.gpkg").read_bytes())
    assert files[0] == files[1] == files[2]


def test_a_partial_copy_is_refused_with_both_numbers_and_no_page_is_asked(replay: Replay, tmp_path: Path) -> None:
    url = serve(replay, arcgis_layer([feature(n) for n in range(COPY)], COLUMNS))
    assert "a partial layer, 1,776 of 3,857 features" in fault(errand(tmp_path, url, least=WHOLE))
    assert not any("resultOffset" in asked.query for asked in replay.asked)


def test_a_second_address_stands_in_for_the_first(replay: Replay, tmp_path: Path) -> None:
    part = serve(replay, arcgis_layer(FEATURES[:7], COLUMNS), "/copy")
    full = serve(replay, arcgis_layer(FEATURES, COLUMNS), "/whole")
    brought = bring(errand(tmp_path, part, full, least=23))
    assert brought is not None and brought.url == full
    both = fault(errand(tmp_path, part, f"{replay.url}/nowhere", least=23))
    assert "7 of 23" in both and "404" in both


def test_an_error_of_status_200_is_an_error(replay: Replay, tmp_path: Path) -> None:
    error = of_json({"error": {"code": 400, "message": "Invalid URL", "details": ["Invalid URL"]}})
    assert "answers with error 400 Invalid URL" in fault(errand(tmp_path, replay.at("/a", error)))
    assert replay.times("/a") == 1
    busy = of_json({"error": {"code": 504, "message": "Your request has timed out."}})
    assert "error 504, asked 2 times" in fault(errand(tmp_path, replay.at("/b", busy)))


def answering(layer: Answerer, offset: int, reply: Reply) -> Answerer:
    """The layer, but for its page from an offset."""
    return lambda asked: reply if asked.query.get("resultOffset") == str(offset) else layer(asked)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (of_json(arcgis_page([])), "a page is missing, 10 of 23 features came"),
        (of_json(arcgis_page(FEATURES[5:15])), "gives features twice after 10 of 23"),
        (of_json({"geometryType": "esriGeometryPolygon"}), "answers without features after 10 of 23"),
        (of_json(arcgis_page(["no feature"])), "answers without features"),
        (of_json([1, 2]), "JSON that is no object"),
        (page(), "a web page instead of JSON"),
        (Reply(status=504), "answers 504"),
        (Reply(b'{"features": [{"type"', cut_at=10), "breaks off"),
    ],
    ids=["empty", "twice", "no features", "no objects", "a list", "a page", "504", "cut"],
)
def test_a_bad_page_refuses_the_layer(replay: Replay, tmp_path: Path, reply: Reply, said: str) -> None:
    url = serve(replay, answering(arcgis_layer(FEATURES, COLUMNS, most=10), 10, reply))
    assert said in fault(errand(tmp_path, url))


def test_more_than_was_counted_is_refused(replay: Replay, tmp_path: Path) -> None:
    layer = arcgis_layer(FEATURES, COLUMNS)

    def counts_too_few(asked: Asked) -> Reply:
        return of_json({"count": 20}) if "returnCountOnly" in asked.query else layer(asked)

    assert "more than the 20 features" in fault(errand(tmp_path, serve(replay, counts_too_few)))
    more = arcgis_layer(FEATURES, COLUMNS, most=10)

    def says_there_are_more(asked: Asked) -> Reply:
        return of_json({"count": 10}) if "returnCountOnly" in asked.query else more(asked)

    assert "more than the 10 features" in fault(errand(tmp_path, serve(replay, says_there_are_more, "/b")))


def test_short_pages_are_all_asked_for(replay: Replay, tmp_path: Path) -> None:
    # Services give fewer than asked where shapes are large, and say so only by exceededTransferLimit.
    layer = arcgis_layer(FEATURES, COLUMNS)

    def short(asked: Asked) -> Reply:
        if "resultOffset" not in asked.query:
            return layer(asked)
        begin = int(asked.query["resultOffset"])
        found = arcgis_page(FEATURES[begin : begin + 4])
        return of_json(found | ({"exceededTransferLimit": True} if begin + 4 < len(FEATURES) else {}))

    assert whole(tmp_path, serve(replay, short)).counts == {"features": 23}


def test_what_it_gave_before_it_broke_is_not_asked_again(replay: Replay, tmp_path: Path) -> None:
    layer = arcgis_layer(FEATURES, COLUMNS, most=10, editingInfo={"lastEditDate": 1_700_000_000_000})
    url = serve(replay, answering(layer, 20, Reply(status=503)))
    fault(errand(tmp_path, url))
    serve(replay, layer)
    replay.asked.clear()
    whole(tmp_path, url)
    assert [asked.query["resultOffset"] for asked in replay.asked if "resultOffset" in asked.query] == ["20"]
    edited = arcgis_layer(FEATURES, COLUMNS, most=10, editingInfo={"lastEditDate": 1_800_000_000_000})
    serve(replay, edited)
    replay.asked.clear()
    whole(tmp_path, url)
    assert sum("resultOffset" in asked.query for asked in replay.asked) == 3


def test_a_layer_that_was_not_edited_is_not_downloaded(replay: Replay, tmp_path: Path) -> None:
    url = serve(replay, arcgis_layer(FEATURES, COLUMNS, editingInfo={"lastEditDate": 1_700_000_000_000}))
    tag = whole(tmp_path, url).tag
    replay.asked.clear()
    assert bring(errand(tmp_path, url, known=tag)) is None
    assert [asked.path for asked in replay.asked] == ["/FeatureServer/0"]


def test_columns_that_are_not_there_are_named(replay: Replay, tmp_path: Path) -> None:
    url = serve(replay, arcgis_layer(FEATURES, COLUMNS))
    assert "lacks the columns STAT_2030, among OBJECTID, SEMEL_YISHUV" in fault(
        errand(tmp_path, url, fields=["STAT_2022", "STAT_2030"])
    )
    whole(tmp_path, url, fields=["SEMEL_YISHUV", "STAT_2022"])
    assert replay.asked[-1].query["outFields"] == "OBJECTID,SEMEL_YISHUV,STAT_2022"


def test_options_are_checked(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="did you mean 'least'"):
        bring(errand(tmp_path, "http://127.0.0.1:9/", leest=3))


def test_holes_and_several_outlines_are_kept_and_a_feature_without_a_shape_too(replay: Replay, tmp_path: Path) -> None:
    rings = [
        [[0, 0], [0, 100], [100, 100], [100, 0], [0, 0]],
        [[20, 20], [40, 20], [40, 40], [20, 40], [20, 20]],
        [[200, 0], [200, 100], [300, 100], [300, 0], [200, 0]],
    ]
    parted = feature(1) | {"geometry": {"rings": [[[200_000 + x, 550_000 + y] for x, y in ring] for ring in rings]}}
    whole(tmp_path, serve(replay, arcgis_layer([parted, feature(2) | {"geometry": None}], COLUMNS)))
    layer = gpd.read_file(tmp_path / "statistical_areas.gpkg")
    assert (layer.area[0], layer.crs.to_epsg(), len(layer)) == (100 * 100 - 20 * 20 + 100 * 100, 2039, 2)
    assert layer.geometry.isna().tolist() == [False, True]


@pytest.mark.parametrize("changed", [{"spatialReference": None}, {"spatialReference": {"wkid": 999_999}}])
def test_a_layer_whose_shapes_lie_nowhere_known_is_refused(replay: Replay, tmp_path: Path, changed: Any) -> None:
    odd = answering(arcgis_layer(FEATURES, COLUMNS), 0, of_json(arcgis_page(FEATURES) | changed))
    text = fault(errand(tmp_path, serve(replay, odd)))
    assert "not kept" in text or "cannot be understood" in text


def test_columns_are_renamed_for_the_reader(replay: Replay, tmp_path: Path) -> None:
    # The layer of 2011 cuts the name of its key, and the years share what is left.
    rows = [
        {**one, "attributes": {"OBJECTID": i, "YISHUV_STA": 22_000_011 + i, "Pop_Total": 1000 + i}}
        for i, one in enumerate(FEATURES[:3], 1)
    ]
    url = serve(replay, arcgis_layer(rows, {"YISHUV_STA": "Integer", "Pop_Total": "Integer"}))
    whole(tmp_path, url, rename={"YISHUV_STA": "YISHUV_STAT11"})
    counts, _ = statistical_areas.people(tmp_path / "statistical_areas.gpkg", 2200)
    assert counts.people.tolist() == [1001, 1002, 1003] and counts.zone_id.iloc[0] == "2200-12"
