"""Authorized requests: sending, retrying, counting and locking."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
import logging
import random
from typing import Any
from weakref import WeakValueDictionary

import aiohttp

from .auth import Auth
from .error_mapping import Subject
from .errors import (
    AuthenticationError,
    CloudError,
    DeviceOfflineError,
    InvalidRequestError,
    InvalidTokenError,
    MalformedAnswerError,
    NotFoundError,
    ParticleError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitedError,
    UnreachableError,
)
from .models import DataOperation, normal_device_id
from .transport import DEFAULT_TIMEOUT, Answer, Query, Transport

_LOGGER = logging.getLogger(__name__)

ATTEMPTS = 3
RETRY_DELAY = 0.5
# Statuses of load balancers for temporary problems, unlike 500.
_TRANSIENT_STATUSES = {502, 503, 504}


class CloudSession:
    """Send requests with one set of credentials.

    Attributes:
        auth: Provides the access tokens.
        on_data_operation: Called for each call that costs a data operation, once it has been sent.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        auth: Auth,
        *,
        on_data_operation: Callable[[DataOperation], None] | None = None,
        retry_delay: float = RETRY_DELAY,
    ) -> None:
        """Initialize the session.

        Args:
            session: Open aiohttp session, which is not closed here.
            auth: Provides the access tokens and the URL of the server.
            on_data_operation: Called for each call that costs a data operation, once it has been sent.
            retry_delay: Seconds before the first retry of a read that failed temporarily.
        """
        self.auth = auth
        self.on_data_operation = on_data_operation
        self._transport = Transport(session, auth.base_url)
        self._retry_delay = retry_delay
        self._device_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def base_url(self) -> str:
        """The URL of the server without a trailing slash."""
        return self._transport.base_url

    @property
    def transport(self) -> Transport:
        """The transport, for calls that need no token."""
        return self._transport

    def device_lock(self, device_id: str) -> asyncio.Lock:
        """Return the lock for paid calls to a device, which handles only one at a time."""
        key = normal_device_id(device_id)
        if (lock := self._device_locks.get(key)) is None:
            lock = self._device_locks[key] = asyncio.Lock()
        return lock

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        data: Callable[[], aiohttp.FormData] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        retry: bool | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        subject: Subject = Subject.GENERAL,
        redirects: bool = False,
        operation: DataOperation | None = None,
    ) -> Answer:
        """Send an authorized request to any endpoint.

        Args:
            method: HTTP method.
            path: Encoded path, starting with ``/v1``.
            query: Parameters; those that are None are left out.
            json: Body as JSON.
            form: Body as a form.
            data: Raw body, or a function that creates a multipart body, which can be sent only once.
            headers: Further headers.
            retry: Whether to retry after temporary errors; by default only reads without a cost.
            timeout: Timeout in seconds.
            subject: Subject of the call, which determines how errors are interpreted.
            redirects: Whether to follow redirects, for downloads.
            operation: The data operation that the call costs.

        Returns:
            The answer, if it does not report a failure.

        Raises:
            InvalidRequestError: The path or the query is not valid.
            ParticleError: The cloud reported an error or could not be reached.
        """
        method = method.upper()
        validate_path(path)
        if any(key.lower() == "access_token" for key in query or {}):
            raise InvalidRequestError("A token must not be in the query", argument="query")
        if retry is None:
            retry = method in {"GET", "HEAD"} and operation is None
        once = operation is not None or not retry
        attempts = 1 if once else ATTEMPTS
        for attempt in range(1, attempts + 1):
            try:
                return await self._authorized(
                    method,
                    path,
                    query=query,
                    headers=headers,
                    timeout=timeout,
                    subject=subject,
                    redirects=redirects,
                    operation=operation,
                    once=once,
                    body=_body(json, form, data),
                )
            except (CloudError, UnreachableError) as err:
                if attempt == attempts or not _is_transient(err):
                    raise
            await asyncio.sleep(self._retry_delay * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))
        raise AssertionError("the last attempt returns or raises")

    async def _authorized(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None,
        operation: DataOperation | None,
        body: Callable[[], dict[str, Any]],
        **options: Any,
    ) -> Answer:
        """Send with a token; if the cloud refuses it, renew it and retry once.

        The call is also retried if the token cannot be renewed, because a single 401 may be temporary
        and a refused call has not been carried out.
        """
        token = await self.auth.access_token()
        try:
            return await self._counted(
                operation,
                method,
                path,
                headers={**(headers or {}), "Authorization": f"Bearer {token}"},
                **options,
                **body(),
            )
        except InvalidTokenError:
            token = await self.fresh_token(token)
        return await self._counted(
            operation,
            method,
            path,
            headers={**(headers or {}), "Authorization": f"Bearer {token}"},
            **options,
            **body(),
        )

    async def fresh_token(self, rejected: str) -> str:
        """Return another token after a 401, or the same one after a delay if there is no other."""
        try:
            return await self.auth.renew(rejected)
        except InvalidTokenError:
            await asyncio.sleep(self._retry_delay)
            return rejected

    async def _counted(
        self, operation: DataOperation | None, method: str, path: str, **options: Any
    ) -> Answer:
        """Send, and report the data operation unless the call certainly did not reach a device."""
        if operation is None or self.on_data_operation is None:
            return await self._transport.send(method, path, operation=operation, **options)
        charged = True
        try:
            return await self._transport.send(method, path, operation=operation, **options)
        except ParticleError as err:
            charged = _was_charged(err)
            raise
        finally:
            # Also on cancellation, because the call has been sent.
            if charged:
                _report(self.on_data_operation, operation)

    @asynccontextmanager
    async def open_stream(
        self, path: str, token: str, *, timeout: aiohttp.ClientTimeout, head_timeout: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open an event stream with a token; the caller checks and reads the response.

        Args:
            path: Encoded path, starting with ``/v1``.
            token: Access token.
            timeout: Timeouts for connecting and between two bytes.
            head_timeout: Timeout for the headers of the response in seconds.

        Raises:
            UnreachableError: The connection could not be established or was lost.
        """
        await self._transport.rate_limits.streams.take()
        async with self._transport.open(
            "GET",
            path,
            timeout=timeout,
            head_timeout=head_timeout,
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "text/event-stream",
                "Cache-Control": "no-cache",
            },
        ) as response:
            yield response


def validate_path(path: str) -> None:
    """Check that a path belongs to the API.

    Raises:
        InvalidRequestError: The path does not start with ``/v1/``, or contains a query or ``..``.
    """
    parts = path.split("/")
    if (
        not path.startswith("/v1/")
        or any(character in path for character in "?#\\@ ")
        or not path.isascii()
        or not path.isprintable()
        or any(part.lower().replace("%2e", ".") in {".", ".."} for part in parts)
    ):
        raise InvalidRequestError(
            "The path has to start with /v1/ and must not contain '?', '#', spaces or '..'",
            argument="path",
        )


def _body(
    json: Any,
    form: Mapping[str, str] | None,
    data: Callable[[], aiohttp.FormData] | bytes | None,
) -> Callable[[], dict[str, Any]]:
    """Return a function that creates the body, because a multipart body can be sent only once."""

    def make() -> dict[str, Any]:
        if form is not None:
            return {"data": dict(form)}
        if data is not None:
            return {"data": data if isinstance(data, bytes) else data()}
        return {} if json is None else {"json": json}

    return make


def _is_transient(err: CloudError | UnreachableError) -> bool:
    """Whether retrying is likely to help."""
    if isinstance(err, CloudError):
        return err.status in _TRANSIENT_STATUSES
    return type(err) is UnreachableError


def _report(callback: Callable[[DataOperation], None], operation: DataOperation) -> None:
    """Report a data operation; an error in the callback must not lose the answer."""
    try:
        callback(operation)
    except Exception:
        _LOGGER.exception("Error while counting a data operation")


def _was_charged(err: ParticleError) -> bool:
    """Return False if the cloud refused the call or did not receive it."""
    match err:
        case UnreachableError() | MalformedAnswerError():
            return err.may_have_run
        case (
            AuthenticationError()
            | PermissionDeniedError()
            | NotFoundError()
            | DeviceOfflineError()
            | RateLimitedError()
            | QuotaExceededError()
        ):
            return False
    return True
