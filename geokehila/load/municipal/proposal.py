"""How a list of places would be read as it stands, as a table for study.toml that can be pasted and corrected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from geokehila.catalogue import Category
from geokehila.catalogue.lists import COLUMNS, RULES, ListChoice
from geokehila.ledger import Ledger
from geokehila.load.municipal import columns, coordinates
from geokehila.load.municipal import kinds as list_kinds
from geokehila.load.municipal.opening import DEFAULT, PAIRS, locate, rows_of
from geokehila.schema import ISRAEL_TM

#: Stands for what only who made the list can say.
OPEN = "..."


@dataclass(frozen=True)
class Proposal:
    """How a list of places is read as it stands, for `doctor` to show and for a study to correct.

    Attributes
    ----------
    file, rows, located
        Its name, its rows, and how many of them have usable coordinates.
    columns
        Of :data:`geokehila.catalogue.lists.COLUMNS`, those found, by the column's name in the file.
    crs, is_swapped
        The system of the coordinates, and whether they stand in the wrong order; a layer states its own.
    is_guess
        Whether the columns of coordinates are told by their numbers alone, so that a run reads them only where stated.
    statuses, kinds
        Words of the columns that may tell which rows to keep, and which category each row is of, with the keys of the
        categories that the word can mean, the nearest first.
    others
        Those words of `kinds` by which rows are of another category than the list, which a run counts as the list's.
    unread
        Columns that may hold the names, where none is found.
    stated
        What the study says of the list already.
    """

    file: str
    rows: int
    located: int
    columns: Mapping[str, str]
    crs: str = ""
    is_swapped: bool = False
    is_guess: bool = False
    statuses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    stated: ListChoice = DEFAULT

    def as_toml(self, role: str = "") -> str:
        """Return the table ``[lists.<role>]`` for a study.toml: what is found or stated, what can be added as comments.

        Examples
        --------
        >>> Proposal("shelters.csv", 3, 2, {"name": "שם"}, "EPSG:4326").as_toml().splitlines()[1:4]
        ['[lists.shelters]', 'columns = { name = "שם" }', 'crs = "EPSG:4326"']
        """
        of_several = {"category": next(iter(self.kinds))} if self.others else {}
        others = ", ".join(_quoted(rule) for rule in RULES if rule != self.stated.rule)
        lines = [
            f"# {self.file}: {self.rows} rows, {self.located} with usable coordinates",
            f"[lists.{role or self.file.partition('.')[0]}]",
            f"columns = {_inline({**self.stated.columns, **self.columns, **of_several})}",
            *([f"crs = {_quoted(self.crs)}"] if self.crs else []),
            *(["# the columns of coordinates are told by their numbers: look at the places on a map"] * self.is_guess),
            *(["# the coordinates are swapped in every row: they are read turned"] * self.is_swapped),
            f"rule = {_quoted(self.stated.rule)}  # or {others}",
        ]
        if self.unread:
            named = ", ".join(_quoted(name) for name in self.unread[: columns.MOST_NAMED])
            lines.append(f'# with name = "..." in columns: whichever of {named} holds the names, if one does')
        return "\n".join([*lines, *self._rows_kept(), *self._categories(), *self._of_the_whole()])

    def _rows_kept(self) -> Iterator[str]:
        if self.stated.where:
            kept = (f"{_quoted(column)} = {_listed(words)}" for column, words in self.stated.where.items())
            yield f"where = {{ {', '.join(kept)} }}"
            return
        for column, words in self.statuses.items():
            stand = [word for word in words if not columns.is_not_there(word)] or [OPEN]
            yield f"# where = {{ {_quoted(column)} = {_listed(stand)} }}  # those that stand"

    def _categories(self) -> Iterator[str]:
        if self.stated.categories:
            yield f"categories = {_inline(self.stated.categories)}"
            return
        for column, keys in self.kinds.items():
            line = as_categories(keys)
            yield line if self.others else f"# {line}  # with category = {_quoted(column)} in columns"
            yield from (f"#   {_quoted(word)} can also be {', '.join(rest)}" for word, (_, *rest) in _several(keys))

    def _of_the_whole(self) -> Iterator[str]:
        whole, date, source = self.stated.whole, self.stated.date, self.stated.source
        yield f"{'' if whole else '# '}whole = true  # nothing is missing in it: where it shows none there is none"
        yield f"date = {_quoted(date)}" if date else '# date = "2024-05"'
        yield f"source = {_quoted(source)}" if source else '# source = "who made the list"'


def propose(
    path: Path,
    crs: str = ISRAEL_TM,
    choice: ListChoice = DEFAULT,
    categories: Mapping[str, Category] = MappingProxyType({}),
    category: str = "",
) -> Proposal:
    """Tell how a list of places would be read as it stands: the columns found and the system of its coordinates.

    Parameters
    ----------
    path, crs
        As for :func:`geokehila.load.municipal.read`.
    choice
        What the study says of the list already.
    categories
        The catalogue's: words that name one stand for it.
    category
        The one that the list is handed over as; "": nobody knows.

    Raises
    ------
    InputError
        As :func:`geokehila.load.municipal.read`, but for rows without usable coordinates, which are counted, and for
        columns of coordinates in Israel that no word tells: these are found by their numbers.

    Examples
    --------
    >>> propose(Path("shelters.xlsx")).columns  # doctest: +SKIP
    {'name': 'שם', 'x': 'X', 'y': 'Y'}
    """
    rows, _ = rows_of(path, Ledger(path.name))
    chosen = columns.choose(rows, choice.columns, path.name)
    is_layer = isinstance(rows, gpd.GeoDataFrame)
    is_told = is_layer or any({*pair} <= {*chosen} for pair in PAIRS)
    guess = {} if is_told or crs != ISRAEL_TM else coordinates.told_by_numbers(_free(rows, chosen))
    chosen |= guess
    located = locate(rows, chosen, choice, crs, path.name)
    kinds = list_kinds.told(rows, categories)
    is_read = "category" in chosen or not category
    has_name = any(key.startswith("name") for key in {*chosen, *choice.columns})
    return Proposal(
        file=path.name,
        rows=len(rows),
        located=int((located.reasons == "").sum()),
        columns={key: chosen[key] for key in COLUMNS if key in chosen},
        crs="" if is_layer else located.crs,
        is_swapped=located.is_swapped,
        is_guess=bool(guess),
        statuses=columns.classes(rows, columns.STATUS),
        kinds=kinds,
        others=list_kinds.others(kinds, category, choice, is_read),
        unread=() if has_name else tuple(columns.unread(rows, {*chosen.values()})),
        stated=choice,
    )


def _free(rows: pd.DataFrame, chosen: Mapping[str, str]) -> pd.DataFrame:
    """Return the columns that say nothing yet, but for those about persons."""
    return rows[columns.unread(rows, {*chosen.values()})]


def _several(keys: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the words that can mean several categories."""
    return ((word, meant) for word, meant in keys.items() if len(meant) > 1)


