"""Plots show what the tables say: lines read back and held against counts by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import rcParams
from sheets_of import PEOPLE, WALKS_MIN, town, without

from geokehila.catalogue import LANGUAGES
from geokehila.draw import plots
from geokehila.draw.plots import ink
from geokehila.draw.plots.canvas import DASHES, MARKS, apart, colour
from geokehila.draw.plots.spread import cumulative
from geokehila.draw.plots.walks import Homes, required
from geokehila.draw.town import Town
from geokehila.errors import StudyError
from geokehila.store import kept

EVERY = (plots.minutes, plots.domains_reached, plots.lorenz, plots.access_by_cluster, plots.hub_elbow)


def line(figure, gid):
    [found] = [artist for artist in figure.axes[0].lines if artist.get_gid() == gid]
    return [np.asarray(axis, float) for axis in found.get_data()]


def words(figure):
    return [text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))]


def test_the_share_by_minute_is_the_people_counted_by_hand() -> None:
    minute, share = line(plots.minutes(town(), ["grocery"], "en"), "minutes:grocery")
    by_hand = [sum(p for walk, p in zip(WALKS_MIN, PEOPLE, strict=True) if walk <= m) / 100 for m in range(31)]
    assert minute.tolist() == [*range(31)]
    # 10 people within 2 min, 30 within 10, 60 within 20; the walk of 40 is not known and they count among all.
    assert share[[1, 2, 9, 10, 19, 20, 30]].tolist() == [0.0, 0.1, 0.1, 0.3, 0.3, 0.6, 0.6]
    assert np.allclose(share, by_hand)


def test_the_mark_stands_at_the_cutoff_of_the_category() -> None:
    minute, share = line(plots.minutes(town(), ["grocery"], "en"), "cutoff:grocery")
    assert (minute.tolist(), share.tolist()) == ([15.0], [0.3])


def test_a_walk_that_is_not_sure_is_counted_at_no_minute() -> None:
    shown = town()
    walks = {
        "category_grocery_s": [120.0, 600.0, 1200.0, 60.0],
        "category_grocery_state": ["edge", "reached", "beyond", "not mapped"],
    }
    doubtful = shown.tables["scores_adult"].assign(**walks)
    _, share = line(plots.minutes(without(shown, scores_adult=doubtful), ["grocery"], "en"), "minutes:grocery")
    # 20 people within 10 min, 30 more within 20; of the 10 and the 40 it is not known.
    assert share[[2, 9, 10, 19, 20, 30]].tolist() == [0.0, 0.0, 0.2, 0.2, 0.5, 0.5]
    nothing = without(shown, scores_adult=doubtful.assign(category_grocery_state="edge"))
    assert not plots.minutes(nothing, ["grocery"], "en").axes[0].lines


def test_of_both_ways_of_placing_people_a_line_shows_the_lower() -> None:
    shown = town()
    homes = shown.tables["origins"].assign(people_by_footprint=[20.0, 5.0, 35.0, 40.0])
    _, share = line(plots.minutes(without(shown, origins=homes), ["grocery"], "en"), "minutes:grocery")
    assert share[[2, 10, 20]].tolist() == [0.1, 0.25, 0.6]


def test_at_the_cutoff_a_line_is_at_the_least_share_of_the_table(neve_or: Any) -> None:
    shown = Town(neve_or.study, kept.KeptTables(neve_or.path), neve_or.summary)
    table = shown.tables["zone_scores"]
    of_all = table[(table["zoning"] == "city") & (table["group"] == "total") & (table["profile"] == "adult")]
    least, homes = of_all.set_index("measure")["low"], Homes.of(shown)
    told = [key for key in required(shown) if homes.tells(key)]
    for key in told:
        cutoff = np.array([shown.catalogue.categories[key].cutoff_min])
        assert homes.within(key, cutoff)[0] == pytest.approx(least[f"category_{key}_share"]), key
    assert len(told) > 3


def test_bars_hold_everybody_and_tell_those_of_whom_a_domain_is_not_known() -> None:
    known, opened = plots.domains_reached(town(), "en").axes[0].containers
    heights = [[bar.get_height() for bar in bars] for bars in (known, opened)]
    assert np.allclose(heights[0], [0, 0, 0, 0, 0, 0, 0.2, 0.1])
    assert np.allclose(heights[1], [0.4, 0, 0, 0, 0, 0.3, 0, 0])


def test_lorenz_is_of_those_whose_walk_is_settled() -> None:
    # 10 people walk 2 min, 20 walk 10 and 30 walk 20: 20 of 820, 220, 820 minutes for 1/6, 1/2, all of them.
    people, walked = line(plots.lorenz(town(), ["walk_grocery_min"], "en"), "lorenz:walk_grocery_min")
    assert np.allclose(people, [0, 1 / 6, 1 / 2, 1])
    assert np.allclose(walked, [0, 20 / 820, 220 / 820, 1])


def test_a_walk_beyond_the_horizon_counts_as_the_horizon() -> None:
    shown = town()
    far = shown.tables["scores_adult"].assign(category_grocery_state="beyond")
    _, walked = line(
        plots.lorenz(without(shown, scores_adult=far), ["walk_grocery_min"], "en"), "lorenz:walk_grocery_min"
    )
    # 820 and 40 people at 60 min.
    assert np.allclose(walked, np.array([0, 20, 220, 820, 3220]) / 3220)


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 500)), min_size=1, max_size=20))
def test_a_lorenz_curve_is_convex_below_the_diagonal(rows) -> None:
    x, people = map(np.array, zip(*rows, strict=True))
    if (x * people).sum() > 1e-6:
        across, up = cumulative(x, people)
        assert (up <= across + 1e-9).all()
        assert (across[-1], up[-1]) == (pytest.approx(1), pytest.approx(1))


def test_the_gini_that_is_written_is_the_one_of_the_table() -> None:
    assert any("(0.33)" in said for said in words(plots.lorenz(town(), ["walk_grocery_min"], "en")))


def test_groups_are_drawn_from_at_least_to_at_most() -> None:
    figure = plots.access_by_cluster(town(), language="en")
    ends = {end: line(figure, f"{end}:9")[0].tolist() for end in ("low", "high")}
    assert ends == {"low": [0.5], "high": [0.9]}


def test_the_elbow_shows_what_each_hub_adds_in_the_order_of_the_list_then_of_further_ones() -> None:
    figure = plots.hub_elbow(town(), "en")
    ends = {end: [axis.tolist() for axis in line(figure, end)] for end in ("low", "high")}
    assert ends == {"low": [[1, 2], [20, 25]], "high": [[1, 2], [22, 29]]}
    said = " ".join(words(figure))
    assert all(part in said for part in ("20 to 22", "5 to 7")) and "15" not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plot", EVERY)
def test_every_plot_is_drawn_in_every_language_and_leaves_no_setting_behind(plot, language) -> None:
    before = dict(rcParams)
    figure = plot(town(), language=language)
    figure.savefig("/dev/null", format="pdf")
    assert figure.axes
    assert dict(rcParams) == before


@pytest.mark.parametrize("plot", EVERY)
def test_a_plot_of_nothing_says_so_in_words(plot) -> None:
    bare = without(
        town(),
        scores_adult=pd.DataFrame({"origin_id": []}),
        hubs=town().tables["hubs"].head(1),
        hub_steps=town().tables["hub_steps"].head(0),
        equity=town().tables["equity"].head(0),
    )
    figure = plot(bare, language="en")
    assert not figure.axes[0].lines
    assert any(len(said) > 20 for said in words(figure))


#: Three runs, the second of another method; the last tells no share of education.
RUNS = [
    {"date": "2022-03-01", "fictional": False, "method_differs": False, "domain_education_share_low": 0.2,
     "domain_education_share_high": 0.5, "domain_health_share_low": 0.3, "domain_health_share_high": 0.4},
    {"date": "2024-03-01", "fictional": False, "method_differs": True, "domain_education_share_low": 0.3,
     "domain_education_share_high": 0.5, "domain_health_share_low": 0.3, "domain_health_share_high": 0.3},
    {"date": "", "fictional": False, "method_differs": False, "domain_health_share_low": 0.6,
     "domain_health_share_high": 0.9},
]  # fmt: skip


def of_domain(figure, key):
    """The axes of a domain, and where its ends lie: [run, share], nothing between runs of two methods."""
    [axes] = [axes for axes in figure.axes if any(line.get_gid() == f"low:{key}" for line in axes.lines)]
    ends = {line.get_gid().split(":")[0]: line.get_xydata().tolist() for line in axes.lines}
    return axes, [[*at, share] for at, (_, share) in zip(ends["low"], ends["high"], strict=True)], ends


@pytest.mark.parametrize("is_fictional", [True, False])
def test_a_trend_of_an_invented_town_says_so(is_fictional: bool) -> None:
    title = plots.trend([row | {"fictional": is_fictional} for row in RUNS], "en").get_suptitle()
    assert ("All data are invented" in title) is is_fictional


@pytest.mark.parametrize("runs", [RUNS, pd.DataFrame(RUNS)], ids=["line", "table"])
def test_a_trend_shows_the_least_and_the_most_of_every_run_and_breaks_at_another_method(runs) -> None:
    figure = plots.trend(runs, "en")
    axes, ends, lines = of_domain(figure, "health")
    nan = float("nan")
    assert np.allclose(ends, [[0, 0.3, 0.4], [0.5, nan, nan], [1, 0.3, 0.3], [2, 0.6, 0.9]], equal_nan=True)
    assert [x for x, _ in lines["broken"]] == [0.5, 0.5]
    assert {tick.get_text() for tick in axes.get_xticklabels()} == {"2022-03-01", "2024-03-01", "?"}
    assert {"Health", "Education", "other method"} <= {*words(figure)}


def test_a_run_that_tells_no_share_has_no_place_in_the_trend_of_a_domain() -> None:
    _, ends, _ = of_domain(plots.trend(RUNS, "en"), "education")
    nan = float("nan")
    assert np.allclose(ends, [[0, 0.2, 0.5], [0.5, nan, nan], [1, 0.3, 0.5], [2, nan, nan]], equal_nan=True)


def test_a_trend_of_one_method_has_no_mark() -> None:
    figure = plots.trend(RUNS[:1], "en")
    assert "broken" not in of_domain(figure, "health")[2] and "other method" not in words(figure)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("many", [0, 1, 3, 40])
def test_a_trend_is_drawn_of_any_number_of_runs_in_every_language(language, many) -> None:
    before = dict(rcParams)
    figure = plots.trend((RUNS * 14)[:many], language)
    figure.savefig("/dev/null", format="png")
    assert dict(rcParams) == before
    assert many or any(len(said) > 20 for said in words(figure.axes[0]))
    assert all(len(axes.get_xticklabels()) <= 10 for axes in figure.axes if many)


def test_the_first_domain_stands_where_reading_begins() -> None:
    left = {
        language: of_domain(plots.trend(RUNS, language), "education")[0].get_subplotspec() for language in LANGUAGES
    }
    assert [left[language].colspan.start for language in ("he", "ar", "en")] == [3, 3, 0]


def test_no_two_series_look_alike_in_grey() -> None:
    looks = [(colour(n), str(DASHES[n % len(DASHES)]), MARKS[n % len(MARKS)]) for n in range(42)]
    assert len({*looks}) == 42
    assert len({look[1:] for look in looks[:7]}) == 7


def test_a_language_that_there_is_not_is_refused() -> None:
    with pytest.raises(StudyError, match="did you mean"):
        plots.minutes(town(), language="eng")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10), st.floats(0.01, 0.09))
def test_names_are_kept_apart_in_their_order(heights, least) -> None:
    moved = apart(heights, least, 1.0)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(np.array(moved)[order]) >= least - 1e-9).all()
    assert max(moved) <= 1.0


@given(
    st.lists(st.sampled_from(["one", "שתיים", "\u2068Los Lentiscos\u2069", "\u2066-3\u2069"]), min_size=1),
    st.integers(20, 200),
)
def test_lines_hold_every_word_and_close_what_they_open(parts, room) -> None:
    text = " ".join(parts)
    lines = ink.wrapped(text, 10, room)
    bare = str.maketrans("", "", "\u2066\u2068\u2069")
    assert " ".join(lines).translate(bare).split() == text.translate(bare).split()
    assert all(sum(map(each.count, "\u2066\u2068")) == each.count("\u2069") for each in lines)
