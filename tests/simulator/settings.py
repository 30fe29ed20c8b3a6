"""Settings of the simulated cloud, for behavior that varies in the real one."""

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    """Settings; durations are real seconds unless stated otherwise.

    Attributes:
        keepalive: Minimum and maximum time between two keep-alive newlines of a stream.
        offline_wait: How long the cloud waits for a board that does not respond.
        device_latency: How long a board takes to respond.
        hook_timeout: How long the target of a webhook may take.
        hook_retries: Delays, in simulated seconds, before a webhook request that was skipped or
            failed is repeated.
        plan_operations: Data operations of the plan in a billing period.
        plan_annual: Whether the plan is an annual enterprise plan; `plan_operations` then apply to the
            calendar year, one half for Wi-Fi and one half for cellular.
        enforce_plan: Whether the cloud refuses paid calls when they are used up.
        living: Whether boards act on their own.
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
