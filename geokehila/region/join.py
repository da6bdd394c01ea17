"""A region as a town whose zones are its localities, so that page and atlas draw it as they draw any other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import __version__, rollout
from geokehila.catalogue import LANGUAGES, City, text
from geokehila.catalogue.otherwise import in_words
from geokehila.confidence import SUBJECTS
from geokehila.draw import atlas, city_page
from geokehila.draw.chosen import uncounted
from geokehila.draw.town import Town
from geokehila.errors import InputError
from geokehila.load import outside
from geokehila.load.roles import SIDECARS
from geokehila.names import NAME_COLUMNS
from geokehila.region import groups, sites, sums
from geokehila.region.members import NOT_PLACED, OUTSIDE, Member, all_people, members
from geokehila.schema import ISRAEL_TM, MEASURED, NOT_KNOWN, SHAPE, TABLES, THIN, check
from geokehila.store import keep, tables
from geokehila.study import Study
from geokehila.summary import BELIEVED_SHARE
from geokehila.zones import CITY, ZONE

#: Tables that only a run has which was handed them, or was compared with an earlier one, and those of a scenario: a
#: region has none.
HANDED = ("changes", "survey", "readiness", "gains", "newcomers")
#: Facts of a run that are summed.
FACTS = ("people_source", "people_placed", *NOT_PLACED)


@dataclass(frozen=True, eq=False)
class Region(Town):
    """A region as page and atlas draw it: every zone is a locality, whose page stands in the place of a card."""

    is_region: ClassVar[bool] = True

    def sheet(self, zone_id: str) -> str:
        """Return where the page of a locality is, from that of the region; "" where it was not run."""
        is_run = zone_id in self.record["members"]
        return f"../{zone_id}/index.html" if is_run else ""


def of_region(region: str, out: Path, national: Path = Path("data/raw/national")) -> Region:
    """Bring together the last runs of a region's localities.

    Parameters
    ----------
    out
        As for :func:`geokehila.run`.
    national
        Folder of files that serve every city: ``outside.*`` tells who lives outside recognised localities.

    Raises
    ------
    InputError
        None of them was run as the catalogue has it, or ``outside.*`` cannot be read.
    """
    settlements = _outside(national)
    found = members(region, out, settlements.places if settlements else None)
    run = [member for member in found if not member.reason]
    if not run:
        raise InputError(_why_none(region, found))
    study = Study(City(region, 0, {language: text(language)["regions"][region] for language in LANGUAGES}))
    scores = sums.scores(found, study.catalogue)
    made = {name: _empty(name) for name in TABLES if name not in HANDED} | {
        "zones": _zones(found),
        "zonings": _zonings(found),
        "zone_scores": scores,
        "confidence": _confidence(found),
        **sites.existing(run, study.catalogue),
        "equity": groups.equity(found, scores, study.catalogue),
        "rollout": _waves(run, study),
        **sites.hubs(run),
        **{f"scores_{key}": _no_homes(study) for key in study.catalogue.profiles},
    }
    return Region(study, made, _record(region, found, scores))


def _why_none(region: str, found: Sequence[Member]) -> str:
    """Say of a region why none of its localities can be summed up: those that were run by name."""
    known = [member for member in found if member.reason != OUTSIDE]
    remedy = f"`geokehila batch --region {region}`"
    whys = [_why(member) for member in known if member.is_run]
    if not whys:
        return f"{region}: none of its {len(known)} localities was run: {remedy}"
    head = f"{region}: of its {len(known)} localities none can be summed up"
    return f"{head}: {'; '.join(whys)}; no other was run: {remedy}"


def _why(member: Member) -> str:
    """Say why a locality that was run is not summed up."""
    if not member.otherwise:
        return f"{member.city.slug} {member.reason}"
    return f"{member.city.slug} was run with other choices: {in_words(member.otherwise)}"


def _outside(national: Path) -> outside.Outside | None:
    files = sorted(path for path in national.glob("outside.*") if path.suffix not in SIDECARS)
    if len(files) > 1:
        raise InputError(f"outside: {len(files)} files, the first {files[0].name}, where one is read: keep one")
    return outside.read(files[0]) if files else None


def write(
    region: str, out: Path, national: Path = Path("data/raw/national"), languages: Sequence[str] = ()
) -> tuple[Path, Path]:
    """Write a region's tables, its page and its atlas in some languages, all or nothing; return folder and page."""
    town = of_region(region, out, national)
    with keep.alone(out, region) as desk, keep.writing(desk.processed):
        told = ("zones", "zone_scores", "equity", "hubs", "hub_gains", "rollout", "confidence")
        tables.write_parquet({name: town.tables[name] for name in told}, desk.run)
        tables.write_json(dict(town.record), desk.run / "run.json")
        city_page.write(town, desk.page / "index.html")
        for language in languages:
            atlas.write(town, desk.page / atlas.file_name(language), language)
        return desk.publish(town.record["run_id"])


