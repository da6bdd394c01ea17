"""Ways to spoil a file: its bytes, its text, its tree of JSON, the parts of an archive, the tables of a GeoPackage."""

from __future__ import annotations

import bz2
import copy
import gzip
import io
import json
import re
import sqlite3
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from damage import ODD_VALUES, edited

Files = dict[str, bytes]
KINDS = ("flip", "flip", "set", "cut", "drop", "insert", "over", "repeat", "swap")
EXTREMES = (b"0", b"-0", b"-1", b"1e308", b"-1e308", b"1e-320", b"1e999", b"NaN", b"-inf", b"Infinity", b"2147483648",
            b"-9223372036854775809", b"18446744073709551616", b"9" * 40, b"9" * 5000, b"0x7f", b"1_0", b"1,5",
            "٣".encode(), "½".encode(), b"180.0000001", b"90.5", b"99999999")  # fmt: skip
EVIL = ("", " ", "A" * 20_000, "\u202eabc\u202c", "a\0b", "../../../../etc/passwd", "/etc/passwd", "C:\\CON", "..", "/",
        "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "%s%n%x", "{0}", "/vsicurl/http://127.0.0.1:9/x.shp",
        "http://127.0.0.1:9/x", "file:///etc/passwd", "\u2028", "\ufeff", "\U0001f3d8", "e\u0301" * 300, "a\r\nb",
        "'; DROP TABLE x; --", "\\ud800", "POINT EMPTY", "EPSG:3857", "EPSG:999999", "None", "nan", "<!--",
        "]]>")  # fmt: skip
#: Files of other kinds, under the name of the one that is expected; the last word of each is where it would look.
POINTERS = (
    b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://127.0.0.1:9/a.shp</SrcDataSource>'
    b"</OGRVRTLayer></OGRVRTDataSource>",
    b'<VRTDataset rasterXSize="9" rasterYSize="9"><VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
    b"<SourceFilename>/vsicurl/http://127.0.0.1:9/a.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>",
    b"<OGRWFSDataSource><URL>http://127.0.0.1:9/wfs</URL></OGRWFSDataSource>",
    b"<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1:9/</ServerUrl></Service></GDAL_WMS>",
    b'{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline read /vsicurl/http://127.0.0.1:9/a.shp"}',
    b"/vsicurl/http://127.0.0.1:9/a.geojson",
    b"%PDF-1.7\n1 0 obj<<>>endobj",
    b"SQLite format 3\0" + b"\0" * 200,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    b"PK\x05\x06" + b"\0" * 18,
    b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 60,
    b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
    b"",
)
LAUGHS = (b'<!DOCTYPE a [<!ENTITY a "' + b"ha" * 50 + b'">'
          + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 20) for i in range(9)) + b"]>")  # fmt: skip
OUTSIDE = b'<!DOCTYPE a [<!ENTITY j SYSTEM "file:///etc/passwd"><!ENTITY % k SYSTEM "http://127.0.0.1:9/"> %k;]>'
TOML = ("[]", "{}", "true", "1979-05-27", "07:32:00", "inf", "-nan", '""', "[[[]]]", "[1, 'a']", "0xff", "'''a\nb'''",
        "{a = {b = 1}}", "1e400", "[{}]", "9" * 30)  # fmt: skip
#: What a GeoPackage may say of itself: other systems, no rows, views that never end, blobs that are no shapes.
SQL = (
    "UPDATE gpkg_contents SET srs_id = 99", "UPDATE gpkg_geometry_columns SET srs_id = -1",
    "UPDATE gpkg_spatial_ref_sys SET definition = 'http://127.0.0.1:9/'",
    "UPDATE gpkg_spatial_ref_sys SET definition = zeroblob(100)", "UPDATE gpkg_contents SET table_name = '../x'",
    "UPDATE gpkg_geometry_columns SET geometry_type_name = 'NONE'", "DELETE FROM gpkg_geometry_columns",
    "DELETE FROM gpkg_contents", "DELETE FROM {t}", "DROP TABLE {t}", "UPDATE {t} SET geom = NULL",
    "UPDATE {t} SET geom = zeroblob(40)", "UPDATE {t} SET geom = substr(geom, 1, 30)", "UPDATE {t} SET geom = 'text'",
    "UPDATE {t} SET geom = x'4750000000000000'", "UPDATE {t} SET fid = -fid", "ALTER TABLE {t} ADD COLUMN \"a b\" BLOB",
    "ALTER TABLE {t} ADD COLUMN d DATE DEFAULT '2026-13-45'", "UPDATE gpkg_contents SET data_type = 'attributes'",
    "ALTER TABLE {t} RENAME TO kept; CREATE VIEW {t} AS WITH RECURSIVE n(i) AS "
    "(SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, kept.geom FROM n, kept",
)  # fmt: skip
#: [bytes] What is larger is spoiled enough.
LARGE = 400_000
#: A part of an archive that is a bomb holds so many times so many blanks, 1.5 GB.
BLANKS, BOMB = b" " * (1 << 20), 1_500


