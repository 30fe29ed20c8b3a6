"""Webhooks: real HTTP requests, responses in chunks, failures, retries, sleeping hosts."""

from base64 import b64encode
from collections import deque
from datetime import datetime, timedelta
import json
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from .clock import Clock
from .faults import Faults
from .hookrequest import HookRequest, build_request, variables_of
from .jsontext import encode
from .mustache import render
from .settings import Settings
from .world import Event, Integration, World

_CHUNK = 512
_MAX_RESPONSE = 100 * 1024
_SLEEP = timedelta(seconds=5)
_RECENT_ATTEMPTS = 10
_MIN_ATTEMPTS = 5
_SLEEPING = "Sleeping, too many errors, please wait and try again"


class HookError(Exception):
    """The target of a webhook did not respond, or returned an error."""


class _Host:
    """The recent results of a target host, for all accounts and ports together."""

    def __init__(self) -> None:
        """Initialize without any result."""
        self.outcomes: deque[bool] = deque(maxlen=_RECENT_ATTEMPTS)
        self.sleeps_until: datetime | None = None

    def note(self, succeeded: bool, now: datetime) -> None:
        """Record an attempt; a host that often fails is skipped for a while."""
        self.outcomes.append(succeeded)
        failures = self.outcomes.count(False)
        if len(self.outcomes) >= _MIN_ATTEMPTS and failures > self.outcomes.count(True):
            self.sleeps_until = now + _SLEEP

    def sleeps(self, now: datetime) -> bool:
        """Return whether the host is skipped."""
        return self.sleeps_until is not None and now < self.sleeps_until


