"""Published figures of the sample town worked out again from its raw tables, slowly and by other means.

Walks by networkx over the network with homes and gates cut into its edges, sums by loops, ground by shapely, departures
from the rows of the timetable. The engine counts walks in whole ticks, so an oracle's walk may differ by a few seconds:
shares must lie between those that so much less and so much more time give.
"""

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from math import exp, inf, isnan
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely

from geokehila import pipeline, sample_town
from geokehila.journal import Journal
from geokehila.load.roles import find
from geokehila.results import Results
from geokehila.study import ZoningChoice

#: [s] Ticks of 1/16 s over the edges of a walk of 15 minutes, and of one round of four walks.
SLACK_S, CHAIN_SLACK_S = 4.0, 12.0
CHAIN = ("grocery", "post_office", "library", "park")
UNITS = ("zone", "hexagon", "city")
#: Where two sums of the same floats are the same.
SAME = 1e-9


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("raw") / "neve-or"
    sample_town.write(made)
    return made


@pytest.fixture(scope="module")
def town(folder: Path) -> "Town":
    study = replace(pipeline.choose("neve-or", folder.parent), zonings=ZoningChoice(hexagon_edge_m=400))
    inputs = find(study, folder, folder.parent / "national")
    return Town(pipeline.compute(study, inputs, Journal(lambda _: None)))


@dataclass(frozen=True, eq=False)
class Town:
    results: Results

    @cached_property
    def homes(self) -> list[dict]:
        """Table ``origins`` as rows."""
        return self.results.given.origins.to_dict("records")

    @cached_property
    def published(self) -> dict[tuple, dict]:
        rows = self.results.scores.of_zones
        rows = rows[rows["group"] == "total"]
        keys = zip(rows["zoning"], rows["zone_id"], rows["profile"], rows["measure"], strict=True)
        return dict(zip(keys, rows.to_dict("records"), strict=True))

    @cached_property
    def units(self) -> list[tuple[str, str, list[int]]]:
        """Every unit with homes: its zoning, its id and the rows of its homes, by the point of each."""
        found = []
        for zoning in self.results.given.zonings:
            for zone_id, shape in zip(zoning.units["zone_id"], zoning.units.geometry, strict=True):
                inside = [i for i, home in enumerate(self.homes) if shape.intersects(home["geometry"])]
                found += [(zoning.key, zone_id, inside)] if inside else []
        return found

    def share(self, flags: Sequence[bool], homes: Sequence[int]) -> float:
        """Share of the people under flags, the lower of that by floor area and that by footprint."""
        shares = []
        for column in ("people", "people_by_footprint"):
            whole = sum(self.homes[i][column] for i in homes)
            shares.append(sum(self.homes[i][column] for i in homes if flags[i]) / whole)
        return min(shares)

    def interval(self, states: Sequence[str], homes: Sequence[int]) -> tuple[float, float]:
        """At least and at most: who reaches it, and all but those who are beyond."""
        low = self.share([state in ("reached", "yes") for state in states], homes)
        high = 1 - self.share([state in ("beyond", "no") for state in states], homes)
        return low, max(low, high)

    @cached_property
    def snaps(self) -> dict[tuple[str, str], dict[str, dict]]:
        """Table ``snaps`` by profile and kind, then by id."""
        found: dict[tuple[str, str], dict[str, dict]] = defaultdict(dict)
        for row in self.results.walks.snaps().to_dict("records"):
            found[row["profile"], row["kind"]][row["point_id"]] = row
        return found

    @cached_property
    def gates(self) -> dict[str, list[tuple[str, str]]]:
        """Gates and their places by category."""
        places = defaultdict(set)
        for row in self.results.gathered.places.categories.to_dict("records"):
            places[row["category"]].add(row["place_id"])
        gates = self.results.gathered.places.gates
        pairs = [*zip(gates["gate_id"], gates["place_id"], strict=True)]
        return {category: [pair for pair in pairs if pair[1] in some] for category, some in places.items()}

    @cached_property
    def is_believed(self) -> dict[tuple[str, str], bool]:
        table = self.results.confidence
        rows = zip(table["zone_id"], table["subject"], table["state"], strict=True)
        return {(zone_id, subject): state == "measured" for zone_id, subject, state in rows}


