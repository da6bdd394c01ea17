"""What became of the measures of areas since an earlier run, told as far as both runs know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geokehila.catalogue.otherwise import differing, in_words
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.roles import Inputs
from geokehila.schema import TABLES, check
from geokehila.store import kept
from geokehila.study import Study
from geokehila.zones import ZONE

KEY = list(TABLES["zone_scores"].key)
NUMBERS, TABLE = ("value", "low", "high"), "zone_scores"
#: Numbers that are at least so: what is not known may make them any larger, so that none is surely more or less.
AT_LEAST = ("weakest_domain", "domains_reached_count")
#: Numbers nearer than this, as a share of the larger, are one: sums in another order differ in their last digits.
SAME_SHARE = 1e-9
#: Surely more or less of it; the intervals meet; newly known; no longer known; only the reason is another.
UP, DOWN, OPEN, FOUND, LOST, OTHER = "up", "down", "open", "found", "lost", "reason"
KIND, NOT_HERE = "measure", "not in this run: an area, a group or a measure that is no more"
OTHER_EDITION = "its area is of another edition"


@dataclass(frozen=True, eq=False)
class Earlier:
    """An earlier run of the same city.

    Attributes
    ----------
    record
        Content of its ``run.json``.
    scores
        Its table ``zone_scores``.
    editions
        Of its zones, ``2011`` or ``2022``; empty where it does not tell.
    """

    record: Mapping[str, Any]
    scores: pd.DataFrame
    editions: frozenset[str] = frozenset()

    @property
    def told(self) -> dict[str, str]:
        """What a run tells of it: `run_id`, `version`, `date` of its map ("" where not known)."""
        known = self.record
        return {"run_id": known["run_id"], "version": known["version"], "date": known["dates"].get("osm", "")}


@dataclass(frozen=True, eq=False)
class Since:
    """What changed since an earlier run.

    Attributes
    ----------
    earlier
        That run.
    table
        Table ``changes``: measures that are not what they were.
    ledger
        Kind ``measure``, by rows of the earlier run's ``zone_scores``.
    """

    earlier: Earlier
    table: pd.DataFrame
    ledger: Ledger


def read(inputs: Inputs, code: int) -> Earlier | None:
    """Read the run that role ``previous`` names by its ``run.json`` or its folder; None where it names none.

    Parameters
    ----------
    code
        Locality code of this run's city.

    Raises
    ------
    InputError
        It is no whole run, or one of another city.
    """
    if "previous" not in inputs.files:
        return None
    files = inputs.files["previous"]
    path = next((path for path in files if path.name == kept.RECORD), None)
    if path is None:
        raise InputError(f"previous: {files[0].name} is no {kept.RECORD}: name the one of an earlier run")
    record, tables = kept.record(path.parent), kept.KeptTables(path.parent)
    if TABLE not in tables:
        raise InputError(f"previous: {path.parent} holds no {TABLE}.parquet: name the folder of a finished run")
    city: Mapping[str, Any] = record["city"]
    if city["code"] != code:
        raise InputError(f"previous: {path} is of {city['slug']} ({city['code']}), not of {code}: name one of its own")
    return Earlier(record, tables[TABLE], frozenset(tables["zones"]["vintage"]) if "zones" in tables else frozenset())


def since(
    earlier: Earlier, study: Study, version: str, after: pd.DataFrame, editions: frozenset[str] = frozenset()
) -> Since:
    """Compare this run with an earlier one.

    Parameters
    ----------
    study, version
        Choices of this run, and the version of GeoKehila; where the earlier one's differ, a notice says so.
    after
        Table ``zone_scores`` of this run.
    editions
        Of this run's zones: where the earlier one's are others, the same id is another area, and none is compared.
    """
    is_other = bool(earlier.editions and editions) and earlier.editions != editions
    after = after[after["zoning"] != ZONE] if is_other else after
    before, ledger = earlier.scores, Ledger("previous")
    there = pd.MultiIndex.from_frame(before[KEY]).isin(pd.MultiIndex.from_frame(after[KEY]))
    ledger.read(KIND, len(before))
    ledger.use(KIND, int(there.sum()))
    for row in before.loc[~there, ["zoning", "zone_id", "measure"]].itertuples(index=False):
        reason = OTHER_EDITION if is_other and row.zoning == ZONE else NOT_HERE
        ledger.reject(KIND, f"{row.zone_id} {row.measure}", reason)
    if is_other:
        text = f"its areas are of {', '.join(sorted(earlier.editions))}: none of them is compared"
        ledger.warn("previous_areas", f"{text}; see `geokehila compare`, which sums its homes over these")
    if earlier.record["version"] != version:
        made = f"made by version {earlier.record['version']}, this run by {version}"
        ledger.warn("previous_version", f"{made}: some changes may be of the method")
    if others := differing(earlier.record, study.told()):
        text = f"chose otherwise of {in_words(others)}: their changes, and their domains', may be of that choice"
        ledger.warn("previous_choices", text)
    return Since(earlier, changes(before, after), ledger.balance())


def changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return table ``changes``: the measures of `after` that are not what they were, or that `before` did not have.

    Parameters
    ----------
    before, after
        Tables ``zone_scores`` of two runs. Areas are held to be the same where their ids are.

    Notes
    -----
    `direction` is ``up`` or ``down`` only where the intervals of the two runs do not meet, so that what is not known
    cannot be the cause. A number that is exact is an interval of its own.

    Examples
    --------
    >>> row = {"zoning": "zone", "zone_id": "a", "profile": "adult", "group": "total", "measure": "domain_health_share"}
    >>> before = pd.DataFrame([row | {"value": None, "low": 0.4, "high": 0.5, "reason": "not mapped"}])
    >>> after = before.assign(low=0.6, high=0.7)
    >>> changes(before, after)[["low_before", "high_before", "low", "high", "direction"]].to_numpy().tolist()
    [[0.4, 0.5, 0.6, 0.7, 'up']]
    >>> len(changes(after, after))
    0
    """
    both = after.merge(before, on=KEY, how="left", suffixes=("", "_before"))
    both = both.astype(dict.fromkeys((f"{name}{end}" for name in NUMBERS for end in ("", "_before")), "float64"))
    old, new = _ends(both, "_before"), _ends(both, "")
    is_new, was = np.isfinite(new[0]), np.isfinite(old[0])
    alike = np.all([_same(both[name], both[f"{name}_before"]) for name in NUMBERS], axis=0)
    direction = np.select(
        [is_new & ~was, was & ~is_new, alike, new[0] > old[1], new[1] < old[0]],
        [FOUND, LOST, OTHER, UP, DOWN],
        OPEN,
    )
    is_told = ~alike | (both["reason"].fillna("") != both["reason_before"].fillna(""))
    return check("changes", both.assign(direction=direction)[is_told].reset_index(drop=True))


def _ends(both: pd.DataFrame, suffix: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the most that a number can be; of an exact one both are the same."""
    value = both[f"value{suffix}"]
    low, high = (both[f"{end}{suffix}"].fillna(value).to_numpy() for end in ("low", "high"))
    return low, np.where(both["measure"].isin(AT_LEAST), np.inf, high)


def _same(one: pd.Series, other: pd.Series) -> np.ndarray:
    return np.isclose(one, other, rtol=SAME_SHARE, atol=0, equal_nan=True)
