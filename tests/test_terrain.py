"""Heights between cells by hand and by a slow loop; tiles that meet; any lattice; what is no height; faults."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from rasterio import Affine

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.terrain import FINEST_M, Elevation, read
from geokehila.schema import ISRAEL_TM, WGS84

X, Y = 180_000.0, 570_000.0
BOUNDS = (X, Y, X + 900, Y + 600)
#: Thirty metres, the north-west corner 300 m off the study's.
NORTH_UP = Affine(30, 0, X - 300, 0, -30, Y + 900)
#: 50 columns and 40 rows of it cover the study and 300 m around it.
ROWS, COLUMNS = 40, 50
Shape = Callable[[np.ndarray, np.ndarray], np.ndarray]


def tile(path: Path, heights: object, transform: Affine | None = NORTH_UP, crs: str | None = ISRAEL_TM, **more) -> Path:
    """Write a GeoTIFF of one band, or of those that a third axis gives."""
    bands = np.asarray(heights)
    bands = bands if bands.ndim == 3 else bands[None]
    count, rows, columns = bands.shape
    profile = {"driver": "GTiff", "count": count, "height": rows, "width": columns, "dtype": bands.dtype, "crs": crs}
    with rasterio.open(path, "w", **profile, transform=transform, **more) as out:
        out.write(bands)
    return path


def middles(transform: Affine, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    column, row = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    return transform @ (column, row)


def shaped(shape: Shape, transform: Affine = NORTH_UP, rows: int = ROWS, columns: int = COLUMNS) -> np.ndarray:
    """Heights of a surface over the study's metres, east and north of its corner, at the middles of cells."""
    x, y = middles(transform, rows, columns)
    return shape(x - X, y - Y).astype(np.float32)