@dataclass(frozen=True, eq=False)
class Walker:
    """One profile on the ways, with every home and gate as a node of its edge."""

    town: Town
    key: str

    @property
    def profile(self):
        return self.town.results.study.catalogue.walkers[self.key]

    def pace(self, slope: float) -> float:
        """[s/m] Tobler's hiking function, by its ratio to the flat; metres are walked one a second on any slope."""
        ratio = 1.0 if self.key == "distance" else exp(-3.5 * abs(slope + 0.05)) / exp(-3.5 * 0.05)
        return 1 / (self.profile.speed_m_s * ratio)

    @cached_property
    def fastest_m_s(self) -> float:
        return 1 / self.pace(-0.05)

    @cached_property
    def graph(self) -> nx.DiGraph:
        ways = self.town.results.walks.ways
        streets, slopes = ways.network, ways.slopes
        on_edge = defaultdict(list)
        for kind in ("origin", "gate"):
            for point_id, snap in self.town.snaps[self.key, kind].items():
                if snap["edge"] >= 0:
                    on_edge[snap["edge"]].append((snap["offset_share"], (kind, point_id)))
        graph = nx.DiGraph()
        for edge in range(len(streets.tail)):
            first, last = slopes.first[edge], slopes.first[edge + 1]
            pieces = [*zip(slopes.length_m[first:last], slopes.slope[first:last], strict=True)]
            steepest = max(abs(slope) for _, slope in pieces)
            if self.key in ways.closed_to[edge].split() or steepest > self.profile.max_slope:
                continue
            stops = self.profile.kerbs
            tail = ("kerb", edge, 0) if stops and streets.kerb_at_tail[edge] else ("node", streets.tail[edge])
            head = ("kerb", edge, 1) if stops and streets.kerb_at_head[edge] else ("node", streets.head[edge])
            along = [(0.0, tail), *sorted(on_edge[edge]), (1.0, head)]
            for (a, one), (b, other) in zip(along[:-1], along[1:], strict=True):
                self._join(graph, one, other, self._seconds(pieces, a, b, 1))
                self._join(graph, other, one, self._seconds(pieces, a, b, -1))
        return graph

    @staticmethod
    def _join(graph: nx.DiGraph, one: tuple, other: tuple, seconds: float) -> None:
        if seconds < graph.get_edge_data(one, other, {"weight": inf})["weight"]:
            graph.add_edge(one, other, weight=seconds)

    def _seconds(self, pieces: Sequence[tuple[float, float]], a: float, b: float, sign: int) -> float:
        """[s] From one share of an edge to another, over the parts of its pieces between them."""
        total, start, seconds = sum(length for length, _ in pieces), 0.0, 0.0
        for length, slope in pieces:
            inside = min(b * total, start + length) - max(a * total, start)
            seconds += max(inside, 0.0) * self.pace(sign * slope)
            start += length
        return seconds

    def off_s(self, kind: str, point_id: str) -> float:
        return self.town.snaps[self.key, kind][point_id]["off_network_m"] / self.profile.speed_m_s

    def to(self, costs: Mapping[str, float]) -> dict[tuple, float]:
        """[s] From every node to the nearest of some gates, each of which costs something more."""
        graph = self.graph
        for gate_id, cost in costs.items():
            if ("gate", gate_id) in graph:
                graph.add_edge(("gate", gate_id), "goal", weight=self.off_s("gate", gate_id) + cost)
        try:
            backward = nx.reverse_view(graph)
            return nx.single_source_dijkstra_path_length(backward, "goal") if "goal" in graph else {}
        finally:
            graph.remove_nodes_from(["goal"])

    @cache  # noqa: B019 - lives as long as the module's fixture
    def nearest(self, category: str, certain: bool = False) -> list[float]:
        """[s] From each home to the nearest place of a category; infinite beyond the horizon."""
        return self.homes_to(self.to(self.certain(category) if certain else dict.fromkeys(self.gates(category), 0.0)))

    def gates(self, category: str) -> list[str]:
        return [gate_id for gate_id, _ in self.town.gates.get(category, [])]

    def certain(self, category: str) -> dict[str, float]:
        snaps = self.town.snaps[self.key, "gate"]
        return {gate_id: 0.0 for gate_id in self.gates(category) if snaps[gate_id]["status"] != "edge"}

    def homes_to(self, walks: Mapping[tuple, float]) -> list[float]:
        found = []
        for home in self.town.homes:
            snap = self.town.snaps[self.key, "origin"][home["origin_id"]]
            off_s = snap["off_network_m"] / self.profile.speed_m_s if snap["edge"] >= 0 else inf
            walk = off_s + walks.get(("origin", home["origin_id"]), inf)
            found.append(walk if walk <= 3600 else inf)
        return found

    def chain(self, categories: Sequence[str], certain: bool = False) -> list[float]:
        """[s] Home to a place of the first category, out of it by any gate, on to the next, where the last ends it."""
        onward: dict[str, float] = {}
        for category in reversed(categories):
            kept = self.certain(category) if certain else dict.fromkeys(self.gates(category), 0.0)
            pairs = [(gate_id, place_id) for gate_id, place_id in self.town.gates[category] if gate_id in kept]
            costs = {gate_id: onward.get(place_id, inf) if onward else 0.0 for gate_id, place_id in pairs}
            walks = self.to({gate_id: cost for gate_id, cost in costs.items() if cost < inf})
            before = categories[categories.index(category) - 1]
            onward = defaultdict(lambda: inf)
            for gate_id, place_id in self.town.gates[before]:
                if ("gate", gate_id) in walks:
                    leaving = self.off_s("gate", gate_id) + walks["gate", gate_id]
                    onward[place_id] = min(onward[place_id], leaving)
        return self.homes_to(walks)

    def states(
        self, walk: Sequence[float], certain: Sequence[float], cutoff: float, by: Sequence[str], slack: float
    ) -> list[str]:
        """Reached, beyond, or "open", with so much more time; less where `slack` is negative."""
        found = []
        for home, near, sure in zip(self.town.homes, walk, certain, strict=True):
            status = self.town.snaps[self.key, "origin"][home["origin_id"]]["status"]
            is_open = status != "snapped" or home["border_m"] / self.fastest_m_s <= cutoff
            is_open |= not all(self.town.is_believed[home["zone_id"], category] for category in by)
            if sure <= cutoff + slack and status != "edge":
                found.append("reached")
            else:
                found.append("open" if is_open or near <= cutoff + slack else "beyond")
        return found

    def of_category(self, category: str, slack: float) -> list[str]:
        cutoff = self.town.results.study.catalogue.categories[category].cutoff_s
        return self.states(self.nearest(category), self.nearest(category, True), cutoff, [category], slack)


