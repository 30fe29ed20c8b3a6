"""What is known of one board at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .api import Device, VariableType

type Value = bool | int | float | str | None


class Source(StrEnum):
    """How a value reached Home Assistant."""

    POLL = "poll"
    EVENT = "event"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Reading:
    """A variable's value.

    Attributes:
        value: As the firmware gave it; text that holds JSON stays text.
        read_at: When it was read, UTC.
        source: How it reached Home Assistant.
    """

    value: Value
    read_at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class BoardState:
    """What is known of a board.

    Attributes:
        device: What the cloud says of it.
        online: Whether it is connected, as far as is known.
        functions: Names of its functions; the last known ones while it is offline.
        variables: Its variables and their types; the last known ones while it is offline.
        readings: The last value of each variable that was read.
        fresh_since: Readings from before this moment come from an earlier connection.
        answering: False after a request that the board did not answer, until it is heard again.
    """

    device: Device
    online: bool
    functions: tuple[str, ...] = ()
    variables: Mapping[str, VariableType] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    fresh_since: datetime | None = None
    answering: bool = True

    def is_fresh(self, variable: str) -> bool:
        """Whether the variable has a value that was read over the present connection."""
        reading = self.readings.get(variable)
        if reading is None:
            return False
        return self.fresh_since is None or reading.read_at >= self.fresh_since
