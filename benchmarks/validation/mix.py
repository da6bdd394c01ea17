"""The mix of uses and kinds of places, by scipy and by the inverse of Simpson's index."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import entropy

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.towns import Town
from geokehila.access import TO
from geokehila.catalogue import USES
from geokehila.schema import REFERENCE
from geokehila.zones import ZONE

MINUTES = "15min"


def around(town: Town) -> Iterator[Beside]:
    """Compare entropy and Hill numbers around homes with scipy's, of the counts that are published."""
    homes = town.homes()
    by_use = homes[[f"use_{use}_count" for use in USES]].to_numpy(float)
    told = homes["mix_entropy_score"].to_numpy(float)
    found = np.where(np.isnan(told), np.nan, entropy(by_use, base=len(USES), axis=1, nan_policy="propagate"))
    yield Beside("entropy of the five uses", town.name, f"scipy.stats.entropy, {of('scipy')}", told, found)
    table = town.tables["access_counts"]
    mine = table[(table["profile"] == REFERENCE) & (table["direction"] == TO)].set_index("origin_id").loc[homes.index]
    kinds = [f"{key}_{MINUTES}_count" for key in town.catalogue.categories if key != "shelter"]
    counts = mine[kinds].to_numpy(float)
    theirs = {0: (counts > 0).sum(axis=1), 1: np.exp(entropy(counts, axis=1)), 2: _inverse_simpson(counts)}
    for order, numbers in theirs.items():
        ours = homes[f"hill_{order}_score"].to_numpy(float)
        some = np.where(np.isnan(ours), np.nan, np.where(counts.sum(axis=1) > 0, numbers, 0.0))
        yield Beside(f"Hill number of order {order}", town.name, f"scipy and numpy, {of('scipy')}", ours, some)


def index(town: Town) -> Iterator[Beside]:
    """Compare the walkability index with z-scores of scikit-learn over the same areas.

    The reference is made of the areas themselves, as the product makes one of a country's.
    """
    from sklearn.preprocessing import StandardScaler

    from geokehila import reference

    rows = town.tables["zone_scores"]
    frozen = reference.build([town.folder], least=0)
    told, _ = reference.index(rows, frozen, fictional=True)
    parts = pd.DataFrame({key: town.of_zones(key)["value"] for key in reference.COMPONENTS})
    people = town.of_zones("people")["value"].reindex(parts.index)
    cases = people >= reference.PEOPLE
    scaled = {key: _scaled(StandardScaler(), parts[key], cases) for key in parts}
    theirs = sum(weight * scaled[key] for key, weight in reference.COMPONENTS.items())
    mine = told[(told["zoning"] == ZONE) & (told["measure"] == reference.INDEX)].set_index("zone_id")["value"]
    yield Beside("`walkability_4_score`", town.name, f"StandardScaler, {of('scikit-learn')}",
                 mine.reindex(parts.index).to_numpy(float), theirs.to_numpy(float), 1e-9)  # fmt: skip


def _scaled(scaler: object, values: pd.Series, cases: pd.Series) -> pd.Series:
    """Scale values by the cases; scikit-learn divides by the n of the cases, samples are divided by n - 1."""
    known = values[cases].dropna().to_numpy()[:, None]
    scaler.fit(known)  # type: ignore[attr-defined]
    scaled = scaler.transform(values.to_numpy()[:, None])[:, 0]  # type: ignore[attr-defined]
    return pd.Series(scaled * np.sqrt((len(known) - 1) / len(known)), values.index)


def _inverse_simpson(counts: np.ndarray) -> np.ndarray:
    total = counts.sum(axis=1)
    return np.divide(total**2, (counts**2).sum(axis=1), out=np.zeros(len(counts)), where=total > 0)
