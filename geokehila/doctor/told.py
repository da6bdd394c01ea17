"""What a municipality tells of its neighbourhoods: can it be read, from which columns, and of which areas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geokehila import neighbourhoods
from geokehila.doctor.findings import Finding, judged, of_error, of_ledger, of_notice
from geokehila.errors import GeoKehilaError
from geokehila.load.roles import Inputs
from geokehila.study import Study
from geokehila.zones import Zoning

ROLES = ("readiness", "survey")
REMEDY = "call the neighbourhoods as the study does, or write their zone_id"


def examine(study: Study, inputs: Inputs, zonings: Sequence[Zoning], origins: gpd.GeoDataFrame) -> Iterator[Finding]:
    """Look at each table that is given; a fault of one does not hide the other."""
    areas = neighbourhoods.areas(zonings, origins["people"].to_numpy(float))
    readers: Mapping[str, Callable[[Path, pd.DataFrame], neighbourhoods.Read]] = {
        "readiness": neighbourhoods.reader_of_readiness(study),
        "survey": neighbourhoods.reader_of_survey(study),
    }
    for role in ROLES:
        try:
            zoning, found = neighbourhoods.read(inputs, role, areas, readers[role])
        except GeoKehilaError as error:
            yield of_error(role, error)
            continue
        if found:
            yield _table(role, zoning, found)
            yield from map(of_notice, found.ledger.notices)
            yield of_ledger(found.ledger)


def _table(role: str, zoning: Zoning, found: neighbourhoods.Read) -> Finding:
    """Tell which columns are read as what, and how many areas of which zoning are told of."""
    columns = ", ".join(f"{key} from {column}" for key, column in found.columns.items())
    count = found.rows["zone_id"].nunique()
    return judged(f"table {role}", count > 0, f"{count} of {len(zoning.units)} areas ({zoning.key}): {columns}", REMEDY)
