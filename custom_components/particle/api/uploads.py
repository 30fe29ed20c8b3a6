"""Multipart bodies for source files, binaries and bundles."""

from collections.abc import Mapping

import aiohttp

from .errors import InvalidRequestError

MAX_UPLOAD = 32 * 1024 * 1024


def source_form(files: Mapping[str, str | bytes], fields: Mapping[str, str]) -> aiohttp.FormData:
    """Return a body with source files.

    Args:
        files: File contents by path in the project, with ``/`` as separator.
        fields: Further fields.

    Raises:
        InvalidRequestError: There are no files, a path is not valid, or the files are too large.
    """
    if not files:
        raise InvalidRequestError("There is no source file", argument="files")
    form = aiohttp.FormData(quote_fields=False)
    size = 0
    for number, (path, content) in enumerate(files.items(), start=1):
        name = project_path(path)
        data = content.encode() if isinstance(content, str) else content
        size += len(data)
        # Named file, file2, file3 and so on, as the official client does.
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
    """Return a body with one binary file.

    Raises:
        InvalidRequestError: The file is empty or too large.
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
    """Validate a path in a project.

    Raises:
        InvalidRequestError: The path is empty, absolute, outside of the project or not valid in a header.
    """
    name = path.replace("\\", "/").strip()
    parts = name.split("/")
    if not name or name.startswith("/") or ".." in parts or not name.isprintable() or '"' in name:
        raise InvalidRequestError(f"{path!r} is not a path in a project", argument="files")
    return name
