"""What is told of the hubs: those that there are and are recommended, each further one, and who remains without."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import locate
from geokehila.analyses.tables import Tables
from geokehila.hubs.choosing import EXISTING, Question
from geokehila.hubs.gains import Gains
from geokehila.hubs.steadiness import Steadiness
from geokehila.hubs.walked import nearest_s
from geokehila.names import NAME_COLUMNS
from geokehila.reach.arrays import Floats, Ints
from geokehila.schema import check
from geokehila.zones.inhabited import Inhabited

RECOMMENDED = "recommended"


def hubs(gains: Gains, steady: Steadiness, hosted: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return table ``hubs``: those that there are, and those recommended by the people whom each adds."""
    question, added = gains.question, gains.added
    columns = np.concatenate([_by_people_added(gains), np.flatnonzero(question.is_there)]).astype(np.int64)
    new = np.isin(columns, added)
    sites = question.sites.iloc[columns].reset_index(drop=True)
    people = gains.summed(lambda numbers: _sums(gains.site, numbers, len(question.sites))[columns])
    wanted = [
        "site_id",
        "kind",
        "choice",
        *NAME_COLUMNS,
        "price",
        "capacity",
        "room_m2",
        "plan_number",
        "designation",
        "gush",
    ]
    of_site = hosted[hosted["hosted"]].groupby("site_id")["category"].agg(";".join).to_dict()
    table = sites[[*wanted, "helka", "geometry"]].assign(
        status=np.where(new, RECOMMENDED, EXISTING),
        rank=np.where(new, np.arange(1, len(columns) + 1), np.nan),
        people_within=_within(question)[columns],
        people_low=np.where(new, people[0], np.nan),
        people_high=np.where(new, people[1], np.nan),
        people_only=[gains.lost_without(c) if is_new else np.nan for c, is_new in zip(columns, new, strict=True)],
        chosen_share=np.where(new, steady.chosen[columns], np.nan),
        near_share=np.where(new, steady.near[columns], np.nan),
        services=[of_site.get(site_id, "") for site_id in sites["site_id"]],
        geometry=sites.geometry.representative_point(),
    )
    return gpd.GeoDataFrame(check("hubs", table))


def _by_people_added(gains: Gains) -> Ints:
    """Return the new sites in the order in which each brings most of the people left: surely, then at most."""
    question, left = gains.question, [*gains.added]
    walk_s, order, demand = gains.old_s, [], question.demand
    people = np.stack([demand.people * demand.is_beyond, demand.people * demand.may_be_beyond])

    def brought(column: int) -> tuple[float, ...]:
        within = nearest_s(question.walks, np.array([column])) <= question.cutoff_s
        return tuple(people[:, within & (walk_s > question.cutoff_s)].sum(axis=1).round(6))

    while left:
        best = max(left, key=brought)
        left.remove(best)
        walk_s = np.minimum(walk_s, nearest_s(question.walks, np.array([best])))
        order.append(best)
    return np.array(order, np.int64)


def _within(question: Question) -> Floats:
    """Return the people within the cutoff of each site, shape (M,)."""
    walks = question.walks.tocoo()
    near = walks.data <= question.cutoff_s
    return _sums(walks.col[near], question.demand.people[walks.row[near]], len(question.sites))


def _sums(site: Ints, numbers: Floats, count: int) -> Floats:
    """Sum numbers over sites; -1 is none."""
    some = site >= 0
    summed: Floats = np.bincount(site[some], numbers[some], minlength=count).astype(float)
    return summed


def further_hubs(question: Question, found: Mapping[int, locate.Siting]) -> pd.DataFrame:
    """Return table ``hub_steps``: what each further hub adds, and how near to the best each answer is."""
    rows, before = [], _served(question, np.flatnonzero(question.is_there))
    for siting in found.values():
        served = _served(question, siting.chosen)
        new = siting.chosen[~question.is_there[siting.chosen]]
        rows.append(
            {
                "hubs_count": len(new),
                "objective": siting.objective,
                "bound": siting.bound,
                "gap": siting.gap,
                "people_served": served,
                "people_gained": served - before,
                "site_ids": ";".join(question.sites["site_id"].iloc[new]),
            }
        )
        before = served
    return check("hub_steps", pd.DataFrame(rows).drop_duplicates("hubs_count"))


def _served(question: Question, chosen: Ints) -> float:
    """Return the people within the cutoff of a hub: of those chosen, or of one there already beyond the sites."""
    walk_s = np.minimum(nearest_s(question.walks, chosen), question.demand.now_s)
    return float(question.demand.people[walk_s <= question.cutoff_s].sum())


def left(gains: Gains, tables: Tables) -> pd.DataFrame:
    """Return table ``hub_left``: people of each area beyond every hub, now and then, at least and at most."""
    demand, rows = gains.question.demand, []
    # Of both ways of placing people in homes the one that tells least, and the one that tells most.
    ends = {
        "now_low": (np.min, demand.is_beyond * 1.0),
        "now_high": (np.max, demand.may_be_beyond * 1.0),
        "then_low": (np.min, demand.is_beyond * (1.0 - gains.served * gains.gains)),
        "then_high": (np.max, demand.may_be_beyond * (1.0 - gains.served * gains.may_gain)),
    }
    for zoning in tables.zonings:
        areas = Inhabited(zoning)
        sums = {
            name: end([areas.sums(people * share) for people in demand.placings], axis=0)
            for name, (end, share) in ends.items()
        }
        people = areas.sums(demand.people)
        rows.append(pd.DataFrame({"zoning": zoning.key, "zone_id": areas.ids, "people": people, **sums}))
    return check("hub_left", pd.concat(rows, ignore_index=True))
