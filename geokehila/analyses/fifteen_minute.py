"""The domains of life within a walk: what each home reaches, what lies beyond its cutoff, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.access import FROM, TO, Access, Answers, Ask
from geokehila.catalogue import Category
from geokehila.schema import BEYOND, DESCRIBED, EDGE, LOADED, REACHED, REFERENCE, UNCONNECTED, UNKNOWN
from geokehila.study import Study

CUTOFFS_S = (300.0, 600.0, 900.0)


def asks(study: Study) -> tuple[Ask, ...]:
    """Ask for every profile's nearest places, there and back, and for what an adult has at hand."""
    categories = tuple(study.catalogue.categories)
    nearest = (Ask("nearest", key, categories, direction=way) for key in study.catalogue.profiles for way in (TO, FROM))
    return (*nearest, Ask("counts", REFERENCE, categories, CUTOFFS_S))


def measure(study: Study, origins: gpd.GeoDataFrame, lists: pd.DataFrame, answers: Answers) -> pd.DataFrame:
    """Tell the state of every category and domain at every home.

    Parameters
    ----------
    study
        Its catalogue holds the cutoffs (inclusive) and which categories each domain requires.
    origins
        Table ``origins`` with `border_s`, the fastest walk to the edge of the data [s], `connected` (bool), and
        `at_edge` (bool): the way nearest to the home may lie beyond the data.
    lists
        State of each category's list of places in each zone, by zone_id: ``loaded``, ``not mapped``, ``not loaded``.
    answers
        What the homes reach; rows as in `origins`. The states are an adult's on the way there.

    Returns
    -------
    DataFrame
        Indexed by origin_id: ``category_<key>_state`` and ``domain_<key>_state`` (reached, beyond, or why not known:
        not loaded, not mapped, unconnected, edge; ``described`` for domains that are not scored), ``weakest_domain``
        (of those beyond, the one whose walk exceeds its cutoff most; empty where none is beyond), and
        ``domains_reached_count``, ``domains_unknown_count`` of the scored domains.

    Notes
    -----
    A place within the cutoff is reached, whatever the list is worth. A home whose distance to the edge of the data is
    walked within the cutoff may reach a place that is not in the data: ``edge``, never ``beyond``. Where the way to the
    home or the way into the place may be another one, beyond the data, it is ``edge``, never ``reached``.
    """
    catalogue, access = study.catalogue, answers.of(REFERENCE)
    border_s = origins["border_s"].to_numpy(float)
    connected, at_edge = origins["connected"].to_numpy(bool), origins["at_edge"].to_numpy(bool)
    listed = lists.reindex(origins["zone_id"])
    states = {}
    for key, category in catalogue.categories.items():
        near, certain = (s[key].to_numpy() <= category.cutoff_s for s in (access.nearest_s, access.nearest_certain_s))
        open_ended = at_edge | near | (border_s <= category.cutoff_s)
        states[key] = _category_state(certain & ~at_edge, listed[key].to_numpy(object), connected, open_ended)
    required = {key: catalogue.deciding(key) for key in catalogue.domains}
    domains = {key: _domain_state([states[c.key] for c in needed]) for key, needed in required.items() if needed}
    described = {key: np.full(len(origins), DESCRIBED, object) for key in catalogue.domains if key not in domains}
    excess = {key: _excess(required[key], states, access) for key in domains}
    columns = {f"category_{key}_state": state for key, state in states.items()}
    columns |= {f"domain_{key}_state": (domains | described)[key] for key in catalogue.domains}
    scores = pd.DataFrame(columns, index=pd.Index(origins["origin_id"], name="origin_id"), dtype="str")
    stacked = np.stack([*domains.values()])
    return scores.assign(
        weakest_domain=_weakest(excess),
        domains_reached_count=(stacked == REACHED).sum(axis=0),
        domains_unknown_count=np.isin(stacked, UNKNOWN).sum(axis=0),
    )


def _category_state(
    reached: np.ndarray, listed: np.ndarray, connected: np.ndarray, open_ended: np.ndarray
) -> np.ndarray:
    """Reached for certain; else why it is not known: the list, the home, an open end; else beyond."""
    rules = [reached, listed != LOADED, ~connected, open_ended]
    return np.select(rules, [REACHED, listed, UNCONNECTED, EDGE], BEYOND)


def _domain_state(categories: list[np.ndarray]) -> np.ndarray:
    """Beyond when one required category is, reached when all are, else the plainest reason why not known."""
    stacked = np.stack(categories)
    reasons = [(stacked == reason).any(axis=0) for reason in UNKNOWN]
    return np.select([(stacked == BEYOND).any(axis=0), *reasons], [BEYOND, *UNKNOWN], REACHED)


def _excess(required: Sequence[Category], states: Mapping[str, np.ndarray], access: Access) -> np.ndarray:
    """How many times its cutoff the farthest walk beyond it is, -1 where none is; what is not known is no walk."""
    walks = [access.nearest_s[c.key].fillna(np.inf).to_numpy() / c.cutoff_s for c in required]
    beyond = [np.where(states[c.key] == BEYOND, walk, -1.0) for c, walk in zip(required, walks, strict=True)]
    farthest: np.ndarray = np.stack(beyond).max(axis=0)
    return farthest


def _weakest(excess: Mapping[str, np.ndarray]) -> np.ndarray:
    keys, stacked = np.array([*excess], object), np.stack([*excess.values()])
    return np.where(stacked.max(axis=0) > 0, keys[stacked.argmax(axis=0)], "")
