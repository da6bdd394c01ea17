"""Statutory plans: what the land is for by approved cells, the newest where they lie over one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue.lists import ListChoice
from geokehila.catalogue.plan_uses import APPROVED, OTHER, SILENT
from geokehila.ledger import Ledger
from geokehila.load.municipal import DEFAULT
from geokehila.load.plans import notices, rows
from geokehila.load.plans.cutting import cut
from geokehila.load.vector import polygon_parts
from geokehila.reach.arrays import Ints
from geokehila.schema import TABLES, check

KIND = "plan cell"
OUTSIDE, SAYS_NOTHING = "outside the data", "says no use: another plan decides"
AGAIN, UNDER = "the same as another cell", "under approved plans that go before it"


@dataclass(frozen=True, eq=False)
class Found:
    """Table ``plans``, and what became of every cell. Tenure, building rights and what stands there are not checked."""

    plans: gpd.GeoDataFrame
    ledger: Ledger


def read(paths: Sequence[Path], crs: str, extent: shapely.Geometry, choice: ListChoice = DEFAULT) -> Found:
    """Read the cells of plans that lie in the data; where approved ones overlap, the newest stands.

    Parameters
    ----------
    paths
        Layers of cells with a stated CRS, as Xplan gives them or a municipality, see docs/methods/plans.md.
    crs
        The projected CRS of the study [m].
    extent
        What the OpenStreetMap data cover, in `crs`: cells beyond it are rejected; one across its border stays whole.
    choice
        Which columns the study states; all else is found in the file.

    Returns
    -------
    Found
        Approved cells share no ground; those of other plans are as drawn and cut nothing. `use` is ``other`` and
        `status` is ``other`` where neither code nor words tell, which a notice says. `date` is the approval's, else
        that of the last update; missing: not told. Ledger kind ``plan cell``.

    Raises
    ------
    geokehila.errors.InputError
        Not a layer with a CRS, or without a column of mavat's codes or of designations.

    Examples
    --------
    >>> read([Path("plans.geojson")], "EPSG:2039", mapped.extent).plans.use.value_counts()  # doctest: +SKIP
    """
    ledger = Ledger(paths[0].name if len(paths) == 1 else "plans")
    cells = _identified(pd.concat([rows.read(path, crs, ledger, choice) for path in paths], ignore_index=True))
    ledger.read(KIND, len(cells))
    here = _here(cells, extent, ledger)
    notices.of_words(here, ledger)
    settled = _settled(here.replace({"use": {"": OTHER}, "status": {"": OTHER}}), ledger)
    ledger.use(KIND, len(settled))
    return Found(check("plans", settled[[*TABLES["plans"].columns]], crs), ledger.balance())


def _identified(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the cells by `cell_id`, plan and lot; of several with one the second has ``-2`` behind it.

    The numbers are told by what the cells say and where they lie, whatever the order of files and rows.
    """
    told = cells["plan_number"].fillna("plan") + (":" + cells["lot"]).where(cells["lot"] != "", "")
    facts = cells[["status", "date", "code", "designation"]].fillna("")
    wkb = cells.geometry.normalize().to_wkb(hex=True).fillna("")
    ordered = pd.concat([told.rename("cell_id"), facts, cells.bounds.round(3), wkb.rename("wkb")], axis=1)
    ordered = ordered.sort_values([*ordered.columns], kind="stable")
    number = ordered.groupby("cell_id").cumcount().add(1).astype("str")
    ids = ordered["cell_id"].where(number == "1", ordered["cell_id"] + "-" + number)
    return cells.assign(cell_id=ids.astype("str")).sort_values("cell_id", ignore_index=True)


def _here(cells: gpd.GeoDataFrame, extent: shapely.Geometry, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return the cells in the data that say a use, as valid polygons."""
    parts = polygon_parts(cells, KIND, ledger, "cell_id")
    several = parts.index.duplicated(keep=False)
    joined = parts[several].dissolve(parts.index[several]).geometry
    drawn = pd.concat([parts.geometry[~several], joined]).sort_index()
    shapes = cells.loc[drawn.index].set_geometry(drawn)
    shapely.prepare(extent)
    said = shapes[["plan_number", "lot", "code", "designation", "status"]]
    rules = {
        OUTSIDE: ~shapely.intersects(extent, shapes.geometry.to_numpy()),
        SAYS_NOTHING: shapes["use"] == SILENT,
        AGAIN: said.assign(wkb=shapes.geometry.normalize().to_wkb()).duplicated(),
    }
    return _rejecting(shapes, np.select([*rules.values()], [*rules], ""), ledger)


def _settled(cells: gpd.GeoDataFrame, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return the cells, those of approved plans cut by what goes before them."""
    approved = cells[cells["status"] == APPROVED]
    found = cut(approved.geometry.to_numpy(), _places(approved))
    notices.of_overlaps(approved, found, ledger)
    shapes = cells.geometry.to_numpy().copy()
    shapes[approved.index] = found.shapes
    gone = shapely.is_missing(shapes)
    kept = _rejecting(cells.set_geometry(shapes, crs=cells.crs), np.where(gone, UNDER, ""), ledger)
    return kept.assign(area_m2=kept.area)


def _places(approved: gpd.GeoDataFrame) -> Ints:
    """Return where each cell stands: newer before older, larger plan numbers first, comprehensive plans last."""
    keys = approved[["behind", "date", "plan_number", "cell_id"]].fillna({"date": "", "plan_number": ""})
    ordered = keys.reset_index(drop=True).sort_values([*keys.columns], ascending=[True, False, False, True])
    return np.argsort(ordered.index.to_numpy())


def _rejecting(cells: gpd.GeoDataFrame, reason: np.ndarray, ledger: Ledger) -> gpd.GeoDataFrame:
    for cell_id, why in zip(cells["cell_id"], reason, strict=True):
        if why:
            ledger.reject(KIND, str(cell_id), str(why))
    return cells[reason == ""].reset_index(drop=True)
