"""How long the people of a locality have from alarm to shelter: what the study states, a dated file, the catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Geod

from geokehila.brief import Brief
from geokehila.catalogue import City
from geokehila.catalogue.localities import Alert
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.municipal import columns
from geokehila.load.municipal.dates import iso_date
from geokehila.load.rights import must_be_allowed
from geokehila.load.roles import Inputs
from geokehila.load.tabular import decoded, read_table
from geokehila.names import matching_key
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

#: [s] No alert area has longer; a number above it is none of seconds.
LONGEST_S = 600.0
#: [m] An alert area no farther than this from a locality may be it under another name, if so large a share of the
#: letters is the same: mirrors place some areas wrongly, so that being near is not enough.
NEAR_M, ALIKE = 5_000.0, 0.6
NO_SECONDS, NO_DATE = "no number of seconds", "no date"
_KIND = "alert area"
#: What the columns are called, the surest word first; of names every column counts, for files hold them by language.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "semel yishuv", "semel", "סמל יישוב", "סמל ישוב", "סמל", "קוד יישוב", "קוד ישוב", "קוד"),
    "seconds": ("seconds", "countdown", "alert seconds", "migun time", "זמן התגוננות בשניות", "זמן התגוננות", "שניות",
                "זמן התרעה", "ثواني", "ثوان", "time"),
    "date": (*columns.WORDS["date"], "valid from"),
    "source": ("source", "מקור", "المصدر"),
    "lat": columns.WORDS["lat"],
    "lon": columns.WORDS["lon"],
}  # fmt: skip
_NAMES = ("name", "name he", "name en", "name ar", "name ru", "he", "en", "ar", "ru", "value", "label he", "label",
          "city", "area", "locality", "שם", "שם יישוב", "שם ישוב", "יישוב", "ישוב", "אזור", "אזור התרעה", "الاسم",
          "اسم", "البلدة")  # fmt: skip
_IN_FILE_NAME = re.compile(r"\d{4}-\d{2}(-\d{2})?")
#: What sets the part of a town apart from its name: "באר שבע - מערב", "שדרות, איבים", "Acre (Akko)".
_PART = re.compile(r"\s*[,;/(]\s*|\s+[-–—]\s*|\s*[-–—]\s+")


@dataclass(frozen=True, eq=False, repr=False)
class Found(Brief):
    """The alert time of a study's locality; None with the reason where nothing at hand tells it."""

    alert: Alert | None
    reason: str = ""
    ledgers: tuple[Ledger, ...] = ()


def read(study: Study, inputs: Inputs) -> Found:
    """Find the alert time of a study: what it states, else a dated file of the role alerts, else the catalogue.

    Alert times change, so each carries its date; where sources or parts of a city differ both ends are kept.

    Raises
    ------
    InputError
        The file is broken, has no date, no names, or no seconds.

    Examples
    --------
    >>> found = read(Study.of("afula"), Inputs({}, ()))
    >>> found.alert.seconds_low, found.alert.seconds_high, found.alert.date
    (60.0, 90.0, '2026-05-09 / 2026-06-03')
    """
    city, stated = study.city, study.alerts
    if stated:
        return Found(Alert(stated.seconds, stated.seconds, stated.date, stated.source, city.name["he"]))
    ledgers: tuple[Ledger, ...] = ()
    if "alerts" in inputs.files:
        alert, ledger = of_file(inputs.must("alerts", "give one dated file"), city)
        ledgers = (ledger,)
        if alert:
            return Found(alert, "", ledgers)
    if city.alert:
        return Found(city.alert, "", ledgers)
    if study.crs != ISRAEL_TM:
        return Found(None, "outside Israel no alert time is known", ledgers)
    return Found(None, "no source at hand tells it: give alerts.csv, or [alerts] in study.toml", ledgers)


def of_file(path: Path, city: City) -> tuple[Alert | None, Ledger]:
    """Read the alert time of one locality from a dated file; None where the file does not list it.

    Parameters
    ----------
    path
        A table with a column of seconds, of codes or names, and of dates; or JSON: a list of areas, an object of areas
        by name, or of seconds by name. The date may stand in the file's name instead: ``alerts.2026-05-31.json``.
    city
        Found by its CBS code, else by a name in any language, of the whole or before a part ("באר שבע - מערב"); else
        by what lies within 5 km of it and is called much alike.

    Returns
    -------
    alert : Alert or None
        Over all areas of the locality.
    ledger : Ledger
        Kind ``alert area``: the rows of this locality. Those of others are not counted at all.

    Raises
    ------
    InputError
        Not readable, or without a date, seconds or names.
    """
    must_be_allowed(path)
    ledger = Ledger(path.name)
    table = _of_json(path, ledger) if path.suffix.lower() == ".json" else read_table(path, ledger)
    areas = _areas(table, path)
    own = areas[_is_own(areas, city)]
    ledger.read(_KIND, len(own))
    if own.empty:
        text = f"none of its {len(areas)} areas is {city.name['en']} ({city.code}): give its code, or state [alerts]"
        ledger.warn("alert_not_listed", text)
    reason = np.select([own["seconds"].isna(), own["date"].isna()], [NO_SECONDS, NO_DATE], "")
    for label, why in zip(own.index, reason, strict=True):
        if why:
            ledger.reject(_KIND, f"row {label}", why)
    used = own[reason == ""]
    ledger.use(_KIND, len(used))
    return _alert(used) if len(used) else None, ledger.balance()


