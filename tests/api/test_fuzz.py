"""Any JSON value in any key raises nothing but the client's own errors."""

from collections.abc import Callable
from contextlib import suppress
import json
from typing import Any

from hypothesis import given, settings, strategies as st
from multidict import CIMultiDict
import pytest

from custom_components.particle import api
from custom_components.particle.api import hook_responses, location_events, system_events
from custom_components.particle.api.compiler import compilation_error, parse_compiler_output
from custom_components.particle.api.firmware import BuildTarget
from custom_components.particle.api.namespace import total_pages
from custom_components.particle.api.system_events import _PARSERS
from custom_components.particle.api.teams import ApiUserToken
from custom_components.particle.api.transport import Answer

DEVICE = "0a10aced202194944a000001"
# What Python's parser makes of JSON: numbers without limit, Infinity, surrogates without a partner.
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ["\ud800", "2026-01-02T03:04:05.678Z", "0001-01-01T00:00:00+23:59", "1e999", DEVICE, "12"]
    )
)
values = st.recursive(
    scalars,
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=6), children, max_size=3)
    ),
    max_leaves=8,
)

# A whole answer of each kind; the fuzzer replaces any part of it.
READERS: list[tuple[Callable[[Any], object], dict[str, Any]]] = [
    (
        api.Device.from_json,
        {
            "id": DEVICE,
            "name": "x",
            "online": True,
            "connected": True,
            "platform_id": 32,
            "product_id": 32,
            "functions": ["a"],
            "variables": {"b": "int32"},
            "groups": ["c"],
            "last_heard": "2026-01-02T03:04:05Z",
            "last_handshake_at": None,
            "iccid": "1",
            "system_firmware_version": "5.8.0",
            "firmware_version": 1,
            "status": "normal",
            "desired_firmware_version": None,
            "serial_number": "P0",
            "notes": "n",
        },
    ),
    (
        lambda value: api.Variable.from_json(value, device_id=DEVICE, name="x"),
        {"name": "x", "result": 1, "coreInfo": {"deviceID": DEVICE}},
    ),
    (
        lambda value: api.CloudEvent.from_json("x", value),
        {
            "data": "1",
            "ttl": 60,
            "published_at": "2026-01-02T03:04:05Z",
            "coreid": DEVICE,
            "userid": "u",
            "version": 1,
            "public": False,
            "productID": 1,
        },
    ),
    (api.Identity.from_json, {"id": "1", "email": "e"}),
    (
        api.User.from_json,
        {"username": "u", "account_info": {"first_name": "f"}, "mfa": {"enabled": True}},
    ),
    (api.Token.from_json, {"access_token": "t", "expires_in": 60, "refresh_token": "r"}),
    (
        api.TokenInfo.from_json,
        {"client": "c", "scopes": ["s"], "expires_at": None, "orgs": [{"id": "1", "slug": "s"}]},
    ),
    (
        api.ServiceAgreement.from_json,
        {
            "id": "1",
            "attributes": {
                "state": "s",
                "current_billing_period_start": "2026-01-01",
                "current_usage_summary": {"connectivity": {"all": {"device_messages": 3}}},
                "pricing_terms": {"messaging": {"max_messages": 1}, "device": {"max_devices": 1}},
            },
        },
    ),
    (api.Product.from_json, {"id": 1, "slug": "s", "groups": ["g"], "platform_id": 1}),
    (api.OAuthClient.from_json, {"id": "i", "name": "n", "type": "installed", "secret": "s"}),
    (api.ImportResult.from_json, {"updated": 1, "updatedDeviceIds": ["a"]}),
    (api.DeviceGroup.from_json, {"name": "n", "fw_version": 1, "device_count": 2}),
    (
        api.DeviceLocation.from_json,
        {
            "device_id": DEVICE,
            "timestamps": ["2026-01-01"],
            "properties": [{"a": 1}],
            "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        },
    ),
    (api.Sim.from_json, {"_id": "1", "status": "active", "last_device_id": DEVICE}),
    (
        api.DataUsage.from_json,
        {"usage_by_day": [{"date": "2026-01-01", "mbs_used": 1, "mbs_used_cumulative": 1}]},
    ),
    (api.TeamMember.from_json, {"username": "u", "role": {"name": "n"}, "scopes": ["s"]}),
    (ApiUserToken.from_json, {"username": "u", "tokens": [{"token": "t"}]}),
    (api.Organization.from_json, {"id": "1", "slug": "s", "name": "n"}),
    (api.Customer.from_json, {"id": "1", "username": "u", "devices": [DEVICE]}),
    (
        api.Integration.from_json,
        {"id": "1", "event": "e", "deviceID": DEVICE, "logs": [{"time": "t"}], "disabled": False},
    ),
    (
        api.Binary.from_json,
        {"binary_id": "1", "sizeInfo": "text data bss\n1 2 3", "expires_at": "2026-01-01"},
    ),
    (BuildTarget.from_json, {"version": "1", "platforms": [6], "prereleases": []}),
    (api.FirmwareVersion.from_json, {"version": 1, "groups": ["g"], "product_default": True}),
    (
        api.Library.from_json,
        {"id": "L", "links": {"download": "d"}, "attributes": {"name": "n", "installs": 1}},
    ),
    (
        lambda value: api.Vitals.from_json(value).errors,
        {
            "deviceID": DEVICE,
            "payload": {
                "device": {
                    "network": {"signal": {"at": "LTE", "strength": 1}, "connection": {}},
                    "power": {"battery": {"charge": {"err": -1}, "state": "s"}, "source": "VIN"},
                    "system": {"uptime": 1, "memory": {"used": 1, "total": 2}},
                },
                "service": {"cloud": {"uptime": 1}, "coap": {"round_trip": 1}},
            },
        },
    ),
    (
        lambda value: compilation_error(value, 406) if isinstance(value, dict) else None,
        {"ok": False, "output": "o", "stdout": "s", "errors": ["a.cpp:1:2: error: x"]},
    ),
    (total_pages, {"meta": {"total_pages": 3}}),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything in a JSON value."""
    found = [path]
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for key, item in enumerate(value):
            found += places(item, (*path, key))
    return found


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with something else at a path."""
    if not path:
        return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = replaced(changed[path[0]], path[1:], new)
    return changed


@pytest.mark.parametrize(
    ("read", "whole"), READERS, ids=[getattr(read, "__qualname__", "") for read, _ in READERS]
)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_value_in_any_key(
    read: Callable[[Any], object], whole: dict[str, Any], data: st.DataObject
) -> None:
    """An answer with something odd in it is read as far as it goes, or refused in our own words."""
    path = data.draw(st.sampled_from(places(whole)))
    answer = replaced(whole, path, data.draw(values))
    with suppress(api.ParticleError):
        assert repr(read(answer)) is not None
    assert read(whole) is not None


@given(
    name=st.sampled_from([*_PARSERS, "loc", "loc-enhanced", "spark/x", "hook-response/a/1"]),
    data=st.none() | st.text(max_size=40) | values.map(json.dumps),
)
def test_any_data_in_a_special_event(name: str, data: str | None) -> None:
    """Special events, places and reports never raise."""
    event = api.CloudEvent(name, data)
    special = system_events.parse_system_event(event)
    assert (special is not None) == event.is_system
    location_events.parse_location_event(event)
    hook_responses.parse_hook_event(event)


@given(st.text(max_size=200))
def test_any_output_of_a_compiler(text: str) -> None:
    """Whatever the compiler says, reading it never raises."""
    for message in parse_compiler_output(f"a.cpp:1: error: {text}\n{text}"):
        assert message.kind in api.MessageKind


@given(body=st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()))
def test_any_body(body: bytes) -> None:
    """An answer's body is an object, a list, or our own error."""
    try:
        parsed = api.parsing.loads(body)
    except ValueError:
        parsed = None
    answer = Answer(200, CIMultiDict(), parsed, body)
    for read in (
        lambda: answer.object,
        lambda: answer.array("a"),
        lambda: answer.member("a"),
        lambda: answer.text,
    ):
        with suppress(api.MalformedAnswerError):
            assert read() is not None
