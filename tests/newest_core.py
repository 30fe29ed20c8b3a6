"""Let the test plug-in run with a Home Assistant that is newer than the one it was made for.

A pytest plug-in, because it has to be there before the others: `scripts/test` loads it with
``-p tests.newest_core`` where HOME_ASSISTANT is set. Delete what the plug-in's next version no
longer needs.
"""

# Home Assistant 2026.11 puts httpx2 in the place of httpx, and refuses to do so once somebody has
# imported httpx. The plug-in imports respx first, and respx imports httpx.
import homeassistant  # noqa: F401, I001

# In the plug-in's own order: these patch what the rest of Home Assistant then imports by name.
from pytest_homeassistant_custom_component import patch_json, patch_recorder, patch_time  # noqa: F401

from homeassistant.components import logger
from homeassistant.components.logger import helpers
import pytest

# The plug-in imports it from the package, which no longer exports it.
if not hasattr(logger, "_clear_logger_overwrites"):
    setattr(logger, "_clear_logger_overwrites", helpers._clear_logger_overwrites)  # noqa: B010


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the snapshots, which contain the registry entries as the plug-in's own version writes them."""
    for item in items:
        if "snapshot" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip("Snapshots belong to one version of Home Assistant"))
