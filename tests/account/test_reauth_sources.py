"""A refusal of a stream, of an action or of the listing is answered for by what is refused."""

from functools import partial

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.particle.const import CONF_ACCOUNT_DEVICES, CONF_PRODUCTS, DOMAIN
from custom_components.particle.events.streams import SupervisedStream
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, pass_time_until, until

from .refusals import GREENHOUSE, LISTING, STREAM, asked, change_options, count, reached, refused


async def test_only_the_stream_is_refused(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """A listing with the same token succeeds, so another login would not help."""
    stream: SupervisedStream = (await set_up()).runtime_data.streams[0]

    def failures() -> int:
        return stream.state.attempts

    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.faults.set("unauthorized", only="streams")
    cloud.cut_streams()
    await until(hass, lambda: failures() == 1)
    for _ in range(4):
        # Each time the token is renewed and tried once more.
        expected = failures() + 2
        await pass_time(hass, clock, 1100)
        await until(hass, partial(reached, failures, expected))
    assert asked(hass) == []
    assert hass.states.is_state(GREENHOUSE, STATE_ON)
    state = hass.states.get(STREAM)
    assert state is not None
    assert state.state == STATE_OFF
    assert "access token" in state.attributes["reason"]

    cloud.faults.clear()
    await pass_time(hass, clock, 1100)
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))


async def call_refused_function(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """Call a function of the greenhouse, and see the message that the login is refused."""
    with pytest.raises(HomeAssistantError, match="no longer accepts"):
        await hass.services.async_call(
            DOMAIN,
            "call_function",
            {
                "device_id": registry_id(hass, cloud, "greenhouse"),
                "function": "pump",
                "argument": "on",
            },
            blocking=True,
            return_response=True,
        )


async def test_a_refused_action_is_checked_before_anybody_is_asked(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
) -> None:
    """The action fails with a message; a free listing shows that the login is good."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    board = cloud.world.board("greenhouse")
    cloud.faults.set("unauthorized", path=f"/v1/devices/{board.id}/*")
    listings = count(cloud, LISTING)
    await call_refused_function(hass, cloud)
    await until(hass, lambda: count(cloud, LISTING) > listings)
    assert asked(hass) == []


async def test_only_the_listing_is_refused(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The request stays while the streams connect again and again, until a listing succeeds."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.faults.set("unauthorized", path=LISTING)
    await refused(hass, entry, clock, 302)
    await refused(hass, entry, clock, 66)
    await until(hass, lambda: asked(hass))
    [request] = asked(hass)
    for _ in range(3):
        cloud.cut_streams()
        await until(hass, lambda: hass.states.is_state(STREAM, STATE_OFF))
        await pass_time_until(hass, clock, lambda: hass.states.is_state(STREAM, STATE_ON))
        assert [flow["flow_id"] for flow in asked(hass)] == [request["flow_id"]]

    cloud.faults.clear()
    await pass_time_until(hass, clock, lambda: not asked(hass))
    assert hass.states.is_state(GREENHOUSE, STATE_ON)


async def refused_for_long(
    hass: HomeAssistant, clock: TickingDateTimeFactory, stream: SupervisedStream
) -> None:
    """Wait until a stream that was cut has been refused, also some time later, and the user asked."""
    # The cut, the refusal, and the refusal of the renewed token.
    await until(hass, lambda: stream.state.attempts == 3)
    assert asked(hass) == []
    await pass_time(hass, clock, 150)
    await until(hass, lambda: asked(hass))


async def test_a_stream_that_connects_answers_for_itself_alone(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """While listings tell nothing, the request stays until the stream that was refused connects."""
    entry = await set_up()
    products = {CONF_ACCOUNT_DEVICES: True, CONF_PRODUCTS: [str(cloud.product_id)]}
    await change_options(hass, entry, products)
    of_account, of_product = entry.runtime_data.streams
    cloud.faults.set("server_error", path="/v1/*devices", method="GET")
    cloud.faults.set("unauthorized", path=f"/v1/products/{cloud.product_id}/events*")
    cloud.cut_streams()
    await refused_for_long(hass, clock, of_product)
    for _ in range(2):
        await pass_time_until(hass, clock, lambda: of_account.state.connected)
        assert len(asked(hass)) == 1
        cloud.cut_streams()
        await until(hass, lambda: not of_account.state.connected)

    cloud.faults.clear("unauthorized")
    await pass_time_until(hass, clock, lambda: of_product.state.connected)
    assert asked(hass) == []


async def test_a_listing_answers_for_a_stream_that_is_still_refused(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The login has proved good: the request ends and does not come back."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.faults.set("unauthorized")
    cloud.cut_streams()
    await refused_for_long(hass, clock, entry.runtime_data.streams[0])

    cloud.faults.set("unauthorized", only="streams")
    await pass_time_until(hass, clock, lambda: not asked(hass))
    tries = entry.runtime_data.streams[0].state.attempts
    for _ in range(30):
        await pass_time(hass, clock, 66)
        assert asked(hass) == []
    assert entry.runtime_data.streams[0].state.attempts > tries


async def test_only_actions_are_refused_and_no_listing_answers(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """A stream that connects says nothing of them; the first listing that succeeds does."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    board = cloud.world.board("greenhouse")
    cloud.faults.set("unauthorized", path=f"/v1/devices/{board.id}/*")
    cloud.faults.set("server_error", path=LISTING)
    await call_refused_function(hass, cloud)
    assert asked(hass) == []
    await pass_time(hass, clock, 150)
    await call_refused_function(hass, cloud)
    await until(hass, lambda: asked(hass))
    cloud.cut_streams()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_OFF))
    await pass_time_until(hass, clock, lambda: hass.states.is_state(STREAM, STATE_ON))
    assert len(asked(hass)) == 1

    cloud.faults.clear("server_error")
    await pass_time_until(hass, clock, lambda: not asked(hass))


async def test_a_product_that_is_given_up_keeps_no_request(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Nobody can log in better for a stream that is no longer there."""
    entry = await set_up()
    products = {CONF_ACCOUNT_DEVICES: True, CONF_PRODUCTS: [str(cloud.product_id)]}
    await change_options(hass, entry, products)
    cloud.faults.set("server_error", path="/v1/*devices", method="GET")
    cloud.faults.set("unauthorized", path=f"/v1/products/{cloud.product_id}/events*")
    cloud.cut_streams()
    await refused_for_long(hass, clock, entry.runtime_data.streams[1])

    cloud.faults.clear("server_error")
    hass.config_entries.async_update_entry(entry, options={CONF_PRODUCTS: []})
    await until(hass, lambda: not asked(hass))
    await until(hass, lambda: entry.state is ConfigEntryState.LOADED)
