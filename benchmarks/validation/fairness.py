"""Indices of inequality by PySAL's inequality over single persons, and Theil's H by scipy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import entropy

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.towns import Town
from geokehila.equity import inequality
from geokehila.schema import BEYOND, REACHED
from geokehila.zones import CITY, ZONE

#: Every person is a row: people of a home are rounded to whole ones.
WHOLE = "people of a home are rounded to whole persons, a row each"


def indices(town: Town) -> Iterator[Beside]:
    """Compare table ``equity`` with indices over single persons: walks to required categories."""
    from inequality.gini import Gini
    from inequality.theil import Theil, TheilD

    table, homes, origins = town.tables["equity"], town.homes(), town.tables["origins"]
    people = np.rint(origins["people"].to_numpy(float)).astype(int)
    horizon = town.catalogue.standards["horizon"].value / 60
    told: dict[str, list[float]] = {name: [] for name in ("gini", "theil", "theil_between", "p90_p10", "fgt0", "fgt1")}
    found: dict[str, list[float]] = {name: [] for name in told}
    for key, category in town.catalogue.categories.items():
        rows = table[(table["measure"] == f"walk_{key}_min") & (table["zoning"] == CITY)]
        known = homes[f"category_{key}_state"].isin((REACHED, BEYOND)).to_numpy() & (people > 0)
        if rows.empty or not known.any():
            continue
        walk = np.minimum(homes[f"category_{key}_s"].fillna(np.inf).to_numpy() / 60, horizon)
        x = np.repeat(walk[known], people[known])
        zone = np.repeat(pd.factorize(origins["zone_id"])[0][known], people[known])
        over = np.maximum(x / category.cutoff_min - 1, 0)
        each = {"gini": Gini(x).g, "theil": float(np.squeeze(Theil(x).T)),
                "theil_between": float(np.squeeze(TheilD(x, zone).bg)),
                "p90_p10": np.quantile(x, 0.9, method="inverted_cdf") / np.quantile(x, 0.1, method="inverted_cdf"),
                "fgt0": float((over > 0).mean()), "fgt1": float(over.mean())}  # fmt: skip
        for name, value in each.items():
            mine = rows[(rows["statistic"] == name) & rows["group_by"].isin(("", ZONE))]
            told[name].append(float(mine["value"].iloc[0]))
            found[name].append(value)
    for name in told:
        system = of("inequality") if name in ("gini", "theil", "theil_between") else of("numpy")
        ours, theirs = np.array(told[name]), np.array(found[name])
        yield Beside(f"`{name}` of walks", town.name, system, ours, theirs, 0.01 * theirs + 0.001, "", WHOLE)


def same_persons() -> Iterator[Beside]:
    """Compare the same indices where every home has whole persons: nothing is rounded."""
    from inequality.gini import Gini
    from inequality.theil import Theil, TheilD

    rng = np.random.default_rng(5)
    rows = [(rng.gamma(2, 5, 200), rng.integers(1, 30, 200), rng.integers(0, 7, 200)) for _ in range(50)]
    single = [(np.repeat(x, n), np.repeat(group, n)) for x, n, group in rows]
    pairs = {
        "gini": ([inequality.gini(x, n * 1.0) for x, n, _ in rows], [Gini(x).g for x, _ in single]),
        "theil": ([inequality.theil(x, n * 1.0) for x, n, _ in rows],
                  [float(np.squeeze(Theil(x).T)) for x, _ in single]),
        "theil_between": ([inequality.theil_between(x, n * 1.0, group) for x, n, group in rows],
                          [float(np.squeeze(TheilD(x, group).bg)) for x, group in single]),
    }  # fmt: skip
    for name, (ours, theirs) in pairs.items():
        yield Beside(f"`{name}` of whole persons", "50 draws of 200 homes", of("inequality"), np.array(ours),
                     np.array(theirs), 1e-9)  # fmt: skip


def ages(town: Town) -> Iterator[Beside]:
    """Compare how mixed areas are by age, and Theil's H between them, with scipy's entropy of the people of homes."""
    of_homes, table = town.tables["origin_people"], town.tables["equity"]
    zone = of_homes["origin_id"].map(town.tables["origins"].set_index("origin_id")["zone_id"])
    people = of_homes.pivot_table("people", zone, "group", aggfunc="sum").dropna()
    counts = people[["0-19", "65+"]].assign(between=people["total"] - people["0-19"] - people["65+"])
    told = table[(table["measure"] == "population") & (table["group_by"] == "age")]
    units = told[(told["zoning"] == ZONE) & (told["statistic"] == "entropy")].set_index("zone_id")["value"].dropna()
    yield Beside("`entropy` of ages of an area", town.name, of("scipy"), units.to_numpy(float),
                 entropy(counts.loc[units.index], base=3, axis=1), 1e-6, "",
                 "ages are rounded to a millionth of a person")  # fmt: skip
    size, whole = counts.sum(axis=1).to_numpy(), entropy(counts.sum())
    theirs = (size * (whole - entropy(counts, axis=1))).sum() / (size.sum() * whole)
    ours = told.loc[told["statistic"] == "theil_h", "value"].to_numpy(float)
    yield Beside("`theil_h` of ages", town.name, of("scipy"), ours, np.array([theirs]), 1e-6)
