"""The domains of life within a walk: what each home reaches, what lies beyond its cutoff, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geokehila.access import FROM, TO, Access, Answers, Ask
from geokehila.analyses import states
from geokehila.analyses.tables import Measured, Tables
from geokehila.catalogue import DISTANCE, Category
from geokehila.schema import BEYOND, DESCRIBED, LOADED, NO, REACHED, REFERENCE, UNKNOWN, YES
from geokehila.study import Study

#: [s] Walks at which places are counted and shares are given beside the categories' own cutoffs, as a sensitivity.
CUTOFFS_S = (300.0, 600.0, 900.0, 1200.0)
#: How many of the nearest places of a category are walked to: one that is full or shut leaves the others.
NEAREST = 3
#: One walk through the neighbourhood, as the founding document has it, and how long it may take [s].
CHAIN, CHAIN_S = ("grocery", "post_office", "library", "park"), 1800.0


def asks(study: Study) -> tuple[Ask, ...]:
    """Ask for every profile's nearest places, there and back, what it has at hand, and an adult's walk round."""
    categories = tuple(study.catalogue.categories)
    people = study.catalogue.profiles
    return (
        *(Ask("nearest", key, categories, direction=TO, k=NEAREST) for key in people),
        *(Ask("nearest", key, categories, direction=FROM) for key in people),
        *(Ask("counts", key, categories, CUTOFFS_S) for key in people),
        Ask("nearest", DISTANCE, categories),
        *([Ask("chain", REFERENCE, CHAIN)] if {*CHAIN} <= {*categories} else []),
    )


def measure(tables: Tables, answers: Answers) -> Measured:
    """Tell the state of every category and domain at every home, for every profile on its way there.

    Parameters
    ----------
    tables
        Its `study` holds the cutoffs (inclusive) and which categories each domain requires.
    answers
        What the homes reach; rows as in `tables.origins`.

    Returns
    -------
    Measured
        By profile and home: ``category_<key>_state`` and ``domain_<key>_state`` (reached, beyond, or why not known: not
        loaded, not mapped, unconnected, edge; ``described`` for domains that are not scored); ``category_<key>_s``,
        ``_2nd_s``, ``_3rd_s`` [s] to the nearest places, NaN: none within the horizon; ``weakest_domain`` (of those
        beyond, the one whose walk exceeds its cutoff most; empty where none is beyond); ``domains_reached_count``,
        ``domains_unknown_count``; ``independent_state`` (all domains reached, or one beyond, or why not known),
        ``independent_known_share`` (1 or 0: the same of the domains that are known, which more data may change),
        ``independent_s`` [s] to the last of these; ``domain_<key>_<minutes>min_state`` with one cutoff for all. Of an
        adult also ``chain_s``, ``chain_state``, ``category_<key>_<minutes>min_state``; of others
        ``domain_<key>_adult_only_is`` and ``category_<key>_adult_only_is``: an adult reaches what they do not. Under
        ``distance`` ``category_<key>_m`` [m] to the nearest place.
    """
    walked = {key: _Walked(tables, answers.of(key)) for key in tables.study.catalogue.profiles}
    adult = walked[REFERENCE]
    homes = {
        key: pd.concat([here.scores, _of_adults(here) if key == REFERENCE else _adult_only(adult, here)], axis=1)
        for key, here in walked.items()
    }
    if DISTANCE in answers.walkers:
        homes[DISTANCE] = answers.of(DISTANCE).nearest_s[[*adult.categories]].add_prefix("category_").add_suffix("_m")
    return Measured(homes)


@dataclass(frozen=True, eq=False)
class _Walked:
    """What one profile reaches, and what follows from it."""

    tables: Tables
    access: Access

    @property
    def categories(self) -> Mapping[str, Category]:
        """The catalogue's categories."""
        return self.tables.study.catalogue.categories

    @cached_property
    def required(self) -> dict[str, tuple[Category, ...]]:
        """Categories that decide each scored domain."""
        catalogue = self.tables.study.catalogue
        return {key: needed for key in catalogue.domains if (needed := catalogue.deciding(key))}

    @cached_property
    def of_categories(self) -> dict[str, np.ndarray]:
        """State of each category at each home."""
        return {key: self.at(key, category.cutoff_s) for key, category in self.categories.items()}

    @cached_property
    def of_domains(self) -> dict[str, np.ndarray]:
        """State of each scored domain at each home."""
        return {
            key: states.of_all([self.of_categories[c.key] for c in needed]) for key, needed in self.required.items()
        }

    @cached_property
    def scores(self) -> pd.DataFrame:
        """What is told of every profile."""
        nobody = np.full(len(self.tables.origins), DESCRIBED, object)
        domains = {key: self.of_domains.get(key, nobody) for key in self.tables.study.catalogue.domains}
        columns = {f"category_{key}_state": state for key, state in self.of_categories.items()}
        columns |= {f"domain_{key}_state": state for key, state in domains.items()}
        columns |= {"weakest_domain": self._weakest, "independent_state": states.of_all([*self.of_domains.values()])}
        words = pd.DataFrame(columns, self.access.nearest_s.index, dtype="str")
        stacked = np.stack([*self.of_domains.values()])
        counts = {
            "domains_reached_count": (stacked == REACHED).sum(axis=0),
            "domains_unknown_count": np.isin(stacked, UNKNOWN).sum(axis=0),
        }
        last = {"independent_s": self._last_s, "independent_known_share": self._of_known}
        return pd.concat([words.assign(**counts, **last), *self._walks(), self._at_other_cutoffs()], axis=1)

    def at(self, category: str, cutoff: float) -> np.ndarray:
        """State of a category at each home at a cutoff [s]."""
        return states.of_category(self.tables, self.access, category, cutoff)

    def _at_other_cutoffs(self) -> pd.DataFrame:
        """State of each scored domain if one cutoff held for all that it requires."""
        columns = {
            f"domain_{key}_{cutoff / 60:g}min_state": states.of_all([self.at(c.key, cutoff) for c in needed])
            for key, needed in self.required.items()
            for cutoff in CUTOFFS_S
        }
        return pd.DataFrame(columns, self.access.nearest_s.index, dtype="str")

    def _walks(self) -> Iterator[pd.DataFrame]:
        """[s] Walks to the nearest places, and on to the farther of the nearest."""
        keys = [*self.categories]
        yield self.access.nearest_s[keys].add_prefix("category_").add_suffix("_s")
        for k, table in self.access.further_s.items():
            yield (
                table[keys].add_prefix("category_").add_suffix(f"_{k}{'nd' if k == 2 else 'rd' if k == 3 else 'th'}_s")
            )

    @property
    def _of_known(self) -> np.ndarray:
        """1 where all domains that are known are in reach, 0 where one is beyond; NaN: none is known."""
        of_domains = [*self.of_domains.values()]
        some = np.any([state == REACHED for state in of_domains], axis=0)
        return np.select([states.of_all(of_domains) == BEYOND, some], [0.0, 1.0], np.nan)

    @cached_property
    def _domains_s(self) -> dict[str, np.ndarray]:
        """[s] Walk to the last of the required categories of each domain; infinite beyond the horizon."""
        walks = {
            key: [self.access.nearest_s[c.key].fillna(np.inf).to_numpy() for c in needed]
            for key, needed in self.required.items()
        }
        return {key: np.max(walk, axis=0) for key, walk in walks.items()}

    @property
    def _last_s(self) -> np.ndarray:
        """[s] Walk that brings every known domain into reach; NaN: none is known, or it is beyond the horizon."""
        known = {key: np.isin(state, (REACHED, BEYOND)) for key, state in self.of_domains.items()}
        last = np.max([np.where(known[key], walk, -1.0) for key, walk in self._domains_s.items()], axis=0)
        return np.where((last >= 0) & np.isfinite(last), last, np.nan)

    @property
    def _weakest(self) -> np.ndarray:
        excess = {key: self._excess(needed) for key, needed in self.required.items()}
        keys, stacked = np.array([*excess], object), np.stack([*excess.values()])
        return np.where(stacked.max(axis=0) > 0, keys[stacked.argmax(axis=0)], "")

    def _excess(self, required: Sequence[Category]) -> np.ndarray:
        """How many times its cutoff the farthest walk beyond it is, -1 where none is; what is not known is no walk."""
        walks = [self.access.nearest_s[c.key].fillna(np.inf).to_numpy() / c.cutoff_s for c in required]
        state = [self.of_categories[c.key] for c in required]
        farthest: np.ndarray = np.max(
            [np.where(s == BEYOND, w, -1.0) for s, w in zip(state, walks, strict=True)], axis=0
        )
        return farthest


