"""The walkability index against a frozen reference of real localities: without one it is not computed."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geokehila import catalogue
from geokehila.analyses.tables import Absent
from geokehila.errors import InputError
from geokehila.schema import REFERENCE
from geokehila.zones import TOTAL, ZONE

#: Measures that the index is made of, and how often each counts: Frank et al. 2010 with a proxy for retail floor area.
COMPONENTS: Mapping[str, float] = {
    "intersections_per_km2": 2.0,
    "net_dwellings_per_ha": 1.0,
    "retail_intensity_per_km2": 1.0,
    "mix_zone_entropy_score": 1.0,
}
RETAIL = "retail_intensity_per_km2"
#: Real localities that a reference is built of at least, and people that a zone has at least to be one of its cases.
LOCALITIES, PEOPLE = 20, 200.0
INDEX, WITHOUT_RETAIL = "walkability_4_score", "walkability_3_score"


@dataclass(frozen=True)
class Component:
    """Mean and standard deviation of a measure over the zones of a reference, and how many zones they are."""

    mean: float
    sd: float
    zones: int


@dataclass(frozen=True)
class Frozen:
    """A reference: what it is built of, when, and whether any of it is real.

    Attributes
    ----------
    date
        The newest date of the inputs that it stands on.
    localities
        Each with its run_id, so that it can be built again.
    components
        By measure.
    """

    date: str
    fictional: bool
    localities: tuple[str, ...]
    components: Mapping[str, Component]


def read(path: Path) -> Frozen:
    """Read a reference from TOML.

    Raises
    ------
    InputError
        No TOML, or not a reference: what it lacks.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        components = {
            key: catalogue.build(Component, f"components.{key}", table["components"][key]) for key in COMPONENTS
        }
        date, fictional, localities = table["date"], table["fictional"], table["localities"]
        if not (isinstance(date, str) and isinstance(fictional, bool) and isinstance(localities, list)):
            raise TypeError("date, fictional and localities are a text, true or false, and a list")
        if not all(isinstance(locality, str) for locality in localities):
            raise TypeError("localities are texts")
        return Frozen(date, fictional, tuple(localities), components)
    except OSError as fault:
        raise InputError(f"reference {path.name}: cannot be read ({fault.strerror}): check the path") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        text = f"reference {path.name}: is none ({fault}): build one with `geokehila reference build`"
        raise InputError(text) from None


def as_toml(reference: Frozen) -> str:
    """Return a reference as TOML, the same bytes for the same reference."""
    head = [
        "# Mean and standard deviation of the walkability index's components over zones: geokehila reference build",
        *(["# FICTIONAL: no number in this file is of a real place."] * reference.fictional),
        f'date = "{reference.date}"',
        f"fictional = {str(reference.fictional).lower()}",
        f"localities = {json.dumps(reference.localities, ensure_ascii=False)}",
    ]
    for key, one in reference.components.items():
        head += ["", f"[components.{key}]", f"mean = {one.mean!r}", f"sd = {one.sd!r}", f"zones = {one.zones}"]
    return "\n".join([*head, ""])


def index(of_zones: pd.DataFrame, reference: Frozen | None, fictional: bool) -> tuple[pd.DataFrame, tuple[Absent, ...]]:
    """Return the walkability index of every unit as rows of table ``zone_scores``, or why there is none.

    Parameters
    ----------
    of_zones
        Table ``zone_scores`` with the :data:`COMPONENTS`.
    reference
        None: there is none.
    fictional
        Whether the study is fictional: a fictional reference serves no real place.

    Returns
    -------
    rows
        ``walkability_4_score`` = 2 z(intersections) + z(net residential density) + z(retail intensity proxy) + z(mix),
        and ``walkability_3_score`` without retail; NaN where a component is not known, `reason` which. 0 is the mean of
        the reference; no more than a few either way is usual.
    absent
        Empty where the index was computed.
    """
    if reference is None or (reference.fictional and not fictional):
        reason = "no_reference" if reference is None else "reference_fictional"
        return pd.DataFrame(columns=of_zones.columns), (Absent(INDEX, reason), Absent(WITHOUT_RETAIL, reason))
    raw = _components(of_zones)
    frozen = reference.components
    z = pd.DataFrame({key: (raw[key] - frozen[key].mean) / frozen[key].sd for key in COMPONENTS}, raw.index)
    rows = [
        _rows(name, z[[key for key in COMPONENTS if key not in left_out]])
        for name, left_out in ((INDEX, ()), (WITHOUT_RETAIL, (RETAIL,)))
    ]
    return pd.concat(rows, ignore_index=True)[[*of_zones.columns]], ()


