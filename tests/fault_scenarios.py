"""What people do while a fault of the simulated cloud is on, and how that what they see is checked."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import session
from custom_components.particle.api.devices import Devices
from custom_components.particle.api.stream import EventStream
from custom_components.particle.const import CONF_PRODUCTS
from custom_components.particle.firmware.story import PATIENCE, FlashStep
from tests.actions import Act
from tests.automations import STREAM, automate, end_of_line, received, registry_id, trigger
from tests.binaries import SOURCE
from tests.conftest import SetUp
from tests.hook_target import hook_target
from tests.simulator import SimulatedCloud
from tests.waiting import until

# Real seconds after which the client gives up where a fault lets it wait.
SOON = 0.5

# What the greenhouse shows when all its variables have been read.
CONNECTION: Final = "binary_sensor.greenhouse_connection"
TEMPERATURE: Final = "sensor.greenhouse_temperature"
HEALTHY: Final = {
    CONNECTION: STATE_ON,
    TEMPERATURE: "21.5",
    "sensor.greenhouse_humidity": "62",
    "sensor.greenhouse_target": "22",
    "sensor.greenhouse_soil": "430",
    "sensor.greenhouse_mode": "auto",
    "binary_sensor.greenhouse_pump": STATE_OFF,
}


@dataclass(frozen=True)
class Stage:
    """Home Assistant, the cloud and the fault of one test."""

    hass: HomeAssistant
    cloud: SimulatedCloud
    entry: MockConfigEntry
    run_set_up: SetUp
    monkeypatch: pytest.MonkeyPatch
    media: Path
    fault: str
    options: dict[str, Any]

    def switch_on(self) -> None:
        """Switch the fault on."""
        self.cloud.faults.set(self.fault, **self.options)

    async def set_up(self) -> None:
        """Set the account up and wait for its event stream."""
        await self.run_set_up()
        await until(self.hass, lambda: self.hass.states.is_state(STREAM, STATE_ON))

    async def list_again(self) -> None:
        """Let the next listing of the devices take place."""
        await self.entry.runtime_data.account.async_refresh()
        await self.hass.async_block_till_done()

    def give_up_soon(self) -> None:
        """Let the client wait for a fraction of a second instead of half a minute and longer."""
        for function, name in (
            (session.CloudSession.request, "timeout"),
            (Devices.call_function, "timeout"),
            (EventStream.__init__, "idle_timeout"),
            (EventStream.__init__, "head_timeout"),
        ):
            self.monkeypatch.setitem(defaults_of(function), name, SOON)
        # What is healthy goes on.
        self.cloud.settings.keepalive = (SOON / 10, SOON / 5)

    def reconnect_soon(self) -> None:
        """Let the stream be opened again without a wait."""
        self.monkeypatch.setitem(defaults_of(EventStream.__init__), "backoff_min", 0.01)

    def seen(self, what: str) -> Any:
        """Return the state of an entity, or with ``entity@name`` one of its attributes."""
        entity, _, attribute = what.partition("@")
        state = self.hass.states.get(entity)
        if state is None:
            return None
        return state.attributes.get(attribute) if attribute else state.state

    async def shows(self, expected: dict[str, Any]) -> None:
        """Wait until all this is seen."""

        def seen() -> dict[str, Any]:
            return {what: self.seen(what) for what in expected}

        try:
            await until(self.hass, lambda: seen() == expected)
        except AssertionError:
            assert seen() == expected
            raise


def defaults_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the defaults of a function's keyword-only parameters, to be changed."""
    defaults: dict[str, Any] | None = getattr(function, "__kwdefaults__", None)
    assert defaults is not None
    return defaults


def nothing(cloud: SimulatedCloud) -> None:
    """Do nothing."""


@dataclass(frozen=True, kw_only=True)
class Scenario(ABC):
    """What is done while the fault is on, and what is then seen.

    Attributes:
        options: Options of the fault.
        impatient: Whether the client gives up soon instead of after half a minute or longer.
        shows: What is seen at the end: entities, ``entity@attribute``, and their states.
        strikes: Whether the integration ever does what the fault strikes.
    """

    options: dict[str, Any] = field(default_factory=dict)
    impatient: bool = False
    shows: dict[str, Any] = field(default_factory=dict)
    strikes: bool = True

    async def play(self, stage: Stage) -> None:
        """Do it, and check what is seen."""
        if self.impatient:
            stage.give_up_soon()
        await self.act(stage)
        await stage.shows(self.shows)
        assert (stage.fault in stage.cloud.faults.struck) is self.strikes

    @abstractmethod
    async def act(self, stage: Stage) -> None:
        """Switch the fault on in due time, and do the rest."""


