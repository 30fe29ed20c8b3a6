"""Objects that all devices of an account share."""

from collections.abc import Callable
from dataclasses import dataclass

from ..api import ParticleCloud
from ..data_operations.meter import DataOperations
from ..slices.work import SlicedWork


@dataclass(frozen=True, slots=True)
class SharedByDevices:
    """Objects that all devices of an account share.

    Attributes:
        cloud: The client.
        operations: Counts and budgets data operations.
        work: Updates entities in slices.
        polled_variables: Returns the number of polled variables on all devices together.
        request_listing: Requests a new listing.
        request_save: Schedules saving the values, so that they need not be read again after a restart.
    """

    cloud: ParticleCloud
    operations: DataOperations
    work: SlicedWork
    polled_variables: Callable[[], int]
    request_listing: Callable[[], None]
    request_save: Callable[[], None]
