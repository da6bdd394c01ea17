"""OpenStreetMap XML in a few words, for tests: points in metres from a corner in the Israel TM Grid."""

from pathlib import Path

from pyproj import Transformer

X, Y = 180_000, 570_000
_TO_DEGREES = Transformer.from_crs("EPSG:2039", "EPSG:4326", always_xy=True)


def degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a point x metres east and y metres north of the corner, as OSM stores them."""
    lon, lat = _TO_DEGREES.transform(X + x, Y + y)
    return round(lon, 7), round(lat, 7)


def tagged(tags: str) -> str:
    """``"amenity=school name:he=גן"`` as XML; a plus stands for a space."""
    pairs = (word.partition("=") for word in tags.split())
    return "".join(f'<tag k="{k}" v="{v.replace("+", " ")}"/>' for k, _, v in pairs)


def node(number: int, x: float, y: float, tags: str = "", **attributes: str) -> str:
    lon, lat = degrees(x, y)
    more = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f'<node id="{number}" lon="{lon}" lat="{lat}"{more}>{tagged(tags)}</node>'


def way(number: int, nodes: list[int], tags: str) -> str:
    refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
    return f'<way id="{number}">{refs}{tagged(tags)}</way>'


def relation(number: int, members: list[tuple[int, str]], tags: str) -> str:
    """Return a relation of ways, each with its role."""
    ways = "".join(f'<member type="way" ref="{ref}" role="{role}"/>' for ref, role in members)
    return f'<relation id="{number}">{ways}{tagged(tags)}</relation>'


def square(first: int, x: float, y: float, size: float) -> tuple[str, list[int]]:
    """Four nodes from number `first` on, and the ring through them."""
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
    nodes = "".join(node(first + i, *at) for i, at in enumerate(corners))
    return nodes, [first, first + 1, first + 2, first + 3, first]


def write(path: Path, *parts: str, head: str = "") -> Path:
    """Write the parts as a file; `head` goes between the opening tag and the objects."""
    path.write_text(f'<?xml version="1.0"?><osm version="0.6">{head}{"".join(parts)}</osm>', encoding="utf-8")
    return path


def points(folder: Path, *tags: str) -> Path:
    """Write a file of points 100 m apart, n1 with the first tags, and so on."""
    return write(folder / "points.osm", *(node(i, 100 * i, 0, words) for i, words in enumerate(tags, 1)))


def squares(folder: Path, *tags: str) -> Path:
    """Write a file of squares of 10 m, w1 with the first tags, and so on."""
    parts: list[str] = []
    for i, words in enumerate(tags, 1):
        nodes, ring = square(10 * i, 100 * i, 0, 10)
        parts += [nodes, way(i, ring, words)]
    return write(folder / "areas.osm", *parts)
