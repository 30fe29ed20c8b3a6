"""Read firmware files from allowed folders, and write binaries to them.

All file access runs in the executor.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
import os
from pathlib import Path, PurePosixPath
from typing import Final
import zipfile

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..api.uploads import MAX_UPLOAD
from ..const import DOMAIN

# Prefix of the media picker for Home Assistant's own media folder.
MEDIA_FOLDER: Final = "media-source://media_source/"

MAX_FILES: Final = 1000

BINARY_SUFFIX: Final = ".bin"
BUNDLE_SUFFIX: Final = ".zip"
SOURCE_SUFFIXES: Final = frozenset(
    {".ino", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inc"}
)
PROJECT_FILES: Final = frozenset({"project.properties", "library.properties", "build.mk"})

# Output of compilers and package managers.
SKIPPED_FOLDERS: Final = frozenset({"target", "node_modules"})


class FileKind(StrEnum):
    """Kinds of firmware files."""

    BINARY = "binary"
    BUNDLE = "bundle"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class FirmwareFiles:
    """The content of the selected files.

    Attributes:
        kind: Binary, bundle or source.
        files: File contents by path in the project, with ``/`` as separator; for a binary or a bundle
            only one file.
    """

    kind: FileKind
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def name(self) -> str:
        """Name of the first file."""
        return next(iter(self.files))

    @property
    def content(self) -> bytes:
        """Content of the first file."""
        return self.files[self.name]


async def async_read_firmware(hass: HomeAssistant, locations: Sequence[str]) -> FirmwareFiles:
    """Read the files to flash, compile or upload.

    Args:
        hass: Home Assistant.
        locations: A binary, a bundle, a project folder or source files; each as an absolute path, a
            path in the media folder, or a media content ID.

    Raises:
        ServiceValidationError: A file is missing, not allowed, too large or of an unknown kind.
    """
    return await hass.async_add_executor_job(_read, hass, locations)


async def async_write_binary(hass: HomeAssistant, location: str, content: bytes) -> str:
    """Save a binary; create missing folders and replace an existing file.

    Returns:
        The absolute path.

    Raises:
        ServiceValidationError: The path is not allowed, is not that of a binary, or cannot be written.
    """
    return await hass.async_add_executor_job(_write, hass, location, content)


async def async_check_target(hass: HomeAssistant, location: str) -> None:
    """Validate the path of a binary before it is compiled.

    Raises:
        ServiceValidationError: The path is not allowed, or is not that of a binary.
    """
    await hass.async_add_executor_job(_target, hass, location)


def _read(hass: HomeAssistant, locations: Sequence[str]) -> FirmwareFiles:
    if not locations:
        raise _refused("file_missing")
    paths = [_existing(hass, location) for location in locations]
    first = paths[0]
    suffix = first.suffix.lower()
    if len(paths) == 1 and first.is_file() and suffix in {BINARY_SUFFIX, BUNDLE_SUFFIX}:
        content = _content(first, MAX_UPLOAD)
        if suffix == BINARY_SUFFIX:
            # The cloud checks the suffix, including its case.
            return FirmwareFiles(FileKind.BINARY, {f"{first.stem}{BINARY_SUFFIX}": content})
        _check_bundle(first)
        return FirmwareFiles(FileKind.BUNDLE, {f"{first.stem}{BUNDLE_SUFFIX}": content})
    return FirmwareFiles(FileKind.SOURCE, _sources(hass, paths))


def _sources(hass: HomeAssistant, paths: Sequence[Path]) -> dict[str, bytes]:
    """Read source files; their names are relative to their common folder."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(_project_files(hass, path))
        elif not _is_source(path):
            raise _refused("file_kind_unknown", path=str(path))
        else:
            found.append(path)
    if not any(path.suffix.lower() in SOURCE_SUFFIXES for path in found):
        raise _refused("project_empty", path=str(paths[0]))
    if len(found) > MAX_FILES:
        raise _refused("project_too_many_files", path=str(paths[0]), limit=str(MAX_FILES))
    folders = [path if path.is_dir() else path.parent for path in paths]
    base = Path(os.path.commonpath(folders))
    files: dict[str, bytes] = {}
    left = MAX_UPLOAD
    for path in found:
        content = _content(path, left, may_be_empty=True)
        left -= len(content)
        files[str(PurePosixPath(path.relative_to(base)))] = content
    return files


