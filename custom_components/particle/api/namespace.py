"""What the namespaces of the client have in common."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from .errors import InvalidRequestError
from .parsing import Json, int_of, objects_of
from .session import CloudSession
from .transport import Answer, Query

# A server that always announces one more page must not keep the client for ever.
MAX_PAGES = 10_000


class Namespace:
    """One chapter of the Cloud API."""

    def __init__(self, session: CloudSession) -> None:
        """Initialize the namespace."""
        self._session = session

    async def _pages(
        self, call: tuple[str, str], *, query: Query | None = None, per_page: int = 100
    ) -> AsyncIterator[Answer]:
        """Ask for page after page until the answer says that there are no more.

        The documents name the size of a page ``perPage`` and the official client ``per_page``: both
        are sent.
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
        """The objects under one key of all pages."""
        async for answer in self._pages(call, query=query, per_page=per_page):
            found = objects_of(answer.array(key))
            for item in found:
                yield item
            if not found:
                return


def total_pages(body: object) -> int:
    """Number of pages out of an answer's ``meta``; 1 where it does not say."""
    meta = body.get("meta") if isinstance(body, Mapping) else None
    return (int_of(meta.get("total_pages")) or 1) if isinstance(meta, Mapping) else 1


def without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields without those that are None."""
    return {key: value for key, value in fields.items() if value is not None}


def require_any(fields: Mapping[str, Any], argument: str) -> dict[str, Any]:
    """Return the fields without those that are None, of which at least one must be left.

    Raises:
        InvalidRequestError: All fields are None.
    """
    if not (found := without_none(fields)):
        raise InvalidRequestError("There is nothing to change", argument=argument)
    return found


def require_text(value: str, argument: str, what: str) -> str:
    """Return text without the white space around it.

    Raises:
        InvalidRequestError: It is empty.
    """
    if not isinstance(value, str) or not (text := value.strip()):
        raise InvalidRequestError(f"The {what} is empty", argument=argument)
    return text
