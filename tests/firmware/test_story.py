"""A flash as its events tell it: every order in which they can be published or delivered."""

from itertools import permutations
from typing import Any

import pytest

from custom_components.particle.api import CloudEvent
from custom_components.particle.api.system_events import SystemEvent, parse_system_event
from custom_components.particle.firmware.story import FlashOutcome, FlashResult, FlashStory


def report(name: str, data: str, at: int | None, **more: Any) -> SystemEvent:
    """Return an event that was published at a second of a minute."""
    published = None if at is None else f"2026-03-01T12:00:{at:02}.000Z"
    sent = {"data": data, "ttl": 60, "coreid": "0a10aced202194944a000001", **more}
    event = parse_system_event(CloudEvent.from_json(name, sent | {"published_at": published}))
    assert event is not None
    return event


def end_of(*events: SystemEvent, app_hash: str | None = None) -> FlashOutcome:
    """Return how a flash ends of which these events tell, and nothing more."""
    story = FlashStory(app_hash)
    for event in events:
        if (outcome := story.feed(event)) is not None:
            return outcome
    return story.expire()


STARTED = report("spark/flash/status", "started new.bin", 1)
SUCCESS = report("spark/flash/status", "success new.bin", 2)
FAILED = report("spark/flash/status", "failed new.bin", 2)
OFFLINE = report("spark/status", "offline", 3)
BACK = report("spark/status", "online", 4)
UPDATED = report("spark/device/last_reset", "update", 4)
NEW_HASH = report("spark/device/app-hash", "ab" * 32, 4)
IN_SAFE_MODE = report("spark/status/safe-mode", "{}", 4)


@pytest.mark.parametrize(
    ("reports", "outcome"),
    [
        ([OFFLINE, BACK, UPDATED, NEW_HASH], "succeeded"),
        ([OFFLINE, BACK, UPDATED], "succeeded"),
        ([OFFLINE, BACK, NEW_HASH], "succeeded"),
        ([OFFLINE, BACK, UPDATED, NEW_HASH, IN_SAFE_MODE], "safe_mode"),
        ([OFFLINE, BACK, UPDATED, IN_SAFE_MODE], "safe_mode"),
        ([OFFLINE, BACK, report("spark/device/last_reset", "update_error", 4)], "not_taken"),
        ([OFFLINE, BACK, report("spark/device/last_reset", "update_timeout", 4)], "not_taken"),
        ([OFFLINE, BACK, report("spark/device/last_reset", "panic, hard_fault", 4)], "crashed"),
        ([OFFLINE, BACK, report("spark/device/last_reset", "pin_reset", 4)], "not_proven"),
        ([OFFLINE, BACK], "not_proven"),
        ([OFFLINE], "not_back"),
        ([], "not_restarted"),
    ],
    ids=str,
)
def test_every_order_of_delivery(reports: list[SystemEvent], outcome: str) -> None:
    """Events that arrive in another order than they were published tell the same story."""
    for order in permutations(reports):
        assert end_of(STARTED, SUCCESS, *order) == outcome
        assert end_of(*order[:1], STARTED, SUCCESS, *order[1:]) == outcome
        assert end_of(STARTED, *order, SUCCESS) == outcome


@pytest.mark.parametrize("outcome", ["succeeded", "safe_mode"])
def test_every_order_of_publication(outcome: str) -> None:
    """The order in which a device reports after its restart is not certain."""
    reports = [("spark/status", "online"), ("spark/device/last_reset", "update")]
    reports.append(("spark/device/app-hash", "ab" * 32))
    if outcome == "safe_mode":
        reports.append(("spark/status/safe-mode", "{}"))
    for order in permutations(reports):
        told = [report(name, data, 4 + index) for index, (name, data) in enumerate(order)]
        assert end_of(STARTED, SUCCESS, OFFLINE, *told) == outcome
        undated = [report(name, data, None) for name, data in order]
        assert end_of(STARTED, SUCCESS, OFFLINE, *undated) == outcome


