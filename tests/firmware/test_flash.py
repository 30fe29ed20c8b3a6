"""A flash that succeeds, and flashes that do not begin."""

import hashlib
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_ACCOUNT_DEVICES, CONF_PRODUCTS
from custom_components.particle.firmware.flash import DATA_FLASHES
from tests.binaries import bundle, project
from tests.simulator import SimulatedCloud
from tests.waiting import until

from .hand import BINARY, FlashAction, flash_by_hand, flashes


async def test_a_binary_until_the_board_is_back(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """The answer says what happened, in the board's own words."""
    answer = await flash()
    duration = answer.pop("duration")
    assert duration > 0
    assert answer == {
        "name": "greenhouse",
        "success": True,
        "failure": None,
        "message": None,
        "transfer": "success",
        "file_name": "new.bin",
        "restarted": True,
        "online": True,
        "reset_reason": "update",
        "panic": None,
        "app_hash": hashlib.sha256(BINARY).hexdigest(),
        "safe_mode": False,
    }
    assert cloud.world.board("greenhouse").app_hash == answer["app_hash"]
    assert flashes(cloud) == 1
    assert cloud.operations.by_kind["function"] == 0


async def test_a_bundle(cloud: SimulatedCloud, flash: FlashAction, media: Path) -> None:
    """It is followed to its end also where nobody reads the answer."""
    packed = bundle("app.bin", "assets/sound.raw")
    (media / "greenhouse.zip").write_bytes(packed)
    assert await flash(path="greenhouse.zip", answer=False) is None
    [request] = cloud.requests.matching("PUT", "/v1/devices/*")
    assert request.body["files"][0]["content_type"] == "application/zip"
    assert cloud.world.board("greenhouse").app_hash == hashlib.sha256(packed).hexdigest()


async def test_a_project(
    hass: HomeAssistant, cloud: SimulatedCloud, flash: FlashAction, media: Path
) -> None:
    """It is compiled in the cloud; Home Assistant then knows the new variables."""
    project(media / "greenhouse")
    answer = await flash(path="greenhouse", build_target_version="5.8.0")
    assert answer["success"] is True
    assert answer["file_name"] is None
    assert set(cloud.world.board("greenhouse").variables) == {"level"}
    await until(hass, lambda: hass.states.get("sensor.greenhouse_level"))


async def test_the_same_program_again(flash: FlashAction) -> None:
    """The board reports no new hash then, but why it restarted."""
    await flash()
    answer = await flash()
    assert (answer["success"], answer["app_hash"]) == (True, None)
    assert answer["reset_reason"] == "update"


async def test_a_board_of_a_product(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, flash: FlashAction
) -> None:
    """It is flashed through its product, whose stream tells how it goes."""
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_ACCOUNT_DEVICES: False, CONF_PRODUCTS: [str(cloud.product_id)]}
    )
    await hass.async_block_till_done()
    streams = config_entry.runtime_data.streams
    await until(hass, lambda: streams[0].state.connected)
    answer = await flash("van-2")
    assert answer["success"] is True
    van = cloud.world.board("van-2").id
    assert cloud.requests.matching("PUT", f"/v1/products/{cloud.product_id}/devices/{van}")


async def test_events_in_the_spelling_of_2016(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """The hash was in upper case; flash statuses end with a blank in every year."""
    cloud.faults.set("app_hash_upper")
    answer = await flash()
    assert answer["app_hash"] == hashlib.sha256(BINARY).hexdigest()


async def test_without_following(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """The action ends when the cloud has begun."""
    cloud.clock.manual()
    assert await flash(follow=False) == {"name": "greenhouse", "status": "Update started"}


# Nothing begins


async def test_a_board_that_is_offline(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """The action fails before anything is sent."""
    with pytest.raises(HomeAssistantError, match="old photon is offline"):
        await flash("old photon")
    assert flashes(cloud) == 0


async def test_a_board_that_the_cloud_cannot_reach(
    cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """The cloud believed it to be online, and finds out."""
    cloud.faults.set("flash_offline")
    with pytest.raises(HomeAssistantError, match="greenhouse did not respond"):
        await flash()


async def test_without_an_event_stream(
    hass: HomeAssistant, cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """Nobody could tell how it ends, so it does not begin, unless nobody asks."""
    cloud.faults.set("server_error", only="streams")
    cloud.cut_streams()
    await until(
        hass, lambda: hass.states.is_state("binary_sensor.jane_example_com_event_stream", "off")
    )
    with pytest.raises(HomeAssistantError, match="event stream of greenhouse is not connected"):
        await flash()
    assert flashes(cloud) == 0
    assert (await flash(follow=False))["status"] == "Update started"


async def test_two_flashes_at_once(
    hass: HomeAssistant, cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """The second one is refused, the first one goes on."""
    first = await flash_by_hand(cloud, flash)
    with pytest.raises(HomeAssistantError, match="is already being flashed"):
        await flash()
    cloud.clock.set_speed(100)
    assert (await first)["success"] is True
    assert flashes(cloud) == 1
    assert not hass.data[DATA_FLASHES]
