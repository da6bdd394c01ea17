"""The order of a run, on one page: files in, tables, walks, scores, and out to disk and page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import pandas as pd

from geokehila import __version__, advising, changes, measuring, reference, summary
from geokehila import inventory as assets
from geokehila.arguments import as_path
from geokehila.brief import Brief
from geokehila.catalogue import REGIONS, City, city
from geokehila.draw import cards, city_page, datapackage, qgis, sheets
from geokehila.draw.town import Town, language_of
from geokehila.errors import GeoKehilaError, StudyError
from geokehila.gathered import Gathered, believe, gather, lead, parted
from geokehila.journal import Journal
from geokehila.load import folders
from geokehila.load.roles import Inputs
from geokehila.reach.warm import compile_kernels, is_warm
from geokehila.results import Results
from geokehila.store import keep, kept, office, tables
from geokehila.study import STUDY, Study, is_path

#: Is told of each stage as it begins.
Tell = Callable[[str], None]


@dataclass(frozen=True, eq=False, repr=False)
class Run(Brief):
    """What a run made; by itself in a notebook it says what it is of and what it holds.

    Attributes
    ----------
    origins
        GeoDataFrame, a row a home: `people`, an adult's states, walks [s], and those in metres [m].
    zones
        GeoDataFrame, a row an area, with every measure of an adult: of shares (0 to 1) and people beyond at least
        (``_low``), at most (``_high``) and why that is open (``_reason``). 0 is measured none, missing is not known.
    places
        GeoDataFrame, a row a place. All three are in the CRS of the study [m].
    summary
        Content of ``run.json``: inputs, counts, warnings.
    path, page
        Folder of the tables, and the page to open.
    study
        The choices it was made with.

    Examples
    --------
    >>> made = run("dimona")  # doctest: +SKIP
    >>> low, high = (made.zones[f"domain_health_share_{end}"] for end in ("low", "high"))  # doctest: +SKIP
    >>> bool((low.isna() | (low <= high)).all())  # doctest: +SKIP
    True
    """

    _shows = ("origins", "zones", "places", "tables", "summary", "path", "page", "study")

    origins: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    summary: Mapping[str, Any]
    path: Path
    page: Path
    study: Study

    def _title(self) -> str:
        facts, weights = self.summary["facts"], self.summary["weights"]
        return f"Run {self.path.name} of {self.study.city.name['en']}, {facts['people_placed']:,.0f} {weights}"

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Every table by name (``gaps``, ``hubs``, ``zone_scores``, ...), read from its folder when first asked for.

        Raises
        ------
        UnknownNameError
            When it is asked for a table that the run has not: the nearest is named. It is a `KeyError`, too.

        Examples
        --------
        >>> made = run("dimona")  # doctest: +SKIP
        >>> bool((made.tables["gaps"]["beyond_low"] >= 0).all())  # doctest: +SKIP
        True
        """
        return kept.KeptTables(self.path)

    def figure(self) -> folium.Map:
        """Return the page as a folium map, which a notebook shows.

        Examples
        --------
        >>> run("dimona").figure().location is not None  # doctest: +SKIP
        True
        """
        return city_page.figure(Town(self.study, self.tables, self.summary))


def run(
    study: Study | Path | str,
    data: Path | str = "data/raw",
    out: Path | str = ".",
    progress: Tell = lambda stage: None,
) -> Run:
    """Do the main job for one city: what its homes reach on foot, what they do not, and what is not known.

    Parameters
    ----------
    study
        The slug of a city (whose folder below `data` may hold a study.toml), its name in any language, the path of a
        study.toml or of the folder that holds one, or a :class:`Study`.
    data
        Folder with one folder of input files per city, and ``national`` for files that serve all.
    out
        Folder that receives ``data/processed/<slug>/<run_id>/`` and ``maps/<slug>/``.
    progress
        Called with the name of each stage as it begins.

    Returns
    -------
    Run
        Homes, zones and places as GeoDataFrames [m], every table by name, and the page.

    Raises
    ------
    StudyError, InputError
        The choices or the files cannot be used.
    RunError
        Another run of this city is at work, or the folders below `out` cannot be written.

    Notes
    -----
    Whatever is raised, an interrupt among it, the last good run stays; what is told of this one stands beside it in
    ``unfinished/`` until another run of the city.

    Examples
    --------
    >>> bool(run("dimona").summary["facts"]["people_placed"] > 0)  # doctest: +SKIP
    True
    """
    data, out = as_path(data, "data"), as_path(out, "out")
    chosen = choose(study, data)
    return make(chosen, found(chosen, data, out), out, progress)


