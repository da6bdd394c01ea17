"""Formulas beside published numbers: walking speeds, intervals, capture and recapture."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import binomtest, hypergeom

from benchmarks.validation.beside import Beside, of
from geokehila.confidence.unseen import TwoLists
from geokehila.load.survey import wilson
from geokehila.network.cost import speed_ratio

#: [km/h] Tobler 1993: about 5 on the flat, 6 downhill at a slope of 5 %; with his constants 5.04.
TOBLER = {0.0: 5.04, -0.05: 6.0}
#: Newcombe 1998, Stat Med 17:857-872, table I, method 3 (Wilson's score): satisfied, asked, low, high.
NEWCOMBE = ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718))
#: Places there are, on one list and on the other: together at least as many as there are, so that Chapman's estimate is
#: right on average.
LISTS = ((30, 20, 18), (50, 30, 25), (80, 60, 40), (120, 70, 90))


def speeds() -> Iterator[Beside]:
    """Compare the ratio of speeds with those that Tobler states."""
    slope, speed = np.array([*TOBLER]), np.array([*TOBLER.values()])
    ours = speed_ratio("tobler", slope) * TOBLER[0.0]
    yield Beside("speed on a slope", "0 and -5 %", "Tobler 1993, TR 93-1", ours, speed, 0.005, "km/h",
                 "published to two digits")  # fmt: skip


def intervals() -> Iterator[Beside]:
    """Compare Wilson's interval with Newcombe's table, and with scipy over all shares of up to 60 answers."""
    yes, asked, *ends = np.array(NEWCOMBE).T
    ours = np.array(wilson(yes / asked, asked))
    yield Beside("interval of a survey", "4 examples", "Newcombe 1998, table I", ours, np.array(ends), 5e-5, "",
                 "published to four digits")  # fmt: skip
    pairs = np.array([(k, n) for n in range(1, 61) for k in range(n + 1)])
    theirs = np.array([binomtest(int(k), int(n)).proportion_ci(method="wilson") for k, n in pairs]).T
    yield Beside("interval of a survey", "0 to 60 of 1 to 60", f"binomtest, {of('scipy')}",
                 np.array(wilson(pairs[:, 0] / pairs[:, 1], pairs[:, 1].astype(float))), theirs, 1e-9)  # fmt: skip


def unseen() -> Iterator[Beside]:
    """Compare means over all overlaps of two lists, as likely as scipy's hypergeometric has them, with the truth."""
    truth, found = [], []
    for places, one, other in LISTS:
        chance = hypergeom(places, one, other)
        both = np.arange(max(0, one + other - places), min(one, other) + 1)
        lists = [TwoLists(one - int(m), other - int(m), int(m)) for m in both]
        estimate, variance = (np.array([getattr(some, name) for some in lists]) for name in ("places", "variance"))
        mean = (chance.pmf(both) * estimate).sum()
        found.append((mean, (chance.pmf(both) * variance).sum()))
        truth.append((places, (chance.pmf(both) * (estimate - mean) ** 2).sum()))
    yield Beside("places that two lists miss, and variance, on average", f"{len(LISTS)} pairs of lists",
                 f"hypergeom, {of('scipy')}", np.array(found), np.array(truth), 1e-6)  # fmt: skip
