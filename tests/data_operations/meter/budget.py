"""The budget of an account, what a test counts in it, and what Particle says of the plan."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.particle.api import DataOperation, DataOperationKind
from custom_components.particle.const import DOMAIN, PollingMode
from custom_components.particle.data_operations.meter import DataOperations
from tests.conftest import SetUp
from tests.waiting import until

GREENHOUSE = "0a10aced202194944a000001"
BOAT = "0a10aced202194944a000003"
UPDATES = "sensor.greenhouse_variable_updates"
NOW = datetime(2026, 4, 16, tzinfo=UTC)
QUIET = {"pace": PollingMode.EVENTS_ONLY}
EVERY_HALF_MINUTE = 31.0
HOUR = timedelta(hours=1, seconds=1)


class Agreements:
    """What the simulated cloud says of the plan."""

    def __init__(self) -> None:
        """Start with the free plan, whose month began on the tenth, and nothing used."""
        self.used: int | None = 0
        self.allowed: int | None = 100_000
        self.start: str | None = "2026-04-10T00:00:00.000Z"
        self.end: str | None = "2026-05-09T00:00:00.000Z"

    async def show(self, call: object) -> web.Response:
        """Answer with the agreement, and with one that has ended."""
        usage = {"connectivity": {"all": {"device_messages": self.used}}}
        attributes: dict[str, Any] = {
            "current_usage_summary": usage,
            "pricing_terms": {"messaging": {"max_messages": self.allowed}},
            "current_billing_period_start": self.start,
            "current_billing_period_end": self.end,
        }
        ended = {
            "current_usage_summary": {"connectivity": {"all": {"device_messages": 77_777}}},
            "pricing_terms": {"messaging": {"max_messages": 55_555}},
            "current_billing_period_start": "2025-01-03T00:00:00.000Z",
            "current_billing_period_end": "2025-02-03T00:00:00.000Z",
        }
        agreements = [{"id": "1", "attributes": ended}, {"id": "2", "attributes": attributes}]
        return web.json_response({"data": agreements})


async def start(hass: HomeAssistant, set_up: SetUp, **options: object) -> DataOperations:
    """Set the account up, wait for what Particle says of the plan, and change options."""
    entry = await set_up()
    if options:
        hass.config_entries.async_update_entry(entry, options={**QUIET, **options})
        await hass.async_block_till_done()
    operations: DataOperations = entry.runtime_data.operations
    await until(hass, lambda: operations.plan_allowance)
    return operations


def read(operations: DataOperations, times: int = 1, device_id: str = GREENHOUSE) -> None:
    """Count variables that were read."""
    for _ in range(times):
        operations.record(DataOperation(DataOperationKind.VARIABLE, device_id, "temperature"))


def call(operations: DataOperations, times: int = 1, device_id: str = BOAT) -> None:
    """Count functions that were called."""
    for _ in range(times):
        operations.record(DataOperation(DataOperationKind.FUNCTION, device_id, "bilgePump"))


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return the issues about data operations by their texts."""
    found = ir.async_get(hass).issues.values()
    return {
        str(issue.translation_key): issue
        for issue in found
        if issue.domain == DOMAIN and str(issue.translation_key).startswith("data_operations")
    }
