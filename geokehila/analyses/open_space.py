"""Open space: how far each home walks to a garden, a park, a playground, and how much of them there is for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila import open_spaces
from geokehila.access import Access, Answers, Ask
from geokehila.analyses import states
from geokehila.analyses.tables import UNIT_COLUMNS, Absent, Measured, Tables
from geokehila.analyses.units import Units
from geokehila.catalogue import DISTANCE
from geokehila.open_spaces import ANY, CATEGORIES, KINDS, LEVELS
from geokehila.schema import EDGE, LOADED, NOT_KNOWN, REFERENCE, UNCONNECTED, YES
from geokehila.study import Study
from geokehila.zones import Zoning, ratio
from geokehila.zones.sums import PARTLY_KNOWN

#: [m] Walks within which shares are given, to any space, to those of a size, and to playgrounds.
CUTOFFS_M = (300.0, 400.0, 500.0)
WITHIN = (ANY, "open_0.5ha", "open_1ha", "open_playground")
#: Standards that are walks: what is walked to, and the standard of the catalogue that says how far.
WALKS = {
    "who_300m": ("open_0.5ha", "open_who"),
    "angst_2ha_300m": ("open_2ha", "open_angst_2ha"),
    "angst_20ha_2km": ("open_20ha", "open_angst_20ha"),
    "rule_300": ("open_1ha", "open_rule_300"),
}
#: Kinds that people crowd: what gardens and parks hold is shared, the land around is not.
SHARED = (*LEVELS["neighbourhood"], *LEVELS["city"])
#: Lists that tell whether open spaces, playgrounds and schools are mapped.
PARK, PLAYGROUND, SCHOOL = "park", "playground", "school"
NO_PEOPLE = "no people"
#: The rest of the 3-30-300 rule.
ABSENT = (Absent("rule_3_state", "trees_in_view_not_read"), Absent("rule_30_state", "canopy_not_read"))


def asks(study: Study) -> tuple[Ask, ...]:
    """Ask for the nearest space of every kind and size in metres and for an adult, and who shares each space."""
    farthest_m = max(_catchments(study).values())
    return (
        Ask("nearest", DISTANCE, CATEGORIES),
        Ask("nearest", REFERENCE, CATEGORIES),
        Ask("pairs", DISTANCE, (ANY,), (farthest_m,)),
    )


def measure(tables: Tables, answers: Answers) -> Measured:
    """Measure the walk to open space, and how much of it there is for everyone.

    Parameters
    ----------
    tables
        Its `open_spaces` are classified (:func:`geokehila.open_spaces.classify`).
    answers
        What the homes reach; rows as in `tables.origins`.

    Returns
    -------
    Measured
        Of homes, in metres (profile ``distance``): ``<category>_m`` [m] to the nearest of each of
        :data:`~geokehila.open_spaces.CATEGORIES`, NaN: none within the horizon; ``<category>_<metres>m_state`` and the
        states of :data:`WALKS`. Of an adult: ``<category>_s`` [s]; ``open_2sfca_m2`` and ``open_2sfca_wide_m2`` [m2 per
        resident in reach], 0: none in reach, NaN: not known. Of units: ``open_<kind>_m2`` and ``open_m2`` [m2],
        ``open_<level>_m2_per_resident`` and ``open_m2_per_resident``, ``after_hours_m2``; value and low are what is
        public, high what may be. Layers ``open_spaces``, ``open_spaces_kept_out``, ``after_hours``.
    """
    spaces = tables.open_spaces
    yards = open_spaces.after_hours(spaces, tables.buildings)
    is_kept_out = (spaces["public"] != YES) & (spaces["why"] != open_spaces.SCHOOL_YARD)
    layers = {"open_spaces": spaces, "open_spaces_kept_out": spaces[is_kept_out], "after_hours": yards}
    metres, adult = answers.of(DISTANCE), answers.of(REFERENCE)
    walks_s = adult.nearest_s[[*CATEGORIES]].add_suffix("_s")
    homes = {
        DISTANCE: pd.concat([metres.nearest_s[[*CATEGORIES]].add_suffix("_m"), _states(tables, metres)], axis=1),
        REFERENCE: walks_s.assign(**_shared(tables, metres)),
    }
    return Measured(homes, _of_units(tables, yards), layers, ABSENT)


def two_step(pairs: pd.DataFrame, m2: pd.Series, people: np.ndarray) -> np.ndarray:
    """[m2 per resident in reach] Share every space among all who reach it: two-step floating catchment.

    Parameters
    ----------
    pairs
        `origin_id` and `place_id` (categorical) of every home and space within a walk of each other.
    m2
        [m2] What each space holds, by place_id.
    people
        People of each home, in the order of the categories of `origin_id`, shape (O,).

    Returns
    -------
    ndarray
        Of each home the sum over the spaces it reaches of their m2 per person who reaches them, shape (O,); 0: it
        reaches none; NaN: it reaches one that holds something and that nobody reaches. Times people, the sum over homes
        is the m2 of all spaces that anybody reaches.
    """
    home, space = pairs["origin_id"].cat.codes.to_numpy(), pairs["place_id"].cat.codes.to_numpy()
    holds = m2.reindex(pairs["place_id"].cat.categories, fill_value=0.0).to_numpy(float)
    sharing = np.bincount(space, people[home], minlength=len(holds)).astype(float)
    each = np.where(holds > 0, ratio(holds, sharing), 0.0)
    return np.bincount(home, each[space], minlength=len(people))


def _catchments(study: Study) -> dict[str, float]:
    """[m] Walks within which spaces are shared, by measure."""
    keys = {"open_2sfca_m2": "open_catchment", "open_2sfca_wide_m2": "open_wide_catchment"}
    return {measure: study.catalogue.standards[key].value for measure, key in keys.items()}


def _states(tables: Tables, metres: Access) -> pd.DataFrame:
    standards = tables.study.catalogue.standards
    asked = {f"{key}_{cutoff:g}m": (key, cutoff) for key in WITHIN for cutoff in CUTOFFS_M}
    asked |= {name: (key, standards[standard].value) for name, (key, standard) in WALKS.items()}
    columns = {
        f"{name}_state": states.of_category(
            tables, metres, key, cutoff, listed=PLAYGROUND if key == "open_playground" else PARK
        )
        for name, (key, cutoff) in asked.items()
    }
    return pd.DataFrame(columns, metres.nearest_s.index, dtype="str")


def _shared(tables: Tables, metres: Access) -> dict[str, np.ndarray]:
    """[m2] What each home has of the gardens and parks it shares; NaN where more data could change it.

    A space may be a walk away, and who else shares it a walk beyond.
    """
    spaces, pairs = tables.open_spaces, metres.pairs[ANY]
    m2 = spaces.set_index("place_id")["counted_m2"].where((spaces["kind"].isin(SHARED)).to_numpy(), 0.0)
    people, border_m = tables.origins["people"].to_numpy(float), tables.border(metres).to_numpy()
    led = ~metres.snapped.isin([UNCONNECTED, EDGE]).to_numpy() & (tables.listed(PARK) == LOADED).to_numpy()
    return {
        measure: np.where(led & (border_m > 2 * cutoff), two_step(pairs[pairs["walk_s"] <= cutoff], m2, people), np.nan)
        for measure, cutoff in _catchments(tables.study).items()
    }


def _of_units(tables: Tables, yards: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = [row for zoning in tables.zonings for row in _Units(tables, zoning).rows(yards)]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=[*UNIT_COLUMNS])


@dataclass(frozen=True, eq=False)
class _Units:
    """The units of one zoning."""

    tables: Tables
    zoning: Zoning

    @cached_property
    def shapes(self) -> np.ndarray:
        """The units as far as the data go: beyond them nobody is counted either."""
        whole: np.ndarray = shapely.intersection(self.zoning.units.geometry.to_numpy(), self.tables.extent)
        return whole

    @cached_property
    def people(self) -> np.ndarray:
        """Residents of each unit."""
        return self._sums(self.tables.origins["people"].to_numpy(float))

    def rows(self, yards: gpd.GeoDataFrame) -> Iterator[pd.DataFrame]:
        """Yield the measures of these units."""
        spaces = self.tables.open_spaces
        of_kind = pd.Index(KINDS).get_indexer(spaces["kind"])
        certain = self._m2(open_spaces.ground(spaces), of_kind)
        possible = self._m2(open_spaces.ground(spaces, (YES, NOT_KNOWN)), of_kind)
        for column, kind in enumerate(KINDS):
            yield self._row(f"open_{kind}_m2", certain[:, column], possible[:, column])
        yield self._row("open_m2", certain.sum(axis=1), possible.sum(axis=1))
        for level, kinds in {"": KINDS, **{f"{level}_": kinds for level, kinds in LEVELS.items()}}.items():
            of_level = np.isin(KINDS, kinds)
            low, high = (ratio(m2[:, of_level].sum(axis=1), self.people) for m2 in (certain, possible))
            yield self._row(f"open_{level}m2_per_resident", low, high)
        m2 = self._m2(yards.geometry.to_numpy(), np.zeros(len(yards), int))[:, 0]
        yield self._row("after_hours_m2", m2, m2, SCHOOL)

    def _m2(self, grounds: np.ndarray, column: np.ndarray) -> np.ndarray:
        """[m2] Return the ground inside each unit by column, shape (U, K); what is empty has no column."""
        ground, unit = shapely.STRtree(self.shapes).query(grounds, "intersects")
        inside = shapely.area(shapely.intersection(grounds[ground], self.shapes[unit]))
        size = (len(self.shapes), len(KINDS))
        return np.bincount(np.ravel_multi_index((unit, column[ground]), size), inside, size[0] * size[1]).reshape(size)

    def _row(self, measure: str, certain: np.ndarray, possible: np.ndarray, listed: str = PARK) -> pd.DataFrame:
        why = self._why_open[listed]
        if measure.endswith("_m2"):
            # Per resident the part inside the data is told, for its residents alone are counted.
            why = np.where((why == "") & self._is_cut, PARTLY_KNOWN, why)
        is_told = (why == "") | (why == PARTLY_KNOWN) & (certain > 0)
        columns = {
            "zoning": self.zoning.key,
            "zone_id": self.zoning.units["zone_id"].to_numpy(),
            "measure": measure,
            "value": np.where(is_told, certain, np.nan),
            "low": np.where(shapely.area(self.shapes) > 0, certain, np.nan),
            "high": np.where(why == "", possible, np.nan),
            "reason": np.where(np.isnan(certain), NO_PEOPLE, why),
        }
        return pd.DataFrame(columns)

    @cached_property
    def _why_open(self) -> dict[str, np.ndarray]:
        return {listed: Units(self.zoning).why_open(self.tables, listed) for listed in (PARK, SCHOOL)}

    @cached_property
    def _is_cut(self) -> np.ndarray:
        return Units(self.zoning).is_cut(self.tables.extent)

    def _sums(self, of_homes: np.ndarray) -> np.ndarray:
        return np.bincount(self.zoning.of_home, of_homes, minlength=len(self.zoning.units))
