"""What a log shows of the client's objects: enough to know them by, and nothing private."""

from dataclasses import fields, is_dataclass
import importlib
import pkgutil
from typing import Any

import pytest

from custom_components.particle import api

# Lets somebody in, tells who or where somebody is, or is whatever the cloud or a user has sent.
PRIVATE = {
    "access_token",
    "auth",
    "body",
    "code",
    "form",
    "headers",
    "iccid",
    "imei",
    "json",
    "last_ip_address",
    "mac_wifi",
    "mfa_token",
    "more",
    "notes",
    "owner",
    "properties",
    "qr_url",
    "query",
    "raw",
    "refresh_token",
    "request",
    "response",
    "response_template",
    "secret",
    "serial_number",
    "token",
    "url",
}
# Addresses that are no secret.
PUBLIC = {("Binary", "url"), ("Library", "url")}


def data_classes() -> list[type]:
    """Return every data class of the client."""
    modules = [
        importlib.import_module(f"{api.__name__}.{found.name}")
        for found in pkgutil.iter_modules(api.__path__)
    ]
    return [
        item
        for module in modules
        for item in vars(module).values()
        if isinstance(item, type) and is_dataclass(item) and item.__module__ == module.__name__
    ]


@pytest.mark.parametrize("kind", data_classes(), ids=lambda kind: kind.__name__)
def test_private_fields_are_not_shown(kind: type) -> None:
    """Objects end up in logs and in tracebacks."""
    private = {
        field.name
        for field in fields(kind)
        if field.name in PRIVATE and (kind.__name__, field.name) not in PUBLIC
    }
    item: Any = object.__new__(kind)
    for field in fields(kind):
        object.__setattr__(item, field.name, f"value-of-{field.name}-")
    assert {name for name in private if f"value-of-{name}-" in repr(item)} == set()


def test_what_an_object_was_made_of_makes_no_difference() -> None:
    """A key that the cloud adds, such as the time of the answer, is no change of the device."""
    for kind in data_classes():
        for field in fields(kind):
            assert field.name != "raw" or not field.compare, kind
