"""One run at a time in a folder: a lock that names its owner, and that a dead owner loses."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident

import psutil

from geokehila.errors import RunError

#: The lock is a folder, not a file: a folder that is renamed never takes the place of a full one, on any system, and
#: it appears together with what it holds, so that nobody ever reads half an owner.
LOCK, OWNER = ".lock", "owner.json"
#: A lock about to be taken, or just given up; and one taken from a dead owner.
CLAIM, DEAD = ".claim-", ".dead-"
#: Each fails only where another run took or gave up the lock in the same moment.
ATTEMPTS = 100


@dataclass(frozen=True)
class Owner:
    """Who holds a lock: the process, when it began, its computer, and since when it holds it.

    Attributes
    ----------
    began
        [s] By a clock that nobody sets: it tells two processes of one number apart, and says nothing else.
    since
        By the computer's clock, for people; nothing depends on it.
    """

    pid: int
    began: float
    host: str
    since: str

    @classmethod
    def me(cls) -> Owner:
        """Return this process."""
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return cls(os.getpid(), _began(psutil.Process()), platform.node(), since)

    @classmethod
    def of(cls, lock: Path) -> Owner | None:
        """Return who holds a lock, None where nobody does; one that a power cut left unreadable has a dead owner."""
        try:
            found = json.loads((lock / OWNER).read_text(encoding="utf-8"))
            return cls(int(found["pid"]), float(found["began"]), str(found["host"]), str(found["since"]))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):
            return cls(0, 0.0, platform.node(), "")

    def is_alive(self) -> bool:
        """Tell whether the process still runs; one on another computer cannot be seen and counts as alive."""
        if self.host != platform.node():
            return True
        try:
            process = psutil.Process(self.pid)
            is_zombie = process.status() == psutil.STATUS_ZOMBIE
            return not is_zombie and _began(process) == self.began
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True


def _began(process: psutil.Process) -> float:
    """[s] Return when a process began, the same whenever it is asked.

    Linux counts from when the computer started, and makes a date of that by its clock of the moment, which may have
    been set since: that is taken off again. Others keep the date of then.
    """
    return round(process.create_time() - (psutil.boot_time() if psutil.LINUX else 0.0), 2)


@contextmanager
def held(folder: Path, work: str = "run of this city", option: str = "--out") -> Iterator[None]:
    """Hold the lock of a folder, which is made where it is absent.

    Parameters
    ----------
    work
        What is done in it, by one at a time.
    option
        Of the command line, by which another folder is named.

    Raises
    ------
    RunError
        Another one, alive, holds it: its process, since when, and what to do.
    """
    lock, claim, me = folder / LOCK, folder / f"{CLAIM}{os.getpid()}-{get_ident()}", Owner.me()
    owner = _taken(lock, claim, me)
    if owner:
        raise RunError(
            f"{folder}: another {work} is at work, process {owner.pid} on {owner.host} since {owner.since}: "
            f"wait for it or name another {option}; if it no longer runs, delete {lock}"
        )
    try:
        yield
    finally:
        # Not at the beginning: a starter that still reads a dead owner's name must find that lock taken already.
        for pattern in (CLAIM, DEAD):
            for left in folder.glob(f"{pattern}*"):
                shutil.rmtree(left, ignore_errors=True)
        _give_up(lock, claim, me)


def _taken(lock: Path, claim: Path, me: Owner) -> Owner | None:
    """Take a lock; return who has it where that is somebody else, alive."""
    for _ in range(ATTEMPTS):
        if _claimed(lock, claim, me):
            return None
        owner = Owner.of(lock)
        if owner and owner.is_alive():
            return owner
        if owner:
            _bury(lock, owner)
    raise RunError(f"{lock}: cannot be taken: delete it if nobody else is at work in {lock.parent}")


def _bury(lock: Path, owner: Owner) -> None:
    """Put a dead owner's lock away; the name it gets is its owner's, so that only one starter can."""
    grave = lock.with_name(f"{DEAD}{owner.pid}-{owner.began}")
    try:
        lock.rename(grave)
    except OSError:
        return
    if Owner.of(grave) != owner:
        # Somebody was faster by a whole run, and this is the lock of a living one.
        with suppress(OSError):
            grave.rename(lock)


def _claimed(lock: Path, claim: Path, me: Owner) -> bool:
    """Write who we are and rename it into place, which fails where a lock stands."""
    claim.mkdir(parents=True, exist_ok=True)
    try:
        (claim / OWNER).write_text(json.dumps(asdict(me)), encoding="utf-8")
    except FileNotFoundError:  # swept away by a run that ends
        return False
    try:
        claim.rename(lock)
    except OSError:
        shutil.rmtree(claim, ignore_errors=True)
        return False
    return True


def _give_up(lock: Path, claim: Path, me: Owner) -> None:
    """Take the lock away whole, so that nobody sees one without an owner; not if a user gave it to another run."""
    if Owner.of(lock) != me:
        return
    try:
        lock.rename(claim)
    except OSError:
        shutil.rmtree(lock, ignore_errors=True)
    shutil.rmtree(claim, ignore_errors=True)
