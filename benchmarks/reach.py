"""Seconds to the nearest place, GeoKehila's engine beside networkx, on the sample town: answers compared first."""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import networkx as nx
import numpy as np

from geokehila import network, reach, sample_town
from geokehila.load import osm
from geokehila.study import Study

REPEATS = 5


def main() -> None:
    """Print CPU seconds of both, medians of alternating runs, and their ratio."""
    streets = _streets()
    walker, graph = streets.for_walker(1.3), nx.MultiGraph()
    graph.add_weighted_edges_from(
        zip(streets.tail.tolist(), streets.head.tolist(), streets.length_m / 1.3, strict=True)
    )
    rng = np.random.default_rng(1)
    places = np.sort(rng.choice(streets.nodes_count, 40, replace=False))

    def ours() -> np.ndarray:
        everywhere, shops = _at_nodes(streets, np.arange(streets.nodes_count)), _at_nodes(streets, places)
        group = reach.Group(np.arange(len(places)), np.ones((len(places), 1), bool))
        return reach.nearest(walker, everywhere, shops, group, 3600)[0][:, 0]

    def theirs() -> np.ndarray:
        found = nx.multi_source_dijkstra_path_length(graph, {*places.tolist()}, cutoff=3600)
        return np.array([found.get(node, np.nan) for node in range(streets.nodes_count)])

    np.testing.assert_allclose(ours(), theirs(), rtol=1e-9)
    seconds = np.array([[_cpu(ours), _cpu(theirs)] for _ in range(REPEATS)])
    a, b = median(seconds[:, 0]), median(seconds[:, 1])
    print(
        f"{streets.nodes_count} nodes, {len(places)} places: geokehila {a:.4f} s, networkx {b:.4f} s CPU, {b / a:.1f} x"
    )


def _streets() -> network.StreetNetwork:
    study = Study.of("dimona")
    with TemporaryDirectory() as folder:
        sample_town.write(Path(folder))
        mapped = osm.read([Path(folder) / "osm.osm.pbf"], study.catalogue.categories.values(), study.crs)
    return network.build(mapped.streets)


def _at_nodes(streets: network.StreetNetwork, nodes: np.ndarray) -> reach.Points:
    """Points at nodes, each on the first edge that ends there."""
    ends, first = np.unique(np.concatenate([streets.tail, streets.head]), return_index=True)
    edge, at_head = (
        first[np.searchsorted(ends, nodes)] % len(streets.tail),
        first[np.searchsorted(ends, nodes)] >= len(streets.tail),
    )
    walk_s = streets.length_m[edge] / 1.3
    return reach.Points(edge, walk_s * at_head, walk_s * ~at_head, np.zeros(len(nodes)))


def _cpu(work: object) -> float:
    before = process_time()
    work()  # type: ignore[operator]
    return process_time() - before


if __name__ == "__main__":
    main()
