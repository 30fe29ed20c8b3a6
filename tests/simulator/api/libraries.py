"""Firmware libraries, in JSON:API format."""

from collections.abc import Callable
import io
import tarfile
from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Endpoint, Routes
from tests.simulator.errors import ApiError
from tests.simulator.world import Library

routes = Routes("Libraries")

_SORT: dict[str, Callable[[Library], Any]] = {
    "name": lambda one: one.name.lower(),
    "installs": lambda one: one.installs,
    "popularity": lambda one: -one.installs,
    "published": lambda one: one.published,
    "updated": lambda one: one.published,
    "created": lambda one: one.created,
    "official": lambda one: not one.official,
    "verified": lambda one: not one.verified,
}
_SCOPES = ("all", "official", "verified", "featured", "public", "mine", "private")


@routes.add("GET", "/v1/libraries", "List and search libraries", Access.ANY)
async def list_libraries(call: Call) -> web.Response:
    """List the newest versions: filtered, sorted and paginated."""
    newest: dict[str, Library] = {}
    for one in call.world.libraries.versions:
        if _visible(call, one):
            best = newest.get(one.name.lower())
            if best is None or one.number > best.number:
                newest[one.name.lower()] = one
    found = [one for one in newest.values() if _matches(call, one)]
    found.sort(key=lambda one: one.name.lower())
    # The first key has precedence, so it is sorted by last.
    for order in reversed((call.query("sort") or "popularity").split(",")):
        key = _SORT.get(order.removeprefix("-"))
        if key is None:
            raise _error(400, f"sort must be of {', '.join(_SORT)}")
        found.sort(key=key, reverse=order.startswith("-"))
    return answer({"data": [_shown(call, one) for one in _page(call, found)]})


@routes.add("GET", "/v1/libraries/{library}", "Get a library", Access.ANY)
async def get_library(call: Call) -> web.Response:
    """Return the newest version of a library, or the requested one."""
    wanted = call.query("version")
    for one in _named(call):
        if wanted in (None, "latest", one.version):
            return answer({"data": _shown(call, one)})
    raise _error(404, f"Version {wanted} not found")


@routes.add("GET", "/v1/libraries/{library}/versions", "List versions of a library", Access.ANY)
async def list_versions(call: Call) -> web.Response:
    """List all versions of a library, newest first."""
    return answer({"data": [_shown(call, one) for one in _page(call, _named(call))]})


@routes.add("POST", "/v1/libraries", "Contribute a library")
@routes.add("POST", "/v1/libraries/{library}", "Contribute a library")
async def contribute(call: Call) -> web.Response:
    """Accept a new version as a tar.gz with a library.properties; it is private at first."""
    files = [file for file in call.body.files if file.part in ("archive", "file")]
    if not files:
        raise _error(400, "archive is required")
    properties = _properties(files[0].content)
    name, version = properties.get("name", ""), properties.get("version", "")
    if not name or not version:
        raise _error(400, "library.properties must have name and version")
    contributed = Library(
        name,
        version,
        properties.get("author", call.token.username),
        properties.get("sentence", ""),
        properties.get("license", ""),
        call.token.username,
        "private",
        verified=False,
        created=call.world.new_number(),
        archive=files[0].content,
    )
    existing = call.world.libraries.named(name)
    if existing and existing[0].owner != call.token.username:
        raise _error(403, "This library belongs to someone else")
    if existing and contributed.number <= existing[0].number:
        *head, last = existing[0].number
        least = ".".join(str(part) for part in (*head, last + 1))
        raise _error(
            400,
            f"This version is not valid. Version must be greater than or equal to {least}",
        )
    call.world.libraries.versions.append(contributed)
    return answer({"data": _shown(call, contributed)}, 201)


