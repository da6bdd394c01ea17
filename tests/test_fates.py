"""What became of the municipality's own sites: fates by hand, and whom each would add by counting home by home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osm_xml as osm
import pandas as pd
import pytest
import small_town
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from shapely import box

from geokehila import locate, pipeline, summary
from geokehila.catalogue.choices import HubChoice
from geokehila.draw.page.own_sites import own_sites
from geokehila.hubs.choosing import Question, answer
from geokehila.hubs.fates import with_fates
from geokehila.hubs.gains import Gains
from geokehila.hubs.uncounted import Uncounted
from geokehila.journal import Journal
from tests.test_hubs import WALKS, question, served

#: What is told of each own site: its fate, and whom it would add, at least and at most.
Told = dict[str, tuple[Any, ...]]


#: All homes are counted.
NONE = Uncounted(np.zeros(0, object), csr_array((0, 4)))


def told(q: Question, add: int, uncounted: Uncounted = NONE) -> Told:
    table = with_fates(q.sites, Gains(q, answer(q, add, locate.Effort())), uncounted).set_index("site_id")
    rows = table[["fate", "people_added_low", "people_added_high"]].itertuples(name=None)
    return {site: (fate, *("" if end != end else end for end in ends)) for site, fate, *ends in rows}


def mine(wishes: HubChoice, **columns: Any) -> Question:
    return question(wishes, **{"kinds": "school own"} | columns)


PROPOSED = ("recommended", "", "")


def test_who_is_not_asked_for_would_add_those_who_have_none_beside_the_plan() -> None:
    # c serves homes 1, 2 and 3; b serves home 1 alone; of d home 4 is left, which surely has no hub.
    found = told(mine(HubChoice(add=1, resamples=0)), 1)
    assert found == {
        "a": ("existing", "", ""), "b": ("adds nobody", 0, 0), "c": PROPOSED, "d": ("no more hubs asked for", 50, 50)
    }  # fmt: skip


def test_of_whom_it_is_not_known_counts_at_most() -> None:
    # b must be built and nothing else is asked for: home 3, of which nobody knows, is within the walk of c and d.
    found = told(mine(HubChoice(add=0, resamples=0), choice=["may", "must", "may", "may"]), 0)
    assert found["b"] == PROPOSED
    assert found["c"] == ("no more hubs asked for", 30, 70) and found["d"] == ("no more hubs asked for", 50, 90)


@pytest.mark.parametrize(("price", "fate"), [(4.0, "over the budget"), (np.nan, "no price, under a budget")])
def test_a_budget_that_is_spent_and_a_price_that_nobody_tells(price: float, fate: str) -> None:
    # b and d take 4 of 5 and serve homes 1, 3 and 4; c would add home 2.
    found = told(mine(HubChoice(add=3, budget=5.0, resamples=0), price=[np.nan, 1.0, price, 3.0]), 3)
    assert (found["b"], found["d"]) == (PROPOSED, PROPOSED) and found["c"] == (fate, 30, 30)


def test_sites_nearer_to_a_hub_than_was_asked_for() -> None:
    # They stand 1,000 m apart: of c and d, both far enough from the hub a, one can be built.
    found = told(mine(HubChoice(add=2, apart_m=1500.0, resamples=0)), 2)
    assert found == {
        "a": ("existing", "", ""), "b": ("adds nobody", 0, 0), "c": PROPOSED, "d": ("too near another hub", 50, 50)
    }  # fmt: skip


def test_what_is_excluded_and_what_is_of_the_map_alone() -> None:
    wishes = HubChoice(add=1, resamples=0)
    q = question(wishes, kinds=["school", "school own", "school", "school own"])
    gains = Gains(q, answer(q, 1, locate.Effort()))
    # x and y take the rows of b and d: what is excluded is in no question.
    lost = q.sites.assign(
        status=["existing", "excluded", "candidate", "excluded"], reason=["", "never", "", "in water"]
    )
    assert with_fates(lost.assign(site_id=["a", "x", "c", "y"]), gains, NONE)["fate"].tolist() == [
        "",
        "never",
        "",
        "excluded",
    ]
    assert with_fates(q.sites[:0], gains, NONE)["fate"].tolist() == []


def test_a_site_beside_homes_that_nobody_counted_is_not_said_to_add_nobody() -> None:
    # c is proposed. Of five homes without a count b is the only hub of two and has one together with c; d one alone.
    walks = csr_array([[0, 600, 0, 0], [601, 90, 0, 0], [0, 90, 90, 0], [0, 0, 0, 5], [0, 601, 0, 0]], dtype=float)
    homes = Uncounted.of(np.array(["y", "y", "z", "z", "z"], object), walks, 600.0)
    q = mine(HubChoice(add=1, resamples=0))
    found = told(q, 1, homes)
    assert found["b"] == ("homes not counted", "", "") and found["d"] == ("no more hubs asked for", 50, 50)
    gains = Gains(q, answer(q, 1, locate.Effort()))
    table = with_fates(q.sites, gains, homes).set_index("site_id")["homes_not_counted"]
    assert table["b"] == 2 and table["d"] == 1 and np.isnan(table["a"]) and np.isnan(table["c"])
    assert homes.told(np.array([0]), gains.siting.chosen) == {
        "y": {"homes": 2, "now": 2, "then": 2}, "z": {"homes": 3, "now": 3, "then": 2}
    }  # fmt: skip
    # Homes that a proposed hub is within the walk of are not added by another.
    near_c = Uncounted.of(np.array(["z"], object), csr_array([[0.0, 90, 90, 0]]), 600.0)
    assert told(q, 1, near_c)["b"] == ("adds nobody", 0, 0)


@settings(max_examples=15)
@examples(st.lists(st.lists(st.integers(0, 900), min_size=3, max_size=3), max_size=6), st.sets(st.integers(0, 2)))
def test_homes_without_a_count_are_told_home_by_home(walks: list[list[int]], sites: set[int]) -> None:
    zones, some = np.array(["z"] * len(walks), object), np.array(sorted(sites), np.int64)
    homes = Uncounted.of(zones, csr_array(np.array(walks, float).reshape(-1, 3)), 600.0)
    left = [row for row in walks if not any(0 < row[site] <= 600 for site in sites)]
    assert homes.more(some).tolist() == [sum(0 < row[site] <= 600 for row in left) for site in range(3)]
    found = homes.told(np.zeros(0, np.int64), some)
    assert found == ({"z": {"homes": len(walks), "now": len(walks), "then": len(left)}} if walks else {})


@settings(max_examples=15)
@examples(st.integers(0, 3), st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(0, 20))
def test_whom_a_site_would_add_is_counted_home_by_home(add: int, price: list[int], budget: int) -> None:
    q = mine(HubChoice(add=add, budget=float(budget), resamples=0), price=[np.nan, *map(float, price)])
    siting = answer(q, add, locate.Effort())
    chosen, table = tuple(siting.chosen.tolist()), with_fates(q.sites, Gains(q, siting), NONE)
    left = budget - sum(price[column - 1] for column in chosen if column)
    for column, row in enumerate(table.to_dict("records")):
        if column in chosen:
            assert row["fate"] == ("recommended" if column else "existing")
            continue
        more = served(np.array(WALKS), (*chosen, column)) - served(np.array(WALKS), chosen)
        assert 0 <= row["people_added_low"] <= row["people_added_high"] == more
        asked = "no more hubs asked for" if price[column - 1] <= left else "over the budget"
        assert row["fate"] == (asked if more else "adds nobody")


def test_a_run_walks_from_homes_that_nobody_counted(tmp_path: Path) -> None:
    """Homes stand at 210 and 510 m of a street, 20 m off it, the second uncounted; a site of the town's own at 600 m.

    At 1.3 m/s it is 85 s from the second and 315 s from the first.
    """
    place = small_town.files(tmp_path)
    raw = place / "raw" / small_town.SLUG
    west, south, east, north = (*osm.degrees(0, 0), *osm.degrees(900, 900))
    middle, _ = osm.degrees(350, 0)
    halves = [box(west, south, middle, north), box(middle, south, east, north)]
    areas = gpd.GeoDataFrame({"id": ["a", "b"], "population": [100, None]}, geometry=halves, crs=4326)
    areas.to_file(raw / "zones.geojson")
    lon, lat = osm.degrees(600, 100)
    (raw / "candidates.csv").write_text(f"id,name,lon,lat,choice\n1,Hall,{lon},{lat},may\n", encoding="utf-8")
    with (raw / "study.toml").open("a", encoding="utf-8") as study:
        study.write("[hubs]\nminutes = 2\nresamples = 0\n")
    results = pipeline.compute(*pipeline.opened(small_town.SLUG, place / "raw"), Journal(lambda stage: None))
    found = results.advice.hubs
    (site,) = found.candidates[found.candidates["site_id"] == "own:1"].to_dict("records")
    assert (site["fate"], site["homes_not_counted"]) == ("homes not counted", 1) and np.isnan(site["people_added_high"])
    assert found.record["not_counted"] == {"b": {"homes": 1, "now": 1, "then": 1}}
    assert summary.facts(results)["homes_not_counted"] == 1


class Town:
    """As much of a town as is asked."""

    is_region = False

    def __init__(self, candidates: pd.DataFrame, rejected: pd.DataFrame) -> None:
        hubs = pd.DataFrame({"site_id": ["own:1"], "rank": [2.0]})
        self.tables = {"candidates": candidates, "hubs": hubs, "rejected": rejected}


def test_the_page_tells_the_largest_gain_first_and_rows_without_a_place_last() -> None:
    names = dict.fromkeys(("name_he", "name_ar", "name_en", "name_ru"))
    ids, gains = ["own:1", "own:2", "w3", "w4"], [np.nan, 10.0, 90.0, np.nan]
    sites = pd.DataFrame({"site_id": ids, "listed": ["1 Club", "2", "3 Hall", ""], "kind": "own", **names}).assign(
        fate=["recommended", "over the budget", "over the budget", ""], reason="", price=5.0,
        people_added_low=gains, people_added_high=gains, homes_not_counted=[np.nan, 4.0, 0.0, np.nan],
    )  # fmt: skip
    lost = [("candidate", "own:7 Old Store", "no usable coordinates"), ("place", "p", "no usable coordinates"),
            ("candidate", "own:8", "id repeats")]  # fmt: skip
    found = own_sites(Town(sites, pd.DataFrame(lost, columns=["kind", "source_id", "reason"])))  # type: ignore[arg-type]
    assert [site["called"] for site in found] == ["3 Hall", "2", "1 Club", "7 Old Store"]
    assert [site["fate"] for site in found] == ["over the budget"] * 2 + ["recommended", "no place"]
    assert [site.get("homes") for site in found] == [0, 4, None, None]
    assert found[2]["rank"] == 2 and found[0]["people"] == [90, 90]