def _empty(name: str) -> pd.DataFrame:
    columns = TABLES[name].columns
    frame = pd.DataFrame({column: pd.Series(dtype=_DTYPES[kind]) for column, kind in columns.items() if kind != SHAPE})
    if SHAPE not in columns.values():
        return frame
    found: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], crs=ISRAEL_TM))
    return found


_DTYPES = {"text": "str", "number": "float64", "count": "int64", "flag": "bool"}


def _no_homes(study: Study) -> pd.DataFrame:
    """Return scores of no home: those of a region are of localities."""
    keys = [key for key in study.catalogue.domains if study.catalogue.deciding(key)]
    ends = ["", *(f"_{minutes}min" for minutes in (5, 10, 15, 20))]
    states = [f"domain_{key}{end}_state" for key in keys for end in ends]
    return pd.DataFrame(columns=["origin_id", *states], dtype="str")


def _named(members: Sequence[Member]) -> dict[str, list[str | None]]:
    return {column: [m.city.name.get(column.removeprefix("name_")) for m in members] for column in NAME_COLUMNS}


def _zones(members: Sequence[Member]) -> gpd.GeoDataFrame:
    shapes = gpd.GeoSeries([member.symbol for member in members], crs=ISRAEL_TM)
    rows = gpd.GeoDataFrame(_named(members), geometry=shapes)
    told = {
        "function": [_function(m) for m in members],
        "vintage": "locality",
        "land_m2": shapes.area,
        "coverage_share": 1.0,
    }
    return gpd.GeoDataFrame(check("zones", rows.assign(zone_id=[m.city.slug for m in members], **told)))


def _function(member: Member) -> str | None:
    return "outside" if member.reason == OUTSIDE else None


def _zonings(members: Sequence[Member]) -> gpd.GeoDataFrame:
    zones = _zones(members)
    units = zones[["zone_id", *NAME_COLUMNS, "geometry"]].assign(zoning=ZONE)
    whole = gpd.GeoDataFrame(
        {"zoning": [CITY], "zone_id": [""], **dict.fromkeys(NAME_COLUMNS)}, geometry=[zones.union_all()], crs=zones.crs
    )
    return gpd.GeoDataFrame(check("zonings", pd.concat([units, whole], ignore_index=True)))


def _confidence(members: Sequence[Member]) -> pd.DataFrame:
    """Return how far each locality can be believed: measured where that holds for nearly all of its people."""
    rows = [
        {
            "zone_id": member.city.slug,
            "subject": subject,
            "state": _state(member, subject),
            "found": member.record["believed_share"][subject] if not member.reason else np.nan,
            "expected": np.nan,
            "reason": "",
        }
        for member in members
        for subject in SUBJECTS
    ]
    return check("confidence", pd.DataFrame(rows).astype({"found": float, "expected": float}))


def _state(member: Member, subject: str) -> str:
    if member.reason:
        return NOT_KNOWN
    return MEASURED if member.record["believed_share"][subject] >= BELIEVED_SHARE else THIN


def _waves(members: Sequence[Member], study: Study) -> pd.DataFrame:
    """Return the neighbourhoods of all localities in waves: the same rule as in one of them, over all."""
    rows = pd.concat([member.tables["rollout"] for member in members], ignore_index=True)
    placed = ["rank", "rank_first", "rank_last", "wave", "year", "reason"]
    return rollout.waves(rows.drop(columns=placed), study.rollout)


