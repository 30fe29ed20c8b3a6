"""Actions as people, automations and people without rights run them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.core import Context, HomeAssistant, SupportsResponse
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.particle.const import (
    CONF_ACCESS_TOKEN,
    CONF_ACCOUNT_DEVICES,
    CONF_LOGIN,
    CONF_PRODUCTS,
    CONF_SERVER_URL,
    DOMAIN,
    Login,
)
from tests.simulator import SimulatedCloud


class Act:
    """Runs actions of the integration and returns their answers."""

    def __init__(self, hass: HomeAssistant, user: MockUser | None = None) -> None:
        """Act as a person, or as an automation without one."""
        self._hass = hass
        self._context = Context(user_id=user.id) if user else None

    async def __call__(self, action: str, **data: Any) -> Any:
        """Run an action; an answer is asked for where there is one."""
        supports = self._hass.services.supports_response(DOMAIN, action)
        return await self._hass.services.async_call(
            DOMAIN,
            action,
            data,
            blocking=True,
            context=self._context,
            return_response=supports is not SupportsResponse.NONE,
        )

    async def without_answer(self, action: str, **data: Any) -> None:
        """Run an action as an automation does that does not care for the answer."""
        await self._hass.services.async_call(DOMAIN, action, data, blocking=True)


@asynccontextmanager
async def api_user(hass: HomeAssistant, cloud: SimulatedCloud) -> AsyncIterator[Act]:
    """Log in as the product's API user, whose token may list and call boards and nothing else."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Delivery Vans",
        unique_id=f"product_{cloud.product_id}",
        data={
            CONF_LOGIN: Login.ACCESS_TOKEN,
            CONF_SERVER_URL: cloud.base_url,
            CONF_ACCESS_TOKEN: cloud.api_user_token,
        },
        options={CONF_ACCOUNT_DEVICES: False, CONF_PRODUCTS: [str(cloud.product_id)]},
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    try:
        yield Act(hass)
    finally:
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()