def _of_adults(adult: _Walked) -> pd.DataFrame:
    """Tell what is told of adults only: shares at other cutoffs, and the walk round."""
    tables, access = adult.tables, adult.access
    columns = {
        f"category_{key}_{cutoff / 60:g}min_state": adult.at(key, cutoff)
        for key in adult.categories
        for cutoff in CUTOFFS_S
    }
    scores = pd.DataFrame(columns, access.nearest_s.index, dtype="str")
    if CHAIN not in access.chains:
        return scores
    chain = access.chains[CHAIN]
    state = states.of_walk(tables, access, chain["walk_s"], chain["certain_s"], CHAIN_S, CHAIN)
    return scores.assign(chain_state=state, chain_s=chain["walk_s"]).astype({"chain_state": "str"})


def _adult_only(adult: _Walked, other: _Walked) -> pd.DataFrame:
    """Tell what an adult reaches and another profile does not."""
    pairs = {f"domain_{key}": (state, other.of_domains[key]) for key, state in adult.of_domains.items()}
    pairs |= {f"category_{key}": (state, other.of_categories[key]) for key, state in adult.of_categories.items()}
    columns = {f"{stem}_adult_only_is": _lost(*both) for stem, both in pairs.items()}
    return pd.DataFrame(columns, other.access.nearest_s.index, dtype="str")


def _lost(adult: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Yes where an adult reaches it and the other is beyond; no where either settles that; else why not known."""
    unknown = states.plainest([adult, other])
    is_no = (adult == BEYOND) | (other == REACHED)
    return np.select([(adult == REACHED) & (other == BEYOND), is_no, unknown != LOADED], [YES, NO, unknown], NO)
