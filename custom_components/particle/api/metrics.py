"""Metrics of a product's devices in time buckets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Self

from .endpoint import PRODUCT_ONLY, Endpoint
from .namespace import Namespace
from .parsing import Json, datetime_of, int_of, mapping_of, objects_of
from .scope import Scope

GET_METRIC = Endpoint("GET", "/v1/metrics/:metric", PRODUCT_ONLY)


@dataclass(frozen=True, slots=True)
class MetricBucket:
    """The counts in one time bucket.

    Attributes:
        time: Start of the bucket.
        counts: Counts by name, such as ``success``; zeros may be missing.
    """

    time: datetime | None
    counts: Mapping[str, int]
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a bucket.

        Raises:
            MalformedAnswerError: It is not an object.
        """
        data = mapping_of(value, "bucket")
        counts = {
            name: count
            for name, item in data.items()
            if name != "time" and (count := int_of(item)) is not None
        }
        return cls(datetime_of(data.get("time")), MappingProxyType(counts), data)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFilter:
    """Filter for metrics; None means the cloud's default.

    Attributes:
        start: Start of the period; by default now.
        end: End of the period; by default now.
        bucket_seconds: Length of a bucket, more than 15; 900 by default.
        firmware_version: Only devices with this version of the product's firmware.
        device_os_version: Only devices with this version of Device OS.
        group: Only devices of this group.
    """

    start: datetime | None = None
    end: datetime | None = None
    bucket_seconds: int | None = None
    firmware_version: int | None = None
    device_os_version: str | None = None
    group: str | None = None


class Metrics(Namespace):
    """Metrics of a product's devices. Every method takes the product as its scope and a filter."""

    async def online(
        self, *, scope: Scope, only: MetricFilter = MetricFilter()
    ) -> tuple[MetricBucket, ...]:
        """Count devices that are online: ``count``."""
        return await self._buckets("online", scope, only)

    async def events(
        self, *, scope: Scope, only: MetricFilter = MetricFilter()
    ) -> tuple[MetricBucket, ...]:
        """Count events that devices published: ``received``."""
        return await self._buckets("events", scope, only)

    async def integrations(
        self, *, scope: Scope, only: MetricFilter = MetricFilter()
    ) -> tuple[MetricBucket, ...]:
        """Count calls of integrations: ``success``, ``failure``, ``sleep``."""
        return await self._buckets("integration", scope, only)

    async def functions(
        self, *, scope: Scope, only: MetricFilter = MetricFilter()
    ) -> tuple[MetricBucket, ...]:
        """Count function calls: ``success``, ``failure``, ``offline``."""
        return await self._buckets("functions", scope, only)

    async def variables(
        self, *, scope: Scope, only: MetricFilter = MetricFilter()
    ) -> tuple[MetricBucket, ...]:
        """Count variable reads: ``success``, ``failure``, ``offline``."""
        return await self._buckets("variables", scope, only)

    async def _buckets(
        self, metric: str, scope: Scope, only: MetricFilter
    ) -> tuple[MetricBucket, ...]:
        answer = await self._session.request(
            *GET_METRIC.at(scope, metric=metric),
            query={
                "start_date": only.start.isoformat() if only.start else None,
                "end_date": only.end.isoformat() if only.end else None,
                "bucket_size": only.bucket_seconds,
                "product_fw": only.firmware_version,
                "device_os_version": only.device_os_version,
                "device_group": only.group,
            },
        )
        found = answer.array("integrations" if metric == "integration" else metric)
        return tuple(MetricBucket.from_json(item) for item in objects_of(found))