def plane(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 250 + 0.1 * x - 0.04 * y


def hills(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 250 + 30 * np.sin(x / 110) * np.cos(y / 90)


def somewhere(count: int = 2_000, bounds: tuple[float, ...] = BOUNDS) -> np.ndarray:
    return np.random.default_rng(5).uniform(bounds[:2], bounds[2:], (count, 2))


def names(ledger: Ledger) -> list[str]:
    return [notice.name for notice in ledger.notices]


def slowly(heights: np.ndarray, transform: Affine, point: np.ndarray) -> float:
    """Bilinear, from the definition: the weights of the four cells around, of those that are known."""
    column, row = ~transform @ tuple(point)
    total = weight = 0.0
    for r in range(math.floor(row - 0.5), math.floor(row - 0.5) + 2):
        for c in range(math.floor(column - 0.5), math.floor(column - 0.5) + 2):
            inside = 0 <= r < heights.shape[0] and 0 <= c < heights.shape[1]
            if inside and np.isfinite(heights[r, c]):
                share = (1 - abs(column - 0.5 - c)) * (1 - abs(row - 0.5 - r))
                total, weight = total + share * float(heights[r, c]), weight + share
    return total / weight if weight else math.nan


def test_heights_between_four_cells_by_hand(tmp_path: Path) -> None:
    heights = np.zeros((ROWS, COLUMNS), np.float32)
    heights[19:21, 24:26] = [[10, 20], [30, 40]]
    elevation, ledger = read([tile(tmp_path / "dem.tif", heights)], ISRAEL_TM, BOUNDS)
    corner = np.array([X + 435.0, Y + 315.0])  # the middle of the cell of 10 m
    steps = np.array([(0, 0), (30, 0), (0, -30), (15, 0), (15, -15), (6, -12)])
    by_hand = [10, 20, 30, 15, 25, 10 * 0.8 * 0.6 + 20 * 0.2 * 0.6 + 30 * 0.8 * 0.4 + 40 * 0.2 * 0.4]
    assert elevation.at(corner + steps) == pytest.approx(by_hand, abs=1e-6)
    assert elevation.cell_m == pytest.approx(30)
    assert ledger.counts() == {"tile": {"read": 1, "used": 1, "rejected": {}}} and not ledger.notices


@given(st.lists(st.sampled_from([-430.0, 0.0, 17.25, 800.0, math.nan]), min_size=12, max_size=12), st.integers(0, 99))
def test_every_point_is_what_the_slow_loop_says(
    tmp_path_factory: pytest.TempPathFactory, cells: list[float], seed: int
) -> None:
    """Also beyond the raster, and where some of the four cells or all are not known."""
    heights, transform = np.array(cells, np.float32).reshape(3, 4), Affine(30, 0, X, 0, -30, Y + 90)
    path = tile(tmp_path_factory.mktemp("dem") / "dem.tif", heights, transform)
    elevation, _ = read([path], ISRAEL_TM, (X, Y, X + 120, Y + 90))
    points = np.random.default_rng(seed).uniform((X - 60, Y - 60), (X + 180, Y + 150), (40, 2))
    expected = np.array([slowly(heights, transform, point) for point in points])
    assert elevation.at(points) == pytest.approx(expected, abs=1e-4, nan_ok=True)


@pytest.mark.parametrize("surface", [plane, hills])
@pytest.mark.parametrize("overlap", [0, 1, 7])
def test_a_town_across_four_tiles_is_the_town_in_one(tmp_path: Path, surface: Shape, overlap: int) -> None:
    """Copernicus tiles adjoin, those of SRTM share a row; each is cut where the town lies."""
    whole = shaped(surface)
    parts = []
    for r in (slice(0, 20), slice(20 - overlap, ROWS)):
        for c in (slice(0, 23), slice(23 - overlap, COLUMNS)):
            at = NORTH_UP @ Affine.translation(c.start, r.start)
            parts.append(tile(tmp_path / f"N{r.start}E{c.start}.tif", whole[r, c], at))
    one, _ = read([tile(tmp_path / "dem.tif", whole)], ISRAEL_TM, BOUNDS)
    several, ledger = read(parts, ISRAEL_TM, BOUNDS)
    points = somewhere()
    assert len(several.grids) == 1 and ledger.counts()["tile"]["used"] == 4 and not ledger.notices
    assert np.array_equal(several.at(points), one.at(points))
    assert np.array_equal(several.smoothed().at(points), one.smoothed().at(points))
    assert np.array_equal(read(parts[::-1], ISRAEL_TM, BOUNDS)[0].at(points), one.at(points))


def test_the_first_tile_that_knows_a_cell_decides(tmp_path: Path) -> None:
    first, second = np.full((ROWS, COLUMNS), 10, np.float32), np.full((ROWS, COLUMNS), 20, np.float32)
    first[:, 25:] = np.nan
    paths = [tile(tmp_path / "a.tif", first), tile(tmp_path / "b.tif", second)]
    points = np.array([[X + 100, Y + 300], [X + 800, Y + 300]])
    assert read(paths, ISRAEL_TM, BOUNDS)[0].at(points).tolist() == [10, 20]
    assert read(paths[::-1], ISRAEL_TM, BOUNDS)[0].at(points).tolist() == [20, 20]


@pytest.mark.parametrize("shift", [0.0, 11.0, -11.0])
def test_tiles_of_different_lattices_meet_without_a_cliff(tmp_path: Path, shift: float) -> None:
    """West of 450 m the ground by 30 m, east of it by 45 m; the edges touch, leave a gap of 11 m or overlap."""
    east = Affine(45, 0, X + 450 + shift, 0, -45, Y + 930)
    west = tile(tmp_path / "west.tif", shaped(plane, columns=25))
    other = tile(tmp_path / "east.tif", shaped(plane, east, 30, 20), east)
    elevation, ledger = read([other, west], ISRAEL_TM, BOUNDS)
    x = np.arange(X + 300, X + 600, 0.5)
    heights = elevation.at(np.column_stack([x, np.full(len(x), Y + 300)]))
    assert [max(grid.sides_m) for grid in elevation.grids] == pytest.approx([30, 45])
    # The rise is made good within a cell: steeper than the plane's 0.1, and no step.
    assert np.abs(np.diff(heights)).max() <= 3 * 0.1 * 0.5
    assert heights == pytest.approx(plane(x - X, np.full(len(x), 300.0)), abs=0.1 * 45 / 2)
    assert elevation.cell_m == pytest.approx(45) and not {"dem_nodata"} & {*names(ledger)}
    smooth = elevation.smoothed().at(np.column_stack([x, np.full(len(x), Y + 300)]))
    slope = (smooth[50:] - smooth[:-50]) / 25
    assert slope.min() >= 0.075 and slope.max() <= 0.125, "nor do pieces of a street that are smoothed see one"


def test_a_finer_tile_comes_first_and_a_coarser_fills_its_voids(tmp_path: Path) -> None:
    fine = np.full((ROWS, COLUMNS), 100, np.float32)
    fine[15:25, 20:30] = np.nan
    coarse = tile(
        tmp_path / "a.tif", np.full((16, 20), 104, np.float32), Affine(90, 0, X - 300, 0, -90, Y + 900), ISRAEL_TM
    )
    elevation, ledger = read([coarse, tile(tmp_path / "b.tif", fine)], ISRAEL_TM, BOUNDS)
    assert elevation.at(np.array([[X + 100, Y + 100], [X + 450, Y + 300]])) == pytest.approx([100, 104])
    # From the last known middle of a cell, X + 285, to the first unknown one, X + 315, it goes over evenly.
    over = np.column_stack([X + np.array([285, 292.5, 300, 315]), np.full(4, Y + 300)])
    assert elevation.at(over) == pytest.approx([100, 101, 102, 104], abs=1e-6)
    assert names(ledger) == ["dem_nodata"]


@pytest.mark.parametrize("crs", [WGS84, "EPSG:32636", "EPSG:28191"])
def test_a_raster_in_another_crs(tmp_path: Path, crs: str) -> None:
    """Degrees, or the metres of another grid: the heights of hills are where they were, to what a cell can show."""
    move = Transformer.from_crs(ISRAEL_TM, crs, always_xy=True)
    side = 1 / 3600 if crs == WGS84 else 30.0
    west, _, _, north = move.transform_bounds(X - 400, Y - 400, X + 1300, Y + 1000)
    transform = Affine(side, 0, west, 0, -side, north)
    x, y = move.transform(*middles(transform, 60, 75), direction="INVERSE")
    path = tile(tmp_path / "dem.tif", plane(x - X, y - Y).astype(np.float32), transform, crs)
    elevation, ledger = read([path], ISRAEL_TM, BOUNDS)
    points = somewhere()
    assert elevation.at(points) == pytest.approx(plane(*(points - [X, Y]).T), abs=0.002) and not ledger.notices
    assert elevation.cell_m == pytest.approx(30.8 if crs == WGS84 else 30, abs=0.1)


@pytest.mark.parametrize("turn", [30.0, 90.0, 200.0])
def test_a_raster_that_is_turned(tmp_path: Path, turn: float) -> None:
    middle = Affine.translation(X + 450, Y + 300)
    turned = middle @ Affine.rotation(turn) @ Affine.scale(30, -30) @ Affine.translation(-30, -30)
    elevation, ledger = read([tile(tmp_path / "dem.tif", shaped(plane, turned, 60, 60), turned)], ISRAEL_TM, BOUNDS)
    points = somewhere()
    assert elevation.at(points) == pytest.approx(plane(*(points - [X, Y]).T), abs=1e-3) and not ledger.notices
    assert elevation.smoothed().at(points) == pytest.approx(plane(*(points - [X, Y]).T), abs=1e-3)


def test_only_the_window_is_read(tmp_path: Path) -> None:
    """Of a tile of 60 x 60 km the study's 900 x 600 m and four cells around it."""
    far = Affine(30, 0, X - 30_000, 0, -30, Y + 30_000)
    heights = np.zeros((2_000, 2_000), np.int16)
    elevation, _ = read([tile(tmp_path / "dem.tif", heights, far)], ISRAEL_TM, BOUNDS)
    assert elevation.grids[0].heights_m.shape <= (20 + 10, 30 + 10)


def test_cells_of_a_survey_are_averaged(tmp_path: Path) -> None:
    """Two metres: five by five make one of ten, and a raster whose size is no multiple of five is no exception."""
    fine = Affine(2, 0, X - 20, 0, -2, Y + 150)
    heights = shaped(plane, fine, 87, 103)
    elevation, _ = read([tile(tmp_path / "dem.tif", heights, fine)], ISRAEL_TM, (X, Y, X + 150, Y + 120))
    points = somewhere(500, (X + 10, Y + 10, X + 140, Y + 110))
    assert elevation.cell_m == pytest.approx(FINEST_M)
    assert elevation.at(points) == pytest.approx(plane(*(points - [X, Y]).T), abs=1e-3)


@pytest.mark.parametrize("stated", [-9999.0, 0.0, None])
def test_the_sea_has_no_height_and_its_shore_has(tmp_path: Path, stated: float | None) -> None:
    """East of column 25 is sea, by a stated number or by NaN."""
    heights = np.full((ROWS, COLUMNS), 7, np.float32)
    heights[:, 25:] = np.nan if stated is None else stated
    elevation, ledger = read([tile(tmp_path / "dem.tif", heights, nodata=stated)], ISRAEL_TM, BOUNDS)
    shore = X + 435.0  # the middle of the last column of land
    points = np.column_stack([shore + np.array([-90, 0, 15, 29, 31, 300]), np.full(6, Y + 300)])
    for ground in (elevation, elevation.smoothed()):
        assert ground.at(points).tolist() == pytest.approx([7, 7, 7, 7, math.nan, math.nan], nan_ok=True)
    rows, columns = elevation.grids[0].heights_m.shape
    lacking = int(np.isnan(elevation.grids[0].heights_m).sum())
    assert [str(n) for n in ledger.notices] == [
        f"dem.tif: {lacking} of {rows * columns} cells at the study have no height (0 of them impossible, below -450 m "
        "or above 9000 m): where no other tile knows it either, streets count as level"
    ]


@pytest.mark.parametrize("wrong", [-32768, -9999, 32767, -451])
def test_heights_that_no_ground_has_are_none(tmp_path: Path, wrong: int) -> None:
    heights = np.full((ROWS, COLUMNS), -430, np.int16)
    heights[20, 20:23] = wrong
    elevation, ledger = read([tile(tmp_path / "dem.tif", heights)], ISRAEL_TM, BOUNDS)
    points = somewhere()
    known = elevation.at(points)
    assert set(known[np.isfinite(known)].round(3)) == {-430.0}
    assert "3 of" in ledger.notices[0].text and "(3 of them impossible" in ledger.notices[0].text


def test_heights_stored_as_decimetres_are_metres(tmp_path: Path) -> None:
    path = tile(tmp_path / "dem.tif", np.full((ROWS, COLUMNS), 2_505, np.int16))
    with rasterio.open(path, "r+") as raster:
        raster.scales, raster.offsets = (0.1,), (-100.0,)
    assert read([path], ISRAEL_TM, BOUNDS)[0].at(somewhere(10)) == pytest.approx(150.5, abs=1e-4)


def test_of_several_bands_the_first_is_read(tmp_path: Path) -> None:
    bands = np.stack([np.full((ROWS, COLUMNS), height, np.uint8) for height in (5, 6, 7)])
    elevation, ledger = read([tile(tmp_path / "dem.tif", bands)], ISRAEL_TM, BOUNDS)
    assert elevation.at(somewhere(10)) == pytest.approx(5) and names(ledger) == ["dem_bands"]


def test_what_covers_a_part_says_how_much(tmp_path: Path) -> None:
    """The tile ends 450 m into the study's 900 m."""
    elevation, ledger = read([tile(tmp_path / "dem.tif", shaped(plane, columns=25))], ISRAEL_TM, BOUNDS)
    assert names(ledger) == ["dem_partial"] and "tiles cover 50 % of" in ledger.notices[0].text
    known = np.isfinite(elevation.at(somewhere()))
    assert np.array_equal(known, somewhere()[:, 0] < X + 465)


@pytest.mark.parametrize("place", [Affine(30, 0, X + 5_000, 0, -30, Y), Affine(1e9, 0, 1e12, 0, -1e9, 1e12)])
def test_a_tile_beyond_the_study_is_left_out(tmp_path: Path, place: Affine) -> None:
    """A folder may serve every city: that none of its tiles holds this one is said, and stops no run."""
    there = tile(tmp_path / "there.tif", shaped(plane), place)
    elevation, ledger = read([there], ISRAEL_TM, BOUNDS)
    assert elevation.grids == () and math.isnan(elevation.cell_m) and np.isnan(elevation.at(somewhere(3))).all()
    assert names(ledger) == ["dem_beyond"]
    assert ledger.counts()["tile"] == {"read": 1, "used": 0, "rejected": {"outside the study": 1}}
    _, both = read([there, tile(tmp_path / "here.tif", shaped(plane))], ISRAEL_TM, BOUNDS)
    assert both.counts()["tile"]["used"] == 1 and not both.notices


def test_a_study_without_streets_asks_for_nothing(tmp_path: Path) -> None:
    elevation, ledger = read([tile(tmp_path / "dem.tif", shaped(plane))], ISRAEL_TM, (math.nan,) * 4)
    assert elevation.grids == () and names(ledger) == ["dem_beyond"]
    assert Elevation(()).at(np.empty((0, 2))).shape == (0,)


def _cut(path: Path) -> None:
    tile(path, np.random.default_rng(1).random((ROWS, COLUMNS)).astype(np.float32), compress="deflate")
    path.write_bytes(path.read_bytes()[:3_000])


def _garbled(path: Path) -> None:
    tile(path, np.random.default_rng(1).random((ROWS, COLUMNS)).astype(np.float32), compress="deflate")
    whole = bytearray(path.read_bytes())
    whole[1_000:5_000] = b"x" * 4_000
    path.write_bytes(bytes(whole))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.write_text("x;y;z"), "cannot be read as a GeoTIFF"),
        (lambda path: path.write_bytes(b""), "cannot be read as a GeoTIFF"),
        (lambda path: None, "cannot be read as a GeoTIFF"),
        (_cut, "cannot be read as a GeoTIFF"),
        (_garbled, "cannot be read as a GeoTIFF"),
        (lambda path: tile(path, shaped(plane), crs=None), "no CRS stated"),
        (lambda path: tile(path, shaped(plane), transform=None), "no place in its CRS stated"),
        (lambda path: tile(path, shaped(plane), crs='LOCAL_CS["site",UNIT["metre",1]]'), "nothing leads from its CRS"),
    ],
    ids=["a table", "empty", "absent", "cut", "garbled", "no CRS", "no place", "a local CRS"],
)
@pytest.mark.filterwarnings("ignore:Dataset has no geotransform")
def test_a_fault_is_one_line_and_gdal_is_silent(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], make: Callable[[Path], object], says: str
) -> None:
    make(tmp_path / "dem.tif")
    capfd.readouterr()
    with pytest.raises(InputError, match=rf"^dem\.tif: {says}.*: save it from a GIS as a GeoTIFF") as fault:
        read([tmp_path / "dem.tif"], ISRAEL_TM, BOUNDS)
    assert "\n" not in str(fault.value) and capfd.readouterr() == ("", "")


