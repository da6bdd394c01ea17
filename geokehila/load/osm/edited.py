"""Files that an editor (JOSM) saved before they are uploaded: new objects under negative ids, and deletions.

The reader of OpenStreetMap files knows neither: it finds no node under a negative id, and reads the deleted ones on.
"""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast
from xml.parsers import expat

import osmium

from geokehila import osm_file
from geokehila.errors import InputError

#: Numbers from here on stand for new objects, -1 for the first of them. OpenStreetMap's own are a thousandth of it.
NEW = 10**13
#: What only an editor writes: an action, and negative ids.
_MARK = re.compile(rb"""\s(?:action\s*=\s*['"](?:delete|modify)|(?:id|ref)\s*=\s*['"]-)""")
#: One of these stands in every mark, and is found far more quickly.
_HINTS = (b"action", b'"-', b"'-")
_BLOCK = 1 << 20
#: A map of XML unpacks to ten or twenty times what it is; one that unpacks to more bytes, and more times, is none.
MUCH_BYTES, MOST_TIMES = 100 << 20, 50
#: Longer than any mark that may lie across two blocks.
_OVERLAP = 64
_KINDS = {"node": "n", "way": "w", "relation": "r"}


@dataclass(frozen=True)
class Edits:
    """The objects of one file that are not uploaded, by id (``"w-5"``); `new` ones may also be changed since."""

    new: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()

    def in_words(self) -> str:
        """Return how many they are."""
        return f"{len(self.new)} new, {len(self.changed)} changed and {len(self.deleted)} deleted objects"


def identity(kind: str, number: int) -> str:
    """Return the id of an object as tables write it; new ones keep the negative number that the editor gave them.

    Examples
    --------
    >>> identity("n", 17), identity("w", NEW + 5)
    ('n17', 'w-5')
    """
    return f"{kind}{number if number < NEW else NEW - number}"


def _is_marked(path: Path) -> bool:
    """Tell whether a file may hold what only an editor writes; what cannot be read is left to the reader."""
    try:
        with _stream(path) as file:
            blocks = iter(lambda: file.read(_BLOCK), b"")
            texts = (before[-_OVERLAP:] + block for before, block in pairwise(_after_nothing(blocks)))
            return any(_MARK.search(text) for text in texts if any(hint in text for hint in _HINTS))
    except (OSError, EOFError, zlib.error):
        return False


def find(path: Path) -> Edits | None:
    """Return the objects of an XML file, packed or not, that are not uploaded; None where there are none.

    Raises
    ------
    InputError
        Not whole XML, or XML that defines entities, of which a small file can make a boundless one.
    """
    if not _is_marked(path):
        return None
    found: dict[str, set[str]] = {"new": set(), "changed": set(), "deleted": set()}

    def take(name: str, attributes: dict[str, str]) -> None:
        if name in _KINDS:
            source_id = _KINDS[name] + attributes.get("id", "")
            if group := _group(attributes):
                found[group].add(source_id)

    parser = expat.ParserCreate()
    parser.StartElementHandler = take
    parser.EntityDeclHandler = _refuse_entity
    try:
        with _stream(path) as file:
            parser.ParseFile(file)
    except (OSError, EOFError, ValueError, zlib.error, expat.ExpatError) as error:
        raise InputError(
            f"osm {path.name}: cannot be read to its end ({error}): it is cut or broken, save it again"
        ) from None
    return Edits(**{group: frozenset(ids) for group, ids in found.items()}) if any(found.values()) else None


def rewrite(path: Path, edits: Edits, target: Path) -> None:
    """Write a file with new objects under positive numbers and deletions as OpenStreetMap's own histories have them.

    What was changed counts as newer than what another file holds of it.

    Raises
    ------
    InputError
        A negative id beyond those that an editor gives.
    """
    header = osmium.io.Reader(str(path)).header()
    own = edits.changed | edits.deleted
    with osm_file.writing(target, header) as writer:
        entity: Any
        for entity in osmium.FileProcessor(str(path)):
            source_id = f"{entity.type_str()}{entity.id}"
            is_deleted = source_id in edits.deleted
            version = entity.version + (source_id in own)
            parts = {} if entity.is_node() else _parts(entity, is_deleted, path)
            number = _numbered(entity.id, path)
            writer.add(entity.replace(id=number, version=version, visible=entity.visible and not is_deleted, **parts))


def must_be_one(edits: Mapping[Path, Edits]) -> None:
    """Refuse two files with new objects: each editor counts its own from -1, so one number means two things."""
    files = [path.name for path, found in edits.items() if found.new]
    if len(files) > 1:
        raise InputError(
            f"osm {files[0]} and {files[1]}: both hold new objects that are not uploaded, and number them alike: "
            "upload those of one, or merge the layers in the editor and save them as one file"
        )


def _group(attributes: Mapping[str, str]) -> str | None:
    if attributes.get("action") == "delete":
        return "deleted"
    if attributes.get("id", "").strip().startswith("-"):
        return "new"
    return "changed" if attributes.get("action") == "modify" else None


def _parts(entity: Any, is_deleted: bool, path: Path) -> dict[str, list[Any]]:
    """Return what a way or relation is made of, under the numbers of `rewrite`; nothing of a deleted one."""
    if entity.is_way():
        return {"nodes": [] if is_deleted else [_numbered(node.ref, path) for node in entity.nodes]}
    members = [] if is_deleted else [(m.type, _numbered(m.ref, path), m.role) for m in entity.members]
    return {"members": members}


def _numbered(number: int, path: Path) -> int:
    if not -NEW < number < NEW:
        raise InputError(f"osm {path.name}: holds an object numbered {number}, which no editor gives: save it again")
    return number if number >= 0 else NEW - number


def _refuse_entity(*declared: object) -> NoReturn:
    raise ValueError(f"it defines the entity {str(declared[0])[:60]!r}")


def _after_nothing(blocks: Iterable[bytes]) -> Iterator[bytes]:
    yield b""
    yield from blocks


class _Bounded:
    """A packed file that unpacks no further than a map can: what unpacks without end is no map."""

    def __init__(self, unpacked: gzip.GzipFile | bz2.BZ2File, path: Path) -> None:
        self.unpacked, self.name = unpacked, path.name
        self.left = MUCH_BYTES + MOST_TIMES * path.stat().st_size

    def read(self, size: int) -> bytes:
        """Return the next bytes; raise `InputError` where there are too many."""
        block = self.unpacked.read(size)
        self.left -= len(block)
        if self.left < 0:
            raise InputError(f"osm {self.name}: unpacks to {MOST_TIMES} times its size, as no map does: fetch it again")
        return block


@contextmanager
def _stream(path: Path) -> Iterator[BinaryIO]:
    """Open a file as the bytes of its text, unpacked where its first bytes say that it is packed."""
    with path.open("rb") as raw:
        head = raw.read(3)
        raw.seek(0)
        if head.startswith(b"\x1f\x8b"):
            yield cast(BinaryIO, _Bounded(gzip.GzipFile(fileobj=raw), path))
        elif head == b"BZh":
            yield cast(BinaryIO, _Bounded(bz2.BZ2File(raw), path))
        else:
            yield raw
