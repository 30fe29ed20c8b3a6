"""Special events become typed objects, in the spelling of today and of yesterday."""

from datetime import UTC, datetime
import json

import pytest

from custom_components.particle.api import CloudEvent, ParticleCloud
from custom_components.particle.api.location_events import parse_location_event
from custom_components.particle.api.system_events import (
    AppHashEvent,
    CommandEvent,
    ConnectionStatus,
    DeviceInformationEvent,
    FlashAvailableEvent,
    FlashProgressEvent,
    FlashState,
    FlashStatusEvent,
    HandshakeEvent,
    LastResetEvent,
    OtaResultEvent,
    ProductFirmwareEvent,
    SafeModeEvent,
    SafeModeUpdaterEvent,
    StatusEvent,
    SystemEvent,
    UpdateFlag,
    UpdatesEvent,
    VitalsEvent,
    parse_system_event,
)
from tests.simulator import SimulatedCloud

DEVICE = "0a10aced202194944a000001"


def event(name: str, data: str | None) -> CloudEvent:
    """An event of a board."""
    return CloudEvent(
        name, data, published_at=datetime(2026, 1, 2, tzinfo=UTC), device_id=DEVICE, coreid=DEVICE
    )


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ("online", ConnectionStatus.ONLINE),
        ("offline ", ConnectionStatus.OFFLINE),
        ("Auto-Update", ConnectionStatus.AUTO_UPDATE),
        ("dreaming", None),
        (None, None),
    ],
)
def test_online_and_offline(data: str | None, status: ConnectionStatus | None) -> None:
    """A word that is new stays readable."""
    found = parse_system_event(event("spark/status", data))
    assert isinstance(found, StatusEvent)
    assert found.status is status
    assert found.data == (data or "").strip()


def test_safe_mode_with_its_modules() -> None:
    """The modules include the dependency that is missing."""
    data = {
        "f": [],
        "v": {"level": 2},
        "p": 32,
        "m": [
            {"s": 49152, "l": "m", "vc": 30, "vv": 30, "f": "b", "n": "0", "v": 1200, "d": []},
            {
                "s": 671744,
                "l": "m",
                "vc": 30,
                "vv": 26,
                "f": "u",
                "n": "1",
                "v": "5",
                "d": [{"f": "s", "n": "1", "v": 6000}],
            },
        ],
    }
    found = parse_system_event(event("spark/status/safe-mode", json.dumps(data)))
    assert isinstance(found, SafeModeEvent)
    assert found.platform_id == 32
    assert found.variables == ("level",)
    assert [module.function for module in found.modules] == ["b", "u"]
    assert found.modules[1].version == 5
    assert found.modules[1].dependencies[0]["v"] == 6000
    found = parse_system_event(event("spark/status/safe-mode", "broken"))
    assert isinstance(found, SafeModeEvent)
    assert found.modules == ()


@pytest.mark.parametrize(
    ("data", "state", "file_name"),
    [
        ("started ", FlashState.STARTED, None),
        ("success ", FlashState.SUCCESS, None),
        ("failed ", FlashState.FAILED, None),
        ("started my app.bin", FlashState.STARTED, "my app.bin"),
        ("success", FlashState.SUCCESS, None),
        ("resting", None, None),
        ("", None, None),
    ],
)
def test_flash_status(data: str, state: FlashState | None, file_name: str | None) -> None:
    """The blank at the end is no file name."""
    found = parse_system_event(event("spark/flash/status", data))
    assert isinstance(found, FlashStatusEvent)
    assert (found.state, found.file_name) == (state, file_name)


@pytest.mark.parametrize(
    ("data", "reason", "panic"),
    [
        ("watchdog", "watchdog", None),
        ("60", "watchdog", None),
        ("panic, hard_fault", "panic", "hard_fault"),
        ("panic,1", "panic", "hard_fault"),
        ("130, 13.", "panic", "stack_overflow"),
        ("panic, 99", "panic", "99"),
        ("777", "777", None),
        ("", "unknown", None),
    ],
)
def test_last_reset(data: str, reason: str, panic: str | None) -> None:
    """Words and numbers mean the same."""
    found = parse_system_event(event("spark/device/last_reset", data))
    assert isinstance(found, LastResetEvent)
    assert (found.reason, found.panic) == (reason, panic)


def test_app_hash_in_either_case() -> None:
    """Upper case in 2016, lower case today."""
    found = parse_system_event(event("spark/device/app-hash", "AB" * 32))
    assert isinstance(found, AppHashEvent)
    assert found.app_hash == "ab" * 32


def test_vitals() -> None:
    """Health, also where a measurement failed."""
    data = {"device": {"power": {"battery": {"charge": {"err": -210}}}, "system": {"uptime": 7}}}
    found = parse_system_event(event("spark/device/diagnostics/update", json.dumps(data)))
    assert isinstance(found, VitalsEvent)
    assert (found.vitals.uptime, found.vitals.battery_charge) == (7, None)
    assert found.vitals.device_id == DEVICE
    assert found.vitals.updated_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert found.vitals.errors == {"power.battery.charge": -210}


@pytest.mark.parametrize("flag", UpdateFlag)
@pytest.mark.parametrize(("data", "on"), [("true", True), ("false ", False), ("perhaps", None)])
def test_update_flags(flag: UpdateFlag, data: str, on: bool | None) -> None:
    """Enabled, forced, pending."""
    found = parse_system_event(event(f"particle/device/updates/{flag}", data))
    assert isinstance(found, UpdatesEvent)
    assert (found.flag, found.on) == (flag, on)