@cache
def walker(town: Town, key: str) -> Walker:
    return Walker(town, key)


def between(town: Town, measure: str, profile: str, less: Sequence[str], more: Sequence[str]) -> None:
    """Check a share in every unit: not less than less time gives, nor more than more time does."""
    widths = []
    for zoning, zone_id, homes in town.units:
        row = town.published[zoning, zone_id, profile, measure]
        least, most = town.interval(less, homes), town.interval(more, homes)
        assert least[0] - SAME <= row["low"] <= most[0] + SAME, (zoning, zone_id, least, row["low"], most)
        assert least[1] - SAME <= row["high"] <= most[1] + SAME, (zoning, zone_id, least, row["high"], most)
        widths.append(most[0] - least[0])
    assert np.mean(widths) < 0.03, "the oracle is sharp enough to tell"


@pytest.mark.parametrize("profile", ["adult", "wheelchair"])
@pytest.mark.parametrize("category", ["clinic", "park", "bus_stop"])
def test_walks_of_homes_are_those_of_networkx(town: Town, profile: str, category: str) -> None:
    found = town.results.scores.of_homes[profile][f"category_{category}_s"].fillna(inf).to_numpy()
    expected = np.array(walker(town, profile).nearest(category))
    assert (np.isinf(found) == np.isinf(expected)).all() and np.isfinite(found).mean() > 0.4
    both = np.isfinite(found)
    assert np.abs(found[both] - expected[both]).max() < SLACK_S * max(1.0, found[both].max() / 900)


