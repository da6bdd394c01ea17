"""What `--json` prints of a finished run: whole, and JSON that every program reads."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from geokehila import pipeline
from geokehila_cli import show
from geokehila_cli.app import app
from geokehila_cli.hubs import _lines, _machine


def refuse(word: str) -> None:
    raise AssertionError(f"{word} is no word of JSON")


@pytest.fixture
def told(
    neve_or: pipeline.Run, raw_neve_or: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """What a command says of Neve Or, as a program reads it."""
    monkeypatch.chdir(tmp_path)
    places = {"--data": str(raw_neve_or), "--out": str(raw_neve_or.parent / "out")}

    def tell(line: str, *options: str) -> Any:
        words = [*line.split(), *(word for option in options for word in (option, places[option])), "--json"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code in (0, 3), done.output
        return json.loads(done.stdout, parse_constant=refuse)

    return tell


def test_every_json_is_read_by_every_program(told: Callable[..., Any], neve_or: pipeline.Run) -> None:
    assert told("gaps neve-or", "--data", "--out") and told("compare neve-or --all", "--out")
    assert told("compare neve-or neve-or", "--data", "--out")["left_out_count"] == {}
    assert {row["state"] for row in told("doctor neve-or", "--data", "--out")} <= {"stop", "look", "ok"}
    assert len(told("cities --check", "--data")) == len(told("cities"))


def test_a_scenario_is_read_by_every_program(told: Callable[..., Any], raw_neve_or: Path) -> None:
    kept = raw_neve_or.parent / "out" / "data" / "processed" / "neve-or"
    shutil.copytree(kept, Path("data") / "processed" / "neve-or")
    Path("nearer.toml").write_text("[cutoff_min]\nschool = 10\n", encoding="utf-8")
    (scenario,) = told("scenario neve-or nearer.toml", "--data")
    assert scenario["name"] == "nearer" and scenario["gains"]


def test_gaps_are_all_that_the_run_tells_of_everybody(told: Callable[..., Any], neve_or: pipeline.Run) -> None:
    gaps = pd.read_parquet(neve_or.path / "gaps.parquet")
    of_zones = gaps[(gaps["zoning"] == "zone") & (gaps["group_by"] == "")]
    rows = told("gaps neve-or --zoning zone", "--data", "--out")
    assert {(row["zone_id"], row["category"]) for row in rows} == {
        *zip(of_zones["zone_id"], of_zones["category"], strict=True)
    }
    assert len(rows) == len(of_zones) > 20


def test_hubs_are_those_proposed_and_those_there(neve_or: pipeline.Run) -> None:
    table = pd.read_parquet(neve_or.path / "hubs.parquet")
    sites = _machine(neve_or)["sites"]
    assert [site["site_id"] for site in sites if site["rank"]] == [*table.sort_values("rank")["site_id"]][
        : len(table["rank"].dropna())
    ]
    assert {site["site_id"] for site in sites} == {*table["site_id"]}


def test_of_the_fewest_hubs_no_number_is_said_to_limit_them(neve_or: pipeline.Run) -> None:
    fewest = {**neve_or.summary, "hubs": {**neve_or.summary["hubs"], "objective": "lscp"}}
    assert "most people within the walk (mclp), 3 new at most," in _lines(neve_or)[0]
    assert "fewest hubs (lscp), the fewest new that serve all," in _lines(replace(neve_or, summary=fewest))[0]


def test_wishes_of_ones_own_are_said_to_stand_on_the_page_and_an_older_atlas_is_named(
    neve_or: pipeline.Run, raw_neve_or: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "atlas-he.pdf").touch()
    made = replace(neve_or, page=tmp_path / "index.html")
    monkeypatch.setattr(pipeline, "run", lambda *_: made)
    own, asked = (
        CliRunner().invoke(app, ["hubs", "neve-or", "--data", str(raw_neve_or), *wishes]).stdout
        for wishes in ((), ("--add", "2"))
    )
    back = f"`geokehila run neve-or --data {quote(str(raw_neve_or))}` brings the study's own back"
    assert back in asked and "brings" not in own
    assert all("atlas-he.pdf is of a run that it does not name" in said for said in (own, asked))


def test_of_what_is_spent_it_is_said_what_is_assumed(neve_or: pipeline.Run) -> None:
    money = {"budget": 5e6, "spent": 4.3e6, "assumed": 2.5e6, "assumed_count": 1, "without_price": 0}
    money |= {"chosen_count": 2, "must_count": 0, "must_price": 0.0, "must_unpriced": 0}
    spent = "budget: 4,300,000 of 5,000,000 spent, of which 2,500,000 assumed for 1 site"
    musts = {"must_count": 3, "must_price": 2.4e6, "must_unpriced": 1, "priced": 4}
    beside = "what must be built takes 2,400,000 beside any budget"
    untold = "must be built, price not known: 1 site"
    both, none = f"{beside}: 6,700,000 together; {untold}", {"chosen_count": 0, "spent": 0.0, "assumed_count": 0}
    free = "price:  the chosen sites take 4,300,000, of which 2,500,000 assumed for 1 site"
    for more, line in (
        ({}, spent),
        (musts, f"{spent}; {both}"),
        (musts | {"budget": None}, f"{free}; {both}"),
        (musts | none, f"budget: 0 of 5,000,000 spent; {beside}; {untold}"),
        (musts | none | {"budget": None}, f"price:  {beside}; {untold}"),
        (musts | {"budget": None, "spent": None}, f"price:  {beside}; {untold}"),
    ):
        asked = replace(neve_or, summary={**neve_or.summary, "hubs": {**neve_or.summary["hubs"], **money, **more}})
        assert [said for said in _lines(asked) if said.startswith(("budget:", "price:"))] == [line]


def test_of_a_proposed_site_it_is_said_how_often_it_or_one_near_by_is_chosen(
    neve_or: pipeline.Run, tmp_path: Path
) -> None:
    hubs = pd.read_parquet(neve_or.path / "hubs.parquet")
    first, second = hubs["rank"] == 1, hubs["rank"] == 2
    hubs = hubs.assign(
        choice="may", chosen_share=0.0, near_share=hubs["near_share"].mask(first, 1.0).mask(second, 0.49)
    )
    hubs.to_parquet(tmp_path / "hubs.parquet")
    head, one, other = _lines(replace(neve_or, path=tmp_path))[1:4]
    assert head.split("  ")[-3:] == ["chosen", "or within 300 m", "site"]
    assert re.search(r" 0% +100% ", one) and "shaky" not in one
    assert re.search(r" 0% +49% ", other) and "(shaky)" in other


def test_prices_of_proposed_sites_are_told_where_any_site_has_one(neve_or: pipeline.Run, tmp_path: Path) -> None:
    hubs = pd.read_parquet(neve_or.path / "hubs.parquet")
    hubs.assign(price=np.where(hubs["rank"] == 1, 45e4, np.nan)).to_parquet(tmp_path / "hubs.parquet")

    def told(**record: Any) -> list[str]:
        asked = {**neve_or.summary["hubs"], "price": None, "budget": None, **record}
        return _lines(replace(neve_or, path=tmp_path, summary={**neve_or.summary, "hubs": asked}))[2:4]

    one, other = told(priced=1)
    assert one.endswith(", price 450,000") and other.endswith(", price not given")
    assert told(priced=1, price=2e5)[1].endswith(", price not given, taken as 200,000")
    assert "price" not in told(priced=0)[1]


def test_what_is_not_known_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    show.machine({"a": float("nan"), "b": [float("inf"), 1.5, None], "c": ({"d": "NaN"},), 4: True})
    told = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert told == {"a": None, "b": [None, 1.5, None], "c": [{"d": "NaN"}], "4": True}
