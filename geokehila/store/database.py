"""A PostgreSQL database: a transaction in it, and statements with words filled in; no fault shows a password."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geokehila.errors import RunError, StudyError

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.sql import Composable, Composed

#: The most letters [bytes] that a database tells names apart by.
LONGEST_NAME = 63
#: [s] A server that does not answer is not waited for longer.
PATIENCE_S = 10
ADDRESS = "write postgresql://user@host/database"


@dataclass(frozen=True)
class Target:
    """A database, and a schema in it.

    Attributes
    ----------
    address
        ``postgresql://user@host/database``; never shown, for it may hold a password.

    Raises
    ------
    StudyError
        It is no address of PostgreSQL.

    Examples
    --------
    >>> Target("postgresql://planner:secret@localhost/plans")
    Target(schema='geokehila')
    """

    address: str = field(repr=False)
    schema: str = "geokehila"

    def __post_init__(self) -> None:
        """See that it is the address of a PostgreSQL database."""
        if not self.address.startswith(("postgresql://", "postgres://")):
            raise StudyError(f"publish: --to is no address of a PostgreSQL database: {ADDRESS}")


@contextmanager
def transaction(target: Target) -> Iterator[Connection]:
    """Be in a transaction: what is done stays done when the block ends well, else nothing of it.

    Raises
    ------
    StudyError
        The address cannot be read.
    RunError
        psycopg is not installed, the database cannot be reached, or it refuses.
    """
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise RunError("publish: psycopg is not installed: pip install 'geokehila[postgis]'") from None
    try:
        told = conninfo_to_dict(target.address)
    except psycopg.ProgrammingError:
        raise StudyError(f"publish: --to cannot be read: {ADDRESS}") from None
    place = f"database {told.get('dbname') or 'of the user'} at {told.get('host') or 'this machine'}"
    more = {"application_name": "geokehila"} | ({} if "connect_timeout" in told else {"connect_timeout": PATIENCE_S})
    try:
        database = psycopg.connect(target.address, **more)  # type: ignore[arg-type]  # these are its parameters
    except psycopg.Error as error:
        fault = _line(error, told)
        raise RunError(f"publish: {place}: cannot be reached ({fault}): see that it runs and takes the user") from None
    try:
        with database:
            yield database
    except psycopg.Error as error:
        fault = _line(error, told)
        raise RunError(f"publish: {place}: refused ({fault}): it is as it was; mend that and try again") from None


def sql(query: str, *words: object) -> Composed:
    """Return a statement with words in its braces: parts of statements as they are, anything else as a literal."""
    from psycopg import sql as part

    return part.SQL(query).format(*words)


def joined(between: str, statements: Iterable[Composable]) -> Composed:
    """Return parts of statements with a text between them."""
    from psycopg import sql as part

    return part.SQL(between).join(statements)


def name(*names: str) -> Composable:
    """Return a name in quotes, with points between its parts.

    Raises
    ------
    StudyError
        One is longer than a database can tell apart.
    """
    from psycopg import sql as part

    if long := [one for one in names if len(one.encode()) > LONGEST_NAME]:
        raise StudyError(f"publish: {long[0]}: a database takes {LONGEST_NAME} letters: shorten the key it is made of")
    return part.Identifier(*names)


def _line(error: Exception, address: Mapping[str, Any]) -> str:
    """Return what a database says, on one line, without the password."""
    line = " ".join(str(error).split())
    password = str(address.get("password") or "")
    return line.replace(password, "…") if password else line
