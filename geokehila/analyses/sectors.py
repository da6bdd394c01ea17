"""Services that suit: clinics of each health fund, worship of each religion, schools of each stream, as far as told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from geokehila.access import Access, Answers, Ask
from geokehila.analyses import states
from geokehila.analyses.tables import UNIT_COLUMNS, Absent, Measured, Tables
from geokehila.analyses.units import Units
from geokehila.catalogue import Catalogue, Sector
from geokehila.catalogue.sectors import of_category, walked_to
from geokehila.schema import REACHED, REFERENCE
from geokehila.study import Study

#: Neither reached nor beyond: a place of the category is, and nobody tells for whom it is.
NOT_TOLD = "sector not told"
#: No place of a category in a unit, so that there is nothing of which a share could be told.
NO_PLACES = "no places"
#: Why a category has no measures: a key of [absent] in catalogue/text.
NO_SECTOR_TOLD = "no_sector_told"
#: Of these kinds of sectors a child's walk is told too.
CHILD, STREAM = "child", "stream"


def asks(study: Study) -> tuple[Ask, ...]:
    """Ask for the nearest place of each sector and of none that is told: of an adult, and of a child to schooling."""
    sectors = study.catalogue.sectors
    walked = {profile: _walked(study.catalogue, profile) for profile in _walkers(study.catalogue)}
    return tuple(
        Ask("nearest", profile, tuple(name for key in categories for name in _names(sectors, key)))
        for profile, categories in walked.items()
        if categories
    )


def measure(tables: Tables, answers: Answers) -> Measured:
    """Measure what homes reach of each sector, and how much of it is told.

    Parameters
    ----------
    tables
        Its `place_sectors` tell for whom places are; a place without a row there is of a sector that is not told.
    answers
        What the homes reach; rows as in `tables.origins`.

    Returns
    -------
    Measured
        Of an adult, and of a child for the streams of education: ``<category>_<sector>_state``. Reached: a place told
        to be of the sector is within the category's cutoff; ``sector not told``: none is, but one that does not tell
        its sector; else beyond or why not known (:mod:`geokehila.analyses.states`). By unit the share of its places
        that tell one, ``<category>_sector_told_share``. Of a category none of whose places tells a sector there is
        nothing, and it is in `absent`.

    Notes
    -----
    Who of the residents belongs to which sector is not known, and nothing is said of it.
    """
    catalogue = tables.study.catalogue
    categories = _walked(catalogue, REFERENCE)
    told = [category for category in categories if (tables.place_sectors["category"] == category).any()]
    absent = tuple(Absent(_share(category), NO_SECTOR_TOLD) for category in categories if category not in told)
    homes = {
        profile: _states(tables, answers.of(profile), [key for key in _walked(catalogue, profile) if key in told])
        for profile in _walkers(catalogue)
        if profile in answers.walkers
    }
    rows = [row for category in told for row in _told(tables, category)]
    units = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=[*UNIT_COLUMNS])
    return Measured({profile: scores for profile, scores in homes.items() if len(scores.columns)}, units, absent=absent)


def _walkers(catalogue: Catalogue) -> list[str]:
    return [key for key in (REFERENCE, CHILD) if key in catalogue.profiles]


def _walked(catalogue: Catalogue, profile: str) -> list[str]:
    """Return the categories with sectors that a profile's walks are told to."""
    of_kind = [s for s in catalogue.sectors.values() if profile == REFERENCE or s.kind == STREAM]
    return [key for key in catalogue.categories if any(key in sector.categories for sector in of_kind)]


def _names(sectors: Mapping[str, Sector], category: str) -> list[str]:
    """Return what places of a category are called among what is walked to: by sector, and those not told."""
    return [*(walked_to(category, key) for key in of_category(sectors, category)), walked_to(category)]


def _share(category: str) -> str:
    return f"{category}_sector_told_share"


def _states(tables: Tables, access: Access, categories: list[str]) -> pd.DataFrame:
    catalogue = tables.study.catalogue
    columns = {
        f"{walked_to(category, sector)}_state": _state(tables, access, category, sector)
        for category in categories
        for sector in of_category(catalogue.sectors, category)
    }
    return pd.DataFrame(columns, access.nearest_s.index, dtype="str")


def _state(tables: Tables, access: Access, category: str, sector: str) -> np.ndarray:
    """Return the state of one sector at each home, shape (O,)."""
    cutoff = tables.study.catalogue.categories[category].cutoff_s
    of_sector = states.of_category(tables, access, walked_to(category, sector), cutoff, listed=category)
    may_be_one = (access.nearest_s[walked_to(category)] <= cutoff).to_numpy()
    return np.where((of_sector != REACHED) & may_be_one, NOT_TOLD, of_sector)


def _told(tables: Tables, category: str) -> Iterator[pd.DataFrame]:
    """Yield the share of the places of a category in each unit whose sector is told."""
    places = tables.places[[category in keys for keys in tables.places["categories"]]]
    of_it = tables.place_sectors["category"] == category
    is_told = places["place_id"].isin(tables.place_sectors.loc[of_it, "place_id"]).to_numpy()
    at = places.set_geometry(places.representative_point())
    for zoning in tables.zonings:
        units = Units(zoning)
        unit = units.of(at)
        count, told = (np.bincount(unit[rows], minlength=len(units)) for rows in (unit >= 0, (unit >= 0) & is_told))
        share = np.divide(told, count, out=np.full(len(units), np.nan), where=count > 0)
        yield units.rows(_share(category), share, np.where(count > 0, "", NO_PLACES))
