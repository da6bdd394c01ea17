"""Open spaces as they are measured: classified, and walked to by kind and by size."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.open_spaces import kinds, reasons, shapes
from geokehila.open_spaces.ground import ground
from geokehila.open_spaces.judging import Judged, Surroundings, too_small
from geokehila.schema import NO, NOT_KNOWN, YES, check
from geokehila.study import Study


def classify(study: Study, open_spaces: gpd.GeoDataFrame, around: Surroundings) -> gpd.GeoDataFrame:
    """Tell of every open space its kind, whether the public may use it, and how much ground it adds.

    Parameters
    ----------
    study
        Its standards ``open_…`` hold the areas and widths that are asked.
    open_spaces
        Table ``open_spaces``.
    around
        What lies in them and around them.

    Returns
    -------
    GeoDataFrame
        The same rows by place_id, none dropped, with `kind` (of :data:`KINDS`; empty: no open space by its class),
        `public` (yes, no, unknown), `why` not (one of the :mod:`~geokehila.open_spaces.reasons`; empty where public),
        `counted_m2` [m2], its :func:`ground` (0 where it is not public), and `joint_m2` [m2], the ground of all
        public green that it touches, its own included (0 of squares, and where it is not public).
    """
    limits = {key: standard.value for key, standard in study.catalogue.standards.items()}
    spaces = check("open_spaces", open_spaces)
    judged = Judged(spaces, around, limits)
    kind = kinds.kinds(spaces, judged.why == "", judged.entered, limits)
    why = too_small(judged, kind)
    public = np.select([why == "", np.isin(why.astype(str), reasons.OPEN_QUESTIONS)], [YES, NOT_KNOWN], NO)
    words = pd.DataFrame({"kind": kind, "public": public, "why": why}, spaces.index, dtype="str")
    classified = gpd.GeoDataFrame(pd.concat([spaces, words], axis=1), crs=spaces.crs)
    counted = classified.assign(counted_m2=shapely.area(ground(classified)))
    return counted.assign(joint_m2=_joint_m2(counted, limits["open_joint"]))


def destinations(classified: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what is walked to: ``place_id`` and ``category``, one of :data:`CATEGORIES`, of public spaces only.

    A space is of a size if all the public green that it touches is: parts of one park count together.
    """
    public = classified[classified["public"] == YES]
    members = {kinds.ANY: public} | {f"open_{kind}": public[public["kind"] == kind] for kind in kinds.KINDS}
    members |= {key: public[public["joint_m2"] >= size * 1e4] for key, size in kinds.OF_SIZES.items()}
    rows = [some[["place_id"]].assign(category=key) for key, some in members.items()]
    return check("place_categories", pd.concat(rows, ignore_index=True).astype("str"))


def _joint_m2(counted: gpd.GeoDataFrame, near_m: float) -> np.ndarray:
    is_green = ((counted["public"] == YES) & (counted["kind"] != kinds.SQUARE)).to_numpy(bool)
    label = shapes.joint(counted.geometry.to_numpy()[is_green], near_m)
    m2 = np.zeros(len(counted))
    m2[is_green] = np.bincount(label, counted["counted_m2"].to_numpy()[is_green])[label]
    return m2