@dataclass(frozen=True, kw_only=True)
class SetUpFails(Scenario):
    """The account is set up while the fault is on: the entry says what is wrong, and tries again."""

    says: str

    @override
    async def act(self, stage: Stage) -> None:
        stage.switch_on()
        await stage.run_set_up()
        assert str(stage.entry.reason).startswith(self.says)
        assert stage.entry.state is ConfigEntryState.SETUP_RETRY


@dataclass(frozen=True, kw_only=True)
class Action(Scenario):
    """An action is run while the fault is on, and raises an error or returns an answer.

    Attributes:
        does: The action and its data; `device` is the name of a device.
        before: What happened in the world before, unnoticed.
        says: What the error begins with.
        answers: What the answer contains, where there is no error.
        after_listing: Whether the next listing takes place before it is looked at what is seen.
    """

    does: tuple[str, dict[str, Any]]
    before: Callable[[SimulatedCloud], object] = nothing
    says: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    after_listing: bool = False

    @override
    async def act(self, stage: Stage) -> None:
        (stage.media / "app.ino").write_text(SOURCE)
        await stage.set_up()
        self.before(stage.cloud)
        stage.switch_on()
        action, data = self.does
        if device := data.get("device"):
            device_id = registry_id(stage.hass, stage.cloud, device)
            data = {key: data[key] for key in data if key != "device"} | {"device_id": device_id}
        if self.says is None:
            answer = await Act(stage.hass)(action, **data)
            assert {key: answer.get(key) for key in self.answers} == self.answers
        else:
            with pytest.raises(HomeAssistantError) as raised:
                await Act(stage.hass)(action, **data)
            assert str(raised.value).startswith(self.says)
        if self.after_listing:
            await stage.list_again()


@dataclass(frozen=True, kw_only=True)
class Events(Scenario):
    """A device publishes while the fault is on, and an automation runs on each event that arrives.

    Attributes:
        published: Data of the events "news" that the greenhouse publishes.
        runs: What the automation writes down: the data and the device of each event.
        dropped: How many events the stream's sensor counts as lost.
        cut: Whether the stream is lost and comes back.
    """

    published: tuple[str | None, ...] = ("one", "two")
    runs: list[tuple[str | None, str]] = field(
        default_factory=lambda: [("one", "greenhouse"), ("two", "greenhouse")]
    )
    dropped: int = 0
    cut: bool = False

    @override
    async def act(self, stage: Stage) -> None:
        stage.reconnect_soon()
        stage.switch_on()
        await stage.set_up()
        wrote = {key: f"{{{{ trigger.{key} }}}}" for key in ("event", "data")}
        wrote["device"] = "{{ trigger.device_name or 'no device' }}"
        automation = await automate(stage.hass, received(event=["news", "last"]), wrote=wrote)
        for data in self.published:
            stage.cloud.world.board("greenhouse").publish("news", data)
        if self.cut:
            await until(stage.hass, lambda: stage.seen(f"{STREAM}@last_gap") is not None)
        await end_of_line(stage.hass, stage.cloud, automation, len(self.runs))
        assert [(run["data"], run["device"]) for run in automation.runs[:-1]] == self.runs
        assert stage.seen(f"{STREAM}@dropped") == self.dropped


@dataclass(frozen=True, kw_only=True)
class StreamLost(Scenario):
    """The event stream is lost: its sensor is off and says why; polls go on."""

    says: str
    before: Callable[[SimulatedCloud], object] = nothing
    running: bool = True

    @override
    async def act(self, stage: Stage) -> None:
        if self.running:
            await stage.set_up()
        self.before(stage.cloud)
        stage.switch_on()
        if self.running:
            stage.cloud.cut_streams()
        else:
            await stage.run_set_up()
        await stage.shows({STREAM: STATE_OFF, f"{STREAM}@reason": self.says})


