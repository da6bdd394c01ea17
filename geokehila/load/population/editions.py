"""Statistical areas of another edition than a study's zones, and who counts residents by them."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import pandas as pd

from geokehila.errors import InputError
from geokehila.load.population.at_hand import of_role
from geokehila.load.population.counts import by_area
from geokehila.load.roles import Inputs
from geokehila.study import EDITIONS, Study
from geokehila.vintages import Edition


def read(study: Study, inputs: Inputs, zones: gpd.GeoDataFrame) -> tuple[Edition, ...]:
    """Read the areas of every edition at hand that some zone of a study is not of.

    Parameters
    ----------
    study
        Its city's code says which locality. Hexagons reach beyond it: nothing is read for them.
    inputs
        Files of the roles ``statistical_areas_2011`` and ``statistical_areas_2022``, and of census and socioeconomic,
        which count by them.
    zones
        Table ``zones``.

    Returns
    -------
    tuple of Edition
        The older first; of a file that lacks the locality none. Residents are those of the census, of the layer itself
        or of the index, the first that counts by these areas.

    Raises
    ------
    InputError
        A file is broken, or holds areas of another edition than its name says.

    Examples
    --------
    >>> [edition.vintage for edition in read(study, inputs, counted.zones)]  # doctest: +SKIP
    ['2011']
    """
    if not study.city.code or study.zones.kind == "hexagons":
        return ()
    return tuple(_found(study, inputs, {*zones["vintage"]}))


def _found(study: Study, inputs: Inputs, vintages: set[str]) -> Iterator[Edition]:
    for vintage, role in EDITIONS.items():
        if role not in inputs.files or vintages == {vintage}:
            continue
        if vintage in vintages and inputs.files[role] == inputs.files.get("statistical_areas"):
            continue  # the zones are these areas already, and what they leave of the outline
        hand = of_role(study, inputs, role)
        if hand.areas is None:
            continue
        areas, ledger = hand.areas
        if hand.vintage != vintage:
            name = inputs.must(role, "give one file").name
            raise InputError(f"{name}: holds areas of {hand.vintage}: name it {EDITIONS[hand.vintage]}.*")
        counted = by_area(hand)
        if counted is None:
            yield Edition(vintage, areas, areas, _nobody(), ledgers=(ledger,))
            continue
        counts = counted.people.loc[counted.people["group"] == "total", ["zone_id", "people"]]
        yield Edition(vintage, areas, counted.zones, counts, counted.source, counted.year, counted.ledgers)


def _nobody() -> pd.DataFrame:
    return pd.DataFrame({"zone_id": pd.Series(dtype="str"), "people": pd.Series(dtype="float64")})
