"""Where the next community hubs go: who gains from each, what remains, what else would do, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from geokehila import locate
from geokehila.access import Answers, Walks
from geokehila.analyses.tables import Tables
from geokehila.candidates import NO_WAY
from geokehila.hubs import alternatives, catchments, fates, money, musts, services, steadiness, told, unpriced, walkers
from geokehila.hubs.choosing import CANDIDATE, EXISTING, Question, steps
from geokehila.hubs.demand import Demand
from geokehila.hubs.gains import Gains
from geokehila.hubs.steadiness import Steadiness
from geokehila.hubs.uncounted import Uncounted
from geokehila.hubs.walked import SiteSearch, SiteWalks, nearest_s
from geokehila.ledger import Notice
from geokehila.people import uncounted_homes
from geokehila.reach.arrays import Floats
from geokehila.schema import check
from geokehila.study import Study

__all__ = ["Hubs", "Material", "SiteSearch", "SiteWalks", "longest_s", "recommend"]


@dataclass(frozen=True, eq=False)
class Material:
    """What hubs are looked for in.

    Attributes
    ----------
    tables, answers
        The homes and what they reach now.
    of_homes
        Scores of homes by profile.
    sites, gates
        Tables ``candidates`` and ``gates`` of them.
    walks
        Those of the run.
    weight
        How much a person of each home counts, shape (O,); all 1 where no need is weighed.
    weighed
        Those of the parts of need that the study asks for of which anything is told.
    planned
        Where people of planned dwellings will live: origin_id, people, points. Hubs are chosen for them, too, and who
        gains is told of the people of now. None: no layer of planned dwellings is given.
    """

    tables: Tables
    answers: Answers
    of_homes: Mapping[str, pd.DataFrame]
    sites: gpd.GeoDataFrame
    gates: gpd.GeoDataFrame
    walks: Walks
    weight: Floats
    weighed: tuple[str, ...] = ()
    planned: gpd.GeoDataFrame | None = None

    @property
    def study(self) -> Study:
        """Whose choices hold."""
        return self.tables.study


@dataclass(frozen=True, eq=False)
class Hubs:
    """What is recommended.

    Attributes
    ----------
    tables
        ``hubs``, ``hub_gains``, ``hub_steps``, ``hub_alternatives``, ``hub_services`` and ``hub_left``.
    candidates
        Table ``candidates``, those among them excluded that no way comes near; of those that a budget leaves out, for
        nobody tells their price, `reason` says so. Of the municipality's own `fate` says what became of them.
    catchments
        From where the hubs that are recommended are within the cutoff, for drawing.
    record
        The choice, the objective with its bound and gap, and the sentence where there is one, for run.json.
    notices
        What a user should know of the choice and may want to mend.
    """

    tables: Mapping[str, pd.DataFrame]
    candidates: gpd.GeoDataFrame
    catchments: gpd.GeoDataFrame
    record: Mapping[str, Any]
    notices: tuple[Notice, ...] = ()


def cutoff_s(study: Study) -> float:
    """[s] Return the walk that counts as served by a hub: the study's, else the longest of the hub categories' own."""
    own = max((c.cutoff_min for c in study.catalogue.categories.values() if c.hub), default=15.0)
    return 60 * (study.hubs.minutes or own)


def longest_s(study: Study) -> float:
    """[s] Return the longest walk between homes and sites that a study's objective and hosted services ask for."""
    horizon = study.catalogue.standards["horizon"].value
    times = {"mclp": 1 / (1 - steadiness.PACE), "lscp": 1 / (1 - steadiness.PACE), "p_median": 2.0}
    asked = times.get(study.hubs.objective, np.inf) * cutoff_s(study)
    hosted = max((c.cutoff_s for c in study.catalogue.categories.values() if c.hosted_m2), default=0.0)
    return float(min(max(asked, hosted), horizon))


def recommend(material: Material, stage: Callable[[str], None]) -> Hubs:
    """Choose sites for the study's new hubs and tell who gains.

    Parameters
    ----------
    material
        Homes, sites and ways.
    stage
        Is told what begins.

    Examples
    --------
    >>> recommend(material, print).record["gap"]  # doctest: +SKIP
    """
    choice, search = material.study.hubs, SiteSearch(material.walks, material.gates)
    profile = material.study.catalogue.profiles[choice.profile]
    stage("hubs: walks to the sites")
    walked = search.within(longest_s(material.study), profile)
    candidates = _with_ways(material.sites, walked.unconnected)
    question = _question(material, candidates, walked)
    stage("hubs: choosing")
    effort = locate.Effort(seconds=choice.seconds)
    found = steps(_with_planned(question, material), effort)
    siting = found.get(choice.add) or next(iter(found.values()))
    gains = Gains(question, siting)
    stage("hubs: trying again with other numbers")
    steady = steadiness.try_again(question, siting.chosen, choice.resamples if len(gains.added) else 0)
    by_walker = walkers.others(gains, search, material.tables, material.answers)
    hosted = services.host(material.study.catalogue.categories, material.of_homes[choice.profile], gains)
    drawn = question.sites["site_id"].iloc[gains.added]
    left = told.left(gains, material.tables)
    uncounted = _uncounted(question, material)
    record = _record(gains, steady, uncounted)
    return Hubs(
        {
            "hubs": told.hubs(gains, steady, hosted, uncounted),
            "hub_gains": check("hub_gains", pd.concat([gains.by_group(material.tables), by_walker])),
            "hub_steps": told.further_hubs(question, found),
            "hub_alternatives": check("hub_alternatives", alternatives.second_best(gains)),
            "hub_services": check("hub_services", hosted),
            "hub_left": left,
        },
        check("candidates", fates.with_fates(unpriced.with_reason(candidates, question), gains, uncounted)),
        catchments.outlines(search.led(profile), *search.gates_of(profile, drawn), question.cutoff_s),
        record | {"sentence": told.sentence(gains, left, record)} | _needs(material),
        (*unpriced.notices(question), *musts.notices(candidates)),
    )


