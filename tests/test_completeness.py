"""Two lists of clinics by hand: which places count, who reaches those that both miss, and when nothing is told."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from given import STUDY, access, homes, ids, places, zonings

from geokehila.access import Answers
from geokehila.analyses import completeness
from geokehila.analyses.tables import Tables
from geokehila.confidence.unseen import TwoLists

BOTH, MAP, LIST = "osm; clinics", "osm", "clinics"


def town(sources: list[str], far: int = 0) -> Tables:
    """Homes with one clinic each beside them, as many as sources; then homes without."""
    count = len(sources)
    at = {f"c{i}": (float(i), 0.0) for i in range(count)}
    shown = places(at, {key: ["clinic"] for key in at}).assign(source=sources)
    origins = homes([float(i) for i in range(count + far)], people=2.0)
    return Tables(STUDY, origins, zonings=zonings(origins), places=shown)


def walks(tables: Tables, walk_s: float = 100.0, status: str = "snapped") -> Answers:
    clinics, count = len(tables.places), len(tables.origins)
    beside = {"origin_id": ids(clinics), "place_id": tables.places["place_id"], "walk_s": walk_s}
    found = access({"clinic": [walk_s] * count}, status, pairs={"clinic": pd.DataFrame(beside)})
    return Answers({("adult", "to"): found})


def test_the_map_and_lists_are_told_apart_by_the_sources_of_a_place() -> None:
    shown = town([BOTH, BOTH, MAP, LIST, "osm; gtfs", "gtfs", "osm; clinics; more"]).places
    assert completeness.two_lists(shown) == {"clinic": TwoLists(first=2, second=1, both=3)}, "a timetable is no list"
    assert completeness.two_lists(shown[shown["source"] == MAP]) == {}
    assert completeness.two_lists(shown[:0]) == {}


def test_a_hand_made_town() -> None:
    """25 * 25 / 17 - 1 = 35.76 clinics, of which 32 are seen, by 64 of 100 people; the others serve 7.5 more."""
    tables = town([BOTH] * 16 + [MAP] * 8 + [LIST] * 8, far=18)
    row = completeness.sheet(tables, walks(tables)).iloc[0]
    assert row[["map_only_count", "list_only_count", "both_count"]].tolist() == [8, 8, 16]
    assert row["places_estimate"] == pytest.approx(25 * 25 / 17 - 1)
    assert row["seen_share"] == pytest.approx(32 / (25 * 25 / 17 - 1))
    assert row["reached_share"] == pytest.approx(0.64)
    assert 0.64 <= row["likely_low_share"] < 0.64 / row["seen_share"] < row["likely_high_share"] < 1
    shares = [row[f"reached_if_{rate}_seen_share"] for rate in (90, 70, 50)]
    assert shares == pytest.approx([0.64 / 0.9, 0.64 / 0.7, 1.0]), "no more than all"


def test_units_with_few_places_in_reach_are_told_nothing_of() -> None:
    tables = town([BOTH] * 16 + [MAP] * 8 + [LIST] * 8)
    rows = completeness.measure(tables, walks(tables)).units
    assert rows[["zoning", "zone_id", "measure"]].to_numpy().tolist() == [
        ["zone", "z", "category_clinic_likely_share"],
        ["city", "", "category_clinic_likely_share"],
    ]
    assert completeness.measure(tables, walks(tables, walk_s=1e5)).units.empty, "no clinic within the walk"


def test_lists_that_do_not_tell_leave_the_numbers_missing() -> None:
    tables = town([BOTH] * 6 + [MAP] * 20)
    row = completeness.sheet(tables, walks(tables)).iloc[0]
    assert row[["map_only_count", "both_count"]].tolist() == [20, 6] and row.drop("category")[3:].isna().all()
    assert (
        completeness.asks(STUDY, tables.places) == () and len(completeness.asks(STUDY, town([BOTH] * 20).places)) == 1
    )


def test_homes_without_a_way_reach_nothing_at_least_and_all_at_most() -> None:
    tables = town([BOTH] * 20, far=20)
    answers = walks(tables)
    snapped = answers.of("adult").snapped.copy()
    snapped.iloc[30:] = "unconnected"
    cut = Answers({("adult", "to"): replace(answers.of("adult"), snapped=snapped)})
    row = completeness.sheet(tables, cut).iloc[0]
    assert row["likely_low_share"] == pytest.approx(20 / 40) and row["likely_high_share"] == pytest.approx(30 / 40)


def test_how_long_nobody_edited_half_of_the_places_by_hand() -> None:
    """From 1 January 2025 back: none, one, two, three and four years ago; of lists and without a date none counts."""
    dates = [f"{year}-01-01" for year in (2025, 2024, 2023, 2022, 2021)]
    tables = town([MAP] * 6 + [LIST, BOTH])
    dated = replace(tables, places=tables.places.assign(date=[*dates, None, "1999-01-01", "1999-01-01"]))
    told = completeness.measure(dated, walks(dated)).units.set_index(["zoning", "measure"])["value"]
    assert told["city", "edit_age_median_years"] == pytest.approx((366 + 365) / 365.25)
    assert "edit_age_median_years" in told["zone"].index
    few = replace(tables, places=tables.places.assign(date=[*dates[1:], None, None, None, None]))
    assert completeness.measure(few, walks(few)).units.empty
    of_file = replace(tables, places=tables.places.assign(date="2025-01-01"))
    assert completeness.measure(of_file, walks(of_file)).units.empty


def test_places_beyond_the_zones_are_on_no_list_of_theirs() -> None:
    tables = town([BOTH] * 20 + [MAP] * 5)
    away = tables.places.geometry.where(np.arange(25) < 20, tables.places.geometry.translate(xoff=5e5))
    row = completeness.sheet(replace(tables, places=tables.places.set_geometry(away)), walks(tables)).iloc[0]
    assert row["map_only_count"] == 0 and row["places_estimate"] == 20
