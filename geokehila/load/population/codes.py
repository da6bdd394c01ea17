"""Which CBS code a study is to state: the layer's own for its name, else those of localities that its map touches."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

from geokehila.catalogue import cities
from geokehila.errors import InputError
from geokehila.load import own_zones
from geokehila.load.geometry import EVERYWHERE
from geokehila.load.population import statistical_areas
from geokehila.load.population.opened import Opened
from geokehila.load.roles import Inputs
from geokehila.study import Study

#: So many localities are named, those with most ground in the map first.
MOST = 5
_NO_LAYER = (
    "give the CBS layer as statistical_areas.* first, `geokehila doctor` then names the codes it has here (a place "
    'without CBS areas takes your own as zones.*, one outline at least, or kind = "hexagons" under [zones] where '
    "buildings.* counts residents)"
)


def wanted(study: Study, inputs: Inputs, extent: shapely.Geometry) -> str:
    """Return what to do about a study without a code, as a remedy.

    Parameters
    ----------
    extent
        What the map covers, in the CRS of the study [m]; ``EVERYWHERE``: nothing is known of a map.
    """
    own = own_zones.propose(inputs)
    role = next((role for role in inputs.files if role.startswith("statistical_areas")), "")
    if not role:
        return f"{own.remedy()}; else give the CBS layer as statistical_areas.*" if own else _NO_LAYER
    found = _of_layer(inputs.files[role][0], study, extent)
    return f"{own.remedy()}; else {found}" if own else found


def _of_layer(path: Path, study: Study, extent: shapely.Geometry) -> str:
    try:
        layer = statistical_areas.opened(path, study.crs)
    except InputError:  # told when it is read
        return "add code = a CBS code"
    if len(codes := statistical_areas.codes_of(layer, {*study.city.name.values()})) == 1:
        return f"add code = {codes[0]}, its CBS code in {layer.name}"
    touched = [] if extent is EVERYWHERE else _touched(layer, extent)
    return f"add code = one that the map touches, {', '.join(touched)}" if touched else "add code = a CBS code"


def _touched(layer: Opened, extent: shapely.Geometry) -> list[str]:
    """Return code and name of the localities that a map touches, as ``7400 Netanya``."""
    shapes = gpd.GeoSeries(layer.frame.geometry).make_valid()
    ground = shapes.intersection(extent).area.groupby(statistical_areas.localities(layer)).sum()
    found = ground[ground > 0].sort_values(ascending=False, kind="stable").index[:MOST]
    names = {city.code: city.name["en"] for city in cities().values()}
    return [f"{code} {names.get(code) or statistical_areas.name_of(layer, code)}".strip() for code in map(int, found)]
