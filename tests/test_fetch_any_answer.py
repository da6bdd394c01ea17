"""Whatever a service answers, a client says it in one line or brings a whole file: never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geokehila.errors import FetchError
from geokehila.fetch import arcgis, ckan, schools
from geokehila.fetch.errand import Client, Errand
from geokehila.fetch.sources import Source
from geokehila.fetch.wire import Call, Wire
from geokehila.study import Study

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.text(max_size=5), st.just(10**400))
WORDS = st.sampled_from(
    [
        *(
            "features",
            "attributes",
            "geometry",
            "rings",
            "OBJECTID",
            "count",
            "fields",
            "name",
            "type",
            "error",
            "code",
        ),
        *("objectIdField", "maxRecordCount", "editingInfo", "lastEditDate", "spatialReference", "wkid", "geometryType"),
        *("success", "result", "records", "total", "id", "message", "שנה", "סמל מוסד", "SEMEL_MOSAD"),
    ]
)
ANY = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4))
DIMONA = Study.of("dimona")


class Answers(Wire):
    """A wire that gives one answer after the other, and then gives up."""

    def __init__(self, answers: list[Any]) -> None:
        super().__init__()
        self._answers = iter(answers)

    def json(self, call: Call, max_mb: float, passing: Callable[[Any], str] = lambda answer: "") -> Any:
        try:
            answer = next(self._answers)
        except StopIteration:
            raise FetchError("no more answers") from None
        if fault := passing(answer):
            raise FetchError(fault)
        return answer


def bring(client: Client, file: str, answers: list[Any], **options: Any) -> None:
    with TemporaryDirectory() as folder:
        source = Source("any", file.partition(".")[0], "any", file, "", urls=("https://host/",), options=options)
        errand = Errand(source, DIMONA, Answers(answers), Path(folder), Path(folder))
        try:
            client(errand)
        except FetchError as fault:
            assert "\n" not in str(fault)
        else:
            assert errand.target.is_file()


def like(told: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An answer as it should be, a few keys of it changed."""
    return st.dictionaries(st.sampled_from(sorted(told)), ANY, max_size=2).map(lambda changed: {**told, **changed})


RING = [[0, 0], [0, 1], [1, 1], [0, 0]]
FIELDS = [{"name": "OBJECTID", "type": "esriFieldTypeOID"}, {"name": "x", "type": "esriFieldTypeInteger"}]
LAYER = {"objectIdField": "OBJECTID", "maxRecordCount": 2, "fields": FIELDS, "editingInfo": {"lastEditDate": 1}}
PAGE = {
    "geometryType": "esriGeometryPolygon",
    "spatialReference": {"wkid": 2039},
    "features": [{"attributes": {"OBJECTID": 1, "x": 3}, "geometry": {"rings": [RING]}}],
}
TABLE = {"fields": [{"id": "a", "type": "text"}], "records": [{"a": "x"}], "total": 1}
QUIET = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)


@QUIET
@given(st.lists(ANY, max_size=4))
def test_any_answers_to_any_client(answers: list[Any]) -> None:
    bring(arcgis.bring, "statistical_areas.gpkg", answers)
    bring(ckan.bring, "census.xlsx", answers, resource="c")
    bring(ckan.bring, "census.csv", answers, resource="c", fields=["id"])
    bring(schools.bring, "places_school.csv", answers, coordinates="c", institutions="i")


@QUIET
@given(like(LAYER), like({"count": 1}), like(PAGE))
def test_layers_that_are_almost_right(layer: Any, count: Any, page: Any) -> None:
    bring(arcgis.bring, "statistical_areas.gpkg", [layer, count, page])


@QUIET
@given(ANY, ANY)
def test_features_that_are_almost_right(shape: Any, told: Any) -> None:
    page = {**PAGE, "features": [{"attributes": told, "geometry": shape}]}
    bring(arcgis.bring, "statistical_areas.gpkg", [LAYER, {"count": 1}, page])
    page = {**PAGE, "features": [{"attributes": {"OBJECTID": 1, "x": told}, "geometry": {"rings": shape}}]}
    bring(arcgis.bring, "statistical_areas.gpkg", [LAYER, {"count": 1}, page])


@QUIET
@given(like(TABLE), st.booleans())
def test_tables_that_are_almost_right(result: Any, is_workbook: bool) -> None:
    answer = {"success": True, "result": result}
    bring(ckan.bring, "census.xlsx" if is_workbook else "census.csv", [answer, answer], resource="c")


@pytest.mark.parametrize("cell", [float("inf"), float("nan"), 10**400, "x" * 40_000, "\x00", "\ud800", "=1+1", True])
def test_cells_that_no_workbook_holds(cell: Any) -> None:
    for kind in ("text", "numeric"):
        result = {"fields": [{"id": "a", "type": kind}], "records": [{"a": cell}], "total": 1}
        for file in ("census.xlsx", "census.csv"):
            bring(ckan.bring, file, [{"success": True, "result": result}], resource="c")
