"""What the Tab key offers, in every shell, and which options offer something."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geokehila.catalogue import LANGUAGES, Catalogue, cities
from geokehila.schema import ZONINGS
from geokehila_cli.app import app
from manual import commands

#: Words that are taken from a list stand in these; a path, a number or a column of one's own do not.
OFFERED = {
    *("study", "region", "cities", "category", "zoning", "language", "atlas", "profile", "objective", "equity", "need"),
    *("only", "run_a", "run_b", "vintage"),
}
STUDY = '[study]\nname = "Dim Sum"\n[categories.noodles]\nname = { he = "x", en = "x" }\nany_of = ["amenity=noodles"]\n'


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a study that has a category of its own, and a kept run of Dimona."""
    own, run = tmp_path / "data" / "raw" / "dim-sum", tmp_path / "data" / "processed" / "dimona" / "1"
    own.mkdir(parents=True)
    (own / "study.toml").write_text(STUDY, encoding="utf-8")
    run.mkdir(parents=True)
    city = {"slug": "dimona", "code": 2200}
    told = {"city": city, "run_id": "1", "version": "1", "dates": {}, "zonings": {"zone": 9, "quarter": 2, "city": 1}}
    (run / "run.json").write_text(json.dumps(told), encoding="utf-8")
    (run.parent / "latest").write_text("1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pressed(line: str, shell: str = "bash") -> list[str]:
    """What a shell is offered for the last word of a line."""
    words = f"geokehila {line}"
    asked = {"_GEOKEHILA_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": words}
    asked |= {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    asked |= {"_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_WORD_TO_COMPLETE": words.split(" ")[-1]}
    done = CliRunner().invoke(app, [], env=asked, prog_name="geokehila")
    return re.findall(r"^(?:_arguments '\*: :\(\()?\"?([\w,.-]+)", done.output, re.MULTILINE)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("run dim", ["dim-sum", "dimona"]),
        ("compare dimona ara", [slug for slug in sorted(cities()) if slug.startswith("ara")]),
        ("batch --region n", ["negev"]),
        ("batch --cities arad,dimo", ["arad,dimona"]),
        ("region g", ["galilee"]),
        ("cities --region r", ["reference"]),
        ("gaps dimona --category cl", ["clinic"]),
        ("gaps dim-sum --category no", ["noodles"]),
        ("gaps dimona --zoning ", ["zone", "quarter", "city"]),
        ("gaps arad --zoning ", [*ZONINGS]),
        ("gaps dimona --language ", [*LANGUAGES]),
        ("atlas dimona --language he,a", ["he,ar"]),
        ("run dimona --atl", []),
        ("hubs dimona --objective p_", ["p_median", "p_center"]),
        ("hubs dimona --need c", ["cluster"]),
        ("hubs dimona --equity w", ["weighted"]),
        ("scenario dimona a.toml --profile w", ["wheelchair"]),
        ("fetch dimona --only osm,gtfs_i", ["osm,gtfs_israel"]),
        ("carry dimona --from 20", ["2011", "2022"]),
        ("ga", ["gaps"]),
        ("gaps --zo", ["--zoning"]),
    ],
)
def test_the_tab_key_offers(line: str, offered: list[str], desk: Path) -> None:
    found = pressed(line)
    assert found == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "pwsh"])
def test_every_shell_is_offered_the_same(shell: str, desk: Path) -> None:
    assert pressed("gaps dimona --category cl", shell) == ["clinic"]
    assert pressed("run dim", shell) == ["dim-sum", "dimona"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_what_a_shell_is_to_read_asks_this_program(shell: str) -> None:
    asked = {"_GEOKEHILA_COMPLETE": f"source_{shell}"}
    assert "_GEOKEHILA_COMPLETE" in CliRunner().invoke(app, [], env=asked, prog_name="geokehila").output


def test_a_study_that_cannot_be_read_does_not_keep_the_tab_key_from_answering(desk: Path) -> None:
    (desk / "data" / "raw" / "dim-sum" / "study.toml").write_text("[study", encoding="utf-8")
    assert pressed("gaps dim-sum --category cl") == ["clinic"]


def test_what_is_offered_is_all_that_there_is(desk: Path) -> None:
    assert pressed("gaps dimona --category ") == [*Catalogue.read().categories]
    assert {*pressed("run ")} == {*cities(), "dim-sum"}


@pytest.mark.parametrize("name", dict(commands.every()))
def test_every_word_that_is_taken_from_a_list_is_offered(name: str, desk: Path) -> None:
    command = dict(commands.every())[name]
    context = command.make_context(name, [], resilient_parsing=True)
    silent = [p.name for p in command.params if p.name in OFFERED and not p.shell_complete(context, "")]
    assert silent == []
