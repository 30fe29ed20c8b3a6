"""A stream is kept open whatever happens to it, and says what is wrong."""

from functools import partial

from freezegun.api import TickingDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_PRODUCTS, DOMAIN
from custom_components.particle.events.hub import ParticleEvent
from custom_components.particle.events.streams import SupervisedStream
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

STREAM = "binary_sensor.jane_example_com_event_stream"


@pytest.mark.expect_log("the event stream is not permitted")
async def test_a_missing_permission_is_said_and_tried_again(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    """One 403 may be a hiccup; the second one in a row is told, and goes when the stream is back."""
    entry = await set_up()
    [stream] = entry.runtime_data.streams
    issue_id = f"events_not_permitted_{entry.entry_id}_account"
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))

    cloud.faults.set("forbidden", only="streams")
    cloud.cut_streams()
    await until(hass, lambda: stream.state.attempts == 1)
    await pass_time(hass, clock, 3)
    await until(hass, lambda: stream.state.attempts == 2)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    assert hass.states.is_state(STREAM, STATE_OFF)

    await pass_time(hass, clock, 75)
    await until(hass, lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert (issue.is_fixable, issue.severity) == (False, ir.IssueSeverity.WARNING)
    cloud.faults.clear()
    await pass_time(hass, clock, 150)
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None

    # Later on it is told again.
    cloud.faults.set("forbidden", only="streams")
    cloud.cut_streams()
    await until(hass, lambda: stream.state.attempts == 1)
    await pass_time(hass, clock, 3)
    await until(hass, lambda: stream.state.attempts == 2)
    await pass_time(hass, clock, 75)
    await until(hass, lambda: issue_registry.async_get_issue(DOMAIN, issue_id))


@pytest.mark.expect_log("the event stream is not permitted")
async def test_what_was_said_of_a_stream_goes_with_its_account(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    """No repair issue of an account stays when it is unloaded."""
    cloud.faults.set("forbidden", only="streams")
    entry = await set_up()
    [stream] = entry.runtime_data.streams
    await until(hass, lambda: stream.state.attempts == 1)
    await pass_time(hass, clock, 75)
    await until(hass, lambda: stream.state.attempts == 2)
    assert [issue for issue in issue_registry.issues if issue[0] == DOMAIN]
    await hass.config_entries.async_unload(entry.entry_id)
    assert not [issue for issue in issue_registry.issues if issue[0] == DOMAIN]


async def test_a_stream_that_waits_is_tried_when_the_cloud_is_back(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """A listing succeeds again, so the stream need not wait out its pause of several minutes."""
    entry = await set_up()
    account, [stream] = entry.runtime_data.account, entry.runtime_data.streams
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.faults.set("unauthorized")
    cloud.cut_streams()
    for failures, seconds in ((1, 3), (3, 75), (5, 150), (7, 3)):
        # Each time the token is renewed and tried once more.
        await until(hass, partial(has_failed, stream, failures))
        await pass_time(hass, clock, seconds)
    await until(hass, lambda: not account.last_update_success)
    tries = stream.state.attempts

    cloud.faults.clear()
    await account.async_refresh()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    assert stream.state.attempts == 0
    assert tries == 7


async def test_a_stream_that_alone_is_refused_is_not_tried_at_each_listing(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """A listing that follows another good one is no news."""
    entry = await set_up()
    account, [stream] = entry.runtime_data.account, entry.runtime_data.streams
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.faults.set("unauthorized", only="streams")
    cloud.cut_streams()
    await until(hass, partial(has_failed, stream, 3))
    for _ in range(20):
        # Many round trips: a try of the stream would be over before the last of them.
        await account.async_refresh()
    assert stream.state.attempts == 3


def has_failed(stream: SupervisedStream, times: int) -> bool:
    """Whether the stream has failed so many times in a row."""
    return stream.state.attempts >= times


@pytest.mark.expect_log("Error while handling the state of the stream")
async def test_a_listener_that_fails_ends_neither_the_stream_nor_the_news_for_others(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The entity follows the stream all the same, and events come in after the next gap."""
    entry = await set_up()
    [stream] = entry.runtime_data.streams
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    states: list[bool] = []
    heard: list[ParticleEvent] = []

    def faulty() -> None:
        raise ValueError("this listener is broken")

    stream.async_add_listener(faulty)
    stream.async_add_listener(lambda: states.append(stream.state.connected))
    entry.runtime_data.hub.async_listen(heard.append, name="hello")
    cloud.cut_streams()
    await until(hass, lambda: len(states) == 2)
    cloud.cut_streams()
    await until(hass, lambda: len(states) == 4)
    assert states == [False, True, False, True]
    assert hass.states.is_state(STREAM, STATE_ON)
    cloud.world.publish("greenhouse", "hello", "")
    await until(hass, lambda: heard)


@pytest.mark.expect_log("the event stream is not permitted")
async def test_the_stream_of_a_product_that_is_gone_is_said_too(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    """A 404 means the same as a 403: this login does not open the place."""
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_PRODUCTS: [str(cloud.product_id)]}
    )
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    [stream] = [one for one in config_entry.runtime_data.streams if one.scope.id]
    await until(hass, lambda: stream.state.connected)
    del cloud.world.products[cloud.product_id]
    cloud.cut_streams()
    await until(hass, lambda: stream.state.attempts == 1)
    await pass_time(hass, clock, 3)
    await until(hass, lambda: stream.state.attempts == 2)
    await pass_time(hass, clock, 75)
    issue_id = f"events_not_permitted_{config_entry.entry_id}_{stream.key}"
    await until(hass, lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert "not found" in issue.translation_placeholders["reason"].lower()
    await hass.config_entries.async_unload(config_entry.entry_id)