def make(study: Study, inputs: Inputs, out: Path, progress: Tell = lambda stage: None) -> Run:
    """Do the main job with files that were found; as :func:`run` else."""
    journal = Journal(progress)
    journal.stage("inputs")
    with keep.alone(out, study.city.slug) as desk, journal.told(desk.unfinished, _about(study, inputs)):
        results = compute(study, inputs, journal)
        inputs.must_be_unchanged()
        journal.stage("writing")
        return _keep(results, desk, journal)


def found(study: Study, data: Path, out: Path) -> Inputs:
    """Find the files of a study as :func:`.load.folders.opened`, or tell beside the runs why it cannot be run."""
    try:
        return folders.opened(study, data)
    except GeoKehilaError as error:
        refused(study, Inputs({}, ()), out, error)
        raise


def refused(study: Study, inputs: Inputs, out: Path, error: GeoKehilaError) -> None:
    """Tell beside a city's runs of one that did not begin, and why; where that cannot be told, nothing is."""
    journal = Journal(lambda stage: None)
    journal.stage("inputs")
    with (
        suppress(GeoKehilaError),
        keep.alone(out, study.city.slug) as desk,
        journal.told(desk.unfinished, _about(study, inputs)),
    ):
        raise error


@dataclass(frozen=True)
class Written:
    """An inventory on disk, how many places it holds, and where it is looked for when it comes back."""

    path: Path
    places: int
    corrections: Path


def inventory(
    study: Study | Path | str,
    data: Path | str = "data/raw",
    path: Path | str | None = None,
    progress: Tell = lambda stage: None,
) -> Written:
    """Write the places of a city as a file that people correct: ``corrections.*`` in its folder is read by every run.

    Parameters
    ----------
    study, data, progress
        As for :func:`run`.
    path
        A new ``.xlsx``, ``.csv``, ``.gpkg`` or ``.geojson``; None: ``inventory_<slug>.xlsx`` where one stands.

    Raises
    ------
    StudyError, InputError, RunError
        The choices or the files cannot be used, or the file is there already.

    Examples
    --------
    >>> inventory("dimona", path="dimona.gpkg").places  # doctest: +SKIP
    """
    chosen, inputs = opened(study, data)
    to = Path(path or f"inventory_{chosen.city.slug}.xlsx")
    assets.must_be_new(to)
    gathered = gather(chosen, inputs, progress)
    rows = assets.table(gathered.places)
    language = language_of(chosen)
    assets.write(rows, to, chosen.catalogue.categories, gathered.osm.date or "2000-01-01", language)
    return Written(to, len(rows), inputs.folder / f"corrections{to.suffix}")


def compute(study: Study, inputs: Inputs, journal: Journal) -> Results:
    """Go from files to scores, in memory."""
    earlier = changes.read(inputs, study.city.code)
    gathered = gather(study, inputs, journal.stage)
    if not is_warm():
        compile_kernels(journal.stage)
    journal.stage("walks")
    walks, origins = lead(study, gathered)
    gathered = parted(study, gathered, walks, origins)
    answers = measuring.answer(study, walks, gathered.places.with_categories())
    journal.stage("belief")
    believed = believe(study, gathered, origins)
    given = measuring.given(study, gathered, walks, origins, believed)
    scores = measuring.measure(given, answers, _reference(inputs), journal.stage)
    town = advising.Town(inputs, gathered, walks, given, answers, believed, scores)
    return Results(
        study=study,
        inputs=inputs,
        gathered=gathered,
        walks=walks,
        given=given,
        answers=answers,
        confidence=believed,
        scores=scores,
        advice=advising.advise(town, journal.stage),
        since=changes.since(earlier, study, __version__, scores.of_zones, _editions(gathered)) if earlier else None,
    )


def _editions(gathered: Gathered) -> frozenset[str]:
    """Return the editions that the zones are of."""
    return frozenset(gathered.counted.zones["vintage"])