def _project_files(hass: HomeAssistant, folder: Path) -> Iterator[Path]:
    """Yield the files of a project to compile; links must not leave the allowed folders."""
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        in_library = here.parent == folder / "lib"
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in SKIPPED_FOLDERS
            # The examples of a library are separate programs.
            and not (in_library and name == "examples")
        )
        for name in sorted(names):
            path = here / name
            if not name.startswith(".") and _is_source(path) and path.is_file():
                if path.is_symlink() and not hass.config.is_allowed_path(str(path.resolve())):
                    raise _not_allowed(hass, path)
                yield path


def _is_source(path: Path) -> bool:
    return path.suffix.lower() in SOURCE_SUFFIXES or path.name in PROJECT_FILES


def _check_bundle(path: Path) -> None:
    """Check that an archive contains a binary."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile) as err:
        raise _refused("bundle_broken", path=str(path)) from err
    if not any(name.lower().endswith(BINARY_SUFFIX) for name in names):
        raise _refused("bundle_without_program", path=str(path))


def _content(path: Path, limit: int, *, may_be_empty: bool = False) -> bytes:
    """Read a file with a size limit."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as err:
        raise _unreadable(path, err) from err
    if len(content) > limit:
        raise _refused("file_too_large", path=str(path), limit=str(MAX_UPLOAD // 1024**2))
    if not content and not may_be_empty:
        raise _refused("file_empty", path=str(path))
    return content


def _write(hass: HomeAssistant, location: str, content: bytes) -> str:
    path = _target(hass, location)
    # Written to a temporary file first, so that an incomplete binary never has the final name.
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as err:
        with suppress(OSError):
            unfinished.unlink()
        raise _refused("file_not_written", path=str(path), reason=_reason(err)) from err
    return str(path)


def _target(hass: HomeAssistant, location: str) -> Path:
    path = _allowed(hass, location)
    if path.suffix != BINARY_SUFFIX or path.is_dir():
        raise _refused("not_a_binary_name", path=str(path))
    return path


def _existing(hass: HomeAssistant, location: str) -> Path:
    """Return the path of an existing file or folder."""
    path = _allowed(hass, location)
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as err:
        raise _refused("file_not_found", path=str(path)) from err
    except OSError as err:
        raise _unreadable(path, err) from err
    if not path.is_dir() and not path.is_file():
        raise _refused("file_kind_unknown", path=str(path))
    return path


def _allowed(hass: HomeAssistant, location: str) -> Path:
    """Return the resolved path, if Home Assistant may access it."""
    try:
        path = _absolute(hass, location).resolve()
        # Checked before the file's existence, which must not be revealed outside the allowed folders.
        allowed = hass.config.is_allowed_path(str(path))
    except (OSError, RuntimeError, ValueError) as err:
        raise _refused("file_not_found", path=location.replace("\0", "")) from err
    if not allowed:
        raise _not_allowed(hass, path)
    return path


def _absolute(hass: HomeAssistant, location: str) -> Path:
    media_folders = hass.config.media_dirs
    if location.startswith(MEDIA_FOLDER):
        # Home Assistant's resolver supports only media files and fails for source files.
        folder, _, rest = location.removeprefix(MEDIA_FOLDER).partition("/")
        if folder not in media_folders or rest.startswith("/"):
            raise _refused("media_not_local", media=location)
        return Path(media_folders[folder], rest)
    if "://" in location:
        raise _refused("media_not_local", media=location)
    places = [Path(folder, location) for folder in media_folders.values()] or [Path(location)]
    return next((place for place in places if place.exists()), places[0])


def _reason(err: OSError) -> str:
    return err.strerror or type(err).__name__


def _unreadable(path: Path, err: OSError) -> ServiceValidationError:
    return _refused("file_unreadable", path=str(path), reason=_reason(err))


def _not_allowed(hass: HomeAssistant, path: Path) -> ServiceValidationError:
    folders = ", ".join(sorted(hass.config.allowlist_external_dirs)) or "–"
    return _refused("file_not_allowed", path=str(path), folders=folders)


def _refused(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
