"""Which boards an action is for, and what it answers for several of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import json
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..api.models import normal_device_id
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..targeting import particle_id
from ..validation.fields import TEXT

BOARD_SCHEMA = {vol.Required(ATTR_DEVICE_ID): TEXT}
BOARDS_SCHEMA = {vol.Required(ATTR_DEVICE_ID): vol.All(cv.ensure_list, vol.Length(min=1), [TEXT])}


@dataclass(frozen=True, slots=True)
class Board:
    """A board that an action is for.

    Attributes:
        registry_id: Id of its page in Home Assistant, as the action got it.
        name: What people call it.
        entry: The account.
        coordinator: The board itself.
    """

    registry_id: str
    name: str
    entry: ParticleConfigEntry
    coordinator: DeviceCoordinator


@callback
def async_get_board(hass: HomeAssistant, registry_id: str) -> Board:
    """Return the board of a page.

    Raises:
        ServiceValidationError: There is no such page, it is about no board, its account is not
            loaded, or Particle no longer lists the board.
    """
    page, entry = async_get_device_and_config_entry(hass, DOMAIN, registry_id)
    name = page.name_by_user or page.name or registry_id
    device_id = particle_id(page)
    if device_id is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_board",
            translation_placeholders={"device": name},
        )
    coordinator = entry.runtime_data.devices.get(device_id)
    if coordinator is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="device_not_found",
            translation_placeholders={"device": name, "account": entry.title},
        )
    return Board(registry_id, name, entry, coordinator)


def find_device(entry: ParticleConfigEntry, id_or_name: str) -> DeviceCoordinator | None:
    """Return the device with an id, or the only one with a name, as the cloud takes both.

    Args:
        entry: The account.
        id_or_name: Particle's id of the device, or its name.
    """
    devices = entry.runtime_data.devices
    if (coordinator := devices.get(normal_device_id(id_or_name))) is not None:
        return coordinator
    named = [one for one in devices.values() if one.device.name == id_or_name]
    return named[0] if len(named) == 1 else None


async def async_answer_for_boards(
    call: ServiceCall, ask: Callable[[Board], Awaitable[JsonObjectType]]
) -> ServiceResponse:
    """Ask all boards of an action side by side and return what they answered.

    The answer holds ``devices``: by page id, for each board its ``name`` and what `ask` returned.
    For a single board the same stands at the top too, so that templates can be short. When some of
    several boards fail and the caller wants an answer, each of them has an ``error`` instead; what
    the others answered has been paid for and must not be lost.

    Args:
        call: The action.
        ask: Asks one board.

    Raises:
        HomeAssistantError: The only board failed, all failed, or some did and nobody reads the answer.
    """
    # Resolved first: a page that is none must not leave half of the boards asked.
    boards = [
        async_get_board(call.hass, registry_id)
        for registry_id in dict.fromkeys(call.data[ATTR_DEVICE_ID])
    ]
    results = await asyncio.gather(*(ask(board) for board in boards), return_exceptions=True)
    answers: dict[str, JsonObjectType] = {}
    failures: list[HomeAssistantError] = []
    reports: list[str] = []
    for board, result in zip(boards, results, strict=True):
        if isinstance(result, HomeAssistantError):
            failures.append(result)
            reports.append(f"{board.name}: {result}")
            answers[board.registry_id] = {"name": board.name, "error": str(result)}
        elif isinstance(result, BaseException):
            raise result
        else:
            answers[board.registry_id] = {"name": board.name, **result}
    if failures and len(boards) == 1:
        raise failures[0]
    if len(failures) == len(boards) or (failures and not call.return_response):
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="some_boards_failed",
            translation_placeholders={
                "failed": str(len(failures)),
                "all": str(len(boards)),
                "reports": " | ".join(reports),
            },
        ) from failures[0]
    if not call.return_response:
        return None
    single: dict[str, Any] = answers[boards[0].registry_id] if len(boards) == 1 else {}
    return {**single, "devices": {**answers}}


def as_text(value: Any) -> str:
    """Return what a person or a template gave as the text that a board gets.

    Objects and lists become JSON without spaces, truth values ``true`` and ``false``.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