@pytest.mark.parametrize("profile", ["adult", "wheelchair"])
@pytest.mark.parametrize("category", ["clinic", "kindergarten", "grocery"])
def test_who_reaches_a_category(town: Town, profile: str, category: str) -> None:
    less, more = (walker(town, profile).of_category(category, slack) for slack in (-SLACK_S, SLACK_S))
    between(town, f"category_{category}_share", profile, less, more)


def test_who_has_a_centre_of_life_of_their_own(town: Town) -> None:
    adult, categories = walker(town, "adult"), town.results.study.catalogue.categories.values()
    scored = {"employment", "education", "health", "transport", "environment", "culture", "community"}
    required = [category.key for category in categories if category.required and category.domain in scored]
    assert len(required) >= len(scored)
    both = []
    for slack in (-SLACK_S, SLACK_S):
        of_home = [*zip(*(adult.of_category(key, slack) for key in required), strict=True)]
        words = ["beyond" if "beyond" in states else "open" if "open" in states else "reached" for states in of_home]
        both.append(words)
    between(town, "independent_share", "adult", *both)


@pytest.mark.parametrize("category", ["clinic", "grocery"])
def test_what_an_adult_reaches_and_a_wheelchair_does_not(town: Town, category: str) -> None:
    def lost(adult: str, chair: str) -> str:
        if (adult, chair) == ("reached", "beyond"):
            return "yes"
        return "no" if adult == "beyond" or chair == "reached" else "open"

    on_foot, rolling = ([walker(town, key).of_category(category, s) for s in (-SLACK_S, SLACK_S)]
                        for key in ("adult", "wheelchair"))  # fmt: skip
    less = [lost(*states) for states in zip(on_foot[0], rolling[1], strict=True)]
    more = [lost(*states) for states in zip(on_foot[1], rolling[0], strict=True)]
    between(town, f"category_{category}_adult_only_share", "wheelchair", less, more)


def test_one_walk_round(town: Town) -> None:
    adult = walker(town, "adult")
    walks, certain = adult.chain(CHAIN), adult.chain(CHAIN, certain=True)
    found = town.results.scores.of_homes["adult"]["chain_s"].fillna(inf).to_numpy()
    both = np.isfinite(found) & np.isfinite(walks)
    assert both.mean() > 0.3 and np.abs(found[both] - np.array(walks)[both]).max() < CHAIN_SLACK_S
    less, more = (adult.states(walks, certain, 1800.0, CHAIN, s) for s in (-CHAIN_SLACK_S, CHAIN_SLACK_S))
    between(town, "chain_share", "adult", less, more)


def test_every_share_and_number_of_people_is_that_of_the_homes_summed_by_loops(town: Town) -> None:
    compared = 0
    for profile, scores in town.results.scores.of_homes.items():
        for column in scores:
            stem, _, suffix = column.rpartition("_")
            if suffix not in ("state", "is") or (scores[column] == "described").all():
                continue
            states, beyond = scores[column].tolist(), "_beyond" if suffix == "state" else ""
            for zoning, zone_id, homes in town.units:
                low, high = town.interval(states, homes)
                row = town.published[zoning, zone_id, profile, f"{stem}_share"]
                assert (row["low"], row["high"]) == pytest.approx((low, high), abs=SAME), (column, zoning, zone_id)
                people = sum(town.homes[i]["people"] for i in homes)
                ends = (1 - high, 1 - low) if beyond else (low, high)
                row = town.published[zoning, zone_id, profile, f"{stem}{beyond}_people"]
                assert (row["low"], row["high"]) == pytest.approx([people * end for end in ends], abs=1e-6)
                compared += 1
    assert compared > 1000


