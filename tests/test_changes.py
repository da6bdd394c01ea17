"""What changed between two runs: intervals by hand, the same answers by a slow reading, and the whole way of a run."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from geokehila import __version__, sample_town
from geokehila.catalogue import Catalogue, City
from geokehila.changes import KEY, Earlier, changes, read, since
from geokehila.compare import runs_of, trend
from geokehila.errors import InputError
from geokehila.load.roles import Inputs
from geokehila.pipeline import run
from geokehila.store import kept
from geokehila.study import Study
from geokehila_cli.app import app

AREA = {"zoning": "zone", "zone_id": "a", "profile": "adult", "group": "total", "measure": "domain_health_share"}
CITY = City("arad", 2560, {"en": "Arad"})


def scores(*numbers: tuple[float | None, float | None, float | None, str | None]) -> pd.DataFrame:
    """Measures of areas a, b, c ... as value, low, high, reason."""
    rows = [
        AREA | {"zone_id": chr(97 + i), **dict(zip(("value", "low", "high", "reason"), row, strict=True))}
        for i, row in enumerate(numbers)
    ]
    return pd.DataFrame(rows).astype({"value": float, "low": float, "high": float, "reason": object})


def share(low: float | None, high: float | None, reason: str | None = "not mapped") -> tuple[Any, ...]:
    return None, low, high, reason


@pytest.mark.parametrize(
    ("then", "now", "direction"),
    [
        (share(0.4, 0.5), share(0.6, 0.7), "up"),
        (share(0.6, 0.7), share(0.4, 0.5), "down"),
        (share(0.4, 0.65), share(0.6, 0.7), "open"),
        (share(0.4, 0.6), share(0.6, 0.7), "open"),
        (share(None, None), share(0.6, 0.7), "found"),
        (share(0.6, 0.7), share(None, None), "lost"),
        (share(0.6, 0.7), share(0.6, 0.7, "edge"), "reason"),
        (share(None, None), share(None, None, "edge"), "reason"),
        ((300.0, None, None, None), (310.0, None, None, None), "up"),
        ((300.0, None, None, None), (290.0, None, None, None), "down"),
    ],
)
def test_a_change_is_sure_only_where_what_is_not_known_cannot_be_its_cause(then: Any, now: Any, direction: str) -> None:
    assert changes(scores(then), scores(now))["direction"].tolist() == [direction]


@pytest.mark.parametrize("measure", ["weakest_domain", "domains_reached_count"])
def test_what_is_at_least_so_is_never_surely_more_or_less(measure: str) -> None:
    then, now = (scores((number, None, None, None)).assign(measure=measure) for number in (0.3, 0.5))
    assert changes(then, now)["direction"].tolist() == changes(now, then)["direction"].tolist() == ["open"]
    assert changes(then, then).empty


def test_the_example_of_the_method_page() -> None:
    row = changes(scores(share(0.4, 0.5)), scores(share(0.6, 0.7))).iloc[0]
    assert round(row["low"] - row["high_before"], 9) == 0.1 and round(row["high"] - row["low_before"], 9) == 0.3


def test_a_run_that_is_the_same_has_no_changes() -> None:
    one = scores(share(0.4, 0.5), share(None, None), (3.0, None, None, None))
    assert changes(one, one.sample(frac=1, random_state=1)).empty
    assert changes(one, one.assign(low=one["low"] * (1 + 1e-12))).empty


def test_what_the_earlier_run_did_not_have_is_newly_known() -> None:
    told = changes(scores(share(0.1, 0.2)), scores(share(0.1, 0.2), share(0.3, 0.4)))
    assert told[["zone_id", "direction"]].to_numpy().tolist() == [["b", "found"]]


NUMBER = st.one_of(st.none(), st.integers(0, 4))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER), min_size=1, max_size=8))
def test_directions_are_those_of_every_pair_of_numbers_that_could_be_true(ends: list[tuple[Any, ...]]) -> None:
    pairs = [[span(one[:2]), span(one[2:])] for one in ends]
    before = scores(*(share(*then) for then, _ in pairs))
    after = scores(*(share(*now) for _, now in pairs))
    told = changes(before, after).set_index("zone_id")["direction"].to_dict()
    for i, (then, now) in enumerate(pairs):
        assert told.get(chr(97 + i), "") == by_trying(then, now)


def span(ends: tuple[Any, ...]) -> tuple[Any, Any]:
    return (None, None) if None in ends else (min(ends), max(ends))


def by_trying(then: tuple[Any, Any], now: tuple[Any, Any]) -> str:
    if then == now:
        return ""
    if None in then or None in now:
        return "found" if None in then else "lost"
    signs = {np.sign(y - x) for x in range(then[0], then[1] + 1) for y in range(now[0], now[1] + 1)}
    return {frozenset({1}): "up", frozenset({-1}): "down"}.get(frozenset(signs), "open")


def earlier(version: str = "1", table: pd.DataFrame | None = None, **others: Mapping[str, Any]) -> Earlier:
    told = Study(CITY, catalogue=Catalogue.read({"categories": others})).told()
    record = told | {"run_id": "0123456789", "version": version, "dates": {}}
    return Earlier(record, scores(share(0.1, 0.2), share(0.3, 0.4)) if table is None else table)


def test_every_row_of_the_earlier_run_is_compared_or_told_to_be_no_more() -> None:
    found = since(earlier(), Study(CITY), "1", scores(share(0.1, 0.2)))
    counts = found.ledger.counts()["measure"]
    assert (counts["read"], counts["used"], sum(counts["rejected"].values())) == (2, 1, 1)
    assert found.ledger.rejected()["source_id"].tolist() == ["b domain_health_share"]
    assert not found.ledger.notices


def test_another_version_and_other_choices_are_named() -> None:
    other = earlier("0", grocery={"cutoff_min": 9}, pharmacy={"required": True})
    notices = since(other, Study(CITY), "1", scores(share(0.1, 0.2))).ledger.notices
    assert [notice.name for notice in notices] == ["previous_version", "previous_choices"]
    assert "of grocery (cutoff_min), pharmacy (required):" in str(notices[1])


def test_faults_of_the_earlier_run_are_named(tmp_path: Path) -> None:
    record = {"run_id": "0123456789", "version": "1", "dates": {}, "city": {"slug": "eilat", "code": 2600}}
    (tmp_path / "run.json").write_text(json.dumps(record), encoding="utf-8")
    inputs = Inputs({"previous": (tmp_path / "run.json",)}, ())
    with pytest.raises(InputError, match=r"holds no zone_scores\.parquet: name"):
        read(inputs, CITY.code)
    scores(share(0.1, 0.2)).to_parquet(tmp_path / "zone_scores.parquet")
    with pytest.raises(InputError, match=r"is of eilat \(2600\), not of 2560: name"):
        read(inputs, CITY.code)
    with pytest.raises(InputError, match=r"previous: zones\.parquet is no run\.json: name"):
        read(replace(inputs, files={"previous": (tmp_path / "zones.parquet",)}), CITY.code)
    assert read(Inputs({}, ()), CITY.code) is None


def test_the_key_is_that_of_the_scores() -> None:
    assert KEY == ["zoning", "zone_id", "profile", "group", "measure"]


def test_a_run_tells_what_changed_since_the_one_it_names(tmp_path: Path) -> None:
    raw = tmp_path / "raw" / "generated-5000"
    sample_town.generate(raw, 5_000)
    study = raw / "study.toml"
    plain = study.read_text(encoding="utf-8") + "\n[hubs]\nadd = 0\nresamples = 0\n"
    study.write_text(plain, encoding="utf-8")
    first = run(raw.name, raw.parent, tmp_path)
    study.write_text(f"{plain}\n[cutoff_min]\ngrocery = 2\n", encoding="utf-8")
    code = CliRunner().invoke(
        app, ["run", raw.name, "--data", str(raw.parent), "--out", str(tmp_path), "--since", str(first.path)]
    )
    assert code.exit_code == 0, code.output
    folder = kept.newest(tmp_path, raw.name)
    record, table = kept.record(folder), kept.KeptTables(folder)["changes"]
    assert folder != first.path and first.path.is_dir()
    assert record["previous"] == {"run_id": first.path.name, "version": __version__, "date": record["dates"]["osm"]}
    before = kept.record(first.path)
    assert [row["run_id"] for row in before["line"]] == [before["run_id"]]
    assert [row["method_differs"] for row in record["line"]] == [False, True]
    # Whoever lays the kept runs in a line anew finds the one that the later of them keeps.
    pd.testing.assert_frame_equal(pd.DataFrame(record["line"]), trend(runs_of(tmp_path, raw.name)), check_like=True)
    assert '"line":[{"date":' in (tmp_path / "maps" / raw.name / "index.html").read_text("utf-8")
    assert "previous_choices" in [warning["name"] for warning in record["warnings"]]
    changed = set(table["measure"])
    assert "category_grocery_share" in changed
    assert not [measure for measure in changed if "health" in measure or "school" in measure]


def test_areas_of_another_edition_are_not_compared() -> None:
    """The same number is another place in 2022; of the city there is one in both."""
    zone = scores(share(0.1, 0.2))
    city = zone.assign(zoning="city", zone_id="")
    before = replace(earlier(table=pd.concat([zone, city])), editions=frozenset(["2011"]))
    now = pd.concat([scores(share(0.5, 0.6)), city.assign(low=0.3, high=0.4)])
    found = since(before, Study(CITY), "1", now, frozenset(["2022"]))
    assert found.table[["zoning", "direction"]].to_numpy().tolist() == [["city", "up"]]
    assert found.ledger.counts()["measure"] == {"read": 2, "used": 1, "rejected": {"its area is of another edition": 1}}
    assert "its areas are of 2011: none of them is compared" in next(
        notice.text for notice in found.ledger.notices if notice.name == "previous_areas"
    )
    same = since(before, Study(CITY), "1", now, frozenset(["2011"]))
    assert {*same.table["zoning"]} == {"city", "zone"}
