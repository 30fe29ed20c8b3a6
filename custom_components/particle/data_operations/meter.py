"""Count paid calls in the billing period, forecast the usage and determine the polling interval."""

from collections import Counter
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..api import (
    DataOperation,
    DataOperationKind,
    NotFoundError,
    ParticleCloud,
    ParticleError,
    PermissionDeniedError,
    QuotaExceededError,
    ServiceAgreement,
)
from ..const import PollingMode
from ..storage.values import StoredValues, async_load_or_none, async_save_or_log
from .budget import BillingMonth, PollingSettings, Usage, VariableUpdates, forecast, poll_interval
from .issue import OperationsIssue, async_delete_issues
from .month import UNKNOWN_DEVICE, MonthlyCounts
from .plan import Plan
from .refusal import Refusal
from .store import StoredOperations, StoredRefusal, operations_store

_LOGGER = logging.getLogger(__name__)

# Seconds from the first change until the counts are saved; they are also saved on unload.
SAVE_DELAY: Final = 30

# The number of new operations that are saved immediately, so that a power failure loses only a few.
MAX_UNSAVED: Final = 5

# Seconds between updates of the sensors, which limits their number of states in the recorder.
NOTIFY_COOLDOWN: Final = 30

# How often Particle's own count is fetched; free.
REFRESH_INTERVAL: Final = timedelta(hours=1)


