"""What all devices of an account use."""

from collections.abc import Callable
from dataclasses import dataclass

from ..api import ParticleCloud
from ..data_operations.meter import DataOperations
from ..slices.work import SlicedWork


@dataclass(frozen=True, slots=True)
class SharedByDevices:
    """What all devices of an account use.

    Attributes:
        cloud: The client.
        operations: The budget.
        work: Where entities are updated in slices.
        polled_variables: How many variables all devices together have read.
        request_listing: Asks for a new listing soon.
        request_save: Has new values written soon, so that a restart need not read them again.
    """

    cloud: ParticleCloud
    operations: DataOperations
    work: SlicedWork
    polled_variables: Callable[[], int]
    request_listing: Callable[[], None]
    request_save: Callable[[], None]
