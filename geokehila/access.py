"""What all analyses ask of the engine, united: each search runs once per profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila import reach
from geokehila.catalogue import Profile
from geokehila.network import StreetNetwork, snap
from geokehila.schema import EDGE, Ask


@dataclass(frozen=True, eq=False)
class Access:
    """What the homes reach, for one profile; rows are homes by origin_id, columns categories.

    Attributes
    ----------
    nearest_s
        [s] Walk to the nearest place; NaN: none within the horizon, or the home is unconnected.
    nearest_place
        place_id of that place; missing where there is none.
    nearest_certain_s
        [s] The same, without the gates at the edge of the data, where the way in may be another.
    counts
        Places within each cutoff [s]; 0 means none.
    """

    nearest_s: pd.DataFrame
    nearest_place: pd.DataFrame
    nearest_certain_s: pd.DataFrame
    counts: Mapping[float, pd.DataFrame]

    def nearest(self) -> pd.DataFrame:
        """Return table ``access_nearest``, wide: ``<category>_s`` and ``<category>_place_id`` by origin_id."""
        return self.nearest_s.add_suffix("_s").join(self.nearest_place.add_suffix("_place_id"))

    def within(self) -> pd.DataFrame:
        """Return table ``access_counts``, wide: ``<category>_<minutes>min_count`` by origin_id."""
        parts = [table.add_suffix(f"_{cutoff / 60:g}min_count") for cutoff, table in self.counts.items()]
        return pd.concat(parts, axis=1)


@dataclass(frozen=True, eq=False)
class Walks:
    """All there is to walk between: homes, gates and the network, with everything snapped once.

    ``member`` has a row per place (by place_id) and a column per category, true where it belongs.
    """

    network: StreetNetwork
    origin_snaps: pd.DataFrame
    gate_snaps: pd.DataFrame
    gate_place: pd.Series
    member: pd.DataFrame

    @classmethod
    def between(
        cls,
        origins: gpd.GeoDataFrame,
        gates: gpd.GeoDataFrame,
        place_categories: pd.DataFrame,
        network: StreetNetwork,
        cap_m: float,
        extent: shapely.Geometry,
    ) -> Walks:
        """Snap tables ``origins`` and ``gates`` to the network; `extent` is what the data cover."""
        return cls(
            network=network,
            origin_snaps=snap(origins.set_index("origin_id").geometry, "origin", network, cap_m, extent),
            gate_snaps=snap(gates.set_index("gate_id").geometry, "gate", network, cap_m, extent),
            gate_place=gates.set_index("gate_id")["place_id"],
            member=pd.crosstab(place_categories["place_id"], place_categories["category"]).astype(bool),
        )

    def run(self, asks: Iterable[Ask], profile: Profile, horizon_s: float) -> Access:
        """Answer every ask of one profile with one search for the nearest and one for the counts."""
        mine = [ask for ask in asks if ask.profile == profile.key]
        network, origins = (
            self.network.for_walker(profile.speed_m_s),
            self.network.points(self.origin_snaps, profile.speed_m_s),
        )
        gates = self.network.points(self.gate_snaps, profile.speed_m_s)
        nearest_of = _united(ask.categories for ask in mine if ask.measure == "nearest")
        counts_of = _united(ask.categories for ask in mine if ask.measure == "counts")
        cutoffs = sorted({c for ask in mine for c in ask.cutoffs_s})
        group = self._group(nearest_of)
        walk_s, place = reach.nearest(network, origins, gates, group, horizon_s)
        at_edge = (self.gate_snaps["status"] == EDGE).to_numpy()
        certain_s, _ = reach.nearest(network, origins, gates.without(at_edge), group, horizon_s)
        found = reach.counts(network, origins, gates, self._group(counts_of), cutoffs)
        ids = pd.Index(self.origin_snaps["point_id"], name="origin_id")
        names = np.array([*self.member.index, None], object)
        return Access(
            nearest_s=pd.DataFrame(walk_s, ids, nearest_of),
            nearest_place=pd.DataFrame(names[place], ids, nearest_of, dtype="str"),
            nearest_certain_s=pd.DataFrame(certain_s, ids, nearest_of),
            counts={cutoff: pd.DataFrame(found[:, k], ids, counts_of) for k, cutoff in enumerate(cutoffs)},
        )

    def _group(self, categories: Sequence[str]) -> reach.Group:
        places = self.gate_place.reindex(self.gate_snaps["point_id"])
        member = self.member.reindex(columns=list(categories), fill_value=False)
        return reach.Group(self.member.index.get_indexer(pd.Index(places)), member.to_numpy(bool))


def _united(categories: Iterable[Sequence[str]]) -> list[str]:
    return sorted({c for some in categories for c in some})
