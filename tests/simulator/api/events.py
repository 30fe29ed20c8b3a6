"""Events: streams and publishing."""

from collections.abc import Callable
import re

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import bad_request, not_ok
from tests.simulator.world import Event

routes = Routes("Events")

_NAME = re.compile(r"^[A-Za-z0-9_\-/]{1,64}$")
_RESERVED = ("particle", "spark")
_MAX_DATA = 1024
_DEVICE = "/v1/devices/{device}/events"
_PRODUCT = "/v1/products/{product}/events"
_PRODUCT_DEVICE = "/v1/products/{product}/devices/{device}/events"
_ORGANIZATION = "/v1/orgs/{organization}/events"
_ORGANIZATION_DEVICE = "/v1/orgs/{organization}/devices/{device}/events"


@routes.add("GET", "/v1/events", "Stream of the public events of all users: refused", Access.PERSON)
@routes.add(
    "GET", "/v1/events/{prefix:.+}", "Stream of the user's events with a prefix", Access.PERSON
)
async def firehose(call: Call) -> web.StreamResponse:
    """Stream the events of the user; formerly the public events of all users."""
    call.limit("firehose", status=call.cloud.stream_limit_status)
    everything = call.cloud.faults.get("firehose") is not None
    if "prefix" not in call.request.match_info and not everything:
        raise not_ok(400, "event prefix filter is required")
    if everything:
        return await _stream(call, lambda event: True)
    return await _stream(call, _mine(call))


@routes.add("GET", "/v1/devices/events", "Stream of the user's devices", Access.PERSON)
@routes.add(
    "GET",
    "/v1/devices/events/{prefix:.+}",
    "Stream of the user's devices, with a prefix",
    Access.PERSON,
)
async def stream_mine(call: Call) -> web.StreamResponse:
    """Stream the events of the user or customer."""
    call.limit("stream", status=call.cloud.stream_limit_status)
    return await _stream(call, _mine(call))


@routes.add("GET", _DEVICE, "Stream of one device", Access.DEVICES, scope="events:get")
@routes.add(
    "GET",
    _DEVICE + "/{prefix:.+}",
    "Stream of one device, with a prefix",
    Access.DEVICES,
    scope="events:get",
)
@routes.add(
    "GET", _PRODUCT_DEVICE, "Stream of a product's device", Access.PRODUCT, scope="events:get"
)
@routes.add(
    "GET",
    _PRODUCT_DEVICE + "/{prefix:.+}",
    "Stream of a product's device, with a prefix",
    Access.PRODUCT,
    scope="events:get",
)
@routes.add(
    "GET",
    _ORGANIZATION_DEVICE,
    "Stream of an organization's device",
    Access.ORGANIZATION,
    scope="events:get",
)
async def stream_device(call: Call) -> web.StreamResponse:
    """Stream the events of a board."""
    call.limit("stream", status=call.cloud.stream_limit_status)
    device_id = call.board().id
    return await _stream(call, lambda event: event.coreid == device_id)


@routes.add("GET", _PRODUCT, "Stream of a product", Access.PRODUCT, scope="events:get")
@routes.add(
    "GET",
    _PRODUCT + "/{prefix:.+}",
    "Stream of a product, with a prefix",
    Access.PRODUCT,
    scope="events:get",
)
async def stream_product(call: Call) -> web.StreamResponse:
    """Stream the events of a product."""
    call.limit("stream", status=call.cloud.stream_limit_status)
    product_id = call.product.id
    return await _stream(call, lambda event: event.product_id == product_id)


@routes.add(
    "GET", _ORGANIZATION, "Stream of an organization", Access.ORGANIZATION, scope="events:get"
)
@routes.add(
    "GET",
    _ORGANIZATION + "/{prefix:.+}",
    "Stream of an organization, with a prefix",
    Access.ORGANIZATION,
    scope="events:get",
)
async def stream_organization(call: Call) -> web.StreamResponse:
    """Stream the events of the products of an organization."""
    call.limit("stream", status=call.cloud.stream_limit_status)
    organization, products = call.organization, call.world.products

    def wants(event: Event) -> bool:
        product = products.get(event.product_id or 0)
        return product is not None and product.organization_id == organization.id

    return await _stream(call, wants)


@routes.add("POST", "/v1/devices/events", "Publish an event", Access.PERSON)
async def publish(call: Call) -> web.Response:
    """Publish an event to the devices and streams of the user."""
    name, data, ttl = _event(call)
    call.world.publish_from_cloud(name, data, ttl=ttl, owner=call.token.username)
    return answer({"ok": True})


@routes.add("POST", _PRODUCT, "Publish an event in a product", Access.PRODUCT, scope="events:send")
async def publish_to_product(call: Call) -> web.Response:
    """Publish an event to a product, optionally as one of its devices."""
    name, data, ttl = _event(call)
    if not call.fields.get("as_device_id"):
        call.world.publish_from_cloud(name, data, ttl=ttl, product=call.product)
        return answer({"ok": True})
    board = call.world.boards.get(call.text("as_device_id").lower())
    if board is None or board.product_id != call.product.id:
        raise not_ok(404, "Device not found.")
    call.world.publish_from_board(board, name, data, ttl)
    return answer({"ok": True})


def _event(call: Call) -> tuple[str, str | None, int]:
    """Return name, data and TTL of the event to publish."""
    name = call.text("name")
    if not _NAME.match(name):
        raise bad_request(
            "Event name must be 1 to 64 characters: letters, digits, underscore, dash, slash"
        )
    if name.lower().startswith(_RESERVED):
        raise bad_request("Event names beginning with particle or spark are reserved")
    data = call.fields.get("data")
    if data is not None and not isinstance(data, str):
        raise bad_request("data must be a string")
    if data is not None and len(data.encode(errors="replace")) > _MAX_DATA:
        raise bad_request(f"data is longer than {_MAX_DATA} bytes")
    call.boolean("private")
    return name, data, call.integer("ttl", 60)


def _mine(call: Call) -> Callable[[Event], bool]:
    """Return a filter for the events of the user or customer of the token."""
    username = call.token.username
    return lambda event: event.owner == username


async def _stream(call: Call, wants: Callable[[Event], bool]) -> web.StreamResponse:
    """Stream the events that match the filter and the prefix in the path."""
    prefix = call.request.match_info.get("prefix", "")
    subscription = call.world.events.subscribe(
        lambda event: event.name.startswith(prefix) and wants(event)
    )
    return await call.cloud.streams.serve(call.request, subscription, call.token_is_good)
