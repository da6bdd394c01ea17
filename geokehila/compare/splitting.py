"""A difference split into parts: method, people, real services, and what is newly in the data for no known cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geokehila.catalogue import Catalogue
from geokehila.compare.decided import all_of, by
from geokehila.compare.services import CLOSED, OPENED
from geokehila.compare.sides import PEOPLE, Side, States, ends
from geokehila.errors import StudyError
from geokehila.schema import REACHED

#: The parts in the order in which they are taken off.
METHOD, POPULATION, SERVICE, UNKNOWN = PARTS = "method", "population", "service", "unknown"
ENDS = ("low", "high")
#: A part nearer to nothing than this is what sums in another order leave.
NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class Way:
    """The way from one run to another.

    Attributes
    ----------
    before, after
        The older and the newer run.
    anew
        The older run by the newer one's method: its inputs measured, or its domains decided; the older run itself
        where the methods are the same or it could not be had.
    is_isolated
        Whether `anew` leaves nothing but the method between itself and `before`.
    services
        What really opened and closed, as :func:`geokehila.compare.services.services` tells.
    catalogue
        Of the newer run: which categories decide a domain.
    """

    before: Side
    after: Side
    anew: Side
    is_isolated: bool
    services: pd.DataFrame
    catalogue: Catalogue

    def split(self, index: pd.MultiIndex) -> pd.DataFrame:
        """Split the change of indicators, of both their ends.

        Parameters
        ----------
        index
            The indicators, by the key of table ``zone_scores``.

        Returns
        -------
        DataFrame
            ``<part>_low`` and ``<part>_high``, rows as `index`. Of each end the parts that are known sum to the change
            of that end. Missing: not known, and held in the parts behind it; every part where either run has no number.
        """
        lived = self._lived()
        served = self._served(lived)
        exact = [ends(self.before.indicators()), ends(self.anew.indicators()), ends(self.after.indicators())]
        before, anew, after = (some.reindex(index) for some in exact)
        is_people = index.get_level_values("measure") == PEOPLE
        # Who lives where is people, whatever home they are counted in.
        by_people, by_service = (
            ends(self.after.shares(some)).reindex(index).mask(pd.Series(is_people, index), after)
            for some in (lived, served)
        )
        isolated = anew if self.is_isolated else anew * np.nan
        return _parts(before, dict(zip(PARTS, (isolated, by_people, by_service, after), strict=True)))

    def _lived(self) -> States:
        """Return the states of the older run's homes that the newer one has too, for the profiles of both."""
        then, now = self.anew.states(), self.after.states()
        homes = {key: then[key].index.intersection(now[key].index, sort=False) for key in then if key in now}
        return {key: then[key].loc[ids, [c for c in then[key] if c in now[key]]] for key, ids in homes.items()}

    def _served(self, lived: States) -> States:
        """Return the same where what really opened and closed is taken over."""
        if self.services.empty:
            return lived
        return {profile: self._of_profile(profile, then) for profile, then in lived.items()}

    def _of_profile(self, profile: str, then: pd.DataFrame) -> pd.DataFrame:
        now, states = self.after.states()[profile].loc[then.index], then.copy()
        moved: dict[str, np.ndarray] = {}
        for category, rows in self.services.groupby("category"):
            column = f"category_{category}_state"
            if column not in then:
                continue
            opened = (then[column] != REACHED) & (now[column] == REACHED)
            closed = (then[column] == REACHED) & (now[column] != REACHED)
            opened &= _leads_to(self.after, profile, rows, OPENED).reindex(then.index, fill_value=False)
            closed &= _leads_to(self.anew, profile, rows, CLOSED).reindex(then.index, fill_value=False)
            moved[str(category)] = (opened | closed).to_numpy()
            states[column] = then[column].mask(opened | closed, now[column])
        return states.assign(**self._domains(states, moved))

    def _domains(self, states: pd.DataFrame, moved: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the domains anew, at the homes where what decides them has moved."""
        columns: dict[str, np.ndarray] = {}
        for key in self.catalogue.domains:
            needed = [category.key for category in self.catalogue.deciding(key)]
            here = [moved[category] for category in needed if category in moved]
            column = f"domain_{key}_state"
            # Of what the older run did not decide so, nothing follows.
            if here and {column, *(f"category_{one}_state" for one in needed)} <= {*states}:
                is_moved = np.any(here, axis=0)
                columns[column] = np.where(is_moved, all_of(states, needed), states[column].to_numpy(object))
        return columns


def must_decide(catalogue: Catalogue, side: Side) -> None:
    """Raise `StudyError` where a run's domains are not decided by the categories that a catalogue names."""
    for profile, states in side.states().items():
        for key in catalogue.domains:
            needed, column = [category.key for category in catalogue.deciding(key)], f"domain_{key}_state"
            if column in states and not (by(states, needed) == states[column].to_numpy(object)).all():
                them = ", ".join(needed) or "nothing"
                raise StudyError(
                    f"compare: {key} of run {side.record['run_id']} ({profile}) is not decided by {them}: "
                    "name the study it was made with by --study"
                )


def _leads_to(side: Side, profile: str, services: pd.DataFrame, change: str) -> pd.Series:
    """Tell the homes of a run whose nearest place is one of those that opened or closed."""
    places = services.loc[services["change"] == change, "place_id"]
    return side.nearest(profile, str(services["category"].iloc[0])).isin(places)


def _parts(before: pd.DataFrame, steps: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what each step adds to the one before it; a step that is not known adds what is not known."""
    columns: dict[str, pd.Series] = {}
    last = before
    for part, step in steps.items():
        added = step - last
        added = added.mask(added.abs() < NOTHING, 0.0)
        columns |= {f"{part}_{end}": added[end] for end in ENDS}
        last = step.fillna(last)
    return pd.DataFrame(columns, before.index)
