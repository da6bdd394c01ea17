"""What a scenario makes of a run: states before and after, and who gains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geokehila.analyses import states
from geokehila.brief import Brief
from geokehila.reach.arrays import Flags
from geokehila.scenario.base import Base
from geokehila.scenario.edits import Edits
from geokehila.scenario.gains import Turns, gains
from geokehila.scenario.newcomers import newcomers
from geokehila.scenario.patch import Patched, patch
from geokehila.scenario.walks import Anew
from geokehila.scenario.words import numbered
from geokehila.schema import REFERENCE
from geokehila.zones import CITY, TOTAL

#: Folder of scenarios in that of a run.
FOLDER = "scenarios"
#: Page of a scenario in its folder, and its tables in full.
PAGE, GAINS, NEWCOMERS = "index.html", "gains.csv", "newcomers.csv"


@dataclass(frozen=True, eq=False, repr=False)
class Found(Brief):
    """What a scenario makes of a run.

    Attributes
    ----------
    base, edits, patched
        The run, what is edited, and its tables as edited.
    before, after
        By profile and home (by origin_id) states and walks [s] of categories and states of domains, of those that the
        scenario touches; before is missing where the home is new.
    turns
        By profile what becomes of the states.
    gains
        Of areas: people, gained and lost, each at least and at most; see :func:`geokehila.scenario.gains.gains`.
    newcomers
        Of who moves in: what they reach; see :func:`geokehila.scenario.newcomers.newcomers`.

    Examples
    --------
    >>> bool((found.gains["gained_low"] <= found.gains["gained_high"]).all())  # doctest: +SKIP
    True
    """

    base: Base
    edits: Edits
    patched: Patched
    before: Mapping[str, pd.DataFrame]
    after: Mapping[str, pd.DataFrame]
    turns: Mapping[str, Turns]
    gains: pd.DataFrame
    newcomers: pd.DataFrame

    _shows = ("gains", "newcomers", "path", "page", "base", "edits", "patched")

    def _title(self) -> str:
        title, city = self.edits.title or self.edits.name, self.base.study.city.name["en"]
        return f"Scenario {title} of {city}: {self._most()}"

    @property
    def new_residents(self) -> float:
        """Who moves in."""
        of_city = self.newcomers.loc[self.newcomers["zoning"] == CITY, "people"]
        return float(of_city.iloc[0]) if len(of_city) else 0.0

    @property
    def path(self) -> Path:
        """Folder in which it is kept, once it is written."""
        return self.base.folder / FOLDER / self.edits.name

    @property
    def page(self) -> Path:
        """Its page to open, once it is written."""
        return self.path / PAGE

    def _most(self) -> str:
        """Return what most people of the city newly reach, as an adult walks."""
        rows = self.gains
        of_city = rows[(rows["zoning"] == CITY) & (rows["profile"] == REFERENCE) & (rows["group"] == TOTAL)]
        gained = of_city[of_city["gained_high"] >= 0.5].sort_values(["gained_low", "gained_high", "measure"])
        if gained.empty:
            return "nobody gains"
        top = gained.iloc[-1]
        return f"{top['gained_low']:,.0f} to {top['gained_high']:,.0f} people newly reach {top['measure']}"


def answer(base: Base, edits: Edits, stage: Callable[[str], None] = lambda name: None) -> Found:
    """Lay edits over a run and tell what differs, for every profile.

    Parameters
    ----------
    stage
        Is told of each stage as it begins.

    Notes
    -----
    What lists of places can be believed stays as the run found it: a scenario adds a place, not evidence.

    Raises
    ------
    StudyError
        An edit cannot be carried out on this run.

    Examples
    --------
    A base is read by :func:`geokehila.scenario.of_run`, edits by :func:`geokehila.scenario.read`.

    >>> found = answer(base, edits)  # doctest: +SKIP
    >>> bool((found.gains["gained_low"] <= found.gains["gained_high"]).all())  # doctest: +SKIP
    True
    """
    stage("edits")
    patched = patch(base, edits)
    stage("walks")
    before: dict[str, pd.DataFrame] = {}
    after: dict[str, pd.DataFrame] = {}
    unconnected: dict[str, Flags] = {}
    for profile, (now, unconnected[profile]) in Anew(base, patched).of_all().items():
        before[profile], after[profile] = _both(patched, base.scores(profile).reindex(now.index), now)
    stage("who gains")
    turns = {profile: Turns.of(profile, before[profile], after[profile]) for profile in after}
    homes, is_new, zonings = patched.origins, _is_new(base, patched), base.zonings(patched.origins)
    then = (_without(homes, is_new), base.tables["origin_people"])
    table = gains([*turns.values()], zonings, then, (homes, patched.origin_people))
    moved_in = newcomers([*turns.values()], unconnected, zonings, homes, is_new)
    return Found(base, edits, patched, before, after, turns, table, moved_in)


def _both(patched: Patched, was: pd.DataFrame, anew: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is touched, before and after: categories, and domains that they decide."""
    catalogue, domains = patched.study.catalogue, {}
    for key in catalogue.domains:
        columns = [f"category_{category.key}_state" for category in catalogue.deciding(key)]
        if {*columns} & {*anew}:
            of_categories = [(anew if c in anew else was)[c].to_numpy(object) for c in columns]
            domains[f"domain_{key}_state"] = numbered(states.of_all(of_categories))
    now = pd.concat([anew, pd.DataFrame(domains, anew.index)], axis=1)
    return was[[*now]], now


def _is_new(base: Base, patched: Patched) -> Flags:
    """Tell which homes are housing that is not there yet."""
    is_new: Flags = ~patched.origins["origin_id"].isin(base.tables["origins"]["origin_id"]).to_numpy()
    return is_new


def _without(homes: gpd.GeoDataFrame, is_new: Flags) -> gpd.GeoDataFrame:
    """Return table ``origins`` with nobody in some homes."""
    return homes.assign(**{column: homes[column].mask(is_new, 0.0) for column in ("people", "people_by_footprint")})
