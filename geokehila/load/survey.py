"""How satisfied residents say they are with each domain of life: sums of a survey, never single answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

from geokehila.catalogue import LANGUAGES, Domain
from geokehila.catalogue.lists import ListChoice
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import cells, of_units, per_cents
from geokehila.load.municipal import DEFAULT
from geokehila.load.municipal.columns import over, plain
from geokehila.load.municipal.rows import first
from geokehila.load.of_units import ZONE_ID, Rows
from geokehila.load.written import amounts

KIND = "survey"
#: Of fewer answers nothing is told: who is behind them could be guessed.
FEWEST = 10
#: No neighbourhood has more answers.
MOST = 1_000_000
FEW, NOT_COUNTED, NOT_TOLD = f"fewer than {FEWEST} answers", "number of answers not told", "not told"
NO_DOMAIN, NO_COUNT = "names no domain of life", "answers: no count"
NO_SHARE, NO_MARGIN = "satisfied: no share of the answers", "margin: not between 0 and 50 per cent"
#: Width of the interval of 95 % to either side [standard errors].
Z = NormalDist().inv_cdf(0.975)
#: What the columns are called.
WORDS: Mapping[str, tuple[str, ...]] = {
    "domain": ("domain", "domain of life", "life domain", "topic", "תחום", "תחום חיים", "נושא", "المجال", "مجال",
               "الموضوع"),
    "answers": ("answers", "number of answers", "answers count", "responses", "number of responses", "respondents",
                "number of respondents", "sample size", "sample", "n", "תשובות", "מספר תשובות", "מספר התשובות",
                "משיבים", "מספר משיבים", "מספר המשיבים", "נשאלים", "מספר נשאלים", "מרואיינים", "מספר מרואיינים",
                "גודל מדגם", "מדגם", "إجابات", "عدد الإجابات", "المستجيبون", "عدد المستجيبين", "حجم العينة"),
    "satisfied": ("satisfied", "number satisfied", "satisfied count", "number of satisfied", "percent satisfied",
                  "satisfied percent", "satisfied share", "share satisfied", "share", "satisfaction", "מרוצים",
                  "מספר מרוצים", "מספר המרוצים", "אחוז מרוצים", "אחוז המרוצים", "שיעור מרוצים", "שיעור המרוצים",
                  "שבעי רצון", "אחוז שבעי רצון", "שביעות רצון", "אחוז שביעות רצון", "الراضون", "راضون",
                  "عدد الراضين", "نسبة الراضين", "نسبة الرضا", "الرضا"),
    "margin": ("margin", "margin of error", "error margin", "sampling error", "טעות דגימה", "טעות דגימה מרבית",
               "מרווח טעות", "שולי טעות", "هامش الخطأ"),
    "zone_id": ZONE_ID,
}  # fmt: skip
#: Beside the name of a domain at the head of a column of per cents.
_BESIDE = frozenset(map(plain, ("percent", "per", "cent", "pct", "share", "satisfied", "satisfaction", "with", "אחוז",
                                "אחוזים", "מרוצים", "שביעות", "רצון", "نسبة", "الرضا")))  # fmt: skip
#: Columns that only a list of single answers has.
_OF_ONE = frozenset(map(plain, ("timestamp", "respondent", "respondent id", "respondent number", "response id",
                                "submission id", "questionnaire", "questionnaire number", "חותמת זמן", "משיב",
                                "מספר משיב", "מזהה משיב", "קוד משיב", "שאלון", "מספר שאלון", "מרואיין",
                                "מספר מרואיין", "طابع زمني", "المستجيب", "رقم المستجيب",
                                "رقم الاستمارة")))  # fmt: skip
MEASURES = ("answers_count", "share", "low", "high", "margin")


@dataclass(frozen=True, eq=False)
class Survey:
    """What residents of neighbourhoods say of the domains of life, and what became of every row.

    Attributes
    ----------
    rows
        By `zone_id` of the unit and `domain`: `answers_count`; `share` of the satisfied among them, 0 to 1, `low` and
        `high`, where it lies with 95 % certainty, and `margin`, half of that width, else as the file tells it. Missing:
        hidden or not told, and `reason` says which: fewer than 10 answers, number of answers not told, not told.
    ledger
        Kind ``survey``, by rows of the file, or by cells where each domain has a column.
    columns
        Those of the file that are read, by what they say.
    """

    rows: pd.DataFrame
    ledger: Ledger
    columns: Mapping[str, str]


def read(path: Path, units: pd.DataFrame, domains: Mapping[str, Domain], choice: ListChoice = DEFAULT) -> Survey:
    """Read the sums of a survey.

    Parameters
    ----------
    path
        A table, one row a neighbourhood and domain with `answers` and `satisfied`, a count, a per cent or a share; or
        one row a neighbourhood with `answers` and a column of per cents a domain. Columns are found by their names in
        Hebrew, Arabic and English.
    units
        As for :func:`geokehila.load.readiness.read`.
    domains
        By key; a domain is called by it or by its name in any language, whole or its first words.
    choice
        Which columns the study states, also those of domains; all else is found in the file.

    Raises
    ------
    InputError
        Single answers; a column about persons; none of neighbourhoods, answers, domains or of who is satisfied; values
        that may be counts, per cents or marks; or a file that cannot be read.

    Examples
    --------
    >>> read(Path("survey.csv"), units, Catalogue.read().domains).rows.share.tolist()  # doctest: +SKIP
    [0.8, nan]
    """
    ledger = Ledger(path.name)
    table = of_units.read(path, WORDS, ledger, choice)
    _must_be_sums(table)
    of_domains = {} if "domain" in table.found else _columns(table, domains, choice)
    said = _wide(table, of_domains) if of_domains else _long(table, domains)
    ledger.read(KIND, len(said))
    table.warn_of_unread("survey", ledger, of_domains.values())
    typed = _typed(said, table)
    rows = typed.assign(zone_id=table.units(units).reindex(said["row"]).to_numpy(), domain=said["domain"])
    reasons = table.with_totals(_reasons(said, rows, units), pd.Index(said["row"]))
    of_units.settle(ledger, KIND, said["called"].tolist(), reasons)
    kept = _hidden(_with_interval(rows[reasons == ""]))
    ordered = kept.sort_values(["zone_id", "domain"], ignore_index=True)
    return Survey(ordered, ledger.balance(), {**table.read_as, **of_domains})


def wilson(share: np.ndarray, answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the share of all residents lies with 95 % certainty, by Wilson (1927).

    The answers count as drawn at random from a population without end: that a neighbourhood is small narrows nothing.

    Parameters
    ----------
    share
        Of the answers, 0 to 1, shape (N,).
    answers
        How many there are, above 0, shape (N,).

    Examples
    --------
    >>> low, high = wilson(np.array([0.8]), np.array([10.0]))
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.4902], [0.9433])
    """
    squared = Z**2 / answers
    centre = (share + squared / 2) / (1 + squared)
    half = Z * np.sqrt(share * (1 - share) / answers + squared / (4 * answers)) / (1 + squared)
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)


