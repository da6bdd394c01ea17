"""Which file plays which role: a role is a file's stem, in any readable format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from glob import escape
from hashlib import sha256
from pathlib import Path

from geokehila.catalogue import known
from geokehila.errors import InputError
from geokehila.load import provenance
from geokehila.load.astray import meant
from geokehila.load.population.opened import Shelf
from geokehila.load.rights import must_be_allowed
from geokehila.study import EDITIONS, ROLES, Study

#: Companions of a Shapefile: part of it, not files of their own.
SIDECARS = frozenset(".dbf .shx .prj .cpg .sbn .sbx .qix .qmd .qpj .xml".split())
#: Companions of a GeoTIFF: ``dem.tfw``, and by its whole name ``dem.tif.aux.xml``.
OF_TIFF, WORLDS = (".xml", ".ovr", ".msk"), (".tfw", ".tifw", ".wld", ".prj", ".tab")
#: What an open GeoPackage leaves beside itself.
JOURNALS = frozenset((".gpkg-wal", ".gpkg-shm", ".gpkg-journal"))
#: Roles that only studies of statistical areas read.
OF_STATISTICAL_AREAS = ("statistical_areas", "census", "socioeconomic", "localities")
NO_INPUT = frozenset(("study.toml", "README.md", provenance.MANIFEST))


@dataclass(frozen=True)
class Inputs:
    """The files of one study by role, those that play none, and what has been read of them already.

    `unread` are names in the study's own folder, `aside` files in that of files that serve every city.
    """

    files: Mapping[str, tuple[Path, ...]]
    unread: tuple[str, ...]
    folder: Path = Path()
    aside: tuple[Path, ...] = ()
    shelf: Shelf = field(default_factory=Shelf, compare=False, repr=False)

    def every(self, role: str, remedy: str) -> tuple[Path, ...]:
        """Return the files of a role; raise `InputError` with the remedy where there is none."""
        if role not in self.files:
            self._must_be_called(role)
            read = (path.name for paths in self.files.values() for path in paths if path.parent == self.folder)
            seen = ", ".join(sorted({*read, *self.unread})) or "no other file"
            raise InputError(f"{role}: no file {role}.* in {self.folder}, which holds {seen}: {remedy}")
        return self.files[role]

    def _must_be_called(self, role: str) -> None:
        """Raise `InputError` where a role is missing and a file lies there whose name says that it was meant."""
        for path in (*(self.folder / name for name in self.unread), *self.aside):
            if (name := meant(path.name, self.files)).startswith(role):
                lies = f"{path.parent.name}/ holds {path.name}"
                raise InputError(f"{role}: there is no file {role}.*, but {lies}: name it {name}")

    def must(self, role: str, remedy: str) -> Path:
        """Return the one file of a role; raise `InputError` with the remedy where there is none."""
        files = self.every(role, remedy)
        if len(files) > 1:
            raise InputError(f"{role}: {len(files)} files, the first {files[0].name}, where one is read: keep one")
        return files[0]

    def lists(self) -> Mapping[str, Path]:
        """Return the lists of places handed over, by category."""
        roles = [role for role in self.files if role == "shelters" or role.startswith("places_")]
        if {"shelters", "places_shelter"} <= {*roles}:
            raise InputError("shelter: two lists, shelters and places_shelter: keep one")
        return {
            "shelter" if role == "shelters" else role.removeprefix("places_"): self.must(role, "give a list")
            for role in roles
        }

    def fingerprints(self) -> list[dict[str, str]]:
        """Return role, name and sha256 of every file, sorted; Shapefiles and GeoTIFFs have companions.

        Of a file that was fetched or carried in, and is the same since, also its source, its licence and its date, as
        far as they are told. When it came is not among them: a run depends on what it reads, not on when that was got.
        """
        self.shelf.take(_stamps, self._rows)
        return self.shelf.take(_fingerprints, self._rows)

    def must_be_unchanged(self) -> None:
        """See that what was read is what the checksums are of; raise `InputError` for a file that was changed since."""
        for (role, path), was, now in zip(
            self._rows, self.shelf.take(_stamps, self._rows), _stamps(self._rows), strict=True
        ):
            if was != now:
                raise InputError(f"{role}: {path} was changed while it was being read: run the city again")

    def named(self) -> list[dict[str, str]]:
        """Return role and name of every file, sorted."""
        return [{"role": role, "file": path.name} for role, path in self._rows]

    @property
    def _rows(self) -> tuple[tuple[str, Path], ...]:
        rows = ((role, path) for role, paths in self.files.items() for whole in paths for path in _parts(whole))
        return tuple(sorted(rows))


def find(study: Study, folder: Path, national: Path) -> Inputs:
    """Find a study's files: those it states, then those in its folder, then those that serve every city.

    Raises
    ------
    InputError
        Two files for one role in one folder, a stated file that does not exist, or one that may not be read.
    """
    stated = _existing(study.inputs)
    own, unread = _by_role(folder, frozenset(stated))
    everywhere, others = _by_role(national)
    came = provenance.read(national)
    if study.zones.kind != "statistical_areas":
        of_areas = (*OF_STATISTICAL_AREAS, *EDITIONS.values())
        everywhere = {role: files for role, files in everywhere.items() if role not in of_areas}
    files = _with_zones(everywhere | own | stated, study)
    for path in (part for paths in files.values() for whole in paths for part in _parts(whole)):
        must_be_allowed(path)
    for role in files:
        if role.startswith("places_"):
            known(
                role.removeprefix("places_"), study.catalogue.categories, f"category of the file {files[role][0].name}:"
            )
    named = {at for paths in stated.values() for path in paths for at in (path.resolve(), path.parent.resolve())}
    left = tuple(name for name in unread if (folder / name).resolve() not in named)
    aside = tuple(national / name for name in others if name not in came and (national / name).resolve() not in named)
    return Inputs(dict(sorted(files.items())), left, folder, aside)


def _with_zones(files: dict[str, tuple[Path, ...]], study: Study) -> dict[str, tuple[Path, ...]]:
    """Take areas that are named by their edition for the study's zones where no others are given, the newer of two."""
    editions = [role for role in EDITIONS.values() if role in files]
    if study.zones.kind != "statistical_areas" or "statistical_areas" in files or not editions:
        return files
    newest = max(editions)
    return {"statistical_areas" if role == newest else role: paths for role, paths in files.items()}


