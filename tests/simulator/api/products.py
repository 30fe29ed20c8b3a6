"""Products, organizations, and their usage."""

from datetime import datetime, timedelta
import re
from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer, in_scopes
from tests.simulator.clock import iso
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import bad_request
from tests.simulator.world import Board, Member, Product, TokenKind
from tests.simulator.world.platforms import PLATFORMS

routes = Routes("Products")

_MAX_DEVICES = 100
_TRACKERS = (26, 28)


@routes.add("GET", "/v1/user/products", "List products", Access.ANY, scope="products:list")
@routes.add("GET", "/v1/products", "List products", Access.ANY, scope="products:list")
async def list_products(call: Call) -> web.Response:
    """List the products that the token has access to; for users, without those of organizations."""
    products = [
        product.as_json()
        for product in call.world.products.values()
        if call.may_see_product(product)
        and (call.token.kind is not TokenKind.USER or product.organization_id is None)
    ]
    return answer({"products": products})


@routes.add(
    "GET",
    "/v1/orgs/{organization}/products",
    "List products of an organization",
    Access.ORGANIZATION,
    scope="products:list",
)
async def list_organization_products(call: Call) -> web.Response:
    """List the products of an organization."""
    mine = call.organization.id
    products = [one for one in call.world.products.values() if one.organization_id == mine]
    return answer({"products": [product.as_json() for product in products]})


@routes.add("POST", "/v1/user/products", "Create a product")
@routes.add(
    "POST",
    "/v1/orgs/{organization}/products",
    "Create a product of an organization",
    Access.ORGANIZATION,
    scope="products:create",
)
async def create_product(call: Call) -> web.Response:
    """Create a product."""
    wanted = call.fields.get("product")
    if not isinstance(wanted, dict):
        raise bad_request("product is required")
    name, platform_id = wanted.get("name"), wanted.get("platform_id")
    if not isinstance(name, str) or not name:
        raise bad_request("name is required")
    if not isinstance(platform_id, int) or platform_id not in PLATFORMS:
        raise bad_request("platform_id is unknown")
    world, organization = call.world, call.scope_organization
    number = max(world.products) + 1
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    username = call.token.username
    product = Product(
        number,
        slug if world.product(slug) is None else f"{slug}-{number}",
        name,
        platform_id,
        username,
        str(wanted.get("description") or ""),
        organization.id if organization else None,
        team=[Member(username)],
    )
    if isinstance(wanted.get("settings"), dict):
        product.settings.update(wanted["settings"])
    world.products[number] = product
    return answer({"ok": True, "product": product.as_json()}, 201)


@routes.add("GET", "/v1/products/{product}", "Get a product", Access.PRODUCT, scope="products:get")
async def get_product(call: Call) -> web.Response:
    """Return a product."""
    shown = {**call.product.as_json(), "device_protection": "disabled"}
    if call.cloud.faults.get("product_array"):
        return answer({"product": [shown]})
    return answer({"product": shown})


@routes.add("GET", "/v1/orgs", "List organisations")
async def list_organizations(call: Call) -> web.Response:
    """List the organizations of the user."""
    mine = [
        {"id": organization.id, "slug": organization.slug, "name": organization.name}
        for organization in call.world.organizations.values()
        if any(member.username == call.token.username for member in organization.team)
    ]
    return answer({"organizations": mine})


@routes.add(
    "GET",
    "/v1/orgs/{organization}",
    "Get an organization",
    Access.ORGANIZATION,
    scope="organizations:get",
)
async def get_organization(call: Call) -> web.Response:
    """Return an organization."""
    one = call.organization
    return answer({"organization": {"id": one.id, "slug": one.slug, "name": one.name}})


@routes.add("GET", "/v1/user/service_agreements", "Get plan and usage of the account")
@routes.add(
    "GET",
    "/v1/orgs/{organization}/service_agreements",
    "Get plan and usage of an organization",
    Access.ORGANIZATION,
    scope="service_agreements:list",
)
async def service_agreements(call: Call) -> web.Response:
    """Return the plan, and its usage in the current billing period."""
    organization = call.scope_organization
    if organization is None:
        owner, owner_type = call.world.owner_id(call.token.username), "individual"
        boards = [one for one in call.world.boards.values() if one.owner == call.token.username]
    else:
        owner, owner_type = organization.id, "organization"
        boards = [one for one in call.world.boards.values() if _in(call, one, organization.id)]
    now = call.world.clock.now()
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (start + timedelta(days=32)).replace(day=1)
    operations = call.cloud.settings.plan_operations
    messaging: dict[str, Any] = {"max_messages": operations}
    if annual := call.cloud.settings.plan_annual:
        start = start.replace(month=1)
        end = start.replace(year=start.year + 1)
        halves = (operations // 2, operations - operations // 2)
        messaging = {
            "duration": "annual",
            **{
                kind: {"max_messages": half}
                for kind, half in zip(("wifi", "cellular"), halves, strict=True)
            },
        }
    attributes: dict[str, Any] = {
        "owner_id": owner,
        "owner_type": owner_type,
        "name": "Enterprise Plan" if annual else "Free plan",
        "agreement_type": "enterprise" if annual else "developer",
        "state": "active",
        "duration": "annual" if annual else "monthly",
        "ends_on": None,
        "pricing_terms": {
            "messaging": messaging,
            "device": {"max_devices": _MAX_DEVICES},
            "device_data": {"max_data": 45_000_000},
        },
        "current_billing_period_start": _day(start),
        "current_billing_period_end": _day(end - timedelta(days=1)),
        "next_billing_period_start": _day(end),
    }
    if _has_scope(call, "service_agreements.usage_summary:get"):
        attributes["current_usage_summary"] = _usage(call, boards)
    if not _has_scope(call, "service_agreements.pricing_terms:get"):
        del attributes["pricing_terms"]
    return answer(
        {"data": [{"id": "1000001", "type": "service_agreement", "attributes": attributes}]}
    )


def _in(call: Call, board: Board, organization_id: str) -> bool:
    """Return whether a board is in a product of an organization."""
    product = call.world.products.get(board.product_id or 0)
    return product is not None and product.organization_id == organization_id


def _has_scope(call: Call, scope: str) -> bool:
    """Return whether the token has a scope, which is only limited for API users."""
    return call.token.kind is not TokenKind.API_USER or in_scopes(scope, call.token.scopes)


def _usage(call: Call, boards: list[Board]) -> dict[str, Any]:
    """Return the usage of boards in this month."""

    def summary(some: list[Board], data: int | None) -> dict[str, Any]:
        by_device = call.cloud.operations.by_device
        messages = sum(by_device[board.id].total() for board in some if board.id in by_device)
        return {
            "owned_devices": len(some),
            "billable_devices": len(some),
            "device_data": data,
            "device_messages": messages,
        }

    trackers = [board for board in boards if board.platform_id in _TRACKERS]
    others = [board for board in boards if board not in trackers]
    return {
        "connectivity": {
            "all": summary(boards, 0),
            "wifi": summary([board for board in others if not board.cellular], None),
            "cellular": summary([board for board in others if board.cellular], 0),
            "asset_tracker": summary(trackers, 0),
        },
        "device_limit_reached": len(boards) >= _MAX_DEVICES,
        "calculated_at": iso(call.world.clock.now()),
    }


def _day(moment: datetime) -> str:
    """Return the date of a time."""
    return moment.date().isoformat()
