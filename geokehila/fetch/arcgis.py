"""A layer of an ArcGIS feature service: counted first, then asked page by page, and refused if a part is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataSourceError
from shapely import GEOSException

from geokehila.errors import FetchError
from geokehila.fetch.addresses import shown
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.part import Tag
from geokehila.fetch.wire import Call
from geokehila.store.tables import write_geopackage

#: Codes of an error inside an answer of status 200 that may pass.
_PASSING = frozenset((429, 500, 502, 503, 504))
OID = "esriFieldTypeOID"
#: What a file is dated by whose layer does not say when it was edited.
EPOCH = "2000-01-01"
#: [ms since 1970] No layer was edited later: the year 2100.
LAST_MS = 4_102_444_800_000


@dataclass(frozen=True)
class Options:
    """What is asked of a layer.

    Attributes
    ----------
    fields
        Its columns to be kept; empty: all of them. A layer that lacks one is refused.
    least
        How many features it is known to have: with fewer it is a partial copy, and refused.
    where
        Which features; all unless stated.
    page
        How many are asked for at once, if the service gives so many.
    rename
        What columns are called in the file, where a reader would not know the layer's own word.
    """

    fields: tuple[str, ...] = ()
    least: int = 1
    where: str = "1=1"
    page: int = 1000
    rename: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Layer:
    """A layer that answered: its key, its columns, its size of a page, and the version that it is."""

    errand: Errand
    options: Options
    url: str
    oid: str
    fields: list[dict[str, Any]]
    page: int
    edited_ms: int

    @classmethod
    def of(cls, errand: Errand, url: str) -> _Layer:
        options = errand.options(Options)
        told = _asked(errand, url, {"f": "json"})
        stated = told.get("fields")
        listed = [one for one in stated if isinstance(one, dict)] if isinstance(stated, list) else []
        names = {str(one.get("name")): one.get("type") for one in listed}
        if absent := [name for name in options.fields if name not in names]:
            seen = ", ".join(names) or "none"
            raise FetchError(f"{shown(url)}: lacks the columns {', '.join(absent)}, among {seen}: another layer?")
        oid = str(told.get("objectIdField") or next((name for name, kind in names.items() if kind == OID), ""))
        if not oid:
            remedy = f"carry the layer by --from {errand.source.key}=FILE"
            raise FetchError(f"{shown(url)}: names no key to page by: {remedy}")
        info = told.get("editingInfo")
        edited = info.get("lastEditDate") if isinstance(info, dict) else None
        most = told.get("maxRecordCount")
        page = min(options.page, most) if isinstance(most, int) and most > 0 else options.page
        kept = [one for one in listed if not options.fields or one.get("name") in (oid, *options.fields)]
        return cls(
            errand, options, url, oid, kept, page, edited if isinstance(edited, int) and 0 < edited < LAST_MS else 0
        )

    @property
    def tag(self) -> Tag:
        """The version of the layer, as its last edit tells; empty where the service does not say."""
        return Tag(etag=f"edited {self.edited_ms}") if self.edited_ms else Tag()

    @property
    def date(self) -> str:
        return datetime.fromtimestamp(self.edited_ms / 1000, UTC).date().isoformat() if self.edited_ms else ""

    def count(self) -> int:
        """Ask how many features there are, and refuse a layer that has fewer than it is known to have."""
        query = {"where": self.options.where, "returnCountOnly": "true", "f": "json"}
        count = _asked(self.errand, f"{self.url}/query", query).get("count")
        if not isinstance(count, int):
            raise FetchError(f"{shown(self.url)}: does not say how many features it has: look at it in a browser")
        if count < self.options.least:
            raise FetchError(
                f"{shown(self.url)}: a partial layer, {count:,} of {self.options.least:,} features: find the whole one"
            )
        return count

    def pages(self, count: int) -> Iterator[dict[str, Any]]:
        """Yield the pages in the order of the layer's key, each feature once and all of them."""
        came, seen, more = 0, set[object](), False
        while came < count:
            page = self._page(came, count)
            features, more = page["features"], bool(page.get("exceededTransferLimit"))
            keys = {feature["attributes"].get(self.oid) for feature in features}
            if len(keys) < len(features) or keys & seen:
                raise self._fault(f"gives features twice after {came:,} of {count:,}")
            if not features:
                raise self._fault(f"a page is missing, {came:,} of {count:,} features came")
            seen |= keys
            came += len(features)
            self.errand.say(f"{self.errand.source.key}: {came:,} of {count:,}")
            yield page
        if came > count or more:
            raise self._fault(f"has more than the {count:,} features that it counted")

    def _fault(self, what: str) -> FetchError:
        return FetchError(f"{shown(self.url)}: {what}: try again later")

    def _page(self, offset: int, count: int) -> dict[str, Any]:
        """Return the features from an offset, from the desk where they lie there and are of the same version."""
        told = f"{self.url} {self.options} {self.edited_ms} {count} {offset}"
        at_desk = self.errand.desk / f"page-{sha256(told.encode()).hexdigest()[:16]}.json"
        if self.edited_ms:
            with suppress(OSError, ValueError, TypeError):
                return _page_of(json.loads(at_desk.read_text(encoding="utf-8")))
        query: dict[str, str | int] = {
            "where": self.options.where,
            "outFields": ",".join(one["name"] for one in self.fields) if self.options.fields else "*",
            "orderByFields": self.oid,
            "resultOffset": offset,
            "resultRecordCount": self.page,
            # In the layer's own system: services move coordinates to another datum each in its own way.
            "f": "json",
        }
        answer = _asked(self.errand, f"{self.url}/query", query)
        try:
            page = _page_of(answer)
        except TypeError:
            raise self._fault(f"answers without features after {offset:,} of {count:,}") from None
        at_desk.write_text(json.dumps(page), encoding="utf-8")
        return page


