"""Gaps at each home, so that a zone that is served by half shows its half."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.analyses.tables import Tables
from geokehila.catalogue import Catalogue, Category
from geokehila.reach.arrays import Flags
from geokehila.schema import BEYOND, REACHED, REFERENCE
from geokehila.zones.people import why_unsure


def layer(tables: Tables, of_homes: Mapping[str, pd.DataFrame]) -> gpd.GeoDataFrame:
    """Tell of each home which required categories are surely beyond their cutoff for an adult.

    Parameters
    ----------
    of_homes
        Scores of homes by profile, rows as in `tables.origins`.

    Returns
    -------
    GeoDataFrame
        A point a home: origin_id, zone_id, people; `missing`, the keys of the required categories surely beyond, in the
        catalogue's order, joined by ``;``, and `missing_count`; `unknown` and `unknown_count`, those of which it is not
        known; `worst`, the missing category whose walk exceeds its cutoff the most times (empty: none is missing), and
        `worst_excess_s` [s], by how much; missing also where no such place is found. The reason says within what, or
        ``edge`` where a nearer one may stand behind the edge of the data.

    Examples
    --------
    >>> layer(tables, of_homes)["missing_count"].max()  # doctest: +SKIP
    """
    required, adult = _required(tables.study.catalogue), of_homes[REFERENCE]
    horizon = tables.study.catalogue.standards["horizon"].value
    states = np.column_stack([adult[f"category_{c.key}_state"].to_numpy(object) for c in required])
    walks = np.column_stack([adult[f"category_{c.key}_s"].fillna(np.inf).to_numpy(float) for c in required])
    cutoffs, missing = np.array([c.cutoff_s for c in required]), states == BEYOND
    times = np.where(missing, walks / cutoffs, -1.0)
    worst, some = times.argmax(axis=1), missing.any(axis=1)
    walk, border = walks[np.arange(len(walks)), worst], tables.origins["border_s"].to_numpy(float)
    excess, least = walk - cutoffs[worst], np.where(border < horizon, np.minimum(walk, border), walk)
    unknown, keys = ~np.isin(states, (REACHED, BEYOND)), [c.key for c in required]
    return tables.origins[["origin_id", "zone_id", "people", "geometry"]].assign(
        missing=_joined(missing, keys),
        missing_count=missing.sum(axis=1),
        unknown=_joined(unknown, keys),
        unknown_count=unknown.sum(axis=1),
        worst=np.where(some, np.array(keys, object)[worst], ""),
        worst_excess_s=np.where(some & np.isfinite(excess), excess, np.nan),
        reason=np.where(some, why_unsure(walk, least, f"> {horizon / 60:g} min"), ""),
    )


def _required(catalogue: Catalogue) -> tuple[Category, ...]:
    """Return the categories that are required, but of domains that are only described."""
    described = {key for key, domain in catalogue.domains.items() if not domain.scored}
    return tuple(c for c in catalogue.categories.values() if c.required and c.domain not in described)


def _joined(mask: Flags, keys: Sequence[str]) -> np.ndarray:
    """Return the keys under each row of a mask (O, M), joined; homes with the same are joined once."""
    patterns, which = np.unique(mask, axis=0, return_inverse=True)
    words = [";".join(key for key, is_in in zip(keys, pattern, strict=True) if is_in) for pattern in patterns]
    return np.array(words, object)[which]
