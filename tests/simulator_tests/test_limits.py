"""Numbers that the documentation names: limits, sizes, platforms, waits."""

from datetime import timedelta

import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.clock import Clock
from tests.simulator.limits import Limits
from tests.simulator.settings import Settings
from tests.simulator.world.platforms import PLATFORMS, has_wifi, is_cellular

from .client import Api

WIFI = {0, 6, 8, 12, 32, 35, 38, 42, 43}
CELLULAR = {10, 13, 15, 23, 25, 26, 28, 35, 37, 38, 42}


def test_rate_limits() -> None:
    """A hundred in five minutes, ten thousand for all routes, fifty serial numbers in an hour."""
    limits = Limits()
    assert limits.enabled
    assert (limits.simultaneous_streams, limits.failures) == (100, 10)
    five_minutes = {name: one.maximum for name, one in limits.limits.items()}
    assert five_minutes.pop("all") == 10_000
    assert five_minutes.pop("serial_number") == 50
    assert set(five_minutes.values()) == {100}
    assert set(five_minutes) == {
        "token",
        "list_tokens",
        "delete_token",
        "create_user",
        "delete_user",
        "password_reset",
        "stream",
        "firehose",
    }
    windows = {name: one.window for name, one in limits.limits.items()}
    assert windows.pop("serial_number") == timedelta(hours=1)
    assert set(windows.values()) == {timedelta(minutes=5)}


def test_each_caller_has_a_limit_of_his_own() -> None:
    """The window slides; what was refused does not count."""
    limits, now = Limits(), Clock(speed=0).now()
    limits.set("stream", 2)
    assert not limits.exceeded("stream", "a", now)
    assert not limits.exceeded("stream", "a", now + timedelta(seconds=200))
    assert limits.exceeded("stream", "a", now + timedelta(seconds=299))
    assert not limits.exceeded("stream", "b", now + timedelta(seconds=299))
    assert not limits.exceeded("firehose", "a", now + timedelta(seconds=299))
    assert not limits.exceeded("stream", "a", now + timedelta(seconds=300))
    assert limits.exceeded("stream", "a", now + timedelta(seconds=301))
    limits.forget()
    assert not limits.exceeded("stream", "a", now + timedelta(seconds=301))


def test_failures_in_a_row() -> None:
    """Ten block for half an hour; a success in between begins anew."""
    limits, now = Limits(), Clock(speed=0).now()
    for _ in range(9):
        limits.token_failed("a", now)
    limits.token_succeeded("a")
    for _ in range(9):
        limits.token_failed("a", now)
    assert not limits.blocked("a", now)
    limits.token_failed("a", now)
    assert limits.blocked("a", now)
    assert not limits.blocked("b", now)
    assert limits.blocked("a", now + timedelta(minutes=30, seconds=-1))
    assert not limits.blocked("a", now + timedelta(minutes=30))
    limits.enabled = False
    assert not limits.blocked("a", now)
    limits.enabled = True
    limits.token_failed("a", now)
    limits.forget()
    assert not limits.blocked("a", now)


def test_waits() -> None:
    """As the real cloud has them; in a quiet world nobody waits for a board for long."""
    assert Settings() == Settings(
        keepalive=(9.0, 13.0),
        offline_wait=30.0,
        device_latency=0.0,
        hook_timeout=20.0,
        hook_retries=(30.0, 60.0),
        plan_operations=100_000,
        enforce_plan=False,
        living=False,
    )
    assert SimulatedCloud().settings.offline_wait == 0.1
    assert SimulatedCloud(living=True).settings.offline_wait == 30
    assert SimulatedCloud(living=True, offline_wait=2).settings.offline_wait == 2
    assert SimulatedCloud(settings=Settings()).settings.offline_wait == 30
    assert SimulatedCloud().clock.speed == 1
    assert SimulatedCloud(speed=5).clock.speed == 5


def test_platforms() -> None:
    """Which have Wi-Fi, which have a modem; of an unknown one Wi-Fi is assumed."""
    assert {number for number in PLATFORMS if has_wifi(number)} == WIFI
    assert {number for number in PLATFORMS if is_cellular(number)} == CELLULAR
    assert set(PLATFORMS) == WIFI | CELLULAR | {14}
    assert (has_wifi(5), is_cellular(5)) == (True, False)


@pytest.mark.parametrize(
    ("platform", "version", "size"),
    [
        (6, "0.7.0", 63),
        (6, "0.8.0", 622),
        (6, "2.3.1", 622),
        (6, "3.0.0", 864),
        (8, "3.3.1", 864),
        (10, "3.3.1", 864),
        (12, "1.5.0", 622),
        (12, "3.0.0", 1024),
        (32, "5.8.0", 1024),
    ],
)
async def test_longest_argument(
    cloud: SimulatedCloud, api: Api, platform: int, version: str, size: int
) -> None:
    """It depends on hardware and Device OS; bytes are counted, and nothing is paid for more."""
    board = cloud.world.add_board(
        "one", platform_id=platform, system_version=version, functions={"f": len}
    )
    path = "/v1/devices/one/f"
    assert (await api("POST", path, json={"arg": "x" * size})).json["return_value"] == size
    for argument in ("x" * (size + 1), "\u00e4" * (size // 2 + 1)):
        refused = await api("POST", path, json={"arg": argument})
        assert refused.status == 400
        assert refused.json["error"] == f"Argument is longer than {size} bytes"
    assert cloud.operations.by_device[board.id]["function"] == 1


@pytest.mark.parametrize(
    ("returned", "shown"),
    [(2**31 - 1, 2**31 - 1), (2**31, -(2**31)), (-(2**31) - 1, 2**31 - 1), (True, 1), (2.9, 2)],
)
async def test_numbers_that_functions_return(
    cloud: SimulatedCloud, api: Api, returned: int, shown: int
) -> None:
    """Signed, with 32 bits."""
    cloud.world.add_board("one", functions={"f": lambda argument: returned})
    answer = await api("POST", "/v1/devices/one/f", json={"arg": ""})
    assert answer.json["return_value"] == shown
