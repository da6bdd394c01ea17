"""Scores of homes summed over statistical areas and the city, weighted by the people who live there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue import Catalogue
from geokehila.names import NAME_COLUMNS
from geokehila.schema import BEYOND, DESCRIBED, EDGE, REACHED, REFERENCE, check

ZONE, CITY, TOTAL = "zone", "city", "total"
#: Names of a zone ``<code>-rest``: what the areas of a layer leave of a locality.
REST = {
    "name_he": "שאר היישוב",
    "name_ar": "بقية البلدة",
    "name_en": "Rest of the locality",
    "name_ru": "Остальная часть",
}


@dataclass(frozen=True)
class _People:
    """Homes of one group of people: the unit each is summed into, its people by floor area and by footprint alone.

    ``uncounted``: the share of each unit's homes in zones whose source does not count the group, 0 to 1.
    """

    zoning: str
    profile: str
    group: str
    units: list[str]
    unit: np.ndarray
    by_floor: np.ndarray
    by_footprint: np.ndarray
    uncounted: np.ndarray

    def total(self, mask: np.ndarray | float = 1.0) -> np.ndarray:
        return np.bincount(self.unit, self.by_floor * mask, minlength=len(self.units))

    def share(self, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Share of the people under the mask, by the lower and the higher of the two ways of placing them; else NaN."""
        with np.errstate(invalid="ignore"):
            both = [
                np.bincount(self.unit, w * mask, minlength=len(self.units))
                / np.bincount(self.unit, w, minlength=len(self.units))
                for w in (self.by_floor, self.by_footprint)
            ]
        return np.minimum(*both), np.maximum(*both)

    def rows(self, measure: str, **columns: Any) -> pd.DataFrame:
        head = {
            "zoning": self.zoning,
            "zone_id": self.units,
            "profile": self.profile,
            "group": self.group,
            "measure": measure,
        }
        return pd.DataFrame(head | {"value": np.nan, "low": np.nan, "high": np.nan, "reason": None} | columns)


