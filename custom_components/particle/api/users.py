"""The user of an access token, and the usage of the plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from .endpoint import ACCOUNT_OR_ORGANIZATION, Endpoint
from .namespace import Namespace
from .parsing import (
    Json,
    bool_of,
    child_of,
    datetime_of,
    id_of,
    int_of,
    mapping_of,
    objects_of,
    text_of,
    texts_of,
)
from .scope import ACCOUNT, Scope

IDENTIFY = Endpoint("GET", "/v1/user/identify")
GET_USER = Endpoint("GET", "/v1/user")
GET_TOKEN_INFO = Endpoint("GET", "/v1/access_tokens/current")
LIST_SERVICE_AGREEMENTS = Endpoint(
    "GET", "/v1/service_agreements", ACCOUNT_OR_ORGANIZATION, account="/v1/user/service_agreements"
)

# Billing periods that are longer count as a year.
_HALF_A_YEAR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Identity:
    """The user that a token belongs to."""

    id: str
    email: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read the answer of ``/v1/user/identify``.

        Raises:
            MalformedAnswerError: It is not an object, or has no id.
        """
        data = mapping_of(value, "user")
        return cls(id_of(data, "user", "id", "_id"), text_of(data.get("email")), data)


@dataclass(frozen=True, slots=True)
class User:
    """The account of a token.

    Attributes:
        username: The email address of the user.
        mfa_enabled: Whether the login requires a second factor.
    """

    username: str
    first_name: str | None = None
    last_name: str | None = None
    mfa_enabled: bool | None = None
    wifi_device_count: int | None = None
    cellular_device_count: int | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read the answer of ``/v1/user``.

        Raises:
            MalformedAnswerError: It is not an object, or has no username.
        """
        data = mapping_of(value, "user")
        account = child_of(data, "account_info")
        return cls(
            username=id_of(data, "user", "username", "email"),
            first_name=text_of(account.get("first_name")),
            last_name=text_of(account.get("last_name")),
            mfa_enabled=bool_of(child_of(data, "mfa").get("enabled")),
            wifi_device_count=int_of(data.get("wifi_device_count")),
            cellular_device_count=int_of(data.get("cellular_device_count")),
            raw=data,
        )


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """Information about the token in use.

    Attributes:
        expires_at: When the token expires; None for never.
        organizations: IDs or slugs of the organizations that it gives access to.
    """

    client: str | None = None
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    organizations: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read the answer of ``/v1/access_tokens/current``.

        Raises:
            MalformedAnswerError: It is not an object.
        """
        data = mapping_of(value, "token information")
        orgs = data.get("orgs")
        return cls(
            client=text_of(data.get("client") or data.get("client_id")),
            scopes=texts_of(data.get("scopes")),
            expires_at=datetime_of(data.get("expires_at")),
            organizations=texts_of(
                [
                    org.get("slug", org.get("id")) if isinstance(org, Mapping) else org
                    for org in orgs
                ]
                if isinstance(orgs, list)
                else None
            ),
            raw=data,
        )


@dataclass(frozen=True, slots=True)
class ServiceAgreement:
    """A plan and its usage.

    Attributes:
        data_operations_used: Usage in the current billing period; None if unknown.
        data_operations_allowed: Allowance in a billing period for all kinds of connections together.
        annual: Whether the billing period is a year; otherwise it is a month.
        devices_used: Number of devices in use.
        devices_allowed: Number of devices that the plan allows.
    """

    id: str | None = None
    state: str | None = None
    data_operations_used: int | None = None
    data_operations_allowed: int | None = None
    annual: bool = False
    devices_used: int | None = None
    devices_allowed: int | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None
    next_period_start: datetime | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read one entry of the list, whose keys depend on the plan.

        Raises:
            MalformedAnswerError: It is not an object.
        """
        data = mapping_of(value, "service agreement")
        attributes = child_of(data, "attributes")
        usage = child_of(attributes, "current_usage_summary", "connectivity", "all")
        terms = child_of(attributes, "pricing_terms")
        start = datetime_of(attributes.get("current_billing_period_start"))
        end = datetime_of(attributes.get("current_billing_period_end"))
        annual = attributes.get("duration") == "annual"
        if start is not None and end is not None:
            annual = end - start > _HALF_A_YEAR
        return cls(
            id=text_of(data.get("id")),
            state=text_of(attributes.get("state")),
            data_operations_used=int_of(usage.get("device_messages")),
            data_operations_allowed=_operations_allowed(
                child_of(terms, "messaging"), annual=annual
            ),
            annual=annual,
            devices_used=int_of(usage.get("owned_devices")),
            devices_allowed=int_of(child_of(terms, "device").get("max_devices")),
            period_start=start,
            period_end=end,
            next_period_start=datetime_of(attributes.get("next_billing_period_start")),
            raw=data,
        )


def _operations_allowed(messaging: Json, *, annual: bool) -> int | None:
    """Return the allowance of data operations in a billing period.

    Enterprise plans have a number for each kind of connection, whose period may differ from the
    billing period.
    """
    numbers = [int_of(messaging.get("max_messages"))]
    numbers += [int_of(child_of(messaging, kind).get("max_messages")) for kind in messaging]
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    match text_of(messaging.get("duration")), annual:
        case "monthly", True:
            return sum(known) * 12
        case "annual", False:
            return sum(known) // 12
    return sum(known)


class Users(Namespace):
    """The account of the token."""

    async def identify(self) -> Identity:
        """Get the ID and the email address of the token's user."""
        return Identity.from_json((await self._session.request(*IDENTIFY.at())).object)

    async def me(self) -> User:
        """Get the account of the token."""
        return User.from_json((await self._session.request(*GET_USER.at())).object)

    async def token_info(self) -> TokenInfo:
        """Get information about the token in use; the cheapest way to check whether it is valid."""
        answer = await self._session.request(*GET_TOKEN_INFO.at())
        return answer.read(TokenInfo.from_json)

    async def service_agreements(self, *, scope: Scope = ACCOUNT) -> tuple[ServiceAgreement, ...]:
        """Get the service agreements with their usage; empty if there are none."""
        answer = await self._session.request(*LIST_SERVICE_AGREEMENTS.at(scope))
        found = answer.json.get("data") if isinstance(answer.json, Mapping) else answer.json
        return tuple(ServiceAgreement.from_json(item) for item in objects_of(found))