def bring(errand: Errand) -> Brought | None:
    """Write the whole layer as a GeoPackage in its own coordinates; None where its last edit is the known one.

    Raises
    ------
    FetchError
        No address gives the whole layer: an error (of status 200, too), fewer features than it is known to have or than
        it counted itself, a page that is missing or comes twice, shapes that cannot be understood.
    """
    brought, _ = errand.first(lambda url: _bring(errand, url.rstrip("/")))
    return brought


def _bring(errand: Errand, url: str) -> Brought | None:
    layer = _Layer.of(errand, url)
    if layer.tag.etag and layer.tag == errand.known:
        return None
    count = layer.count()
    whole = errand.desk / "whole.json"
    _join(layer, layer.pages(count), whole)
    try:
        # The driver is named: what a server sends chooses none.
        shapes = pyogrio.read_dataframe(f"ESRIJSON:{whole}")
    except (RuntimeError, ValueError, DataSourceError, GEOSException) as fault:
        raise FetchError(
            f"{shown(url)}: its shapes cannot be understood ({str(fault)[:150]}): try again later"
        ) from None
    if len(shapes) != count or not isinstance(shapes, gpd.GeoDataFrame) or shapes.crs is None:
        raise FetchError(f"{shown(url)}: {len(shapes):,} of {count:,} features have shapes in a known system: not kept")
    errand.target.unlink(missing_ok=True)
    write_geopackage(
        {errand.source.role: shapes.rename(columns=dict(layer.options.rename))}, errand.target, layer.date or EPOCH
    )
    return Brought(layer.tag, layer.date, url, {"features": count})


def _join(layer: _Layer, pages: Iterator[dict[str, Any]], whole: Path) -> None:
    """Write the pages as one set of features, a feature a line; what is said of all of them the first page says."""
    with whole.open("w", encoding="utf-8", newline="\n") as file:
        comma = ""
        for page in pages:
            if not comma:
                head = {key: page.get(key) for key in ("geometryType", "spatialReference")}
                told = json.dumps(head | {"fields": layer.fields})
                file.write(f'{told[:-1]}, "features": [')
            for feature in page["features"]:
                file.write(f"{comma}\n{json.dumps(feature)}")
                comma = ","
        file.write("\n]}\n")


def _asked(errand: Errand, url: str, query: Mapping[str, str | int]) -> dict[str, Any]:
    """Ask a service that says status 200 and means an error."""
    answer = errand.wire.json(Call(url, query), errand.source.max_mb, _busy)
    if not isinstance(answer, dict):
        raise FetchError(f"{shown(url)}: answers with JSON that is no object: is it another service?")
    if isinstance(answer.get("error"), dict):
        error = answer["error"]
        said = f"{error.get('code', '')} {error.get('message', '')}".strip()[:200]
        raise FetchError(f"{shown(url)}: answers with error {said}: look at it in a browser, or give its new address")
    return answer


def _busy(answer: Any) -> str:
    error = answer.get("error") if isinstance(answer, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return f"answers with error {code}" if code in _PASSING else ""


def _page_of(answer: Any) -> dict[str, Any]:
    """Return an answer that is a page of features; raise `TypeError` where it is none."""
    features = answer.get("features") if isinstance(answer, dict) else None
    if not isinstance(features, list) or not all(map(_is_feature, features)):
        raise TypeError
    return dict(answer)


def _is_feature(feature: Any) -> bool:
    told = feature.get("attributes") if isinstance(feature, dict) else None
    return isinstance(told, dict) and not any(isinstance(value, list | dict) for value in told.values())
