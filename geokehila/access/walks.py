"""Homes and gates on the network of every profile, and what the engine is asked about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.access.answers import Answers
from geokehila.access.asks import Ask, united
from geokehila.access.search import Led, Search
from geokehila.brief import Brief
from geokehila.catalogue import Profile
from geokehila.network import Nearest, Slopes, StreetNetwork, Walker, snap
from geokehila.reach.arrays import Flags
from geokehila.schema import check


@dataclass(frozen=True, eq=False, repr=False)
class Ways(Brief):
    """The streets before anybody walks them: the network, slopes along its edges, and who is kept out of each edge.

    ``closed_to`` has the keys of profiles, joined by blanks, for each edge; ``slope_facts`` are for a report.
    """

    network: StreetNetwork
    slopes: Slopes
    closed_to: np.ndarray
    slope_facts: Mapping[str, float | None] = field(default_factory=dict)

    def closed(self, profile: Profile) -> Flags:
        """Return the edges that a profile may not use, shape (E,)."""
        some, which = np.unique(self.closed_to, return_inverse=True)
        return np.array([profile.key in keys.split() for keys in some], bool)[which]


@dataclass(frozen=True, eq=False, repr=False)
class Walks(Brief):
    """All there is to walk between: homes, gates and the ways.

    ``member`` has a row per place (by place_id) and a column per category, true where it belongs.
    """

    ways: Ways
    origins: gpd.GeoSeries
    gates: gpd.GeoSeries
    gate_place: pd.Series
    member: pd.DataFrame
    cap_m: float
    extent: shapely.Geometry | None
    _led: dict[str, Led] = field(default_factory=dict)
    _snaps: dict[tuple[bytes, bool], tuple[pd.DataFrame, pd.DataFrame]] = field(default_factory=dict)
    _nearest: dict[str, Nearest] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def between(
        cls,
        origins: gpd.GeoDataFrame,
        gates: gpd.GeoDataFrame,
        place_categories: pd.DataFrame,
        ways: Ways,
        cap_m: float,
        extent: shapely.Geometry | None,
    ) -> Walks:
        """Take tables ``origins`` and ``gates``; `cap_m` is how far a way may be [m].

        `extent` is what the data cover; None: they end nowhere.

        Gates of places without a category are led nowhere: nobody asks for them.
        """
        gates = gates[gates["place_id"].isin(place_categories["place_id"])]
        return cls(
            ways=ways,
            origins=origins.set_index("origin_id").geometry,
            gates=gates.set_index("gate_id").geometry,
            gate_place=gates.set_index("gate_id")["place_id"],
            member=pd.crosstab(place_categories["place_id"], place_categories["category"]).astype(bool),
            cap_m=cap_m,
            extent=extent,
        )

    def starting(self, origins: gpd.GeoSeries) -> Walks:
        """Return the same gates and ways, walked between from other points [m] by origin_id: led anew, if asked."""
        return replace(self, origins=origins, _led={}, _snaps={}, _nearest={}, _lock=Lock())

    def led(self, profile: Profile) -> Led:
        """Return homes and gates on the ways open to a profile; where the same is open to two, they are led once."""
        with self._lock:
            if profile.key not in self._led:
                walker = Walker.on(self.ways.network, self.ways.slopes, self.ways.closed(profile), profile)
                self._led[profile.key] = Led(walker, *self._snapped(walker))
            return self._led[profile.key]

    def _snapped(self, walker: Walker) -> tuple[pd.DataFrame, pd.DataFrame]:
        key = (walker.edges.tobytes(), walker.profile.kerbs)
        if key not in self._snaps:
            self._snaps[key] = self._on(walker, "origin", self.origins), self._on(walker, "gate", self.gates)
        return self._snaps[key]

    def _on(self, walker: Walker, kind: str, points: gpd.GeoSeries) -> pd.DataFrame:
        """Snap points to the ways of a walker; which way is the nearest of all is looked for once."""
        if kind not in self._nearest:
            self._nearest[kind] = Nearest.of(points, self.ways.network, self.cap_m)
        known = self._nearest[kind].among(walker.edges)
        return snap(points, kind, walker.streets, self.cap_m, self.extent, known)

    def snaps(self) -> pd.DataFrame:
        """Return table ``snaps`` of every profile that was led; edges are those of the whole network."""
        tables = []
        for key, led in self._led.items():
            both = pd.concat([led.origins, led.gates], ignore_index=True)
            whole = np.append(led.walker.edges, -1)[both["edge"]]
            tables.append(both.assign(profile=key, edge=whole))
        return check("snaps", pd.concat(tables, ignore_index=True))

    def run(self, asks: Iterable[Ask], profiles: Mapping[str, Profile], horizon_s: float) -> Answers:
        """Answer every ask: for each profile and direction one search for the nearest, one for all that is summed.

        Parameters
        ----------
        asks
            Of all analyses.
        profiles
            Of the catalogue, by key.
        horizon_s
            [s] Longer walks to the nearest place are not looked for.
        """
        answers = {}
        for (key, direction), some in united(asks).items():
            search = Search(self.led(profiles[key]), direction, self.gate_place, self.member, horizon_s)
            answers[key, direction] = search.answer(some)
        return Answers(answers)