def test_product_firmware() -> None:
    """The version is text in one event and a number in the other."""
    found = parse_system_event(event("particle/firmware/create", '{"version":"3"}'))
    assert isinstance(found, ProductFirmwareEvent)
    assert (found.released, found.version, found.immediate) == (False, 3, None)
    found = parse_system_event(event("particle/firmware/release", '{"immediate":true,"version":1}'))
    assert isinstance(found, ProductFirmwareEvent)
    assert (found.released, found.version, found.immediate) == (True, 1, True)


def test_reserved_flash_events() -> None:
    """Not sent today; read in case they are."""
    found = parse_system_event(event("spark/flash/progress", "1024,4096,3"))
    assert isinstance(found, FlashProgressEvent)
    assert (found.sent, found.total, found.seconds) == (1024, 4096, 3)
    found = parse_system_event(event("spark/flash/progress", '{"sent":"5"}'))
    assert isinstance(found, FlashProgressEvent)
    assert (found.sent, found.total) == (5, None)
    assert isinstance(parse_system_event(event("spark/flash/available", "")), FlashAvailableEvent)


@pytest.mark.parametrize(
    ("name", "data", "kind", "attribute", "value"),
    [
        ("spark/safe-mode-updater/updating", "2", SafeModeUpdaterEvent, "step", 2),
        ("spark/device/ota_result", '{"r":"ok"}', OtaResultEvent, "result", {"r": "ok"}),
        ("spark/device/ota_result", "ok", OtaResultEvent, "result", {}),
        ("particle/device/name", "x", DeviceInformationEvent, "topic", "name"),
        ("spark/device/ip", "203.0.113.9", DeviceInformationEvent, "topic", "ip"),
        ("spark/device/reset", "reboot", CommandEvent, "command", "reset"),
        ("spark/device/key/restore", "", CommandEvent, "command", "key/restore"),
        ("spark/device/claim/code", "c", HandshakeEvent, "topic", "claim/code"),
        ("spark/device/ident/0", "", HandshakeEvent, "topic", "ident/0"),
        ("spark/hardware/max_binary", "9", HandshakeEvent, "topic", "hardware/max_binary"),
    ],
)
def test_the_rest(
    *, name: str, data: str, kind: type[SystemEvent], attribute: str, value: object
) -> None:
    """Handshake, commands, questions."""
    found = parse_system_event(event(name, data))
    assert type(found) is kind
    assert getattr(found, attribute) == value


def test_what_is_new_and_what_is_not_special() -> None:
    """A special event of tomorrow is plain; the user's events are none."""
    assert type(parse_system_event(event("spark/brand/new", "x"))) is SystemEvent
    assert parse_system_event(event("temperature", "21")) is None


async def test_what_the_cloud_sends(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Everything that a board goes through is understood."""
    board = cloud.world.board("greenhouse")
    board.go_offline()
    board.go_online()
    await board.send_vitals()
    kinds = [
        type(parse_system_event(CloudEvent.from_json(sent.name, sent.as_json())))
        for sent in cloud.world.events.history
    ]
    assert kinds == [StatusEvent, StatusEvent, VitalsEvent]


def test_where_a_tracker_is() -> None:
    """Place, accuracy, and why it was sent."""
    data = {
        "cmd": "loc",
        "time": 1767322800,
        "loc": {
            "lck": 1,
            "lat": 52.5,
            "lon": 13.4,
            "alt": 35,
            "hd": 90,
            "spd": 1.5,
            "h_acc": 3.2,
            "v_acc": 5,
            "cell": 60,
            "batt": 88.5,
        },
        "trig": ["time", "imu_m"],
        "req_id": 12,
    }
    found = parse_location_event(event("loc", json.dumps(data)))
    assert found is not None
    assert (found.latitude, found.longitude, found.locked) == (52.5, 13.4, True)
    assert (found.battery, found.horizontal_accuracy) == (88.5, 3.2)
    assert found.triggers == ("time", "imu_m")
    assert found.time == datetime(2026, 1, 2, 3, tzinfo=UTC)
    assert not found.enhanced
    enhanced = parse_location_event(
        event("loc-enhanced", json.dumps(data | {"cmd": "loc-enhanced"}))
    )
    assert enhanced is not None
    assert enhanced.enhanced


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("loc", "here"),
        ("loc", "[]"),
        ("loc", '{"cmd":"loc"}'),
        ("loc", '{"cmd":"other","loc":{"lat":1}}'),
        ("location", "{}"),
        ("loc", None),
    ],
)
def test_what_is_no_place(name: str, data: str | None) -> None:
    """An event that only looks like one."""
    assert parse_location_event(event(name, data)) is None


@pytest.mark.parametrize("place", [{"lck": 0}, {"lat": 91, "lon": 0}, {"lat": "x", "lon": 1}])
def test_a_tracker_without_a_fix(place: dict[str, object]) -> None:
    """No place is better than a wrong one."""
    found = parse_location_event(event("loc", json.dumps({"loc": place, "time": -1})))
    assert found is not None
    assert (found.latitude, found.longitude, found.time) == (None, None, None)