def mutated(seed: Mapping[str, bytes], rng: Random, others: Sequence[bytes]) -> Files:
    """Return the files of an input spoiled, mostly the first of them; `others` are whole files of any kind."""
    files = dict(seed)
    name = rng.choice([*files, *[next(iter(files))] * 2])
    content = files[name]
    if rng.random() < 0.03:
        files[name] = rng.choice((*POINTERS, *others))
        return files
    inside = _inside(name, content)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        if len(content) > LARGE:
            break
        content = inside(content, rng, others) if inside and rng.random() < 0.75 else _bytes(content, rng, others)
    files[name] = content
    if len(files) > 1 and rng.random() < 0.05:
        del files[rng.choice([*files][1:])]
    return files


def _inside(name: str, content: bytes) -> Callable[[bytes, Random, Sequence[bytes]], bytes] | None:
    """Return how to spoil what a file holds without spoiling its form."""
    suffix = name.rpartition(".")[2].lower()
    by_suffix = {"gz": _gzip, "bz2": _bzip2, "gpkg": _tables, "json": _tree, "geojson": _tree, "toml": _toml}
    by_suffix |= dict.fromkeys(("xlsx", "ods", "zip"), _archive)
    by_suffix |= dict.fromkeys(("osm", "graphml"), _markup) | dict.fromkeys(("csv", "prj", "cpg", "txt"), _text)
    by_suffix |= dict.fromkeys(("tif", "shp", "shx", "dbf"), _numbers)
    return by_suffix.get(suffix)


