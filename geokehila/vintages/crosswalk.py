"""The crosswalk: how many people live both in an area of one edition and in a zone of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.brief import Brief
from geokehila.ledger import Ledger
from geokehila.schema import WHOLE_ZONE_SHARE, check
from geokehila.vintages import checking
from geokehila.vintages.carrying import ENOUGH_SHARE

#: What tells of crosswalks in ledgers and warnings.
SOURCE = "crosswalk"
#: Less of an area's land than this in a zone is a border that two hands drew.
LEAST_SHARE = 0.01


@dataclass(frozen=True, eq=False)
class Edition:
    """The areas of another edition than the zones', and who counts people by them.

    Attributes
    ----------
    vintage
        ``2011`` or ``2022``.
    areas
        Every area by itself, zone_id and geometry [m].
    units
        The same where several are counted as one (``"9000-645+646"``).
    counts
        zone_id of `units` and their residents; empty where nobody counts residents by these areas.
    source, year
        Who counts: census, areas (the layer itself) or socioeconomic, and of which year; "" where not known.
    ledgers
        Of the files.
    """

    vintage: str
    areas: gpd.GeoDataFrame
    units: gpd.GeoDataFrame
    counts: pd.DataFrame
    source: str = ""
    year: str = ""
    ledgers: tuple[Ledger, ...] = ()

    def uncounted(self) -> Edition:
        """Return it without counts, for zones that count no residents: voters or dwellings are no estimate of them."""
        return replace(self, counts=self.counts.iloc[:0], source="", year="")


@dataclass(frozen=True, eq=False, repr=False)
class Crosswalk(Brief):
    """What the areas of another edition are of a study's zones.

    Attributes
    ----------
    edition
        The areas.
    cells
        Table ``crosswalk``.
    areas
        Table ``crosswalk_areas``: the zones' people brought to these areas, beside who is counted there.
    covered
        Share of each zone's people, 0 to 1, whose homes stand in an area, by zone_id; missing where nobody lives.
    in_no_area
        People whose homes stand in none.
    """

    edition: Edition
    cells: pd.DataFrame
    areas: pd.DataFrame
    covered: pd.Series
    in_no_area: float

    @property
    def vintage(self) -> str:
        """Edition of the areas."""
        return self.edition.vintage

    @property
    def bare(self) -> list[str]:
        """The areas that no home of a zone stands in."""
        return sorted({*self.edition.areas["zone_id"]} - {*self.cells.loc[self.cells["people"] > 0, "from_area"]})

    @property
    def facts(self) -> Mapping[str, object]:
        """What ``run.json`` tells of it."""
        return {
            "from_vintage": self.vintage,
            "areas_count": len(self.edition.areas),
            "zones_count": int(self.cells.loc[self.cells["people"] > 0, "zone_id"].nunique()),
            "areas_without_homes_count": len(self.bare),
            "people_in_areas": float(self.cells["people"].sum()),
            "people_in_no_area": self.in_no_area,
            "counted_by": self.edition.source,
            "year": self.edition.year,
            **checking.errors(self.areas),
        }

    @cached_property
    def ledgers(self) -> tuple[Ledger, ...]:
        """Of the files, and one with notices of zones and areas that do not lie in one another."""
        told, vintage = Ledger(SOURCE), self.vintage
        few = self.covered[self.covered < ENOUGH_SHARE]
        if len(few):
            text = (
                f"{len(few)} zones have less than {ENOUGH_SHARE:.0%} of their people in areas of {vintage}, the least"
            )
            remedy = "facts by these areas are missing there; give the whole layer"
            told.warn(f"zones_not_in_{vintage}", f"{text} {few.idxmin()} ({100 * few.min():.1f} %): {remedy}")
        out = self.areas.loc[self.areas["reason"].isin((checking.OUTSIDE, checking.PARTLY)), "from_area"]
        if len(out):
            text = f"{len(out)} of {len(self.areas)} areas of {vintage} lie beyond the zones that the map covers whole"
            remedy = "they are not compared; give a map of the whole town"
            told.warn(f"areas_of_{vintage}_outside", f"{text}, the first {out.iloc[0]}: {remedy}")
        return (*self.edition.ledgers, told)


def cross(edition: Edition, homes: pd.DataFrame, area_of_home: np.ndarray, zones: gpd.GeoDataFrame) -> Crosswalk:
    """Lay areas of one edition over the zones of another, weighted by who lives in both.

    Parameters
    ----------
    edition
        The areas, and who is counted in them.
    homes
        zone_id and people of each home.
    area_of_home
        zone_id of the area that each home stands in, shape (O,); None where it stands in none.
    zones
        zone_id, coverage_share, and the land [m] of each that the map covers. Of a zone below 0.95 only a part of the
        people is placed: areas that reach into one are not compared.

    Notes
    -----
    Weights are the people of homes, as they are placed by floor area: an empty half of an area takes nothing along. An
    area in which no home stands is parted by land, so that what is counted in it is not lost; it weighs nothing in any
    mean.

    Examples
    --------
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame({"zone_id": ["1-7", "1-8"]}, geometry=[box(0, 0, 2, 1), box(2, 0, 3, 1)])
    >>> land = [box(0, 0, 1, 1), box(1, 0, 3, 1)]
    >>> zones = gpd.GeoDataFrame({"zone_id": ["a", "b"], "coverage_share": 1.0}, geometry=land)
    >>> counts = pd.DataFrame({"zone_id": ["1-7", "1-8"], "people": [50.0, 10.0]})
    >>> homes = pd.DataFrame({"zone_id": ["a", "b", "b"], "people": [30.0, 10.0, 10.0]})
    >>> found = cross(Edition("2011", areas, areas, counts), homes, np.array(["1-7", "1-7", "1-8"]), zones)
    >>> found.cells[["from_area", "zone_id", "of_area_share", "of_zone_share"]].to_numpy().tolist()
    [['1-7', 'a', 0.75, 1.0], ['1-7', 'b', 0.25, 0.5], ['1-8', 'b', 1.0, 0.5]]
    >>> found.areas[["from_area", "people_estimate", "people", "difference_share"]].to_numpy().tolist()
    [['1-7', 40.0, 50.0, -0.2], ['1-8', 10.0, 10.0, 0.0]]
    """
    lived = homes[["zone_id", "people"]].assign(from_area=area_of_home)
    of_zone = lived.groupby("zone_id")["people"].sum()
    cells = lived[lived["people"] > 0].groupby(["from_area", "zone_id"], as_index=False)["people"].sum()
    of_area = cells["from_area"].map(cells.groupby("from_area")["people"].sum())
    by_people = cells.assign(
        of_area_share=cells["people"] / of_area.astype("float64"),
        of_zone_share=cells["people"] / cells["zone_id"].map(of_zone).astype("float64"),
    )
    bare = edition.areas[~edition.areas["zone_id"].isin(cells["from_area"])]
    by_land = land_shares(bare, zones).assign(people=0.0, of_zone_share=0.0)
    table = pd.concat([by_people, by_land[by_land["of_area_share"] >= LEAST_SHARE]]).assign(
        from_vintage=edition.vintage
    )
    checked = check(SOURCE, table.astype({"from_area": "str", "zone_id": "str"}))
    ground = zones.loc[zones["coverage_share"] >= WHOLE_ZONE_SHARE, "geometry"].union_all()
    covered = checked.groupby("zone_id")["of_zone_share"].sum().reindex(of_zone.index, fill_value=0.0)
    return Crosswalk(
        edition,
        checked,
        checking.compared(checked, edition.vintage, edition.units, edition.counts, ground),
        covered.where(of_zone > 0),
        float(lived["people"][lived["from_area"].isna()].sum()),
    )


def land_shares(areas: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return how much of each area's land, 0 to 1, lies in each zone: from_area, zone_id, of_area_share."""
    shapes, others = areas.geometry.to_numpy(), zones.geometry.to_numpy()
    area, zone = shapely.STRtree(others).query(shapes, predicate="intersects")
    share = shapely.area(shapely.intersection(shapes[area], others[zone])) / shapely.area(shapes[area])
    ids = {"from_area": areas["zone_id"].to_numpy()[area], "zone_id": zones["zone_id"].to_numpy()[zone]}
    return pd.DataFrame({**ids, "of_area_share": share})
