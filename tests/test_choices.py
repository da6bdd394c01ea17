"""Tables [gaps], [hubs], [communities] and [rollout] of a study: every key, its range, and the one line for a slip."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geokehila.begin import begin
from geokehila.catalogue import Catalogue
from geokehila.catalogue.choices import (
    EQUITIES,
    NEEDS,
    OBJECTIVES,
    CommunityChoice,
    GapChoice,
    HubChoice,
    RolloutChoice,
    read_communities,
    read_gaps,
    read_hubs,
    read_rollout,
)
from geokehila.errors import StudyError
from geokehila.study import Study

CATALOGUE = Catalogue.read()
DEFAULTS = {"gaps": GapChoice(), "hubs": HubChoice(), "communities": CommunityChoice(), "rollout": RolloutChoice()}


def hubs(table: Mapping[str, Any]) -> HubChoice:
    return read_hubs(table, CATALOGUE.profiles, CATALOGUE.categories)


READERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "gaps": read_gaps, "hubs": hubs, "communities": read_communities, "rollout": read_rollout,
}  # fmt: skip


def study(folder: Path, text: str) -> Study:
    path = folder / "study.toml"
    path.write_text(f'[study]\nname = "Dimona"\n{text}', encoding="utf-8")
    return Study.read(path)


def refused(where: str, table: Mapping[str, Any]) -> str:
    with pytest.raises(StudyError) as fault:
        READERS[where](table)
    assert "\n" not in str(fault.value)
    return str(fault.value)


# --- what is asked where nothing is said -----------------------------------------------------------------------------


@pytest.mark.parametrize("where", READERS)
def test_an_empty_table_is_the_default(where: str, tmp_path: Path) -> None:
    assert READERS[where]({}) == DEFAULTS[where] == getattr(study(tmp_path, ""), where)
    assert getattr(study(tmp_path, f"[{where}]\n"), where) == DEFAULTS[where]


def test_the_defaults_weigh_nobody_and_hide_nobody() -> None:
    assert GapChoice().need == HubChoice().need == () and HubChoice().equity == "none"
    assert (HubChoice().budget, HubChoice().price, HubChoice().capacity, HubChoice().seconds) == (inf, inf, inf, inf)
    assert HubChoice().resamples >= 100, "fewer do not tell how often a site stays chosen"


def test_the_waves_are_those_of_the_brochure() -> None:
    assert dict(zip(RolloutChoice().years, RolloutChoice().sizes, strict=True)) == {
        2025: 30, 2026: 100, 2028: 300, 2030: 3000,
    }  # fmt: skip


# --- every key -------------------------------------------------------------------------------------------------------

TAKEN: Mapping[str, tuple[str, Any]] = {
    "gaps": ('need = ["cluster", "age"]\nleast_people = 50\n', GapChoice(("cluster", "age"), 50.0)),
    "hubs": (
        'add = 0\nobjective = "p_center"\nminutes = 10\nprofile = "wheelchair"\nbudget = 2.5e6\nprice = 9e5\n'
        'apart_m = 400\ncapacity = 3000\nneed = "deficit"\nequity = "weighted"\nservices = ["library"]\nroom_m2 = 0\n'
        "resamples = 200\nseconds = 30\n",
        HubChoice(0, "p_center", 10.0, "wheelchair", 2.5e6, 9e5, 400.0, 3000.0, ("deficit",), "weighted", ("library",),
                  0.0, 200, 30.0),
    ),
    "communities": (
        "make = false\nleast_people = 1000\nmost_people = 2000\n", CommunityChoice(False, 1000.0, 2000.0)
    ),
    "rollout": ("sizes = [1, 4]\nyears = [2027, 2028]\n", RolloutChoice((1, 4), (2027, 2028))),
}  # fmt: skip


@pytest.mark.parametrize("where", READERS)
def test_every_key_is_taken_from_the_study(where: str, tmp_path: Path) -> None:
    text, choice = TAKEN[where]
    assert getattr(study(tmp_path, f"[{where}]\n{text}"), where) == choice
    assert tomllib.loads(text).keys() == {field.name for field in fields(choice)}
    default = DEFAULTS[where]
    same = [field.name for field in fields(choice) if getattr(choice, field.name) == getattr(default, field.name)]
    assert not same, "a key that is lost would not be seen"


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("equity", EQUITIES)
def test_every_model_and_equity_may_be_asked_for(objective: str, equity: str) -> None:
    need = {"need": [*NEEDS]} if equity == "weighted" else {}
    choice = hubs({"objective": objective, "equity": equity, **need})
    assert (choice.objective, choice.equity) == (objective, equity)


@pytest.mark.parametrize("profile", CATALOGUE.profiles)
def test_every_profile_may_walk_and_one_of_the_studys_own(profile: str, tmp_path: Path) -> None:
    assert hubs({"profile": profile}).profile == profile
    own = '[profiles.nurse]\nname = { he = "אחות", en = "Nurse" }\nspeed_m_s = 1.5\n[hubs]\nprofile = "nurse"\n'
    assert study(tmp_path, own).hubs.profile == "nurse"


# --- slips of the pen ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "table", "message"),
    [
        ("gaps", {"needs": []}, r"unknown key in \[gaps\] 'needs': did you mean 'need'\?"),
        ("gaps", {"need": ["clusters"]}, r"unknown part of need in \[gaps\] 'clusters': did you mean 'cluster'\?"),
        ("gaps", {"need": 5}, r"\[gaps\] need is 5: give a list of texts"),
        ("hubs", {"ad": 3}, r"unknown key in \[hubs\] 'ad': did you mean 'add'\?"),
        ("hubs", {"objective": "mcpl"}, r"unknown objective in \[hubs\] 'mcpl': did you mean 'mclp'\?"),
        ("hubs", {"objective": "p-median"}, r"'p-median': did you mean 'p_median'\?"),
        ("hubs", {"equity": "wieghted"}, r"unknown equity in \[hubs\] 'wieghted': did you mean 'weighted'\?"),
        ("hubs", {"profile": "wheelchairs"}, r"unknown profile in \[hubs\] 'wheelchairs': did you mean 'wheelchair'\?"),
        ("hubs", {"services": ["libary"]}, r"unknown category in \[hubs\] services 'libary': did you mean 'library'\?"),
        ("hubs", {"need": ["ages"], "equity": "weighted"}, r"part of need in \[hubs\] 'ages': did you mean 'age'\?"),
        ("hubs", {"add": 2.5}, r"\[hubs\] add is 2.5: give a int"),
        ("hubs", {"add": True}, r"\[hubs\] add is True: give a int"),
        ("hubs", {"minutes": "ten"}, r"\[hubs\] minutes is 'ten': give a float"),
        ("communities", {"least": 5}, r"unknown key in \[communities\] 'least': did you mean 'least_people'\?"),
        ("communities", {"make": "yes"}, r"\[communities\] make is 'yes': give a bool"),
        ("rollout", {"size": [1]}, r"unknown key in \[rollout\] 'size': did you mean 'sizes'\?"),
        ("rollout", {"sizes": 30}, r"\[rollout\] sizes is 30: give a list of whole numbers"),
        ("rollout", {"sizes": [30.5]}, "give a list of whole numbers"),
        ("rollout", {"sizes": [True]}, "give a list of whole numbers"),
    ],
)
def test_a_slip_names_the_key_and_the_nearest_right_word(where: str, table: Mapping[str, Any], message: str) -> None:
    assert re.search(message, refused(where, table))


@pytest.mark.parametrize("where", READERS)
def test_a_table_that_is_none_is_one_line(where: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(f'{where} = 5\n[study]\nname = "Dimona"\n', encoding="utf-8")
    with pytest.raises(StudyError, match=rf"{where} is 5: make it a table, \[{where}\]"):
        Study.read(path)


# --- ranges ----------------------------------------------------------------------------------------------------------

RANGES: Mapping[tuple[str, str], tuple[float, float]] = {
    ("gaps", "least_people"): (0, 1e6),
    ("hubs", "add"): (0, 1000),
    ("hubs", "minutes"): (0, 60),
    ("hubs", "budget"): (0, 1e15),
    ("hubs", "price"): (0, 1e15),
    ("hubs", "apart_m"): (0, 50_000),
    ("hubs", "capacity"): (1, 1e9),
    ("hubs", "room_m2"): (0, 1e6),
    ("hubs", "resamples"): (0, 10_000),
    ("hubs", "seconds"): (1, 86_400),
    ("communities", "least_people"): (50, 1e6),
    ("communities", "most_people"): (100, 1e7),
}


def test_every_number_has_its_range() -> None:
    numbers = {
        (where, field.name)
        for where, choice in DEFAULTS.items()
        for field in fields(choice)
        if type(getattr(choice, field.name)) in (int, float)
    }
    assert numbers == RANGES.keys()


@pytest.mark.parametrize(("where", "key"), RANGES)
def test_a_number_beyond_its_range_says_which_it_may_be(where: str, key: str) -> None:
    whole = type(getattr(DEFAULTS[where], key))
    low, high = RANGES[where, key]
    beside = {"least_people": {"most_people": 1e7}, "most_people": {"least_people": 50.0}}.get(key, {})
    beside = beside if where == "communities" else {}
    for inside in (low, high):
        assert getattr(READERS[where]({**beside, key: whole(inside)}), key) == inside
    for outside in (whole(low - 1), whole(high + 1 if whole is int else 2 * high)):
        assert (
            refused(where, {key: outside}) == f"[{where}] {key} is {outside:g}: give a number from {low:g} to {high:g}"
        )


@pytest.mark.parametrize(("where", "key"), [key for key in RANGES if key[1] not in ("add", "resamples")])
@pytest.mark.parametrize("number", [float("nan"), -inf])
def test_what_is_no_number_is_refused(where: str, key: str, number: float) -> None:
    assert f"[{where}] {key} is {number:g}" in refused(where, {key: number})


@pytest.mark.parametrize("key", ["budget", "price", "capacity", "seconds"])
def test_no_limit_may_be_written_out(key: str, tmp_path: Path) -> None:
    assert study(tmp_path, f"[hubs]\n{key} = inf\n").hubs == HubChoice()


# --- what must fit together ------------------------------------------------------------------------------------------


def test_need_is_asked_for_by_its_equity_and_by_no_other() -> None:
    assert 'set equity = "weighted"' in refused("hubs", {"need": ["age"]})
    assert 'set equity = "weighted"' in refused("hubs", {"need": ["age"], "equity": "lexicographic"})
    assert "without need: name some of cluster, age, deficit" in refused("hubs", {"equity": "weighted"})


@given(st.integers(50, 10**5), st.integers(100, 10**6))
def test_a_band_of_people_lets_what_is_too_large_be_parted(least: int, most: int) -> None:
    table = {"least_people": least, "most_people": most}
    if most >= 2 * least:
        assert read_communities(table) == CommunityChoice(True, least, most)
    else:
        assert "let most_people be twice least_people or more" in refused("communities", table)


@pytest.mark.parametrize("sizes", [[], [0, 5], [-1], [5, 5], [5, 3], [1, 2, 2, 9]])
def test_sizes_must_rise(sizes: list[int]) -> None:
    told = refused("rollout", {"sizes": sizes, "years": [2025 + i for i in range(len(sizes))]})
    assert told.startswith(f"[rollout] sizes are {sizes}: give rising whole numbers")


@pytest.mark.parametrize("years", [[], [2025], [2025, 2026, 2027]])
def test_every_wave_has_its_year(years: list[int]) -> None:
    told = refused("rollout", {"sizes": [1, 2], "years": years})
    assert told == f"[rollout] {len(years)} years for 2 sizes: give one a wave"


@pytest.mark.parametrize("years", [[2026, 2025], [2030, 2025]])
def test_no_wave_ends_before_the_one_before(years: list[int]) -> None:
    assert refused("rollout", {"sizes": [1, 2], "years": years}).startswith(f"[rollout] years are {years}: give them")


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=6, unique=True).map(sorted))
def test_any_rising_sizes_will_do(sizes: list[int]) -> None:
    years = [*range(2025, 2025 + len(sizes))]
    assert read_rollout({"sizes": sizes, "years": years}) == RolloutChoice(tuple(sizes), tuple(years))


# --- the file to begin with ------------------------------------------------------------------------------------------


def test_the_file_to_begin_with_names_every_key_and_changes_nothing(tmp_path: Path) -> None:
    path = begin("dimona", tmp_path).path
    assert all(getattr(Study.read(path), where) == default for where, default in DEFAULTS.items())
    text = path.read_text(encoding="utf-8")
    taken = re.sub(r"^#(?! )", "", text, flags=re.MULTILINE)
    tables = tomllib.loads(taken)
    for where, default in DEFAULTS.items():
        assert tables[where].keys() == {field.name for field in fields(default)}
    assert all(word in text for word in (*NEEDS, *OBJECTIVES, *EQUITIES))
    path.write_text(taken, encoding="utf-8")
    read = Study.read(path)
    unlimited = dict.fromkeys(("budget", "price", "capacity", "seconds"), inf)
    found = {where: getattr(read, where) for where in DEFAULTS}
    assert found | {"hubs": replace(read.hubs, **unlimited)} == DEFAULTS, "what has no limit shows an example"
