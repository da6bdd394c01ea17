"""The right to read a file, asked for before any reader does: each of them would say another thing of it."""

from __future__ import annotations

from pathlib import Path

from geokehila.errors import InputError


def must_be_allowed(path: Path) -> None:
    """Refuse a file that may not be read; whatever else is wrong with it is left to its reader.

    Raises
    ------
    InputError
        No right to read it, or (on Windows) another program holds it.
    """
    try:
        if not path.is_dir():  # Windows opens no folder
            path.open("rb").close()
    except PermissionError as fault:
        raise InputError(
            f"{path.name}: may not be read ({fault.strerror}): get the right to read it, "
            "or close the program that holds it"
        ) from None
    except OSError:
        return
