"""Lists of a municipality: a plain file or a layer of its server, read as the study maps it before it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from replay_server import Replay, Reply, arcgis_layer, page, quick_wire, replaying

from geokehila.catalogue.lists import ListChoice
from geokehila.errors import FetchError
from geokehila.fetch import Wish, fetch
from geokehila.fetch.errand import Errand
from geokehila.fetch.municipal import bring
from geokehila.fetch.sources import Source
from geokehila.study import Study

CSV = "מקלט,E,N,מצב\nא,35.03,31.07,פעיל\nב,35.04,31.08,סגור\nג,,,פעיל\n"
MAPPED = ListChoice(columns={"name": "מקלט", "lon": "E", "lat": "N"}, where={"מצב": ("פעיל",)})


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def errand(desk: Path, *urls: str, file: str = "shelters.csv", choice: ListChoice | None = None) -> Errand:
    study = Study.of("dimona")
    study = replace(study, lists={"shelter": choice} if choice else {})
    source = Source("own", "shelters", "municipal", file, "shelters", urls=urls, scope="city")
    return Errand(source, study, quick_wire(attempts=2), desk, desk)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1255"])
def test_a_file_is_counted_as_the_study_maps_it(encoding: str, replay: Replay, tmp_path: Path) -> None:
    asked = errand(tmp_path, replay.at("/list.csv", Reply(CSV.encode(encoding))), choice=MAPPED)
    brought = bring(asked)
    assert brought and brought.counts == {"places": 1} and len(brought.notes) == 2
    assert all(note.startswith("1 rows left out, ") for note in brought.notes)
    assert asked.target.read_bytes() == CSV.encode(encoding), "kept as it came; a run repairs it"


def test_what_the_study_does_not_map_is_said_with_the_remedy(replay: Replay, tmp_path: Path) -> None:
    wrong = ListChoice(columns={"lon": "X", "lat": "Y"})
    with pytest.raises(FetchError, match=r"map it by \[lists.shelters\] in study.toml"):
        bring(errand(tmp_path, replay.at("/list.csv", Reply(CSV.encode())), choice=wrong))


def point(number: int) -> dict[str, Any]:
    return {
        "attributes": {"OBJECTID": number, "Name": f"מקלט {number}"},
        "geometry": {"x": 200_000 + number, "y": 550_000},
    }


def serve(replay: Replay) -> str:
    """A layer of points, in pages of two."""
    whole = arcgis_layer([point(number) for number in range(1, 6)], {"Name": "String"}, most=2)

    def answer(asked: Any) -> Reply:
        reply = whole(asked)
        return replace(reply, body=reply.body.replace(b"esriGeometryPolygon", b"esriGeometryPoint"))

    replay.at("/MapServer/7/query", answer)
    return replay.at("/MapServer/7", answer)


def test_a_layer_becomes_a_geopackage(replay: Replay, tmp_path: Path) -> None:
    brought = bring(errand(tmp_path, serve(replay), file="shelters.gpkg"))
    assert brought and brought.counts == {"places": 5}
    with pytest.raises(FetchError, match=r'write file = "shelters.gpkg" in \[own\]'):
        bring(errand(tmp_path, serve(replay)))


def test_another_address_is_asked_where_the_first_has_none(replay: Replay, tmp_path: Path) -> None:
    here = replay.at("/list.csv", Reply(CSV.encode()))
    brought = bring(errand(tmp_path, replay.at("/gone", Reply(status=410)), here, choice=MAPPED))
    assert brought and brought.url == here


def test_the_whole_way_and_again(replay: Replay, tmp_path: Path) -> None:
    url = replay.at("/list.csv", Reply(CSV.encode(), ranged=True), Reply(CSV.encode(), ranged=True), page())
    (tmp_path / "sources.toml").write_text(
        '[own]\nrole = "places_library"\nclient = "municipal"\nfile = "places_library.csv"\nholds = "libraries"\n'
        f'scope = "city"\nurls = ["{url}"]\nfresh_days = 0\n'
    )
    study = replace(Study.of("dimona"), lists={"library": replace(MAPPED, where={})})
    states = [fetch(study, tmp_path, Wish(only=("own",)), quick_wire())[0] for _ in range(3)]
    assert [outcome.state for outcome in states] == ["fetched", "unchanged", "failed"], [one.why for one in states]
    assert "2 places" in states[0].why and (tmp_path / "dimona" / "places_library.csv").read_bytes() == CSV.encode()