def median(walks: Sequence[float], people: Sequence[float]) -> float:
    """Walk that half of the people have at most, missing where fewer walk at all."""
    passed, half = 0.0, sum(people) / 2
    for walk, some in sorted(zip(walks, people, strict=True)):
        passed += some
        if passed >= half - SAME:
            return walk if walk < inf else float("nan")
    return float("nan")


def test_every_median_walk_is_that_of_half_of_the_people(town: Town) -> None:
    compared = 0
    for profile in ("adult", "wheelchair", "distance"):
        scores, fastest_m_s = town.results.scores.of_homes[profile], walker(town, profile).fastest_m_s
        for column in scores:
            stem, _, unit = column.rpartition("_")
            if unit not in ("s", "m"):
                continue
            walks = [inf if isnan(walk) else walk for walk in scores[column]]
            border = [home["border_m"] / fastest_m_s for home in town.homes]
            least = [min(w, b) if b < 3600 else w for w, b in zip(walks, border, strict=True)]
            for zoning, zone_id, homes in town.units:
                people = [town.homes[i]["people"] for i in homes]
                row = town.published[zoning, zone_id, profile, f"{stem}_median_{unit}"]
                for end, some in (("value", walks), ("low", least)):
                    expected = median([some[i] for i in homes], people)
                    assert row[end] == pytest.approx(expected, rel=1e-6, nan_ok=True), (column, zoning, zone_id, end)
                    compared += 1
    assert compared > 500


def test_every_mean_is_that_of_the_people_for_whom_it_is_known(town: Town) -> None:
    compared = 0
    for profile, scores in town.results.scores.of_homes.items():
        for column in scores.select_dtypes("number"):
            if column.endswith(("_s", "_m")):
                continue
            numbers = scores[column].tolist()
            for zoning, zone_id, homes in town.units:
                known = [(numbers[i], town.homes[i]["people"]) for i in homes if not isnan(numbers[i])]
                people = sum(some for _, some in known)
                expected = sum(number * some for number, some in known) / people if people else float("nan")
                value = town.published[zoning, zone_id, profile, column]["value"]
                assert value == pytest.approx(expected, nan_ok=True), (column, zoning, zone_id)
                compared += 1
    assert compared > 200


def test_all_zonings_sum_to_the_same_people_and_what_they_have(town: Town) -> None:
    rows = town.results.scores.of_zones
    people = rows[rows["measure"] == "people"].pivot(index=["group", "zone_id"], columns="zoning", values="value")
    of_groups = people.groupby("group").sum()
    assert {*UNITS} <= {*of_groups} and len(of_groups) == 3
    assert np.ptp(of_groups.to_numpy(), axis=1).max() < 1e-6
    placed = sum(home["people"] for home in town.homes)
    assert of_groups.loc["total", "city"] == pytest.approx(placed, rel=1e-12)
    for measure in ("domains_reached_count", "uses_count", "domains_unknown_count"):
        sums = {zoning: 0.0 for zoning, _, _ in town.units}
        for zoning, zone_id, _ in town.units:
            whole = town.published[zoning, zone_id, "adult", "people"]["value"]
            sums[zoning] += whole * town.published[zoning, zone_id, "adult", measure]["value"]
        assert [*sums.values()] == pytest.approx([sums["city"]] * len(sums), rel=1e-12), measure


def test_people_for_whom_it_is_certain_add_up_to_no_more_than_those_of_the_city(town: Town) -> None:
    """Of a unit the worse of two ways of placing people counts, so units may be certain of fewer, never of more."""
    for measure in ("domain_health", "domain_education", "independent"):
        sums = {zoning: [0.0, 0.0] for zoning, _, _ in town.units}
        for zoning, zone_id, _ in town.units:
            people = town.published[zoning, zone_id, "adult", "people"]["value"]
            row = town.published[zoning, zone_id, "adult", f"{measure}_share"]
            sums[zoning][0] += people * row["low"]
            sums[zoning][1] += people * row["high"]
        for zoning in ("zone", "hexagon"):
            by_hand = town.results.scores.of_homes["adult"][f"{measure}_state"].tolist()
            reached = sum(h["people"] for h, state in zip(town.homes, by_hand, strict=True) if state == "reached")
            beyond = sum(h["people"] for h, state in zip(town.homes, by_hand, strict=True) if state == "beyond")
            everyone = sum(h["people"] for h in town.homes)
            assert sums[zoning][0] <= reached + 1e-6 and sums[zoning][1] >= everyone - beyond - 1e-6


