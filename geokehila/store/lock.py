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
#: [s] Two processes of one number are the same when they began this near: the clock they are told by may be corrected.
SAME_PROCESS_S = 2.0
#: Each fails only where another run took or gave up the lock in the same moment.
ATTEMPTS = 100


@dataclass(frozen=True)
class Owner:
    """Who holds a lock: the process, when it began [s since 1970], its computer, and since when it holds it."""

    pid: int
    began: float
    host: str
    since: str

    @classmethod
    def me(cls) -> Owner:
        """Return this process."""
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return cls(os.getpid(), psutil.Process().create_time(), platform.node(), since)

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
            return not is_zombie and abs(process.create_time() - self.began) <= SAME_PROCESS_S
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is made where it is absent.

    Raises
    ------
    RunError
        Another run, alive, holds it: its process, since when, and what to do.
    """
    lock, claim, me = folder / LOCK, folder / f"{CLAIM}{os.getpid()}-{get_ident()}", Owner.me()
    _take(lock, claim, me)
    try:
        yield
    finally:
        # Not at the beginning: a starter that still reads a dead owner's name must find that lock taken already.
        for pattern in (CLAIM, DEAD):
            for left in folder.glob(f"{pattern}*"):
                shutil.rmtree(left, ignore_errors=True)
        _give_up(lock, claim, me)


def _take(lock: Path, claim: Path, me: Owner) -> None:
    for _ in range(ATTEMPTS):
        if _claimed(lock, claim, me):
            return
        owner = Owner.of(lock)
        if owner and owner.is_alive():
            raise RunError(
                f"{lock.parent}: another run of this city is at work, process {owner.pid} on {owner.host} since "
                f"{owner.since}: wait for it or name another --out; if it no longer runs, delete {lock}"
            )
        if owner:
            _bury(lock, owner)
    raise RunError(f"{lock}: cannot be taken: delete it if no other run of this city is at work")


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
