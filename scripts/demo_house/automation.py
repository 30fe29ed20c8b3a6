"""The demo's automation: an event of one device calls a function of another one."""

from typing import Final

from .client import HomeAssistantClient
from .cloud import SimulatedCloud
from .registry import Registry

AUTOMATION_ID: Final = "pump_light"
EVENT: Final = "greenhouse/pump"
FUNCTION: Final = "light"


async def create_automation(
    client: HomeAssistantClient, cloud: SimulatedCloud, registry: Registry
) -> None:
    """Create the automation as the automation editor does."""
    await client.request(
        "POST",
        f"/api/config/automation/config/{AUTOMATION_ID}",
        {
            "alias": "The garage light shows whether the greenhouse pump runs",
            "description": f"The greenhouse publishes {EVENT} with the data on or off.",
            "triggers": [
                {
                    "alias": f"When greenhouse publishes {EVENT}",
                    "trigger": "particle.event_received",
                    "target": {"device_id": registry.device(cloud.boards["greenhouse"])},
                    "options": {"event": EVENT},
                }
            ],
            "actions": [
                {
                    "alias": f"Call {FUNCTION} on garage",
                    "action": "particle.call_function",
                    "target": {"device_id": registry.device(cloud.boards["garage"])},
                    "data": {
                        "function": FUNCTION,
                        "argument": "{{ trigger.data }}",
                    },
                }
            ],
            "mode": "queued",
        },
    )