def test_reports_from_before_the_flash() -> None:
    """Delivered late, they are no proof of what came after them."""
    before = [
        report("spark/device/last_reset", "update", 0),
        report("spark/device/app-hash", "cd" * 32, 0),
    ]
    assert end_of(STARTED, SUCCESS, *before) == "not_restarted"
    assert end_of(*before, STARTED) == "transfer_not_finished"
    assert end_of(STARTED, SUCCESS, OFFLINE, BACK, *before) == "not_proven"
    # A device that was in safe mode, which is why it is flashed.
    safe_mode = report("spark/status/safe-mode", "{}", 0)
    assert end_of(STARTED, SUCCESS, safe_mode, OFFLINE, BACK, UPDATED) == "succeeded"
    during = report("spark/status/safe-mode", "{}", 1)
    assert end_of(STARTED, during, SUCCESS, OFFLINE, BACK, UPDATED) == "succeeded"


def test_a_time_stamp_that_cannot_be_true() -> None:
    """It decides nothing: the events then count as they arrive."""
    ahead = CloudEvent.from_json(
        "spark/flash/status",
        {"data": "success ", "published_at": "2099-01-01T00:00:00.000Z", "coreid": "x"},
    )
    success = parse_system_event(ahead)
    assert success is not None
    assert end_of(STARTED, success, OFFLINE, BACK, UPDATED) == "succeeded"


def test_lost_events_of_the_transfer() -> None:
    """What the device says afterwards shows that it has received the firmware."""
    assert end_of(UPDATED) == "succeeded"
    assert end_of(STARTED, UPDATED) == "succeeded"
    assert end_of(STARTED, BACK, IN_SAFE_MODE, UPDATED) == "safe_mode"
    assert end_of(STARTED, report("spark/device/last_reset", "update_error", 4)) == "not_taken"
    # A restart by hand is not the update's.
    assert end_of(STARTED, report("spark/device/last_reset", "pin_reset", 4)) == (
        "transfer_not_finished"
    )
    assert end_of() == "transfer_not_started"


def test_a_transfer_that_failed() -> None:
    """It is believed after a moment: a device that restarts for the update knows better."""
    assert end_of(STARTED, FAILED) == "transfer_failed"
    assert end_of(STARTED, FAILED, report("spark/device/last_reset", "watchdog", 4)) == (
        "transfer_failed"
    )
    assert end_of(STARTED, FAILED, OFFLINE, BACK, UPDATED, NEW_HASH) == "succeeded"


def test_several_transfers_of_one_flash() -> None:
    """A bundle, or Device OS and then the application: the last transfer counts."""
    assert (
        end_of(
            STARTED, SUCCESS, OFFLINE, BACK, UPDATED, report("spark/flash/status", "started ", 5)
        )
        == "transfer_not_finished"
    )
    again = [
        report("spark/flash/status", "started ", 5),
        report("spark/flash/status", "failed ", 6),
    ]
    assert end_of(STARTED, SUCCESS, OFFLINE, BACK, UPDATED, *again) == "transfer_failed"


def test_the_same_hash_as_before_is_no_proof() -> None:
    """It is the old application that reports again."""
    assert end_of(STARTED, SUCCESS, BACK, NEW_HASH, app_hash="ab" * 32) == "not_proven"
    assert end_of(STARTED, SUCCESS, BACK, UPDATED, NEW_HASH, app_hash="ab" * 32) == "succeeded"


def test_another_version_of_a_products_firmware() -> None:
    """The events of a product's device carry it, from the restart on."""
    started = report("spark/flash/status", "started ", 1, version=3)
    success = report("spark/flash/status", "success ", 2, version=3)
    assert end_of(started, success, report("spark/status", "online", 4, version=4)) == "succeeded"
    assert end_of(started, success, report("spark/status", "online", 4, version=3)) == "not_proven"
    assert end_of(started, report("spark/status", "online", 4, version=4)) == (
        "transfer_not_finished"
    )


@pytest.mark.parametrize("outcome", FlashOutcome)
def test_what_an_outcome_means(outcome: FlashOutcome) -> None:
    """Only what was proven is called so; of what nobody heard nobody knows."""
    unknown = {"not_restarted", "not_proven", "events_lost"}
    assert (outcome.result is FlashResult.UNKNOWN) == (outcome.value in unknown)
    assert (outcome.result is FlashResult.SUCCEEDED) == (outcome is FlashOutcome.SUCCEEDED)