def _stamps(rows: Sequence[tuple[str, Path]]) -> list[tuple[int, ...]]:
    """Return what tells whether a file was changed: its size, when it was, and which one it is; nothing of one gone."""
    found = [path.stat() if path.is_file() else None for _, path in rows]
    return [(one.st_size, one.st_mtime_ns, one.st_ino) if one else () for one in found]


def _fingerprints(rows: Sequence[tuple[str, Path]]) -> list[dict[str, str]]:
    manifests = {folder: provenance.read(folder) for folder in {path.parent for _, path in rows}}
    return [_fingerprint(role, path, manifests[path.parent].get(path.name)) for role, path in rows]


def _fingerprint(role: str, path: Path, came: provenance.Provenance | None) -> dict[str, str]:
    digest = sha256_of(path)
    row = {"role": role, "file": path.name, "sha256": digest}
    if came is None or came.sha256 != digest:
        return row
    licence = ", ".join(part for part in (came.licence, came.credit) if part)
    told = {"source": came.source, "licence": licence, "date": came.date}
    return row | {key: text for key, text in told.items() if text}


def _existing(stated: Mapping[str, tuple[Path, ...]]) -> dict[str, tuple[Path, ...]]:
    """Return the files of each role that is stated; raise one `InputError` for all that do not exist."""
    for path in (path for paths in stated.values() for path in paths):
        must_be_allowed(path)
    if lost := [f"{role}: {path}" for role, paths in stated.items() for path in paths if not path.exists()]:
        does = "does" if len(lost) == 1 else "do"
        raise InputError(f"{'; '.join(lost)} {does} not exist: mend [inputs] in study.toml")
    return {role: tuple(file for path in paths for file in _files(path)) for role, paths in stated.items()}


def _by_role(folder: Path, stated: frozenset[str] = frozenset()) -> tuple[dict[str, tuple[Path, ...]], tuple[str, ...]]:
    """Sort a folder's files by role, those of the stated roles left unread."""
    found: dict[str, tuple[Path, ...]] = {}
    unread: list[str] = []
    second: list[str] = []
    for path in _listed(folder):
        role = path.name.partition(".")[0]
        if _is_no_input(path):
            continue
        if role in stated or not _plays(role) or not _files(path):
            unread.append(path.name)
        elif role in found:
            second.append(f"{role}: two files, {found[role][0].name} and {path.name}")
        else:
            found[role] = _files(path)
    if second:
        raise InputError(f"{'; '.join(second)}: keep one or state it in study.toml")
    return found, tuple(unread)


def holds_inputs(folder: Path) -> bool:
    """Tell whether a folder holds any file whose name is a role's."""
    return any(_plays(path.name.partition(".")[0]) for path in _listed(folder) if not _is_no_input(path))


def _plays(role: str) -> bool:
    return role in ROLES or role.startswith("places_")


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir()) if folder.is_dir() else []
    except PermissionError as fault:
        raise InputError(f"{folder}: may not be listed ({fault.strerror}): get the right to read the folder") from None


def _files(path: Path) -> tuple[Path, ...]:
    """Return the files of a role: the path itself, or the parts that its subfolder holds."""
    if not path.is_dir() or path.suffix:
        return (path,)
    return tuple(sorted(p for p in path.iterdir() if not _is_no_input(p)))


def _is_no_input(path: Path) -> bool:
    return path.name.startswith(".") or path.name in NO_INPUT or path.suffix.lower() in JOURNALS or _is_sidecar(path)


def _is_sidecar(path: Path) -> bool:
    """Tell whether a Shapefile lies beside a file of this stem (metadata is named ``areas.shp.xml``), or a GeoTIFF."""
    stem = path.stem[:-4] if path.stem.lower().endswith(".shp") else path.stem
    if path.suffix.lower() in SIDECARS and _is_beside(path, stem, ".shp"):
        return True
    tiff = re.sub(r"\.(tiff?)(\.aux)?$", "", path.stem, flags=re.IGNORECASE)
    companions = OF_TIFF if tiff != path.stem else WORLDS
    return path.suffix.lower() in companions and (_is_beside(path, tiff, ".tif") or _is_beside(path, tiff, ".tiff"))


def _is_beside(path: Path, stem: str, suffix: str) -> bool:
    return any((path.parent / (stem + end)).exists() for end in (suffix, suffix.upper()))


def _parts(whole: Path) -> list[Path]:
    if whole.is_dir():
        return [p for p in whole.rglob("*") if p.is_file()]
    has_companions = whole.suffix.lower() in (".shp", ".tif", ".tiff")
    beside = whole.parent.glob(f"{escape(whole.stem)}.*") if has_companions else ()
    # Edits of a GeoPackage that QGIS has open stand in its journal until the layer is closed.
    journal = whole.with_name(f"{whole.name}-wal")
    edits = [journal] if journal.is_file() and journal.stat().st_size else []
    return [whole, *(p for p in beside if _is_sidecar(p)), *edits]


def sha256_of(path: Path) -> str:
    """Return the checksum of a file, in hex digits."""
    with path.open("rb") as handle:
        digest = sha256()
        while block := handle.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
