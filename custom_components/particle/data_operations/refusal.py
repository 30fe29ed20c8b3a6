"""Particle's refusal of paid calls, and when to try again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# The first refusal may be an error; after the second, only a new plan or period can end it.
FIRST_PROBE: Final = timedelta(hours=1)
NEXT_PROBE: Final = timedelta(days=1)


@dataclass(slots=True)
class Refusal:
    """A period in which Particle refuses paid calls because the allowance is used up.

    Attributes:
        since: Time of the first refusal.
        reason: Particle's error message.
        probe_at: When a single read may try again.
        probing: Whether that read is under way.
    """

    since: datetime
    reason: str
    probe_at: datetime
    probing: bool = False

    @classmethod
    def begin(cls, now: datetime, reason: str) -> Refusal:
        """Return a new refusal."""
        return cls(now, reason, now + FIRST_PROBE)

    def repeat(self, now: datetime, reason: str) -> None:
        """Record that Particle has refused again."""
        self.reason = reason
        if self.probing:
            self.probing = False
            self.probe_at = now + NEXT_PROBE

    def is_probe_due(self, now: datetime) -> bool:
        """Whether a single read may try again; also if the clock was ahead when the time was set."""
        return now >= self.probe_at or self.probe_at - now > NEXT_PROBE

    def probe(self, now: datetime) -> bool:
        """Reserve the next attempt; return False if it is too early or reserved by another caller."""
        if not self.is_probe_due(now):
            return False
        # If Particle does not answer, for example because the device is offline, wait for an hour only.
        self.probe_at = now + FIRST_PROBE
        self.probing = True
        return True
