"""Current and past locations of a product's devices."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from .endpoint import PRODUCT_ONLY, Endpoint
from .models import normal_device_id
from .namespace import Namespace
from .parsing import (
    Json,
    bool_of,
    child_of,
    datetime_of,
    float_of,
    id_of,
    mapping_of,
    objects_of,
    text_of,
    texts_of,
)
from .scope import Scope

LIST_LOCATIONS = Endpoint("GET", "/v1/locations", PRODUCT_ONLY)
GET_LOCATION = Endpoint("GET", "/v1/locations/:device_id", PRODUCT_ONLY)
GET_FLEET_LOCATIONS = Endpoint("GET", "/v1/fleet_locations", PRODUCT_ONLY)


@dataclass(frozen=True, slots=True)
class Point:
    """A location at a point in time.

    Attributes:
        latitude: Degrees.
        longitude: Degrees.
        time: The time; None if unknown.
        properties: For example ``speed``, ``hd`` (heading), ``acc_h`` (meters), ``temp``.
    """

    latitude: float
    longitude: float
    time: datetime | None = None
    properties: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class DeviceLocation:
    """Current and past locations of a device.

    Attributes:
        points: The locations in the order of the answer.
    """

    device_id: str
    device_name: str | None = None
    online: bool | None = None
    gps_lock: bool | None = None
    last_heard: datetime | None = None
    groups: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a location object with a point or a line in it.

        Raises:
            MalformedAnswerError: It is not an object, or has no device ID.
        """
        data = mapping_of(value, "location")
        return cls(
            device_id=normal_device_id(id_of(data, "location", "device_id", "id")),
            device_name=text_of(data.get("device_name")),
            online=bool_of(data.get("online")),
            gps_lock=bool_of(data.get("gps_lock")),
            last_heard=datetime_of(data.get("last_heard")),
            groups=texts_of(data.get("groups")),
            points=_points(data),
            raw=data,
        )


def _points(data: Json) -> tuple[Point, ...]:
    coordinates = child_of(data, "geometry").get("coordinates")
    if not isinstance(coordinates, list):
        return ()
    if coordinates and not isinstance(coordinates[0], list):
        coordinates = [coordinates]
    times = texts_of(data.get("timestamps"))
    properties = objects_of(data.get("properties"))
    points = []
    for place, pair in enumerate(coordinates):
        if not isinstance(pair, list) or len(pair) < 2:
            continue
        longitude, latitude = float_of(pair[0]), float_of(pair[1])
        if longitude is None or latitude is None:
            continue
        points.append(
            Point(
                latitude,
                longitude,
                datetime_of(times[place]) if place < len(times) else None,
                properties[place] if place < len(properties) else {},
            )
        )
    return tuple(points)


class Locations(Namespace):
    """Locations of a product's devices. Every method takes the product as its scope."""

    async def list(
        self,
        *,
        scope: Scope,
        date_range: tuple[datetime, datetime] | None = None,
        rect: tuple[tuple[float, float], tuple[float, float]] | None = None,
        device_ids: str | None = None,
        device_name: str | None = None,
        groups: Iterable[str] = (),
    ) -> AsyncIterator[DeviceLocation]:
        """List devices with their locations.

        Args:
            scope: Product.
            date_range: Start and end of a period, for all locations within it.
            rect: South-western and north-eastern corner, each as latitude and longitude.
            device_ids: Part of a device ID.
            device_name: Part of a device name.
            groups: Groups of the product.
        """
        query: dict[str, Any] = {
            "date_range": _range(date_range),
            "device_id": device_ids,
            "device_name": device_name,
            "groups": ",".join(groups) or None,
        }
        if rect is not None:
            (south, west), (north, east) = rect
            query["rect_bl"] = f"{south},{west}"
            query["rect_tr"] = f"{north},{east}"
        async for answer in self._pages(LIST_LOCATIONS.at(scope), query=query):
            for item in objects_of(answer.array("locations", "location")):
                yield DeviceLocation.from_json(item)

    async def get(
        self,
        device_id: str,
        *,
        scope: Scope,
        date_range: tuple[datetime, datetime] | None = None,
    ) -> DeviceLocation:
        """Get the location of one device, or all its locations in a period."""
        answer = await self._session.request(
            *GET_LOCATION.at(scope, device_id=device_id),
            query={"date_range": _range(date_range)},
        )
        return answer.read(
            lambda data: DeviceLocation.from_json({"device_id": device_id, **data}), "location"
        )

    async def fleet(self, *, scope: Scope) -> Json:
        """Get the locations of all devices in the cloud's format for maps."""
        return (await self._session.request(*GET_FLEET_LOCATIONS.at(scope))).object


def _range(date_range: tuple[datetime, datetime] | None) -> str | None:
    return ",".join(moment.isoformat() for moment in date_range) if date_range else None
