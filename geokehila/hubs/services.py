"""What a new hub could host of what is missing around it, as far as its room goes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geokehila import locate
from geokehila.catalogue import Category
from geokehila.hubs.choosing import OWN
from geokehila.hubs.gains import Gains
from geokehila.reach.arrays import Floats, Ints
from geokehila.schema import BEYOND


def host(categories: Mapping[str, Category], scores: pd.DataFrame, gains: Gains) -> pd.DataFrame:
    """Choose the services of each new hub, so that most people have one within its own cutoff who have none now.

    Parameters
    ----------
    categories
        Of the catalogue: those with `hosted_m2`, or of them what the study names.
    scores
        Of homes for who walks to the hubs, rows as in the demand: ``category_<key>_state``.

    Returns
    -------
    DataFrame
        Table ``hub_services``: a row a new hub and service that somebody near it lacks. `people_gained` are those whom
        the host serves; of a service that is not hosted, whom it would.
    """
    offered = [c for c in _offered(categories, gains) if f"category_{c.key}_state" in scores]
    lacking = [_lacking(scores, category, gains) for category in offered]
    if not offered or not len(gains.added):
        return _rows([])
    walks, sites = gains.question.walks[:, gains.added], gains.question.problem.sites.take(gains.added)
    services = [
        locate.Service(walks, people, min(category.cutoff_s, gains.question.limit_s), category.hosted_m2)
        for category, people in zip(offered, lacking, strict=True)
    ]
    open_sites = locate.Sites(
        sites.key, np.ones(len(sites), bool), np.zeros(len(sites), bool), sites.price, sites.capacity, sites.xy
    )
    found = locate.bundles(services, open_sites, _room_m2(gains))
    return _rows(
        [
            row
            for s, (category, service) in enumerate(zip(offered, services, strict=True))
            for row in _of_service(category, service, found.hosted[:, s], (found.served[s], found.site[s]), gains)
        ]
    )


def _offered(categories: Mapping[str, Category], gains: Gains) -> list[Category]:
    named = gains.question.choice.services
    return [c for c in categories.values() if c.hosted_m2 > 0 and not c.hub and (not named or c.key in named)]


def _lacking(scores: pd.DataFrame, category: Category, gains: Gains) -> Floats:
    """Return the people of each home who are surely beyond a category."""
    is_beyond = (scores[f"category_{category.key}_state"] == BEYOND).to_numpy()
    people: Floats = np.where(is_beyond, gains.question.demand.people, 0.0)
    return people


def _room_m2(gains: Gains) -> Floats:
    sites = gains.question.sites.iloc[gains.added]
    # Of all others what is free in them is not known.
    told = sites["room_m2"].where(sites["site_id"].str.startswith(f"{OWN}:")).astype(float)
    room: Floats = told.fillna(gains.question.choice.room_m2).to_numpy()
    return room


def _of_service(
    category: Category, service: locate.Service, hosted: np.ndarray, serving: tuple[Floats, Ints], gains: Gains
) -> list[tuple[str, str, bool, float, float]]:
    served, site = serving
    near = service.cost_s.tocoo()
    near_enough = near.data <= service.cutoff_s
    could = np.bincount(near.col[near_enough], service.weight[near.row[near_enough]], minlength=len(gains.added))
    does = np.bincount(site[site >= 0], served[site >= 0], minlength=len(gains.added))
    ids = gains.question.sites["site_id"].to_numpy(object)[gains.added]
    people = np.where(hosted, does, could)
    return [
        (str(ids[i]), category.key, bool(hosted[i]), float(people[i]), category.hosted_m2)
        for i in np.flatnonzero(people > 0)
    ]


def _rows(found: list[tuple[str, str, bool, float, float]]) -> pd.DataFrame:
    columns = {"site_id": "str", "category": "str", "hosted": "bool", "people_gained": "float64", "floor_m2": "float64"}
    return pd.DataFrame(found, columns=[*columns]).astype(columns)