def test_smoothing_leaves_a_plane_and_takes_most_of_the_noise(tmp_path: Path) -> None:
    """Of noise that differs from cell to cell a mean leaves the root of the sum of its squared weights."""
    noise = np.random.default_rng(2).normal(0, 1, (ROWS, COLUMNS)).astype(np.float32)
    rough, _ = read([tile(tmp_path / "dem.tif", 100 + noise)], ISRAEL_TM, BOUNDS)
    even, _ = read([tile(tmp_path / "even.tif", shaped(plane))], ISRAEL_TM, BOUNDS)
    points = somewhere()
    assert even.smoothed().at(points) == pytest.approx(plane(*(points - [X, Y]).T), abs=1e-3)
    bell = np.exp(-(np.arange(-2, 3) ** 2.0))
    left = ((bell / bell.sum()) ** 2).sum()
    x, y = middles(NORTH_UP, ROWS, COLUMNS)
    cells = np.column_stack([x[12:28, 12:38].ravel(), y[12:28, 12:38].ravel()])
    assert np.std(rough.smoothed().at(cells)) == pytest.approx(np.std(rough.at(cells)) * left, rel=0.15)


@pytest.mark.shared
def test_the_kinneret_lies_below_the_sea(shared: Path) -> None:
    """Its surface was 209 to 214 m below the sea in the years of the survey; Katzrin stands at about 300 m."""
    move = Transformer.from_crs(WGS84, ISRAEL_TM, always_xy=True)
    lake, town = move.transform(35.62, 32.90), move.transform(35.69, 32.99)
    path = shared / "terrain" / "katzrin_kinneret_30m.tif"
    bounds = (*np.min([lake, town], axis=0), *np.max([lake, town], axis=0))
    elevation, _ = read([path], ISRAEL_TM, bounds)
    heights = elevation.at(np.array([lake, town]))
    assert -216 < heights[0] < -205 and 250 < heights[1] < 400


@pytest.mark.shared
def test_the_sea_off_the_carmel_has_no_height(shared: Path) -> None:
    move = Transformer.from_crs(WGS84, ISRAEL_TM, always_xy=True)
    points = np.array([move.transform(34.90, 32.80), move.transform(35.04, 32.735)])
    bounds = (*points.min(axis=0), *points.max(axis=0))
    elevation, ledger = read([shared / "terrain" / "carmel_akko_nahariya_90m.tif"], ISRAEL_TM, bounds)
    sea, mountain = elevation.at(points)
    assert math.isnan(sea) and 350 < mountain < 560 and "dem_nodata" in names(ledger)
