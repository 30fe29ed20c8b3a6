"""Let the test plug-in run with a Home Assistant that is newer than the one it was made for.

A pytest plug-in, because it has to be there before the others: `scripts/test` loads it with
``-p tests.newest_core`` where HOME_ASSISTANT is set. Delete what the plug-in's next version no
longer needs.
"""

from typing import Any  # noqa: I001

# Home Assistant 2026.11 puts httpx2 in the place of httpx, and refuses to do so once somebody has
# imported httpx. The plug-in imports respx first, and respx imports httpx.
import homeassistant  # noqa: F401

# In the plug-in's own order: these patch what the rest of Home Assistant then imports by name.
from pytest_homeassistant_custom_component import patch_json, patch_recorder, patch_time  # noqa: F401

from homeassistant.components import logger
from homeassistant.components.logger import helpers
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotSerializer

# The plug-in imports it from the package, which no longer exports it.
if not hasattr(logger, "_clear_logger_overwrites"):
    setattr(logger, "_clear_logger_overwrites", helpers._clear_logger_overwrites)  # noqa: B010


# Home Assistant 2026.11 adds a field to the entries of the registry, which the plug-in does not leave out.
_serialize_entry = HomeAssistantSnapshotSerializer._serializable_entity_registry_entry


def _serialize_known_fields(
    cls: type[HomeAssistantSnapshotSerializer], entry: er.RegistryEntry
) -> Any:
    serialized: Any = _serialize_entry(entry)
    serialized.pop("compat_name", None)
    return serialized


setattr(  # noqa: B010
    HomeAssistantSnapshotSerializer,
    "_serializable_entity_registry_entry",
    classmethod(_serialize_known_fields),
)
