"""Command line: ``python -m fuzz --inputs 20000 --seed 1``, and ``python -m fuzz --again fuzz/found/dem-17``."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz import crew
from fuzz.crew import NOTICED, READ, REFUSED, Job, Result
from fuzz.seeds import Seed, every

FOUND = Path(__file__).parent / "found"


def main() -> int:
    """Read spoiled inputs, or one of them again; the exit code is 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("loaders", nargs="*", metavar="LOADER", help="all, unless some are named")
    parser.add_argument("--inputs", type=int, default=20_000, help="of all loaders together")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same inputs")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--again", type=Path, metavar="FOLDER", help="read a kept input again, in this process")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        seeds = every(Path(folder))
        if asked.again:
            loader = (asked.again / "loader").read_text(encoding="utf-8")
            files = {name: (asked.again / name).read_bytes() for name in _kept(asked.again)}
            print(crew.again(seeds, loader, files, Path(folder) / "again"))
            return 0
    if unknown := {*asked.loaders} - {*seeds}:
        parser.error(f"no loader {', '.join(sorted(unknown))}; there are: {', '.join(seeds)}")
    jobs = spread(asked.loaders or [*seeds], asked.inputs, asked.seed)
    return fuzz(jobs, seeds, asked.workers)


def spread(loaders: Sequence[str], inputs: int, seed: int) -> list[Job]:
    """Return jobs, as many of each loader."""
    return [Job(loaders[i % len(loaders)], i // len(loaders), seed) for i in range(inputs)]


def fuzz(jobs: Sequence[Job], seeds: Mapping[str, Seed], workers: int) -> int:
    """Read every input, keep what is found, and say how many of each loader became what."""
    began, table, kinds, most = time.monotonic(), Counter[tuple[str, str]](), Counter[str](), 0
    for done, result in enumerate(crew.run(jobs, workers), 1):
        table[result.job.loader, result.outcome if not result.finding else "FOUND"] += 1
        most = max(most, result.taken)
        if result.finding:
            kinds[f"{result.job.loader}: {result.finding.strip().splitlines()[-1][:160]}"] += 1
            keep(result, seeds)
        if done % 1000 == 0:
            print(f"{done} of {len(jobs)}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print("\n".join(told(table, [*dict.fromkeys(job.loader for job in jobs)])))
    for kind, count in kinds.most_common():
        print(f"{count:6}  {kind}")
    print(
        f"{len(jobs)} inputs, {sum(kinds.values())} findings, {time.monotonic() - began:.0f} s, "
        f"at most {most / 1e9:.2f} GB more than at the start"
    )
    return int(bool(kinds))


def told(table: Mapping[tuple[str, str], int], loaders: Sequence[str]) -> Iterator[str]:
    """Yield a table of loaders and what became of their inputs."""
    columns = (READ, NOTICED, REFUSED, "FOUND")
    yield f"{'':20}" + "".join(f"{column:>20}" for column in columns)
    for loader in loaders:
        yield f"{loader:20}" + "".join(f"{table.get((loader, column), 0):20}" for column in columns)


def keep(result: Result, seeds: Mapping[str, Seed]) -> None:
    """Keep the files of a finding, what was found, and how to see it again."""
    place = FOUND / f"{result.job.loader}-{result.job.seed}-{result.job.number}".replace(" ", "-")
    place.mkdir(parents=True, exist_ok=True)
    for name, content in result.job.files(seeds).items():
        (place / name).write_bytes(content)
    (place / "loader").write_text(result.job.loader, encoding="utf-8")
    again = f"python -m fuzz --again {place.relative_to(FOUND.parents[1])}"
    (place / "finding.txt").write_text(f"{again}\n\n{result.finding}\n", encoding="utf-8", errors="replace")


def _kept(place: Path) -> list[str]:
    return [path.name for path in place.iterdir() if path.name not in ("loader", "finding.txt")]


if __name__ == "__main__":
    sys.exit(main())
