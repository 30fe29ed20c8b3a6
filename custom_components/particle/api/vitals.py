"""Vitals of a device, as in the cloud's records and in events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from .parsing import Json, child_of, datetime_of, float_of, int_of, mapping_of, text_of


@dataclass(frozen=True, slots=True)
class Vitals:
    """Vitals of a device; values that were not measured are None.

    Attributes:
        signal_technology: ``Wi-Fi``, ``LTE`` and so on.
        signal_strength: Percent.
        signal_strength_value: In `signal_strength_unit`, usually dBm.
        signal_quality: Percent.
        signal_quality_value: In `signal_quality_unit`, usually dB.
        operator: Mobile network.
        network_disconnects: Since boot.
        cloud_disconnects: Since boot.
        network_disconnect_reason: Such as ``error`` or ``sleep``.
        cloud_disconnect_reason: Such as ``error`` or ``user``.
        round_trip: Milliseconds from the device to the cloud and back.
        rate_limited: Number of publishes that the device has rate-limited.
        battery_charge: Percent.
        battery_state: Such as ``charging``.
        power_source: Such as ``VIN``.
        uptime: Seconds since boot.
        memory_used: Bytes.
        memory_total: Bytes.
        session_uptime: Seconds since the session with the cloud began.
        service_round_trip: Milliseconds from the cloud to the device and back.
    """

    device_id: str | None = None
    updated_at: datetime | None = None
    signal_technology: str | None = None
    signal_strength: float | None = None
    signal_strength_value: float | None = None
    signal_strength_unit: str | None = None
    signal_quality: float | None = None
    signal_quality_value: float | None = None
    signal_quality_unit: str | None = None
    operator: str | None = None
    network_disconnects: int | None = None
    network_disconnect_reason: str | None = None
    cloud_disconnects: int | None = None
    cloud_disconnect_reason: str | None = None
    round_trip: float | None = None
    rate_limited: int | None = None
    battery_charge: float | None = None
    battery_state: str | None = None
    power_source: str | None = None
    uptime: int | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    session_uptime: int | None = None
    service_round_trip: float | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a record of the cloud, or only the payload as in an event.

        A failed measurement has an object such as ``{"err": -210}`` instead of its value.

        Raises:
            MalformedAnswerError: It is not an object.
        """
        data = mapping_of(value, "vitals")
        payload = child_of(data, "payload") or data
        device = child_of(payload, "device")
        service = child_of(payload, "service")
        signal = child_of(device, "network", "signal")
        network = child_of(device, "network", "connection")
        cloud = child_of(device, "cloud", "connection")
        battery = child_of(device, "power", "battery")
        memory = child_of(device, "system", "memory")
        return cls(
            device_id=text_of(data.get("deviceID") or data.get("device_id")),
            updated_at=datetime_of(data.get("updated_at")),
            signal_technology=text_of(signal.get("at")),
            signal_strength=float_of(signal.get("strength")),
            signal_strength_value=float_of(signal.get("strengthv")),
            signal_strength_unit=text_of(signal.get("strengthv_units")),
            signal_quality=float_of(signal.get("quality")),
            signal_quality_value=float_of(signal.get("qualityv")),
            signal_quality_unit=text_of(signal.get("qualityv_units")),
            operator=text_of(child_of(device, "network", "cellular").get("operator")),
            network_disconnects=int_of(network.get("disconnects")),
            network_disconnect_reason=text_of(network.get("disconnect_reason")),
            cloud_disconnects=int_of(cloud.get("disconnects")),
            cloud_disconnect_reason=text_of(cloud.get("disconnect_reason")),
            round_trip=float_of(child_of(device, "cloud", "coap").get("round_trip")),
            rate_limited=int_of(child_of(device, "cloud", "publish").get("rate_limited")),
            battery_charge=float_of(battery.get("charge")),
            battery_state=text_of(battery.get("state")),
            power_source=text_of(child_of(device, "power").get("source")),
            uptime=int_of(child_of(device, "system").get("uptime")),
            memory_used=int_of(memory.get("used")),
            memory_total=int_of(memory.get("total")),
            session_uptime=int_of(child_of(service, "cloud").get("uptime")),
            service_round_trip=float_of(child_of(service, "coap").get("round_trip")),
            raw=data,
        )

    @property
    def memory_used_percent(self) -> float | None:
        """Percentage of used memory."""
        if self.memory_used is None or not self.memory_total:
            return None
        return 100 * self.memory_used / self.memory_total

    @property
    def errors(self) -> Mapping[str, int | None]:
        """Error codes of failed measurements by path, such as ``power.battery``."""
        found: dict[str, int | None] = {}
        payload = child_of(self.raw, "payload") or self.raw
        _collect_errors(child_of(payload, "device"), "", found, 0)
        return found


def _collect_errors(node: Json, place: str, found: dict[str, int | None], depth: int) -> None:
    for key, value in node.items():
        if not isinstance(value, Mapping) or depth > 8:
            continue
        name = f"{place}.{key}" if place else str(key)
        if "err" in value:
            found[name] = int_of(value["err"])
        else:
            _collect_errors(value, name, found, depth + 1)
