"""Reports about webhooks, and the answers of their targets, which come in numbered parts.

The cloud cuts an answer into parts of 512 bytes, numbers them in the events' names, sends them in any
order, and tells neither their number nor the end. So the end is known when a part is clearly shorter
than 512 bytes and all before it are there; where the length is an exact multiple, when no more has come
for a while.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
import re

from .models import CloudEvent

PART_SIZE = 512
MAX_PARTS = 200  # 100 KB
PATIENCE = 5.0
MAX_OPEN = 100

_REPORT = re.compile(
    r"(?:(?P<device>[0-9a-f]{24})/)?(?P<kind>hook-sent|hook-response|hook-error)/(?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)


class HookReport(StrEnum):
    """What the cloud reports about a webhook."""

    SENT = "hook-sent"
    RESPONSE = "hook-response"
    ERROR = "hook-error"


@dataclass(frozen=True, slots=True)
class HookEvent:
    """One report.

    Attributes:
        event: The event as it came.
        trigger: Full name of the event that triggered the webhook.
        part: Number of the part, from 0; None where the name has none.
        device_id: Device that triggered it, where the name tells.
    """

    event: CloudEvent
    report: HookReport
    trigger: str
    part: int | None = None
    device_id: str | None = None


def parse_hook_event(event: CloudEvent) -> HookEvent | None:
    """Read a report about a webhook.

    Returns:
        None for an event that is none; topics that the user has named himself are not recognized.
    """
    match = _REPORT.fullmatch(event.name)
    if match is None:
        return None
    report = HookReport(match["kind"].lower())
    trigger, part = match["rest"], None
    if report is not HookReport.SENT:
        trigger, part = split_part(trigger)
    device = match["device"]
    return HookEvent(event, report, trigger, part, device.lower() if device else None)


def split_part(name: str) -> tuple[str, int | None]:
    """Take the part's number off a name."""
    stem, slash, number = name.rpartition("/")
    if slash and stem and number.isascii() and number.isdigit() and len(number) <= 6:
        return stem, int(number)
    return name, None


@dataclass(frozen=True, slots=True)
class HookResponse:
    """An answer put together from its parts.

    Attributes:
        name: Name of the events without the part's number.
        text: The answer; up to the first gap where parts are missing.
        complete: True where the end is certain, or nothing more has come after full parts.
        missing: Numbers of the parts that never came.
        parts: Number of parts that came.
    """

    name: str
    text: str
    complete: bool
    missing: tuple[int, ...] = ()
    parts: int = 0

    @property
    def problem(self) -> str | None:
        """What is wrong with it, in words; None where nothing is."""
        if self.complete:
            return None
        numbers = ", ".join(str(number) for number in self.missing[:10])
        more = "…" if len(self.missing) > 10 else ""
        return f"Parts of the answer {self.name!r} never came: {numbers}{more}"


@dataclass(slots=True)
class _Collection:
    """The parts of one answer so far."""

    parts: dict[int, str] = field(default_factory=dict)
    timer: asyncio.TimerHandle | None = None

    @property
    def last(self) -> int | None:
        """Number of the part that is surely the last one; None while that is not known."""
        ends = [number for number, text in self.parts.items() if _is_end(text)]
        return min(ends) if ends else None


def _is_end(text: str) -> bool:
    """True for a part after which none can come.

    A full part may lack up to three bytes, where the next character would not have fitted; an answer
    that is sent unchunked is longer than any part.
    """
    size = len(text.encode("utf-8", "replace"))
    return size <= PART_SIZE - 4 or size > PART_SIZE


class HookResponses:
    """Puts answers together from their parts, in whatever order they come."""

    def __init__(
        self, on_response: Callable[[HookResponse], None], *, patience: float = PATIENCE
    ) -> None:
        """Start with nothing.

        Args:
            on_response: Called once for each answer, whole or not.
            patience: Seconds without another part after which an answer is handed out as it is.
        """
        self._on_response = on_response
        self._patience = patience
        self._open: dict[str, _Collection] = {}

    def __len__(self) -> int:
        """Answers of which parts are still awaited."""
        return len(self._open)

    def add(self, event: CloudEvent) -> bool:
        """Take an event.

        Args:
            event: A part of an answer: ``hook-response/…/0``, ``DEVICE/hook-response/…/0``, or any name
                that ends in a part's number, for topics that the user has named.

        Returns:
            False where its name carries no part's number; then nothing was done with it.
        """
        name, part = split_part(event.name)
        if part is None or part >= MAX_PARTS:
            return False
        collection = self._open.get(name)
        if collection is not None and collection.parts.get(part, event.data) != event.data:
            # The same number with another text belongs to the next answer.
            self._finish(name)
            collection = None
        if collection is None:
            if len(self._open) >= MAX_OPEN:
                self._finish(next(iter(self._open)))
            collection = self._open[name] = _Collection()
        collection.parts[part] = event.data or ""
        if collection.timer is not None:
            collection.timer.cancel()
        last = collection.last
        if last is not None and all(number in collection.parts for number in range(last)):
            self._finish(name)
        else:
            loop = asyncio.get_running_loop()
            collection.timer = loop.call_later(self._patience, self._finish, name)
        return True

    def close(self) -> None:
        """Forget what is not whole; nothing more is handed out."""
        for collection in self._open.values():
            if collection.timer is not None:
                collection.timer.cancel()
        self._open.clear()

    def _finish(self, name: str) -> None:
        collection = self._open.pop(name)
        if collection.timer is not None:
            collection.timer.cancel()
        parts = collection.parts
        end = max(parts) + 1
        missing = tuple(number for number in range(end) if number not in parts)
        whole = missing[0] if missing else end
        text = "".join(parts[number] for number in range(whole))
        self._on_response(HookResponse(name, text, not missing, missing, len(parts)))
