"""The actions, as automations and people use them."""

from collections.abc import Awaitable, Callable
from typing import Any

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service import async_get_all_descriptions
import pytest
import voluptuous as vol

from custom_components.particle.const import DOMAIN
from custom_components.particle.validation.fields import TARGET_FIELDS
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time_until, until

type Act = Callable[..., Awaitable[Any]]


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp) -> Act:
    """Run an action of the integration on an account that is set up, and return its answer."""
    await set_up()

    async def run(action: str, **data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN, action, data, blocking=True, return_response=True
        )

    return run


# Functions


async def test_a_function_call_returns_its_value(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """At the top for one board, and by page for all of them."""
    greenhouse = registry_id(hass, cloud, "greenhouse")
    answer = await act("call_function", device_id=greenhouse, function="setTarget", argument="24")
    one = {"name": "greenhouse", "function": "setTarget", "return_value": 24}
    assert answer == {**one, "devices": {greenhouse: one}}
    [call] = cloud.world.function_calls
    assert (call.name, call.argument) == ("setTarget", "24")
    assert cloud.operations.by_kind["function"] == 1


@pytest.mark.parametrize(
    ("argument", "sent"),
    [
        ("on", "on"),
        (7, "7"),
        (21.5, "21.5"),
        (True, "true"),
        (None, ""),
        ({"a": [1, "ö"]}, '{"a":[1,"ö"]}'),
    ],
)
async def test_arguments_become_text(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, argument: object, sent: str
) -> None:
    """Templates give numbers and objects; the board gets text."""
    await act(
        "call_function",
        device_id=registry_id(hass, cloud, "greenhouse"),
        function="setMode",
        argument=argument,
    )
    assert cloud.world.function_calls[0].argument == sent


async def test_several_boards_at_once(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """Each is called once and answers for itself."""
    pages = [registry_id(hass, cloud, name) for name in ("greenhouse", "garage", "greenhouse")]
    answer = await act("ping", device_id=pages)
    assert answer == {
        "devices": {
            pages[0]: {"name": "greenhouse", "online": True},
            pages[1]: {"name": "garage", "online": True},
        }
    }


async def test_some_of_several_boards_fail(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """What the others answered is not lost; without a reader of the answer, the failure is said."""
    greenhouse, photon = (registry_id(hass, cloud, name) for name in ("greenhouse", "old photon"))
    data = {"device_id": [greenhouse, photon], "variable": "temperature"}
    answer = await act("read_variable", **data)
    assert answer["devices"][greenhouse]["value"] == 21.5
    assert "old photon is offline" in answer["devices"][photon]["error"]

    with pytest.raises(
        HomeAssistantError, match=r"1 of 2 devices failed\. old photon: old photon is"
    ):
        await hass.services.async_call(DOMAIN, "read_variable", data, blocking=True)


async def test_all_of_several_boards_fail(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """That is an error, also for those who read the answer."""
    pages = [registry_id(hass, cloud, name) for name in ("greenhouse", "garage")]
    with pytest.raises(HomeAssistantError, match="2 of 2 devices failed"):
        await act("call_function", device_id=pages, function="nothing")


async def test_an_unknown_function(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """It is refused before anything is paid, and the known ones are named."""
    with pytest.raises(ServiceValidationError) as raised:
        await act(
            "call_function", device_id=registry_id(hass, cloud, "greenhouse"), function="Pump"
        )
    assert str(raised.value).startswith(
        "greenhouse has no function Pump. Its functions: pump, setMode, setTarget. Names are"
    )
    assert cloud.operations.by_kind["function"] == 0


@pytest.mark.parametrize(
    ("action", "name", "message"),
    [
        ("call_function", {"function": "led"}, "bare has no function led. It has no functions"),
        ("read_variable", {"variable": "x"}, "bare has no variable x. It has no variables"),
    ],
)
async def test_a_device_that_registers_nothing(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    action: str,
    name: dict[str, str],
    message: str,
) -> None:
    """The message does not offer an empty list to pick from."""
    bare = cloud.world.add_board("bare", functions={}, variables={})
    await set_up()
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call(
            DOMAIN, action, {"device_id": registry_id(hass, cloud, "bare"), **name}, blocking=True
        )
    assert str(raised.value).startswith(message)
    assert bare.id not in cloud.operations.by_device


async def test_an_argument_that_is_too_long(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """It is refused before anything is paid; bytes count, not characters."""
    with pytest.raises(ServiceValidationError, match="1026 bytes; 1024 are possible"):
        await act(
            "call_function",
            device_id=registry_id(hass, cloud, "greenhouse"),
            function="setMode",
            argument="ö" * 513,
        )
    assert cloud.operations.by_kind["function"] == 0


async def test_a_board_that_is_offline(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """The action fails at once and nothing is paid."""
    with pytest.raises(HomeAssistantError, match="old photon is offline"):
        await act("call_function", device_id=registry_id(hass, cloud, "old photon"), function="led")
    assert not cloud.requests.matching("POST", "/v1/devices/*/led")
    assert cloud.operations.by_kind["function"] == 0


async def test_a_board_that_does_not_answer(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """The call is made once, and the message warns that it may have been carried out."""
    cloud.faults.set("no_answer")
    with pytest.raises(HomeAssistantError, match="may have been carried out"):
        await act(
            "call_function",
            device_id=registry_id(hass, cloud, "garage"),
            function="door",
            argument="open",
        )
    assert len(cloud.requests.matching("POST", "/v1/devices/*/door")) == 1


@pytest.mark.parametrize(
    ("fault", "options", "told"),
    [
        ("rate_limited", {"retry_after": 7}, "Try again in 7 seconds"),
        ("forbidden", {}, "is not allowed to do this"),
        ("server_error", {}, "has a problem"),
        ("proxy_html", {}, "web page.*Check before you repeat it"),
        ("function_not_ok", {"error": "Busy"}, "refused: Busy"),
        ("quota_used_up", {}, "data operations"),
    ],
)
async def test_what_goes_wrong_in_the_cloud(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    act: Act,
    fault: str,
    options: dict[str, Any],
    told: str,
) -> None:
    """Each fault has its own words."""
    cloud.faults.set(fault, **options)
    with pytest.raises(HomeAssistantError, match=told):
        await act(
            "call_function", device_id=registry_id(hass, cloud, "greenhouse"), function="pump"
        )


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("server_error", {"status": 500}),
        ("server_error", {"status": 503}),
        ("bad_gateway", {"status": 502}),
        ("bad_gateway", {"status": 504}),
        ("not_json", {}),
        ("proxy_html", {}),
        ("reset", {"executed": True}),
    ],
    ids=["500", "503", "502", "504", "unreadable", "web page", "broken connection"],
)
@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("call_function", {"function": "pump"}),
        ("read_variable", {"variable": "soil"}),
        ("ping", {}),
    ],
)
async def test_what_may_have_been_carried_out(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    act: Act,
    action: str,
    data: dict[str, Any],
    fault: str,
    options: dict[str, Any],
) -> None:
    """Each message says so where nobody knows whether the call has reached the device."""
    device_id = registry_id(hass, cloud, "greenhouse")
    cloud.faults.set(fault, only="calls", path="/v1/devices/*/*", **options)
    with pytest.raises(HomeAssistantError, match="Check before you repeat it"):
        await act(action, device_id=device_id, **data)


@pytest.mark.parametrize("fault", ["server_error", "bad_gateway", "reset"])
async def test_an_event_that_may_have_been_published(
    cloud: SimulatedCloud, act: Act, fault: str
) -> None:
    """Publishing twice would let everything that follows from an event happen twice."""
    cloud.faults.set(fault, only="calls", path="/v1/devices/events")
    with pytest.raises(HomeAssistantError, match="Check before you repeat it"):
        await act("publish_event", event="greenhouse/vent")


async def test_a_cloud_that_is_down(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """The message says where to look; when an open connection broke, that it may have been done."""
    cloud.faults.set("cloud_down")
    with pytest.raises(HomeAssistantError, match=r"Particle Cloud (cannot be reached|was lost)"):
        await act(
            "call_function", device_id=registry_id(hass, cloud, "greenhouse"), function="pump"
        )


async def test_credentials_that_are_no_longer_good(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, clock: TickingDateTimeFactory
) -> None:
    """The action says so; Home Assistant asks for a new login once a later listing is refused too."""
    cloud.faults.set("unauthorized", only="calls")
    with pytest.raises(HomeAssistantError, match="no longer accepts the login of"):
        await act(
            "call_function", device_id=registry_id(hass, cloud, "greenhouse"), function="pump"
        )
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    await pass_time_until(
        hass, clock, lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    )


# Variables


async def test_reading_a_variable(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """The answer has the value; the sensor shows it too."""
    cloud.world.board("greenhouse").set("temperature", 33.25)
    answer = await act(
        "read_variable", device_id=registry_id(hass, cloud, "greenhouse"), variable="temperature"
    )
    assert answer["value"] == 33.25
    assert answer["read_at"]
    assert hass.states.is_state("sensor.greenhouse_temperature", "33.25")


async def test_an_unknown_variable(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """It is refused before anything is paid, and the known ones are named."""
    with pytest.raises(
        ServiceValidationError,
        match=r"greenhouse has no variable x\. Its variables: humidity, mode",
    ):
        await act("read_variable", device_id=registry_id(hass, cloud, "greenhouse"), variable="x")
    assert not cloud.requests.matching("GET", "/v1/devices/*/x")


# Ping, signal, rename


async def test_ping(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """A board that is gone says so, which is no error."""
    answer = await act("ping", device_id=registry_id(hass, cloud, "old photon"))
    assert answer["online"] is False


@pytest.mark.parametrize("signaling", [True, False])
async def test_signal(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, signaling: bool
) -> None:
    """The board shows its rainbow or stops."""
    cloud.world.board("greenhouse").signaling = not signaling
    await act("signal", device_id=registry_id(hass, cloud, "greenhouse"), signaling=signaling)
    assert cloud.world.board("greenhouse").signaling is signaling


async def test_rename(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, device_registry: dr.DeviceRegistry
) -> None:
    """The board has the new name at Particle, and its page follows."""
    page = registry_id(hass, cloud, "garage")
    assert await act("rename", device_id=page, name=" carport ") == {"name": "carport"}
    assert cloud.world.board("carport").name == "carport"

    def shown() -> str | None:
        found = device_registry.async_get(page)
        assert found is not None
        return found.name

    await until(hass, lambda: shown() == "carport")


# Descriptions


async def test_every_action_is_described(
    hass: HomeAssistant, act: Act, caplog: pytest.LogCaptureFixture
) -> None:
    """Home Assistant can read the descriptions, and each field of a schema is among them."""
    described = (await async_get_all_descriptions(hass))[DOMAIN]
    registered = hass.services.async_services_for_domain(DOMAIN)
    assert set(described) == set(registered)
    for name, service in registered.items():
        fields: set[str] = set()
        for key, field in described[name]["fields"].items():
            fields |= set(field.get("fields", {key: field}))
        if "target" in described[name]:
            fields |= {*TARGET_FIELDS}
        assert fields == _keys(service.schema), name
    assert "Unable to" not in caplog.text


def _keys(schema: object) -> set[str]:
    """Return the fields of a schema."""
    if isinstance(schema, vol.All):
        return set().union(*(_keys(part) for part in schema.validators))
    return {str(key) for key in schema.schema} if isinstance(schema, vol.Schema) else set()
