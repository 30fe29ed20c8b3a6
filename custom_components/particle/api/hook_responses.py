"""Webhook events, and the responses of webhook targets, which arrive in numbered parts.

The cloud splits a response into parts of 512 bytes, numbers them in the event names and sends them in
any order, without their total number. A response is complete when a part is clearly shorter than 512
bytes and all parts before it have arrived, or, if the length is an exact multiple of 512, when no
more parts arrive for a while.
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
    """Kinds of webhook events."""

    SENT = "hook-sent"
    RESPONSE = "hook-response"
    ERROR = "hook-error"


@dataclass(frozen=True, slots=True)
class HookEvent:
    """A webhook event.

    Attributes:
        event: The original event.
        trigger: Full name of the event that triggered the webhook.
        part: Number of the part from 0; None if the name has no number.
        device_id: Device that triggered the webhook, if the name contains it.
    """

    event: CloudEvent
    report: HookReport
    trigger: str
    part: int | None = None
    device_id: str | None = None


def parse_hook_event(event: CloudEvent) -> HookEvent | None:
    """Parse a webhook event.

    Returns:
        The event; None for other events, including custom response topics.
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
    """Split a name into the stem and the number of the part."""
    stem, slash, number = name.rpartition("/")
    if slash and stem and number.isascii() and number.isdigit() and len(number) <= 6:
        return stem, int(number)
    return name, None


@dataclass(frozen=True, slots=True)
class HookResponse:
    """A webhook response assembled from its parts.

    Attributes:
        name: Name of the events without the number of the part.
        text: The response, up to the first missing part.
        complete: Whether no part is missing.
        missing: Numbers of the missing parts.
        parts: Number of received parts.
    """

    name: str
    text: str
    complete: bool
    missing: tuple[int, ...] = ()
    parts: int = 0

    @property
    def problem(self) -> str | None:
        """Description of the problem; None if the response is complete."""
        if self.complete:
            return None
        numbers = ", ".join(str(number) for number in self.missing[:10])
        more = "…" if len(self.missing) > 10 else ""
        return f"Parts of the answer {self.name!r} never came: {numbers}{more}"


@dataclass(slots=True)
class _Collection:
    """The received parts of one response."""

    parts: dict[int, str] = field(default_factory=dict)
    timer: asyncio.TimerHandle | None = None

    @property
    def last(self) -> int | None:
        """Number of the last part; None if unknown."""
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
    """Assemble responses from their parts, in any order."""

    def __init__(
        self, on_response: Callable[[HookResponse], None], *, patience: float = PATIENCE
    ) -> None:
        """Initialize without parts.

        Args:
            on_response: Called once for each response, complete or not.
            patience: Seconds without another part after which a response is passed on.
        """
        self._on_response = on_response
        self._patience = patience
        self._open: dict[str, _Collection] = {}

    def __len__(self) -> int:
        """Return the number of incomplete responses."""
        return len(self._open)

    def add(self, event: CloudEvent) -> bool:
        """Add a part.

        Args:
            event: A part of a response: ``hook-response/…/0``, ``DEVICE/hook-response/…/0``, or any other
                name that ends in a number, for custom topics.

        Returns:
            False if the name does not end in a number; the event is then ignored.
        """
        name, part = split_part(event.name)
        if part is None or part >= MAX_PARTS:
            return False
        collection = self._open.get(name)
        if collection is not None and collection.parts.get(part, event.data) != event.data:
            # The same number with another text belongs to the next response.
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
        """Discard incomplete responses; nothing is passed on any more."""
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
