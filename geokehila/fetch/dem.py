"""Heights of a city's ground from the public tiles of Copernicus GLO-30, one for each degree, cut to its box."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geokehila.errors import FetchError
from geokehila.fetch.addresses import shown
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.where import box
from geokehila.fetch.wire import Call
from geokehila.load.osm.cut import Box

#: What lists every tile there is: what it leaves out is sea, or was not released.
LIST, LIST_MB = "tileList.txt", 5.0
_NAME = "Copernicus_DSM_COG_10_{}_00_{}_00_DEM"
#: A tile has so many rows, and no more columns.
ROWS = 3600
#: [degrees] Within so much the sides of a tile are those of its degree: its cells lie half a cell aside.
_ASIDE = 0.001
NO_HEIGHT = -32_768.0


@dataclass(frozen=True)
class Options:
    """What is known of the tiles: how many the list names at least, and how many a city may need at most."""

    least: int = 20_000
    most_tiles: int = 9


@dataclass(frozen=True)
class Degree:
    """The tile of one degree, by its south-western corner."""

    south: int
    west: int

    @property
    def name(self) -> str:
        """The tile's name, as the bucket spells it.

        Examples
        --------
        >>> Degree(31, 34).name, Degree(-3, -71).name
        ('Copernicus_DSM_COG_10_N31_00_E034_00_DEM', 'Copernicus_DSM_COG_10_S03_00_W071_00_DEM')
        """
        lat, lon = f"{'NS'[self.south < 0]}{abs(self.south):02}", f"{'EW'[self.west < 0]}{abs(self.west):03}"
        return _NAME.format(lat, lon)


def degrees(around: Box) -> list[Degree]:
    """Return the degrees that bounds touch, from the south-west on.

    Examples
    --------
    >>> [degree.name[22:33] for degree in degrees(Box(34.9, 31.9, 35.1, 31.95))]
    ['N31_00_E034', 'N31_00_E035']
    """
    return [
        Degree(south, west)
        for south in range(math.floor(around.south), math.ceil(around.north))
        for west in range(math.floor(around.west), math.ceil(around.east))
    ]


def bring(errand: Errand) -> Brought | None:
    """Write the heights in a city's box as a GeoTIFF of the tiles' own cells; where no tile is, none is known.

    Raises
    ------
    FetchError
        No address has the tiles, no tile lies there, or a file is no tile of its degree.
    """
    options = errand.options(Options)
    around = box(errand.study, errand.data)
    wanted = degrees(around)
    if len(wanted) > options.most_tiles:
        raise FetchError(f"{errand.source.key}: {len(wanted)} tiles, where a city needs at most {options.most_tiles}")
    (paths, absent), url = errand.first(lambda url: _tiles(errand, url.rstrip("/"), wanted, options))
    with ExitStack() as opened:
        rasters = [opened.enter_context(_opened(path, degree)) for degree, path in paths.items()]
        _write(rasters, around, errand, [degree.name for degree in paths])
    notes = [f"no tile of {', '.join(degree.name[22:33] for degree in absent)}: sea, or not released"] if absent else []
    return Brought(url=url, counts={"tiles": len(paths)}, notes=tuple(notes))


def _tiles(
    errand: Errand, url: str, wanted: Sequence[Degree], options: Options
) -> tuple[dict[Degree, Path], list[Degree]]:
    """Download the tiles that there are to the desk, each once; return where they lie, and which there are not."""
    listed = {*errand.wire.content(Call(f"{url}/{LIST}"), LIST_MB).decode("ascii", "replace").split()}
    tiles = {name.rpartition("/")[2].removesuffix(".tif") for name in listed}
    if sum(name.startswith(_NAME[:22]) for name in tiles) < options.least:
        raise FetchError(f"{shown(url)}: its {LIST} names fewer than {options.least:,} tiles: a part is missing")
    paths = {degree: errand.desk / f"{degree.name}.tif" for degree in wanted if degree.name in tiles}
    if not paths:
        raise FetchError(f"{shown(url)}: no tile lies there: carry heights by --from {errand.source.key}=FILE")
    for degree, path in paths.items():
        if not path.is_file():
            errand.say(f"{errand.source.key}: {degree.name}")
            errand.wire.save(Call(f"{url}/{degree.name}/{degree.name}.tif"), path, errand.source.max_mb)
            with _opened(path, degree):
                pass
    return paths, [degree for degree in wanted if degree not in paths]


@contextmanager
def _opened(path: Path, degree: Degree) -> Iterator[Any]:
    """Open a tile; a file that is none of its degree is dropped, so that the next fetch asks for it again."""
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with warnings.catch_warnings(action="ignore"), rasterio.Env(), rasterio.open(path, driver="GTiff") as raster:
            if fault := _fault_of(raster, degree):
                raise FetchError(f"{path.name}: {fault}: no tile of GLO-30, try again later")
            yield raster
    except (RasterioError, OSError) as fault:
        path.unlink(missing_ok=True)
        why = str(fault.__cause__ or fault)[:150]
        raise FetchError(f"{path.name}: cannot be read as a GeoTIFF ({why}): try again later") from None
    except FetchError:
        path.unlink(missing_ok=True)
        raise


def _fault_of(raster: Any, degree: Degree) -> str:
    """Return why a raster is no tile of a degree, "" where it is one; nothing of its cells is read for it."""
    sides = (degree.west, degree.south, degree.west + 1, degree.south + 1)
    if raster.crs is None or raster.crs.to_epsg() != 4326:
        return "its CRS is not EPSG:4326"
    if raster.count != 1 or raster.height != ROWS or raster.width > ROWS or raster.dtypes[0] != "float32":
        return f"{raster.width} by {raster.height} cells in {raster.count} bands of {raster.dtypes[0]}"
    if any(abs(side - meant) > _ASIDE for side, meant in zip(raster.bounds, sides, strict=True)):
        return f"it lies at {raster.bounds.left:.3f} {raster.bounds.bottom:.3f}"
    return ""


def _write(rasters: Sequence[Any], around: Box, errand: Errand, names: Sequence[str]) -> None:
    """Join tiles where they lie in a box, cell for cell, and write them with what they are made of."""
    import rasterio
    from rasterio.merge import merge

    finest = min(rasters, key=lambda raster: raster.res[0])
    cells, place = merge(
        rasters, bounds=_snapped(around, finest), res=finest.res, nodata=NO_HEIGHT, dtype="float32", method="first"
    )
    form = {"driver": "GTiff", "dtype": "float32", "count": 1, "compress": "deflate", "predictor": 3, "tiled": True}
    sides = {"height": cells.shape[1], "width": cells.shape[2], "blockxsize": 256, "blockysize": 256}
    with rasterio.open(errand.target, "w", crs="EPSG:4326", transform=place, nodata=NO_HEIGHT, **form, **sides) as out:
        out.write(cells)
        out.update_tags(SOURCE=errand.source.holds, LICENCE=errand.source.licence, TILES=" ".join(names))


def _snapped(around: Box, raster: Any) -> tuple[float, float, float, float]:
    """Return the bounds widened to whole cells of a raster, so that joining moves none."""
    origin_x, origin_y, (step_x, step_y) = raster.bounds.left, raster.bounds.top, raster.res
    west, east = math.floor((around.west - origin_x) / step_x), math.ceil((around.east - origin_x) / step_x)
    north, south = math.floor((origin_y - around.north) / step_y), math.ceil((origin_y - around.south) / step_y)
    return (
        origin_x + west * step_x, origin_y - south * step_y, origin_x + east * step_x, origin_y - north * step_y,
    )  # fmt: skip
