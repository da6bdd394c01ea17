"""The walkability index by hand against a reference; who may build one; a fictional one serves no real place."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geokehila import reference
from geokehila.errors import InputError
from geokehila.reference import COMPONENTS, Component, Frozen

MEANS = {"intersections_per_km2": 50.0, "net_dwellings_per_ha": 40.0, "retail_intensity_per_km2": 10.0,
         "mix_zone_entropy_score": 0.5}  # fmt: skip
SDS = {"intersections_per_km2": 25.0, "net_dwellings_per_ha": 20.0, "retail_intensity_per_km2": 5.0,
       "mix_zone_entropy_score": 0.1}  # fmt: skip
REAL = Frozen("2026-01-01", False, ("a 1",), {key: Component(MEANS[key], SDS[key], 30) for key in COMPONENTS})
COLUMNS = ["zoning", "zone_id", "profile", "group", "measure", "value", "low", "high", "reason"]


def zone_scores(zones: dict[str, dict[str, float]]) -> pd.DataFrame:
    rows = [
        ("zone", zone_id, "adult", "total", measure, value, np.nan, np.nan, "")
        for zone_id, measures in zones.items()
        for measure, value in measures.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def one(**measures: float) -> dict[str, float]:
    return MEANS | measures


def test_the_index_by_hand() -> None:
    # The page of method: one standard deviation more junctions, two less homes, the mean of shops, half one more mix.
    zone = one(intersections_per_km2=75.0, net_dwellings_per_ha=0.0, mix_zone_entropy_score=0.55)
    rows, absent = reference.index(zone_scores({"z": zone}), REAL, fictional=False)
    found = rows.set_index("measure")["value"]
    assert absent == () and found["walkability_4_score"] == pytest.approx(2 * 1 - 2 + 0 + 0.5)
    assert found["walkability_3_score"] == pytest.approx(0.5)


def test_the_mean_of_the_reference_is_zero_and_each_component_lifts_it() -> None:
    zones = {"mean": one()} | {key: one(**{key: MEANS[key] + SDS[key]}) for key in COMPONENTS}
    rows, _ = reference.index(zone_scores(zones), REAL, fictional=False)
    found = rows[rows["measure"] == "walkability_4_score"].set_index("zone_id")["value"]
    assert found["mean"] == 0
    assert {key: found[key] for key in COMPONENTS} == pytest.approx(dict(COMPONENTS))


def test_what_is_not_known_is_named_and_shops_are_not_needed_without_retail() -> None:
    zones = {"a": one(retail_intensity_per_km2=np.nan), "b": one(mix_zone_entropy_score=np.nan)}
    found = reference.index(zone_scores(zones), REAL, fictional=False)[0].set_index(["zone_id", "measure"])
    assert found.loc[("a", "walkability_4_score"), "reason"] == "retail_intensity_per_km2"
    assert (
        np.isnan(found.loc[("a", "walkability_4_score"), "value"])
        and found.loc[("a", "walkability_3_score"), "value"] == 0
    )
    assert found.loc[("b", "walkability_3_score"), "reason"] == "mix_zone_entropy_score"


@pytest.mark.parametrize(
    ("frozen", "fictional", "reason"),
    [
        (None, False, "no_reference"),
        (Frozen("", True, (), REAL.components), False, "reference_fictional"),
        (Frozen("", True, (), REAL.components), True, ""),
        (REAL, True, ""),
    ],
)
def test_without_a_real_reference_a_real_place_has_no_index(
    frozen: Frozen | None, fictional: bool, reason: str
) -> None:
    rows, absent = reference.index(zone_scores({"z": one()}), frozen, fictional)
    assert {one.reason for one in absent} == ({reason} if reason else set()) and rows.empty == bool(reason)


# --- building one ----------------------------------------------------------------------------------------------------


def run(
    folder: Path, slug: str, zones: dict[str, dict[str, float]], fictional: bool = False, run_id: str = "0"
) -> Path:
    made = folder / slug / run_id
    made.mkdir(parents=True)
    record = {
        "city": {"slug": slug},
        "run_id": run_id,
        "fictional": fictional,
        "dates": {"osm": f"2026-01-{len(slug):02}"},
    }
    (made / "run.json").write_text(json.dumps(record), encoding="utf-8")
    zone_scores(zones).to_parquet(made / "zone_scores.parquet")
    return made


def peopled(x: float, people: float = 1000.0) -> dict[str, float]:
    return dict.fromkeys(COMPONENTS, x) | {"people": people}


def test_a_reference_is_the_mean_and_deviation_of_zones_where_people_live(tmp_path: Path) -> None:
    few = {"1": peopled(1.0), "2": peopled(3.0), "empty": peopled(99.0, people=199.0)}
    runs = [run(tmp_path, "aa", few), run(tmp_path, "bbb", {"1": peopled(5.0, people=200.0)})]
    made = reference.build(runs, least=2)
    # 1, 3 and 5: mean 3, variance (4 + 0 + 4) / 2 = 4.
    assert made.components["intersections_per_km2"] == Component(3.0, 2.0, 3)
    assert made.localities == ("aa 0", "bbb 0") and made.date == "2026-01-03" and not made.fictional


def test_twenty_real_localities_are_needed(tmp_path: Path) -> None:
    runs = [run(tmp_path, f"town{i}", {"1": peopled(float(i))}) for i in range(19)]
    with pytest.raises(InputError, match="19 real localities, 20 are needed"):
        reference.build(runs)
    assert len(reference.build([*runs, run(tmp_path, "last", {"1": peopled(9.0)})]).localities) == 20


def test_a_fictional_town_makes_the_reference_fictional(tmp_path: Path) -> None:
    made = reference.build([run(tmp_path, "dream", {"1": peopled(1.0), "2": peopled(2.0)}, fictional=True)])
    assert made.fictional and "FICTIONAL" in reference.as_toml(made)


def test_a_locality_counts_once_and_no_run_is_no_case(tmp_path: Path) -> None:
    twice = [run(tmp_path, "aa", {"1": peopled(1.0)}, run_id=i) for i in ("0", "1")]
    with pytest.raises(InputError, match="aa stands in two runs"):
        reference.build(twice, least=1)
    with pytest.raises(InputError, match="holds no run"):
        reference.build([tmp_path / "nothing"])
    with pytest.raises(InputError, match="known of 1 zones"):
        reference.build([twice[0]], least=1)
    with pytest.raises(InputError, match="0 real localities"):
        reference.build([])


def test_a_reference_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "reference.toml"
    path.write_text(reference.as_toml(REAL), encoding="utf-8")
    assert reference.read(path) == REAL
    path.write_text("date = 1", encoding="utf-8")
    with pytest.raises(InputError, match="reference build"):
        reference.read(path)
    with pytest.raises(InputError, match="check the path"):
        reference.read(tmp_path / "none.toml")