def _with_ways(sites: gpd.GeoDataFrame, unconnected: frozenset[str]) -> gpd.GeoDataFrame:
    """Exclude the candidates that no way comes near."""
    lost = sites["site_id"].isin(unconnected) & (sites["status"] == CANDIDATE)
    return sites.assign(status=sites["status"].mask(lost, "excluded"), reason=sites["reason"].mask(lost, NO_WAY))


def _question(material: Material, candidates: gpd.GeoDataFrame, walked: SiteWalks) -> Question:
    choice, limit = material.study.hubs, cutoff_s(material.study)
    access = material.answers.of(choice.profile)
    people = material.tables.origins["people"].to_numpy(float)
    weighed = people @ material.weight
    # All people together weigh as many as they are: capacities are of people.
    weight = material.weight * (people.sum() / weighed if weighed else 1.0)
    demand = Demand.of(material.tables, access, limit, weight)
    open_sites = candidates[candidates["status"].isin((EXISTING, CANDIDATE))]
    sites = open_sites.sort_values("site_id", ignore_index=True)
    walks = walked.matrix(demand.ids, pd.Index(sites["site_id"]))
    return Question(demand, sites, walks, choice, limit, walked.limit_s)


def _with_planned(question: Question, material: Material) -> Question:
    """Add the people of planned dwellings: whether a hub is within their walk, the walk to the hubs of now tells."""
    if material.planned is None or material.planned.empty:
        return question
    to_sites = _from(material.planned, question, material)
    now_s = nearest_s(to_sites, np.flatnonzero(question.is_there))
    people = material.planned["people"].to_numpy(float)
    ids = pd.Index(material.planned["origin_id"])
    demand = question.demand.and_also(ids, people, now_s, question.cutoff_s)
    return replace(question, demand=demand, walks=csr_array(vstack([question.walks, to_sites])))


def _uncounted(question: Question, material: Material) -> Uncounted:
    """Return the homes of which nobody tells how many people they have, with the sites within their walk."""
    tables = material.tables
    homes = uncounted_homes(tables.zonings[0].units, tables.zone_people, tables.buildings)
    walks = _from(homes, question, material) if len(homes) else csr_array((0, len(question.sites)))
    return Uncounted.of(homes["zone_id"].to_numpy(object), walks, question.cutoff_s)


def _from(homes: gpd.GeoDataFrame, question: Question, material: Material) -> csr_array:
    """[s] Return the walks from homes that no run walks from, by their rows, to the question's sites."""
    origins = homes.set_index("origin_id").geometry
    search = SiteSearch(material.walks.starting(origins), material.gates)
    walked = search.within(question.limit_s, material.study.catalogue.profiles[question.choice.profile])
    return walked.matrix(origins.index, pd.Index(question.sites["site_id"]))


def _record(gains: Gains, steady: Steadiness, uncounted: Uncounted) -> dict[str, Any]:
    question, siting, choice = gains.question, gains.siting, gains.question.choice
    number = {"objective_value": siting.objective, "bound": siting.bound, "gap": siting.gap}
    limits = {"budget": choice.budget, "price": choice.price, "capacity": choice.capacity}
    return {
        "objective": choice.objective,
        "add": choice.add,
        "minutes": question.cutoff_s / 60,
        "profile": choice.profile,
        "equity": choice.equity,
        "apart_m": choice.apart_m,
        **{name: float(value) if np.isfinite(value) else None for name, value in (limits | number).items()},
        **money.told(gains),
        "without_price": int(question.without_price.sum()),
        "priced": int(question.sites["price"].notna().sum()),
        "people_gain": [float(end) for end in gains.summed(np.sum)],
        "out_of_reach": siting.out_of_reach,
        "cut": siting.cut,
        "tries": steady.tries,
        "candidates": int(((question.sites["status"] == CANDIDATE) & ~question.without_price).sum()),
        "existing": int(question.is_there.sum()),
        "not_counted": uncounted.told(np.flatnonzero(question.is_there), siting.chosen),
    }


def _needs(material: Material) -> dict[str, Any]:
    """Tell which parts of need weigh, and which are asked for and nobody tells."""
    weighed = material.weighed
    return {"need": [*weighed], "need_not_told": [part for part in material.study.hubs.need if part not in weighed]}
