"""What a municipality tells of its neighbourhoods: how ready they are; what residents say, beside what is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd

from geokehila.ledger import Ledger
from geokehila.load import readiness, survey
from geokehila.load.municipal import DEFAULT
from geokehila.load.readiness import COUNTS, HUB
from geokehila.load.roles import Inputs
from geokehila.schema import REFERENCE, check
from geokehila.study import Study
from geokehila.zones import CITY, TOTAL, Zoning, best_known

#: People are more satisfied with a domain than the map would say, or less.
ABOVE, BELOW = "above", "below"


class Read(Protocol):
    """Rows by `zone_id`, and what became of those of the file."""

    @property
    def rows(self) -> pd.DataFrame:
        """Those that are used."""

    @property
    def ledger(self) -> Ledger:
        """What became of all."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Columns of the file that are read, by what they say."""


R = TypeVar("R", bound=Read)


@dataclass(frozen=True, eq=False)
class Told:
    """What a municipality tells of its neighbourhoods.

    Attributes
    ----------
    zoning
        The areas that the table of readiness speaks of, those best known where none is given.
    readiness
        Rows of :class:`geokehila.load.readiness.Readiness`, without any where none is given.
    tables
        Tables ``readiness`` and ``survey``, each where it is given.
    ledgers
        Of what was read.
    """

    zoning: Zoning
    readiness: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    ledgers: tuple[Ledger, ...]


def areas(zonings: Sequence[Zoning], people: np.ndarray) -> list[Zoning]:
    """Return the areas that a municipality may speak of, the best known first; see :func:`geokehila.zones.best_known`.

    Parameters
    ----------
    zonings
        The study's own zones first.
    people
        Of each home, shape (O,).
    """
    return [best_known(zonings, people), *(zoning for zoning in zonings if zoning.key not in (CITY, "hexagon"))]


def hear(inputs: Inputs, zonings: Sequence[Zoning], study: Study, of_zones: pd.DataFrame) -> Told:
    """Read what a municipality hands over of its neighbourhoods, and lay it beside what is measured there.

    Parameters
    ----------
    zonings
        Ways of dividing the city, the best known first: each table speaks of the units that most of its rows are of.
    study
        Its domains of life, and the columns that it states.
    of_zones
        Table ``zone_scores``.
    """
    zoning, ready = read(inputs, "readiness", zonings, reader_of_readiness(study))
    of_survey, asked = read(inputs, "survey", zonings, reader_of_survey(study))
    tables = {
        **({"readiness": counts(ready.rows, zoning.key)} if ready else {}),
        **({"survey": beside(asked.rows, of_survey.key, of_zones)} if asked else {}),
    }
    rows = ready.rows if ready else pd.DataFrame(columns=["zone_id", *COUNTS, HUB])
    return Told(zoning, rows, tables, tuple(told.ledger for told in (ready, asked) if told))


def reader_of_readiness(study: Study) -> Callable[[Path, pd.DataFrame], readiness.Readiness]:
    """Return how a study reads what is counted of neighbourhoods."""
    return partial(readiness.read, choice=study.tables.get("readiness", DEFAULT))


def reader_of_survey(study: Study) -> Callable[[Path, pd.DataFrame], survey.Survey]:
    """Return how a study reads a survey."""
    return partial(survey.read, domains=study.catalogue.domains, choice=study.tables.get("survey", DEFAULT))


def counts(rows: pd.DataFrame, zoning: str) -> pd.DataFrame:
    """Return table ``readiness``.

    Parameters
    ----------
    rows
        Rows of :class:`geokehila.load.readiness.Readiness`.
    zoning
        Key of the zoning whose units they are of.

    Examples
    --------
    >>> told = pd.DataFrame({"zone_id": ["a"], **dict.fromkeys([*COUNTS, HUB], 1.0), "stage": ["3–6"]})
    >>> counts(told, "quarter")[["zoning", "zone_id", "activists_count", "stage"]].to_numpy().tolist()
    [['quarter', 'a', 1.0, '3–6']]
    """
    return check("readiness", rows.rename(columns={key: f"{key}_count" for key in COUNTS}).assign(zoning=zoning))


def beside(rows: pd.DataFrame, zoning: str, of_zones: pd.DataFrame) -> pd.DataFrame:
    """Return table ``survey``: what residents say of a domain beside the share of them within a walk of it.

    Parameters
    ----------
    rows
        Rows of :class:`geokehila.load.survey.Survey`.
    zoning
        Key of the zoning whose units they are of.
    of_zones
        Table ``zone_scores``: an adult's ``domain_<key>_share``; a domain that is not scored has none.
    """
    is_of = of_zones["zoning"].eq(zoning) & of_zones["profile"].eq(REFERENCE) & of_zones["group"].eq(TOTAL)
    shares = of_zones[is_of].set_index(["zone_id", "measure"])[["low", "high"]]
    keys = pd.MultiIndex.from_arrays([rows["zone_id"], "domain_" + rows["domain"] + "_share"])
    low, high = shares.reindex(keys).to_numpy(float).T
    diverges = np.select([rows["low"] > high, rows["high"] < low], [ABOVE, BELOW], "")
    told = rows.assign(zoning=zoning, objective_low=low, objective_high=high, diverges=diverges)
    return check("survey", told.astype({"diverges": "str"}))


def read(
    inputs: Inputs, role: str, zonings: Sequence[Zoning], by: Callable[[Path, pd.DataFrame], R]
) -> tuple[Zoning, R | None]:
    """Return a table and the areas that most of its rows are of; None and the best known where none is given.

    Parameters
    ----------
    zonings
        As :func:`areas` gives them.
    by
        How it is read: from its file and the units of a zoning.
    """
    if role not in inputs.files:
        return zonings[0], None
    path = inputs.must(role, "give one table")
    tried = [(zoning, by(path, zoning.units)) for zoning in zonings]
    return max(tried, key=lambda one: len(one[1].rows))
