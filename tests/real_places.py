"""Studies over the real files beside the repository: a study.toml for each, and one file brought to another form."""

import json
from pathlib import Path

STUDIES = {
    "netanya-poleg": """
[study]
name = "Netanya-Poleg"
name_he = "נתניה – פולג"
code = 7400
[inputs]
osm = "{shared}/netanya_poleg/map.osm"
statistical_areas = "{shared}/national/statistical_areas_2011_simplified.geojson"
socioeconomic = "{shared}/national/socioeconomic_2019/Socio-Economical 2019.csv"
population = "socioeconomic"
""",
    "eilat": """
[study]
name = "Eilat"
code = 2600
[inputs]
osm = "{shared}/eilat/osmnx_drive.graphml"
statistical_areas = "{shared}/eilat/statistical_areas_2022/statistical_areas_2022.shp"
census = "{shared}/national/census_2022_by_statistical_area.xlsx"
""",
    "beer-sheva": """
[study]
name = "Be'er Sheva"
code = 9000
[inputs]
osm = [{replies}, "{made}/walk_routes.osm"]
statistical_areas = "{shared}/negev/statistical_areas_2011_demography.geojson"
shelters = "{shared}/beersheva/public_shelters.geojson"
""",
    "porto-alegre": """
[study]
name = "Porto Alegre"
name_he = "פורטו אלגרה"
crs = "EPSG:31982"
[inputs]
osm = "{shared}/porto_alegre/poa_osm.pbf"
dem = "{shared}/porto_alegre/poa_elevation.tif"
zones = "{shared}/porto_alegre/poa_hexgrid.csv"
[zones]
kind = "polygons"
id = "id"
population = "population"
""",
    "las-palmas": """
[study]
name = "Las Palmas"
name_he = "לאס פלמאס"
crs = "EPSG:32628"
[inputs]
osm = "{shared}/las_palmas/las_palmas_2023-02-21.osm.pbf"
[zones]
kind = "hexagons"
edge_m = 250
""",
}


def write_study(slug: str, shared: Path, raw: Path) -> Path:
    """Write the study of one real place into ``raw/<slug>/`` and return the folder."""
    folder = raw / slug
    folder.mkdir(parents=True, exist_ok=True)
    if slug == "beer-sheva":
        _write_walk_routes(shared / "beersheva" / "walk_routes_union_edges.geojson", folder / "walk_routes.osm")
    replies = ", ".join(
        f'"{path.as_posix()}"' for path in sorted((shared / "beersheva" / "overpass_buildings").glob("*.json"))
    )
    text = STUDIES[slug].format(shared=shared.as_posix(), made=folder.as_posix(), replies=replies)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


def maps(slug: str, shared: Path, made: Path) -> list[Path]:
    """The OpenStreetMap files of a study; `made` is the folder of what was written for it."""
    replies = sorted((shared / "beersheva" / "overpass_buildings").glob("*.json"))
    if slug == "beer-sheva":
        return [*replies, made / "walk_routes.osm"]
    (stated,) = (line for line in STUDIES[slug].splitlines() if line.startswith("osm = "))
    return [Path(stated.partition(" = ")[2].strip('"').format(shared=shared.as_posix()))]


def _write_walk_routes(edges: Path, path: Path) -> None:
    """Write the walking network around the university as OSM XML: its edges carry the ids of their OSM nodes."""
    features = json.loads(edges.read_text(encoding="utf-8"))["features"]
    nodes: dict[str, tuple[float, float]] = {}
    ways = []
    for number, feature in enumerate(features, 1):
        ends, line = feature["properties"], feature["geometry"]["coordinates"]
        inner = [f"9{number:07d}{i:03d}" for i in range(1, len(line) - 1)]
        ids = [str(ends["u"]), *inner, str(ends["v"])]
        known = nodes.get(ids[0])
        line = line if known is None or known == tuple(line[0]) else line[::-1]
        nodes |= dict(zip(ids, map(tuple, line), strict=True))
        refs = "".join(f'<nd ref="{i}"/>' for i in ids)
        ways.append(f'<way id="{number}">{refs}<tag k="highway" v="footway"/></way>')
    points = [
        f'<node id="{i}" lon="{lon}" lat="{lat}"/>' for i, (lon, lat) in sorted(nodes.items(), key=lambda n: int(n[0]))
    ]
    path.write_text(f'<osm version="0.6">{"".join(points)}{"".join(ways)}</osm>', encoding="utf-8")
