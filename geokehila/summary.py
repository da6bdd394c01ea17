"""What a run says of itself: where its people went, what is not sure, where every number is from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from geokehila import __version__, lines, need, network, reach, zones
from geokehila.analyses import emergency
from geokehila.catalogue.lists import ListChoice, category_of
from geokehila.confidence import MAPPING, SUBJECTS
from geokehila.ledger import Ledger, Notice
from geokehila.load.population.counts import DWELLINGS
from geokehila.people import IN_NO_ZONE, NOT_HOMES, uncounted_homes
from geokehila.results import Results
from geokehila.schema import DESCRIBED, EDGE, ISRAEL_TM, MEASURED, REFERENCE, UNCONNECTED, WHOLE_ZONE_SHARE
from geokehila.study import EDITIONS, OF_BUREAU
from geokehila.zones import CITY, TOTAL

#: A share above this is worth a banner.
NOTABLE_SHARE = 0.01
#: What to give where a part of need is told of nobody.
NEED_FILES = {"cluster": "socioeconomic.csv", "age": "a count of people by age, as census.xlsx"}
#: A list that is believed for less of the people is named.
BELIEVED_SHARE = 0.95
#: Flags of the count of people that stand at the top of the page.
GRAVE_FLAGS = ("registry", "index_2019", "census_differs", "pre_evacuation", "outline", "areas_missing")


def facts(results: Results) -> dict[str, float]:
    """Return the numbers that say how sure a run is: people [in the run's weights], shares 0 to 1."""
    weight, sums = results.given.origins["people"].to_numpy(float), results.gathered.homes.sums
    is_home = results.gathered.buildings["use"] == "home"
    in_no_zone = int((results.gathered.homes.ledger.rejected()["reason"] == IN_NO_ZONE).sum())
    catalogue, counted = results.study.catalogue, results.gathered.counted
    # A list of what no domain asks for does not make the walks to what they ask for any less sure.
    required = [f"category_{one.key}_state" for key in catalogue.domains for one in catalogue.deciding(key)]
    at_edge = (results.scores.of_homes[REFERENCE][required] == EDGE).any(axis=1).to_numpy()
    return {
        "people_source": sums["source"] + counted.in_no_area + counted.in_no_number,
        "people_placed": sums["on_buildings"] + sums["on_grid"],
        "people_on_buildings": sums["on_buildings"],
        "people_counted_in_homes": _counted_in_homes(results),
        "people_on_grid": sums["on_grid"],
        "people_outside": sums["outside"],
        "people_in_no_area": counted.in_no_area,
        "people_in_no_number": counted.in_no_number,
        "homes_not_counted": float(len(uncounted_homes(results.zones, counted.people, results.gathered.buildings))),
        "share_on_grid": _share(sums["on_grid"], weight.sum()),
        "share_unconnected": _share(weight[~results.given.origins["connected"].to_numpy()].sum(), weight.sum()),
        "share_edge": _share(weight[at_edge].sum(), weight.sum()),
        "imputed_share": _share(results.gathered.buildings.loc[is_home, "imputed"].sum(), is_home.sum()),
        "buildings_in_no_zone_share": _share(in_no_zone, len(results.gathered.buildings)),
    }


def _counted_in_homes(results: Results) -> float:
    """Return the people in homes of which a layer of buildings tells how many live in them; 0 where none is counted."""
    if results.gathered.counted.weights != "residents":
        return 0.0
    buildings, origins = results.gathered.buildings, results.given.origins
    counted = buildings["building_id"][buildings["residents"].notna()]
    return float(origins["people"][origins["building_id"].isin(counted)].sum())


def domains(results: Results) -> list[dict[str, Any]]:
    """Return the city's share [at least, at most] that reaches each domain, and the people beyond; None: not scored."""
    rows = results.scores.of_zones
    city = rows[(rows["zoning"] == CITY) & (rows["group"] == TOTAL) & (rows["profile"] == REFERENCE)].set_index(
        "measure"
    )
    found = []
    for key, domain in results.study.catalogue.domains.items():
        share = city.loc[f"domain_{key}_share"]
        row = {"key": key, "name": domain.name["en"], "scored": domain.scored}
        row |= {"low": None, "high": None, "reason": share["reason"]}
        if share["reason"] != DESCRIBED:
            beyond = city.loc[f"domain_{key}_beyond_people"]
            row |= {
                "low": share["low"],
                "high": share["high"],
                "beyond_low": beyond["low"],
                "beyond_high": beyond["high"],
            }
        found.append(row)
    return found


def banners(results: Results) -> tuple[str, ...]:
    """Return the keys of the warnings that stand at the top of the page, the gravest first."""
    study, known = results.study, facts(results)
    shown = {
        "fictional": study.fictional,
        "weights_voters": results.gathered.counted.weights == "voters",
        "weights_dwellings": results.gathered.counted.weights == "dwellings",
        "weights_assumed": study.assumed is not None and results.gathered.counted.source == DWELLINGS,
        **{f"population_{flag}": flag in results.gathered.counted.flags for flag in GRAVE_FLAGS},
        "no_places": not results.gathered.osm.has_places,
        "no_people": known["people_placed"] == 0,
        "people_in_no_area": known["people_in_no_area"] > 0,
        "people_in_no_number": known["people_in_no_number"] > 0,
        "no_ways": not _has_ways(results),
        "all_unconnected": _has_ways(results) and known["share_unconnected"] == 1,
        "unconnected": NOTABLE_SHARE < known["share_unconnected"] < 1,
        "edge_affected": known["share_edge"] > NOTABLE_SHARE,
        "buildings_in_no_zone": known["buildings_in_no_zone_share"] > NOTABLE_SHARE,
        NOT_HOMES: any(notice.name == NOT_HOMES for notice in results.gathered.homes.ledger.notices),
        "partial_zones": bool((results.zones["coverage_share"] < WHOLE_ZONE_SHARE).any()),
        "on_grid": known["share_on_grid"] > NOTABLE_SHARE,
        "outside_israel": study.crs != ISRAEL_TM,
    }
    return tuple(key for key, is_shown in shown.items() if is_shown)


def warnings(results: Results) -> list[Notice]:
    """Return what a user should know and may want to mend, by name, the loaders' own among them."""
    found = [
        Notice("not_read", name, "is not read, for no role has its name, or study.toml names another: rename it")
        for name in results.inputs.unread
    ]
    if not results.gathered.osm.extent_stated:
        text = (
            "a file states no extent: the hull of its objects stands in; give a file with bounds, in an .osm drawn "
            "by hand the line <bounds minlat=… minlon=… maxlat=… maxlon=…/> below <osm>"
        )
        found.append(Notice("extent_not_stated", "osm", text))
    if not _has_ways(results):
        text = "it holds no way that can be walked: nobody is connected, and nothing can be told on foot"
        remedy = "give an extract with streets, or map the ways in OpenStreetMap and fetch it again"
        found.append(Notice("no_ways", "osm", f"{text}: {remedy}"))
    found += [*_beliefs(results), *_shut_out(results), *_rough(results)]
    if slow := reach.notice():
        found.append(slow)
    found += [*results.advice.hubs.notices, *_needs(results)]
    return sorted({*found, *(notice for ledger in results.ledgers for notice in ledger.notices)})


def profiles(results: Results) -> dict[str, dict[str, Any]]:
    """Return who walks and how, what is closed to each, and the share of the people whom its ways leave unconnected."""
    weight, found = results.given.origins["people"].to_numpy(float), {}
    for key, profile in results.study.catalogue.profiles.items():
        led = results.walks.led(profile)
        apart = (led.origins["status"] == UNCONNECTED).to_numpy()
        found[key] = profile.told() | {
            "network": dict(led.walker.streets.facts()),
            "share_unconnected": _share(weight[apart].sum(), weight.sum()),
        }
    return found


def sensitivity(results: Results) -> list[dict[str, Any]]:
    """Tell how much it matters by which areas homes are summed: of every domain, for every two ways of dividing."""
    given, catalogue = results.given, results.study.catalogue
    measures = [f"domain_{key}_share" for key in catalogue.domains if catalogue.deciding(key)]
    table = zones.sensitivity(results.scores.of_zones, given.zonings, given.origins, measures)
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def believed(results: Results) -> pd.Series:
    """Return for each subject of table ``confidence`` the share of the people, 0 to 1, for whom it is measured."""
    people = results.given.origins.groupby("zone_id")["people"].sum()
    table = results.confidence.assign(people=results.confidence["zone_id"].map(people).fillna(0.0))
    measured = table["people"].where(table["state"] == MEASURED, 0.0).groupby(table["subject"]).sum()
    return measured / people.sum() if people.sum() else measured


def _has_ways(results: Results) -> bool:
    """Tell whether the map holds a way that an adult can walk."""
    return results.walks.led(results.study.catalogue.profiles[REFERENCE]).walker.streets.facts()["edges"] > 0


def _shut_out(results: Results) -> Iterator[Notice]:
    """Name the profiles whose ways leave many people unconnected, or hang together less than an adult's."""
    told = profiles(results)
    adult = told[REFERENCE]
    for key, one in told.items():
        off, pieces = one["share_unconnected"], one["network"]
        if off > max(adult["share_unconnected"], NOTABLE_SHARE):
            text = (
                f"{off:.0%} of people stand far from every way open to this profile: see its `closed` and `max_slope`"
            )
            yield Notice("profile_unconnected", key, text)
        if pieces["longest_component_share"] < adult["network"]["longest_component_share"] - NOTABLE_SHARE:
            share = f"{pieces['longest_component_share']:.0%} in the longest"
            text = f"its ways are in {pieces['components']} pieces, {share}: walks between them count as none"
            yield Notice("profile_parted", key, text)


def _rough(results: Results) -> Iterator[Notice]:
    """Name the profiles on wheels where much of the ways near homes is not known to carry them."""
    found, profiles = results.rolling, results.study.catalogue.profiles
    keys = [key for key, profile in profiles.items() if profile.on_wheels]
    if keys and network.is_rough(found):
        text = (
            f"optimistic: {found['rough_near_homes_m']:,.0f} of {found['near_homes_m']:,.0f} m of the ways near homes "
            "are unpaved or of unknown surface"
        )
        remedy = "where wheels pass, tag `smoothness` on the map"
        yield Notice("rough_ways", ", ".join(keys), f"{text}: {remedy}")


def _needs(results: Results) -> Iterator[Notice]:
    """Name the parts of need that the study asks for and nobody tells."""
    told = need.OfHomes.of(results.given)
    asked = {"gaps": results.study.gaps.need, "hubs": results.study.hubs.need}
    for where, parts in asked.items():
        if lost := [part for part in parts if part not in told.told(parts)]:
            text = f"[{where}] need: {', '.join(lost)} is told of no area, so it weighs nothing"
            yield Notice("need_not_told", where, f"{text}: give {', '.join(NEED_FILES[part] for part in lost)}")


def _beliefs(results: Results) -> list[Notice]:
    """Name what can be believed for too few of the people: the mapping as a whole, and lists that fall behind it."""
    known, found = believed(results), []
    if known[MAPPING] < BELIEVED_SHARE:
        text = f"the mapping of places, and what no whole list tells, is believed for {known[MAPPING]:.0%} of people"
        remedy = "give places_<category>.csv, and state whole = true of one that lacks nothing"
        found.append(Notice("mapping_thin", "places", f"{text}: {remedy}"))
    lists = known.reindex(sorted(results.study.catalogue.categories))
    short = lists[(lists < BELIEVED_SHARE) & (lists < known[MAPPING])]
    if len(short):
        each = ", ".join(f"{key} ({share:.0%} of people)" for key, share in short.items())
        text = f"no list that can be believed everywhere: {each}: give places_<category>.csv"
        found.append(Notice("list_not_credible", "places", text))
    return found


def sources(results: Results) -> list[dict[str, str]]:
    """Return role, file, date, licence, counts in words and by whom it is told, of every input that gave something."""
    rows = []
    told = {row["role"]: row for row in results.inputs.fingerprints()}
    for role, paths in results.inputs.files.items():
        names = {path.name for path in paths} | (
            {role} if role in ("osm", "gtfs", "dem", "plans", "previous") else set()
        )
        mine = [ledger for ledger in results.ledgers if ledger.source in names]
        gave = any(count["used"] for ledger in mine for count in ledger.counts().values())
        if gave or not mine or _stated(results, role).whole:
            file = paths[0].name if len(paths) == 1 else f"{paths[0].parent.name}/ ({len(paths)})"
            rows.append(
                {
                    "role": role,
                    "file": file,
                    "date": _date(results, role) or told[role].get("date", ""),
                    "licence": "FICTIONAL" if results.study.fictional else told[role].get("licence") or _licence(role),
                    "counts": _in_words(mine),
                    "told_by": _stated(results, role).source,
                }
            )
    return rows


def _licence(role: str) -> str:
    if role == "osm":
        return "ODbL 1.0, © OpenStreetMap contributors"
    return "© Israel Central Bureau of Statistics" if role in OF_BUREAU else ""


def _date(results: Results, role: str) -> str:
    """What a source speaks of: the newest edit of a map, the year of a count or of a layer's edition."""
    if role == "osm":
        return results.gathered.osm.date
    if stated := _stated(results, role).date:
        return stated
    editions = {*results.zones["vintage"]} & {"2011", "2022"}
    told = {"census": "2022", "socioeconomic": "2019", "statistical_areas": max(editions, default="")}
    return {**told, **{role: vintage for vintage, role in EDITIONS.items()}}.get(role, "")


def _stated(results: Results, role: str) -> ListChoice:
    """Return what the study says of a list or table, and who counted its zones or houses; of another role nothing."""
    if role in results.study.tables:
        return results.study.tables[role]
    if role == "zones" or (role == "buildings" and results.gathered.buildings["residents"].notna().any()):
        return ListChoice(source=results.study.zones.source, date=results.study.zones.date)
    is_list = role == "shelters" or role.startswith("places_")
    category = category_of(role, results.study.catalogue.categories) if is_list else ""
    return results.study.lists.get(category, ListChoice())


def record(results: Results, run_id: str) -> dict[str, Any]:
    """Return the content of run.json: nothing in it depends on when or on which machine the run was made."""
    told = _told(results) | {"run_id": run_id, "version": __version__}
    return told | {"line": lines.line(told, results.since.earlier.record if results.since else None)}


def _told(results: Results) -> dict[str, Any]:
    """Return what a run tells of itself and of no other."""
    told, counted, known = results.study.told(), results.gathered.counted, believed(results)
    return told | {
        "weights": counted.weights,
        "population": {
            "source": counted.source,
            "year": counted.year,
            "flags": list(counted.flags),
            "totals": dict(counted.totals),
        },
        "inputs": results.inputs.fingerprints(),
        "sources": sources(results),
        "dates": {row["role"]: row["date"] for row in sources(results) if row["date"]},
        "categories": {key: facts | {"believed_share": float(known[key])} for key, facts in told["categories"].items()},
        "believed_share": {subject: float(known[subject]) for subject in SUBJECTS},
        "ledgers": [{"source": ledger.source, "counts": ledger.counts()} for ledger in results.ledgers],
        "facts": facts(results),
        "domains": domains(results),
        "network": {
            **results.walks.ways.network.facts(),
            "rules": dict(results.gathered.osm.rules),
            "slopes": dict(results.walks.ways.slope_facts),
            "rolling": dict(results.rolling),
        },
        "profiles": profiles(results),
        "zonings": {zoning.key: len(zoning.units) for zoning in results.given.zonings},
        "default_zoning": zones.best_known(results.given.zonings, results.given.origins["people"].to_numpy(float)).key,
        "crosswalks": [dict(one.facts) for one in results.gathered.crosswalks],
        "communities": dict(results.gathered.communities.facts) if results.gathered.communities else None,
        "sensitivity": sensitivity(results),
        "alert": asdict(results.given.alert) if results.given.alert else {"reason": results.gathered.alert.reason},
        "previous": results.since.earlier.told if results.since else None,
        "notes": {"shelters": emergency.DISCLAIMER},
        "hubs": {
            **results.advice.hubs.record,
            "planned_dwellings": results.advice.demand_reason,
            "excluded": dict(results.advice.excluded),
        },
        "not_computed": [asdict(absent) for absent in results.scores.absent],
        "banners": banners(results),
        "warnings": [asdict(notice) for notice in warnings(results)],
    }


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _in_words(ledgers: Iterable[Ledger]) -> str:
    counts: list[tuple[str, Mapping[str, Any]]] = [(k, c) for ledger in ledgers for k, c in ledger.counts().items()]
    return "; ".join(f"{kind}: {c['read']} = {c['used']} + {sum(c['rejected'].values())}" for kind, c in counts)
