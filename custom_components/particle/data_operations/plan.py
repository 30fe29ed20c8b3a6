"""Combine the service agreements of an account: allowance, usage and billing period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ..api import ServiceAgreement


@dataclass(frozen=True, slots=True)
class Plan:
    """The current agreements, added up.

    Attributes:
        allowance: Data operations in a billing period; None if unknown.
        used: Data operations used in the current period; None if unknown.
        start: Start of the current period; None if unknown.
        annual: Whether the period is a year; otherwise it is a month.
    """

    allowance: int | None
    used: int | None
    start: datetime | None
    annual: bool

    @classmethod
    def at(cls, now: datetime, agreements: Iterable[ServiceAgreement]) -> Self:
        """Add up the agreements that have not ended and have the same kind of billing period."""
        # The end of a period is an inclusive date.
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        current = [
            agreement
            for agreement in agreements
            if (agreement.period_end is None or agreement.period_end >= today)
            # An annual period without a start cannot be used.
            and not (agreement.annual and agreement.period_start is None)
        ]
        annual = any(agreement.annual for agreement in current[:1])
        current = [agreement for agreement in current if agreement.annual is annual]
        counts = [agreement.data_operations_used for agreement in current]
        used = [count for count in counts if count is not None]
        starts = [
            agreement.period_start for agreement in current if agreement.period_start is not None
        ]
        return cls(
            allowance=sum(agreement.data_operations_allowed or 0 for agreement in current) or None,
            used=sum(used) if used else None,
            start=starts[0] if starts else None,
            annual=annual,
        )
