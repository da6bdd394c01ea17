"""How the cost of an origin grows with the network, one thread; the largest with two threads too."""

from __future__ import annotations

from functools import partial

from benchmarks.measure import Worker, in_turns, tell
from benchmarks.table import markdown, seconds
from benchmarks.works import synthetic

ENGINE, SCIPY = "benchmarks.libraries.engine:Engine", "benchmarks.libraries.scipy:ScipyContracted"
SIZES, SMALL = (5_000, 50_000, 500_000, 3_000_000), (2_000, 8_000)
#: Origins that scipy searches from, where all would take too long.
SAMPLED = 128
TASKS = ("counts", "nearest")
COSTS = (
    "nodes",
    "prepare: µs an edge",
    "COUNTS: µs an origin",
    "scipy `limit`",
    "times",
    "NEAREST: µs an origin",
    "scipy `min_only`",
    "times",
)
THREADS = (
    "nodes",
    "COUNTS: clock s, one thread",
    "two threads",
    "times quicker",
    "cores used",
    "NEAREST: clock s, one thread",
    "two threads",
    "times quicker",
    "cores used",
    "peak, MB",
)


def growth(small: bool) -> str:
    """Measure towns made by rule, of rising size."""
    rows = [_measured(nodes) for nodes in (SMALL if small else SIZES)]
    return "\n\n".join(markdown(heads, [row[i] for row in rows]) for i, heads in enumerate((COSTS, THREADS)))


def _measured(nodes: int) -> tuple[list[str], list[str]]:
    """Measure one size: a row of costs, and a row of threads."""
    tell(f"growth: {nodes:,} nodes")
    rounds = 5 if nodes <= 50_000 else 3 if nodes <= 500_000 else 1
    engine = Worker(ENGINE, partial(synthetic, nodes), threads=1)
    scipy = Worker(SCIPY, partial(synthetic, nodes), origins=SAMPLED)
    (prepared,) = in_turns([engine], "prepare", rounds)
    alone = {task: in_turns([engine, scipy], task, rounds) for task in TASKS}
    scipy.ended()
    engine.answer("use", 2)
    both = {task: in_turns([engine], task, rounds)[0] for task in TASKS}
    edges, peak_mb = engine.answer("edges"), engine.ended()
    costs = [f"{engine.nodes:,}", f"{1e6 * prepared.cpu_s / edges:.2f}"]
    threads = [f"{engine.nodes:,}"]
    for task in TASKS:
        ours, theirs = alone[task]
        costs += [f"{1e6 * x:.3g}" for x in (ours.per_origin, theirs.per_origin)]
        costs.append(f"{theirs.per_origin / ours.per_origin:.1f}")
        one, two = ours.wall_s, both[task].wall_s
        threads += [seconds(one), seconds(two), f"{one / two:.2f}", f"{both[task].cpu_s / two:.2f}"]
    return costs, [*threads, f"{peak_mb:,.0f}"]
