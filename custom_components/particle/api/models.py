"""Data classes for devices, variables, functions, tokens and events.

Every object keeps its JSON in `raw`, including keys that this client does not know. Parsing is
tolerant: a value that is missing, null or of another type becomes None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
import json
import re
from types import MappingProxyType
from typing import Any, Self

from .parsing import (
    Json,
    bool_of,
    child_of,
    clean_text,
    datetime_of,
    float_of,
    id_of,
    int_of,
    mapping_of,
    text_of,
    texts_of,
)

DEVICE_ID = re.compile(r"[0-9a-f]{24}", re.IGNORECASE)


def normal_device_id(value: str) -> str:
    """Convert a device ID to lower case; other values, such as names, stay unchanged."""
    value = value.strip()
    return value.lower() if DEVICE_ID.fullmatch(value) else value


class VariableType(StrEnum):
    """Types of variables."""

    BOOL = "bool"
    INT32 = "int32"
    DOUBLE = "double"
    STRING = "string"

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a type; unknown types count as text."""
        try:
            return cls(str(value).strip().lower())
        except ValueError:
            return cls(cls.STRING)


@dataclass(frozen=True, slots=True)
class Device:
    """One device.

    Attributes:
        id: 24 hexadecimal digits.
        online: Whether it is connected according to the cloud (late by up to 46 minutes on cellular).
        functions: Names registered by the firmware; None if unknown.
        variables: Names and types registered by the firmware; None if unknown.
        status: ``normal`` or ``safe_mode``.
        firmware_version: Version of the product's firmware; only for product devices.
        raw: The JSON. Contains private data: ``mobile_secret``, serial numbers, addresses.
    """

    id: str
    name: str | None = None
    online: bool = False
    platform_id: int | None = None
    product_id: int | None = None
    cellular: bool | None = None
    functions: tuple[str, ...] | None = None
    variables: Mapping[str, VariableType] | None = None
    last_heard: datetime | None = None
    last_handshake_at: datetime | None = None
    system_firmware_version: str | None = None
    firmware_version: int | None = None
    desired_firmware_version: int | None = None
    groups: tuple[str, ...] = ()
    status: str | None = None
    serial_number: str | None = field(default=None, repr=False)
    iccid: str | None = field(default=None, repr=False)
    imei: str | None = field(default=None, repr=False)
    mac_wifi: str | None = field(default=None, repr=False)
    notes: str | None = field(default=None, repr=False)
    owner: str | None = field(default=None, repr=False)
    last_ip_address: str | None = field(default=None, repr=False)
    development: bool | None = None
    quarantined: bool | None = None
    denied: bool | None = None
    firmware_updates_enabled: bool | None = None
    firmware_updates_forced: bool | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a device object from any endpoint.

        Raises:
            MalformedAnswerError: It is not an object, or has no id.
        """
        data = mapping_of(value, "device")
        online = bool_of(data.get("online"))
        if online is None:
            # The name of this key before 2019.
            online = bool_of(data.get("connected"))
        return cls(
            id=normal_device_id(id_of(data, "device", "id", "deviceID")),
            name=text_of(data.get("name")),
            online=online or False,
            platform_id=int_of(data.get("platform_id")),
            product_id=int_of(data.get("product_id")),
            cellular=bool_of(data.get("cellular")),
            functions=_functions(data.get("functions")),
            variables=_variables(data.get("variables")),
            last_heard=datetime_of(data.get("last_heard")),
            last_handshake_at=datetime_of(data.get("last_handshake_at")),
            system_firmware_version=text_of(
                data.get("system_firmware_version") or data.get("current_build_target")
            ),
            firmware_version=int_of(data.get("firmware_version")),
            desired_firmware_version=int_of(data.get("desired_firmware_version")),
            groups=texts_of(data.get("groups")),
            status=text_of(data.get("status")),
            serial_number=text_of(data.get("serial_number")),
            iccid=text_of(data.get("iccid") or data.get("last_iccid")),
            imei=text_of(data.get("imei")),
            mac_wifi=text_of(data.get("mac_wifi")),
            notes=text_of(data.get("notes")),
            owner=text_of(data.get("owner")),
            last_ip_address=text_of(data.get("last_ip_address")),
            development=bool_of(data.get("development")),
            quarantined=bool_of(data.get("quarantined")),
            denied=bool_of(data.get("denied")),
            firmware_updates_enabled=bool_of(data.get("firmware_updates_enabled")),
            firmware_updates_forced=bool_of(data.get("firmware_updates_forced")),
            raw=data,
        )

    @property
    def is_product_device(self) -> bool:
        """Whether the device belongs to a product; otherwise its product ID is the platform ID."""
        return self.product_id is not None and self.product_id != self.platform_id

    @property
    def safe_mode(self) -> bool:
        """Whether the device is in safe mode."""
        return self.status == "safe_mode"


def _functions(value: object) -> tuple[str, ...] | None:
    return texts_of(value) if isinstance(value, list) else None


def _variables(value: object) -> Mapping[str, VariableType] | None:
    if not isinstance(value, Mapping):
        return None
    return MappingProxyType(
        {str(name): VariableType.from_json(kind) for name, kind in value.items()}
    )


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's value as it was read from a device (one data operation).

    Attributes:
        value: The value; JSON in a string variable stays text. None if it is missing or invalid.
    """

    name: str
    value: bool | int | float | str | None
    device_id: str
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object, *, device_id: str, name: str) -> Self:
        """Read the answer to a variable read.

        Raises:
            MalformedAnswerError: It is not an object.
        """
        data = mapping_of(value, "variable")
        result = data.get("result")
        if isinstance(result, Mapping | list):
            result = event_data(result)
        reported_id = text_of(child_of(data, "coreInfo").get("deviceID"))
        return cls(
            name=text_of(data.get("name")) or name,
            value=result if isinstance(result, bool | int | float | str) else None,
            device_id=normal_device_id(reported_id or device_id),
            raw=data,
        )


