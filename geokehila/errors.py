"""Every error the library raises on purpose; each message is one line: what, where, the value, the remedy."""


class GeoKehilaError(Exception):
    """Root of the errors raised on purpose; catch it to catch them all. What it quotes is brought to one line."""

    def __init__(self, message: str = "") -> None:
        super().__init__(" ".join(line.strip() for line in message.splitlines()))


class StudyError(GeoKehilaError, ValueError):
    """The user's choices cannot be carried out: an unknown city, key, category or value."""


class InputError(GeoKehilaError, ValueError):
    """An input file is missing, unreadable or not what its role promises."""


class RunError(GeoKehilaError, RuntimeError):
    """A run broke one of its own promises (a sum that does not balance, a table without its key)."""


class FetchError(GeoKehilaError, RuntimeError):
    """A live source does not answer, or answers with something else than what it is asked for."""