def _bytes(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    at, to = (rng.randrange(len(content) + 1) for _ in range(2))
    pick = rng.random()
    if pick < 0.7:
        return (
            edited(content, [(rng.choice(KINDS), rng.random(), rng.random(), rng.randrange(1001))]) if content else b""
        )
    if pick < 0.8:
        run = bytes([rng.choice((0, 255, 32, 65, rng.randrange(256)))]) * rng.choice((4, 64, 1000, 5000))
        return content[:at] + run + content[at + rng.choice((0, len(run))) :]
    if pick < 0.9:
        other = rng.choice(others)
        return content[:at] + other[rng.randrange(len(other) + 1) :][:20_000]
    low, high = sorted((at, to))
    return content[:low] + content[low:high][:2000] * rng.choice((2, 3, 50)) + content[high:]


def _numbers(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """Put an extreme number, as machines write it, where one may stand: mostly in the head."""
    width, order = rng.choice((1, 2, 4, 8)), rng.choice(("little", "big"))
    value = rng.choice((0, 1, 2, 255, 256, 32767, 65535, 2**31 - 1, 2**32 - 1, 2**63, rng.getrandbits(64)))
    at = rng.randrange(min(len(content), rng.choice((16, 128, 600, len(content) + 1))) or 1)
    return content[:at] + (value % 256**width).to_bytes(width, order) + content[at + width :]


def _text(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """Change a number, a word, a line, or how the text is written down."""
    pick = rng.random()
    if pick < 0.35:
        return _replaced(rb"-?\d+(?:\.\d+)?", content, rng, lambda: rng.choice(EXTREMES))
    if pick < 0.6:
        return _replaced(rb'(?<=")[^"\n]*(?=")|[\w.=-]+', content, rng, lambda: _evil(rng))
    if pick < 0.75:
        lines = content.splitlines(keepends=True) or [b""]
        at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
        return b"".join([*lines[:at], *lines[to : to + 3] * rng.choice((0, 1, 2, 300)), *lines[at + 1 :]])
    if pick < 0.85:
        return _otherwise(content, rng)
    return _bytes(content, rng, others)


def _evil(rng: Random) -> bytes:
    return rng.choice(EVIL).encode()


def _replaced(pattern: bytes, content: bytes, rng: Random, word: Callable[[], bytes]) -> bytes:
    found = [*re.finditer(pattern, content)]
    if not found:
        return content + word()
    one = rng.choice(found)
    return content[: one.start()] + word() + content[one.end() :]


def _otherwise(content: bytes, rng: Random) -> bytes:
    """Write a text down in another way than it says."""
    text = content.decode("utf-8", errors="replace")
    code = rng.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1255", "cp1256", "utf-7", "latin-1", "utf-8-sig")
    )
    if rng.random() < 0.2:
        return content.decode("latin-1").encode("utf-8")
    return text.encode(code, errors="replace")


def _toml(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    if rng.random() < 0.4:
        value = rng.choice((*TOML, json.dumps(rng.choice(EVIL)), "[" * 3000, "{a=" * 2000)).encode()
        return _replaced(rb"(?m)(?<== )[^\n]*", content, rng, lambda: value)
    if rng.random() < 0.2:
        names = rb"(?m)^[a-z_]+(?= =)|(?<=\[)[a-z_.]+(?=\])"
        return _replaced(
            names, content, rng, lambda: rng.choice((b"a", b'""', b"name", b"'../x'", b"a.b", b"id", b"at"))
        )
    return _text(content, rng, others)


def _markup(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """Define entities, nest deeply, or change the text."""
    pick, head = rng.random(), content.find(b"?>") + 2 if content.startswith(b"<?") else 0
    if pick < 0.1:
        entity, name = rng.choice(((LAUGHS, b"&j;"), (OUTSIDE, b"&j;"), (LAUGHS, b"&a;")))
        body = _replaced(rb'(?<==")[^"<]*(?=")|(?<=>)[^<\s]+(?=<)', content[head:], rng, lambda: name)
        return content[:head] + entity + body
    if pick < 0.15:
        at, tag = rng.randrange(len(content) + 1), rng.choice((b"node", b"way", b"tag", b"a", b"data", b"graph"))
        return content[:at] + (b"<" + tag + b">") * rng.choice((3, 20_000)) + content[at:]
    if pick < 0.25:
        return _replaced(
            rb"<[^<>]*>", content, rng, lambda: rng.choice((b"", b"<a/>", b"<osm>", b"</osm>", b"<delete>"))
        )
    if pick < 0.35:
        return _replaced(rb' [\w.:]+="[^"]*"', content, rng, lambda: b"")
    return _text(content, rng, others)


def _tree(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """Put odd values into the tree, drop or repeat a branch, nest one deeply; else change the text."""
    try:
        tree = json.loads(content)
    except (ValueError, RecursionError):
        return _text(content, rng, others)
    if rng.random() < 0.3:
        return _text(content, rng, others)
    holders = [*_holders(tree)]
    if not holders:
        return content + content
    holder, keys = rng.choice(holders)
    _change(holder, rng.choice(keys), rng)
    found = json.dumps(tree, ensure_ascii=rng.random() < 0.5).encode("utf-8", errors="surrogatepass")
    return found.replace(b'"@deep@"', b"[" * 50_000 if rng.random() < 0.5 else b"[" * 900 + b"]" * 900)


def _change(holder: Any, key: Any, rng: Random) -> None:
    pick = rng.random()
    if pick < 0.6:
        holder[key] = copy.deepcopy(rng.choice((*ODD_VALUES, *EVIL)))
    elif pick < 0.7:
        del holder[key]
    elif pick < 0.8 and isinstance(holder, list):
        holder.extend([holder[key]] * rng.choice((1, 500)))
    elif pick < 0.85:
        holder[key] = "@deep@"
    elif pick < 0.9 and isinstance(holder, dict):
        holder["crs"] = {"type": rng.choice(("link", "name")), "properties": {"href": "http://127.0.0.1:9/", "name": 7}}
    elif isinstance(holder, dict):
        holder[rng.choice(("type", "id", "fid", "geometry", "a\0b", rng.choice(EVIL)))] = holder.pop(key)
    else:
        holder[key] = {"type": rng.choice(EVIL), "coordinates": rng.choice(ODD_VALUES)}


def _holders(value: Any) -> Iterator[tuple[Any, list[Any]]]:
    if isinstance(value, dict | list) and value:
        keys = [*value] if isinstance(value, dict) else [*range(len(value))]
        yield value, keys
        for key in keys:
            yield from _holders(value[key])


def _gzip(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    try:
        plain = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return _bytes(content, rng, others)
    if len(plain) > LARGE:
        return _bytes(content, rng, others)
    if rng.random() < 0.02:
        return gzip.compress(plain, mtime=0) + gzip.compress(BLANKS, mtime=0) * BOMB
    return gzip.compress(_markup(plain, rng, others), mtime=0)


def _bzip2(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    try:
        plain = bz2.decompress(content)
    except (OSError, ValueError):
        return _bytes(content, rng, others)
    return _bytes(content, rng, others) if len(plain) > LARGE else bz2.compress(_markup(plain, rng, others))


def _archive(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """Spoil a part, or rename, repeat, drop one, or let it unpack to far more than it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError, zlib.error, KeyError):
        return _bytes(content, rng, others)
    if not parts:
        return _bytes(content, rng, others)
    at = rng.randrange(len(parts))
    name, part = parts[at]
    pick = rng.random()
    if pick < 0.75:
        inner = _inside(name, part) or (_cells if name.endswith(".xml") else _text)
        parts[at] = (name, inner(part, rng, others))
    elif pick < 0.85:
        parts[at] = (rng.choice(("../../x.txt", "/etc/x", name.upper(), "a/" + name, "", "a\0b", "x" * 300)), part)
    elif pick < 0.9:
        parts.append((name, rng.choice((b"", part, b"x" * 99))))
    elif pick < 0.99:
        del parts[at]
    else:
        return _bomb(parts, at)
    return _packed(parts)


def _bomb(parts: Sequence[tuple[str, bytes]], at: int) -> bytes:
    """Write an archive of which one part unpacks to far more than it is, without ever holding it."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = press.compress(parts[at][1]) + press.flush(zlib.Z_FULL_FLUSH)
    chunk = press.compress(BLANKS) + press.flush(zlib.Z_FULL_FLUSH)
    stream = head + chunk * BOMB + b"\x03\0"
    stored = [(name, stream if number == at else part) for number, (name, part) in enumerate(parts)]
    found = bytearray(_packed(stored, zipfile.ZIP_STORED))
    with zipfile.ZipFile(io.BytesIO(found)) as archive:
        here, directory = archive.infolist()[at], archive.start_dir
        for info in archive.infolist()[:at]:
            directory += 46 + len(info.filename.encode()) + len(info.extra) + len(info.comment)
    size = len(parts[at][1]) + len(BLANKS) * BOMB
    for start in (here.header_offset + 8, directory + 10):
        found[start : start + 2] = (8).to_bytes(2, "little")
        found[start + 14 : start + 18] = size.to_bytes(4, "little")
    return bytes(found)


def _cells(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """Put cells of a sheet where none fits, or change its markup."""
    pick = rng.random()
    if pick < 0.1:
        place = rng.choice((b"XFD1048576", b"A1048576", b"XFD1", b"A0", b"1", b"ZZZZZZ99", b"A99999999999", b""))
        return _replaced(rb'(?<= r=")[^"]*', content, rng, lambda: place)
    if pick < 0.2:
        tag, many = rng.choice(((b"cell", b"columns"), (b"row", b"rows"))), rng.choice((0, 9, 16_384, 1_048_576, 2**40))
        repeated = b'<table:table-%s table:number-%s-repeated="%d"' % (*tag, many)
        return _replaced(b"<table:table-" + tag[0], content, rng, lambda: repeated)
    return _markup(content, rng, others)


def _packed(parts: Sequence[tuple[str, bytes]], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name, part in parts:
            info = zipfile.ZipInfo("x")
            info.filename = name
            with warnings.catch_warnings(action="ignore"):  # two parts of one name are meant
                archive.writestr(info, part, how, compresslevel=1)
    return found.getvalue()


def _tables(content: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """Let a GeoPackage say something else of itself; else put numbers where its pages hold them."""
    if rng.random() < 0.3:
        return _numbers(content, rng, others)
    base = sqlite3.connect(":memory:")
    try:
        base.deserialize(content)
        names = base.execute("SELECT table_name FROM gpkg_contents").fetchall() or [("x",)]
        for name, text in base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{name}"') if text else None
        base.executescript(rng.choice(SQL).format(t=f'"{names[0][0]}"'))
        base.commit()
        return base.serialize()
    except (sqlite3.Error, UnicodeError, MemoryError, ValueError):
        return _bytes(content, rng, others)
    finally:
        base.close()
