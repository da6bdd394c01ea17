"""What lists do not show: an estimate without bias, by all ways of hiding; intervals that hold what is so."""

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from real_places import write_study
from scipy.sparse import csr_array

from geokehila import gathered, pipeline
from geokehila.access import TO, Ask
from geokehila.confidence.unseen import LEAST_SEEN, Reached, TwoLists
from geokehila.load.roles import find
from geokehila.schema import REFERENCE

TRIALS, SECOND = 30, 0.6


def test_a_hundred_fish() -> None:
    """Sixty on each list and 36 on both: 61 * 61 / 37 - 1 = 99.57 by Chapman, whose variance is by hand."""
    lists = TwoLists(24, 24, 36)
    assert lists.places == pytest.approx(99.5676, abs=1e-4) and lists.seen == 84
    assert lists.variance == pytest.approx(61 * 61 * 24 * 24 / (37**2 * 38))
    assert lists.detection == pytest.approx(84 / 99.5676, abs=1e-5)


def test_lists_that_agree_miss_nothing_and_those_that_never_meet_tell_nothing() -> None:
    assert TwoLists(0, 0, 30).places == 30 and TwoLists(0, 0, 30).variance == 0 and TwoLists(0, 0, 30).tells
    assert not TwoLists(30, 30, 0).tells and not TwoLists(0, 0, 0).tells and TwoLists(0, 0, 0).detection == 0
    assert not TwoLists(1, 1, LEAST_SEEN - 3).tells, "one place short"


@given(
    st.lists(st.sets(st.integers(0, 4)), min_size=1, max_size=6),
    st.lists(st.floats(0.1, 10), min_size=6, max_size=6),
    st.floats(0.5, 1.0),
)
def test_over_all_ways_of_hiding_the_estimate_is_right_on_average(
    homes: list[set[int]], people: list[float], rate: float
) -> None:
    weight = np.array(people[: len(homes)])
    reach = np.array([[place in home for place in range(5)] for home in homes], float)
    truth = weight[reach.any(axis=1)].sum() / weight.sum()
    mean = 0.0
    for seen in itertools.product((False, True), repeat=5):
        chance = np.prod([rate if one else 1 - rate for one in seen])
        shown = Reached(weight, csr_array(reach[:, np.array(seen)]))
        mean += chance * shown._estimate(rate)
    assert mean == pytest.approx(truth, abs=1e-9)


def test_what_is_seen_is_the_least_and_where_all_is_seen_the_most() -> None:
    some = Reached(np.ones(40), csr_array(np.eye(40)[:, :30]))
    told = some.likely(TwoLists(6, 6, 18))
    assert told.seen == told.low == 0.75 and told.low < told.estimate < told.high <= 1.0
    sure = some.likely(TwoLists(0, 0, 30))
    assert (sure.low, sure.estimate, sure.high) == (0.75, 0.75, 0.75)


def test_homes_with_one_place_each_count_as_many_as_the_places_missed() -> None:
    """Thirty homes of a hundred reach the one place beside them, of 40 that there are: 30 / 0.75 of a hundred."""
    some = Reached(np.ones(100), csr_array(np.eye(100)[:, :30]))
    assert some.if_seen(0.75) == pytest.approx(0.4) and some.if_seen(1.0) == pytest.approx(0.3)


@dataclass(frozen=True)
class City:
    """Who reaches which of all places of each category, by walks along the streets."""

    people: np.ndarray
    at: np.ndarray
    reach: dict[str, csr_array]

    def share(self, category: str) -> float:
        many = np.asarray(self.reach[category].sum(axis=1)).ravel()
        return float(self.people[many > 0].sum() / self.people.sum())


@pytest.fixture(scope="module")
def las_palmas(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    raw = tmp_path_factory.mktemp("unseen")
    write_study("las-palmas", shared, raw)
    study = pipeline.choose("las-palmas", raw)
    held = gathered.gather(study, find(study, raw / "las-palmas", raw / "national"), lambda stage: None)
    walks, origins = gathered.lead(study, held)
    counts = held.places.categories["category"].value_counts()
    keys = [key for key in counts.index[counts >= LEAST_SEEN] if key in study.catalogue.categories]
    asks = [Ask("pairs", REFERENCE, (key,), (study.catalogue.categories[key].cutoff_s,)) for key in keys]
    pairs = walks.run([Ask("nearest", REFERENCE, tuple(keys)), *asks], study.catalogue.walkers, 3600.0)
    homes = pd.Index(origins["origin_id"])
    reach = {key: _reach(table, homes) for key, table in pairs.of(REFERENCE, TO).pairs.items()}
    at = origins.geometry.get_coordinates().to_numpy()
    some = {key: table for key, table in reach.items() if table.shape[1] >= LEAST_SEEN}
    return City(origins["people"].to_numpy(float), at, some)


def _reach(pairs: pd.DataFrame, homes: pd.Index) -> csr_array:
    home = homes.get_indexer(pd.Index(pairs["origin_id"].astype("str")))
    place, ids = pd.factorize(pairs["place_id"].astype("str"), sort=True)
    return csr_array((np.ones(len(home)), (home, place)), shape=(len(homes), len(ids)))


def _seen(city: City, category: str, first: np.ndarray, second: np.ndarray) -> tuple[TwoLists, Reached]:
    lists = TwoLists(int((first & ~second).sum()), int((second & ~first).sum()), int((first & second).sum()))
    return lists, Reached(city.people, csr_array(city.reach[category].tocsc()[:, first | second]))


@pytest.mark.shared
@pytest.mark.parametrize("hidden", [0.1, 0.3, 0.5])
def test_ninety_intervals_of_a_hundred_hold_the_share_of_the_whole_list(las_palmas: City, hidden: float) -> None:
    """Places of the map are hidden at random, and a list made apart shows six of ten: in 400 trials and more."""
    rng, held = np.random.default_rng(20261122), []
    for category, reach in las_palmas.reach.items():
        for _ in range(TRIALS):
            first, second = (rng.random(reach.shape[1]) < rate for rate in (1 - hidden, SECOND))
            lists, reached = _seen(las_palmas, category, first, second)
            if lists.tells:
                told = reached.likely(lists)
                held.append(told.low - 1e-12 <= las_palmas.share(category) <= told.high + 1e-12)
    assert len(held) >= 400
    assert 0.85 <= np.mean(held) <= 0.95


@pytest.mark.shared
def test_what_a_whole_quarter_lacks_no_two_lists_can_tell(las_palmas: City) -> None:
    """Both lists lack the north of the city: they agree with each other, and the interval is short and wrong."""
    category = "pharmacy"
    reach = las_palmas.reach[category].tocsc()
    north = np.array([las_palmas.at[reach[:, [p]].nonzero()[0], 1].mean() for p in range(reach.shape[1])])
    hidden = north > np.quantile(north, 0.7)
    rng = np.random.default_rng(1)
    first, second = ((rng.random(len(north)) < 0.9) & ~hidden for _ in range(2))
    lists, reached = _seen(las_palmas, category, first, second)
    assert lists.detection > 0.95
    assert reached.likely(lists).high < las_palmas.share(category)
