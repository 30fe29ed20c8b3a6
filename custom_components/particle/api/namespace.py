"""Base class and helpers of the namespaces."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from .errors import InvalidRequestError
from .parsing import Json, int_of, objects_of
from .session import CloudSession
from .transport import Answer, Query

# Limits the number of requests if a server always reports another page.
MAX_PAGES = 10_000


class Namespace:
    """Base class of the namespaces of the Cloud API."""

    def __init__(self, session: CloudSession) -> None:
        """Initialize the namespace."""
        self._session = session

    async def _pages(
        self, call: tuple[str, str], *, query: Query | None = None, per_page: int = 100
    ) -> AsyncIterator[Answer]:
        """Yield the answers of all pages.

        Both ``perPage`` from the documentation and ``per_page`` from the official client are sent.
        """
        for page in range(1, MAX_PAGES + 1):
            paging: Query = {"page": page, "per_page": per_page, "perPage": per_page}
            answer = await self._session.request(*call, query={**(query or {}), **paging})
            yield answer
            if page >= total_pages(answer.json):
                return

    async def _paged_objects(
        self, call: tuple[str, str], key: str, *, query: Query | None = None, per_page: int = 100
    ) -> AsyncIterator[Json]:
        """Yield the objects under a key of all pages."""
        async for answer in self._pages(call, query=query, per_page=per_page):
            found = objects_of(answer.array(key))
            for item in found:
                yield item
            if not found:
                return


def total_pages(body: object) -> int:
    """Return the number of pages in an answer's ``meta``; 1 if unknown."""
    meta = body.get("meta") if isinstance(body, Mapping) else None
    return (int_of(meta.get("total_pages")) or 1) if isinstance(meta, Mapping) else 1


def without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields without those that are None."""
    return {key: value for key, value in fields.items() if value is not None}


def require_any(fields: Mapping[str, Any], argument: str) -> dict[str, Any]:
    """Return the fields without those that are None, of which there must be at least one.

    Raises:
        InvalidRequestError: All fields are None.
    """
    if not (found := without_none(fields)):
        raise InvalidRequestError("There is nothing to change", argument=argument)
    return found


def require_text(value: str, argument: str, what: str) -> str:
    """Return a text without surrounding whitespace.

    Raises:
        InvalidRequestError: The text is empty.
    """
    if not isinstance(value, str) or not (text := value.strip()):
        raise InvalidRequestError(f"The {what} is empty", argument=argument)
    return text
