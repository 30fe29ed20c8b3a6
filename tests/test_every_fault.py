"""What people see of each fault that the simulated cloud knows."""

from pathlib import Path
from typing import Any, Final

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.binaries import allow_media
from tests.conftest import SetUp
from tests.fault_scenarios import (
    CONNECTION,
    HEALTHY,
    TEMPERATURE,
    Action,
    Events,
    Flash,
    LateListing,
    NothingSeen,
    Running,
    Scenario,
    SetUpFails,
    Stage,
    StreamLost,
    Webhook,
)
from tests.simulator import SimulatedCloud
from tests.simulator.faults import CATALOGUE

LISTING: Final = {"path": "/v1/devices", "method": "GET"}
CALL: Final = {"path": "/v1/devices/*/pump"}
PUMP: Final = ("call_function", {"device": "greenhouse", "function": "pump", "argument": "on"})
PING: Final = ("ping", {"device": "greenhouse"})
COMPILE: Final = ("compile", {"path": "app.ino", "platform_id": 32})
FLASH: Final = ("flash", {"device": "greenhouse", "path": "app.ino"})
VAN_1: Final = "0a10aced202194944a000011"
DELIVERY_VANS: Final = "binary_sensor.jane_example_com_event_stream_of_delivery_vans"
LOST_ONE: Final[list[tuple[str | None, str]]] = [("two", "greenhouse")]


def vanishes(cloud: SimulatedCloud) -> None:
    """Let the greenhouse lose its connection without a word."""
    cloud.world.board("greenhouse").online = False


def goes_offline(cloud: SimulatedCloud) -> None:
    """Let the greenhouse lose its connection."""
    cloud.world.board("greenhouse").go_offline()


def reconnects(cloud: SimulatedCloud) -> None:
    """Let the greenhouse lose its connection and come back at once."""
    cloud.world.board("greenhouse").go_offline()
    cloud.world.board("greenhouse").go_online()


def no_streams(cloud: SimulatedCloud) -> None:
    """Let nobody open another event stream."""
    cloud.limits.enabled = True
    cloud.limits.set("simultaneous_streams", 0)


def unusable(reason: str, **fault: Any) -> SetUpFails:
    """Return a set-up that fails for a reason that the entry shows."""
    return SetUpFails(says=f"The Particle Cloud cannot be used at the moment: {reason}", **fault)


def request(method: str, path: str, body: object = None) -> tuple[str, dict[str, Any]]:
    """Return the action that sends any request."""
    data = {"method": method, "path": path, "body": body}
    return "request", {key: value for key, value in data.items() if value is not None}


NOT_IN_TIME: Final = "greenhouse did not respond in time. The request may have been carried out."
OFFLINE: Final = {CONNECTION: STATE_OFF, TEMPERATURE: STATE_UNAVAILABLE}
# A value of the former connection no longer counts until it is read again.
READ_SOON: Final = {CONNECTION: STATE_ON, TEMPERATURE: STATE_UNAVAILABLE}

