"""A server on 127.0.0.1 that replays what live sources answer, and misbehaves where a test asks it to."""

from __future__ import annotations

import gzip
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from geokehila.fetch.wire import Manners, Wire


@dataclass(frozen=True)
class Asked:
    """A question that the server was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What it answers.

    ``cut_at``: the connection breaks after so many bytes, the length declared as if it did not; ``drip``: bytes come
    one by one; ``ranged``: as servers of files do, with a strong ETag, parts from an offset, and 304.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    drip: bool = False
    ranged: bool = False


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Answerer = Callable[[Asked], Reply]


def of_json(content: Any, **more: Any) -> Reply:
    """A reply of JSON."""
    return Reply(json.dumps(content, ensure_ascii=False).encode(), headers={"Content-Type": "application/json"}, **more)


def page(text: str = "Please try later", **more: Any) -> Reply:
    """A web page where something else is expected."""
    body = f"<!DOCTYPE html><html><body>{text}</body></html>".encode()
    return Reply(body, headers={"Content-Type": "text/html"}, **more)


def bomb(megabytes: int) -> Reply:
    """Zeros that are small on the way and large when they are unpacked."""
    packed = gzip.compress(b"[" + b"0," * (megabytes * 500_000) + b"0]")
    return Reply(packed, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})


class Replay:
    """What the server answers by path: replies one after the other, the last one for ever, or whatever a function says.

    Attributes
    ----------
    asked
        Every question, in its order.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Reply] | Answerer] = {}
        self._turns: defaultdict[str, int] = defaultdict(int)

    def at(self, path: str, *replies: Reply | Answerer) -> str:
        """Answer a path so, and return its address."""
        first = replies[0]
        self._answers[path] = first if callable(first) else [r for r in replies if isinstance(r, Reply)]
        self._turns.pop(path, None)
        return f"{self.url}{path}"

    def times(self, path: str) -> int:
        """How often a path was asked."""
        return sum(asked.path == path for asked in self.asked)

    def reply(self, asked: Asked) -> Reply:
        """The answer to a question."""
        self.asked.append(asked)
        known = self._answers.get(asked.path)
        if known is None:
            return page("not here", status=404)
        if callable(known):
            return known(asked)
        turn = self._turns[asked.path]
        self._turns[asked.path] += 1
        return known[min(turn, len(known) - 1)]


