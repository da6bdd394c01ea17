"""A look into .osm.pbf files before osmium reads them: what it takes on trust, and would crash on."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from geokehila.errors import InputError

#: [bytes] The format's own limits of a blob's header and of its content.
_MOST_HEADER, _MOST_CONTENT = 64 * 1024, 32 * 1024 * 1024
#: Numbers of the fields read here: of a blob's header its size, of a blob its content, of a block its strings.
_DATASIZE, _RAW, _ZLIB, _STRINGS = 3, 1, 3, 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def must_hold_whole_texts(path: Path) -> None:
    """Refuse a file with a zero byte inside a text: osmium ends its texts there, and runs past them in memory.

    What cannot be understood here is left to osmium, which says so.

    Raises
    ------
    InputError
        A text with a zero byte.
    """
    try:
        with path.open("rb") as file:
            is_spoiled = any(_has_spoiled_text(content) for content in _contents(file))
    except (OSError, ValueError, IndexError, zlib.error):
        return
    if is_spoiled:
        raise InputError(f"osm {path.name}: holds a text with a zero byte in it: the file is broken, fetch it again")


def _contents(file: BinaryIO) -> Iterator[bytes]:
    """Give the content of each blob, unpacked where it is packed with zlib as nearly all are."""
    while len(size := file.read(4)) == 4:
        header = file.read(min(int.from_bytes(size, "big"), _MOST_HEADER))
        width = next((number for field, number, _ in _fields(header) if field == _DATASIZE), 0)
        for field, _, content in _fields(file.read(min(width, _MOST_CONTENT))):
            if field == _RAW:
                yield content
            elif field == _ZLIB:
                yield zlib.decompressobj().decompress(content, _MOST_CONTENT)


def _has_spoiled_text(block: bytes) -> bool:
    """Tell whether a string table holds more zeros than the one that stands for its first, empty string."""
    tables = [content for field, _, content in _fields(block) if field == _STRINGS]
    suspects = [table for table in tables if table.count(0) > 1]
    return any(b"\0" in text for table in suspects for _, _, text in _fields(table))


def _fields(message: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give the fields of a protocol buffer: number, value where it is a number, content where it is bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, content = 0, b""
        if key & 7 == _VARINT:
            number, at = _varint(message, at)
        elif key & 7 == _BYTES:
            width, at = _varint(message, at)
            content, at = message[at : at + width], at + width
        elif key & 7 in (_FIXED32, _FIXED64):
            at += 4 if key & 7 == _FIXED32 else 8
        else:
            raise ValueError(f"no such type of field: {key & 7}")
        yield key >> 3, number, content


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the lowest first, and where it ends."""
    number = 0
    for shift in range(0, 70, 7):
        byte = message[at]
        number, at = number | (byte & 0x7F) << shift, at + 1
        if byte < 0x80:
            break
    return number, at