def _must_be_sums(table: Rows) -> None:
    """Raise where each row is an answer: by its columns, or as rows repeat a neighbourhood and most count one at most.

    Nor is anything told of a file that does not count its answers.
    """
    said = table.told(["domain", "answers"])
    # By its name, where it has one: in a list of answers an id may be of whoever answers.
    units = [called[: len(table.names) or 1] for called in table.spellings()]
    again = pd.Series([*zip(units, said["domain"].map(plain), strict=True)], dtype=object).duplicated()
    is_one = ~(amounts(said["answers"]) > 1)
    is_single = again.any() and is_one.mean() > 0.5
    if is_single or not _OF_ONE.isdisjoint(plain(str(column)) for column in table.table.columns):
        raise InputError(
            f"{table.file}: holds one row an answer: hand over sums only, one row a neighbourhood and domain with "
            "the number of answers"
        )
    if "answers" not in table.found:
        raise InputError(f"{table.file}: no column of the number of answers among {table.columns}: call it answers")


def _long(table: Rows, domains: Mapping[str, Domain]) -> pd.DataFrame:
    """Return row, what the file calls it, domain (None: none that is known), answers, satisfied and margin."""
    if "satisfied" not in table.found:
        raise InputError(f"{table.file}: no column of the satisfied among {table.columns}: call it satisfied")
    said, spelled = table.told(["domain", "answers", "satisfied", "margin"]), _spelled(domains)
    keys = {text: _domain(text, spelled) for text in said["domain"].unique()}
    called = [f"row {number}" for number in table.numbers]
    return said.assign(row=said.index, called=called, domain=said["domain"].map(keys).astype(object))


