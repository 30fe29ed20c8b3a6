"""What may be sent to the cloud as a file."""

import pytest

from custom_components.particle.api import InvalidRequestError
from custom_components.particle.api.uploads import (
    MAX_UPLOAD,
    binary_form,
    project_path,
    source_form,
)


def test_the_largest_upload() -> None:
    """32 MB in all may be sent, and not a byte more."""
    assert MAX_UPLOAD == 32 * 1024 * 1024
    half = bytes(MAX_UPLOAD // 2)
    source_form({"a.ino": half, "b.cpp": half}, {})
    with pytest.raises(InvalidRequestError, match="too large"):
        source_form({"a.ino": half, "b.cpp": half, "c.h": "x"}, {})
    binary_form(bytes(MAX_UPLOAD), "a.bin")
    with pytest.raises(InvalidRequestError, match="too large"):
        binary_form(bytes(MAX_UPLOAD + 1), "a.bin")


def test_text_counts_with_the_bytes_that_are_sent() -> None:
    """A letter with an accent is two bytes."""
    with pytest.raises(InvalidRequestError, match="too large"):
        source_form({"a.ino": "é" * (MAX_UPLOAD // 2 + 1)}, {})


@pytest.mark.parametrize(
    "path",
    ["", " ", "/etc/passwd", "..", "../a.ino", "src/../../a.ino", "a\nb.ino", 'a".ino', "\\a.ino"],
)
def test_paths_that_leave_the_project(path: str) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(InvalidRequestError, match="is not a path in a project"):
        project_path(path)


@pytest.mark.parametrize(
    ("path", "sent"), [("src\\a.ino", "src/a.ino"), (" a.ino ", "a.ino"), ("a..ino", "a..ino")]
)
def test_paths_of_a_project(path: str, sent: str) -> None:
    """Those of Windows are put as the cloud wants them."""
    assert project_path(path) == sent