SEEN: Final[dict[str, Scenario]] = {
    # The account is not set up; the entry says why and tries again
    "forbidden": SetUpFails(
        options=LISTING, says="These credentials are not allowed to list devices."
    ),
    "server_error": unusable("server_error", options=LISTING),
    "bad_gateway": unusable("The Particle Cloud answered with status 502", options=LISTING),
    "proxy_html": unusable("The answer (status 200) is a web page; check the", options=LISTING),
    "not_json": unusable("The answer (status 200) is not", options=LISTING),
    "empty": unusable("The answer (status 200) is not", options=LISTING),
    "cloud_down": unusable("No connection to 127.0.0.1"),
    "hang": unusable("127.0.0.1 did not answer in time", options=LISTING, impatient=True),
    "dripping_head": unusable(
        "127.0.0.1 did not answer in time", options=LISTING | {"seconds": 0.01}, impatient=True
    ),
    # An action fails, and its sentence says why
    "unauthorized": Action(
        options=CALL, does=PUMP, says="Particle no longer accepts the login of jane@example.com: "
    ),
    "rate_limited": Action(
        options=CALL | {"retry_after": 7},
        does=PUMP,
        says="Particle received too many requests from your IP address, including other"
        " programs in your network. Try again in 7 seconds",
    ),
    "overloaded": Action(
        options=CALL, does=PUMP, says="Particle received too many requests from your IP address"
    ),
    "reset": Action(
        options=CALL | {"executed": True},
        does=PUMP,
        says="The connection to the Particle Cloud was lost before it responded: The connection to"
        " 127.0.0.1 was lost (ClientOSError). The request may have been carried out.",
    ),
    "offline_at_once": Action(
        before=vanishes,
        does=PUMP,
        says="greenhouse is offline, so nothing was sent to it.",
        shows=OFFLINE,
    ),
    "offline_408": Action(before=vanishes, does=PUMP, says=NOT_IN_TIME, shows=OFFLINE),
    "offline_hang": Action(
        before=vanishes,
        does=PUMP,
        impatient=True,
        says="The connection to the Particle Cloud was lost before it responded: 127.0.0.1 did not"
        " answer in time. The request may have been carried out.",
        after_listing=True,
        shows=OFFLINE,
    ),
    "no_answer": Action(options={"count": 1}, does=PUMP, says=NOT_IN_TIME),
    "function_not_ok": Action(
        options={"error": "Busy"},
        does=PUMP,
        says="greenhouse was reached, but the call of pump was refused: Busy",
    ),
    "quota_used_up": Action(
        does=PUMP,
        says="Particle refuses the call, because the data operations of jane@example.com are used",
        shows={"sensor.greenhouse_variable_updates": "refused"},
    ),
    "configuration_rejected": Action(
        does=request("PUT", f"products/24001/config/{VAN_1}", {"location": {"interval": 5}}),
        says="The request is not valid: Configuration updates failed for some sections: "
        "{location: -19}",
    ),
    "unknown_device_404": Action(
        does=request("PUT", "devices/0a10aced202194944a0000ee/ping"),
        says="0a10aced202194944a0000ee does not exist at Particle, or jane@example.com has no",
    ),
    "unknown_variable_text": Action(
        does=request("GET", "devices/greenhouse/none"),
        says="greenhouse has no variable none. Its variables: humidity, mode, pump, soil, target,",
    ),
    "own_server": Action(
        does=request("GET", "user"),
        says="Particle does not know what was requested: Not Found",
    ),
    "list_tokens": Action(
        does=request("GET", "access_tokens"), says="The request is not valid: Unknown user"
    ),
    "firehose": Action(
        does=request("GET", "events"), strikes=False, says="This is the address of an event stream,"
    ),
    "flash_offline": Action(does=FLASH, says=NOT_IN_TIME),
    # An action answers what has gone wrong
    "function_refuses": Action(does=PUMP, answers={"return_value": -1}),
    "ping_offline": Action(
        does=PING, answers={"online": False}, after_listing=True, shows={CONNECTION: STATE_ON}
    ),
    "compile_error": Action(
        does=COMPILE, answers={"success": False, "message": "app.ino:1: #error switched on"}
    ),
    "compile_timeout": Action(
        does=COMPILE,
        answers={"success": False, "message": "Compiler timed out or encountered an error"},
    ),
    "vitals_error_leaf": Action(
        does=("refresh_vitals", {"device": "boat"}),
        answers={
            "errors": {"power.battery.charge": -210, "system.memory.used": -120},
            "battery_charge": None,
        },
        shows={"sensor.boat_signal_strength": "52.0", "sensor.boat_memory_used": None},
    ),
    "flash_transfer_failed": Flash(
        failure="transfer_failed", says="The transfer of the firmware to greenhouse failed"
    ),
    "flash_wrong_platform": Flash(
        failure="transfer_failed", says="The transfer of the firmware to greenhouse failed"
    ),
    "flash_old_firmware": Flash(
        failure="not_taken", says="greenhouse received the firmware but did not install it (update"
    ),
    "flash_never_returns": Flash(
        failure="not_back", says="greenhouse received the firmware, but was not back online"
    ),
    "flash_safe_mode": Flash(
        failure="safe_mode",
        says="greenhouse is in safe mode, so the new program does not run.",
        shows={"binary_sensor.greenhouse_safe_mode": STATE_ON},
    ),
    # An action answers as always
    "slow": Action(options=CALL | {"seconds": 0.1}, does=PUMP, answers={"return_value": 1}),
    "flash_event_order": Flash(options={"order": "hash_first"}),
    "app_hash_upper": Flash(),
    "flash_status_stripped": Flash(),
    "no_updated_at": Action(
        does=("set_notes", {"device": "greenhouse", "notes": "by the pond"}),
        answers={"notes": "by the pond"},
    ),
    "claim_2015": Action(
        does=("claim_device", {"particle_id": "0a10aced202194944a0000fe"}),
        answers={"claimed": True, "transfer_id": None},
    ),
    "token_client_id": Action(
        does=request("GET", "access_tokens/current"), answers={"status": 200}
    ),
    "hook_created_200": Action(
        does=request("POST", "webhooks", {"event": "green", "url": "http://localhost/hook"}),
        answers={"status": 200},
    ),
    "hook_deleted_200": Webhook(),
    "integrations_wrapped": Webhook(),
    "integration_created_wrapped": Webhook(),
    "hook_sent_undefined": Webhook(sent="undefined"),
    # The event stream is lost: its sensor is off and says why
    "closes_at_once": StreamLost(running=False, says="The cloud closed the event stream"),
    "silent": StreamLost(impatient=True, says="127.0.0.1 did not answer in time"),
    "half_open": StreamLost(
        options={"new": True}, impatient=True, says="127.0.0.1 did not answer in time"
    ),
    "endless_continue": StreamLost(
        options={"only": "streams", "seconds": 0.01},
        impatient=True,
        says="127.0.0.1 did not answer in time",
    ),
    "stream_limit_429": StreamLost(
        before=no_streams, says="The Particle Cloud limits requests: Rate limit exceeded"
    ),
    # An event is lost: it is counted, and the next one arrives
    "no_event_name": Events(options={"count": 1}, runs=LOST_ONE, dropped=1),
    "broken_json": Events(options={"count": 1}, runs=LOST_ONE, dropped=1),
    "not_an_object": Events(options={"count": 1}, runs=LOST_ONE, dropped=1),
    "huge_block": Events(options={"count": 1}, runs=LOST_ONE, dropped=1),
    "cut_in_block": Events(options={"count": 1}, published=("one",), runs=[], cut=True),
    # Events arrive as they were sent
    "out_of_order": Events(
        options={"count": 1}, runs=[("two", "greenhouse"), ("one", "greenhouse")]
    ),
    "coreid_api": Events(runs=[("one", "no device"), ("two", "no device")]),
    "coreid_internal": Events(runs=[("one", "no device"), ("two", "no device")]),
    "raw_separators": Events(
        published=("one",), runs=[("a\u0085b\u2028c\u2029d one", "greenhouse")]
    ),
    "null_data": Events(published=(None,), runs=[(None, "greenhouse")]),
    # Events arrive as always, each once
    "no_ok": Events(),
    "crlf": Events(),
    "cr": Events(),
    "several_data_lines": Events(),
    "split_writes": Events(),
    "comments": Events(),
    "id_and_retry": Events(),
    "duplicate_events": Events(),
    "ttl_string": Events(),
    # A device shows what is true
    "held": LateListing(options=LISTING, shows=OFFLINE),
    "clock_ahead": Running(
        options={"event": "spark/status", "count": 1}, happens=reconnects, shows=READ_SOON
    ),
    "descriptions_late": Running(happens=reconnects, shows=READ_SOON),
    "descriptions_null": Running(from_the_start=False, shows=HEALTHY),
    "descriptions_empty": Running(happens=goes_offline, shows=OFFLINE),
    "descriptions_absent": Running(happens=goes_offline, shows=OFFLINE),
    "product_array": Running(products=["24001"], shows={DELIVERY_VANS: STATE_ON}),
    # Nothing is seen
    "connected_only": NothingSeen(),
    "unknown_keys": NothingSeen(),
    "expires_in_string": NothingSeen(),
}


@pytest.mark.parametrize("fault", CATALOGUE)
async def test_what_is_seen(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    fault: str,
) -> None:
    """A sentence, a state, an issue, an entry that waits, or nothing at all."""
    assert fault in SEEN
    scenario = SEEN[fault]
    stage = Stage(
        hass,
        cloud,
        config_entry,
        set_up,
        monkeypatch,
        allow_media(hass, tmp_path),
        fault,
        scenario.options,
    )
    await scenario.play(stage)


def test_no_fault_is_made_up() -> None:
    """The table names no fault that the simulated cloud does not know."""
    assert list(SEEN.keys() - CATALOGUE.keys()) == []