@routes.add("PATCH", "/v1/libraries/{library}", "Publish a library")
async def publish_library(call: Call) -> web.Response:
    """Make the newest version public."""
    if call.text("visibility", "") != "public":
        raise _error(400, "visibility must be public")
    newest = _mine(call)[0]
    newest.visibility = "public"
    newest.published = call.world.new_number()
    return answer({"data": _shown(call, newest)})


@routes.add("DELETE", "/v1/libraries/{library}", "Delete a library")
async def delete_library(call: Call) -> web.Response:
    """Delete a library; a public one requires `force`."""
    versions = _mine(call)
    public = any(one.visibility == "public" for one in versions)
    if public and not call.text("force", ""):
        raise _error(400, "A public library can only be deleted with force")
    for one in versions:
        call.world.libraries.versions.remove(one)
    return answer(status=204)


async def get_archive(call: Call) -> web.Response:
    """Return the archive of a version, which listings link to; no token is required."""
    found = call.world.libraries.by_filename(call.path("file"))
    if found is None:
        raise _error(404, "Archive not found")
    return web.Response(body=found.packed(), content_type="application/x-gzip")


# In the real cloud, archives are on a different server, so this is not an endpoint of the API.
ARCHIVE = Endpoint("GET", "/library-archives/{file}", "", "", get_archive, Access.OPEN)


def _visible(call: Call, one: Library) -> bool:
    """Return whether the caller has access to a version."""
    return one.visibility == "public" or one.owner == call.token.username


def _matches(call: Call, one: Library) -> bool:
    """Return whether a library matches the filters of a search."""
    scope = call.query("scope") or "all"
    excluded = (call.query("excludeScopes") or "").split(",")
    if scope not in _SCOPES:
        raise _error(400, f"scope must be one of {', '.join(_SCOPES)}")
    scopes = {
        "all": True,
        "official": one.official,
        "verified": one.verified,
        "featured": one.featured,
        "public": one.visibility == "public",
        "private": one.visibility == "private",
        "mine": one.owner == call.token.username,
    }
    if not scopes[scope] or any(scopes.get(name, False) for name in excluded):
        return False
    wanted = {name for name in (call.query("architectures") or "").split(",") if name}
    if wanted and one.architectures and not wanted & set(one.architectures):
        return False
    category = call.query("category")
    if category is not None and one.category != category:
        return False
    return (call.query("filter") or "").lower() in one.name.lower()


def _page(call: Call, found: list[Library]) -> list[Library]:
    """Return the requested page."""
    page = call.number("page", default=1)
    limit = min(100, call.number("limit", default=10))
    return found[(page - 1) * limit : page * limit]


def _named(call: Call) -> list[Library]:
    """Return the visible versions of the library in the path."""
    named = call.world.libraries.named(call.path("library"))
    found = [one for one in named if _visible(call, one)]
    if not found:
        raise _error(404, f"Library {call.path('library')} not found")
    return found


def _mine(call: Call) -> list[Library]:
    """Return the versions of the library in the path, if it belongs to the caller."""
    found = [one for one in _named(call) if one.owner == call.token.username]
    if not found:
        raise _error(403, "This library belongs to someone else")
    return found


def _shown(call: Call, one: Library) -> dict[str, Any]:
    """Return a version as JSON."""
    return one.as_json(call.token.username, call.cloud.base_url)


def _properties(archive: bytes) -> dict[str, str]:
    """Return the library.properties of an archive."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            for member in tar.getmembers():
                if member.name.rpartition("/")[2] != "library.properties":
                    continue
                content = tar.extractfile(member)
                lines = content.read().decode(errors="replace").splitlines() if content else []
                pairs = (line.partition("=") for line in lines if "=" in line)
                return {key.strip(): value.strip() for key, _, value in pairs}
    except tarfile.TarError, OSError, EOFError:
        raise _error(400, "The archive is not a tar.gz file") from None
    raise _error(400, "The archive has no library.properties")


def _error(status: int, message: str) -> ApiError:
    """Return an error in the format of this chapter."""
    return ApiError(status, {"errors": [{"message": message}]})