@dataclass(frozen=True, kw_only=True)
class Flash(Scenario):
    """The greenhouse is flashed while the fault is on: the answer says how it ends.

    Attributes:
        failure: The kind of failure; None for success.
        says: What the message of the failure begins with.
    """

    failure: str | None = None
    says: str = "None"

    @override
    async def act(self, stage: Stage) -> None:
        stage.cloud.clock.set_speed(100)
        for step in FlashStep:
            stage.monkeypatch.setitem(PATIENCE, step, 0.2)
        stage.monkeypatch.setitem(PATIENCE, FlashStep.TRANSFER, 5.0)
        stage.monkeypatch.setitem(PATIENCE, FlashStep.RESTART, 1.0)
        (stage.media / "new.bin").write_bytes(b"a new program")
        await stage.set_up()
        stage.switch_on()
        greenhouse = registry_id(stage.hass, stage.cloud, "greenhouse")
        answer = await Act(stage.hass)("flash", device_id=greenhouse, path="new.bin", timeout=1)
        assert (answer["success"], answer["failure"]) == (self.failure is None, self.failure)
        assert str(answer["message"]).startswith(self.says)


@dataclass(frozen=True, kw_only=True)
class Running(Scenario):
    """Something happens in the world while the fault is on, and the entities show it.

    What is seen stays after the next listing.
    """

    happens: Callable[[SimulatedCloud], object] = nothing
    from_the_start: bool = True
    products: list[str] = field(default_factory=list)

    @override
    async def act(self, stage: Stage) -> None:
        if self.from_the_start:
            stage.switch_on()
        await stage.set_up()
        await stage.shows(HEALTHY)
        if not self.from_the_start:
            stage.switch_on()
        if self.products:
            # The account is loaded anew.
            stage.hass.config_entries.async_update_entry(
                stage.entry, options={CONF_PRODUCTS: self.products}
            )
        self.happens(stage.cloud)
        await stage.shows(self.shows)
        await stage.list_again()


@dataclass(frozen=True, kw_only=True)
class NothingSeen(Scenario):
    """All entities of two devices show with the fault what they show without it."""

    @override
    async def act(self, stage: Stage) -> None:
        stage.switch_on()
        await stage.set_up()
        await stage.shows(HEALTHY)
        faulty = self._states(stage)
        stage.cloud.faults.clear()
        await stage.list_again()
        assert self._states(stage) == faulty
        stage.switch_on()
        await stage.list_again()
        assert self._states(stage) == faulty

    def _states(self, stage: Stage) -> dict[str, str]:
        return {
            state.entity_id: state.state
            for state in stage.hass.states.async_all()
            if state.entity_id.partition(".")[2].startswith(("greenhouse_", "old_photon_"))
            # Each variable that is read is a sign of life.
            and state.entity_id != "sensor.greenhouse_last_heard"
        }


@dataclass(frozen=True, kw_only=True)
class LateListing(Scenario):
    """A device goes offline while the answer to a listing that knows nothing of it is on its way."""

    @override
    async def act(self, stage: Stage) -> None:
        await stage.set_up()
        await stage.shows({CONNECTION: STATE_ON})
        stage.switch_on()
        account = stage.entry.runtime_data.account
        listing = stage.hass.async_create_background_task(account.async_refresh(), "listing")
        await until(stage.hass, lambda: len(stage.cloud.held) == 1)
        stage.cloud.world.board("greenhouse").go_offline()
        await stage.shows({CONNECTION: STATE_OFF})
        stage.cloud.faults.clear()
        stage.cloud.held.release()
        await listing
        await stage.hass.async_block_till_done()


@dataclass(frozen=True, kw_only=True)
class Webhook(Scenario):
    """A webhook is created, delivers an event, is listed and deleted, and nothing looks different.

    Attributes:
        sent: The data of the cloud's event that it has sent the request.
    """

    sent: str | None = ""

    @override
    async def act(self, stage: Stage) -> None:
        stage.switch_on()
        await stage.set_up()
        hass, act = stage.hass, Act(stage.hass)
        wrote = {"event": "{{ trigger.event }}", "data": "{{ trigger.data }}"}
        sent, answered = received(event="hook-sent/*"), trigger("webhook_answered")
        automation = await automate(hass, sent, answered, trigger("webhook_failed"), wrote=wrote)
        async with hook_target() as target:
            created = await act("create_webhook", event="green", url=target.url)
            stage.cloud.world.board("greenhouse").publish("green", "1")
            await automation.times(2)
        assert automation.runs == [
            {"event": "hook-sent/green", "data": self.sent},
            {"event": "green", "data": {"greeting": "hello"}},
        ]
        listed = await act("list_webhooks")
        assert [webhook["id"] for webhook in listed["webhooks"]] == [created["id"]]
        await act("request", method="DELETE", path=f"webhooks/{created['id']}")
        assert (await act("list_webhooks"))["webhooks"] == []