def _reference(inputs: Inputs) -> reference.Frozen | None:
    """Read what the walkability index is measured against, None where none is given."""
    remedy = "give one that `geokehila reference build` made"
    return reference.read(inputs.must("reference", remedy)) if "reference" in inputs.files else None


def opened(study: Study | Path | str, data: Path | str) -> tuple[Study, Inputs]:
    """Return the choices and the files of a city."""
    data = as_path(data, "data")
    chosen = choose(study, data)
    return chosen, folders.opened(chosen, data)


def choose(study: Study | Path | str, data: Path) -> Study:
    """Read a study.toml by its path, its folder or its city's folder, else take every default of the city."""
    return _chosen(study, data).lying_in(data)


def _chosen(study: Study | Path | str, data: Path) -> Study:
    if isinstance(study, Study):
        return study.checked()
    if not isinstance(study, str | Path):
        return Study.of(study)
    is_bare = Path(study).is_dir() and not (Path(study) / STUDY).is_file()
    if is_path(study) and not is_bare:
        return Study.read(study)
    own = data / str(study) / STUDY
    if own.is_file():
        return Study.read(own)
    chosen = Study(city=_city(str(study), data))
    named = data / chosen.city.slug / STUDY
    return Study.read(named) if named.is_file() else chosen


def _city(name: str, data: Path) -> City:
    """Return a city of the catalogue; of one that nobody knows tell where a folder of the user's own is sought."""
    try:
        return city(name, {path.parent.name for path in data.glob("*/study.toml")})
    except StudyError as error:
        if (folder := Path(name)).name and folder.is_dir():
            above = f"{folder.name} and data (--data) {folder.parent.as_posix()}"
            where = f"./{name}" if (folder / STUDY).is_file() else above
            raise StudyError(f"unknown city {name!r}, a folder: write {where}") from None
        own = f"; a folder with a study.toml is sought in {data.as_posix()}, name another as data (--data)"
        raise StudyError(f"{error}{'' if name in REGIONS else own}") from None


def _keep(results: Results, desk: keep.Desk, journal: Journal) -> Run:
    """Write everything at the desk, and only when it is whole put it in the place of the last good run."""
    run_id, slug = id_of(results.study, results.inputs), results.study.city.slug
    record, layers = summary.record(results, run_id), results.layers()
    made = results.tables()
    with keep.writing(desk.processed):
        tables.write_parquet(made, desk.run)
        date = results.gathered.osm.date or "2000-01-01"
        town = Town(results.study, made, record)
        catalogue = results.study.catalogue
        chosen = qgis.for_planners(layers, catalogue, made["zone_facts"])
        chosen["zone_scores"] = qgis.to_join(made["zone_scores"], catalogue)
        tables.write_geopackage(chosen, desk.run / f"{slug}.gpkg", date, qgis.dress(chosen, town, date))
        listed = sheets.sheets(town, chosen)
        office.write(listed, desk.run, slug, date, town.language)
        office.write_maps(sheets.maps(chosen, town), desk.run)
        tables.write_json(record, desk.run / "run.json")
        datapackage.write(town, listed, desk.run, date)
        cards.write(town, desk.page / keep.CARDS)
        city_page.write(town, desk.page / "index.html")
        journal.stage("done")
        tables.write_json(journal.content(), desk.run / "journal.json")
    path, page = desk.publish(run_id)
    return Run(layers["homes"], layers["zones"], results.gathered.places.places, record, path, page, results.study)


def id_of(study: Study, inputs: Inputs) -> str:
    """Return the run_id: first ten hex digits of what goes in, files, parameters, version; no clock in it."""
    parameters = asdict(study) | {"inputs": inputs.fingerprints(), "version": __version__}
    del parameters["folder"]
    return sha256(json.dumps(parameters, sort_keys=True, default=sorted).encode()).hexdigest()[:10]


def _about(study: Study, inputs: Inputs) -> dict[str, Any]:
    """Return what a run is of before anything is computed; of files that cannot be read the names alone."""
    try:
        of_files = {"inputs": inputs.fingerprints(), "run_id": id_of(study, inputs)}
    except (GeoKehilaError, OSError):
        of_files = {"inputs": inputs.named()}
    return {**study.told(), **of_files, "version": __version__}
