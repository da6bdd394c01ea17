"""What is not plain about the people of a locality: a word for machines, and a sentence with the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from geokehila.load.population.at_hand import AtHand
from geokehila.load.population.counts import DWELLINGS, Counted, census_wanted
from geokehila.load.population.outlines import OUTLINE
from geokehila.load.population.rest import LEAST_KM2, MOST_PER_KM2

#: Flag of zones that the source does not count.
NO_COUNT = "no_count"
#: Two counts of one locality further apart than this share of the registry's are both shown.
DIFFERS_SHARE = 0.20
#: Towns evacuated as a whole from October 2023 on by decision of the government, and the year of it.
EVACUATED: Mapping[int, str] = dict.fromkeys((43, 812, 1031, 2800), "2023")


def flags(hand: AtHand, counted: Counted) -> dict[str, str]:
    """Return the flags of a locality's count, sorted, each with the sentence that explains it.

    Parameters
    ----------
    hand, counted
        What was at hand, and the count chosen from it, on its final zones.
    """
    found = [*_of_source(hand, counted), *_of_zones(hand, counted), *_of_totals(hand, counted)]
    return dict(sorted(found))


def census_total(hand: AtHand) -> float | None:
    """Return the people of the locality by the census, None where it is absent or an area has no count."""
    if not hand.census_whole:
        return None
    table, _ = hand.census_whole
    return float(table.loc[table["group"] == "total", "people"].sum())


def _of_source(hand: AtHand, counted: Counted) -> Iterator[tuple[str, str]]:
    year = counted.year or "a year that its file does not state"
    if counted.source == "registry":
        text = f"no file counts its people: {counted.total:,.0f} are those of the registry of {year}"
        yield "registry", f"{text}; {census_wanted(hand)}"
    if counted.source == "socioeconomic":
        text = "the population behind the socio-economic index, with fractions and without ages"
        yield "index_2019", f"people are those of 2019, {text}; {census_wanted(hand)}"
    if counted.source == "voters":
        text = f"eligible voters of {year} stand in for residents: no children, nobody who is no citizen"
        yield "voters", f"{text}; {census_wanted(hand)}"
    if counted.source == DWELLINGS:
        text = "no file counts its people by these zones: dwellings stand in for them"
        yield DWELLINGS, f"{text}; {census_wanted(hand)}"
    if hand.code in EVACUATED and counted.year < EVACUATED[hand.code]:
        text = f"people are those of {year}, from before its evacuation in October 2023"
        yield "pre_evacuation", f"{text}; ask the town how many have returned"


def _of_zones(hand: AtHand, counted: Counted) -> Iterator[tuple[str, str]]:
    ids = counted.zones["zone_id"]
    merged = ids[ids.str.contains("+", regex=False)]
    if len(merged):
        yield "merged_areas", f"zones of areas that the source counts together: {', '.join(merged)}; read each as one"
    if ids.str.endswith("-all").any() and counted.weights != DWELLINGS:
        yield _of_the_whole(hand, counted)
    yield from _ground(hand, counted)
    yield from _partly(hand, counted, merged)
    yield from _missing(counted)
    yield from _uncounted(counted)


def _of_the_whole(hand: AtHand, counted: Counted) -> tuple[str, str]:
    areas = hand.census_areas[0].area.unique().tolist() if hand.census_areas else []
    if counted.source == "census" and any(areas):
        text = f"the census counts {len(areas)} areas of 2022, which no layer at hand draws"
        return "areas_summed", f"{text}: their total is one zone; give the areas of 2022 as statistical_areas.*"
    text = "its people are known for the locality as a whole only: it is one zone"
    return "locality_only", f"{text}; give areas with their counts to divide it"


def _ground(hand: AtHand, counted: Counted) -> Iterator[tuple[str, str]]:
    is_whole = counted.zones["zone_id"].str.endswith("-all").any()
    if counted.zones["vintage"].iloc[0] == OUTLINE:
        why = "may be a part of it only" if hand.areas else "lacks it"
        text = f"the layer of areas {why}: the outline of the locality is the zone"
        yield "outline", f"{text}; give the areas of 2022 as statistical_areas.*"
    elif is_whole and not hand.is_complete:
        yield "no_outline", "its areas are the zone: where the layer lacks some, give its outline as localities.*"


def _partly(hand: AtHand, counted: Counted, merged: pd.Series) -> Iterator[tuple[str, str]]:
    drawn = {*hand.areas[0]["zone_id"]} if hand.areas else set()
    lacking = {
        zone_id: [area for area in zone_id.rpartition("-")[2].split("+") if f"{hand.code}-{area}" not in drawn]
        for zone_id in merged
    }
    partly = [f"{zone_id} without {', '.join(areas)}" for zone_id, areas in lacking.items() if areas]
    if partly:
        of_them = counted.people["zone_id"].isin([zone_id for zone_id, areas in lacking.items() if areas])
        people = counted.people.loc[of_them & (counted.people["group"] == "total"), "people"].sum()
        text = f"{people:,.0f} people stand on the areas that are drawn of zones counted together"
        yield "merged_partly", f"{text}: {'; '.join(partly)}; give the whole layer"


def _missing(counted: Counted) -> Iterator[tuple[str, str]]:
    people, km2 = counted.undrawn["people"].sum(), counted.left_m2 / 1e6
    if not people:
        return
    ground = f"what its areas leave of the outline, {km2:.2f} km2"
    dense = f"{people / km2:,.0f} people per km2" if km2 else ""
    where = f"stand on {ground} ({dense})" if counted.on_rest else "stand nowhere"
    whose = f"{people:,.0f} people ({_percent(people, counted.total)}) of {len(counted.undrawn)} areas"
    yield "areas_missing", f"{whose} that the layer lacks {where}: give the whole layer"
    if km2 and not counted.on_rest:
        least = f"at least {LEAST_KM2} km2 and at most {MOST_PER_KM2:,.0f} people per km2 are believed"
        yield "rest_too_small", f"{ground}, would hold {dense}, but {least}: give the whole layer"


def _uncounted(counted: Counted) -> Iterator[tuple[str, str]]:
    if counted.people.empty:
        return
    total = counted.people[counted.people["group"] == "total"]
    blank = total.loc[total["people"].isna(), "zone_id"]
    if len(blank):
        text = f"{len(blank)} of {len(counted.zones)} zones have no count: {', '.join(blank)}"
        yield NO_COUNT, f"{text}; give a source that counts them"


def _of_totals(hand: AtHand, counted: Counted) -> Iterator[tuple[str, str]]:
    registry, by_census = hand.registry, census_total(hand)
    if registry and by_census is not None and _differ(by_census, registry):
        yield "census_differs", f"the census of 2022 counts {by_census:,.0f} people, {_named(hand, by_census)}"
    if registry and counted.weights == "residents" and _differ(counted.total, registry):
        yield "source_differs", f"{counted.source} counts {counted.total:,.0f} people, {_named(hand, counted.total)}"
    if (stated := hand.study.assumed) and counted.source != DWELLINGS:
        text = f"[population] total {stated.total:,.0f} is not used: {counted.source} counts {counted.total:,.0f}"
        yield "total_unused", f'{text}; delete it, or spread it over homes by population = "dwellings" in [inputs]'


def _differ(people: float, registry: int) -> bool:
    return abs(people - registry) > DIFFERS_SHARE * registry


def _named(hand: AtHand, people: float) -> str:
    ratio = _percent(people - hand.registry, hand.registry, "+")
    return f"the registry of {hand.study.city.population_year} {hand.registry:,}: {ratio}; check which one holds"


def _percent(part: float, whole: float, sign: str = "") -> str:
    return f"{100 * part / whole if whole else 0:{sign}.0f} %"