@dataclass(frozen=True, slots=True)
class FunctionResult:
    """What a function on a device returned (one data operation).

    Attributes:
        return_value: Signed 32-bit number; -1 usually means an error.
    """

    device_id: str
    name: str
    return_value: int
    raw: Json = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PingResult:
    """Whether a device has answered a ping."""

    online: bool


class DataOperationKind(StrEnum):
    """Calls that cost a data operation."""

    VARIABLE = "variable"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class DataOperation:
    """One paid call that has been sent."""

    kind: DataOperationKind
    device_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Token:
    """A new access token.

    Attributes:
        expires_in: Lifetime in seconds; 0 means unlimited, None unknown.
    """

    access_token: str = field(repr=False)
    expires_in: float | None = None
    refresh_token: str | None = field(default=None, repr=False)
    scope: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read the answer of ``/oauth/token``.

        Raises:
            MalformedAnswerError: It does not contain an access token.
        """
        data = mapping_of(value, "access token")
        return cls(
            access_token=id_of(data, "access token", "access_token"),
            expires_in=float_of(data.get("expires_in")),
            refresh_token=text_of(data.get("refresh_token")),
            scope=text_of(data.get("scope")),
            raw=data,
        )


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """One event of a stream.

    Attributes:
        device_id: The device that published it; None for events of the cloud itself.
        coreid: The original value: a device ID, ``api`` or ``particle-internal``.
        ttl: Time to live in seconds; no longer used.
        firmware_version: Version of the product firmware on the device.
    """

    name: str
    data: str | None = None
    published_at: datetime | None = None
    device_id: str | None = None
    coreid: str | None = None
    ttl: int | None = None
    user_id: str | None = None
    firmware_version: int | None = None
    public: bool | None = None
    product_id: int | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, name: str, value: object) -> Self:
        """Read the JSON of an event, which does not contain its name.

        Raises:
            MalformedAnswerError: It is not an object.
        """
        data = mapping_of(value, "event")
        coreid = text_of(data.get("coreid"))
        return cls(
            name=clean_text(name),
            data=event_data(data.get("data")),
            published_at=datetime_of(data.get("published_at")),
            device_id=coreid.lower() if coreid and DEVICE_ID.fullmatch(coreid) else None,
            coreid=coreid,
            ttl=int_of(data.get("ttl")),
            user_id=text_of(data.get("userid")),
            firmware_version=int_of(data.get("version")),
            public=bool_of(data.get("public")),
            product_id=int_of(data.get("productID")),
            raw=data,
        )

    @property
    def is_system(self) -> bool:
        """Whether it is an event of Device OS or the cloud, which is free."""
        return self.name.lower().startswith(("spark/", "particle/"))

    @property
    def is_hook(self) -> bool:
        """Whether it is a webhook event, with or without a device ID as prefix."""
        name = self.name.lower()
        return name.startswith(("hook-sent/", "hook-response/", "hook-error/")) or (
            "/hook-response/" in name or "/hook-error/" in name
        )


def event_data(value: Any) -> str | None:
    """Return the data of an event as text; JSON values are converted to text."""
    if value is None or isinstance(value, str):
        return value
    try:
        return json.dumps(value)
    except (RecursionError, ValueError):
        return None
