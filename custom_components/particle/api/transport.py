"""HTTP requests to the cloud, with an `Answer` or a typed error as result."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from .call import Call
from .error_mapping import Subject, error_for, is_failure, is_page
from .errors import (
    DnsError,
    InvalidRequestError,
    MalformedAnswerError,
    ParticleError,
    TlsError,
    UnreachableError,
)
from .models import DataOperation
from .pacing import RateLimits, rate_limits_for
from .parsing import Json, clean_text, loads
from .redaction import secrets_of
from .version import USER_AGENT

DEFAULT_URL = "https://api.particle.io"
DEFAULT_TIMEOUT = 30.0
CONNECT_TIMEOUT = 15.0
# Larger than any firmware bundle; limits the memory for an answer.
MAX_BODY = 64 * 1024 * 1024
MAX_ERROR_BODY = 64 * 1024

type QueryValue = str | int | float | bool | None
type Query = Mapping[str, QueryValue | list[str] | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the cloud.

    Attributes:
        headers: Case-insensitive headers.
        json: The parsed body; None if it is empty or not JSON.
        body: The raw body.
        call: The request.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    json: Any = field(repr=False)
    body: bytes = field(repr=False)
    call: Call = field(default=Call(), repr=False)

    @property
    def text(self) -> str:
        """The body as storable text."""
        return clean_text(self.body.decode("utf-8", "replace"))

    @property
    def object(self) -> Json:
        """The body as a JSON object; empty for an answer without a body.

        Raises:
            MalformedAnswerError: The body is not an object.
        """
        if not self.body.strip():
            return MappingProxyType({})
        self._require_json()
        if not isinstance(self.json, Mapping):
            raise self.malformed("The cloud's answer does not contain a JSON object")
        return self.json

    def array(self, *keys: str) -> list[Any]:
        """Return the body, or the value under one of the keys, as a list.

        Raises:
            MalformedAnswerError: There is no list.
        """
        self._require_json()
        found = self.json
        if isinstance(found, Mapping):
            found = next((found[key] for key in keys if isinstance(found.get(key), list)), None)
        if not isinstance(found, list):
            raise self.malformed("The cloud's answer does not contain a list")
        return found

    def member(self, *keys: str) -> Json:
        """Return the object under one of the keys, or else the body itself.

        A list with one object counts as that object, because the cloud used to send products that way.

        Raises:
            MalformedAnswerError: There is no object.
        """
        data = self.object
        for key in keys:
            found = data.get(key)
            if isinstance(found, list) and len(found) == 1:
                found = found[0]
            if isinstance(found, Mapping):
                return found
        return data

    def read[T](self, reader: Callable[[Json], T], *keys: str) -> T:
        """Parse the object under one of the keys, or else the body itself.

        Raises:
            MalformedAnswerError: A required value is missing.
        """
        data = self.member(*keys)
        try:
            return reader(data)
        except MalformedAnswerError as err:
            raise self.malformed(err.message) from None

    def malformed(self, problem: str) -> MalformedAnswerError:
        """Return the error for an answer that reports success but cannot be used."""
        return self.call.complete(MalformedAnswerError(problem, status=self.status))

    def _require_json(self) -> None:
        if self.json is None and self.body.strip() != b"null":
            what = "a web page" if is_page(self.headers, self.text[:200]) else "not JSON"
            raise self.malformed(
                f"The answer (status {self.status}) is {what}; check the server's address"
                " and any proxy in between"
            )


def encode_query(query: Query | None) -> str:
    """Encode a query; None values are left out, lists are repeated as ``key[]``."""
    pairs: list[str] = []
    for key, value in (query or {}).items():
        if value is None:
            continue
        if isinstance(value, list | tuple):
            pairs += [f"{quote(key, safe='')}[]={quote(str(item), safe='')}" for item in value]
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        pairs.append(f"{quote(key, safe='')}={quote(text, safe='')}")
    return "&".join(pairs)


def normal_base_url(base_url: str) -> str:
    """Validate and normalize the URL of a server.

    Raises:
        InvalidRequestError: The value is not an http or https URL.
    """
    problem = InvalidRequestError(
        "The server's address has to look like https://api.particle.io", argument="base_url"
    )
    try:
        parts = urlsplit(base_url.strip())
        port_is_good = parts.port is None or parts.port > 0
    except (ValueError, AttributeError):
        raise problem from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_good:
        raise problem
    if parts.username or parts.password or parts.query or parts.fragment:
        raise problem
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


class Transport:
    """Send requests to one server within its rate limits, without authorization."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str = DEFAULT_URL) -> None:
        """Initialize the transport; the session is not closed here.

        Raises:
            InvalidRequestError: `base_url` is not an http or https URL.
        """
        self._session = session
        self.base_url = normal_base_url(base_url)

    @property
    def rate_limits(self) -> RateLimits:
        """The rate limits, which all clients of this server share."""
        return rate_limits_for(self.base_url)

    @asynccontextmanager
    async def open(
        self,
        method: str,
        path: str,
        *,
        timeout: aiohttp.ClientTimeout,
        head_timeout: float | None = None,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        redirects: bool = False,
        **options: Any,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request and yield the response before its body is read.

        Raises:
            UnreachableError: The connection could not be established, or was lost before the headers.
        """
        encoded = encode_query(query)
        url = URL(f"{self.base_url}{path}{'?' if encoded else ''}{encoded}", encoded=True)
        try:
            # The idle timeout alone would not limit the time for the headers.
            async with asyncio.timeout(head_timeout):
                response = await self._session.request(
                    method,
                    url,
                    headers={"User-Agent": USER_AGENT, **(headers or {})},
                    timeout=timeout,
                    allow_redirects=redirects,
                    **options,
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise _unreachable(err, url.host) from None
        except (ValueError, RuntimeError):
            # aiohttp raises these for invalid header values and for a closed session.
            raise UnreachableError("The request could not be sent") from None
        async with response:
            yield response

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        subject: Subject = Subject.GENERAL,
        timeout: float = DEFAULT_TIMEOUT,
        redirects: bool = False,
        once: bool = False,
        operation: DataOperation | None = None,
        **options: Any,
    ) -> Answer:
        """Send one request and read its answer.

        Args:
            method: HTTP method.
            path: Encoded path, appended to the URL of the server.
            query: Parameters; those that are None are left out.
            subject: Subject of the request, which determines how errors are interpreted.
            timeout: Timeout in seconds.
            redirects: Whether to follow redirects (aiohttp drops the token for another host).
            once: Whether to send the request at most once: aiohttp repeats GET, PUT and DELETE requests
                automatically if a reused connection is closed.
            operation: The data operation that the request costs.
            options: ``headers``, ``json`` and ``data`` for aiohttp.

        Returns:
            The answer, if it does not report a failure.

        Raises:
            ParticleError: The request failed; see `error_mapping`.
        """
        call = Call.of(method, path, operation)
        secrets = secrets_of(options.get("headers"), options.get("json"), options.get("data"))
        await self.rate_limits.requests.take()
        if once:
            options["middlewares"] = (_once(),)
        limits = aiohttp.ClientTimeout(
            total=timeout, sock_connect=min(timeout, CONNECT_TIMEOUT), sock_read=None
        )
        try:
            async with self.open(
                method, path, query=query, timeout=limits, redirects=redirects, **options
            ) as response:
                body = await read_body(response, MAX_BODY)
                answer = read_answer(response, body, subject=subject, secrets=secrets)
        except ParticleError as err:
            call.complete(err)
            raise
        return replace(answer, call=call)


def read_answer(
    response: aiohttp.ClientResponse,
    body: bytes,
    *,
    subject: Subject = Subject.GENERAL,
    secrets: tuple[str, ...] = (),
) -> Answer:
    """Return the answer for a response whose body has been read.

    Raises:
        ParticleError: The answer reports a failure.
    """
    status = response.status
    content_type = response.headers.get("Content-Type", "").lower()
    parsed: Any = None
    # Firmware must not be interpreted as JSON.
    if body.strip() and ("json" in content_type or "octet-stream" not in content_type):
        try:
            parsed = loads(body)
        except ValueError:
            parsed = None
    if 300 <= status < 400:
        raise MalformedAnswerError(
            f"The server redirects (status {status}) to another address; check the server's address",
            status=status,
        )
    answer = Answer(status, response.headers, parsed, body)
    if is_failure(status, response.headers, parsed):
        raise error_for(
            status,
            response.headers,
            parsed,
            answer.text[:MAX_ERROR_BODY],
            subject=subject,
            secrets=secrets,
        )
    return answer


async def chunks_of(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """Yield the chunks of a body.

    Raises:
        UnreachableError: The connection was lost or timed out.
    """
    try:
        async for chunk in response.content.iter_any():
            yield chunk
    except (aiohttp.ClientError, TimeoutError, OSError) as err:
        raise _unreachable(err, response.url.host) from None


async def read_body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read a body up to a maximum size.

    Raises:
        MalformedAnswerError: The body is larger.
        UnreachableError: The connection was lost or timed out.
    """
    body = bytearray()
    async for chunk in chunks_of(response):
        body += chunk
        if len(body) > limit:
            raise MalformedAnswerError(
                f"The answer is larger than {limit} bytes", status=response.status
            )
    return bytes(body)


def _once() -> aiohttp.ClientMiddlewareType:
    """Return a middleware that sends a request only once."""
    sent = False

    async def middleware(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        nonlocal sent
        if sent:
            raise UnreachableError(
                f"The connection to {request.url.host} was lost before it answered", sent=True
            )
        sent = True
        return await handler(request)

    return middleware


def _unreachable(err: Exception, server: str | None) -> UnreachableError:
    """Return the error for a failed connection, without the request in aiohttp's errors."""
    host = server or "the server"
    match err:
        case aiohttp.ClientConnectorDNSError():
            return DnsError(f"The name {host} cannot be resolved; check the network's DNS")
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ServerFingerprintMismatch():
            return TlsError(f"The certificate of {host} is not valid for it or not trusted")
        case aiohttp.ClientSSLError():
            return TlsError(f"No secure connection to {host}: the TLS handshake failed")
        case aiohttp.ConnectionTimeoutError():
            return UnreachableError(f"{host} did not accept the connection in time")
        case aiohttp.ClientConnectorError():
            reason = err.os_error.strerror or type(err.os_error).__name__
            return UnreachableError(f"No connection to {host}: {reason}")
        case aiohttp.InvalidURL():
            return UnreachableError(f"The address of {host} is not valid")
        case TimeoutError():
            return UnreachableError(f"{host} did not answer in time", sent=True)
        case aiohttp.TooManyRedirects():
            return UnreachableError(f"{host} redirects without end", sent=True)
    return UnreachableError(f"The connection to {host} was lost ({type(err).__name__})", sent=True)