def test_open_space_for_everyone(town: Town) -> None:
    """Public ground without the car parks, school and private grounds in it, none of it twice, inside each unit."""
    spaces = town.results.given.open_spaces
    taken = ("school yard", "car park", "customers", "private", "fee")
    shut = [(s.area, s) for s, why in zip(spaces.geometry, spaces["why"], strict=True) if why in taken]
    grounds = []
    for shape, public in zip(spaces.geometry, spaces["public"], strict=True):
        if public == "yes":
            inside = [other for area, other in shut if area < shape.area]
            grounds.append(shape.difference(shapely.union_all(inside)))
    whole = shapely.union_all(grounds).intersection(town.results.given.extent)
    assert len(grounds) > 10
    for zoning in town.results.given.zonings:
        for zone_id, shape in zip(zoning.units["zone_id"], zoning.units.geometry, strict=True):
            key = (zoning.key, zone_id, "adult")
            m2 = whole.intersection(shape).area
            assert town.published[*key, "open_m2"]["low"] == pytest.approx(m2, abs=1e-3), key
            people = sum(home["people"] for home in town.homes if shape.intersects(home["geometry"]))
            if people:
                found = town.published[*key, "open_m2_per_resident"]
                assert found["low"] == pytest.approx(m2 / people, rel=1e-6), key
                assert isnan(found["value"]) or found["value"] == found["low"]


# --- public transport -----------------------------------------------------------------------------------------------


def rows_of(feed: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.TextIOWrapper(feed.open(name), encoding="utf-8-sig"))]


def weekday_per_h(gtfs: Path) -> dict[str, float]:
    """Departures per hour of each stop from 6 to 22 h on a day from Sunday to Thursday: in this feed all are alike."""
    with zipfile.ZipFile(gtfs) as feed:
        assert {"frequencies.txt", "calendar_dates.txt"}.isdisjoint(feed.namelist())
        days = ("sunday", "monday", "tuesday", "wednesday", "thursday")
        running = {row["service_id"] for row in rows_of(feed, "calendar.txt") if all(row[day] == "1" for day in days)}
        others = {row["service_id"] for row in rows_of(feed, "calendar.txt") if any(row[day] == "1" for day in days)}
        assert running == others
        trips = {row["trip_id"] for row in rows_of(feed, "trips.txt") if row["service_id"] in running}
        calls = rows_of(feed, "stop_times.txt")
        count = {row["stop_id"]: 0 for row in rows_of(feed, "stops.txt")}
    last: dict[str, int] = defaultdict(int)
    for call in calls:
        last[call["trip_id"]] = max(last[call["trip_id"]], int(call["stop_sequence"]))
    for call in calls:
        leaves = int(call["stop_sequence"]) < last[call["trip_id"]] and call["pickup_type"] != "1"
        if call["trip_id"] in trips and leaves and "06:00:00" <= call["departure_time"] < "22:00:00":
            count[call["stop_id"]] += 1
    return {stop_id: number / 16 for stop_id, number in count.items()}


