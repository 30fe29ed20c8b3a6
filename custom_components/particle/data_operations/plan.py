"""What the service agreements of an account say together: the allowance, its use, the billing period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ..api import ServiceAgreement


@dataclass(frozen=True, slots=True)
class Plan:
    """The agreements that hold now, added up.

    Attributes:
        allowance: Data operations in a billing period; None where Particle does not say.
        used: Data operations used in the present one; None where Particle does not say.
        start: When it started; None where Particle does not say.
        annual: Whether it is a year; otherwise it is a month.
    """

    allowance: int | None
    used: int | None
    start: datetime | None
    annual: bool

    @classmethod
    def at(cls, now: datetime, agreements: Iterable[ServiceAgreement]) -> Self:
        """Add up the agreements that have not ended and whose billing period is of one kind."""
        # The end of a period is its last day.
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        current = [
            one
            for one in agreements
            if (one.period_end is None or one.period_end >= today)
            # A year whose start is not known is not a period to count in.
            and not (one.annual and one.period_start is None)
        ]
        annual = any(one.annual for one in current[:1])
        current = [one for one in current if one.annual is annual]
        counts = [one.data_operations_used for one in current]
        used = [count for count in counts if count is not None]
        starts = [one.period_start for one in current if one.period_start is not None]
        return cls(
            allowance=sum(one.data_operations_allowed or 0 for one in current) or None,
            used=sum(used) if used else None,
            start=starts[0] if starts else None,
            annual=annual,
        )
