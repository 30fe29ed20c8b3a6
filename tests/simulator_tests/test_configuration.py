"""Configuration of a product and of its devices."""

import pytest

from tests.simulator import SimulatedCloud

from .client import Api

CONFIG = "/v1/products/24001/config"
SCHEMA = {"Content-Type": "application/schema+json"}
WANTED = {"location": {"interval_max": 900}}


async def test_of_the_product(api: Api) -> None:
    """Nothing at first; taken without an answer; replaced as a whole."""
    unset = await api("GET", CONFIG)
    assert (unset.status, unset.json) == (404, {})
    taken = await api("PUT", CONFIG, json=WANTED)
    assert (taken.status, taken.json) == (202, {})
    assert (await api("GET", CONFIG)).json == {"configuration": WANTED}
    await api("PUT", CONFIG, json={"other": {}})
    assert (await api("GET", CONFIG)).json == {"configuration": {"other": {}}}
    assert (await api("PUT", CONFIG, json={})).status == 400
    assert (await api("PUT", CONFIG, data={"a": "b"})).status == 400


async def test_of_a_device(cloud: SimulatedCloud, api: Api) -> None:
    """Its own comes before that of the product; an empty one takes it away."""
    path = f"{CONFIG}/{cloud.world.board('van-1').id}"
    assert (await api("GET", path)).status == 404
    await api("PUT", CONFIG, json=WANTED)
    assert (await api("GET", path)).json == {"configuration": {"current": WANTED}}
    mine = {"location": {"interval_max": 60}}
    done = await api("PUT", path, json=mine)
    assert (done.status, done.json) == (200, {})
    assert (await api("GET", path)).json == {"configuration": {"current": mine}}
    assert (await api("PUT", path)).status == 200
    assert (await api("GET", path)).json == {"configuration": {"current": WANTED}}


async def test_of_a_device_that_is_offline(cloud: SimulatedCloud, api: Api) -> None:
    """It waits until the device connects."""
    van = cloud.world.board("van-4")
    path = f"{CONFIG}/{van.id}"
    kept = await api("PUT", path, json=WANTED)
    assert (kept.status, kept.json) == (202, {})
    shown = (await api("GET", path)).json["configuration"]
    assert shown == {"current": {}, "pending": WANTED}
    cloud.world.set_online(van, True)
    assert (await api("GET", path)).json == {"configuration": {"current": WANTED}}


async def test_of_some_devices(cloud: SimulatedCloud, api: Api) -> None:
    """Only those that are named, and not the product; without a configuration they are reset."""
    one, two = (cloud.world.board(name) for name in ("van-1", "van-2"))
    await api("PUT", CONFIG, json={**WANTED, "deviceIds": [one.id]})
    assert (one.configuration, two.configuration) == (WANTED, None)
    assert (await api("GET", CONFIG)).status == 404
    assert (await api("PUT", CONFIG, json={"deviceIds": [one.id]})).status == 202
    assert one.configuration is None
    strange = {**WANTED, "deviceIds": [cloud.world.board("greenhouse").id]}
    assert (await api("PUT", CONFIG, json=strange)).status == 404


async def test_rejected_by_the_device(cloud: SimulatedCloud, api: Api) -> None:
    """The device says which section it does not like, and keeps what it had."""
    van = cloud.world.board("van-1")
    cloud.faults.set("configuration_rejected", count=1)
    refused = await api("PUT", f"{CONFIG}/{van.id}", json={**WANTED, "imu": {}})
    assert refused.status == 400
    assert refused.json == {
        "error": "device_rejected_configuration",
        "error_description": (
            "Configuration updates failed for some sections: {location: -19, imu: -19}"
        ),
    }
    assert van.configuration is None
    assert (await api("PUT", f"{CONFIG}/{van.id}", json=WANTED)).status == 200


async def test_schema(cloud: SimulatedCloud, api: Api) -> None:
    """A device has its own, or that of the product."""
    path = f"{CONFIG}/{cloud.world.board('van-1').id}"
    accept = {"Accept": "application/schema+json"}
    for one in (CONFIG, path):
        assert (await api("GET", one, headers=accept)).status == 404
    shared = '{"type":"object","properties":{"location":{}}}'
    stored = await api("PUT", CONFIG, data=shared, headers=SCHEMA)
    assert (stored.status, stored.text) == (200, shared)
    assert (await api("GET", path, headers=accept)).text == shared
    own = '{"type":"object"}'
    assert (await api("PUT", path, data=own, headers=SCHEMA)).text == own
    assert (await api("GET", path, headers=accept)).text == own
    assert (await api("GET", CONFIG, headers=accept)).text == shared


@pytest.mark.parametrize("schema", ["{}", '{"type":"object","properties":3}'])
async def test_schema_that_is_none(api: Api, schema: str) -> None:
    """It is refused with the place of the mistake."""
    invalid = await api("PUT", CONFIG, data=schema, headers=SCHEMA)
    assert (invalid.status, invalid.json["message"]) == (422, "Invalid Schema")
    assert invalid.json["violations"][0]["keyword"] in ("required", "type")


async def test_configuration_against_its_schema(cloud: SimulatedCloud, api: Api) -> None:
    """Other keys are refused only where the schema forbids them."""
    van = f"{CONFIG}/{cloud.world.board('van-1').id}"
    schema = '{"type":"object","properties":{"location":{}}%s}'
    await api("PUT", CONFIG, data=schema % "", headers=SCHEMA)
    assert (await api("PUT", CONFIG, json={"more": 1})).status == 202
    strict = schema % ',"additionalProperties":false'
    await api("PUT", CONFIG, data=strict, headers=SCHEMA)
    for path in (CONFIG, van):
        refused = await api("PUT", path, json={"more": 1})
        assert refused.status == 422
        assert refused.json["description"] == "data should NOT have additional properties"
        assert refused.json["violations"][0]["params"] == {"property": "more"}
    assert (await api("PUT", van, json=WANTED)).status == 200