def test_departures_of_the_best_stop_near_every_home(town: Town, folder: Path) -> None:
    per_h = weekday_per_h(folder / "gtfs.zip")
    places = town.results.gathered.places.places.set_index("place_id").geometry
    of_place: dict[str, float] = {}
    stops = {place_id for _, place_id in town.gates["bus_stop"]}
    at = town.results.given.stops
    assert len(at) and len(at) <= len(per_h)
    for stop_id, point in zip(at["stop_id"], at.geometry, strict=True):
        number = per_h[str(stop_id).removeprefix("gtfs:")]
        place_id = min(stops, key=lambda place: (places[place].distance(point), place))
        if places[place_id].distance(point) <= 30:
            of_place[place_id] = max(of_place.get(place_id, 0.0), number)
    metres, expected = walker(town, "distance"), []
    for home in town.homes:
        snap = town.snaps["distance", "origin"][home["origin_id"]]
        walks = {}
        if snap["edge"] >= 0:
            source = ("origin", home["origin_id"])
            walks = nx.single_source_dijkstra_path_length(metres.graph, source, cutoff=500)
        near = defaultdict(lambda: inf)
        for gate_id, place_id in town.gates["bus_stop"]:
            if ("gate", gate_id) in walks:
                walk = snap["off_network_m"] + walks["gate", gate_id] + metres.off_s("gate", gate_id)
                near[place_id] = min(near[place_id], walk)
        # Some metres of ticks about the limit are left to either.
        if snap["status"] != "snapped" or home["border_m"] <= 500 or any(497 < walk < 503 for walk in near.values()):
            expected.append(None)
            continue
        found = [of_place[place_id] for place_id, walk in near.items() if walk <= 500 and place_id in of_place]
        is_none = not any(walk <= 500 for walk in near.values()) and town.is_believed[home["zone_id"], "bus_stop"]
        expected.append(max(found) if found else 0.0 if is_none else float("nan"))
    scores = town.results.scores.of_homes["distance"]["bus_weekday_per_h"].tolist()
    pairs = [(a, b) for a, b in zip(scores, expected, strict=True) if b is not None]
    assert len(pairs) > 0.5 * len(scores) and sum(b > 0 for _, b in pairs) > 10
    assert [a for a, _ in pairs] == pytest.approx([b for _, b in pairs], nan_ok=True)
    filled = [a if b is None else b for a, b in zip(scores, expected, strict=True)]
    known = [(number, home["people"]) for number, home in zip(filled, town.homes, strict=True) if not isnan(number)]
    mean = sum(number * people for number, people in known) / sum(people for _, people in known)
    assert town.published["city", "", "distance", "bus_weekday_per_h"]["value"] == pytest.approx(mean)


# --- streets --------------------------------------------------------------------------------------------------------


def test_spacing_of_intersections_where_streets_are_plain(town: Town) -> None:
    """Where no street is one way, a roundabout or so short that it is drawn together: a graph of the vertices alone."""
    roads = town.results.given.roads
    streets = roads[roads["kind"].isin(["main", "street"])]
    graph: nx.MultiGraph = nx.MultiGraph()
    for i, line in enumerate(streets.geometry):
        corners = [tuple(round(c, 2) for c in xy) for xy in line.coords]
        for a, b in zip(corners[:-1], corners[1:], strict=True):
            graph.add_edge(a, b, road=i, line=shapely.LineString([a, b]))
    segments = []
    ends = {node for node in graph if graph.degree(node) != 2}
    for start in ends:
        for _, step, key in graph.edges(start, keys=True):
            path, node, before, edge = [start, step], step, start, key
            while node not in ends:
                before, node, edge = next(
                    (node, other, k)
                    for _, other, k in graph.edges(node, keys=True)
                    if (other, k) != (before, edge) or graph.number_of_edges(node, before) > 1
                )
                path.append(node)
            segments.append(shapely.LineString(path))
    odd = streets[streets["oneway"] | (streets["junction"] != "")].geometry.buffer(60).union_all()
    compared = 0
    zoning = town.results.given.zonings[0]
    for zone_id, shape in zip(zoning.units["zone_id"], zoning.units.geometry, strict=True):
        mine = {s.normalize().wkb: s for s in segments if shape.contains(s.interpolate(0.5, normalized=True))}
        spans = [s for s in mine.values() if min(graph.degree(s.coords[0]), graph.degree(s.coords[-1])) >= 3]
        if not spans or shape.intersects(odd) or min(s.length for s in mine.values()) <= 15:
            continue
        row = town.published["zone", zone_id, "adult", "spacing_mean_m"]
        assert row["value"] == pytest.approx(np.mean([s.length for s in spans]), rel=1e-4), zone_id
        row = town.published["zone", zone_id, "adult", "segments_count"]
        assert row["value"] == len(spans)
        compared += 1
    assert compared >= 2
