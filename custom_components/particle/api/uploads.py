"""Multipart bodies: sources, binaries and bundles on their way to the cloud."""

from collections.abc import Mapping

import aiohttp

from .errors import InvalidRequestError

MAX_UPLOAD = 32 * 1024 * 1024


def source_form(files: Mapping[str, str | bytes], fields: Mapping[str, str]) -> aiohttp.FormData:
    """A body with source files.

    Args:
        files: Path in the project, with ``/`` between its parts, and content.
        fields: More fields.

    Raises:
        InvalidRequestError: No files, an empty path, one that leaves the project, or too much in them.
    """
    if not files:
        raise InvalidRequestError("There is no source file", argument="files")
    form = aiohttp.FormData(quote_fields=False)
    size = 0
    for number, (path, content) in enumerate(files.items(), start=1):
        name = project_path(path)
        data = content.encode() if isinstance(content, str) else content
        size += len(data)
        # The official client counts file, file2, file3; the cloud takes any name that starts so.
        form.add_field(
            "file" if number == 1 else f"file{number}",
            data,
            filename=name,
            content_type="application/octet-stream",
        )
    if size > MAX_UPLOAD:
        raise InvalidRequestError("The files are too large", argument="files")
    for key, value in fields.items():
        form.add_field(key, value)
    return form


def binary_form(
    content: bytes,
    filename: str,
    *,
    part: str = "file",
    content_type: str = "application/octet-stream",
    fields: Mapping[str, str] | None = None,
) -> aiohttp.FormData:
    """A body with one binary file.

    Raises:
        InvalidRequestError: It is empty or too large.
    """
    if not content:
        raise InvalidRequestError("The file is empty", argument="content")
    if len(content) > MAX_UPLOAD:
        raise InvalidRequestError("The file is too large", argument="content")
    form = aiohttp.FormData(quote_fields=False)
    form.add_field(part, content, filename=project_path(filename), content_type=content_type)
    for key, value in (fields or {}).items():
        form.add_field(key, value)
    return form


def project_path(path: str) -> str:
    """Check a path in a project.

    Raises:
        InvalidRequestError: It is empty, absolute, leaves the project or cannot stand in a header.
    """
    name = path.replace("\\", "/").strip()
    parts = name.split("/")
    if not name or name.startswith("/") or ".." in parts or not name.isprintable() or '"' in name:
        raise InvalidRequestError(f"{path!r} is not a path in a project", argument="files")
    return name
