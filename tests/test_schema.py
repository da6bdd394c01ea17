"""Tables held to their promises, and ledgers that balance."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from geokehila.errors import RunError
from geokehila.ledger import Ledger
from geokehila.schema import ISRAEL_TM, TABLES, WGS84, check


def test_every_fault_is_named_in_one_line() -> None:
    frame = gpd.GeoDataFrame(
        {"building_id": ["w1", None], "levels": ["two", "three"], "imputed": [1, 0], "footprint_m2": [1.0, np.nan]},
        geometry=[Point(35, 31), Point(35, 32)],
        crs=WGS84,
    )
    with pytest.raises(RunError) as caught:
        check("buildings", frame, ISRAEL_TM)
    message = str(caught.value)
    assert "\n" not in message
    for fault in (
        "columns absent: use",
        "building_id has 1 missing",
        "levels is",
        "imputed is",
        "footprint_m2 has 1 missing",
        "EPSG:4326",
    ):
        assert fault in message


def test_rows_come_sorted_by_the_key_columns_in_order_and_nothing_is_lost() -> None:
    frame = pd.DataFrame(
        {"note": [1, 2, 3], "reason": None, "people": [1.0, np.nan, 0.0], "group": ["b", "a", "a"], "zone_id": [*"yyx"]}
    )
    found = check("zone_people", frame)
    assert found.columns.tolist() == ["zone_id", "group", "people", "reason", "note"]
    assert found[["zone_id", "group", "note"]].to_numpy().tolist() == [["x", "a", 3], ["y", "a", 2], ["y", "b", 1]]
    assert found.index.tolist() == [0, 1, 2]


def test_a_key_that_repeats_is_named() -> None:
    frame = pd.DataFrame({"place_id": ["n1", "n2", "n1"], "category": ["park", "park", "park"]})
    with pytest.raises(RunError, match=r"repeats, first \['n1', 'park'\]"):
        check("place_categories", frame)


def test_a_shape_that_is_no_geometry_is_refused() -> None:
    frame = pd.DataFrame({"gate_id": ["n1/0"], "place_id": ["n1"], "kind": ["point"], "geometry": ["POINT (0 0)"]})
    with pytest.raises(RunError, match="geometry holds no geometry"):
        check("gates", frame)


def test_empty_tables_keep_their_promise() -> None:
    columns = {c: pd.Series(dtype="str") for c in TABLES["rejected"].columns}
    assert check("rejected", pd.DataFrame(columns)).empty


@given(st.lists(st.sampled_from(["used", "shed", "ruin"])), st.integers(-2, 2))
def test_a_ledger_balances_or_raises(fates: list[str], miscounted: int) -> None:
    ledger = Ledger("map.osm")
    ledger.read("building", len(fates) + miscounted)
    for i, fate in enumerate(fates):
        if fate == "used":
            ledger.use("building")
        else:
            ledger.reject("building", f"w{i}", fate)
    if miscounted:
        with pytest.raises(RunError, match=r"map\.osm: building: read"):
            ledger.balance()
        return
    counts = ledger.balance().counts()
    reasons = {r: fates.count(r) for r in ("ruin", "shed") if r in fates}
    assert counts == {"building": {"read": len(fates), "used": fates.count("used"), "rejected": reasons}}
    listed = check("rejected", ledger.rejected())
    assert sorted(listed["reason"]) == sorted(f for f in fates if f != "used")


def test_one_kind_cannot_make_up_for_another() -> None:
    ledger = Ledger("map.osm")
    ledger.read("street", 2)
    ledger.use("street", 1)
    ledger.read("place", 1)
    ledger.use("place", 2)
    with pytest.raises(RunError, match="place: read 1"):
        ledger.balance()
