"""A region of localities: sums by hand, those not measured held open, hubs in one order, and a page that names all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geokehila.catalogue import Catalogue, cities
from geokehila.draw import chosen
from geokehila.errors import InputError
from geokehila.region import join, of_region
from geokehila.region.groups import by, equity
from geokehila.region.members import NOT_PLACED, Member, members
from geokehila.region.sums import NOT_ALL, scores
from geokehila.store import tables
from geokehila.study import Study
from geokehila_cli.region import _line

SLUGS = ("arad", "dimona", "eilat")


def member(
    slug: str, people: float, share: tuple[float, float] | None, reason: str = "", left: tuple[float, ...] = (0, 0, 0)
) -> Member:
    """A locality with one domain of which a share is known; of its people some may be on no map, by NOT_PLACED."""
    low, high = share or (np.nan, np.nan)
    row = {"zoning": "city", "zone_id": "", "profile": "adult", "group": "total", "value": np.nan, "reason": ""}
    rows = [row | {"measure": "people", "value": people, "low": people, "high": people}]
    rows.append(row | {"measure": "domain_health_share", "low": low, "high": high})
    facts = pd.DataFrame(columns=["zone_id", "fact", "value"])
    not_placed = dict(zip(NOT_PLACED, left, strict=True))
    record = {"facts": {"people_placed": people, **not_placed}, "run_id": "x"}
    return Member(
        cities()[slug], {"zone_scores": pd.DataFrame(rows), "zone_facts": facts}, {} if reason else record, reason
    )


def of_all(rows: pd.DataFrame, measure: str) -> dict[str, Any]:
    (found,) = rows[(rows["zoning"] == "city") & (rows["measure"] == measure)].to_dict("records")
    return {str(key): value for key, value in found.items()}


def test_a_region_is_the_sum_of_its_people() -> None:
    """100 of 1,000 at 10 to 20 %, 3,000 at 50 %: 1,600 to 1,700 of 4,000."""
    found = scores([member("arad", 1_000, (0.1, 0.2)), member("dimona", 3_000, (0.5, 0.5))], Catalogue.read())
    assert of_all(found, "people")["value"] == 4_000
    told = of_all(found, "domain_health_share")
    assert (told["low"], told["high"], told["reason"]) == (pytest.approx(0.4), pytest.approx(0.425), "")


def test_who_is_not_measured_is_held_open_by_the_registered_people() -> None:
    """Eilat is not run: none to all of its registered people may reach it."""
    people = cities()["eilat"].population
    found = scores([member("arad", 1_000, (0.4, 0.4)), member("eilat", 0, None, "not run")], Catalogue.read())
    told = of_all(found, "domain_health_share")
    assert told["reason"] == NOT_ALL
    assert told["low"] == pytest.approx(400 / (1_000 + people))
    assert told["high"] == pytest.approx((400 + people) / (1_000 + people))
    eilat = found[(found["zone_id"] == "eilat") & (found["measure"] == "domain_health_share")]
    assert eilat["reason"].tolist() == ["not run"] and eilat["low"].isna().all()
    assert of_all(found, "people")["value"] == 1_000 + people


def test_who_is_counted_and_on_no_map_is_held_open_with_those_not_measured() -> None:
    """Arad: 1,000 on the map, of whom 400 reach it, 600 outside its data, 400 in no area: 400 to 1,400 of 2,000."""
    arad, dimona = member("arad", 1_000, (0.4, 0.4), left=(600, 300, 100)), member("dimona", 3_000, (0.5, 0.5))
    found = scores([arad], Catalogue.read())
    share, beyond = (of_all(found, f"domain_health_{what}") for what in ("share", "beyond_people"))
    assert of_all(found, "people")["value"] == 2_000
    assert (share["low"], share["high"], share["reason"]) == (pytest.approx(0.2), pytest.approx(0.7), NOT_ALL)
    assert (beyond["low"], beyond["high"]) == (pytest.approx(600), pytest.approx(1_600))
    (there,) = found[(found["zoning"] == "zone") & (found["measure"] == "people")]["value"]
    assert there == 1_000, "its own row is as its own page has it"
    both = [arad, dimona]
    groups = equity(both, scores(both, Catalogue.read()), Catalogue.read()).query("group_by == 'society'")
    told = groups.set_index(["measure", "statistic"]).loc[[("people", "people"), ("domain_health", "share")]]
    assert told["low"].tolist() == pytest.approx([5_000, 1_900 / 5_000])
    assert told["high"].tolist() == pytest.approx([5_000, 2_900 / 5_000])


def test_how_many_of_an_age_group_there_are_is_known_where_every_locality_tells_it() -> None:
    """Arad: 300 of 65 and over, of whom 150 reach it; Dimona tells 100 and all of them, or nothing."""

    def with_old(one: Member, people: float, share: float) -> Member:
        rows = one.tables["zone_scores"].assign(group="65+")
        ends = rows["measure"].map({"people": people, "domain_health_share": share})
        rows = rows.assign(low=ends, high=ends, value=ends.where(rows["measure"] == "people"))
        return replace(one, tables={**one.tables, "zone_scores": pd.concat([one.tables["zone_scores"], rows])})

    def old(*some: Member) -> pd.DataFrame:
        found = scores(some, Catalogue.read())
        return found[(found["zoning"] == "city") & (found["group"] == "65+")].set_index("measure")

    arad, dimona = with_old(member("arad", 1_000, (0.4, 0.4)), 300, 0.5), member("dimona", 3_000, (0.5, 0.5))
    told, untold = old(arad, with_old(dimona, 100, 1.0)), old(arad, dimona)
    assert told.loc["people", "value"] == 400 and told.loc["domain_health_share", "low"] == pytest.approx(250 / 400)
    assert told["reason"].tolist() == ["", "", ""]
    assert untold[["value", "low", "high"]].isna().all(axis=None) and {*untold["reason"]} == {NOT_ALL}


def test_groups_are_told_apart_only_where_their_ranges_do_not_meet() -> None:
    shares = {"arad": (0.1, 0.2), "dimona": (0.5, 0.6), "eilat": (0.55, 0.9)}
    rows = scores([member(slug, 1_000, shares[slug]) for slug in SLUGS], Catalogue.read())
    health = "measure == 'domain_health'"
    apart = by(rows, {"arad": "a", "dimona": "b", "eilat": "b"}, "society", Catalogue.read()).query(health)
    told = apart.set_index("statistic")
    assert told.loc["worst_share", "group"] == "a" and told.loc["best_share", "group"] == "b"
    assert (told.loc["gap_pp", "low"], told.loc["gap_pp", "high"]) == (pytest.approx(32.5), pytest.approx(65.0))
    alike = by(rows, {"arad": "a", "dimona": "b", "eilat": "a"}, "society", Catalogue.read()).query(health)
    assert alike["statistic"].tolist() == ["share", "share"]


def area(zone_id: str, people: float, low: float, high: float, cluster: float) -> tuple[list[Any], dict[str, Any]]:
    """An area of a locality: its people, a share, and its cluster."""
    row = {"zoning": "zone", "zone_id": zone_id, "profile": "adult", "group": "total", "value": np.nan, "reason": ""}
    share = row | {"measure": "domain_health_share", "low": low, "high": high}
    return [row | {"measure": "people", "value": people}, share], {
        "zone_id": zone_id,
        "fact": "ses_cluster",
        "value": cluster,
    }


def with_areas(slug: str, *areas: tuple[list[Any], dict[str, Any]]) -> Member:
    """A locality that was run, of these areas."""
    rows, facts = [row for rows, _ in areas for row in rows], [fact for _, fact in areas]
    people = sum(row["value"] for row in rows if row["measure"] == "people")
    whole = member(slug, people, (0.0, 1.0))
    tables = {
        "zone_scores": pd.concat([whole.tables["zone_scores"], pd.DataFrame(rows)]),
        "zone_facts": pd.DataFrame(facts),
    }
    return Member(whole.city, tables, whole.record, "")


def test_people_are_told_apart_by_the_cluster_of_their_area_where_it_is_known() -> None:
    """Cluster 2: 200 at 10 %, 300 at 20 to 30 %: 80 to 110 of 500. Cluster 8: 400 at 90 %. Of 600 it is not known."""
    arad = with_areas(
        "arad", area("1", 200, 0.1, 0.1, 2), area("2", 400, 0.9, 0.9, 8), area("3", 600, 0.0, 0.0, np.nan)
    )
    dimona = with_areas("dimona", area("1", 300, 0.2, 0.3, 2), area("2", 50, 1.0, 1.0, 5))
    both = [arad, dimona, member("eilat", 0, None, "not run")]
    found = equity(both, scores(both, Catalogue.read()), Catalogue.read()).query("group_by == 'ses_cluster'")
    health = found[found["measure"] == "domain_health"].set_index(["statistic", "group"])
    assert health.loc[("share", "2"), ["low", "high"]].tolist() == pytest.approx([80 / 500, 110 / 500])
    assert health.loc[("share", "8"), ["low", "high"]].tolist() == pytest.approx([0.9, 0.9])
    assert ("share", "5") not in health.index, "50 people are too few to be a group"
    assert health.loc[("gap_pp", ""), ["low", "high"]].tolist() == pytest.approx([68.0, 74.0])
    (known,) = found[found["statistic"] == "known_share"]["value"]
    assert known == pytest.approx(950 / (1_550 + cities()["eilat"].population))


def test_a_gap_of_the_region_is_of_whom_its_share_leaves() -> None:
    """400 to 425 of 1,000 reach it: 575 to 600 are beyond."""
    found = scores([member("arad", 1_000, (0.4, 0.425))], Catalogue.read())
    told = of_all(found, "domain_health_beyond_people")
    assert (told["low"], told["high"]) == (pytest.approx(575), pytest.approx(600))


@pytest.mark.parametrize(("needs", "weighed"), [((["age"], ["age"]), True), ((["age"], ["cluster"]), False)])
def test_how_hubs_were_chosen_is_said_where_all_localities_chose_so(
    needs: tuple[list[str], list[str]], weighed: bool
) -> None:
    """Who weighs by other needs weighs otherwise: of the region nothing is said of it."""
    same = {"objective": "mclp", "profile": "adult", "equity": "weighted", "price": None, "capacity": None}
    sums = {"minutes": 15.0, "candidates": 2, "without_price": 0, "people_gain": [1.0, 2.0], "tries": 3}
    sums |= {"excluded": {"too small": 2, "in water": 1}, "priced": 1, **dict.fromkeys(join.SUMMED[2:], 1)}
    sums["not_counted"] = {"a": {"homes": 4, "now": 3, "then": 1}, "b": {"homes": 1, "now": 1, "then": 1}}
    run = [replace(member(slug, 1, None), record={"hubs": same | sums | {"need": need}})
           for slug, need in zip(SLUGS, needs, strict=False)]  # fmt: skip
    joined = join._choice(run)
    said = chosen.sentences(joined, chosen.Speech(lambda key, **words: key, str, str, ", ".join))
    assert joined["excluded"] == {"too small": 4, "in water": 2} and joined["priced"] == joined["must_price"] == 2
    assert joined["not_counted"] == {slug: {"homes": 5, "now": 4, "then": 2} for slug in SLUGS[:2]}
    assert ("hub.weighted" in said) == weighed and "hub.chosen_for" in said


def test_who_is_not_measured_is_believed_in_nothing_and_weighed_for_no_hub() -> None:
    """Half of 1,000 and all of 3,000 are believed: 3,500 of these and of the people of Eilat."""
    eilat = member("eilat", 0, None, "not run")
    run = [
        replace(one, record={**one.record, "believed_share": dict.fromkeys(join.SUBJECTS, share)})
        for one, share in ((member("arad", 1_000, None), 0.5), (member("dimona", 3_000, None), 1.0))
    ]
    people = cities()["eilat"].population
    believed = join._believed([*run, eilat])
    assert believed == pytest.approx(dict.fromkeys(join.SUBJECTS, 3_500 / (4_000 + people)))
    assert join._believed(run) == pytest.approx(dict.fromkeys(join.SUBJECTS, 3_500 / 4_000))
    told = {"localities": 2, "people": 4_000, "people_not_measured": people}
    assert join._measured([*run, eilat]) == told and join._measured(run) is None
    partly = member("arad", 1_000, None, left=(600, 300, 100))
    half = replace(partly, record={**partly.record, "believed_share": dict.fromkeys(join.SUBJECTS, 0.5)})
    assert join._believed([half]) == dict.fromkeys(join.SUBJECTS, 0.25), "500 of 2,000"
    assert join._measured([half]) == {"localities": 1, "people": 1_000, "people_not_measured": 1_000}


def test_the_command_names_who_is_on_no_map() -> None:
    told = {"measured": ["arad", "eilat"], "failed": {}, "apart": {}, "not_run": [], "not_placed": {}}
    assert _line(told) == "measured 2, not run 0"
    left = {"not_placed": {"arad": 55_373.6, "eilat": 9_282.9}}
    assert _line(told | left) == "measured 2, not run 0, residents on no map 64,656 (arad 55,374; eilat 9,283)"


def test_cities_for_reference_are_in_no_region(tmp_path: Path) -> None:
    named = {one.city.slug for region in ("negev", "galilee") for one in members(region, tmp_path)}
    assert named == {slug for slug, city in cities().items() if city.programme_region != "reference"}
    assert {one.reason for one in members("negev", tmp_path)} == {"not run"}


def test_a_region_without_a_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of its 22 localities was run: `geokehila batch --region negev"):
        of_region("negev", tmp_path)


def test_a_locality_of_other_required_categories_is_not_summed_up_and_named(tmp_path: Path) -> None:
    """One rule for every choice: what a domain requires counts as its cutoffs do."""
    place = tmp_path / "data" / "processed" / "lakiya"
    (place / "1").mkdir(parents=True)
    (place / "latest").write_text("1\n", encoding="utf-8")
    plain = Study.of("lakiya")
    for choice, value, reason in (("required", True, "other choices"), ("cutoff_min", 7, "other choices"), ("", 0, "")):
        catalogue = Catalogue.read({"categories": {"pharmacy": {choice: value} if choice else {}}})
        told = replace(plain, catalogue=catalogue).told()
        more = {"weights": "residents", "run_id": "1", "version": "1", "dates": {}}
        tables.write_json(told | more, place / "1" / "run.json")
        assert {one.reason for one in members("negev", tmp_path) if one.city.slug == "lakiya"} == {reason}
        if choice:
            words = rf"negev: of its 22 .*: lakiya was run with other choices: pharmacy \({choice}\); no other"
            with pytest.raises(InputError, match=words):
                of_region("negev", tmp_path)
