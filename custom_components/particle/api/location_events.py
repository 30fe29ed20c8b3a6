"""Location events of trackers: ``loc``, and ``loc-enhanced``, which the cloud has improved."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from .models import CloudEvent
from .parsing import Json, bool_of, child_of, float_of, int_of, loads, text_of, texts_of


@dataclass(frozen=True, slots=True)
class LocationEvent:
    """Location of a tracker.

    Attributes:
        latitude: Degrees; None without a fix.
        longitude: Degrees; None without a fix.
        altitude: Meters.
        heading: Degrees.
        speed: Meters a second.
        horizontal_accuracy: Meters.
        vertical_accuracy: Meters.
        battery: Percent.
        cell_signal: Percent.
        locked: Whether there was a satellite fix.
        enhanced: Whether the cloud has improved the location.
        triggers: Reasons for publishing, such as ``time`` or ``imu_m``.
        request_id: Sequence number of the tracker's message.
    """

    event: CloudEvent
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    heading: float | None = None
    speed: float | None = None
    horizontal_accuracy: float | None = None
    vertical_accuracy: float | None = None
    battery: float | None = None
    cell_signal: float | None = None
    locked: bool | None = None
    time: datetime | None = None
    enhanced: bool = False
    triggers: tuple[str, ...] = ()
    request_id: int | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)


def parse_location_event(event: CloudEvent) -> LocationEvent | None:
    """Parse a location event.

    Returns:
        The location; None for other events and for invalid data.
    """
    if event.name not in {"loc", "loc-enhanced"}:
        return None
    try:
        data = loads(event.data or "")
    except ValueError:
        return None
    if not isinstance(data, dict) or text_of(data.get("cmd")) not in {"loc", "loc-enhanced", None}:
        return None
    loc = child_of(data, "loc")
    if not loc:
        return None
    latitude, longitude = float_of(loc.get("lat")), float_of(loc.get("lon"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        latitude = longitude = None
    return LocationEvent(
        event,
        latitude=latitude,
        longitude=longitude,
        altitude=float_of(loc.get("alt")),
        heading=float_of(loc.get("hd")),
        speed=float_of(loc.get("spd")),
        horizontal_accuracy=float_of(loc.get("h_acc")),
        vertical_accuracy=float_of(loc.get("v_acc")),
        battery=float_of(loc.get("batt")),
        cell_signal=float_of(loc.get("cell")),
        locked=bool_of(loc.get("lck")),
        time=_moment(data.get("time")) or _moment(loc.get("time")),
        enhanced=event.name == "loc-enhanced",
        triggers=texts_of(data.get("trig")),
        request_id=int_of(data.get("req_id")),
        raw=data,
    )


def _moment(value: object) -> datetime | None:
    """Return the time for a Unix timestamp."""
    seconds = float_of(value)
    if seconds is None or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
