"""The tables of a town laid out by area, once for all of its cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geokehila.catalogue.themes import Shown, themes
from geokehila.draw import palette
from geokehila.draw.likely import measure_of as likely_of
from geokehila.draw.town import Town
from geokehila.schema import BEYOND, MEASURED, REFERENCE

#: The zoning of table ``zones``, and everybody.
ZONE, TOTAL = "zone", "total"
#: Measures of areas that a card tells, beside those of the domains.
MEASURES = ("people", "connected_share", "weakest_domain", "shelter_share", "shelters_count")

Row = Mapping[str, Any]
Ints = NDArray[np.int64]


class Score(NamedTuple):
    """A measure of an area; missing is NaN, and the reason says why."""

    value: float
    low: float
    high: float
    reason: str


NOTHING = Score(np.nan, np.nan, np.nan, "")


@dataclass(frozen=True, eq=False)
class Stock:
    """What cards are made from.

    Attributes
    ----------
    town
        The town.
    """

    town: Town

    @cached_property
    def zones(self) -> dict[str, Row]:
        """Rows of the zones that are shown, by zone_id."""
        return {row["zone_id"]: row for row in records(self.town.zones)}

    @cached_property
    def scores(self) -> Mapping[str, dict[tuple[str, str], Score]]:
        """An adult's scores of each zone, by group and measure."""
        table = self.town.tables["zone_scores"]
        keys = [*self.town.catalogue.domains]
        domains = [f"domain_{key}_{end}" for key in keys for end in ("share", "beyond_people")]
        likely = [likely_of(self.town.catalogue, key) for key in keys]
        of_zones = (table["zoning"] == ZONE) & (table["profile"] == REFERENCE)
        rows = table[of_zones & table["measure"].isin([*MEASURES, *domains, *likely])]
        found: dict[str, dict[tuple[str, str], Score]] = defaultdict(dict)
        reasons = rows["reason"].fillna("")
        columns = (rows["zone_id"], rows["group"], rows["measure"], rows["value"], rows["low"], rows["high"], reasons)
        for zone_id, group, measure, *cell in zip(*map(plain, columns), strict=True):
            found[zone_id][group, measure] = Score(*cell)
        return found

    @cached_property
    def people(self) -> Mapping[str, list[Row]]:
        """Rows of table ``zone_people`` by zone."""
        return by("zone_id", self._shown(self.town.tables["zone_people"]))

    @cached_property
    def confidence(self) -> Mapping[str, dict[str, Row]]:
        """Rows of table ``confidence`` by zone and subject."""
        rows = by("zone_id", self._shown(self.town.tables["confidence"]))
        return {zone_id: {row["subject"]: row for row in some} for zone_id, some in rows.items()}

    def believes(self, zone_id: str, subject: str) -> bool:
        """Tell whether a list can be believed in a zone: only then is none of it none."""
        row = self.confidence.get(zone_id, {}).get(subject)
        return row is not None and row["state"] == MEASURED

    @cached_property
    def gains(self) -> Mapping[str, list[Row]]:
        """Who gains from each proposed hub, by zone."""
        return by("zone_id", self._of_zoning("hub_gains", ZONE))

    def serving(self, zone_id: str) -> list[Row]:
        """Return who gains in a zone from each proposed hub that serves it, that by which most surely gain first."""
        gains = sorted(total(self.gains.get(zone_id, [])), key=_most)
        return [row for row in gains if row["people_high"] > 0]

    @cached_property
    def standing(self) -> Mapping[str, list[str]]:
        """Proposed hubs that stand in a zone, whoever gains by them, by zone and rank."""
        hubs = gpd.GeoDataFrame(self.town.tables["hubs"]).dropna(subset="rank").sort_values("rank")
        points = hubs.to_crs(self.town.zones.crs).representative_point()
        hub, zone = self.town.zones.sindex.query(points, predicate="intersects", sort=True)
        found: dict[str, list[str]] = defaultdict(list)
        for i, j in zip(hub.tolist(), zone.tolist(), strict=True):
            found[self.town.zones["zone_id"].iloc[j]].append(hubs["site_id"].iloc[i])
        return dict(found)

    @cached_property
    def left(self) -> Mapping[str, list[Row]]:
        """Who is beyond every hub now and then, by zone."""
        return by("zone_id", self._of_zoning("hub_left", ZONE))

    @cached_property
    def rules(self) -> Mapping[str, list[Row]]:
        """Rows of table ``compliance`` by zone."""
        return by("zone_id", self._of_zoning("compliance", ZONE))

    @cached_property
    def hubs(self) -> dict[str, Row]:
        """Hubs, those that there are and those proposed, by site_id."""
        return {row["site_id"]: row for row in records(self.town.tables["hubs"])}

    @cached_property
    def sites(self) -> dict[str, Row]:
        """Sites that an addition can stand at, by site_id."""
        wanted = self.town.tables["additions"]["site_id"].dropna().unique()
        table = self.town.tables["candidates"]
        return {row["site_id"]: row for row in records(table[table["site_id"].isin(wanted)])}

    @cached_property
    def links(self) -> dict[str, Row]:
        """Missing ways on foot, by link_id."""
        table = self.town.tables.get("links")
        return {} if table is None else {row["link_id"]: row for row in records(table)}

    def of_unit(self, name: str, zone_id: str) -> tuple[list[Row], Row]:
        """Return a table's rows on a zone, else on the unit of the table's next zoning that its middle lies in.

        The second is the unit, empty where it is the zone itself.
        """
        for zoning, rows in self._by_zoning(name).items():
            unit = zone_id if zoning == ZONE else self._units(zoning).get(zone_id, "")
            if unit in rows:
                return rows[unit], {} if zoning == ZONE else self._unit_rows[zoning, unit]
        return [], {}

    def colour(self, domain: str, share: float) -> str:
        """Return the colour of the class that a share of a domain is in."""
        shown = self._classes.get(f"domain_{domain}_share")
        return palette.RAMPS[shown.more][shown.class_of(share)] if shown else palette.UNKNOWN

    @cached_property
    def _classes(self) -> dict[str, Shown]:
        return {shown.key: shown for shown in themes(self.town.catalogue)["domains"]}

    @cached_property
    def homes(self) -> Homes:
        """Where people live."""
        return Homes.of(self.town)

    def _of_zoning(self, name: str, zoning: str) -> pd.DataFrame:
        table = self.town.tables[name]
        return table[table["zoning"] == zoning]

    def _shown(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[table["zone_id"].isin(self.town.zones["zone_id"])]

    def _by_zoning(self, name: str) -> Mapping[str, Mapping[str, list[Row]]]:
        """Return a table's rows by zoning, its zones first, and unit; none where there is no such table."""
        if name not in self._asked:
            table = self.town.tables.get(name)
            keys = [] if table is None else sorted({*table["zoning"]}, key=lambda key: (key != ZONE, key))
            self._asked[name] = {key: by("zone_id", table[table["zoning"] == key]) for key in keys if table is not None}
        return self._asked[name]

    @cached_property
    def _asked(self) -> dict[str, Mapping[str, Mapping[str, list[Row]]]]:
        return {}

    @cached_property
    def _unit_rows(self) -> dict[tuple[str, str], Row]:
        return {(row["zoning"], row["zone_id"]): row for row in records(self.town.tables["zonings"])}

    def _units(self, zoning: str) -> Mapping[str, str]:
        """Return the unit that the middle of each zone lies in."""
        if zoning not in self._found:
            units = gpd.GeoDataFrame(self._of_zoning("zonings", zoning)).reset_index(drop=True)
            middles = self.town.zones.to_crs(units.crs).representative_point()
            zone, unit = units.sindex.query(middles, predicate="within")
            ids = self.town.zones["zone_id"].to_numpy(object)
            # The first of units that overlap, as homes are put into them.
            pairs = sorted(zip(zone.tolist(), unit.tolist(), strict=True), reverse=True)
            self._found[zoning] = {ids[i]: units["zone_id"].iloc[j] for i, j in pairs}
        return self._found[zoning]

    @cached_property
    def _found(self) -> dict[str, Mapping[str, str]]:
        return {}


@dataclass(frozen=True, eq=False)
class Homes:
    """Homes in the order of their zones, of O homes.

    Attributes
    ----------
    at
        [m] Where they stand, shape (O, 2).
    people
        Who lives there, shape (O,).
    off
        Whether they are far from every mapped way, shape (O,).
    states
        Of the homes in the same order: an adult's scores.
    of_zone
        Positions of a zone's homes.
    """

    at: NDArray[np.float64]
    people: NDArray[np.float64]
    off: NDArray[np.bool_]
    states: pd.DataFrame
    of_zone: Mapping[str, slice]

    @classmethod
    def of(cls, town: Town) -> Homes:
        """Lay them out."""
        ordered = gpd.GeoDataFrame(town.tables["origins"].sort_values(["zone_id", "origin_id"], ignore_index=True))
        zones = ordered["zone_id"].to_numpy(object)
        borders = np.flatnonzero(np.r_[True, zones[1:] != zones[:-1], True]) if len(zones) else np.empty(0, int)
        return cls(
            at=shapely.get_coordinates(ordered.geometry.centroid.array),
            people=ordered["people"].to_numpy(float),
            off=~ordered["connected"].to_numpy(bool),
            states=town.homes(REFERENCE).reindex(ordered["origin_id"]),
            of_zone={zones[a]: slice(a, b) for a, b in pairwise(borders.tolist())},
        )

    def beyond(self, domain: str, zone_id: str) -> NDArray[np.float64]:
        """Return where the homes of a zone stand that are beyond a domain, shape (B, 2)."""
        here = self.of_zone.get(zone_id, slice(0, 0))
        column = f"domain_{domain}_state"
        if column not in self.states:
            return self.at[:0]
        found: NDArray[np.float64] = self.at[here][self._beyond(column)[here]]
        return found

    def unconnected(self, zone_id: str) -> NDArray[np.float64]:
        """Return where the homes of a zone stand that are far from every mapped way, shape (U, 2)."""
        here = self.of_zone.get(zone_id, slice(0, 0))
        found: NDArray[np.float64] = self.at[here][self.off[here]]
        return found

    def middle(self, zone_id: str) -> NDArray[np.float64] | None:
        """Return the middle of a zone's people, shape (2,); None where nobody lives."""
        here = self.of_zone.get(zone_id, slice(0, 0))
        weights = self.people[here]
        return np.average(self.at[here], axis=0, weights=weights) if weights.sum() > 0 else None

    @cached_property
    def _columns(self) -> dict[str, NDArray[np.bool_]]:
        return {}

    def _beyond(self, column: str) -> NDArray[np.bool_]:
        if column not in self._columns:
            self._columns[column] = (self.states[column] == BEYOND).fillna(False).to_numpy(bool)
        return self._columns[column]


def records(table: pd.DataFrame, columns: Sequence[str] = ()) -> list[Row]:
    """Return the rows of a table, its texts that are missing as None."""
    kept = table[[*columns]] if columns else table
    lists = [plain(column) for _, column in kept.items()]
    return [dict(zip(kept.columns, row, strict=True)) for row in zip(*lists, strict=True)]


def plain(column: pd.Series) -> list[Any]:
    """Return the cells of a column."""
    # Of texts that pyarrow holds tolist() would take them one by one.
    cells: list[Any] = column.to_numpy(None if pd.api.types.is_numeric_dtype(column) else object).tolist()
    return cells


def by(key: str, table: pd.DataFrame) -> dict[str, list[Row]]:
    """Return the rows of a table by one of its columns, in the table's order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in records(table.drop(columns="geometry", errors="ignore")):
        found[row[key]].append(row)
    return dict(found)


def total(rows: Iterable[Row]) -> list[Row]:
    """Return the rows of everybody."""
    return [row for row in rows if row["group"] == TOTAL]


def _most(row: Row) -> tuple[float, float, str]:
    return -row["people_low"], -row["people_high"], row["site_id"]
