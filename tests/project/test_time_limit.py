"""A test that fails and leaves something running does not stop the others."""

import os
from pathlib import Path
import subprocess
import sys

TESTS = """
import threading
import pytest

@pytest.fixture
def left_running():
    yield
    threading.Event().wait()

def test_red(left_running):
    assert False

def test_next():
    pass
"""


def test_a_teardown_that_never_ends(tmp_path: Path) -> None:
    """It is cut off at the limit, and the next test runs."""
    (tmp_path / "test_some.py").write_text(TESTS, encoding="utf-8")
    plugins = ("-p", "pytest_timeout", "-p", "tests.time_limit", "-p", "no:cacheprovider")
    limit = ("--timeout=1", "--timeout-method=signal", f"--rootdir={tmp_path}", "-c", os.devnull)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *limit, str(tmp_path)],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert "1 failed, 1 passed, 1 error" in ended.stdout
