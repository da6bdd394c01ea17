"""Wheel and sdist: whole, the same to the byte wherever they are built, and what a container installs."""

import email
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from benchmarks.install import pinned
from geokehila import __version__

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
#: What a build reads.
SOURCES = (
    "geokehila",
    "cli",
    "tests",
    "docs",
    "audit",
    "benchmarks",
    "fuzz",
    "maps",
    "data",
    "README.md",
    "CHANGELOG.md",
)
SOURCES += ("CONTRIBUTING.md", "LICENSE", "Makefile", "Containerfile", "hatch_build.py", "pyproject.toml")
SOURCES += ("package.json", "package-lock.json", "requirements.lock", ".gitignore")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "raw", "processed", "found", "pictures")


def copied(to: Path) -> Path:
    """A copy of the sources alone, in a folder of its own, as a checkout leaves them."""
    to.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=LEFT_OUT)
        else:
            shutil.copyfile(ROOT / name, to / name)
    return to


def built(source: Path) -> dict[str, Path]:
    subprocess.run([sys.executable, "-m", "hatchling", "build"], cwd=source, check=True, capture_output=True)
    return {path.suffix: path for path in (source / "dist").iterdir()}


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return built(copied(tmp_path_factory.mktemp("built") / "source"))


@pytest.fixture(scope="module")
def wheel(dist: dict[str, Path]) -> zipfile.ZipFile:
    return zipfile.ZipFile(dist[".whl"])


def test_another_folder_another_day_other_rights_the_same_bytes(dist: dict[str, Path], tmp_path: Path) -> None:
    other = copied(tmp_path / "מקור אחר")
    for number, path in enumerate(sorted(other.rglob("*"))):
        if path.is_file():
            path.chmod(0o600)
            os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    again = built(other)
    assert {suffix: checksum(path) for suffix, path in again.items()} == {s: checksum(p) for s, p in dist.items()}


def test_the_sdist_builds_the_same_wheel(dist: dict[str, Path], tmp_path: Path) -> None:
    """Without node_modules: Leaflet travels in it."""
    with tarfile.open(dist[".gz"]) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    assert checksum(built(source)[".whl"]) == checksum(dist[".whl"])


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    there = {name for name in wheel.namelist() if ".dist-info/" not in name}
    folders = {"geokehila": ROOT / "geokehila", "geokehila_cli": ROOT / "cli" / "geokehila_cli"}
    wanted = {
        f"{top}/{path.relative_to(folder).as_posix()}"
        for top, folder in folders.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there == wanted
    for name in ("draw/assets/leaflet.js", "draw/assets/LICENSE", "catalogue/text/he.toml", "py.typed"):
        assert f"geokehila/{name}" in there


def test_what_the_wheel_says_of_itself(wheel: zipfile.ZipFile) -> None:
    folder = f"geokehila-{__version__}.dist-info"
    told = email.message_from_bytes(wheel.read(f"{folder}/METADATA"))
    licensed, extras = (told.get_all(field, []) for field in ("License-File", "Provides-Extra"))
    assert (told["Name"], told["Version"], told["License-Expression"]) == ("geokehila", __version__, "MIT")
    assert {*licensed} == {"LICENSE", "geokehila/draw/assets/LICENSE"}
    licences = [wheel.read(f"{folder}/licenses/{name}").decode() for name in sorted(licensed)]
    assert "MIT License" in licences[0] and any("Agafonkin" in text for text in licences), "ours and Leaflet's"
    assert {*extras} == {*PROJECT["project"]["optional-dependencies"]}
    assert "geokehila = geokehila_cli.app:main" in wheel.read(f"{folder}/entry_points.txt").decode()
    assert "Root-Is-Purelib: true" in wheel.read(f"{folder}/WHEEL").decode(), "one wheel for every system"


def test_no_dependency_is_one_system_s_or_from_elsewhere() -> None:
    extras = PROJECT["project"]["optional-dependencies"].values()
    stated = [*PROJECT["project"]["dependencies"], *(text for extra in extras for text in extra)]
    assert [text for text in stated if not re.fullmatch(r"[a-z0-9-]+(\[[a-z]+\])?>=[\d.]+", text)] == []


def test_the_page_of_installing_tells_of_every_extra_and_no_other() -> None:
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert {*re.findall(r"geokehila\[(\w+)\]", page)} == {*PROJECT["project"]["optional-dependencies"]}


def test_a_container_installs_the_wheel_as_it_is_tested() -> None:
    """No container can be built in a test: its line of pip is that of `python -m benchmarks.install`, but for pins."""
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    (install,) = [line for line in lines if "pip install" in line]
    words = install.removeprefix("RUN ").split("&&")[0].split()
    assert words[:2] == ["pip", "install"] and words[-1] == "/wheels/*.whl"
    assert {*words[2:-1]} == {"--no-cache-dir", "--disable-pip-version-check"}
    assert "COPY dist/*.whl /wheels/" in lines
    (base,) = [line for line in lines if line.startswith("FROM")]
    version = re.fullmatch(r"FROM python:(3\.\d+)-slim", base)
    assert version and f"Programming Language :: Python :: {version[1]}" in PROJECT["project"]["classifiers"]
    user = next(number for number, line in enumerate(lines) if line.startswith("USER "))
    assert user < next(n for n, line in enumerate(lines) if line.startswith("ENTRYPOINT")) and "root" not in lines[user]
    for module in re.findall(r"python -m ([\w.]+)", "\n".join(lines)):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()


def test_what_is_measured_is_installed_by_the_lock() -> None:
    lock = "a==1 \\\n    --hash=sha256:00\nb-c==2 ; python_version >= '3.12' \\\n    --hash=sha256:01\n"
    assert pinned(lock) == "a==1\nb-c==2 ; python_version >= '3.12'\n"
