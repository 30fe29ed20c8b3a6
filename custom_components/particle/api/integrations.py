"""Webhooks and other integrations, at the current and at the classic address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .endpoint import ACCOUNT_OR_PRODUCT, EVERYWHERE, Endpoint
from .errors import InvalidRequestError
from .models import normal_device_id
from .namespace import Namespace
from .parsing import Json, bool_of, objects_of, text_of
from .scope import ACCOUNT, Scope
from .webhook_settings import Integration, WebhookSettings

LIST_INTEGRATIONS = Endpoint("GET", "/v1/integrations", EVERYWHERE)
GET_INTEGRATION = Endpoint("GET", "/v1/integrations/:integration_id", EVERYWHERE)
CREATE_INTEGRATION = Endpoint("POST", "/v1/integrations", EVERYWHERE)
REPLACE_INTEGRATION = Endpoint("PUT", "/v1/integrations/:integration_id", EVERYWHERE)
TEST_INTEGRATION = Endpoint("POST", "/v1/integrations/:integration_id/test", EVERYWHERE)
DELETE_INTEGRATION = Endpoint("DELETE", "/v1/integrations/:integration_id", EVERYWHERE)
LIST_WEBHOOKS = Endpoint("GET", "/v1/webhooks", ACCOUNT_OR_PRODUCT)
GET_WEBHOOK = Endpoint("GET", "/v1/webhooks/:webhook_id", ACCOUNT_OR_PRODUCT)
CREATE_WEBHOOK = Endpoint("POST", "/v1/webhooks", ACCOUNT_OR_PRODUCT)
DELETE_WEBHOOK = Endpoint("DELETE", "/v1/webhooks/:webhook_id", ACCOUNT_OR_PRODUCT)


@dataclass(frozen=True, slots=True)
class IntegrationTest:
    """Result of a test.

    Attributes:
        error: Error message of the target or the cloud, if the test failed.
    """

    passed: bool
    error: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)


class Integrations(Namespace):
    """Integrations of the account, a product or an organization."""

    async def list(self, *, scope: Scope = ACCOUNT) -> tuple[Integration, ...]:
        """List the integrations."""
        answer = await self._session.request(*LIST_INTEGRATIONS.at(scope))
        found = objects_of(answer.array("integrations", "webhooks"))
        return tuple(Integration.from_json(item) for item in found)

    async def get(self, integration_id: str, *, scope: Scope = ACCOUNT) -> Integration:
        """Get one integration with its last ten requests."""
        answer = await self._session.request(
            *GET_INTEGRATION.at(scope, integration_id=integration_id)
        )
        return answer.read(
            lambda data: Integration.from_json({"id": integration_id, **data}), "integration"
        )

    async def create(
        self, settings: WebhookSettings | Mapping[str, Any], *, scope: Scope = ACCOUNT
    ) -> Integration:
        """Create an integration. Creating the same one twice leads to two deliveries.

        Args:
            settings: Settings of a webhook; for other types, the properties in the cloud's spelling,
                including ``integration_type``.
            scope: Account, product or organization.

        Raises:
            InvalidRequestError: The settings are not valid.
        """
        body = _body(settings)
        answer = await self._session.request(*CREATE_INTEGRATION.at(scope), json=body)
        return answer.read(lambda data: Integration.from_json({**body, **data}), "integration")

    async def replace(
        self,
        integration_id: str,
        settings: WebhookSettings | Mapping[str, Any],
        *,
        scope: Scope = ACCOUNT,
    ) -> Integration:
        """Replace the whole configuration; missing properties are deleted."""
        body = _body(settings)
        answer = await self._session.request(
            *REPLACE_INTEGRATION.at(scope, integration_id=integration_id), json=body
        )
        return answer.read(
            lambda data: Integration.from_json({"id": integration_id, **body, **data}),
            "integration",
        )

    async def change(
        self, integration_id: str, changes: Mapping[str, Any], *, scope: Scope = ACCOUNT
    ) -> Integration:
        """Change some properties and keep the others: read, merge, replace.

        Args:
            integration_id: Integration.
            changes: Properties in the cloud's spelling; None removes a property.
            scope: Account, product or organization.
        """
        if not changes:
            raise InvalidRequestError("There is nothing to change", argument="changes")
        present = (await self.get(integration_id, scope=scope)).configuration
        merged = {**present, **changes}
        merged_settings = {key: value for key, value in merged.items() if value is not None}
        return await self.replace(integration_id, merged_settings, scope=scope)

    async def test(
        self,
        integration_id: str,
        *,
        data: str | None = None,
        device_id: str | None = None,
        scope: Scope = ACCOUNT,
    ) -> IntegrationTest:
        """Make the cloud send one request to the target.

        Args:
            integration_id: Integration.
            data: Data of the test event.
            device_id: Device of the test event.
            scope: Account, product or organization.
        """
        body: dict[str, Any] = {}
        if data is not None:
            body["data"] = data
        if device_id is not None:
            body["device_id"] = normal_device_id(device_id)
        answer = await self._session.request(
            *TEST_INTEGRATION.at(scope, integration_id=integration_id), json=body, timeout=60
        )
        result = answer.object
        error = result.get("error")
        return IntegrationTest(
            bool_of(result.get("pass")) or False,
            text_of(error) or (str(error) if error else None),
            result,
        )

    async def delete(self, integration_id: str, *, scope: Scope = ACCOUNT) -> None:
        """Delete an integration.

        Raises:
            NotFoundError: The integration does not exist.
        """
        await self._session.request(*DELETE_INTEGRATION.at(scope, integration_id=integration_id))


class Webhooks(Namespace):
    """Webhooks at their classic address, which self-hosted servers support, too."""

    async def list(self, *, scope: Scope = ACCOUNT) -> tuple[Integration, ...]:
        """List the webhooks."""
        answer = await self._session.request(*LIST_WEBHOOKS.at(scope))
        found = objects_of(answer.array("webhooks", "integrations"))
        return tuple(Integration.from_json(item) for item in found)

    async def get(self, webhook_id: str, *, scope: Scope = ACCOUNT) -> Integration:
        """Get one webhook with its last requests."""
        answer = await self._session.request(*GET_WEBHOOK.at(scope, webhook_id=webhook_id))
        return answer.read(
            lambda data: Integration.from_json({"id": webhook_id, **data}), "webhook"
        )

    async def create(self, settings: WebhookSettings, *, scope: Scope = ACCOUNT) -> Integration:
        """Create a webhook.

        Raises:
            InvalidRequestError: The settings are not valid.
        """
        body = settings.as_json()
        answer = await self._session.request(*CREATE_WEBHOOK.at(scope), json=body)
        return answer.read(lambda data: Integration.from_json({**body, **data}), "webhook")

    async def delete(self, webhook_id: str, *, scope: Scope = ACCOUNT) -> None:
        """Delete a webhook.

        Raises:
            NotFoundError: The webhook does not exist.
        """
        await self._session.request(*DELETE_WEBHOOK.at(scope, webhook_id=webhook_id))


def _body(settings: WebhookSettings | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(settings, WebhookSettings):
        return settings.as_json()
    if not settings.get("integration_type"):
        raise InvalidRequestError("The type is missing", argument="integration_type")
    if not settings.get("event"):
        raise InvalidRequestError("The start of an event name is missing", argument="event")
    return dict(settings)
