"""Between which places something may stand: by hand, and against every order that the intervals allow."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geokehila.zones.standing import standing


def of(*intervals: tuple[float, float], rivals: tuple[float, ...] = ()) -> list[tuple[float, float]]:
    low, high = np.array(intervals, float).reshape(-1, 2).T
    first, last = standing(low, high, np.array(rivals, float))
    return [*zip(first.tolist(), last.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("intervals", "places"),
    [
        ([], []),
        ([(7, 7)], [(1, 1)]),
        ([(9, 9), (5, 5), (7, 7)], [(1, 1), (3, 3), (2, 2)]),
        # 30 to 40 may stand before or behind 35; ten to twelve is surely third.
        ([(30, 40), (35, 35), (10, 12)], [(1, 2), (1, 2), (3, 3)]),
        # Ends that touch leave it open, and so do equal numbers.
        ([(1, 5), (5, 9)], [(1, 2), (1, 2)]),
        ([(4, 4), (4, 4)], [(1, 2), (1, 2)]),
        # Of the last nothing is known.
        ([(9, 9), (5, 5), (0, 99)], [(1, 2), (2, 3), (1, 3)]),
    ],
)
def test_places_by_hand(intervals: list[tuple[float, float]], places: list[tuple[float, float]]) -> None:
    assert of(*intervals) == places


def test_a_rival_without_a_place_may_stand_before_and_never_makes_a_place_later_surely() -> None:
    assert of((9, 9), (5, 5), rivals=(7,)) == [(1, 1), (2, 3)]


def slow(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Every number at one of its ends, equal ones in every order: the first and the last place that each then has."""
    seen: list[set[int]] = [set() for _ in intervals]
    for numbers in product(*intervals):
        for order in permutations(range(len(intervals))):
            if all(numbers[a] >= numbers[b] for a, b in zip(order, order[1:], strict=False)):
                for place, i in enumerate(order, 1):
                    seen[i].add(place)
    return [(min(places), max(places)) for places in seen]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)).map(lambda one: (one[0], sum(one))), max_size=5))
def test_no_order_that_the_intervals_allow_is_left_out_and_none_is_added(intervals: list[tuple[int, int]]) -> None:
    assert of(*intervals) == slow(intervals)
