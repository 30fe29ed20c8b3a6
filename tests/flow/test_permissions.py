"""What the credentials may do, said before it is missed."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.particle.const import Login
from tests.flow.steps import choices, choose, client, connect, on, start, submit
from tests.simulator import SimulatedCloud


async def test_what_will_not_work_is_said_before_it_is_missed(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """People can go back and use other credentials."""
    cloud.faults.set("forbidden", only="streams", path="/v1/devices/events")
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "limited"
    assert result["menu_options"] == ["go_on", "user"]
    limits = result["description_placeholders"]["limits"]
    assert limits.startswith("- read events: event triggers do not run")
    assert "\n" not in limits

    result = await choose(hass, result, "user")
    assert result["step_id"] == "user"
    result = await choose(hass, result, Login.CLIENT_CREDENTIALS)
    cloud.faults.clear()
    result = await connect(hass, await submit(hass, result, client(cloud)))
    assert result["title"] == cloud.username


async def test_people_may_live_with_the_limits(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """A token names what it may do; the rest is listed, with its place where there are several."""
    token = cloud.world.tokens.get(cloud.access_token)
    assert token is not None
    token.scopes = ("devices:list", "devices:get", "events:get", "devices.variable:get")
    cloud.faults.set("forbidden", only="streams", path="/v1/products/24001/events")
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    assert choices(result, "products") == {"24001": "Delivery Vans (24001)"}
    result = await submit(hass, result, {"account_devices": True, "products": ["24001"]})
    assert result["step_id"] == "limited"
    lines = result["description_placeholders"]["limits"].splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "- `Delivery Vans`",
        "- call functions",
        "- publish events",
        "- ping devices",
        "- rename and signal devices",
    ]
    cloud.faults.clear()
    result = await choose(hass, result, "go_on")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_scopes_of_another_kind_say_nothing_about_boards(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """An OAuth client may carry the right to create customers; that takes nothing away."""
    token = cloud.world.tokens.get(newcomer)
    assert token is not None
    token.scopes = ("customers:create",)
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["step_id"] == "empty_account"


async def test_a_product_that_refuses_its_boards_is_a_limit_among_others(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """As long as some boards can be listed; alone it is an error."""
    cloud.faults.set("forbidden", path="/v1/products/24001/*")
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    result = await submit(hass, result, {"account_devices": False, "products": ["24001"]})
    assert result["step_id"] == "scope"
    assert result["errors"] == {"base": "missing_permission"}

    result = await submit(hass, result, {"account_devices": True, "products": ["24001"]})
    assert result["step_id"] == "limited"
    lines = result["description_placeholders"]["limits"].splitlines()
    assert lines[0] == "- `Delivery Vans`: list devices: none of them appear"
    assert len(lines) == 2


async def test_products_are_offered_only_where_they_can_be_listed(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """A team role may see boards and no products."""
    cloud.faults.set("forbidden", path="/v1/user/products")
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["options"] == {"account_devices": True, "products": []}


async def test_something_has_to_be_chosen(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """Neither own boards nor a product would be an entry without boards."""
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    result = await submit(hass, result, {"account_devices": False, "products": []})
    assert result["errors"] == {"base": "nothing_chosen"}
    assert (await connect(hass, result))["type"] is FlowResultType.CREATE_ENTRY


async def test_an_empty_account_is_no_mistake(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """It is said, and the entry is made: boards come later."""
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["step_id"] == "empty_account"
    assert result["description_placeholders"]["account"] == "new@example.com"
    result = await submit(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "new@example.com"