def build(runs: Sequence[Path], least: int = LOCALITIES) -> Frozen:
    """Build a reference of the zones of some runs: unweighted mean and standard deviation of each component.

    Parameters
    ----------
    runs
        Folders of runs (``data/processed/<slug>/<run_id>``), one a locality.
    least
        Real localities that there must be.

    Raises
    ------
    InputError
        A folder that holds no run, a locality twice, too few real localities, or a component without two cases.

    Notes
    -----
    A case is a zone of a statistical area or of the user's with 200 people or more. A fictional run makes the reference
    fictional, and counts as no locality.
    """
    records = [_record(run) for run in sorted(runs)]
    real = [record for record in records if not record["fictional"]]
    slugs = [record["city"]["slug"] for record in records]
    if len({*slugs}) < len(slugs):
        twice = next(slug for slug in slugs if slugs.count(slug) > 1)
        raise InputError(f"reference: {twice} stands in two runs: name one of them")
    if len(real) < least and len(real) == len(records):
        remedy = "run more cities first, `geokehila batch --all`"
        raise InputError(f"reference: {len(real)} real localities, {least} are needed: {remedy}")
    cases = pd.concat([_cases(run) for run in sorted(runs)], ignore_index=True)
    return Frozen(
        date=max((date for record in records for date in record["dates"].values()), default=""),
        fictional=len(real) < len(records),
        localities=tuple(f"{record['city']['slug']} {record['run_id']}" for record in records),
        components={key: _component(key, cases[key].dropna()) for key in COMPONENTS},
    )


def _component(key: str, cases: pd.Series) -> Component:
    if len(cases) < 2 or not cases.std():
        raise InputError(f"reference: {key} is known of {len(cases)} zones, or the same in all: run cities that differ")
    return Component(float(cases.mean()), float(cases.std()), len(cases))


def _record(run: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads((run / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        text = f"reference: {run} holds no run: name folders such as data/processed/dimona/0123456789"
        raise InputError(text) from None
    return record


def _cases(run: Path) -> pd.DataFrame:
    """Return the components of a run's zones with enough people, one row a zone."""
    rows = pd.read_parquet(run / "zone_scores.parquet")
    people = _wide(rows, ["people"])["people"]
    of_zones = _components(rows)
    return of_zones[(of_zones.index.get_level_values("zoning") == ZONE) & (people.reindex(of_zones.index) >= PEOPLE)]


def _components(of_zones: pd.DataFrame) -> pd.DataFrame:
    """Return the components by zoning and zone_id; a measure that is not there is missing everywhere."""
    return _wide(of_zones, [*COMPONENTS]).reindex(columns=[*COMPONENTS])


def _wide(of_zones: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    mine = of_zones[(of_zones["profile"] == REFERENCE) & (of_zones["group"] == TOTAL)]
    mine = mine[mine["measure"].isin(measures)]
    return mine.pivot(index=["zoning", "zone_id"], columns="measure", values="value").astype(float)


def _rows(name: str, z: pd.DataFrame) -> pd.DataFrame:
    """Return the weighted sum of z-scores as rows, missing with the first component that is not known."""
    weights = np.array([COMPONENTS[str(key)] for key in z])
    missing = z.isna().to_numpy()
    reason = np.where(missing.any(axis=1), np.array([*z], object)[missing.argmax(axis=1)], "")
    rows = pd.DataFrame({"value": z.to_numpy() @ weights, "reason": reason}, z.index).reset_index()
    return rows.assign(profile=REFERENCE, group=TOTAL, measure=name, low=np.nan, high=np.nan)
