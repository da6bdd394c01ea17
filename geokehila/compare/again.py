"""The inputs of an older run measured once more, with this version and the choices of a newer run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geokehila import __version__, pipeline, summary
from geokehila.catalogue.otherwise import in_words, unlike
from geokehila.compare.sides import Side
from geokehila.errors import InputError, StudyError
from geokehila.journal import Journal
from geokehila.load.folders import opened
from geokehila.load.roles import Inputs
from geokehila.study import Study

#: What a run is compared with is no input that its shares depend on.
PREVIOUS = "previous"


def _silent(stage: str) -> None:
    """Tell nobody of a stage."""


@dataclass(frozen=True, eq=False)
class Again:
    """What it takes to measure an older run's inputs by a newer run's method.

    Attributes
    ----------
    study
        The choices of the newer run.
    data
        Folder with one folder of input files per city, from which the older run was made.
    progress
        Called with the name of each stage as it begins.

    Examples
    --------
    >>> Again(Study.of("dimona"), Path("data/2024")).data.name
    '2024'
    """

    study: Study
    data: Path
    progress: Callable[[str], None] = _silent

    def measure(self, before: Side, after: Side) -> Side:
        """Measure them, in memory: nothing is written, and hubs, which no share depends on, are left out.

        Raises
        ------
        InputError
            The files are not those of the older run, or the newer one was made by another version than this.
        StudyError
            The study chooses otherwise than the newer run did.
        """
        if after.record["version"] != __version__:
            made = f"run {after.record['run_id']} was made by version {after.record['version']}"
            raise InputError(f"compare: {made}, this is {__version__}: make it anew, or compare without old inputs")
        if others := unlike(self.study.told(), after.record):
            remedy = "name the study it was made with by --study"
            raise StudyError(f"compare: run {after.record['run_id']} chose otherwise of {in_words(others)}: {remedy}")
        inputs = self._inputs(before)
        study = replace(self.study, hubs=replace(self.study.hubs, add=0, resamples=0))
        results = pipeline.compute(study, inputs, Journal(self.progress))
        record = summary.record(results, before.record["run_id"])
        return Side(record, {name: _flat(table) for name, table in results.tables().items()})

    def _inputs(self, before: Side) -> Inputs:
        """Find the older run's files as its own study did, and see that they are the same."""
        own = pipeline.choose(before.slug, self.data)
        inputs = opened(own, self.data)
        inputs = replace(inputs, files={role: files for role, files in inputs.files.items() if role != PREVIOUS})
        must_be_those(before, inputs)
        return inputs


def must_be_those(before: Side, inputs: Inputs) -> None:
    """Raise `InputError` where files are not those that a run was made from: names may differ, checksums not."""
    made_from = [row for row in before.record["inputs"] if row["role"] != PREVIOUS]
    found = inputs.fingerprints()
    run = f"run {before.record['run_id']}"
    remedy = f"give the raw data of that time, the folder above {before.slug}/"
    for rows, others, what in (
        (made_from, found, f"{run} was made from is not in {inputs.folder}: {remedy}"),
        (found, made_from, f"{inputs.folder} holds is none {run} was made from: {remedy}"),
    ):
        known = {(row["role"], row["sha256"]) for row in others}
        if lost := [row for row in rows if (row["role"], row["sha256"]) not in known]:
            raise InputError(f"{lost[0]['role']}: the {lost[0]['file']} that {what}")


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is kept: with its index as a column."""
    return table.reset_index() if table.index.name else table