def as_categories(words: Mapping[str, Sequence[str]]) -> str:
    """Return the line of a study that says what each word of a column of kinds stands for, by its nearest meaning.

    Examples
    --------
    >>> as_categories({"מסגד": ["worship"], "אחר": []})
    'categories = { "מסגד" = "worship", "אחר" = "..." }'
    """
    return f"categories = {_inline({word: meant[0] if meant else OPEN for word, meant in words.items()})}"


def columns_as_toml(
    role: str, chosen: Mapping[str, str], absent: Sequence[str] = (), unread: Sequence[str] = ()
) -> str:
    """Return what states the columns of a table that is no list of places, one a line.

    Parameters
    ----------
    chosen
        The column that each key is read from.
    absent, unread
        Keys that no column tells, and columns that nothing is read from: what could be stated, as comments.

    Examples
    --------
    >>> columns_as_toml("candidates", {"name": "כינוי"}, ["price"], ["סכום"]).splitlines()[1:]
    ['name = "כינוי"', '# price = "..."  # if one of "סכום" holds it']
    """
    named = ", ".join(_quoted(name) for name in unread[: columns.MOST_NAMED])
    told = (f"{key} = {_quoted(column)}" for key, column in chosen.items())
    open_keys = (f'# {key} = "{OPEN}"  # if one of {named} holds it' for key in absent if named)
    return "\n".join([f"[lists.{role}.columns]", *told, *open_keys])


def _inline(table: Mapping[str, str]) -> str:
    pairs = (f"{key if key in COLUMNS else _quoted(key)} = {_quoted(value)}" for key, value in table.items())
    return f"{{ {', '.join(pairs)} }}"


def _listed(words: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, words))}]"


def _quoted(text: str) -> str:
    """Return a text as TOML writes it, which is as JSON does but for one control."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