def named(zones: gpd.GeoDataFrame, quarters: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the zones, those without a name named for the quarters mapped inside them, three at most.

    Statistical areas carry numbers only, and a meeting knows its quarter by name.
    """
    zone, quarter = shapely.STRtree(quarters.geometry.to_numpy()).query(zones.geometry.to_numpy(), predicate="contains")
    inside = (
        quarters.iloc[quarter].assign(zone_id=zones["zone_id"].to_numpy()[zone]).sort_values(["zone_id", "quarter_id"])
    )
    found = {}
    for column in NAME_COLUMNS:
        joined = inside.dropna(subset=column).groupby("zone_id")[column].agg(_joined)
        found[column] = zones[column].astype("object").where(zones[column].notna(), zones["zone_id"].map(joined))
        # What no area covers is no quarter, whatever is mapped in it.
        found[column] = found[column].mask(zones["zone_id"].str.endswith("-rest"), REST[column])
    return zones.assign(**found)


def _joined(names: pd.Series) -> str:
    different = [*dict.fromkeys(names)]
    return " · ".join(different[:3]) + (" · …" if len(different) > 3 else "")


def summarise(
    scores: pd.DataFrame,
    nearest_s: pd.DataFrame,
    origins: gpd.GeoDataFrame,
    origin_people: pd.DataFrame,
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Sum the scores of homes over zones and the city.

    Parameters
    ----------
    scores
        As an analysis measures them, by origin_id.
    nearest_s
        [s] Walk to the nearest place by category, by origin_id; NaN: none within the horizon.
    origins
        Table ``origins`` with `connected`, and `border_s`, the fastest walk to the edge of the data [s].
    origin_people
        Table ``origin_people``: group total and named age groups.
    catalogue
        Its domains and categories.

    Returns
    -------
    DataFrame
        Table ``zone_scores``. Shares are [low, high] = [at least, at most] of the people, 0 to 1: what is not known
        widens them, and so does placing people by footprint instead of floor area. ``…_beyond_people`` are beyond the
        cutoff, certainly and possibly. Medians [s] are of people, missing where fewer than half reach a place; `low` is
        the median where each walk ends at the edge of the data at the latest, for a nearer place may stand behind it.
    """
    border_s = origins["border_s"].to_numpy(float)
    border_s = np.where(border_s >= catalogue.standards["horizon"].value, np.inf, border_s)
    parts = [
        part
        for people in _peoples(origins, origin_people)
        for part in (
            people.rows(
                "people",
                value=np.where(people.uncounted < 1, people.total(), np.nan),
                reason=np.where(people.uncounted > 0, "unknown", ""),
            ),
            people.rows("connected_share", value=people.share(origins["connected"].to_numpy(float))[0]),
            *_of_domains(people, scores, catalogue),
            *_of_categories(people, scores, nearest_s, border_s, catalogue),
        )
    ]
    return check("zone_scores", pd.concat(parts, ignore_index=True))


def _peoples(origins: gpd.GeoDataFrame, origin_people: pd.DataFrame) -> Iterator[_People]:
    zones, unit = np.unique(origins["zone_id"].to_numpy(str), return_inverse=True)
    ratio = np.nan_to_num((origins["people_by_footprint"] / origins["people"]).to_numpy(float))
    groups = (
        origin_people.pivot(index="origin_id", columns="group", values="people")
        .reindex(index=origins["origin_id"], columns=sorted({TOTAL, *origin_people["group"]}))
        .astype(float)
    )
    for group in groups:
        by_floor = groups[group].fillna(0.0).to_numpy(float)
        missing = groups[group].isna().to_numpy(float)
        for zoning, units, index in ((ZONE, zones.tolist(), unit), (CITY, [""], np.zeros_like(unit))):
            homes = np.bincount(index, minlength=len(units))
            uncounted = np.bincount(index, missing, minlength=len(units)) / np.maximum(homes, 1)
            yield _People(zoning, REFERENCE, str(group), units, index, by_floor, by_floor * ratio, uncounted)


def _of_domains(people: _People, scores: pd.DataFrame, catalogue: Catalogue) -> Iterator[pd.DataFrame]:
    beyond_share: dict[str, np.ndarray] = {}
    for key in catalogue.domains:
        state = scores[f"domain_{key}_state"].to_numpy(object)
        if not catalogue.deciding(key):
            yield people.rows(f"domain_{key}_share", reason=DESCRIBED)
            continue
        low, high, reason = _interval(people, state)
        beyond_share[key] = 1 - high
        total = people.total()
        yield people.rows(f"domain_{key}_share", low=low, high=high, reason=reason)
        yield people.rows(f"domain_{key}_beyond_people", low=total * (1 - high), high=total * (1 - low), reason=reason)
    worst = np.stack([*beyond_share.values()])
    names = np.where(
        np.nan_to_num(worst.max(axis=0)) > 0, np.array([*beyond_share], object)[np.nan_to_num(worst).argmax(axis=0)], ""
    )
    yield people.rows("weakest_domain", value=worst.max(axis=0), reason=names)
    for count in ("domains_reached", "domains_unknown"):
        yield people.rows(count, value=_ratio(people.total(scores[f"{count}_count"].to_numpy(float)), people.total()))


def _of_categories(
    people: _People, scores: pd.DataFrame, nearest_s: pd.DataFrame, border_s: np.ndarray, catalogue: Catalogue
) -> Iterator[pd.DataFrame]:
    far = f"> {catalogue.standards['horizon'].value / 60:g} min"
    for key in catalogue.categories:
        low, high, reason = _interval(people, scores[f"category_{key}_state"].to_numpy(object))
        yield people.rows(f"category_{key}_share", low=low, high=high, reason=reason)
        walk_s = nearest_s[key].fillna(np.inf).to_numpy()
        low_s, median_s = _medians(people, np.minimum(walk_s, border_s)), _medians(people, walk_s)
        found_s, open_ended = np.isfinite(median_s), low_s < median_s
        why = np.select([found_s & open_ended, found_s, reason != "", open_ended], [EDGE, "", reason, EDGE], far)
        found = {"low": low_s, "value": median_s, "high": median_s}
        yield people.rows(
            f"category_{key}_median_s",
            **{name: np.where(np.isfinite(s), s, np.nan) for name, s in found.items()},
            reason=why,
        )


def _interval(people: _People, state: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share reached, at least and at most, and the reason that leaves most people's answer open (empty: none)."""
    low, _ = people.share(state == REACHED)
    beyond, _ = people.share(state == BEYOND)
    open_states = sorted({*np.unique(state.astype(str))} - {REACHED, BEYOND})
    high = np.maximum(low, 1 - beyond)  # rounding must not turn the interval round
    if not open_states:
        return low, high, np.full(len(low), "", object)
    sums = np.stack([people.total(state == s) for s in open_states])
    reason = np.where(sums.max(axis=0) > 0, np.array(open_states, object)[sums.argmax(axis=0)], "")
    return low, high, reason


def _medians(people: _People, walk_s: np.ndarray) -> np.ndarray:
    """Weighted median of each unit: the walk that half of its people have at most."""
    order = np.lexsort((walk_s, people.unit))
    unit, weight, walk = people.unit[order], people.by_floor[order], walk_s[order]
    total = people.total()
    running = np.cumsum(weight) - np.concatenate([[0.0], np.cumsum(total)[:-1]])[unit]
    half = (running >= total[unit] / 2 - 1e-9) & (total[unit] > 0)
    first = pd.Series(walk[half]).groupby(unit[half]).first()
    medians: np.ndarray = first.reindex(range(len(total))).to_numpy(float)
    return medians


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
    return ratio
