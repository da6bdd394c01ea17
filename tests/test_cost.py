"""What slopes cost by hand, for each direction and profile; and where a point lies on a street that climbs."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from geokehila.catalogue import SLOPES, Profile
from geokehila.network import Slopes, StreetNetwork, Walker, speed_ratio

ADULT = Profile("adult", {"en": "adult"}, 1.25, "test", "test")


def profile(slope: str = "tobler", max_slope: float = np.inf) -> Profile:
    return Profile("someone", {"en": "someone"}, 1.25, "test", "test", slope=slope, max_slope=max_slope)


def on(pieces: list[list[tuple[float, float]]], who: Profile = ADULT, closed: tuple[bool, ...] = ()) -> Walker:
    """A walker on edges one after the other, each of pieces (length [m], slope)."""
    lengths = [sum(length for length, _ in edge) for edge in pieces]
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    lines = np.array([LineString([(a, 0), (b, 0)]) for a, b in zip(ends, ends[1:], strict=False)])
    number = np.arange(len(pieces))
    street = StreetNetwork(
        lines=lines,
        tail=number,
        head=number + 1,
        length_m=np.array(lengths),
        component=np.zeros(len(pieces), int),
        street=number,
        kerb_at_tail=np.zeros(len(pieces), bool),
        kerb_at_head=np.zeros(len(pieces), bool),
    )
    first = np.concatenate([[0], np.cumsum([len(edge) for edge in pieces])])
    flat = np.array([piece for edge in pieces for piece in edge])
    shut = np.array(closed or [False] * len(pieces))
    return Walker.on(street, Slopes(first, flat[:, 0], flat[:, 1], np.zeros(len(flat), int)), shut, who)


@pytest.mark.parametrize(
    ("function", "slope", "ratio"),
    [
        ("tobler", 0.1, np.exp(-0.35)),  # exp(-3.5 x 0.15) / exp(-3.5 x 0.05)
        ("tobler", -0.05, np.exp(0.175)),  # the fastest slope
        ("tobler", -0.15, np.exp(-0.175)),
        ("irmischer_clarke", 0.25, (0.11 + np.exp(-0.5)) / (0.11 + np.exp(-25 / 1800))),  # (100 x 0.25 + 5) is 30
        ("irmischer_clarke", -0.05, 1.11 / (0.11 + np.exp(-25 / 1800))),
        ("minetti", 0.1, 2.5 / 4.899135),  # 280.5e-5 - 58.7e-4 - 76.8e-3 + 51.9e-2 + 19.6e-1 + 2.5
        ("minetti", -0.1, 1.0),  # walking down costs less energy, and is no faster for it
        ("none", 0.3, 1.0),
    ],
)
def test_speed_on_a_slope_by_hand(function: str, slope: float, ratio: float) -> None:
    assert speed_ratio(function, np.array([slope])).tolist() == pytest.approx([ratio])


@pytest.mark.parametrize("function", SLOPES)
def test_the_flat_keeps_the_speed_of_the_profile(function: str) -> None:
    assert speed_ratio(function, np.zeros(2)).tolist() == [1, 1]


def test_uphill_and_downhill_differ_and_reversing_the_street_swaps_them() -> None:
    up, down = on([[(125, 0.1)]]).network, on([[(125, -0.1)]]).network
    assert up.forward_s.tolist() == pytest.approx([100 * np.exp(0.35)])
    assert up.backward_s.tolist() == pytest.approx([100])  # down 10 % is as fast as the flat by Tobler
    assert (down.forward_s.tolist(), down.backward_s.tolist()) == (up.backward_s.tolist(), up.forward_s.tolist())


def test_pieces_of_a_street_add_up() -> None:
    walker = on([[(125, 0.1), (250, 0.0)], [(125, 0.0)]])
    assert walker.network.forward_s.tolist() == pytest.approx([100 * np.exp(0.35) + 200, 100])
    assert walker.network.length_m is not None and walker.network.length_m.tolist() == [375, 125]


def test_a_point_costs_the_pieces_on_its_way() -> None:
    walker = on([[(125, 0.1), (250, 0.0)], [(125, 0.1)]])
    snaps = pd.DataFrame({"edge": [0, 0, 1, -1], "offset_share": [1 / 6, 2 / 3, 0.0, np.nan]})
    found = walker.points(snaps.assign(off_network_m=[5.0, 0.0, 0.0, np.nan]))
    # At 62.5 m the climb is half done; at 250 m it is, and half of the flat; the last is at the second edge's tail.
    assert found.forward_s[:3].tolist() == pytest.approx([50 * np.exp(0.35), 100 * np.exp(0.35) + 100, 0])
    assert found.backward_s[:3].tolist() == pytest.approx([200 + 50, 100, 100])
    assert found.off_s.tolist() == [4, 0, 0, np.inf]


def test_what_is_closed_or_too_steep_is_not_of_the_profiles_network() -> None:
    walker = on([[(50, 0.0)], [(50, 0.09)], [(50, 0.0), (5, -0.2)], [(50, 0.08)]], profile(max_slope=0.0833))
    assert walker.edges.tolist() == [0, 3]
    walker = on([[(50, 0.0)], [(60, 0.0)], [(70, 0.0)]], closed=(False, True, False))
    assert walker.edges.tolist() == [0, 2] and walker.network.length_m is not None
    assert walker.network.length_m.tolist() == [50, 70]


SLOPE = st.floats(-0.35, 0.35)
PIECES = st.lists(st.lists(st.tuples(st.floats(0.1, 300), SLOPE), min_size=1, max_size=4), min_size=1, max_size=5)


@given(PIECES, st.sampled_from(SLOPES))
def test_nobody_is_faster_than_the_fastest(pieces: list[list[tuple[float, float]]], function: str) -> None:
    walker = on(pieces, profile(function))
    network = walker.network
    assert network.length_m is not None
    assert (network.length_m <= walker.fastest_m_s * np.minimum(network.forward_s, network.backward_s) + 1e-6).all()


@given(PIECES, st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_farther_along_a_street_is_farther_from_its_tail_and_nearer_to_its_head(
    pieces: list[list[tuple[float, float]]], shares: list[float]
) -> None:
    walker = on(pieces)
    for edge in range(len(pieces)):
        snaps = pd.DataFrame({"edge": edge, "offset_share": [0.0, *sorted(shares), 1.0], "off_network_m": 0.0})
        found = walker.points(snaps)
        assert (np.diff(found.forward_s) >= -1e-6).all() and (np.diff(found.backward_s) <= 1e-6).all()
        assert found.forward_s[[0, -1]].tolist() == pytest.approx([0, walker.network.forward_s[edge]], abs=1e-6)
        assert found.backward_s[[0, -1]].tolist() == pytest.approx([walker.network.backward_s[edge], 0], abs=1e-6)
