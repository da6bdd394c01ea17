"""What a failure prints: one line that names the next thing to type, for programs an object of JSON, and its code."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

#: Exit codes of failures. Those of 1 are results: warnings under --strict, a city of a batch, a source of a fetch.
USAGE, INPUT, FAILED, INTERRUPTED = 2, 3, 4, 130
#: Commands that read a city's files, at which the doctor looks.
OF_RAW_FILES = frozenset(("run", "demo", "gaps", "hubs", "batch", "inventory"))
#: Commands that read a city's study.toml.
OF_STUDIES = OF_RAW_FILES | {"cards", "atlas", "publish", "scenario"}
#: Commands that are given files besides, which are mended and given again.
OF_OWN_FILES = frozenset(("scenario", "carry", "compare"))
#: A study.toml, or a table of one; and a word that there is not, with the right one, or the nearest of several.
_OF_STUDY = re.compile(r"\.toml|\[[a-z_]+[].]")
_MEANT = re.compile(r"^unknown .*'(?P<wrong>[^']+)': did you mean '(?P<right>[^']+)'(?: or '[^']+')*\?")


def end(reason: object, code: int) -> NoReturn:
    """Say on one line of standard error why a command failed, under --json on standard output too, and end with it."""
    words = sys.argv[1:]
    line = _with_next(" ".join(str(reason).split()), code, words)
    if "--json" in words:
        sys.stdout.write(json.dumps({"error": line, "exit": code}, ensure_ascii=False) + "\n")
    sys.stderr.write(f"geokehila: {line}\n")
    sys.exit(code)


def _with_next(reason: str, code: int, words: Sequence[str]) -> str:
    """Add the command to type next where the reason names none; the doctor has said all it knows."""
    names_one = ("`geokehila" in reason and not _MEANT.match(reason)) or words[:1] == ["doctor"]
    if names_one or code not in (USAGE, INPUT):
        return reason
    following = _next(reason, code, words)
    mended = "once that is mended, " if following == [*words] else ""
    return f"{reason} (next: {mended}`{shlex.join(['geokehila', *following])}`)"


def _next(reason: str, code: int, words: Sequence[str]) -> list[str]:
    """Return the words to type: the same command mended or when its file is, the doctor's look at a city, else help."""
    if (found := _MEANT.match(reason)) and (mended := _mended(words, found["wrong"], found["right"])) != [*words]:
        return mended
    command = {*words[:1]}
    if "--" not in reason:
        if command & OF_OWN_FILES and any(Path(word).name in reason for word in words[1:] if Path(word).is_file()):
            return [*words]
        if command & OF_OWN_FILES and reason.startswith(tuple(f"{word}:" for word in words[2:])):  # it is not there
            return [*words[:1], "--help"]
        if (command & OF_RAW_FILES and code == INPUT) or (command & OF_STUDIES and _is_of_study(reason, words)):
            return ["doctor", *_city(words)]
    return [*words[: 2 if words[:1] == ["reference"] else 1], "--help"]


def _mended(words: Sequence[str], wrong: str, right: str) -> list[str]:
    """Put the right word in the place of the wrong one, among words with commas between, too."""
    parts = ([word] if word == wrong else word.split(",") for word in words)
    return [",".join(right if part == wrong else part for part in one) for one in parts]


def _is_of_study(reason: str, words: Sequence[str]) -> bool:
    """Tell whether a reason is of what a study.toml says; wishes of the command line are told as its table [hubs]."""
    return bool(_OF_STUDY.search(reason.replace("[hubs]", "") if words[0] == "hubs" else reason))


def _city(words: Sequence[str]) -> list[str]:
    """Return the city that a command is of, and where its files are said to be."""
    named = [word for word in words[1:2] if not word.startswith("-") and words[0] != "batch"]
    places = [words[place : place + 2] for place, word in enumerate(words) if word in ("--data", "--out")]
    return [*named, *(word for place in places for word in place)]
