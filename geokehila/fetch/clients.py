"""Which client asks which kind of server: one line each."""

from __future__ import annotations

from collections.abc import Mapping

from geokehila.fetch import alerts, arcgis, ckan, dem, file, geofabrik, gtfs, municipal, overpass, schools
from geokehila.fetch.errand import Client

CLIENTS: Mapping[str, Client] = {
    "alerts": alerts.bring,
    "arcgis": arcgis.bring,
    "ckan": ckan.bring,
    "dem": dem.bring,
    "file": file.bring,
    "geofabrik": geofabrik.bring,
    "gtfs": gtfs.bring,
    "municipal": municipal.bring,
    "osm_cut": geofabrik.bring_city,
    "overpass": overpass.bring,
    "schools": schools.bring,
}
