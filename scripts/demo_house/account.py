"""Add and set up the Particle account in Home Assistant, through the forms that users fill in."""

from collections.abc import Mapping
from typing import Any, Final

from .client import HomeAssistantClient
from .cloud import SimulatedCloud
from .processes import DemoError

# The devices are simulated, so their data operations cost nothing.
_SECONDS_BETWEEN_READINGS: Final = 10
_MONTHLY_ALLOWANCE: Final = 100_000_000

_MAX_STEPS: Final = 10


async def add_account(client: HomeAssistantClient, cloud: SimulatedCloud) -> str:
    """Add the account with an OAuth client, and return the ID of its config entry."""
    result = await fill_in(
        client,
        "/api/config/config_entries/flow",
        handler="particle",
        answers={
            "client_credentials": {
                "client_id": cloud.client_id,
                "client_secret": cloud.client_secret,
                "server": {"server_url": cloud.url},
            },
            "scope": {"account_devices": True, "products": [cloud.product_id]},
        },
        choices={"user": "client_credentials", "limited": "go_on"},
    )
    entry_id: str = result["result"]["entry_id"]
    return entry_id


async def set_pace(client: HomeAssistantClient, cloud: SimulatedCloud, entry_id: str) -> None:
    """Read variables much more often than a real allowance permits, so that values change visibly."""
    await fill_in(
        client,
        "/api/config/config_entries/options/flow",
        handler=entry_id,
        answers={
            "init": {
                "scope": {
                    "account_devices": True,
                    "products": [cloud.product_id],
                    "groups": [],
                },
                "polling": {
                    "pace": "fixed",
                    "monthly_allowance": _MONTHLY_ALLOWANCE,
                },
                "devices": {"sleeping_devices": [cloud.boards["boat"]]},
            },
            "fixed": {"fixed_interval": {"seconds": _SECONDS_BETWEEN_READINGS}},
        },
        choices={"too_fast": "save"},
    )


async def fill_in(
    client: HomeAssistantClient,
    path: str,
    *,
    handler: str,
    answers: Mapping[str, dict[str, Any]],
    choices: Mapping[str, str],
) -> dict[str, Any]:
    """Go through a flow until it has created an entry.

    Args:
        client: Home Assistant.
        path: Path of the REST API for the kind of flow.
        handler: What the flow is for.
        answers: What to enter in each form, by step.
        choices: What to select in each menu, by step.

    Raises:
        DemoError: The flow showed an unknown step or an error, or was aborted.
    """
    result: dict[str, Any] = await client.request("POST", path, {"handler": handler})
    for _ in range(_MAX_STEPS):
        step = result.get("step_id", "")
        match result["type"]:
            case "create_entry":
                return result
            case "menu" if step in choices:
                answer: dict[str, Any] = {"next_step_id": choices[step]}
            case "form" if step in answers and not result["errors"]:
                answer = answers[step]
            case _:
                reason = result.get("errors") or result.get("reason") or result["type"]
                raise DemoError(f"The form for the account got stuck at {step!r}: {reason}")
        result = await client.request("POST", f"{path}/{result['flow_id']}", answer)
    raise DemoError(f"The form for the account did not end after {_MAX_STEPS} steps")
