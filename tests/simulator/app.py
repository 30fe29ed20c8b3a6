"""The public API as a web application: recording, faults, limits and errors around endpoints."""

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING
from uuid import uuid4

from aiohttp import web
from aiohttp.typedefs import Handler as WebHandler, Middleware

from . import own_server
from .body import read_body
from .call import Call, answer, unknown_route
from .endpoint import Endpoint
from .errors import ApiError, bad_request, oauth_error, rate_limited, unauthorized
from .recorder import RecordedRequest, recorded_headers
from .wire import drip_head, repeat_continue, reset

if TYPE_CHECKING:
    from .cloud import SimulatedCloud
    from .faults import Fault

_PROXY_PAGE = "<html><head><title>Proxy</title></head><body><h1>{}</h1></body></html>"
_STREAM_PATH = re.compile(r"^/v1/(.*/)?events(/|$)")


def request_kind(request: web.BaseRequest) -> str:
    """Return whether a request opens a stream, asks for a token, or is a plain call."""
    if request.path == "/oauth/token":
        return "token"
    if request.method == "GET" and _STREAM_PATH.match(request.path):
        return "streams"
    return "calls"


def build_app(cloud: SimulatedCloud, endpoints: list[Endpoint]) -> web.Application:
    """Return the application that serves the endpoints."""
    app = web.Application(client_max_size=64 * 1024**2, middlewares=[_edge(cloud)])
    for endpoint in endpoints:
        app.router.add_route(endpoint.method, endpoint.path, _serve(cloud, endpoint))
    return app


def _edge(cloud: SimulatedCloud) -> Middleware:
    """Return the middleware between the socket and the endpoints."""

    @web.middleware
    async def edge(request: web.Request, handler: WebHandler) -> web.StreamResponse:
        record = RecordedRequest(
            str(uuid4()),
            request.method,
            request.path,
            dict(request.query),
            recorded_headers(request.headers),
            cloud.clock.now(),
        )
        cloud.requests.add(record)
        request["record"] = record
        try:
            body = await read_body(request)
            request["body"] = body
            record.body = body.record()
            response = await _before(cloud, request)
            if response is None:
                response = await handler(request)
            response = await _after(cloud, request, response)
        except ApiError as error:
            response = answer(error.body, error.status)
            response.headers.update(error.headers)
        except web.HTTPNotFound, web.HTTPMethodNotAllowed:
            missing = unknown_route()
            response = answer(missing.body, missing.status)
        return response

    return edge


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the common headers to a response and record its status before it is sent."""
    record: RecordedRequest | None = request.get("record")
    if record is not None:
        record.status = response.status
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["X-Request-Id"] = record.id


def _serve(cloud: SimulatedCloud, endpoint: Endpoint) -> WebHandler:
    """Return the web handler of an endpoint."""

    async def serve(request: web.Request) -> web.StreamResponse:
        if endpoint.legacy is not None and not cloud.faults.get(endpoint.legacy):
            raise unknown_route()
        if cloud.faults.get("own_server") and not own_server.knows(request.method, endpoint.path):
            return own_server.not_found()
        call = Call(cloud, endpoint, request)
        call.authorize()
        if call.body.broken is not None:
            raise bad_request("The body cannot be parsed")
        return await endpoint.handler(call)

    return serve


async def _before(cloud: SimulatedCloud, request: web.Request) -> web.StreamResponse | None:
    """Return the response of a fault that applies before the endpoint is called."""
    kind = request_kind(request)

    def struck(name: str) -> Fault | None:
        return cloud.faults.take_for_request(name, request.method, request.path, kind)

    if struck("hang"):
        await asyncio.Event().wait()
    if (fault := cloud.faults.get("reset")) and not fault.option("executed", False):
        if struck("reset"):
            reset(request)
            return web.Response(status=500)
    if fault := struck("dripping_head"):
        await drip_head(request, float(fault.option("seconds", 1)))
        return web.Response(status=500)
    if fault := struck("endless_continue"):
        await repeat_continue(request, float(fault.option("seconds", 1)))
        return web.Response(status=500)
    if struck("unauthorized"):
        raise oauth_error("invalid_token", "The access token provided is invalid.")
    if fault := struck("forbidden"):
        error = unauthorized("You do not have permission to do this")
        raise ApiError(403, fault.option("body", error.body))
    if fault := struck("rate_limited"):
        raise rate_limited(429, fault.option("retry_after"))
    if fault := struck("overloaded"):
        raise rate_limited(529, fault.option("retry_after"))
    if fault := struck("server_error"):
        error = oauth_error("server_error", "server_error")
        raise ApiError(int(fault.option("status", 500)), error.body)
    if struck("proxy_html"):
        page = _PROXY_PAGE.format("Please log in to the network")
        return web.Response(text=page, content_type="text/html")
    if fault := struck("bad_gateway"):
        page = _PROXY_PAGE.format("Bad Gateway")
        return web.Response(
            text=page, content_type="text/html", status=int(fault.option("status", 502))
        )
    if struck("empty"):
        return web.Response(content_type="application/json")
    if cloud.limits.exceeded("all", request.remote or "", cloud.clock.now()):
        raise rate_limited()
    return None


async def _after(
    cloud: SimulatedCloud, request: web.Request, response: web.StreamResponse
) -> web.StreamResponse:
    """Return the response as changed by a fault."""
    if response.prepared:
        return response
    kind = request_kind(request)
    if cloud.faults.take_for_request("held", request.method, request.path, kind):
        await cloud.held.hold()
    fault = cloud.faults.take_for_request("slow", request.method, request.path, kind)
    if fault is not None:
        await asyncio.sleep(float(fault.option("seconds", 5)))
    fault = cloud.faults.get("reset")
    if fault is not None and fault.option("executed", False):
        if cloud.faults.take_for_request("reset", request.method, request.path, kind):
            reset(request)
            return response
    if isinstance(response, web.Response) and isinstance(response.body, bytes):
        if cloud.faults.take_for_request("not_json", request.method, request.path, kind):
            with contextlib.suppress(IndexError):
                response.body = response.body[: len(response.body) // 2] + b"<"
    return response