class Webhooks:
    """Sends the webhooks that events trigger."""

    def __init__(self, settings: Settings, clock: Clock, faults: Faults) -> None:
        """Initialize without a world."""
        self._settings = settings
        self._clock = clock
        self._faults = faults
        self._hosts: dict[str, _Host] = {}
        self._session: ClientSession | None = None
        self._world: World | None = None

    def attach(self, world: World) -> None:
        """Listen to the events of a world."""
        self._world = world
        self._hosts.clear()
        world.events.listen(self._on_event)

    async def close(self) -> None:
        """Close the HTTP session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def world(self) -> World:
        """The world that contains the integrations."""
        if self._world is None:
            raise RuntimeError("No world yet")
        return self._world

    async def test(self, integration: Integration, event: Event) -> str | None:
        """Send a test event; return the error, if there is one."""
        try:
            await self._attempt(integration, event)
        except HookError as error:
            return str(error)
        return None

    def _on_event(self, event: Event) -> None:
        """Send the webhooks that an event triggers; events of webhooks do not trigger any."""
        if event.from_hook:
            return
        for integration in list(self.world.integrations.values()):
            if self._wants(integration, event):
                self.world.spawn(self._deliver(integration, event))

    def _wants(self, integration: Integration, event: Event) -> bool:
        """Return whether an event triggers an integration."""
        settings = integration.settings
        if integration.kind != "Webhook" or settings.get("disabled"):
            return False
        if not event.name.startswith(integration.event):
            return False
        if integration.product_id is not None:
            return event.product_id == integration.product_id
        if integration.organization_id is not None:
            product = self.world.products.get(event.product_id or 0)
            return product is not None and product.organization_id == integration.organization_id
        device = settings.get("deviceID")
        return event.owner == integration.owner and device in (None, event.coreid)

    async def _deliver(self, integration: Integration, event: Event) -> None:
        """Send the request, and repeat it after the delays in the settings if it fails."""
        for wait in (*self._settings.hook_retries, None):
            try:
                await self._attempt(integration, event)
            except HookError as error:
                self._publish_error(integration, event, str(error))
            else:
                return
            if wait is not None:
                await self._clock.sleep(wait)

    async def _attempt(self, integration: Integration, event: Event) -> None:
        """Send one request and publish the response.

        Raises:
            HookError: The host is skipped, does not respond, or returns an error.
        """
        context = variables_of(self.world, event)
        request = build_request(integration.settings, context)
        host = urlsplit(request.url).hostname or ""
        known = self._hosts.setdefault(host, _Host())
        if known.sleeps(self._clock.now()):
            integration.slept += 1
            raise HookError(_SLEEPING)
        integration.sent += 1
        sent_text = "undefined" if self._faults.get("hook_sent_undefined") else ""
        self._publish(integration, event, f"hook-sent/{event.name}", sent_text)
        try:
            content, kind = await self._send(request, host)
        except HookError as error:
            known.note(False, self._clock.now())
            integration.failed += 1
            _log(integration, event, request, {"error": str(error)})
            raise
        known.note(True, self._clock.now())
        integration.succeeded += 1
        _log(integration, event, request, {"body": content.decode(errors="replace")})
        self._publish_answer(integration, event, context, content, kind)

    async def _send(self, request: HookRequest, host: str) -> tuple[bytes, str]:
        """Send a request; return the body and the content type of the response."""
        if self._session is None:
            self._session = ClientSession()
        try:
            async with self._session.request(
                request.method,
                request.url,
                params=request.query or None,
                headers=request.headers,
                data=None if request.body is None else encode(request.body),
                skip_auto_headers=["Content-Type"],
                timeout=ClientTimeout(total=self._settings.hook_timeout),
                ssl=request.verify,
            ) as response:
                content = await response.read()
                if response.status >= 400:
                    raise HookError(f"error status {response.status} from {host}")
                return content, response.content_type
        except TimeoutError:
            raise HookError(f"error ESOCKETTIMEDOUT from {host}") from None
        except (ClientError, ValueError) as error:
            raise HookError(f"error {type(error).__name__} from {host}") from None

    def _publish_answer(
        self,
        integration: Integration,
        event: Event,
        context: dict[str, Any],
        content: bytes,
        kind: str,
    ) -> None:
        """Publish the response of a target, in chunks unless it is unchunked."""
        settings = integration.settings
        text = _answer_text(settings, content, kind)
        default = "hook-response/{{{PARTICLE_EVENT_NAME}}}"
        if integration.product_id is not None:
            default = "{{{PARTICLE_DEVICE_ID}}}/" + default
        topic = render(settings.get("responseTopic") or default, context)
        parts = [text] if settings.get("unchunked") else chunks(text)
        for number, part in enumerate(parts):
            self._publish(integration, event, f"{topic}/{number}", part)

    def _publish_error(self, integration: Integration, event: Event, text: str) -> None:
        """Publish an error."""
        template = integration.settings.get("errorResponseTopic")
        topic = f"hook-error/{event.name}"
        if template:
            topic = render(template, variables_of(self.world, event))
        self._publish(integration, event, f"{topic}/0", text)

    def _publish(self, integration: Integration, event: Event, name: str, data: str) -> None:
        """Publish an event to the owner of the integration."""
        in_account = integration.product_id is None and integration.organization_id is None
        product = None if in_account else self.world.products.get(event.product_id or 0)
        self.world.publish_from_cloud(
            name,
            data,
            coreid="particle-internal",
            owner=integration.owner if in_account else event.owner,
            product=product,
            from_hook=True,
        )


def chunks(text: str) -> list[str]:
    """Split a text into chunks of up to 512 bytes, without splitting characters."""
    parts: list[str] = []
    part: list[str] = []
    size = 0
    for character in text:
        length = len(character.encode(errors="replace"))
        if size + length > _CHUNK:
            parts.append("".join(part))
            part, size = [], 0
        part.append(character)
        size += length
    return [*parts, "".join(part)]


def _answer_text(settings: dict[str, Any], content: bytes, kind: str) -> str:
    """Return the part of a response that is published."""
    content = content[:_MAX_RESPONSE]
    textual = kind.startswith("text/") or kind.endswith(("json", "xml", "x-www-form-urlencoded"))
    if settings.get("dataUrlResponseEvent") and not textual:
        return f"data:{kind};base64,{b64encode(content).decode()}"
    text = content.decode(errors="replace")
    template = settings.get("responseTemplate")
    if not template:
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    context = value if isinstance(value, dict) else {"value": value}
    return render(template if isinstance(template, str) else json.dumps(template), context)


def _log(
    integration: Integration, event: Event, request: HookRequest, outcome: dict[str, Any]
) -> None:
    """Add an attempt to the log of the integration."""
    entry = {
        "event": {"event": event.name, **event.as_json()},
        "request": {"method": request.method, "url": request.url, "body": request.body},
        "response": outcome,
        "type": "Error" if "error" in outcome else "Success",
    }
    integration.logs.appendleft(entry)
    if "error" in outcome:
        integration.errors.appendleft(entry)
