"""Which coordinate reference systems distances can be measured in."""

from __future__ import annotations

from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from geokehila.errors import StudyError
from geokehila.schema import ISRAEL_TM


def projected(stated: Any, where: str) -> str:
    """Return a CRS by its name if it is projected, in metres of the ground.

    Raises
    ------
    StudyError
        It is not, or there is no such CRS; `where` begins the message.

    Examples
    --------
    >>> projected(32628, "read_map")
    'EPSG:32628'
    >>> projected("EPSG:4326", "read_map")
    Traceback (most recent call last):
    geokehila.errors.StudyError: read_map: crs 'EPSG:4326' is not in metres: write a projected one such as 'EPSG:2039'
    """
    try:
        crs = CRS.from_user_input(stated if isinstance(stated, CRS | int) else str(stated))
    except CRSError:
        raise StudyError(f"{where}: crs {stated!r} is not known: write a projected one such as {ISRAEL_TM!r}") from None
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        raise StudyError(f"{where}: crs {stated!r} is not in metres: write a projected one such as {ISRAEL_TM!r}")
    if crs.to_epsg() == 3857:
        raise StudyError(
            f"{where}: crs {stated!r} is Web Mercator, whose metres are not metres on the ground: "
            f"write another such as {ISRAEL_TM!r}"
        )
    return str(crs.to_string())
