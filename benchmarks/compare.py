"""Answers compared before anything is measured."""

from __future__ import annotations

import numpy as np

from benchmarks.measure import Worker, tell
from benchmarks.works import CUTOFFS, Work
from geokehila.reach import Streets
from geokehila.reach.ticks import rounded

#: [m] The engine's length of streets in reach is off by at most two units of 4 mm and a rounding on an edge of up to
#: 131 m (`reach.lengths`).
EDGE_M = 0.012
#: From the far end of a place's own street cityseer walks the metres as they are, not in ticks: half a tick, which is
#: 4 / 900 / 32 of the weight of a kind of place, once in the sum and once in what it is divided by.
HALF_TICK = 2 * 4 / 900 / 32


class DifferentError(Exception):
    """Two libraries answer differently where they mean the same."""


def same_answers(workers: list[Worker], task: str) -> dict[str, str]:
    """Ask all and compare each with the engine's variant that means the same.

    Returns
    -------
    dict
        By name, what was compared, for the table.

    Raises
    ------
    DifferentError
        More answers differ than the library's own rounding explains.
    """
    found = {worker.name: worker.answer("answer", task) for worker in workers}
    by_name = {worker.name: worker for worker in workers}
    said = {}
    for worker in workers:
        if worker.name.startswith("GeoKehila"):
            continue
        at, theirs = found[worker.name]
        ours = found[worker.twin][1][at]
        least = by_name[worker.twin].answer("fewest", worker.slack)[at] if worker.slack else ours
        equal = float((ours == theirs).mean())
        tell(f"  {worker.name}: {equal:.4%} of {theirs.size:,} answers equal")
        wrong = np.argwhere((theirs > ours) | (theirs < least))
        if len(wrong):
            row = tuple(wrong[0])
            raise DifferentError(
                f"{task}: {len(wrong):,} of {theirs.size:,} answers of {worker.name} and {worker.twin} differ; the "
                f"first at origin {at[row[0]]}, {row[1:]}: {theirs[row]} and {ours[row]}"
            )
        beside = f" but {(1 - equal):.2%}, just at a cutoff" if equal < 1 else ""
        said[worker.name] = f"all {theirs.size:,} equal{beside}"
    return said


def same_mix(engine: Worker, other: Worker) -> str:
    """Compare Hill numbers with the engine's wherever no place lies just at the cutoff.

    Raises
    ------
    DifferentError
        One differs by more than a walk rounded to ticks explains.
    """
    at, theirs = other.answer("answer", "mix")
    ours, settled = engine.answer("as_cityseer")[at], engine.answer("settled", other.slack)[at]
    off = np.abs(ours - theirs) / np.maximum(ours, 1.0)
    if wrong := (off[settled] > HALF_TICK).sum():
        row = np.flatnonzero(settled)[off[settled].max(axis=1).argmax()]
        raise DifferentError(
            f"mix: {wrong:,} of {theirs.size:,} Hill numbers of {other.name} and {engine.name} differ; most at origin "
            f"{at[row]}: {theirs[row]} and {ours[row]}"
        )
    rest = f"; {(~settled).mean():.1%} of the origins, with a place just at the cutoff, left out"
    return f"all {theirs[settled].size:,} equal within {off[settled].max():.0e}{'' if settled.all() else rest}"


def same_streets(work: Work, ours: Streets, at: np.ndarray, walk: np.ndarray) -> str:
    """Compare streets in reach with what plain numpy makes of the walks from some origins to all nodes (O, N).

    Raises
    ------
    DifferentError
        Nodes or intersections differ at all, or lengths by more than their rounding.
    """
    network = work.hilly
    ends = np.concatenate([network.tail, network.head])
    crossing = np.bincount(ends, minlength=work.nodes) >= 3
    forward, backward = (np.maximum(rounded(s), 1) for s in (network.forward_s, network.backward_s))
    worst = 0.0
    for k, cutoff in enumerate(CUTOFFS):
        within = walk <= cutoff
        if (ours.nodes[at, k] != within.sum(axis=1)).any():
            raise DifferentError(f"counts: nodes within {cutoff / 16} s differ from scipy's")
        if (ours.intersections[at, k] != within[:, crossing].sum(axis=1)).any():
            raise DifferentError(f"counts: intersections within {cutoff / 16} s differ from scipy's")
        from_tail = np.clip((cutoff - walk[:, network.tail]) / forward, 0, 1)
        from_head = np.clip((cutoff - walk[:, network.head]) / backward, 0, 1)
        walked = np.minimum(from_tail + from_head, 1)
        off = np.abs(ours.length_m[at, k] - walked @ network.length_m)
        if (off > EDGE_M * ((walked > 0).sum(axis=1) + 1)).any():
            raise DifferentError(f"counts: street length within {cutoff / 16} s is {off.max():.3f} m off")
        worst = max(worst, float(off.max()))
    return f"nodes and intersections equal from {len(at)} origins, street length within {worst:.2f} m"
