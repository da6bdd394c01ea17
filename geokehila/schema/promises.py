"""The promise of every table that passes between rooms: its key, its columns and what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TEXT, NUMBER, COUNT, FLAG, SHAPE = "text", "number", "count", "flag", "geometry"


@dataclass(frozen=True)
class Table:
    """The promise of one table: its key (unique, sorted, never missing) and the kind of each column."""

    key: tuple[str, ...]
    columns: Mapping[str, str]
    nullable: frozenset[str] = frozenset()


def _table(key: str, columns: str) -> Table:
    """Read a table written as words: ``"zone_id:text name_he:text?"``; ``?`` where values may be missing."""
    kinds = dict(word.split(":") for word in columns.split())
    nullable = frozenset(name for name, kind in kinds.items() if kind.endswith("?"))
    return Table(tuple(key.split()), {name: kind.removesuffix("?") for name, kind in kinds.items()}, nullable)


TABLES: Mapping[str, Table] = {
    # Zones: statistical areas, hexagons or the user's polygons. coverage_share = share of the area inside the OSM data.
    "zones": _table(
        "zone_id",
        "zone_id:text name_he:text? name_ar:text? name_en:text? name_ru:text? function:text? vintage:text "
        "land_m2:number coverage_share:number geometry:geometry",
    ),
    # People as the source counts them. people is null where the source has no count; the reason says why.
    "zone_people": _table("zone_id group", "zone_id:text group:text people:number? reason:text?"),
    # What sources say of zones beside people: one row a zone and fact, its number or its text; both missing where not
    # known. The reason says why, or what else the fact speaks of: the whole locality, other areas.
    "zone_facts": _table(
        "zone_id fact",
        "zone_id:text fact:text value:number? text:text? source:text date:text? reason:text?",
    ),
    # People by the area of another edition and the zone that their homes stand in; shares of all who live in the area,
    # and of all in the zone.
    "crosswalk": _table(
        "from_vintage from_area zone_id",
        "from_vintage:text from_area:text zone_id:text people:number of_area_share:number of_zone_share:number",
    ),
    # Areas of another edition, those counted as one together: share of their land in zones that the map covers whole;
    # the zones' people who live there, and the residents whom a source counts there; the first over the second, less 1.
    "crosswalk_areas": _table(
        "from_vintage from_area",
        "from_vintage:text from_area:text inside_share:number people_estimate:number people:number? "
        "difference_share:number? reason:text",
    ),
    # purpose: commerce, housing, services, education, sport or industry; empty where the map does not tell.
    "buildings": _table(
        "building_id",
        "building_id:text use:text purpose:text levels:number? footprint_m2:number imputed:flag geometry:geometry",
    ),
    # closed_to: keys of the profiles that cannot use the way, joined by spaces. surface: "" where not tagged. incline:
    # as tagged, rise over run in the direction of the way; missing where not told in numbers. rough: it is not known
    # whether wheels pass.
    "streets": _table(
        "street_id part",
        "street_id:text part:count way:text bridge:flag tunnel:flag closed_to:text surface:text incline:number? "
        "rough:flag geometry:geometry",
    ),
    # What else of the map walks rest on, for scenarios: extent (what the data cover), raised kerbs, mapped entrances.
    "map_marks": _table("kind number", "kind:text number:count geometry:geometry"),
    "places": _table(
        "place_id",
        "place_id:text name_he:text? name_ar:text? name_en:text? name_ru:text? source:text source_id:text date:text? "
        "geometry:geometry",
    ),
    "place_categories": _table("place_id category", "place_id:text category:text"),
    # For whom a place is, in what it is of each category: only what tags, names and lists tell.
    "place_sectors": _table("place_id category sector", "place_id:text category:text sector:text"),
    "gates": _table("gate_id", "gate_id:text place_id:text kind:text geometry:geometry"),
    # Homes: one row per inhabited building, or per grid point where a peopled zone has no mapped building.
    "origins": _table(
        "origin_id",
        "origin_id:text zone_id:text building_id:text? people:number people_by_footprint:number on_grid:flag "
        "border_m:number geometry:geometry",
    ),
    "origin_people": _table("origin_id group", "origin_id:text group:text people:number"),
    # Homes and gates on the ways that are open to a profile, whose edges they name.
    "snaps": _table(
        "profile point_id kind",
        "profile:text point_id:text kind:text edge:count offset_share:number? off_network_m:number? status:text",
    ),
    # Units of every way of dividing the city.
    "zonings": _table(
        "zoning zone_id",
        "zoning:text zone_id:text name_he:text? name_ar:text? name_en:text? name_ru:text? geometry:geometry",
    ),
    "zone_scores": _table(
        "zoning zone_id profile group measure",
        "zoning:text zone_id:text profile:text group:text measure:text value:number? low:number? high:number? "
        "reason:text",
    ),
    # Measures that are not what they were in an earlier run; *_before missing: not known then. direction: up or down
    # only where the intervals do not meet; open where they do; found: not known then; lost: not known now; reason.
    "changes": _table(
        "zoning zone_id profile group measure",
        "zoning:text zone_id:text profile:text group:text measure:text value_before:number? low_before:number? "
        "high_before:number? reason_before:text? value:number? low:number? high:number? reason:text? direction:text",
    ),
    # How far each zone can be believed: subject is population, network, mapping or a category. found and expected are
    # places, except that of population found is floor [m2] per resident, of network the share of people far from ways.
    "confidence": _table(
        "zone_id subject",
        "zone_id:text subject:text state:text found:number? expected:number? reason:text",
    ),
    # Categories that the map and somebody's list show: places on each and on both, what both miss, who reaches one.
    "completeness": _table(
        "category",
        "category:text map_only_count:count list_only_count:count both_count:count places_estimate:number? "
        "seen_share:number? reached_share:number? likely_low_share:number? likely_high_share:number? "
        "reached_if_90_seen_share:number? reached_if_70_seen_share:number? reached_if_50_seen_share:number?",
    ),
    # How groups of people share access; group is "" where a number is of all of them.
    "equity": _table(
        "zoning zone_id measure group_by statistic group",
        "zoning:text zone_id:text measure:text group_by:text statistic:text group:text value:number? low:number? "
        "high:number? groups_count:count reason:text",
    ),
    # Areas held against standards (basis: what a share counts), and against the study's own: below 0 units are missing.
    "compliance": _table(
        "zoning zone_id standard",
        "zoning:text zone_id:text standard:text verdict:text confidence:text measure:text basis:text unit:text "
        "value:number? low:number? high:number? required_low:number? required_high:number? people:number "
        "people_concerned_low:number? people_concerned_high:number? source:text date:text reason:text",
    ),
    "programme": _table(
        "zoning zone_id topic",
        "zoning:text zone_id:text topic:text state:text group:text unit:text category:text listed:text source:text "
        "date:text reason:text people:number? required_count:number? required_whole_count:number? land_dunam:number? "
        "floor_m2:number? places_count:number? there_low:number? there_high:number? difference_low:number? "
        "difference_high:number?",
    ),
    # class: parks, gardens, woods, squares, but also what is often taken for open space: school grounds, car parks,
    # verges, traffic islands. access, operator, garden_type: as tagged, empty where not. community: neighbours tend it.
    "open_spaces": _table(
        "place_id",
        "place_id:text class:text access:text area_m2:number name_he:text? name_ar:text? name_en:text? name_ru:text? "
        "operator:text garden_type:text fee:flag community:flag geometry:geometry",
    ),
    # Departures by kind of day, of its service day, and per hour from 6 to 22 h; missing: the timetable does not tell.
    # modes: words joined by spaces, "" where no trip calls. place_id is of the feed's own stop, before any merging.
    "stops": _table(
        "stop_id",
        "stop_id:text place_id:text modes:text weekday_departures_count:number? weekday_per_h:number? "
        "friday_departures_count:number? friday_per_h:number? saturday_departures_count:number? saturday_per_h:number? "
        "geometry:geometry",
    ),
    # Residents beyond the cutoff of a category: at least those surely beyond, at most also those who may be; likely_*:
    # by two lists (completeness). walk_s, next_m: median way of those surely beyond to the nearest place there is,
    # next_place_id where most go then; missing: none within the horizon. group_by: "" of everybody. doubt: what cannot
    # be fully believed, list, population or network. need_*: only where asked for. rank: 1 the most people surely
    # beyond, between rank_first and rank_last by what is not known; missing where the count cannot be believed.
    "gaps": _table(
        "zoning zone_id category profile group_by group",
        "zoning:text zone_id:text category:text profile:text group_by:text group:text people:number? cutoff_s:number "
        "beyond_low:number? beyond_high:number? likely_low:number? likely_high:number? walk_s:number? next_m:number? "
        "next_place_id:text? reliability:text doubt:text need_cluster:number? need_age:number? need_deficit:number? "
        "need_weight:number? need_people:number? rank:number? rank_first:number? rank_last:number? need_rank:number? "
        "reason:text",
    ),
    # Cells of statutory plans. use: public_building, open_space, housing, commerce, industry, road, other; designation:
    # in the words of the plan. status: approved, deposited or other; approved ones share no ground. date: of approval,
    # else of the last change. gush, helka: of the cell, else of the whole plan.
    "plans": _table(
        "cell_id",
        "cell_id:text plan_number:text? plan_name:text? code:text? designation:text? use:text status:text date:text? "
        "gush:text? helka:text? area_m2:number geometry:geometry",
    ),
    # Sites that could host a hub, and hubs that there are. kind: why it is one. status: existing, candidate or
    # excluded, for a reason. choice: must, may or never, the municipality's. room_m2: floor area, of a plot its area
    # without buildings. Tenure and planning status are not checked. Beside these: kinds, all that apply;
    # levels_imputed, one level stands in for those not known; designation_change, "needed" or "maybe" where a hub asks
    # for another designation of the ground, "" where not; of the municipality's own listed, what its list calls them,
    # fate, what became of them, and of those not proposed people_added_low and _high, whom each would add to the sites
    # that are, and homes_not_counted, how many homes without a count.
    "candidates": _table(
        "site_id",
        "site_id:text kind:text status:text reason:text choice:text extendable:flag name_he:text? name_ar:text? "
        "name_en:text? name_ru:text? room_m2:number? capacity:number? price:number? source:text source_id:text "
        "plan_number:text? designation:text? gush:text? helka:text? geometry:geometry",
    ),
    # The smallest set by which most residents of a unit reach all that is required, in the order of what each adds.
    # kind: service (categories at a site) or link (a way on foot, to be checked on site); "" in step 0, which says why
    # there are none. people_open: unconnected or at the edge of the data; not_asked: categories not known of some.
    "additions": _table(
        "zoning zone_id step",
        "zoning:text zone_id:text step:count kind:text categories:text site_id:text? link_id:text? "
        "share_before:number? share_after:number? people_gained:number? people:number people_open:number "
        "not_asked:text verdict:text reason:text",
    ),
    # Neighbourhoods of one city or of many in waves. beyond_*: residents beyond a hub, at least and at most. readiness:
    # share of the five signs (activists, volunteers, events, initiatives, active hub) that are told and met; missing:
    # nobody told. readiness_known: how many are told. rank: over all, by need and readiness, between rank_first and
    # rank_last by what is not known; all missing where nobody lives or is counted. wave: missing after the last.
    "rollout": _table(
        "city zoning zone_id",
        "city:text zoning:text zone_id:text rank:number? rank_first:number? rank_last:number? wave:number? "
        "year:number? people:number? beyond_low:number? beyond_high:number? readiness:number? readiness_known:number "
        "reason:text",
    ),
    # What a municipality counts of its neighbourhoods, events and initiatives a year; active_hub: 1 or 0; missing: not
    # told. Only where it hands that over, as table survey.
    "readiness": _table(
        "zoning zone_id",
        "zoning:text zone_id:text activists_count:number? volunteers_count:number? events_count:number? "
        "initiatives_count:number? active_hub:number? stage:text?",
    ),
    # Residents who say that they are satisfied with a domain: share of the answers, low and high with 95 % certainty,
    # margin half of that width or the municipality's own; missing: hidden or not told, see reason. objective_*: share
    # of residents within an adult's walk of it. diverges: where the two intervals do not meet, people are more
    # satisfied than the map would say (above) or less (below); "" else.
    "survey": _table(
        "zoning zone_id domain",
        "zoning:text zone_id:text domain:text answers_count:number? share:number? low:number? high:number? "
        "margin:number? objective_low:number? objective_high:number? diverges:text reason:text",
    ),
    # Residents whose neighbourhood is reached by the end of a wave, by society; "" are all of them.
    "rollout_coverage": _table(
        "wave society",
        "wave:count year:count society:text neighbourhoods_count:count people:number people_so_far:number "
        "people_total:number so_far_share:number?",
    ),
    # What hubs have for the people of now, of the horizon and of planned homes; hubs_m2, hubs_capacity: at least.
    "hub_demand": _table(
        "scenario",
        "scenario:text year:number? people:number? hubs_count:count hubs_m2:number? hubs_without_levels_count:count "
        "hubs_without_m2_count:count hubs_capacity:number? people_per_hub:number? m2_per_person:number? "
        "capacity_per_person:number? source:text confidence:text reason:text",
    ),
    # Hubs that there are and that are recommended, by the people whom each adds (rank). people_low, people_high: who
    # gain, surely and at most; people_added_: whom it adds to the sites ranked before; people_only_: who would gain
    # nothing without this site. Shares: of the tries with other numbers, how often it was chosen, and it or another
    # within 300 m. services: what it could host, joined by ";". designation_change: as in table candidates.
    # Beside these listed, as there, and homes_not_counted: homes without a count within the walk of a new site that no
    # hub of now is within the walk of.
    "hubs": _table(
        "site_id",
        "site_id:text status:text choice:text rank:number? kind:text name_he:text? name_ar:text? name_en:text? "
        "name_ru:text? people_within:number people_low:number? people_high:number? "
        "people_added_low:number? people_added_high:number? people_only_low:number? people_only_high:number? "
        "chosen_share:number? near_share:number? services:text price:number? capacity:number? "
        "room_m2:number? plan_number:text? designation:text? gush:text? helka:text? designation_change:text "
        "geometry:geometry",
    ),
    # Who gains from each new hub. saved_s: mean over those whose walk is known now; missing: of nobody.
    "hub_gains": _table(
        "site_id zoning zone_id group_by group",
        "site_id:text zoning:text zone_id:text group_by:text group:text people_low:number? people_high:number? "
        "saved_s:number?",
    ),
    # The best choice of so many new hubs, and who gains beyond the choice of the row before; site_ids of the new ones,
    # joined by ";". What must be built is in every row, so that the first hub is of these, not the best by itself.
    "hub_steps": _table(
        "hubs_count",
        "hubs_count:count objective:number? bound:number? gap:number? people_served:number "
        "people_gained_low:number people_gained_high:number site_ids:text",
    ),
    # In the place of a site: below 0 people_lost serves more people, but not what the study asks for.
    "hub_alternatives": _table(
        "site_id alternative_id", "site_id:text alternative_id:text rank:count people_lost:number"
    ),
    # What a new hub could host: people surely beyond such a place now whom it serves, or would if it hosted one.
    "hub_services": _table(
        "site_id category", "site_id:text category:text hosted:flag people_gained:number floor_m2:number"
    ),
    # People beyond every hub, now and with the new ones, at least and at most.
    "hub_left": _table(
        "zoning zone_id",
        "zoning:text zone_id:text people:number now_low:number now_high:number then_low:number then_high:number",
    ),
    # The area from which a recommended hub is within the walk: a drawing, from which nothing is computed.
    "hub_catchments": _table("site_id", "site_id:text minutes:number geometry:geometry?"),
    # Missing ways on foot that are worth a look on site. kind: joint, passage, crossing or bridge; crosses: words
    # joined by blanks, "" where nothing. people_gained: who would newly reach anything; categories: what, joined by
    # ";", most people first, and people_by_category their numbers.
    "links": _table(
        "link_id",
        "link_id:text kind:text crosses:text length_m:number walk_now_s:number advice:text people_gained:number "
        "categories:text people_by_category:text geometry:geometry",
    ),
    # Of a scenario: people before and after, of them those who reach a category or domain before and after; who lived
    # there before and newly does or no longer does. At least and at most.
    "gains": _table(
        "zoning zone_id profile group measure",
        "zoning:text zone_id:text profile:text group:text measure:text people_before:number people_after:number "
        "before_low:number before_high:number after_low:number after_high:number "
        "gained_low:number gained_high:number lost_low:number lost_high:number",
    ),
    # Of a scenario, who moves in: of `people` who surely have a category or domain within their walk and who surely do
    # not, at least and at most; who live where no way leads from. zoning: housing (each edit), or as in zone_scores.
    "newcomers": _table(
        "zoning zone_id profile measure",
        "zoning:text zone_id:text profile:text measure:text people:number reached_people_low:number "
        "reached_people_high:number beyond_people_low:number beyond_people_high:number unconnected_people:number",
    ),
    "rejected": _table("", "source:text kind:text source_id:text reason:text"),
}
