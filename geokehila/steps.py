"""The steps of a run by themselves, for notebooks: a town to try, a city read, one analysis, a run that is kept."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from geokehila import measuring, sample_town
from geokehila.arguments import as_path
from geokehila.catalogue import DISTANCE, known
from geokehila.draw.town import Town
from geokehila.gathered import Gathered, believe, gather, lead, parted
from geokehila.pipeline import Run, Tell, choose, opened, run
from geokehila.results import with_scores
from geokehila.schema import REFERENCE
from geokehila.store import keep, kept
from geokehila.store.tables import wide
from geokehila.study import Study
from geokehila.zones import ZONE

#: Slug of the sample town.
SAMPLE = "neve-or"


def demo(out: Path | str = ".", residents: int | None = None, progress: Tell = lambda stage: None) -> Run:
    """Build the fictional town Neve Or, or one of any size, and do the main job for it, offline.

    Parameters
    ----------
    out
        Folder that receives the town's files in ``data/raw/<slug>/``, and what :func:`run` makes of them.
    residents
        People of another town of that size, 1,500 to 1,000,000; None: Neve Or, of about 20,000.
    progress
        As for :func:`run`.

    Returns
    -------
    Run
        Of the town, every number of it invented: homes, zones, places and the page.

    Raises
    ------
    StudyError
        No town of that size can be made, or `out` is no path.
    InputError, RunError
        The folder cannot be written.

    Examples
    --------
    >>> demo("try").page.name  # doctest: +SKIP
    'index.html'
    """
    progress("building the sample town")
    out = as_path(out, "out")
    slug, raw = SAMPLE if residents is None else f"generated-{residents}", out / "data" / "raw"
    with keep.filling(raw / slug) as work:
        if residents is None:
            sample_town.write(work)
        else:
            sample_town.generate(work, residents)
    return run(slug, raw, out, progress)


def last_run(study: Study | Path | str, data: Path | str = "data/raw", out: Path | str = ".") -> Run:
    """Return the last good run of a city as it is kept, or any run by its folder, without doing it again.

    Parameters
    ----------
    study
        As for :func:`run`; or the folder of a run, which may be older than the last, or the file ``latest`` beside it.
    data, out
        As for :func:`run`; a run that is named by its folder needs no `out`.

    Returns
    -------
    Run
        Equal to that which :func:`run` returned.

    Raises
    ------
    StudyError
        No such city; the nearest is named.
    InputError
        No run of the city is kept below `out`; a kept one of nearly the same name is told.

    Examples
    --------
    >>> made = last_run("dimona")  # doctest: +SKIP
    >>> "gaps" in made.tables  # doctest: +SKIP
    True
    """
    data, out = as_path(data, "data"), as_path(out, "out")
    there = kept.standing(study) if isinstance(study, str | Path) else None
    chosen = choose(kept.record(there)["city"]["slug"] if there else study, data)
    folder = there or kept.newest(out, chosen.city.slug)
    above = next(iter(there.absolute().parents[3:4]), out) if there else out
    page = above / "maps" / chosen.city.slug / "index.html"
    town = Town(chosen, kept.KeptTables(folder), kept.record(folder))
    scores = [town.homes(profile) for profile in (REFERENCE, DISTANCE) if f"scores_{profile}" in town.tables]
    origins, zones, places = (gpd.GeoDataFrame(town.tables[name]) for name in ("origins", "zones", "places"))
    zones = wide(town.tables["zone_scores"], zones, ZONE, town.uncounted)
    return Run(with_scores(origins, scores), zones, places, town.record, folder, page, chosen)


def read_city(
    study: Study | Path | str, data: Path | str = "data/raw", progress: Tell = lambda stage: None
) -> Gathered:
    """Read a city's files as a run reads them, and walk nowhere: streets, buildings, places, people in their homes.

    Parameters
    ----------
    study, data, progress
        As for :func:`run`.

    Returns
    -------
    Gathered
        GeoDataFrames in the CRS of the study [m]: `osm.streets`, `buildings`, `places.places`, `homes.origins` (with
        `people`), `counted.zones`; and `ledgers`, what became of every row.

    Raises
    ------
    StudyError, InputError
        The choices or the files cannot be used.

    Examples
    --------
    >>> town = read_city("dimona")  # doctest: +SKIP
    >>> bool(town.homes.origins["people"].sum() <= town.homes.sums["source"] + 1e-6)  # doctest: +SKIP
    True
    """
    return gather(*opened(study, data), progress)


def analyse(
    study: Study | Path | str,
    analysis: str,
    profile: str | None = None,
    data: Path | str = "data/raw",
    progress: Tell = lambda stage: None,
) -> gpd.GeoDataFrame:
    """Do one analysis by itself, in memory: what every home has of it, as in a whole run.

    Parameters
    ----------
    analysis
        fifteen_minute, walkability, mixed_use, open_space, transit, emergency or sectors.
    profile
        Who walks: adult, older_adult, child, wheelchair, stroller, or ``distance`` for metres. None: an adult; of an
        analysis that measures in metres alone (transit) ``distance``.
    study, data, progress
        As for :func:`run`.

    Returns
    -------
    GeoDataFrame
        A row a home with `people` and the scores of the analysis, its units in the names of its columns (``_s``,
        ``_m``, ``_share``, ``_count``); 0 is measured none, missing is not known.

    Raises
    ------
    StudyError
        No such analysis, or none of it for that profile; or the choices cannot be carried out.
    InputError
        The files cannot be used.

    Examples
    --------
    >>> homes = analyse("dimona", "transit")  # doctest: +SKIP
    >>> bool((homes["bus_stop_m"].dropna() >= 0).all())  # doctest: +SKIP
    True
    """
    asked = measuring.ANALYSES[known(analysis, measuring.ANALYSES, "analysis")]
    chosen, inputs = opened(study, data)
    if profile is not None:
        known(profile, chosen.catalogue.walkers, "profile")
    gathered = gather(chosen, inputs, progress)
    progress("walks")
    walks, origins = lead(chosen, gathered)
    gathered = parted(chosen, gathered, walks, origins)
    horizon_s = chosen.catalogue.standards["horizon"].value
    answers = walks.run(asked.asks(chosen), chosen.catalogue.walkers, horizon_s)
    progress(analysis)
    given = measuring.given(chosen, gathered, walks, origins, believe(chosen, gathered, origins))
    scores = asked.measure(given, answers).homes
    who = profile or (REFERENCE if REFERENCE in scores else next(iter(scores)))
    return with_scores(origins, [scores[known(who, scores, f"profile of {analysis}:")]])