def _wide(table: Rows, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return the same of each cell in a domain's column, row by row."""
    said, parts = table.told(["answers", "margin"]), []
    for domain, column in columns.items():
        called = [f"row {number} {domain}" for number in table.numbers]
        satisfied = cells.told(table.table, column)
        parts.append(said.assign(row=said.index, called=called, domain=domain, satisfied=satisfied))
    return pd.concat(parts).sort_values("row", kind="stable", ignore_index=True)


def _columns(table: Rows, domains: Mapping[str, Domain], choice: ListChoice) -> dict[str, str]:
    """Return the column of each domain that has one: those stated over those called so."""
    stated = {key: column for key, column in choice.columns.items() if key in domains}
    columns = over(table.table, _called(table, domains), stated, table.file)
    if not columns:
        raise InputError(f"{table.file}: no column of domains among {table.columns}: call it domain, or one by each")
    return columns


def _called(table: Rows, domains: Mapping[str, Domain]) -> dict[str, str]:
    """Return the column of each domain that one is called by."""
    spelled, columns = _spelled(domains), dict[str, str]()
    for column in map(str, table.table.columns):
        words = " ".join(word for word in plain(column).split() if word not in _BESIDE)
        domain = None if column in (*table.found.values(), *table.names) else _domain(words, spelled)
        if domain in columns:
            raise InputError(f"{table.file}: columns {columns[domain]!r} and {column!r} are of one domain: keep one")
        if domain:
            columns[domain] = column
    return columns


def _spelled(domains: Mapping[str, Domain]) -> dict[str, str]:
    return {plain(name): key for key, own in domains.items() for name in (key, *(own.name[x] for x in LANGUAGES))}


def _domain(text: str, spelled: Mapping[str, str]) -> str | None:
    """Return the domain that is called so, or the only one whose name begins with these words."""
    words = plain(text)
    begun = {domain for name, domain in spelled.items() if words and f"{name} ".startswith(f"{words} ")}
    return spelled.get(words) or (begun.pop() if len(begun) == 1 else None)


def _typed(said: pd.DataFrame, table: Rows) -> pd.DataFrame:
    """Return `answers_count`, `share` and the file's own `margin`, missing where not told or no number."""
    answers = amounts(said["answers"])
    if "domain" in table.found:
        share = per_cents.shares(said["satisfied"], answers, table.found["satisfied"], table.file)
    else:
        share = per_cents.of_columns(said["satisfied"], table.file)
    return pd.DataFrame({"answers_count": answers, "share": share, "margin": per_cents.margins(said["margin"])})


def _reasons(said: pd.DataFrame, rows: pd.DataFrame, units: pd.DataFrame) -> np.ndarray:
    """Return why a row is left out; empty where it is read. Cells are not quoted: they might name somebody."""
    answers = rows["answers_count"]
    is_count = answers.between(0, MOST) & (answers % 1 == 0)
    reasons = first(
        of_units.unknown(rows["zone_id"], units),
        np.where(rows["domain"].isna(), NO_DOMAIN, ""),
        np.where((said["answers"] == "") | is_count, "", NO_COUNT),
        np.where((said["satisfied"] == "") | (said["answers"] == "") | rows["share"].between(0, 1), "", NO_SHARE),
        np.where((said["margin"] == "") | rows["margin"].between(0, 0.5), "", NO_MARGIN),
    )
    return of_units.repeated(rows["zone_id"].astype("str") + " " + rows["domain"].astype("str"), reasons)


def _with_interval(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with `low`, `high` and `margin`: the file's own, else Wilson's."""
    share, answers, own = (rows[name].to_numpy(float) for name in ("share", "answers_count", "margin"))
    low, high = wilson(share, np.where(answers > 0, answers, np.nan))
    stated, margin = np.isfinite(own), np.where(np.isfinite(own), own, (high - low) / 2)
    low, high = np.where(stated, np.maximum(share - own, 0), low), np.where(stated, np.minimum(share + own, 1), high)
    return rows.assign(low=low, high=high, margin=margin)


def _hidden(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows without what stands on fewer than 10 answers, or on nobody knows how many."""
    answers = rows["answers_count"]
    reason = np.select([answers < FEWEST, answers.isna(), rows["share"].isna()], [FEW, NOT_COUNTED, NOT_TOLD], "")
    is_told, is_counted = reason == "", np.isin(reason, ("", NOT_TOLD))
    kept = {name: rows[name].where(is_told) for name in MEASURES} | {"answers_count": answers.where(is_counted)}
    shown = rows.assign(**kept, reason=pd.Series(reason, rows.index, dtype="str"))
    return shown[["zone_id", "domain", *MEASURES, "reason"]]
