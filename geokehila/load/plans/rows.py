"""The rows of a layer of plan cells as texts, uses and statuses, whatever its columns are called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geokehila.catalogue.lists import ListChoice
from geokehila.catalogue.plan_uses import plan_uses
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import cells
from geokehila.load.municipal import DEFAULT, columns
from geokehila.load.municipal.dates import iso_date
from geokehila.load.plans.parcels import block_and_parcels
from geokehila.load.vector import read_layer

#: What the columns are called, Xplan's own names first. `code` is of another system than mavat's and tells no use.
WORDS: Mapping[str, tuple[str, ...]] = {
    "mavat_code": ("mavat_code", "קוד מבא\"ת", "קוד יעוד מבא\"ת", "קוד ייעוד מבא\"ת"),
    "code": ("code", "land use code", "yeud code", "yeud", "קוד יעוד", "קוד ייעוד", "קוד"),
    "designation": ("mavat_name", "designation", "land use", "landuse", "zoning", "יעוד", "ייעוד", "יעוד קרקע",
                    "ייעוד קרקע", "שם יעוד", "שם ייעוד", "תיאור יעוד", "תכלית", "use", "استعمال الأرض", "التخصيص"),
    "plan_number": ("pl_number", "plan_number", "plan no", "plan", "מספר תכנית", "מספר תוכנית", "מס תכנית", "מס תוכנית",
                    "תכנית", "תוכנית", "תב\"ע", "رقم الخارطة", "رقم المخطط"),
    "plan_name": ("pl_name", "plan_name", "שם תכנית", "שם התכנית", "שם תוכנית", "שם התוכנית", "اسم المخطط"),
    "lot": ("num", "lot", "lot number", "תא שטח", "מספר תא שטח", "מגרש", "מספר מגרש"),
    "station": ("station",),
    "status": ("station_desc", "plan status", *columns.STATUS, "סטטוס תכנית", "סטטוס תוכנית", "מצב תכנית", "מצב תכנוני",
               "שלב", "stage"),
    "date": ("approval_date", "date of approval", "תאריך אישור", "תאריך תוקף", "תאריך מתן תוקף", "last_update_date",
             "last update", *columns.WORDS["date"]),
    "gush": ("gush", "gush_num", "block", "גוש", "מספר גוש", "حوض", "رقم الحوض"),
    "helka": ("helka", "parcel", "parcel_num", "parcels", "חלקה", "חלקות", "מספר חלקה", "قسيمة", "رقم القسيمة"),
}  # fmt: skip


def read(path: Path, crs: str, ledger: Ledger, choice: ListChoice = DEFAULT) -> gpd.GeoDataFrame:
    """Return the rows of one layer, reprojected.

    Returns
    -------
    GeoDataFrame
        `plan_number`, `plan_name`, `code`, `designation`, `date`, `gush`, `helka` (None where not told), `lot` (empty
        where not), `use` and `status` (empty where neither code nor words tell), `code_unknown` and `behind` (bool),
        `words`: the status as given, and the geometry as drawn.

    Raises
    ------
    InputError
        As :func:`geokehila.load.vector.read_layer`, or without a column of mavat's codes or of designations.
    """
    layer = read_layer(path, crs, ledger, partial(_is_of_cells, stated={*choice.columns.values()} - {""}))
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    found = cells.choose(table, WORDS, choice, path.name)
    if not {"mavat_code", "designation"} & {*found}:
        seen = ", ".join(columns.unread(table, ())) or "none"
        raise InputError(
            f"{path.name}: no column of land uses among {seen}: call it mavat_code (codes of mavat) or יעוד (words)"
        )
    said = pd.DataFrame({key: cells.told(table, found.get(key)) for key in WORDS})
    return gpd.GeoDataFrame(_typed(said), geometry=layer.geometry.to_numpy(), crs=layer.crs)


def _is_of_cells(fields: Iterable[str], stated: Collection[str]) -> bool:
    names = [*fields]
    found = cells.find(pd.DataFrame(columns=names), WORDS)
    return not {"mavat_code", "designation"}.isdisjoint(found) or not {*names}.isdisjoint(stated)


def _typed(said: pd.DataFrame) -> pd.DataFrame:
    """Return texts as what they say; a code of another system than mavat's is kept and tells no use."""
    known = plan_uses()
    codes = known.codes
    by_words = _each(said["designation"], known.of_words)
    by_status = _each(said["status"], lambda words: known.status("", words))
    parcels = _each(said["plan_name"], block_and_parcels)
    named = {key: _or_none(said[key]) for key in ("plan_number", "plan_name", "designation")}
    return pd.DataFrame(
        {
            **named,
            "code": _or_none(said["mavat_code"].where(said["mavat_code"] != "", said["code"])),
            "use": said["mavat_code"].map({code: own.use for code, own in codes.items()}).fillna(by_words),
            "code_unknown": (said["mavat_code"] != "") & ~said["mavat_code"].isin([*codes]),
            "status": said["station"].map(known.stations).fillna(by_status),
            "words": said["status"].where(said["status"] != "", said["station"]),
            "date": _each(said["date"], iso_date),
            "behind": _each(said["plan_name"], known.is_behind).astype(bool),
            "lot": said["lot"],
            "gush": _or_none(said["gush"]).fillna(parcels.map(lambda pair: pair[0])),
            "helka": _or_none(said["helka"]).fillna(parcels.map(lambda pair: pair[1])),
        }
    )


def _each(texts: pd.Series, say: Callable[[str], object]) -> pd.Series:
    """Return what is said of each text, asked once for texts that are alike."""
    known = {text: say(text) for text in texts.unique()}
    return pd.Series([known[text] for text in texts], texts.index, dtype=object)


def _or_none(texts: pd.Series) -> pd.Series:
    return texts.astype(object).where(texts != "", None)