class DataOperations:
    """Count data operations and decide how often variables may be read.

    Create it, pass ``record`` to the client, then load it. Its tasks and timers end with the entry.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Initialize the meter.

        Args:
            hass: Home Assistant.
            entry: The account; its options contain the settings for polling.
        """
        self._hass = hass
        self._entry = entry
        self._cloud: ParticleCloud | None = None
        self._store = operations_store(hass, entry.entry_id)
        self._counts = MonthlyCounts(dt_util.utcnow())
        self._calls_by_hour: Counter[int] = Counter()
        self._plan_allowance: int | None = None
        self._refusal: Refusal | None = None
        self._polled_variables = 0
        self._issue = OperationsIssue(hass, entry)
        self._save_pending = False
        self._unsaved = 0
        self._closed = False
        self._listeners: list[CALLBACK_TYPE] = []
        self._notifier = Debouncer(
            hass,
            _LOGGER,
            cooldown=NOTIFY_COOLDOWN,
            immediate=True,
            function=self._async_notify,
        )

    async def async_load(self, cloud: ParticleCloud) -> None:
        """Load the stored counts, and start to fetch Particle's own count.

        Args:
            cloud: The client.
        """
        self._cloud = cloud
        self._restore(StoredValues(await async_load_or_none(self._store)))
        self._roll()
        self._update_issue()
        self._entry.async_on_unload(self._close)
        self._entry.async_on_unload(self.async_save)
        self._entry.async_on_unload(
            async_track_time_interval(
                self._hass, self.async_refresh, REFRESH_INTERVAL, cancel_on_shutdown=True
            )
        )
        self._entry.async_create_background_task(
            self._hass, self.async_refresh(), "particle service agreements"
        )

    @callback
    def _close(self) -> None:
        """Stop timers, also for calls that are still under way."""
        self._closed = True
        self._notifier.async_shutdown()

    async def async_save(self) -> None:
        """Save the counts now if they have changed."""
        if self._save_pending:
            await async_save_or_log(self._store, self._to_store())

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Delete the counts and issues of a removed entry."""
        async_delete_issues(hass, entry.entry_id)
        await operations_store(hass, entry.entry_id).async_remove()

    # Results

    @property
    def settings(self) -> PollingSettings:
        """The user's settings for polling."""
        return PollingSettings.from_options(
            self._entry.options, plan_allowance=self._plan_allowance, months=self._months
        )

    @property
    def allowance(self) -> int:
        """Data operations in a billing period: the user's number, Particle's, or the free plan's."""
        return self.settings.allowance

    @property
    def plan_allowance(self) -> int | None:
        """Data operations a month as Particle reports them; None if unknown."""
        return self._plan_allowance and self._plan_allowance // self._months

    @property
    def month(self) -> BillingMonth:
        """The current billing period: a month, or a year if the plan is annual."""
        self._roll()
        return self._counts.month

    @property
    def _months(self) -> int:
        return 1 if self._counts.first_month is None else 12

    @property
    def usage(self) -> Usage:
        """The usage in the current billing period."""
        self._roll()
        count = self._counts.count
        return Usage(
            used=count.used,
            reads=count.reads,
            calls=count.own - count.reads,
            calls_a_day=self._calls_by_hour.total(),
            reported=count.reported is not None,
        )

    @property
    def used(self) -> int:
        """Data operations used in this billing period: Particle's count, or the own count if larger."""
        return self.usage.used

    @property
    def by_device(self) -> dict[str, int]:
        """Own operations in this billing period by device ID."""
        self._roll()
        counts = self._counts.count.by_device
        return {device: count for device, count in counts.items() if device != UNKNOWN_DEVICE}

    @property
    def polled_variables(self) -> int:
        """Number of polled variables on all devices together."""
        return self._polled_variables

    @property
    def refused_since(self) -> datetime | None:
        """When Particle began to refuse paid calls; None if it does not."""
        self._roll()
        return None if self._refusal is None else self._refusal.since

    @property
    def variable_updates(self) -> VariableUpdates:
        """Whether variables are polled, or why they are not."""
        if self.refused_since is not None:
            return VariableUpdates.REFUSED
        if self.settings.pace is PollingMode.EVENTS_ONLY:
            return VariableUpdates.EVENTS_ONLY
        if self.used >= self.allowance:
            return VariableUpdates.ALLOWANCE_USED
        return VariableUpdates.ACTIVE

    @property
    def is_polling(self) -> bool:
        """Whether variables are polled."""
        return self.variable_updates is VariableUpdates.ACTIVE

    @property
    def forecast(self) -> int:
        """The expected usage at the end of the billing period."""
        usage = self.usage
        now = dt_util.utcnow()
        interval = None
        if self._refusal is None:
            interval = poll_interval(self.settings, usage, self._polled_variables, now, self.month)
        return forecast(usage, self._polled_variables, interval, now, self.month)

    @callback
    def interval(self, polled_variables: int) -> timedelta | None:
        """Return the interval at which one variable may be read; None for no polling.

        Args:
            polled_variables: Number of polled variables on all devices together, which is kept for
                the forecast.
        """
        self._polled_variables = polled_variables
        self._roll()
        now = dt_util.utcnow()
        if self._refusal is not None and not self._refusal.is_probe_due(now):
            return None
        return poll_interval(self.settings, self.usage, polled_variables, now, self.month)

    @callback
    def may_poll(self) -> bool:
        """Return whether a variable may be read now; call before each poll.

        While Particle refuses paid calls, one caller at a time may try again.
        """
        return self._refusal is None or self._refusal.probe(dt_util.utcnow())

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call back when the counts have changed, at most every 30 seconds; return an unsubscriber."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # Updates

    @callback
    def record(self, operation: DataOperation) -> None:
        """Count a paid call that has been sent."""
        self._roll()
        self._counts.count.add(operation)
        self._unsaved += 1
        if operation.kind is not DataOperationKind.VARIABLE:
            self._calls_by_hour[_hour(dt_util.utcnow())] += 1
        self._async_changed()

    @callback
    def refused(self, err: QuotaExceededError) -> None:
        """Record that Particle refused a paid call because the allowance is used up.

        Polling stops and a repair issue is shown until a call succeeds. The count is not changed,
        because the usage of devices and other programs is unknown.
        """
        self._roll()
        now = dt_util.utcnow()
        if self._refusal is None:
            self._refusal = Refusal.begin(now, err.message)
        else:
            self._refusal.repeat(now, err.message)
        self._async_changed()

    @callback
    def accepted(self) -> None:
        """Record that Particle carried out a paid call."""
        if self._refusal is not None:
            self._refusal = None
            self._async_changed()

    @callback
    def exclude_devices(self, device_ids: AbstractSet[str]) -> None:
        """Set the devices that do not count against the account's plan.

        Particle's report does not include them, so their own count is added to it.
        """
        if device_ids != self._counts.count.excluded:
            self._counts.count.exclude_devices(device_ids)
            self._async_changed()

    async def async_refresh(self, _now: datetime | None = None) -> None:
        """Fetch Particle's own count; free. Stop doing so if the token lacks the permission."""
        if self._cloud is not None:
            try:
                agreements = await self._cloud.users.service_agreements()
            except (PermissionDeniedError, NotFoundError) as err:
                _LOGGER.debug("The token does not open the service agreements: %s", err)
                self._cloud = None
            except ParticleError as err:
                _LOGGER.debug("The service agreements cannot be read now: %s", err)
            else:
                self._apply_agreements(agreements)
        self._async_changed()

    def _apply_agreements(self, agreements: tuple[ServiceAgreement, ...]) -> None:
        """Apply the plan that Particle reports."""
        now = dt_util.utcnow()
        plan = Plan.at(now, agreements)
        self._plan_allowance = plan.allowance
        # The old period ends first, so that its count is not carried over.
        self._roll()
        if plan.start is not None:
            first_month = plan.start.month if plan.annual else None
            self._counts.start_on(plan.start.day, now, first_month)
        self._counts.count.report(plan.used)

    def _roll(self) -> None:
        """Start a new billing period when the old one is over."""
        now = dt_util.utcnow()
        self._forget_old_calls(_hour(now))
        if self._counts.turn(now) and self._refusal is not None:
            if self.settings.pace is PollingMode.EVENTS_ONLY:
                # Without polling, nothing would try again.
                self._refusal = None
            else:
                self._refusal.probe_at = now

    def _forget_old_calls(self, now: int) -> None:
        """Discard calls older than a day; calls in the future, from a wrong clock, count as of now."""
        for hour in [hour for hour in self._calls_by_hour if not now - 24 < hour <= now]:
            calls = self._calls_by_hour.pop(hour)
            if hour > now:
                self._calls_by_hour[now] += calls

    @callback
    def _async_changed(self) -> None:
        """Schedule saving and notifying, both rate-limited."""
        if self._closed:
            return
        if self._unsaved >= MAX_UNSAVED:
            self._unsaved = 0
            self._store.async_delay_save(self._to_store)
        elif not self._save_pending:
            # Scheduling again would postpone the save.
            self._store.async_delay_save(self._to_store, SAVE_DELAY)
        self._save_pending = True
        self._notifier.async_schedule_call()

    @callback
    def _async_notify(self) -> None:
        self._update_issue()
        for listener in list(self._listeners):
            listener()

    @callback
    def _update_issue(self) -> None:
        self._issue.async_update(
            self.usage, self.allowance, self.month, self.by_device, self._refusal
        )

    # Storage

    def _to_store(self) -> StoredOperations:
        self._save_pending = False
        self._unsaved = 0
        counts, refusal = self._counts, self._refusal
        return StoredOperations(
            **counts.count.as_stored(),
            first_day=counts.first_day,
            first_month=counts.first_month,
            month_start=counts.month.start.isoformat(),
            previous=None if counts.previous is None else counts.previous.as_stored(),
            calls_by_hour={str(hour): calls for hour, calls in self._calls_by_hour.items()},
            plan_allowance=self._plan_allowance,
            refusal=None
            if refusal is None
            else StoredRefusal(since=refusal.since.isoformat(), reason=refusal.reason),
        )

    def _restore(self, values: StoredValues) -> None:
        """Restore the stored values that are valid."""
        now = dt_util.utcnow()
        self._counts.restore(values, now)
        for hour, calls in values.counts("calls_by_hour").items():
            if hour.isdecimal():
                self._calls_by_hour[int(hour)] += calls
        self._plan_allowance = values.number("plan_allowance", 1)
        if (refusal := values.values("refusal")) and (since := refusal.moment("since")):
            # The user may have changed the plan and reloaded the entry, so try again at once.
            self._refusal = Refusal(since, refusal.text("reason") or "", probe_at=now)
        if values.dropped:
            _LOGGER.warning(
                "The stored data operations of %s are damaged; without them: %s",
                self._entry.title,
                ", ".join(sorted(set(values.dropped))),
            )


def _hour(moment: datetime) -> int:
    return int(moment.timestamp() // 3600)
