"""Links that are missing: near on the map, far on foot, with nothing mapped in between that would stop them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import KDTree

from geokehila import reach
from geokehila.catalogue import Standard
from geokehila.fabric.blocks import ADVICE
from geokehila.fabric.graph import ids_at
from geokehila.links.ends import Ends
from geokehila.links.ground import ROAD, Ground
from geokehila.links.needs import Needs
from geokehila.links.thinning import apart
from geokehila.network import speed_ratio
from geokehila.network.slope import STEEPEST
from geokehila.network.slope import Ground as Heights
from geokehila.reach.arrays import Flags, Floats, Ints

#: [m] Of links that begin and end this near to each other the best is looked into.
SIMILAR_M = 25.0
#: No more links than this are, the best first.
MOST = 2000
#: What a link is: ways that nearly touch, where the map may lack no more than a joint; a way over open ground; one over
#: a road; one over or under what only a bridge or an underpass crosses.
JOINT, PASSAGE, CROSSING, BRIDGE = "joint", "passage", "crossing", "bridge"
#: [m] A passage shorter than this is a joint.
JOINT_M = 10.0
COLUMNS = ("link_id", "kind", "crosses", "length_m", "walk_now_s", "forward_s", "backward_s", "advice", "from_edge",
           "from_share", "to_edge", "to_share")  # fmt: skip
#: [s] Today's walk is looked for up to this.
HORIZON_S = 3600.0
#: Ends whose neighbours are looked at together, and links whose walks of today are.
_BLOCK, _FEW = 20_000, 200


@dataclass(frozen=True)
class Terms:
    """What makes a link worth looking at.

    Attributes
    ----------
    longest_m
        [m] It is no longer.
    detour_ratio, saved_s
        The walk of today is more than so many times as long, and more than so many seconds longer.
    """

    longest_m: float
    detour_ratio: float
    saved_s: float

    @classmethod
    def of(cls, standards: Mapping[str, Standard]) -> Terms:
        """Take the catalogue's standards."""
        names = ("link_longest", "link_detour_ratio", "link_saved")
        return cls(*(standards[name].value for name in names))


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs of ends, by their numbers, each once; `spare_s` is what a link would leave of the cutoffs."""

    one: Ints
    other: Ints
    length_m: Floats
    spare_s: Floats

    def take(self, rows: np.ndarray) -> _Pairs:
        return _Pairs(self.one[rows], self.other[rows], self.length_m[rows], self.spare_s[rows])

    def lines(self, ends: Ends) -> np.ndarray:
        links: np.ndarray = shapely.linestrings(np.stack([ends.xy[self.one], ends.xy[self.other]], axis=1))
        return links


def candidates(needs: Needs, ground: Ground, terms: Terms, heights: Heights | None = None) -> gpd.GeoDataFrame:
    """Find straight links by which some home would reach what it is beyond the cutoff of.

    A link joins two points of the walked ways, nodes or every 20 m between them, that are near on the map and far on
    foot; it crosses no building, wall, fence or closed ground and no walked way. Rails, running water, motorways and
    roads without a pavement it may cross: the link says so. Of links that begin and end within 25 m of each other, and
    of more than 2,000, those are kept that would leave most of the cutoffs to spare, summed over the categories that
    some home would newly reach, a metre of link being counted as the detour that it must save.

    Parameters
    ----------
    heights
        Of the ground; None: every link is level. Links steeper than 0.35 are left out.

    Returns
    -------
    GeoDataFrame
        By link_id: `kind` (joint, passage, crossing, bridge), `crosses` (motorway, rail, water, road, joined by blanks;
        empty: nothing), `length_m`, `walk_now_s` [s] of today by the shorter direction (NaN: an hour or more, or no
        way), `forward_s` and `backward_s` [s] over the link, `advice`, the ends as edge and share of the walker's ways,
        the line.

    Notes
    -----
    What is not mapped is not known: fences, private ground, ditches, steps. Every link says "check on site".
    """
    ends = Ends.along(needs.led.walker, ground.is_raised)
    pairs = _useful(ends, needs, terms)
    pairs = pairs.take(_is_detour(ends, pairs, needs, terms))
    rise = _rise(ends, pairs, heights)
    pairs = pairs.take(np.abs(rise) <= STEEPEST * pairs.length_m)
    pairs = pairs.take(ground.leaves_open(pairs.lines(ends)))
    pairs = pairs.take(_best(ends, pairs, terms.detour_ratio / needs.led.walker.profile.speed_m_s))
    return _frame(ends, pairs, needs, ground, heights)


def _useful(ends: Ends, needs: Needs, terms: Terms) -> _Pairs:
    """Return the near pairs of ends by which some home would reach something newly: home, end, link, end, place."""
    from_home_s, to_place_s = needs.from_home_s(ends.points), needs.to_place_s(ends.points)
    found = [*_near(ends, from_home_s, to_place_s, needs, terms.longest_m)]
    one, other, length_m, spare_s = (np.concatenate([*parts, []]) for parts in zip(*found, strict=True))
    low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other).astype(np.int64)
    key, first, which = np.unique(low * len(ends) + high, return_index=True, return_inverse=True)
    return _Pairs(
        key // max(len(ends), 1), key % max(len(ends), 1), length_m[first], np.bincount(which, spare_s).astype(float)
    )


def _near(
    ends: Ends, from_home_s: Floats, to_place_s: Floats, needs: Needs, longest_m: float
) -> Iterator[tuple[Ints, Ints, Floats, Floats]]:
    """Yield the pairs in the direction in which they help: whence, whither, how long [m], time to spare [s]."""
    starts, stops = (np.flatnonzero(np.isfinite(walk_s).any(axis=1)) for walk_s in (from_home_s, to_place_s))
    goals, speed_m_s = KDTree(ends.xy[stops]), needs.led.walker.profile.speed_m_s
    for begin in range(0, max(len(starts), 1), _BLOCK):
        some = starts[begin : begin + _BLOCK]
        near = KDTree(ends.xy[some]).sparse_distance_matrix(goals, longest_m, output_type="ndarray")
        one, other, length_m = some[near["i"]], stops[near["j"]], near["v"]
        spare_s = np.zeros(len(one))
        for c, cutoff_s in enumerate(needs.cutoff_s):
            spare_s += np.maximum(cutoff_s - from_home_s[one, c] - length_m / speed_m_s - to_place_s[other, c], 0.0)
        helps = (spare_s > 0) & (length_m > 0)
        yield one[helps], other[helps], length_m[helps], spare_s[helps]


def _is_detour(ends: Ends, pairs: _Pairs, needs: Needs, terms: Terms) -> Flags:
    """Tell which pairs are far on foot: by the shorter direction so many times, and so many seconds, as the link."""
    direct_s = pairs.length_m / needs.led.walker.profile.speed_m_s
    longest_s = np.maximum(terms.detour_ratio * direct_s, direct_s + terms.saved_s)
    return _walk_now_s(ends, pairs, needs, float(longest_s.max(initial=0.0))) > longest_s


def _walk_now_s(ends: Ends, pairs: _Pairs, needs: Needs, limit_s: float) -> Floats:
    """[s] Walk of today between pairs, by the shorter direction, infinite beyond the limit, shape (K,)."""
    used = np.unique(np.concatenate([pairs.one, pairs.other]))
    one, other, count = np.searchsorted(used, pairs.one), np.searchsorted(used, pairs.other), len(used)
    points = ends.points.take(used)
    asked = np.unique(np.concatenate([one * count + other, other * count + one]))
    walk_s = np.full(len(asked), np.inf)
    for block in reach.od(needs.led.network, points, points, np.arange(count), limit_s):
        key = block.origin.astype(np.int64) * count + block.facility
        at = np.minimum(np.searchsorted(asked, key), len(asked) - 1)
        wanted = asked[at] == key
        walk_s[at[wanted]] = block.walk_s[wanted]
    there, back = (walk_s[np.searchsorted(asked, key)] for key in (one * count + other, other * count + one))
    now_s: Floats = np.minimum(there, back)
    return now_s


def _rise(ends: Ends, pairs: _Pairs, heights: Heights | None) -> Floats:
    """[m] Return how much higher the other end is, 0 where it is not known, shape (K,)."""
    if heights is None:
        return np.zeros(len(pairs.one))
    smooth = heights.smoothed()
    rise: Floats = np.nan_to_num(smooth.at(ends.xy[pairs.other]) - smooth.at(ends.xy[pairs.one]))
    return rise


def _best(ends: Ends, pairs: _Pairs, price_s_m: float) -> Ints:
    """Return the rows of the pairs with most time to spare, none similar to a better one, 2,000 at most.

    A metre of link is priced [s/m] as the detour that it must save, lest links run along the ways that they join.
    """
    worth_s = pairs.spare_s - price_s_m * pairs.length_m
    order = np.lexsort((pairs.other, pairs.one, -worth_s.round(3)))
    return apart(pairs.lines(ends), order, SIMILAR_M, MOST)


def _frame(ends: Ends, pairs: _Pairs, needs: Needs, ground: Ground, heights: Heights | None) -> gpd.GeoDataFrame:
    links, profile = pairs.lines(ends), needs.led.walker.profile
    middle = (ends.xy[pairs.one] + ends.xy[pairs.other]) / 2
    crosses = ground.crossed(links)
    slope = _rise(ends, pairs, heights) / pairs.length_m
    flat_s = pairs.length_m / profile.speed_m_s
    blocks = [pairs.take(np.arange(at, min(at + _FEW, len(links)))) for at in range(0, max(len(links), 1), _FEW)]
    now_s = np.concatenate([_walk_now_s(ends, some, needs, HORIZON_S) for some in blocks])
    columns = {
        "link_id": ids_at("l", middle),
        "kind": _kind(crosses, pairs.length_m),
        "crosses": crosses,
        "length_m": pairs.length_m,
        "walk_now_s": np.where(np.isfinite(now_s), now_s, np.nan),
        "forward_s": flat_s / speed_ratio(profile.slope, slope),
        "backward_s": flat_s / speed_ratio(profile.slope, -slope),
        "advice": np.full(len(links), ADVICE, object),
        "from_edge": ends.edge[pairs.one],
        "from_share": ends.share[pairs.one],
        "to_edge": ends.edge[pairs.other],
        "to_share": ends.share[pairs.other],
    }
    frame = gpd.GeoDataFrame(columns, geometry=links, crs=ground.crs)
    return frame.sort_values("link_id", ignore_index=True)


def _kind(crosses: np.ndarray, length_m: Floats) -> np.ndarray:
    is_road = crosses == ROAD
    return np.select(
        [(crosses == "") & (length_m < JOINT_M), crosses == "", is_road], [JOINT, PASSAGE, CROSSING], BRIDGE
    ).astype(object)
