"""A download that is not whole yet: what came of it, of which file of the server, and how to ask for the rest."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import requests

_RANGE = re.compile(r"bytes (\d{1,18})-\d+/(\d{1,18}|\*)")


@dataclass(frozen=True)
class Tag:
    """How a server marks a version of a file: an ETag, a date, either or both, else empty."""

    etag: str = ""
    modified: str = ""

    @classmethod
    def of(cls, answer: requests.Response) -> Tag:
        """Return the mark of an answer."""
        return cls(answer.headers.get("ETag", "")[:200], answer.headers.get("Last-Modified", "")[:100])

    def unless_changed(self) -> dict[str, str]:
        """Return the headers that ask for a file only if it is another than this."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value}

    @property
    def exact(self) -> str:
        """The mark that tells even single bytes apart, "" where there is none; a weak ETag does not."""
        return self.modified if self.etag.startswith("W/") else self.etag or self.modified


#: The mark of no file.
UNKNOWN = Tag()


@dataclass
class Part:
    """The part of a file beside its place, and beside that what it is a part of."""

    place: Path
    address: str
    tag: Tag

    @classmethod
    def of(cls, place: Path, url: str) -> Part:
        """Find what came before of a file from an address; of another address it counts for nothing."""
        part = cls(place, sha256(url.encode()).hexdigest(), UNKNOWN)
        try:
            told = json.loads(part._note.read_text(encoding="utf-8"))
            if told["address"] == part.address and part.path.is_file():
                part.tag = Tag(str(told["etag"]), str(told["modified"]))
        except (OSError, ValueError, KeyError, TypeError):
            part.forget()
        return part

    @property
    def path(self) -> Path:
        """Where the bytes are."""
        return self.place.with_name(f".{self.place.name}.part")

    @property
    def _note(self) -> Path:
        return self.place.with_name(f".{self.place.name}.part.json")

    @property
    def held(self) -> int:
        """How many bytes came."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def wanted(self) -> dict[str, str]:
        """Return the headers that ask for the rest, if the file is still the same; none where nothing came."""
        return {"Range": f"bytes={self.held}-", "If-Range": self.tag.exact} if self.held and self.tag.exact else {}

    def goes_on(self, answer: requests.Response) -> bool:
        """Tell whether an answer of a part goes on where this one ends, and is of the same file."""
        etag = Tag.of(answer).etag
        return _span(answer)[0] == self.held > 0 and (not etag or etag == self.tag.etag)

    def begin(self, answer: requests.Response) -> int:
        """Take note of what is coming, and return how many bytes of it are there: 0 where it comes whole."""
        if answer.status_code == 206:
            return self.held
        self.tag = Tag.of(answer)
        # What came packed cannot be gone on with.
        told = asdict(UNKNOWN if _is_packed(answer) else self.tag)
        self._note.write_text(json.dumps({"address": self.address, **told}), encoding="utf-8")
        return 0

    def expected(self, answer: requests.Response) -> int | None:
        """Return the size that the server states for the whole file; None where it states none."""
        if answer.status_code == 206:
            return _span(answer)[1]
        length = answer.headers.get("Content-Length", "")
        return int(length) if re.fullmatch(r"\d{1,18}", length, re.ASCII) and not _is_packed(answer) else None

    def finish(self) -> Tag:
        """Put the whole file in its place."""
        self.path.replace(self.place)
        self._note.unlink(missing_ok=True)
        return self.tag

    def forget(self) -> None:
        """Drop what came."""
        self.tag = UNKNOWN
        for left in (self.path, self._note):
            left.unlink(missing_ok=True)


def _is_packed(answer: requests.Response) -> bool:
    return answer.headers.get("Content-Encoding", "identity") != "identity"


def _span(answer: requests.Response) -> tuple[int, int | None]:
    """Return where an answer of a part begins, and the size of the whole; 0 and None where it does not say."""
    found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    return (int(found[1]), int(found[2]) if found[2].isdigit() else None) if found else (0, None)
