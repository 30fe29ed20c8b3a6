"""Every method of the client, with any JSON as the cloud's answer, gives a result or an own error."""

import asyncio
from collections.abc import AsyncIterator, Callable
import inspect
import json
from typing import Any
from unittest.mock import patch

import aiohttp
from hypothesis import given, settings, strategies as st
from multidict import CIMultiDict
import pytest

from custom_components.particle.api import (
    Answer,
    FixedToken,
    MalformedAnswerError,
    ParticleCloud,
    ParticleError,
    Role,
    Scope,
    SimAction,
    WebhookSettings,
)
from custom_components.particle.api.call import Call
from custom_components.particle.api.namespace import Namespace
from custom_components.particle.api.transport import Transport
from tests.api.test_fuzz import values

DEVICE = "0a10aced202194944a000001"
SCOPES = (Scope.product(24001), Scope.account(), Scope.organization("acme"))
# An argument for each parameter by its name; those with a default are left out.
ARGUMENTS: dict[str, Any] = {
    "action": SimAction.ACTIVATE,
    "app": "tinker",
    "archive": b"\x1f\x8b",
    "binary_id": "1",
    "changes": {"name": "x"},
    "client_id": "client",
    "client_secret": "secret",
    "code": "code",
    "content": b"PK",
    "current_password": "password",
    "device_id": DEVICE,
    "device_ids": [DEVICE],
    "email": "jane@example.com",
    "fields": {"action": "prepare"},
    "files": {"a.ino": "void setup() {}"},
    "friendly_name": "reader",
    "groups": ["north"],
    "iccid": "8934076500000000001",
    "iccids": ["8934076500000000001"],
    "identifiers": [DEVICE],
    "integration_id": "1",
    "mfa_token": "mfa",
    "name": "north",
    "notes": "here",
    "on": True,
    "organization": "acme",
    "otp": "123456",
    "password": "password",
    "platform_id": 32,
    "product": 1,
    "product_id": 1,
    "public_key": "key",
    "redirect_uri": "https://example.com",
    "refresh_token": "refresh",
    "role": Role.DEVELOPER,
    "schema": {"type": "object"},
    "scopes": ["devices:list"],
    "serial_number": "P1",
    "settings": WebhookSettings("a", "https://example.com"),
    "title": "title",
    "token": "token",
    "username": "jane@example.com",
    "version": 1,
    "webhook_id": "1",
}
SPECIAL: dict[str, dict[str, Any]] = {
    "configuration.set": {"settings": {"a": 1}},
    "device_groups.impact": {"action": "edit_groups_for_device"},
    "fleet.change_groups": {"add": ["north"]},
    "firmware.compile": {"platform_id": 32},
    "firmware.device_os_version": {"version": "5.8.0"},
    "device_groups.update": {"color": "#ffffff"},
    "oauth_clients.update": {"name": "x"},
    "product_firmware.release": {"product_default": True},
    "product_firmware.update": {"title": "x"},
    "accounts.change": {"account_info": {}},
}


def methods() -> list[str]:
    """The names of all methods that send something."""
    particle = ParticleCloud(None, FixedToken(None, "x"))  # type: ignore[arg-type]
    return [
        f"{group}.{name}"
        for group, chapter in vars(particle).items()
        if isinstance(chapter, Namespace)
        for name, function in inspect.getmembers(type(chapter), inspect.isfunction)
        if not name.startswith("_")
        and (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function))
    ]


def arguments(name: str, function: Callable[..., object], scope: Scope) -> dict[str, Any]:
    """What to call a method with."""
    found = dict(SPECIAL.get(name, {}))
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "scope":
            found["scope"] = scope
        elif parameter.default is inspect.Parameter.empty and parameter.name not in found:
            if parameter.kind is not inspect.Parameter.VAR_KEYWORD:
                found[parameter.name] = ARGUMENTS[parameter.name]
    return found


async def call(particle: ParticleCloud, name: str, scope: Scope) -> None:
    """Call a method, and take all that it yields."""
    group, _, method = name.partition(".")
    function = getattr(getattr(particle, group), method)
    result = function(**arguments(name, function, scope))
    if isinstance(result, AsyncIterator):
        async for item in result:
            assert item is not None
    else:
        await result


@pytest.mark.parametrize("name", methods())
@given(
    body=values
    | st.dictionaries(
        st.sampled_from(
            [
                "id",
                "ok",
                "devices",
                "data",
                "meta",
                "diagnostics",
                "products",
                "clients",
                "groups",
                "team",
                "customers",
                "sims",
                "locations",
                "targets",
                "versions",
                "product",
                "client",
            ]
        ),
        values,
        max_size=4,
    ),
    status=st.sampled_from([200, 201, 202]),
)
@settings(max_examples=12, deadline=None)
def test_any_answer_to_any_method(name: str, body: Any, status: int) -> None:
    """No answer makes a method raise anything but an error of the client, which says whether it acted."""
    text = json.dumps(body).encode()
    headers = CIMultiDict({"Content-Type": "application/json"})
    sent: list[Call] = []
    caught: list[ParticleError] = []

    async def send(_: Transport, method: str, path: str, **options: Any) -> Answer:
        sent.append(Call.of(method, path, options.get("operation")))
        return Answer(status, headers, body, text, sent[-1])

    async def run() -> None:
        async with aiohttp.ClientSession() as session:
            particle = ParticleCloud(session, FixedToken(session, "x"), retry_delay=0)
            for scope in SCOPES:
                try:
                    await call(particle, name, scope)
                except ParticleError as err:
                    caught.append(err)
                if sent:
                    return

    with patch.object(Transport, "send", send):
        asyncio.run(run())
    assert sent, "nothing was sent: the arguments of this test are wrong"
    for err in caught:
        if isinstance(err, MalformedAnswerError):
            assert err.may_have_run is sent[-1].acts
            assert err.device_id == sent[-1].device_id


def test_arguments_are_real() -> None:
    """The table above has nothing that no method takes."""
    assert set(SPECIAL) <= set(methods())
