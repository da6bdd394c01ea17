"""Weights of need that are asked for and nobody tells: what is told of them."""

import shutil
from pathlib import Path

import numpy as np
from small_town import SLUG, run

from geokehila.draw import chosen
from geokehila.need import OfHomes


def test_a_part_is_told_where_a_home_has_it() -> None:
    nothing, some = np.full(2, np.nan), np.array([np.nan, 0.5])
    asked = ("cluster", "age", "deficit")
    assert OfHomes(nothing, some).told(asked) == ("age", "deficit")
    assert OfHomes(some, nothing).told(asked[:2]) == ("cluster",)
    assert OfHomes(nothing, nothing).told(asked[:2]) == ()


def test_only_what_weighed_is_told_as_weighed() -> None:
    speech = chosen.Speech(lambda key, **words: f"{key} {words.get('list', '')}".strip(), str, str, ", ".join)
    record = {"objective": None, "profile": None, "equity": "weighted", "budget": None, "without_price": 0}
    record |= {"chosen_count": 1, "spent": None, "assumed_count": 0, "must_count": 0, "must_unpriced": 0}
    both = chosen.sentences(record | {"need": ["age"], "need_not_told": ["cluster"]}, speech)
    assert both == ["hub.weighted hub.need_age", "hub.need_not_told hub.need_cluster"]
    none = chosen.sentences(record | {"need": [], "need_not_told": ["cluster"]}, speech)
    assert none == ["hub.need_not_told hub.need_cluster"]


def test_a_run_warns_of_need_that_nobody_tells(small_town: Path, tmp_path: Path) -> None:
    town = tmp_path / "town"
    shutil.copytree(small_town / "raw", town / "raw")
    study = town / "raw" / SLUG / "study.toml"
    asked = '[gaps]\nneed = ["cluster"]\n[hubs]\nequity = "weighted"\nneed = ["cluster", "deficit"]\n'
    study.write_text(study.read_text("utf-8") + asked, "utf-8")
    summary = run(town, town / "out").summary
    assert (summary["hubs"]["need"], summary["hubs"]["need_not_told"]) == (["deficit"], ["cluster"])
    told = [notice for notice in summary["warnings"] if notice["name"] == "need_not_told"]
    assert [notice["where"] for notice in told] == ["gaps", "hubs"]
    assert "cluster is told of no area" in told[0]["text"] and "socioeconomic.csv" in told[0]["text"]
