"""Automations that start when a board's firmware has changed or was to be changed."""

from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.automations import BOARD, Ear, automate, listening, trigger
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until


async def test_another_application(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """A new fingerprint is a change; the same one again is none."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("firmware_changed"),
        wrote={"part": "{{ trigger.part }}", "hash": "{{ trigger.app_hash[:2] }}"} | BOARD,
    )
    garage = cloud.world.board("garage")
    ear = Ear(hass, entry)
    for fingerprint in ("AA" * 32, "aa" * 32, "bb" * 32):
        garage.system_event("spark/device/app-hash", fingerprint)
    await ear.hears("spark/device/app-hash")
    await automation.times(2)
    assert automation.runs == [
        {"board": "garage", "part": "application", "hash": letters} for letters in ("aa", "bb")
    ]


async def test_another_device_os(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> None:
    """The listing tells, with both versions."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("firmware_changed"),
        wrote={"change": "{{ trigger.part }} {{ trigger.from_version }} {{ trigger.to_version }}"},
    )
    cloud.world.board("garage").system_version = "6.3.2"
    await entry.runtime_data.account.async_refresh()
    await automation.times(1)
    assert automation.runs == [{"change": "device_os 5.8.0 6.3.2"}]


async def test_an_update_of_a_products_firmware_is_one_change(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The board's fingerprint and the cloud's version are two views of it; the next update is news."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, trigger("firmware_changed"), wrote=BOARD)
    van = cloud.world.board("van-1")
    van.firmware_version = 7
    await entry.runtime_data.account.async_refresh()
    await hass.async_block_till_done()
    runs = len(automation.calls)

    van.firmware_version = 8
    van.system_event("spark/device/app-hash", "aa" * 32)
    await entry.runtime_data.account.async_refresh()
    await automation.times(runs + 1)
    await pass_time(hass, clock, timedelta(minutes=10))
    van.firmware_version = 9
    await entry.runtime_data.account.async_refresh()
    await automation.times(runs + 2)


async def _flash(cloud: SimulatedCloud, *reports: tuple[str, str]) -> None:
    garage = cloud.world.board("garage")
    for name, data in reports:
        garage.system_event(f"spark/{name}", data)


STARTED = ("flash/status", "started ")


SUCCESS = ("flash/status", "success ")


OFFLINE = ("status", "offline")


ONLINE = ("status", "online")


@pytest.mark.parametrize(
    ("reports", "result", "proof"),
    [
        ([STARTED, ("flash/status", "failed ")], "failed", "transfer_failed"),
        (
            [STARTED, SUCCESS, OFFLINE, ONLINE, ("device/last_reset", "update")],
            "succeeded",
            "restarted",
        ),
        ([STARTED, SUCCESS, ("device/app-hash", "a" * 64)], "succeeded", "new_application"),
        ([SUCCESS, ("device/last_reset", "update_error")], "failed", "update_error"),
        ([STARTED, SUCCESS, ("status/safe-mode", "{}")], "failed", "safe_mode"),
    ],
)
async def test_a_flash(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    reports: list[tuple[str, str]],
    result: str,
    proof: str,
) -> None:
    """It ends once, with what proves its result; what the board says afterwards is no second end."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("flash_finished"),
        wrote={"result": "{{ trigger.result }}", "proof": "{{ trigger.proof }}"} | BOARD,
    )
    await _flash(cloud, *reports)
    await automation.times(1)
    assert automation.runs == [{"board": "garage", "result": result, "proof": proof}]
    ear = Ear(hass, entry)
    await _flash(cloud, ("device/app-hash", "b" * 64), ("device/last_reset", "update"))
    await ear.hears("spark/device/last_reset")
    await automation.times(1)


@pytest.mark.parametrize(
    ("reports", "minutes", "result", "proof"),
    [
        ([STARTED], 31, "failed", "transfer_timed_out"),
        ([STARTED, SUCCESS], 6, "failed", "did_not_come_back"),
        ([STARTED, SUCCESS, OFFLINE, ONLINE], 2, "succeeded", "online"),
    ],
)
async def test_a_flash_that_nobody_reports_on(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    reports: list[tuple[str, str]],
    minutes: int,
    result: str,
    proof: str,
) -> None:
    """After a while it is over all the same."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("flash_finished"),
        wrote={"result": "{{ trigger.result }}", "proof": "{{ trigger.proof }}"},
    )
    ear = Ear(hass, entry)
    await _flash(cloud, *reports)
    await until(hass, lambda: len(ear.heard) == len(reports))
    await automation.times(0)
    await pass_time(hass, clock, timedelta(minutes=minutes))
    await automation.times(1)
    assert automation.runs == [{"result": result, "proof": proof}]


async def test_only_failed_flashes(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """A good one is passed over, and the trace says so."""
    await listening(hass, set_up)
    automation = await automate(hass, trigger("flash_finished", result="failed"), wrote=BOARD)
    await _flash(cloud, SUCCESS, ("device/last_reset", "update"))
    [passed_over] = await automation.passed_over(1)
    assert passed_over["reason"] == "other_flash_result"
    await _flash(cloud, STARTED, ("flash/status", "failed "))
    await automation.times(1)


async def test_flashes_of_two_boards_at_once(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """They are not mixed up; an automation that is switched off leaves no timer behind."""
    await listening(hass, set_up)
    automation = await automate(
        hass, trigger("flash_finished"), wrote={"result": "{{ trigger.result }}"} | BOARD
    )
    await _flash(cloud, STARTED, SUCCESS)
    # The cloud's own reports are about no board.
    cloud.world.publish_from_cloud("spark/flash/status", "failed ", owner=cloud.username)
    boat = cloud.world.board("boat")
    boat.system_event("spark/flash/status", "started ")
    boat.system_event("spark/device/last_reset", "update")
    boat.system_event("spark/flash/status", "failed ")
    await automation.times(1)
    assert automation.runs == [{"board": "boat", "result": "failed"}]
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.under_test"}, blocking=True
    )
