"""Home Assistant asks for a new login only when the old one is surely refused, and stops asking when it works."""

import asyncio
from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_PACE, DOMAIN, PollingMode
from custom_components.particle.events.streams import SupervisedStream
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, pass_time_until, until

from .refusals import GREENHOUSE, LISTING, STREAM, asked, change_options, count, refused


async def test_a_short_time_of_refusals_asks_for_nothing(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Particle has had bad days on which good tokens were refused."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.faults.set("unauthorized")
    cloud.cut_streams()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_OFF))
    await refused(hass, entry, clock, 302)
    # The renewed token was refused too, and the stream waits.
    await until(hass, lambda: entry.runtime_data.streams[0].state.attempts == 3)
    assert asked(hass) == []

    cloud.faults.clear()
    await pass_time(hass, clock, 70)
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    await until(hass, lambda: entry.runtime_data.account.last_update_success)
    assert hass.states.is_state(GREENHOUSE, STATE_ON)
    assert asked(hass) == []


async def test_refused_twice_some_time_apart(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Then the user is asked once; when calls work again, the request is taken back."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.faults.set("unauthorized")
    await refused(hass, entry, clock, 302)
    assert asked(hass) == []
    await refused(hass, entry, clock, 66)
    await until(hass, lambda: asked(hass))
    await refused(hass, entry, clock, 66)
    assert len(asked(hass)) == 1
    issue_id = f"config_entry_reauth_{DOMAIN}_{entry.entry_id}"
    assert issue_registry.async_get_issue("homeassistant", issue_id)

    cloud.faults.clear()
    await pass_time(hass, clock, 66)
    await until(hass, lambda: not asked(hass))
    assert issue_registry.async_get_issue("homeassistant", issue_id) is None
    await until(hass, lambda: hass.states.is_state(GREENHOUSE, STATE_ON))


@pytest.mark.expect_log("Particle refuses the login of this account")
async def test_a_client_that_is_gone(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """While Home Assistant runs it is asked about twice too, and then ever more rarely."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    tokens = count(cloud, "/oauth/token")
    cloud.world.clients.pop(cloud.client_id)
    cloud.world.tokens.revoke(username=cloud.username)
    await refused(hass, entry, clock, 302)
    assert count(cloud, "/oauth/token") == tokens + 1
    assert asked(hass) == []
    await pass_time(hass, clock, 66)
    await until(hass, lambda: asked(hass))
    assert count(cloud, "/oauth/token") == tokens + 2
    for _ in range(6):
        await pass_time(hass, clock, 600)
    assert count(cloud, "/oauth/token") < tokens + 6
    assert len(asked(hass)) == 1


async def test_a_client_that_is_gone_at_start(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The token endpoint has judged the credentials themselves, so the user learns of it at once."""
    cloud.world.clients.pop(cloud.client_id)
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert len(asked(hass)) == 1


async def test_an_account_that_works_again_by_itself_is_not_asked_for(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Reloading is enough where the client was there after all."""
    client = cloud.world.clients.pop(cloud.client_id)
    entry = await set_up()
    assert len(asked(hass)) == 1
    cloud.world.clients[cloud.client_id] = client
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert asked(hass) == []


@pytest.mark.expect_log("could not authenticate")
async def test_a_token_that_is_refused_at_start(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    token_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """It is tried again for a minute: an entry that has given up would not come back by itself."""
    cloud.faults.set("unauthorized")
    token_entry.add_to_hass(hass)
    await hass.config_entries.async_setup(token_entry.entry_id)
    assert token_entry.state is ConfigEntryState.SETUP_RETRY
    assert "asks for a new login" in str(token_entry.reason)
    assert asked(hass) == []
    for _ in range(4):
        await pass_time(hass, clock, 10)
        await until(hass, lambda: token_entry.state is ConfigEntryState.SETUP_RETRY)
    assert asked(hass) == []
    await pass_time(hass, clock, 60)
    await until(hass, lambda: token_entry.state is ConfigEntryState.SETUP_ERROR)
    assert len(asked(hass)) == 1


async def test_a_token_that_is_refused_for_a_moment_at_start(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    token_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """The account starts a few seconds later."""
    cloud.faults.set("unauthorized")
    token_entry.add_to_hass(hass)
    await hass.config_entries.async_setup(token_entry.entry_id)
    cloud.faults.clear()
    await pass_time_until(
        hass,
        clock,
        lambda: token_entry.state is ConfigEntryState.LOADED,
        step=timedelta(seconds=6),
    )
    assert asked(hass) == []
    await hass.config_entries.async_unload(token_entry.entry_id)


async def test_removing_the_account_takes_the_request_with_it(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Nobody is asked to log in to an account that is not there."""
    cloud.world.clients.pop(cloud.client_id)
    entry = await set_up()
    assert len(asked(hass)) == 1
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert asked(hass) == []


async def test_a_stream_that_connects_shows_that_the_login_works(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """It takes the request back, also while the listings tell nothing."""
    stream: SupervisedStream = (await set_up()).runtime_data.streams[0]
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.faults.set("server_error", path=LISTING)
    cloud.faults.set("unauthorized", only="streams")
    cloud.cut_streams()
    await until(hass, lambda: stream.state.attempts >= 2)
    assert asked(hass) == []
    await pass_time_until(hass, clock, lambda: asked(hass))

    cloud.faults.clear("unauthorized")
    await pass_time_until(hass, clock, lambda: hass.states.is_state(STREAM, STATE_ON))
    assert asked(hass) == []


async def test_refused_for_long_the_listings_go_back_to_their_interval(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """For ten minutes each minute may bring the end of it; after that every five minutes are enough."""
    entry = await set_up()
    # The stream tells nothing of the login, and no read of a variable that fails asks for a listing.
    await change_options(hass, entry, {CONF_PACE: PollingMode.EVENTS_ONLY})
    cloud.faults.set("server_error", only="streams")
    cloud.cut_streams()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_OFF))
    cloud.faults.set("unauthorized", path=LISTING)
    await refused(hass, entry, clock, 302)
    for _ in range(9):
        await refused(hass, entry, clock, 66)
    # The tenth is still due after a minute, and what comes later is not.
    await refused(hass, entry, clock, 66)
    listings = count(cloud, LISTING)
    for _ in range(4):
        await pass_time(hass, clock, 66)
    assert count(cloud, LISTING) == listings
    await refused(hass, entry, clock, 66)


async def test_an_action_that_is_refused_when_the_account_is_no_longer_loaded(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
) -> None:
    """Its message is the same, though no listing can check the login any more."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    board = cloud.world.board("greenhouse")
    path = f"/v1/devices/{board.id}/pump"
    cloud.faults.set("unauthorized", path=path)
    cloud.faults.set("held", path=path)
    action = hass.async_create_task(
        hass.services.async_call(
            DOMAIN,
            "call_function",
            {
                "device_id": registry_id(hass, cloud, "greenhouse"),
                "function": "pump",
                "argument": "on",
            },
            blocking=True,
            return_response=True,
        ),
        eager_start=True,
    )
    while not count(cloud, path):
        await asyncio.sleep(0.005)
    assert await hass.config_entries.async_unload(entry.entry_id)
    cloud.faults.clear("held")
    cloud.held.release()
    with pytest.raises(HomeAssistantError, match="no longer accepts"):
        await action
    assert asked(hass) == []


async def test_an_account_that_comes_back_starts_anew(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    token_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """What was refused before it was removed does not count."""
    cloud.faults.set("unauthorized")
    token_entry.add_to_hass(hass)
    await hass.config_entries.async_setup(token_entry.entry_id)
    assert token_entry.state is ConfigEntryState.SETUP_RETRY
    await hass.config_entries.async_remove(token_entry.entry_id)
    await pass_time(hass, clock, 120)

    again = MockConfigEntry(
        domain=DOMAIN,
        title=token_entry.title,
        unique_id=token_entry.unique_id,
        entry_id=token_entry.entry_id,
        data=token_entry.data,
    )
    again.add_to_hass(hass)
    await hass.config_entries.async_setup(again.entry_id)
    assert again.state is ConfigEntryState.SETUP_RETRY
    assert asked(hass) == []
    await hass.config_entries.async_remove(again.entry_id)
