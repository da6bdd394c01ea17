"""A PostgreSQL with PostGIS of Debian's packages, for tests: in a folder of its own, on a socket in that folder."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT

import pytest

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
POSTGIS = sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
#: Who runs the server where the tests are run by root, whom PostgreSQL refuses.
USER = "postgres"
ROLE, PASSWORD = "planner", "s3cret"
PATIENCE_S = 60
#: What is kept here is gone after the tests, so nothing is flushed to the disk.
SETTINGS = (
    "listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB",
    "max_connections=20",
)  # fmt: skip


@contextmanager
def server() -> Iterator[str]:
    """The address of a server's database `plans`; without the packages tests are skipped aloud, and fail under CI."""
    if not PROGRAMS or not POSTGIS:
        if os.environ.get("CI"):
            pytest.fail("no PostGIS on this machine, and CI may not skip its tests: make tools")
        pytest.skip("no PostgreSQL with PostGIS on this machine: publishing is not tested")
    # Not below pytest's own folder, whose path may be too long for a socket and is closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        with _started(folder, PROGRAMS[-1].parent):
            _wait(folder)
            yield address(folder, "plans")
    finally:
        shutil.rmtree(folder)


def address(folder: Path, database: str) -> str:
    return f"postgresql://{ROLE}:{PASSWORD}@/{database}?host={folder}"


@contextmanager
def _started(folder: Path, programs: Path) -> Iterator[None]:
    secret, data = folder / "secret", folder / "data"
    secret.write_text(PASSWORD)
    if os.geteuid() == 0:
        for path in (folder, secret):
            shutil.chown(path, USER)
    made = ["initdb", "-D", data, "-U", ROLE, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "-N"]
    subprocess.run([*_as_user(), programs / made[0], *made[1:]], check=True, capture_output=True)
    settings = [word for one in (*SETTINGS, f"unix_socket_directories={folder}") for word in ("-c", one)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([*_as_user(), programs / "postgres", "-D", data, *settings], stdout=log, stderr=log)
    try:
        yield
    finally:
        its_own = data / "postmaster.pid"
        os.kill(int(its_own.read_text().split()[0]) if its_own.is_file() else server.pid, SIGINT)
        server.wait(PATIENCE_S)


def _wait(folder: Path) -> None:
    import psycopg

    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            with psycopg.connect(address(folder, "postgres"), autocommit=True) as database:
                database.execute("CREATE DATABASE plans")
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                pytest.fail(f"PostgreSQL does not answer: {error}: {(folder / 'log').read_text()}")
            time.sleep(0.1)


def _as_user() -> list[str]:
    return ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
