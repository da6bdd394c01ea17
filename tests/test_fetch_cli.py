"""`geokehila fetch` as a planner meets it: the table, the exit codes, and messages of one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from replay_server import Replay, Reply, replaying

from geokehila_cli.app import main

CSV = "name,lon,lat\nמקלט 1,35.03,31.07\n".encode()


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


class Done:
    """What a command returned and said."""

    def __init__(self, returncode: int, stdout: str, stderr: str) -> None:
        self.returncode, self.stdout, self.stderr = returncode, stdout, stderr


Command = Callable[..., Done]


@pytest.fixture
def geokehila(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line, in this process."""

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["geokehila", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return run


def own(data: Path, url: str) -> None:
    data.mkdir()
    (data / "sources.toml").write_text(
        '[own]\nrole = "shelters"\nclient = "file"\nfile = "shelters.csv"\nholds = "shelters"\nscope = "city"\n'
        f'urls = ["{url}"]\nrequired = true\n'
    )


def test_a_city_is_fetched_and_the_table_says_so(geokehila: Command, replay: Replay, tmp_path: Path) -> None:
    own(tmp_path / "raw", replay.at("/a", Reply(CSV)))
    done = geokehila("fetch", "dimona", "--only", "own", "--data", str(tmp_path / "raw"))
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].split() == ["shelters", "fetched", "0.00"]
    again = geokehila("fetch", "dimona", "--only", "own", "--data", str(tmp_path / "raw"), "--json")
    (outcome,) = json.loads(again.stdout)
    assert (outcome["state"], outcome["why"]) == ("kept", "fresh")


def test_a_required_source_that_fails_returns_1_and_says_why(
    geokehila: Command, replay: Replay, tmp_path: Path
) -> None:
    own(tmp_path / "raw", replay.at("/a", Reply(status=404)))
    done = geokehila("fetch", "dimona", "--only", "own", "--data", str(tmp_path / "raw"))
    assert done.returncode == 1
    line = done.stdout.splitlines()[1]
    assert "failed" in line and "required: " in line and "404" in line and "sources.toml" in line


def test_offline_tells_what_is_missing_and_how_to_carry_it(geokehila: Command, tmp_path: Path) -> None:
    done = geokehila("fetch", "dimona", "--offline", "--data", str(tmp_path / "raw"))
    assert done.returncode == 1
    told = {line.split()[0]: line for line in done.stdout.splitlines()[1:]}
    assert "3,857 polygons" in told["statistical_areas"] and "required" in told["statistical_areas"]
    assert "--from cbs_socioeconomic_2019=FILE" in told["socioeconomic"]


def test_a_file_is_carried_in(geokehila: Command, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(CSV)
    words = ["--offline", "--only", "shelters", "--data", str(tmp_path / "raw")]
    own(tmp_path / "raw", "https://nobody.example/")
    done = geokehila("fetch", "dimona", "--from", f"own={tmp_path / 'list.csv'}", *words)
    assert done.returncode == 0 and done.stdout.splitlines()[1].split()[:2] == ["shelters", "carried"]
    assert (tmp_path / "raw" / "dimona" / "shelters.csv").read_bytes() == CSV


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "cencus"], "did you mean 'census'"),
        (["--from", "osm"], "--from osm=dimona.osm.pbf"),
        (["--from", "=file"], "--from osm=dimona.osm.pbf"),
    ],
)
def test_words_that_mean_nothing_return_2(geokehila: Command, tmp_path: Path, words: list[str], said: str) -> None:
    done = geokehila("fetch", "dimona", "--offline", "--data", str(tmp_path), *words)
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1


def test_a_city_that_nobody_knows_returns_2(geokehila: Command, tmp_path: Path) -> None:
    done = geokehila("fetch", "dimonna", "--offline", "--data", str(tmp_path))
    assert done.returncode == 2 and "did you mean 'dimona'" in done.stderr
