"""Every error the library raises on purpose; each message is one line: what, where, the value, the remedy."""

#: Letters of a message: of a longer one, what a file put into its middle is left out.
_LONGEST, _END = 1_400, 400


def one_line(message: str) -> str:
    """Return a message on one line of a bounded length, without the marks that turn or hide text in a terminal.

    Examples
    --------
    >>> one_line("a.csv: 'x\\ny'" + chr(27) + "[2J: mend it")
    "a.csv: 'x y'[2J: mend it"
    """
    line = " ".join(part.strip() for part in message.splitlines())
    line = "".join(letter for letter in line if letter.isprintable())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - _END]} … {line[-_END:]}"


class GeoKehilaError(Exception):
    """Root of the errors raised on purpose; catch it to catch them all. What it quotes is brought to one line.

    Examples
    --------
    >>> from geokehila import Study
    >>> try:
    ...     Study.of("dimonna")
    ... except GeoKehilaError as error:
    ...     str(error)
    "unknown city 'dimonna': did you mean 'dimona'? `geokehila cities` lists all, `geokehila init` begins another"
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))


class StudyError(GeoKehilaError, ValueError):
    """The user's choices cannot be carried out: an unknown city, key, category or value."""


class UnknownNameError(StudyError, KeyError):
    """A mapping holds nothing of that name; a `KeyError`, too, so that ``get`` works as of any mapping."""

    def __str__(self) -> str:
        """Return the message as it is: of a `KeyError` it would stand in quotes."""
        return Exception.__str__(self)


class InputError(GeoKehilaError, ValueError):
    """An input file is missing, unreadable or not what its role promises."""


class RunError(GeoKehilaError, RuntimeError):
    """A run broke one of its own promises (a sum that does not balance, a table without its key)."""


class FetchError(GeoKehilaError, RuntimeError):
    """A live source does not answer, or answers with something else than what it is asked for."""
