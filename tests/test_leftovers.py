"""What an account has created goes with it, and what an option has created with the option."""

from typing import Any

from freezegun.api import TickingDateTimeFactory
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir

from custom_components.particle.const import DOMAIN
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time_until, until

OPTIONS = {"account_devices": True, "products": ["24001"]}
PRODUCT_STREAM = "binary_sensor.jane_example_com_event_stream_of_delivery_vans"


def issues(hass: HomeAssistant) -> set[str]:
    """Return what the integration's repair issues are about."""
    return {
        str(issue.translation_key)
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


def leftovers(hass: HomeAssistant, hass_storage: dict[str, Any], entry_id: str) -> list[object]:
    """Return everything that is still there of an account."""
    return [
        *er.async_entries_for_config_entry(er.async_get(hass), entry_id),
        *dr.async_entries_for_config_entry(dr.async_get(hass), entry_id),
        *issues(hass),
        *(key for key in hass_storage if key.startswith(DOMAIN) and entry_id in key),
        *hass.config_entries.flow.async_progress_by_handler(DOMAIN),
    ]


async def test_nothing_is_left_of_a_removed_account(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_storage: dict[str, Any],
) -> None:
    """No issue, entity, device, file or request to log in."""
    cloud.faults.set("forbidden", path="/v1/products/24001/devices")
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options=OPTIONS)
    await until(hass, lambda: "product_unavailable" in issues(hass))
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert leftovers(hass, hass_storage, entry.entry_id) == []


async def test_a_product_that_is_no_longer_chosen_leaves_nothing(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    entity_registry: er.EntityRegistry,
) -> None:
    """Its stream's sensor goes, and the issue that it cannot be listed."""
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options=OPTIONS)
    await until(hass, lambda: hass.states.is_state(PRODUCT_STREAM, STATE_ON))
    cloud.faults.set("forbidden", path="/v1/products/24001/devices")
    await pass_time_until(hass, clock, lambda: issues(hass))
    assert issues(hass) == {"product_unavailable"}
    [issue] = [one for (d, _), one in ir.async_get(hass).issues.items() if d == DOMAIN]
    assert (issue.translation_placeholders or {})["product"] == "Delivery Vans"
    assert (issue.is_fixable, issue.severity) == (False, ir.IssueSeverity.WARNING)

    hass.config_entries.async_update_entry(entry, options=OPTIONS | {"products": []})
    await until(hass, lambda: hass.states.get(PRODUCT_STREAM) is None)
    await hass.async_block_till_done()
    assert entity_registry.async_get(PRODUCT_STREAM) is None
    assert issues(hass) == set()
