"""How the simulated cloud behaves where the real one has its own mind."""

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    """Waits are real seconds; boards act by the simulated clock.

    Attributes:
        keepalive: Shortest and longest time between two newlines of a stream.
        offline_wait: How long the cloud waits for a board that does not answer.
        device_latency: How long a board takes to answer.
        hook_timeout: How long a webhook's target may take.
        hook_retries: Waits, in simulated seconds, before an event that was skipped or failed is
            sent again.
        plan_operations: Data Operations of the plan in a billing period.
        plan_annual: Whether the plan is one of an enterprise, whose billing period is the calendar year;
            then `plan_operations` are those of a year, half of them each for Wi-Fi and cellular.
        enforce_plan: Whether the cloud stops when they are used up.
        living: Whether boards act by themselves.
    """

    keepalive: tuple[float, float] = (9.0, 13.0)
    offline_wait: float = 30.0
    device_latency: float = 0.0
    hook_timeout: float = 20.0
    hook_retries: tuple[float, ...] = (30.0, 60.0)
    plan_operations: int = 100_000
    plan_annual: bool = False
    enforce_plan: bool = False
    living: bool = False
