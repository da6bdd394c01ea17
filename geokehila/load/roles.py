"""Which file plays which role: a role is a file's stem, in any readable format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from geokehila.catalogue import known
from geokehila.errors import InputError
from geokehila.study import ROLES, Study

#: Companions of a Shapefile: part of it, not files of their own.
SIDECARS = frozenset(".dbf .shx .prj .cpg .sbn .sbx .qix .qmd .xml".split())
NO_INPUT = frozenset(("study.toml", "README.md"))


@dataclass(frozen=True)
class Inputs:
    """The files of one study by role, and the names of those that play none."""

    files: Mapping[str, tuple[Path, ...]]
    unread: tuple[str, ...]

    def every(self, role: str, remedy: str) -> tuple[Path, ...]:
        """Return the files of a role; raise `InputError` with the remedy where there is none."""
        if role not in self.files:
            raise InputError(f"{role}: no such file among the inputs: {remedy}")
        return self.files[role]

    def must(self, role: str, remedy: str) -> Path:
        """Return the one file of a role; raise `InputError` with the remedy where there is none."""
        return self.every(role, remedy)[0]

    def lists(self) -> Mapping[str, Path]:
        """Return the lists of places handed over, by category."""
        found = {
            role.removeprefix("places_"): files[0] for role, files in self.files.items() if role.startswith("places_")
        }
        return found | ({"shelter": self.files["shelters"][0]} if "shelters" in self.files else {})

    def fingerprints(self) -> list[dict[str, str]]:
        """Return role, name and sha256 of every file, sorted; a Shapefile has companions, a folder files."""
        rows = [(role, path) for role, paths in self.files.items() for whole in paths for path in _parts(whole)]
        return [{"role": role, "file": path.name, "sha256": _sha256(path)} for role, path in sorted(rows)]


def find(study: Study, folder: Path, national: Path) -> Inputs:
    """Find a study's files: those it states, then those in its folder, then those that serve every city.

    Raises
    ------
    InputError
        Two files for one role in one folder, or a stated file that does not exist.
    """
    stated = {role: tuple(_existing(role, path) for path in paths) for role, paths in study.inputs.items()}
    own, unread = _by_role(folder)
    everywhere, _ = _by_role(national)
    files = everywhere | own | stated
    for role in files:
        if role.startswith("places_"):
            known(
                role.removeprefix("places_"), study.catalogue.categories, f"category of the file {files[role][0].name}:"
            )
    named = {path.resolve() for paths in stated.values() for path in paths}
    return Inputs(dict(sorted(files.items())), tuple(name for name in unread if (folder / name).resolve() not in named))


def _existing(role: str, path: Path) -> Path:
    if not path.exists():
        raise InputError(f"{role}: {path} does not exist: mend [inputs] in study.toml")
    return path


def _by_role(folder: Path) -> tuple[dict[str, tuple[Path, ...]], tuple[str, ...]]:
    """Sort a folder's files by role; a subfolder named for a role holds its parts."""
    found: dict[str, tuple[Path, ...]] = {}
    unread: list[str] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        role = path.name.partition(".")[0]
        if path.name.startswith(".") or path.name in NO_INPUT or _is_sidecar(path):
            continue
        if role not in ROLES and not role.startswith("places_"):
            unread.append(path.name)
        elif role in found:
            raise InputError(
                f"{role}: two files, {found[role][0].name} and {path.name}: keep one or state it in study.toml"
            )
        else:
            found[role] = (
                tuple(sorted(p for p in path.iterdir() if not p.name.startswith(".")))
                if path.is_dir() and not path.suffix
                else (path,)
            )
    return found, tuple(unread)


def _is_sidecar(path: Path) -> bool:
    return path.suffix.lower() in SIDECARS and path.with_suffix(".shp").exists()


def _parts(whole: Path) -> list[Path]:
    if whole.is_dir():
        return [p for p in whole.rglob("*") if p.is_file()]
    companions = (
        [p for p in whole.parent.glob(f"{whole.stem}.*") if _is_sidecar(p)] if whole.suffix.lower() == ".shp" else []
    )
    return [whole, *companions]


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        digest = sha256()
        while block := handle.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