@contextmanager
def replaying() -> Iterator[Replay]:
    """Run the server until the end of the block."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    replay = Replay(f"http://127.0.0.1:{server.server_address[1]}")
    server.replay = replay  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *args: object) -> None:
        """Say nothing of clients that had enough."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        form = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, dict(parse_qsl(form)))
        replay: Replay = self.server.replay  # type: ignore[attr-defined]
        reply = replay.reply(asked)
        try:
            self._send(_part(reply, asked) if reply.ranged else reply)
        except (BrokenPipeError, ConnectionResetError):  # the client had enough
            self.close_connection = True

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304 and "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        body = reply.body if reply.cut_at is None else reply.body[: reply.cut_at]
        if reply.drip:
            for i in range(len(body)):
                self.wfile.write(body[i : i + 1])
                self.wfile.flush()
        else:
            self.wfile.write(body)
        if reply.cut_at is not None:
            self.wfile.flush()
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def _part(reply: Reply, asked: Asked) -> Reply:
    """The part of a file that is asked for; the whole where the file is another by now."""
    etag = f'"{hash(reply.body):x}"'
    headers = {"ETag": etag, "Last-Modified": "Sun, 01 Nov 2026 08:00:00 GMT", **reply.headers}
    if asked.headers.get("if-none-match") == etag:
        return Reply(status=304, headers=headers)
    wanted = asked.headers.get("range", "")
    if not wanted or asked.headers.get("if-range", etag) != etag:
        return Reply(reply.body, reply.status, headers, reply.cut_at, reply.drip)
    begin, size = int(wanted.removeprefix("bytes=").rstrip("-")), len(reply.body)
    if begin >= size:
        return Reply(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    span = {"Content-Range": f"bytes {begin}-{size - 1}/{size}"}
    cut_at = None if reply.cut_at is None else max(0, reply.cut_at - begin)
    return Reply(reply.body[begin:], 206, headers | span, cut_at, reply.drip)


class Time:
    """A clock that only moves when somebody sleeps, or by ``tick_s`` each time it is looked at."""

    def __init__(self, tick_s: float = 0.0) -> None:
        self.seconds, self.tick_s = 0.0, tick_s
        self.slept: list[float] = []

    def clock(self) -> float:
        """The seconds that passed."""
        self.seconds += self.tick_s
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.seconds += seconds


def quick_wire(time: Time | None = None, now: datetime = NOON, **manners: Any) -> Wire:
    """A wire of which nothing sleeps, at noon of a day that does not change."""
    time = time or Time()
    return Wire(Manners(**{"pause_s": 0.0, "read_s": 10.0, **manners}), time.clock, time.sleep, lambda: now)


def arcgis_layer(
    features: Sequence[Mapping[str, Any]], columns: Mapping[str, str], most: int = 2000, **more: Any
) -> Answerer:
    """A layer of polygons in EPSG:2039, keyed by OBJECTID: its description, count and pages, as live ones answer."""
    kinds = {"OBJECTID": "OID", **columns}
    fields = [{"name": name, "type": f"esriFieldType{kind}"} for name, kind in kinds.items()]

    def answer(asked: Asked) -> Reply:
        query = asked.query
        if not asked.path.endswith("/query"):
            return of_json({"objectIdField": "OBJECTID", "maxRecordCount": most, "fields": fields, **more})
        if query.get("returnCountOnly") == "true":
            return of_json({"count": len(features)})
        assert query["orderByFields"] == "OBJECTID", "pages in no order"
        begin = int(query["resultOffset"])
        end = begin + min(int(query["resultRecordCount"]), most)
        return of_json(
            arcgis_page(features[begin:end]) | ({"exceededTransferLimit": True} if end < len(features) else {})
        )

    return answer


def arcgis_page(features: Sequence[object]) -> dict[str, Any]:
    """A page of such a layer."""
    reference = {"wkid": 2039, "latestWkid": 2039}
    return {"geometryType": "esriGeometryPolygon", "spatialReference": reference, "features": [*features]}


Held = tuple[Mapping[str, str], Sequence[Mapping[str, Any]]]


def ckan_table(tables: Mapping[str, Held], most: int = 32_000) -> Answerer:
    """The action ``datastore_search`` over tables by their ids: columns with their types, and rows."""

    def answer(asked: Asked) -> Reply:
        query = asked.query
        if query.get("resource_id") not in tables:
            error = {"__type": "Not Found Error", "message": "Not found: Resource was not found."}
            return of_json({"success": False, "error": error}, status=404)
        types, rows = tables[query["resource_id"]]
        kept = [{"_id": i, **row} for i, row in enumerate(rows, 1)]
        for name, word in json.loads(query.get("filters", "{}")).items():
            kept = [row for row in kept if str(row[name]) == str(word)]
        if query["sort"].endswith(" desc"):
            kept.sort(key=lambda row: row[query["sort"].removesuffix(" desc")], reverse=True)
        begin = int(query["offset"])
        names = query["fields"].split(",") if "fields" in query else ["_id", *types]
        listed = [{"id": n, "type": {"_id": "int", **types}[n]} for n in names if n in {"_id", *types}]
        some = kept[begin : begin + min(int(query["limit"]), most)]
        page_rows = [{n["id"]: row[n["id"]] for n in listed} for row in some]
        return of_json({"success": True, "result": {"fields": listed, "records": page_rows, "total": len(kept)}})

    return answer
