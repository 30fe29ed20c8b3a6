"""Let the time limit of a test hold for its teardown too.

pytest-timeout takes its timer away when a test fails. A teardown that then waits for what the test has
left running would never end.
"""

import pytest

_SETTINGS = pytest.StashKey[object]()


def pytest_timeout_set_timer(item: pytest.Item, settings: object) -> None:
    """Remember the time limit of a test; pytest-timeout itself sets the timer."""
    item.stash[_SETTINGS] = settings


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Set the timer again for the teardown."""
    if (settings := item.stash.get(_SETTINGS, None)) is not None:
        item.config.hook.pytest_timeout_set_timer(item=item, settings=settings)
