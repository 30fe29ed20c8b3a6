"""What people do in a flow, and what they see."""

from typing import Any, cast

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowContext,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import voluptuous as vol

from custom_components.particle.const import DOMAIN, Login
from tests.flow_texts import Result, check_texts
from tests.simulator import SimulatedCloud
from tests.simulator.world import Token, TokenKind

PASSWORD_STEP = {"username": SimulatedCloud.username, "password": SimulatedCloud.password}


async def begin(hass: HomeAssistant, context: dict[str, str]) -> Result:
    """Begin a flow."""
    flow = hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context=cast("ConfigFlowContext", context))
    return check_texts(cast("Result", result), "config")


async def reauth(hass: HomeAssistant) -> Result:
    """Open the form that asks to log in again."""
    await hass.async_block_till_done()
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    return check_texts(cast("Result", result), "config")


def is_loaded(entry: ConfigEntry) -> bool:
    """Whether an account is up and running."""
    return entry.state is ConfigEntryState.LOADED


async def start(hass: HomeAssistant, login: Login) -> Result:
    """Add the integration and choose a way to log in."""
    result = await begin(hass, {"source": SOURCE_USER})
    assert result["type"] is FlowResultType.MENU
    assert list(result["menu_options"]) == ["client_credentials", "access_token", "password"]
    return await choose(hass, result, login)


async def choose(hass: HomeAssistant, result: Result, option: str) -> Result:
    """Choose from a menu."""
    return await submit(hass, result, {"next_step_id": option})


async def submit(hass: HomeAssistant, result: Result, user_input: dict[str, Any]) -> Result:
    """Fill a form in."""
    shown = await hass.config_entries.flow.async_configure(result["flow_id"], user_input)
    await hass.async_block_till_done()
    return check_texts(cast("Result", shown), "config")


def on(cloud: SimulatedCloud, **fields: str) -> dict[str, Any]:
    """Return what is entered to log in at the simulated cloud."""
    return {**fields, "server": {"server_url": cloud.base_url}}


def client(cloud: SimulatedCloud) -> dict[str, Any]:
    """Return the account's OAuth client as it is entered."""
    return on(cloud, client_id=cloud.client_id, client_secret=cloud.client_secret)


def tokens_of(cloud: SimulatedCloud, client_id: str) -> list[Token]:
    """Return the tokens that a client has and that have not been revoked."""
    return [token for token in cloud.world.tokens if token.client_id == client_id]


def login_tokens(cloud: SimulatedCloud) -> list[Token]:
    """Return the tokens that logins with a password have made."""
    return [t for t in tokens_of(cloud, "particle") if t.kind is TokenKind.USER]


async def connect(hass: HomeAssistant, result: Result) -> Result:
    """Take the account's own boards alone, and end the flow."""
    assert result["step_id"] == "scope"
    return await submit(hass, result, {"account_devices": True, "products": []})


async def reconfigure(hass: HomeAssistant, entry: ConfigEntry) -> Result:
    """Choose "Reconfigure" in the entry's menu."""
    result = await begin(hass, {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id})
    assert result["step_id"] == "reconfigure"
    return result


def choices(result: Result, field: str) -> dict[str, str]:
    """Return what a form offers to choose from: values and labels."""
    options = result["data_schema"].schema[field].config["options"]
    return {option["value"]: option["label"] for option in options}


def suggested(schema: vol.Schema, field: str) -> object:
    """Return what a form has filled in already."""
    [key] = [key for key in schema.schema if key == field]
    return (key.description or {}).get("suggested_value")
