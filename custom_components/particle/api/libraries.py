"""Firmware libraries."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from .endpoint import Endpoint
from .errors import InvalidRequestError
from .namespace import MAX_PAGES, Namespace, require_text
from .parsing import (
    Json,
    bool_of,
    child_of,
    id_of,
    int_of,
    mapping_of,
    objects_of,
    text_of,
    texts_of,
)
from .transport import Query
from .uploads import binary_form

SEARCH_LIBRARIES = Endpoint("GET", "/v1/libraries")
GET_LIBRARY = Endpoint("GET", "/v1/libraries/:name")
LIST_LIBRARY_VERSIONS = Endpoint("GET", "/v1/libraries/:name/versions")
UPLOAD_LIBRARY = Endpoint("POST", "/v1/libraries")
PUBLISH_LIBRARY = Endpoint("PATCH", "/v1/libraries/:name")
DELETE_LIBRARY = Endpoint("DELETE", "/v1/libraries/:name")

MAX_PAGE_SIZE = 100
_SORTS = {
    "name",
    "installs",
    "popularity",
    "published",
    "updated",
    "created",
    "official",
    "verified",
}


class LibraryScope(StrEnum):
    """Kinds of libraries to search."""

    ALL = "all"
    OFFICIAL = "official"
    PUBLIC = "public"
    MINE = "mine"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Library:
    """One version of a library.

    Attributes:
        download_url: URL of the source archive.
        mine: Whether the user is the author.
    """

    name: str
    version: str | None = None
    author: str | None = None
    license: str | None = None
    sentence: str | None = None
    url: str | None = None
    repository: str | None = None
    architectures: tuple[str, ...] = ()
    installs: int | None = None
    visibility: str | None = None
    official: bool = False
    verified: bool = False
    mine: bool = False
    download_url: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a library in JSON:API format.

        Raises:
            MalformedAnswerError: It is not an object, or has no name.
        """
        data = mapping_of(value, "library")
        attributes = child_of(data, "attributes")
        return cls(
            name=text_of(attributes.get("name")) or id_of(data, "library"),
            version=text_of(attributes.get("version")),
            author=text_of(attributes.get("author")),
            license=text_of(attributes.get("license")),
            sentence=text_of(attributes.get("sentence")),
            url=text_of(attributes.get("url")),
            repository=text_of(attributes.get("repository")),
            architectures=texts_of(attributes.get("architectures")),
            installs=int_of(attributes.get("installs")),
            visibility=text_of(attributes.get("visibility") or data.get("visibility")),
            official=bool_of(attributes.get("official")) or False,
            verified=bool_of(attributes.get("verified")) or False,
            mine=bool_of(attributes.get("mine")) or False,
            download_url=text_of(child_of(data, "links").get("download")),
            raw=data,
        )


class Libraries(Namespace):
    """Libraries that the user has access to."""

    async def search(
        self,
        text: str | None = None,
        *,
        sort: str | None = None,
        library_scope: LibraryScope | None = None,
        exclude_scopes: Iterable[LibraryScope] = (),
        architectures: Iterable[str] = (),
        category: str | None = None,
        page_size: int = MAX_PAGE_SIZE,
    ) -> AsyncIterator[Library]:
        """Search for libraries.

        Args:
            text: Part of the name.
            sort: name, installs, popularity, published, updated, created, official or verified; with
                the prefix ``-`` in reverse.
            library_scope: Kind of libraries to search.
            exclude_scopes: Kinds of libraries to exclude.
            architectures: Only libraries for this hardware.
            category: Only libraries in this category.
            page_size: Number of libraries in each request, up to 100.
        """
        if sort is not None and sort.removeprefix("-") not in _SORTS:
            raise InvalidRequestError(
                f"Sorting is possible by {', '.join(sorted(_SORTS))}", argument="sort"
            )
        if not 1 <= page_size <= MAX_PAGE_SIZE:
            raise InvalidRequestError("A page has 1 to 100 libraries", argument="page_size")
        query: Query = {
            "filter": text or None,
            "sort": sort,
            "scope": LibraryScope(library_scope).value if library_scope else None,
            "excludeScopes": ",".join(exclude_scopes) or None,
            "architectures": ",".join(architectures) or None,
            "category": category,
        }
        async for library in self._list(SEARCH_LIBRARIES.at(), query, page_size):
            yield library

    async def get(
        self,
        name: str,
        *,
        version: str | None = None,
        library_scope: LibraryScope | None = None,
    ) -> Library:
        """Get one library; without a version, the latest."""
        answer = await self._session.request(
            *GET_LIBRARY.at(name=require_text(name, "name", "name")),
            query={
                "version": version,
                "scope": LibraryScope(library_scope).value if library_scope else None,
            },
        )
        return answer.read(Library.from_json, "data")

    async def versions(
        self, name: str, *, library_scope: LibraryScope | None = None
    ) -> AsyncIterator[Library]:
        """List the versions of a library."""
        query: Query = {"scope": LibraryScope(library_scope).value if library_scope else None}
        async for library in self._list(
            LIST_LIBRARY_VERSIONS.at(name=require_text(name, "name", "name")), query, MAX_PAGE_SIZE
        ):
            yield library

    async def upload(self, archive: bytes) -> Library:
        """Upload a library, which is private until it is published.

        Args:
            archive: The library's folder as tar.gz.

        Raises:
            InvalidRequestError: The archive or its content is not valid.
        """
        if not archive.startswith(b"\x1f\x8b"):
            raise InvalidRequestError("A library is a tar.gz archive", argument="archive")
        answer = await self._session.request(
            *UPLOAD_LIBRARY.at(),
            data=lambda: binary_form(
                archive, "archive.tar.gz", part="archive", content_type="application/gzip"
            ),
            timeout=120,
        )
        return answer.read(Library.from_json, "data")

    async def publish(self, name: str) -> Library:
        """Make a library public; this cannot be undone."""
        answer = await self._session.request(
            *PUBLISH_LIBRARY.at(name=require_text(name, "name", "name")),
            json={"visibility": "public"},
        )
        return answer.read(lambda data: Library.from_json({"id": name, **data}), "data")

    async def delete(self, name: str, *, force: str | None = None) -> None:
        """Delete a library.

        Args:
            name: Library.
            force: A token from the cloud for deleting libraries in use.
        """
        await self._session.request(
            *DELETE_LIBRARY.at(name=require_text(name, "name", "name")),
            json={"force": force} if force is not None else None,
        )

    async def _list(
        self, call: tuple[str, str], query: Query, limit: int
    ) -> AsyncIterator[Library]:
        """Yield the libraries of all pages; a page that is not full is the last one."""
        for page in range(1, MAX_PAGES + 1):
            paging: Query = {**query, "page": page, "limit": limit}
            answer = await self._session.request(*call, query=paging)
            found = objects_of(answer.array("data"))
            for item in found:
                yield Library.from_json(item)
            if len(found) < limit:
                return
