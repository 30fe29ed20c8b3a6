"""Settings of webhooks, and their conversion to and from the cloud's spelling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
import re
from typing import Any, Self

from .errors import InvalidRequestError
from .models import normal_device_id
from .parsing import Json, bool_of, datetime_of, id_of, mapping_of, objects_of, text_of


class RequestType(StrEnum):
    """HTTP methods that a webhook can use."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"


class IntegrationType(StrEnum):
    """Types of integrations."""

    WEBHOOK = "Webhook"
    AZURE_IOT_HUB = "AzureIotHub"
    GOOGLE_CLOUD_PUB_SUB = "GoogleCloudPubSub"
    GOOGLE_MAPS = "GoogleMaps"


_URL = re.compile(r"(https?://|\{\{)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Settings of a webhook; None means the cloud's default.

    Attributes:
        event: Case-sensitive prefix of the event names.
        url: Target URL; may contain ``{{variables}}``.
        name: Label.
        request_type: HTTP method; by default POST.
        device_id: Only events of this device; not for products.
        json: JSON body, as an object or as a template. Only one of json, form and body is allowed.
        form: Form body.
        body: Raw body.
        query: Parameters of the target URL.
        headers: Headers of the request.
        auth: Username and password for basic authentication.
        no_defaults: Whether to omit the default fields.
        reject_unauthorized: Whether to require a valid certificate.
        response_topic: Name of the event with the response.
        error_response_topic: Name of the event with the error.
        response_template: Template for a JSON response.
        unchunked: Whether to send the response as one event of up to 100 KB.
        data_url_response_event: Whether to send binary responses as a data URL.
        disabled: Whether the webhook is disabled.
        template: ID of the template in the gallery.
        more: Properties that this client does not know.
    """

    event: str
    # A URL can be a secret, such as that of a Home Assistant webhook.
    url: str = field(repr=False)
    name: str | None = None
    request_type: RequestType | str | None = None
    device_id: str | None = None
    json: Mapping[str, Any] | str | None = field(default=None, repr=False)
    form: Mapping[str, Any] | None = field(default=None, repr=False)
    body: str | None = field(default=None, repr=False)
    query: Mapping[str, Any] | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)
    no_defaults: bool | None = None
    reject_unauthorized: bool | None = None
    response_topic: str | None = None
    error_response_topic: str | None = None
    response_template: str | Mapping[str, Any] | None = field(default=None, repr=False)
    unchunked: bool | None = None
    data_url_response_event: bool | None = None
    disabled: bool | None = None
    template: str | None = None
    more: Json = field(default_factory=dict, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the settings in the cloud's spelling.

        Raises:
            InvalidRequestError: The settings are not valid.
        """
        self._check()
        properties = {
            "event": self.event,
            "url": self.url,
            "name": self.name,
            "requestType": RequestType(self.request_type).value if self.request_type else None,
            "deviceID": normal_device_id(self.device_id) if self.device_id else None,
            "json": self.json,
            "form": self.form,
            "body": self.body,
            "query": self.query,
            "headers": self.headers,
            "auth": {"username": self.auth[0], "password": self.auth[1]} if self.auth else None,
            "noDefaults": self.no_defaults,
            "rejectUnauthorized": self.reject_unauthorized,
            "responseTopic": self.response_topic,
            "errorResponseTopic": self.error_response_topic,
            "responseTemplate": self.response_template,
            "unchunked": self.unchunked,
            "dataUrlResponseEvent": self.data_url_response_event,
            "disabled": self.disabled,
            "template": self.template,
        }
        configured = {key: value for key, value in properties.items() if value is not None}
        return {"integration_type": IntegrationType.WEBHOOK.value, **self.more, **configured}

    def _check(self) -> None:
        if not self.event:
            raise InvalidRequestError(
                "A webhook needs the start of an event name", argument="event"
            )
        if not _URL.match(self.url):
            raise InvalidRequestError(
                "The target has to start with https:// or http://", argument="url"
            )
        bodies = [name for name in ("json", "form", "body") if getattr(self, name) is not None]
        if len(bodies) > 1:
            raise InvalidRequestError(
                f"Only one of json, form and body is possible, not {' and '.join(bodies)}",
                argument=bodies[1],
            )
        if self.request_type and self.request_type not in set(RequestType):
            raise InvalidRequestError(
                "The request type has to be GET, POST, PUT or DELETE", argument="request_type"
            )


# Properties that the cloud adds to an integration and does not accept.
_READ_ONLY = {
    "id",
    "_id",
    "created_at",
    "createdAt",
    "updated_at",
    "hookUrl",
    "integrationUrl",
    "logs",
    "errors",
    "counters",
    "ok",
    "response",
    "product_id",
    "product_slug",
    "owner",
    "status",
}


@dataclass(frozen=True, slots=True)
class HookLogEntry:
    """One of the last requests of an integration, with its answer."""

    time: datetime | None = None
    request: str | None = field(default=None, repr=False)
    response: str | None = field(default=None, repr=False)
    raw: Json = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Integration:
    """A webhook or another integration.

    Attributes:
        event: Case-sensitive prefix of the event names.
        type: `IntegrationType`, or a type that is unknown to this client.
        device_id: Only events of this device.
        logs: The last requests, if the answer contains them.
        raw: The JSON. May contain passwords of the target.
    """

    id: str
    event: str | None = None
    name: str | None = None
    url: str | None = field(default=None, repr=False)
    type: str | None = None
    request_type: str | None = None
    device_id: str | None = None
    disabled: bool = False
    created_at: datetime | None = None
    hook_url: str | None = None
    logs: tuple[HookLogEntry, ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read an integration object.

        Raises:
            MalformedAnswerError: It is not an object, or has no id.
        """
        data = mapping_of(value, "integration")
        # deviceID in the documentation, deviceId and deviceid in the official client.
        device_id = next(
            (text_of(found) for key, found in data.items() if key.lower() == "deviceid"), None
        )
        return cls(
            id=id_of(data, "integration", "id", "_id"),
            event=text_of(data.get("event")),
            name=text_of(data.get("name")),
            url=text_of(data.get("url")),
            type=text_of(data.get("integration_type")),
            request_type=text_of(data.get("requestType")),
            device_id=normal_device_id(device_id) if device_id else None,
            disabled=bool_of(data.get("disabled")) or False,
            created_at=datetime_of(data.get("created_at")),
            hook_url=text_of(data.get("hookUrl") or data.get("integrationUrl")),
            logs=tuple(
                HookLogEntry(
                    datetime_of(item.get("time") or item.get("created_at")),
                    text_of(item.get("request")),
                    text_of(item.get("response")),
                    item,
                )
                for item in objects_of(data.get("logs"))
            ),
            raw=data,
        )

    @property
    def configuration(self) -> dict[str, Any]:
        """The properties that a replacement has to contain."""
        return {key: value for key, value in self.raw.items() if key not in _READ_ONLY}
