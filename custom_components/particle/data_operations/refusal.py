"""Particle's refusal of calls that cost data operations, and when to try again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# A refusal may have been a mistake; after the second one only the plan or the month can change it.
FIRST_PROBE: Final = timedelta(hours=1)
NEXT_PROBE: Final = timedelta(days=1)


@dataclass(slots=True)
class Refusal:
    """Particle refuses paid calls because the plan's data operations are used up.

    Attributes:
        since: When it refused first.
        reason: Particle's words for it.
        probe_at: When a single read may try again.
        probing: Whether that read is under way.
    """

    since: datetime
    reason: str
    probe_at: datetime
    probing: bool = False

    @classmethod
    def begin(cls, now: datetime, reason: str) -> Refusal:
        """Return the refusal that has just been met."""
        return cls(now, reason, now + FIRST_PROBE)

    def repeat(self, now: datetime, reason: str) -> None:
        """Note that Particle has refused again."""
        self.reason = reason
        if self.probing:
            self.probing = False
            self.probe_at = now + NEXT_PROBE

    def is_probe_due(self, now: datetime) -> bool:
        """Whether a single read may try again; also when a clock that was ahead set the time."""
        return now >= self.probe_at or self.probe_at - now > NEXT_PROBE

    def probe(self, now: datetime) -> bool:
        """Take the right to try again; return False when it is not time, or somebody else tries."""
        if not self.is_probe_due(now):
            return False
        # Without an answer from Particle, as when the device is silent, an hour is enough.
        self.probe_at = now + FIRST_PROBE
        self.probing = True
        return True
