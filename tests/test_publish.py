"""A run in PostGIS: every row as it is kept, keys, comments and indexes; again and again the same; all or nothing."""

import json
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import postgres
import pytest
from pandas.testing import assert_frame_equal

from geokehila.catalogue import Catalogue
from geokehila.catalogue.columns import Columns
from geokehila.errors import InputError, RunError, StudyError
from geokehila.schema import TABLES
from geokehila.store.database import Target
from geokehila.store.postgis import publish
from geokehila.store.published import RESULTS, parts

COLUMNS = Columns(Catalogue.read())


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with postgres.server() as found:
        yield found


def asked(address: str, query: str) -> list[tuple[Any, ...]]:
    import psycopg

    with psycopg.connect(address) as database:
        return database.execute(query).fetchall()


def content(address: str, schema: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, sorted."""
    names = [name for (name,) in asked(address, f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}'")]
    return {name: sorted(asked(address, f'SELECT t::text FROM {schema}."{name}" t')) for name in names}


def read(address: str, query: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """As an analyst reads it."""
    from sqlalchemy import create_engine

    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as database:
        has_shape = query.endswith(".zones")
        found = gpd.read_postgis(query, database, "geometry") if has_shape else pd.read_sql(query, database)
    engine.dispose()
    return found


def plain(frame: pd.DataFrame, key: list[str], columns: list[str]) -> pd.DataFrame:
    """The rows by their key, whatever types a file or a database keeps them in; what is missing is None."""
    rows = pd.DataFrame(frame).sort_values(key, ignore_index=True)[columns].astype(object)
    return rows.where(rows.notna(), None)


def other(run: Path, folder: Path, slug: str = "elsewhere", **record: Any) -> Path:
    """A copy of a run as one of another city."""
    made = shutil.copytree(run, folder / slug / run.name)
    told = json.loads((made / "run.json").read_text("utf-8")) | record
    told["city"] |= {"slug": slug}
    (made / "run.json").write_text(json.dumps(told), encoding="utf-8")
    if slug != "neve-or":
        (made / "neve-or.gpkg").rename(made / f"{slug}.gpkg")
    return made


@pytest.fixture(scope="module")
def light(neve_or: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run with some of its tables: enough where it matters how they are written."""
    made = tmp_path_factory.mktemp("light") / neve_or.path.name
    made.mkdir()
    for name in ("run.json", "gaps.parquet", "survey.parquet", "zonings.parquet"):
        shutil.copy(neve_or.path / name, made)
    for layer in ("zones", "hubs", "streets"):
        shapes = gpd.read_file(neve_or.path / "neve-or.gpkg", layer=layer)
        shapes.to_file(made / "neve-or.gpkg", layer=layer)
    return made


@pytest.fixture(scope="module")
def published(neve_or: Any, address: str) -> str:
    """The sample town in schema `town`, for those who only read it."""
    publish(neve_or.path, COLUMNS, Target(address, "town"))
    return "town"


def test_rows_are_those_that_are_kept_to_the_last_bit(neve_or: Any, address: str, published: str) -> None:
    for name in ("gaps", "zone_scores", "additions"):
        kept = pd.read_parquet(neve_or.path / f"{name}.parquet")
        found = read(address, f"SELECT * FROM {published}.{name}")
        assert {*found} == {*kept, "city", "run_id"}
        assert {*found["city"]} == {"neve-or"} and {*found["run_id"]} == {neve_or.path.name}
        both = [plain(frame, [*TABLES[name].key], [*kept]) for frame in (found, kept)]
        assert_frame_equal(*both)
    # Missing is missing and an empty text is one: a gap without a reason has "".
    assert asked(address, f"SELECT count(*) FROM {published}.gaps WHERE reason = ''")[0][0] > 0


def test_layers_are_those_of_the_geopackage_shapes_too(neve_or: Any, address: str, published: str) -> None:
    kept = gpd.read_file(neve_or.path / "neve-or.gpkg", layer="zones")
    found = read(address, f"SELECT * FROM {published}.zones")
    assert isinstance(found, gpd.GeoDataFrame) and found.crs == kept.crs == "EPSG:2039"
    assert_frame_equal(*[plain(frame, ["zone_id"], [*kept]) for frame in (found, kept)])


def test_all_layers_and_results_are_there_and_tell_of_their_run(neve_or: Any, address: str, published: str) -> None:
    layers = {str(name) for name in gpd.list_layers(neve_or.path / "neve-or.gpkg")["name"]} - {"layer_styles"}
    results = {name for name in RESULTS if (neve_or.path / f"{name}.parquet").is_file()}
    assert content(address, published).keys() == layers | results | {"runs"}
    ((record, fictional),) = asked(address, f"SELECT record, fictional FROM {published}.runs")
    assert json.loads(record) == json.loads((neve_or.path / "run.json").read_text("utf-8"))
    assert fictional is True


def test_every_table_has_a_key_an_index_of_its_shapes_and_words(address: str, published: str) -> None:
    tables = content(address, published).keys()
    keys = dict(
        asked(
            address,
            "SELECT t.relname, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)) "
            "FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = t.oid "
            f"AND a.attnum = ANY(i.indkey) WHERE i.indisprimary AND t.relnamespace = '{published}'::regnamespace "
            "GROUP BY t.relname",
        )
    )
    assert keys.keys() == tables and {key[0] for key in keys.values()} == {"city"}
    assert keys["gaps"] == ["city", *TABLES["gaps"].key] and keys["rollout"] == [*TABLES["rollout"].key]
    shapes = {row[0] for row in asked(address, "SELECT f_table_name FROM geometry_columns WHERE srid = 2039")}
    gist = asked(address, f"SELECT tablename FROM pg_indexes WHERE schemaname = '{published}' AND indexdef ~ 'gist'")
    assert {name for (name,) in gist} == shapes & tables and {"zones", "homes", "hubs", "zonings"} <= shapes
    without = "SELECT relname FROM pg_class WHERE relnamespace = '{}'::regnamespace AND relkind = 'r' AND {} IS NULL"
    assert asked(address, without.format(published, "obj_description(oid)")) == []
    words = dict(
        asked(
            address,
            "SELECT c.relname || '.' || a.attname, col_description(c.oid, a.attnum) FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
            f"WHERE c.relkind = 'r' AND c.relnamespace = '{published}'::regnamespace",
        )
    )
    assert [column for column, said in words.items() if not said] == []
    assert words["gaps.next_m"].splitlines()[0].endswith("[m]") and "[מ׳]" in words["gaps.next_m"]
    assert words["gaps.next_m"].endswith("docs/methods/gaps.md")


def test_every_column_that_is_published_has_its_words(neve_or: Any) -> None:
    told = [(part.name, column) for part in parts(neve_or.path) for column in part.kinds]
    assert [column for column in told if not COLUMNS.knows(*column)] == []


def test_publishing_again_changes_nothing_and_another_city_stands_beside(
    light: Path, address: str, tmp_path: Path
) -> None:
    target = Target(address, "two")
    publish(light, COLUMNS, target)
    first = content(address, "two")
    told = publish(other(light, tmp_path), COLUMNS, target)
    both = content(address, "two")
    assert {name: len(rows) for name, rows in both.items()} == {name: 2 * len(rows) for name, rows in first.items()}
    assert told.rows == {name: len(rows) for name, rows in first.items()}
    publish(light, COLUMNS, target)
    assert content(address, "two") == both


def test_a_newer_run_takes_the_place_of_the_older_with_other_tables_and_columns(
    light: Path, address: str, tmp_path: Path
) -> None:
    target = Target(address, "newer")
    publish(light, COLUMNS, target)
    newer = other(light, tmp_path, "neve-or", run_id="0123456789")
    (newer / "survey.parquet").unlink()
    gaps = pd.read_parquet(newer / "gaps.parquet").head(5)
    gaps.assign(wheels_count=[1.5, None, 3.0, 4.0, 5.0]).to_parquet(newer / "gaps.parquet")
    publish(newer, COLUMNS, target)
    assert asked(address, "SELECT count(*) FROM newer.survey") == [(0,)]
    assert asked(address, "SELECT run_id, count(*), sum(wheels_count) FROM newer.gaps GROUP BY 1") == [
        ("0123456789", 5, 13.5)
    ]
    assert asked(address, "SELECT DISTINCT run_id FROM newer.zones") == [("0123456789",)]


def test_a_failure_leaves_what_was_there(light: Path, address: str, tmp_path: Path) -> None:
    broken = other(light, tmp_path, "neve-or", run_id="0123456789")
    survey = pd.read_parquet(broken / "survey.parquet")
    pd.concat([survey, survey]).to_parquet(broken / "survey.parquet")
    with pytest.raises(RunError, match=r"refused .*it is as it was"):
        publish(broken, COLUMNS, Target(address, "broken"))
    assert asked(address, "SELECT 1 FROM pg_namespace WHERE nspname = 'broken'") == [], "not even a schema"
    publish(light, COLUMNS, Target(address, "broken"))
    before = content(address, "broken")
    with pytest.raises(RunError, match="duplicate key"):
        publish(broken, COLUMNS, Target(address, "broken"))
    assert content(address, "broken") == before


def test_two_who_publish_at_once_into_a_schema_that_is_not_there_wait_for_each_other(
    light: Path, address: str, tmp_path: Path
) -> None:
    runs = [light, other(light, tmp_path), other(light, tmp_path, "third")]
    with ThreadPoolExecutor(3) as at_once:
        told = [*at_once.map(lambda run: publish(run, COLUMNS, Target(address, "at_once")), runs)]
    assert asked(address, "SELECT city FROM at_once.runs ORDER BY 1") == [("elsewhere",), ("neve-or",), ("third",)]
    assert asked(address, "SELECT count(*) FROM at_once.gaps") == [(sum(one.rows["gaps"] for one in told),)]


def test_nothing_of_others_is_touched(light: Path, address: str) -> None:
    import psycopg

    with psycopg.connect(address) as database:
        database.execute("CREATE SCHEMA shared")
        database.execute("CREATE TABLE shared.zones AS SELECT 'mine' AS whose")
        database.execute("CREATE TABLE shared.towns AS SELECT 'neve-or' AS city")
    with pytest.raises(StudyError, match="has a table zones that is not of GeoKehila: name another --schema"):
        publish(light, COLUMNS, Target(address, "shared"))
    assert content(address, "shared") == {"zones": [("(mine)",)], "towns": [("(neve-or)",)]}


def test_one_schema_holds_one_reference_system(light: Path, address: str, tmp_path: Path) -> None:
    publish(light, COLUMNS, Target(address, "one"))
    before = content(address, "one")
    with pytest.raises(StudyError, match="holds shapes in EPSG:2039, this run's are in EPSG:32628: name another"):
        publish(other(light, tmp_path, crs="EPSG:32628"), COLUMNS, Target(address, "one"))
    with pytest.raises(StudyError, match="EPSG code"):
        publish(other(light, tmp_path, "third", crs="+proj=tmerc +lat_0=31"), COLUMNS, Target(address, "third"))
    assert content(address, "one") == before


@pytest.mark.parametrize("wrong", ["mysql://u:t0p@h/d", "planner:t0p@h/d", "postgresql://u:t0p@h:port:/d?x", ""])
def test_an_address_that_is_none_is_refused_and_not_repeated(wrong: str, light: Path) -> None:
    with pytest.raises(StudyError, match="write postgresql://user@host/database") as error:
        publish(light, COLUMNS, Target(wrong))
    assert "t0p" not in str(error.value)


def test_no_fault_and_no_noun_shows_a_password(light: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = address.replace(postgres.PASSWORD, "t0p-hidden")
    target = Target(wrong)
    with pytest.raises(RunError, match=r"cannot be reached .*password authentication failed") as error:
        publish(light, COLUMNS, target)
    assert error.value.__cause__ is None and error.value.__suppress_context__
    said = capsys.readouterr()
    assert all("t0p-hidden" not in text for text in (str(error.value), repr(target), said.out, said.err))
    with pytest.raises(RunError, match="at /nowhere: cannot be reached"):
        publish(light, COLUMNS, Target("postgresql://planner@/plans?host=/nowhere"))


def test_a_database_that_cannot_be_reached_is_told_before_a_table_is_read(
    light: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geokehila.store.postgis.parts", pytest.fail)
    with pytest.raises(RunError, match="database plans at "):
        publish(light, COLUMNS, Target("postgresql://planner@127.0.0.1:9/plans"))


def test_without_the_extra_one_line_names_it(light: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RunError, match=r"pip install 'geokehila\[postgis\]'"):
        publish(light, COLUMNS, Target("postgresql://planner@/plans"))


def test_the_command_publishes_the_last_run_and_prints_what(neve_or: Any, address: str) -> None:
    from typer.testing import CliRunner

    from geokehila_cli.app import app

    out = neve_or.path.parents[3]
    words = ["publish", "neve-or", "--to", address, "--out", str(out), "--data", str(out.parent / "raw")]
    done = CliRunner().invoke(app, [*words, "--schema", "by_command"])
    assert done.exit_code == 0, done.output
    rows = content(address, "by_command")
    assert done.output == (
        f"neve-or {neve_or.path.name}: {sum(map(len, rows.values())):,} rows in {len(rows)} tables "
        "of schema by_command\n"
    )
    absent = CliRunner().invoke(app, [*words, "--run", str(out)])
    assert isinstance(absent.exception, InputError) and "holds no run.json" in str(absent.exception)