def _record(region: str, members: Sequence[Member], scores: pd.DataFrame) -> dict[str, Any]:
    run = [member for member in members if not member.reason]
    parts = {member.city.slug: member.record["run_id"] for member in members if member.is_run}
    settled = {member.city.slug: [member.people, *member.middle] for member in members if member.reason == OUTSIDE}
    plain = json.dumps([region, parts, settled, __version__], sort_keys=True)
    facts = {key: sum(member.record["facts"][key] for member in run) for key in FACTS}
    dates = sorted({member.record["dates"]["osm"] for member in run if member.record["dates"].get("osm")})
    return {
        "city": {"slug": region, "code": 0},
        "run_id": sha256(plain.encode()).hexdigest()[:10],
        "version": __version__,
        "crs": ISRAEL_TM,
        "fictional": any(member.record["fictional"] for member in run),
        "weights": "residents",
        "banners": ["fictional"] if any(member.record["fictional"] for member in run) else [],
        "members": parts,
        "apart": {member.city.slug: member.reason for member in members if member.reason},
        "not_placed": {member.city.slug: member.not_placed for member in run if member.not_placed},
        "chosen_otherwise": {member.city.slug: member.otherwise for member in members if member.otherwise},
        "facts": facts,
        "dates": {"osm": dates[-1] if dates else ""},
        "inputs": [],
        "sources": _sources(run),
        "previous": None,
        "not_computed": [],
        "default_zoning": ZONE,
        "domains": [],
        "believed_share": _believed(members),
        "network": _network(run),
        "hubs": _choice(run) | {"measured": _measured(members)},
    }


def _believed(members: Sequence[Member]) -> dict[str, float]:
    """Return of which share of the region's people each subject is believed: of those who are not measured none is."""
    whole = all_people(members) or 1.0
    run = [member for member in members if not member.reason]
    return {
        subject: sum(member.people * member.record["believed_share"][subject] for member in run) / whole
        for subject in SUBJECTS
    }


def _measured(members: Sequence[Member]) -> dict[str, float] | None:
    """Return how many localities and people hubs were chosen for, and how many people not; None where for all."""
    run = [member for member in members if not member.reason]
    left = all_people([member for member in members if member.reason]) + sum(member.not_placed for member in run)
    people = float(sum(member.people for member in run))
    return {"localities": len(run), "people": people, "people_not_measured": left} if left else None


def _network(run: Sequence[Member]) -> dict[str, Any]:
    kerbs = sum(member.record["network"]["rules"].get("kerb_not_told", 0) for member in run)
    slopes: dict[str, float] = {}
    for member in run:
        for key, value in member.record["network"]["slopes"].items():
            slopes[key] = max(slopes.get(key, 0), value or 0)
    ways = pd.DataFrame([member.record["network"]["rolling"] for member in run])
    return {"rules": {"kerb_not_told": kerbs}, "slopes": slopes, "rolling": ways.sum().to_dict()}


#: What is told of how hubs were chosen where it is the same in all localities.
LIKE = ("objective", "profile", "equity", "need", "price", "capacity")


#: What is told of the sites of all localities together.
SUMMED = ("without_price", "priced", "chosen_count", "assumed_count", "must_count", "must_price", "must_unpriced")


def _choice(run: Sequence[Member]) -> dict[str, Any]:
    """Return how hubs were chosen, as far as all localities chose alike."""
    records = [member.record["hubs"] for member in run]
    alike = {key: records[0][key] for key in LIKE if all(record[key] == records[0][key] for record in records)}
    if "need" not in alike:  # who weighs by other needs weighs otherwise
        alike.pop("equity", None)
    low, high = zip(*(record["people_gain"] for record in records), strict=True)
    return {
        **dict.fromkeys(LIKE),
        **alike,
        "minutes": max(record["minutes"] for record in records),
        "candidates": sum(record["candidates"] for record in records),
        **{key: sum(record[key] for record in records) for key in SUMMED},
        "not_counted": {member.city.slug: homes for member in run if (homes := uncounted(member.record["hubs"]))},
        "people_gain": [sum(low), sum(high)],
        "budget": None,
        "spent": None,
        "gap": None,
        "tries": min(record["tries"] for record in records),
        "sentence": "",
        "planned_dwellings": "",
        "excluded": dict(sum((Counter(record["excluded"]) for record in records), Counter[str]())),
    }


def _sources(run: Sequence[Member]) -> list[Mapping[str, str]]:
    """Return the sources of all localities, one row a role: how many files, from when to when."""
    found: list[Mapping[str, str]] = []
    for role in sorted({row["role"] for member in run for row in member.record["sources"]}):
        rows = [row for member in run for row in member.record["sources"] if row["role"] == role]
        dates = sorted({row["date"] for row in rows if row["date"]})
        licences = sorted({row["licence"] for row in rows if row["licence"]})
        found.append(
            {
                "role": role,
                "file": f"{len(rows)}",
                "date": " – ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else "",
                "licence": ", ".join(licences),
                "counts": "",
            }
        )
    return found