def _alert(areas: pd.DataFrame) -> Alert:
    seconds, texts = areas["seconds"], {key: " / ".join(sorted({*areas[key]})) for key in ("date", "source")}
    return Alert(float(seconds.min()), float(seconds.max()), area=" · ".join(sorted({*areas["name"]})), **texts)


def _of_json(path: Path, ledger: Ledger) -> pd.DataFrame:
    """Return the areas of a JSON file as a table of text, rows from 1."""
    try:
        content = json.loads(decoded(path, ledger))
        json.dumps(content, ensure_ascii=False).encode()  # half a letter, "\ud800", is none
        records = [*_records(content)]
    except (ValueError, RecursionError) as fault:
        raise InputError(f"{path.name}: not readable as JSON ({str(fault)[:200]}): save the list again") from None
    rows = [{str(key): columns.as_text(cell) or None for key, cell in record.items()} for record in records]
    return pd.DataFrame(rows, index=range(1, len(rows) + 1), dtype=object)


def _records(content: Any) -> Iterable[Mapping[str, Any]]:
    """Yield the areas of a list, of an object by name, or of one under the key cities; each has what is said of all."""
    if isinstance(content, list):
        yield from (record for record in content if isinstance(record, Mapping))
    elif isinstance(content, Mapping):
        of_all = {key: content[key] for key in ("date", "source") if isinstance(content.get(key), str)}
        inner = content.get("cities", {key: area for key, area in content.items() if key not in of_all})
        if isinstance(inner, Mapping):
            inner = [
                {"name": name, **(area if isinstance(area, Mapping) else {"seconds": area})}
                for name, area in inner.items()
            ]
        yield from ({**of_all, **record} for record in _records(inner))


def _areas(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return code, names (tuple), name, seconds, date, source, lat and lon of every area; missing where not told."""
    spelled = {columns.plain(str(name)): str(name) for name in reversed([*table.columns])}
    known = {
        key: [spelled[word] for word in map(columns.plain, words) if word in spelled] for key, words in _WORDS.items()
    }
    nothing = pd.Series(None, table.index, dtype=object)
    cells = {key: table[found[0]] if found else nothing for key, found in known.items()}
    named = [spelled[word] for word in _NAMES if word in spelled]
    in_name = _IN_FILE_NAME.search(path.name)
    _must_tell(cells, named, bool(in_name), path)
    numbers = {key: pd.to_numeric(cells[key], errors="coerce") for key in ("code", "seconds", "lat", "lon")}
    names = [tuple(dict.fromkeys(str(cell) for cell in row if cell)) for row in table[named].itertuples(index=False)]
    date = cells["date"].map(iso_date, na_action="ignore").astype(object)
    return pd.DataFrame(
        {
            **numbers,
            "seconds": numbers["seconds"].where(numbers["seconds"].between(0, LONGEST_S)),
            "names": pd.Series(names, table.index, dtype=object),
            "name": pd.Series([row[0] if row else "" for row in names], table.index, dtype=object),
            "date": date.fillna(in_name.group()) if in_name else date,
            "source": cells["source"].fillna(path.name),
        }
    )


def _must_tell(cells: Mapping[str, pd.Series], named: list[str], is_dated: bool, path: Path) -> None:
    if not named and cells["code"].isna().all():
        raise InputError(f"{path.name}: no column of names or codes of localities: call them name or code")
    if cells["seconds"].isna().all():
        raise InputError(f"{path.name}: no column of seconds: call it seconds")
    if not is_dated and cells["date"].isna().all():
        raise InputError(
            f"{path.name}: has no date, and alert times change: add a column date, "
            f"or call the file alerts.2026-05-31{path.suffix}"
        )


def _is_own(areas: pd.DataFrame, city: City) -> np.ndarray:
    """Tell which areas are of a locality."""
    by_code = (areas["code"] == city.code).to_numpy() & bool(city.code)
    keys = {_key(part) for name in city.name.values() for part in (name, *re.split(r"[()]", name))} - {""}
    by_name = areas["names"].map(lambda names: not keys.isdisjoint(_keys(names))).to_numpy(bool)
    own = by_code | (by_name & areas["code"].isna().to_numpy())
    return own if own.any() else _near(areas, city) & areas["code"].isna().to_numpy()


def _near(areas: pd.DataFrame, city: City) -> np.ndarray:
    """Tell which areas lie near a locality and are called much like it."""
    at = areas[["lon", "lat"]].to_numpy(float)
    is_placed = np.isfinite(at).all(axis=1) & (np.abs(at) <= 90).all(axis=1) & bool(city.lat or city.lon)
    near = np.zeros(len(areas), bool)
    here = np.broadcast_to([city.lon, city.lat], at.shape)[is_placed]
    near[is_placed] = Geod(ellps="WGS84").inv(*here.T, *at[is_placed].T)[2] <= NEAR_M
    keys = {_key(name) for name in city.name.values()}
    for row in np.flatnonzero(near):
        own = _keys(areas["names"].iloc[row])
        near[row] = any(SequenceMatcher(None, one, other).ratio() >= ALIKE for one in keys for other in own)
    return near


def _keys(names: Iterable[str]) -> set[str]:
    """Return the keys of names, of each the whole and what stands before its part."""
    return {_key(text) for name in names for text in (name, _PART.split(name)[0])} - {""}


def _key(name: str) -> str:
    """Return what spellings of a name share, in Hebrew also doubled letters: כסייפה and כסיפה."""
    return matching_key(name).replace(" ", "").replace("יי", "י").replace("וו", "ו")
