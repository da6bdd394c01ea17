"""What is told of the hubs: those there are and are recommended, each further one, who remains without, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import locate
from geokehila.analyses.tables import Tables
from geokehila.catalogue.phrases import Phrases
from geokehila.draw.chosen import Speech, no_sure_gap, not_counted
from geokehila.hubs.choosing import EXISTING, Question
from geokehila.hubs.gains import Gains
from geokehila.hubs.steadiness import Steadiness
from geokehila.hubs.uncounted import Uncounted
from geokehila.hubs.walked import nearest_s
from geokehila.names import NAME_COLUMNS
from geokehila.reach.arrays import Floats, Ints
from geokehila.schema import check
from geokehila.zones import CITY
from geokehila.zones.inhabited import Inhabited
from geokehila.zones.people import SAME

RECOMMENDED = "recommended"


def hubs(gains: Gains, steady: Steadiness, hosted: pd.DataFrame, uncounted: Uncounted) -> gpd.GeoDataFrame:
    """Return table ``hubs``: those that there are, and those recommended by the people whom each adds."""
    question, added = gains.question, gains.added
    columns = np.concatenate([_by_people_added(gains), np.flatnonzero(question.is_there)]).astype(np.int64)
    new = np.isin(columns, added)
    sites = question.sites.iloc[columns].reset_index(drop=True)
    people = [end[columns] for end in gains.of_sites()]
    # What must be built is chosen in every try: that tells nothing.
    tried = new & ~question.is_must[columns]
    ranked = columns[: len(added)]
    alone = [gains.lost_without(column) for column in ranked]
    each = {"people_added": _added(gains, ranked), "people_only": alone}
    ends = {name: _of_new(both, len(columns)) for name, both in each.items()}
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
        "helka",
        "designation_change",
        "listed",
    ]
    homes = uncounted.more(np.flatnonzero(question.is_there))[columns]
    of_site = hosted[hosted["hosted"]].groupby("site_id")["category"].agg(";".join).to_dict()
    table = sites[[*wanted, "geometry"]].assign(
        status=np.where(new, RECOMMENDED, EXISTING),
        rank=np.where(new, np.arange(1, len(columns) + 1), np.nan),
        people_within=_within(question)[columns],
        people_low=np.where(new, people[0], np.nan),
        people_high=np.where(new, people[1], np.nan),
        **{f"{name}_{end}": both[:, i] for name, both in ends.items() for i, end in enumerate(("low", "high"))},
        homes_not_counted=np.where(new, homes, np.nan),
        chosen_share=np.where(tried, steady.chosen[columns], np.nan),
        near_share=np.where(tried, steady.near[columns], np.nan),
        services=[of_site.get(site_id, "") for site_id in sites["site_id"]],
        geometry=sites.geometry.representative_point(),
    )
    return gpd.GeoDataFrame(check("hubs", table))


def _by_people_added(gains: Gains) -> Ints:
    """Return the new sites in the order in which each brings most of the people left: surely, then at most."""
    question, left, order = gains.question, [*gains.added], list[int]()
    demand, problem, cutoff_s = question.demand, gains.problems[0], question.cutoff_s
    weights = np.stack([problem.weight * demand.is_beyond, problem.weight])
    people = weights

    def brought(column: int) -> tuple[float, ...]:
        within = nearest_s(question.walks, np.array([column])) <= cutoff_s
        most = people[:, within].sum(axis=1)
        return tuple(np.minimum(most, problem.sites.capacity[column]).round(6))

    while left:
        best = max(left, key=brought)
        left.remove(best)
        order.append(best)
        # Who finds the sites so far full is left.
        people = weights * (1 - locate.allocate(problem, cutoff_s, np.sort(order)).sum(axis=1))
    return np.array(order, np.int64)


def _added(gains: Gains, ranked: Ints) -> list[tuple[float, float]]:
    """Return the people whom each new site adds to those ranked before it, at least and at most."""
    return [gains.more(ranked[: many + 1], ranked[:many]) for many in range(len(ranked))]


def _of_new(both: Sequence[tuple[float, float]], count: int) -> Floats:
    """Return what is told of each new site, at least and at most, missing behind them, shape (count, 2)."""
    found = np.full((count, 2), np.nan)
    found[: len(both)] = np.reshape(both, (-1, 2))
    return found


def _within(question: Question) -> Floats:
    """Return the people within the cutoff of each site, shape (M,)."""
    walks = question.walks.tocoo()
    near = walks.data <= question.cutoff_s
    people = question.demand.people[walks.row[near]]
    return np.bincount(walks.col[near], people, minlength=len(question.sites)).astype(float)


def further_hubs(question: Question, found: Mapping[int, locate.Siting]) -> pd.DataFrame:
    """Return table ``hub_steps``: what each further hub adds, and how near to the best each answer is."""
    rows, before = [], np.zeros(0, np.int64)
    for siting in found.values():
        gains = Gains(question, siting)
        has_one = float(question.demand.people[~gains.without].sum())
        served = has_one + locate.servable(gains.problems[0], question.cutoff_s, gains.added)
        low, high = gains.more(gains.added, before)
        rows.append(
            {
                "hubs_count": len(gains.added),
                "objective": siting.objective,
                "bound": siting.bound,
                "gap": siting.gap,
                "people_served": served,
                "people_gained_low": low,
                "people_gained_high": high,
                "site_ids": ";".join(question.sites["site_id"].iloc[gains.added]),
            }
        )
        before = gains.added
    return check("hub_steps", pd.DataFrame(rows).drop_duplicates("hubs_count"))


def left(gains: Gains, tables: Tables) -> pd.DataFrame:
    """Return table ``hub_left``: people of each area beyond every hub, now and then, at least and at most."""
    demand, rows = gains.question.demand, []
    # Of both ways of placing people in homes the one that tells least, and the one that tells most.
    both = [*zip(demand.placings, gains.served(), strict=True)]
    # Of whom it is not known may have a hub: then they leave the room to others.
    alone = [*zip(demand.placings, gains.served_alone(), strict=True)]
    ends = {
        "now_low": (np.min, [people * demand.is_beyond for people, _ in both]),
        "now_high": (np.max, [people * demand.may_be_beyond for people, _ in both]),
        "then_low": (np.min, [(people - served) * demand.is_beyond for people, served in (*both, *alone)]),
        "then_high": (np.max, [(people - served) * demand.may_be_beyond for people, served in both]),
    }
    for zoning in tables.zonings:
        areas = Inhabited(zoning)
        # By floor area, by footprint, and so on in turn.
        counts = [np.ones(len(demand.ids)), areas.scale(*demand.placings)]
        sums = {
            name: end([areas.sums(of_homes * counts[i % 2]) for i, of_homes in enumerate(some)], axis=0)
            for name, (end, some) in ends.items()
        }
        people = areas.sums(demand.people)
        told = {name: summed.round(SAME) + 0.0 for name, summed in sums.items()}
        rows.append(pd.DataFrame({"zoning": zoning.key, "zone_id": areas.ids, "people": people, **told}))
    return check("hub_left", pd.concat(rows, ignore_index=True))


def sentence(gains: Gains, left: pd.DataFrame, record: Mapping[str, Any]) -> str:
    """Return what to mind of the answer: where none is proposed, that nobody surely lacks a hub, else the model's word.

    Parameters
    ----------
    left
        Table ``hub_left``.
    record
        Of the choice: of homes without a count it is said that they are none of those who are served.
    """
    siting, said, nobody = gains.siting, Phrases("en"), list[str]()
    speech = Speech(said.say, str, said.number, ", ".join)
    within = gains.question.problem.weight.sum() - siting.out_of_reach
    if not len(gains.added) and np.isclose(siting.served.sum(), within, rtol=1e-9):
        city = left[left["zoning"] == CITY].iloc[0]
        nobody = no_sure_gap(city["now_low"], city["now_high"], record, speech)
    told = [said.say("hub.none"), *nobody] if nobody else [siting.sentence]
    return " ".join(filter(None, [*told, *not_counted(record, speech)]))
