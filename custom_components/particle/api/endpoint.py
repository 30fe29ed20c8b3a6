"""Says which endpoint of the API a method of the client calls, where people and scripts can read it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """One endpoint as the API's documentation writes it, such as ``GET /v1/devices/:device``."""

    path: str
    method: str


def endpoint[T: Callable[..., object]](method: str, *paths: str) -> Callable[[T], T]:
    """Mark a method of a group with the endpoint that it calls; several paths are several scopes."""

    def mark(function: T) -> T:
        # The attribute is for scripts; at run time nothing reads it.
        known: tuple[Endpoint, ...] = getattr(function, "endpoints", ())
        marked = known + tuple(Endpoint(path, method) for path in paths)
        setattr(function, "endpoints", marked)  # noqa: B010
        return function

    return mark
