"""The one resource that makes dashboards load the cards.

A resource, not an extra module of the frontend: those are loaded beside the frontend itself, which then
sometimes does not find the cards.
"""

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant

from .files import URL_BASE


async def async_ensure_resource(hass: HomeAssistant, url: str) -> bool:
    """Make the resource what it should be, and touch no other.

    Returns:
        Whether dashboards load the cards now. Not so if resources are managed in YAML and lack them.
    """
    resources = hass.data[LOVELACE_DATA].resources
    if not isinstance(resources, ResourceStorageCollection):
        return any(item.get("url") == url for item in resources.async_items())
    ours = await _async_own_items(resources)
    wanted = {"res_type": "module", "url": url}
    if not ours:
        await resources.async_create_item(wanted)
        return True
    first, *duplicates = ours
    if (first["type"], first["url"]) != ("module", url):
        await resources.async_update_item(first["id"], wanted)
    for item in duplicates:
        await resources.async_delete_item(item["id"])
    return True


async def async_remove_resource(hass: HomeAssistant) -> None:
    """Remove the resource, unless resources are managed in YAML."""
    resources = hass.data[LOVELACE_DATA].resources
    if isinstance(resources, ResourceStorageCollection):
        for item in await _async_own_items(resources):
            await resources.async_delete_item(item["id"])


async def _async_own_items(resources: ResourceStorageCollection) -> list[dict[str, str]]:
    """Return the resources whose address is ours, whatever the version."""
    # Before this the collection is empty, and a new item would replace all that are stored.
    await resources.async_get_info()
    return [item for item in resources.async_items() if item["url"].startswith(f"{URL_BASE}/")]
