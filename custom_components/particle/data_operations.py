"""The budget: counts paid calls over the billing month, forecasts, and sets the pace of polling."""

from collections import Counter
from datetime import datetime, timedelta
import logging
from typing import Any, Final, TypedDict

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .api import (
    DataOperation,
    DataOperationKind,
    NotFoundError,
    ParticleCloud,
    ParticleError,
    PermissionDeniedError,
    ServiceAgreement,
)
from .budget import BillingMonth, PaceSettings, Usage, VariableUpdates, forecast, poll_interval
from .const import DOMAIN, Pace
from .operations_issue import OperationsIssue, async_delete_issues

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION: Final = 1

# Counts are written this long after the first change, and when the entry is unloaded.
SAVE_DELAY: Final = 30

# The sensors follow at once, then at most this often: their history must not outgrow what they count.
NOTIFY_COOLDOWN: Final = 30

# What Particle itself counted is asked for this often; the call is free.
REFRESH_INTERVAL: Final = timedelta(hours=1)


class _Stored(TypedDict):
    """What the store holds.

    Attributes:
        first_day: Day of the month on which the billing month starts.
        month_start: Start of the month that was counted, ISO 8601.
        by_kind: Own operations of that month by kind.
        by_device: Own operations of that month by device id.
        calls_by_hour: Own calls other than reads by hour (Unix time in hours), the last day.
        reported: What Particle counted in that month, if it told.
        own_at_report: Own operations at that time.
        plan_allowance: Data operations a month by the plan, if Particle told.
    """

    first_day: int
    month_start: str
    by_kind: dict[str, int]
    by_device: dict[str, int]
    calls_by_hour: dict[str, int]
    reported: int | None
    own_at_report: int
    plan_allowance: int | None


class DataOperations:
    """Counts what calls cost and decides how often a variable may be read.

    Create it, give ``record`` to the client, then load it. All that it started ends with the entry.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Start with an empty month.

        Args:
            hass: Home Assistant.
            entry: The account; its options say what the user decided about polling.
        """
        self._hass = hass
        self._entry = entry
        self._cloud: ParticleCloud | None = None
        self._store = _store(hass, entry.entry_id)
        self._first_day = 1
        self._month = BillingMonth.at(dt_util.utcnow())
        self._by_kind: Counter[str] = Counter()
        self._by_device: Counter[str] = Counter()
        self._calls_by_hour: Counter[int] = Counter()
        self._reported: int | None = None
        self._own_at_report = 0
        self._plan_allowance: int | None = None
        self._polled_variables = 0
        self._issue = OperationsIssue(hass, entry)
        self._save_pending = False
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
        """Read what was counted before, and start to ask Particle for its own count.

        Args:
            cloud: The client, to ask what Particle itself counted.
        """
        self._cloud = cloud
        if (stored := await self._store.async_load()) is not None:
            self._restore(stored)
        self._roll()
        self._issue.async_update(self.usage, self.allowance, self._month, self._by_device)
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
        """Start nothing any more, also not for a call that is still under way."""
        self._closed = True
        self._notifier.async_shutdown()

    async def async_save(self) -> None:
        """Write the counts now, if they have changed since they were written."""
        if self._save_pending:
            await self._store.async_save(self._to_store())

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Remove what was counted for an entry that is removed."""
        async_delete_issues(hass, entry.entry_id)
        await _store(hass, entry.entry_id).async_remove()

    # What others read

    @property
    def settings(self) -> PaceSettings:
        """What the user decided about polling."""
        return PaceSettings.from_options(self._entry.options, plan_allowance=self._plan_allowance)

    @property
    def allowance(self) -> int:
        """Data operations a month: the user's number, or Particle's, or the free plan's."""
        return self.settings.allowance

    @property
    def plan_allowance(self) -> int | None:
        """Data operations a month as Particle tells of them; None where it does not."""
        return self._plan_allowance

    @property
    def month(self) -> BillingMonth:
        """The billing month that is counted."""
        self._roll()
        return self._month

    @property
    def usage(self) -> Usage:
        """What this month has cost so far, and by what."""
        self._roll()
        own = self._by_kind.total()
        reads = self._by_kind[DataOperationKind.VARIABLE]
        used = own
        if self._reported is not None:
            used = max(own, self._reported + own - self._own_at_report)
        return Usage(
            used=used,
            reads=reads,
            calls=own - reads,
            calls_a_day=self._calls_by_hour.total(),
        )

    @property
    def used(self) -> int:
        """Data operations used in this billing month: Particle's count or the own one if larger."""
        return self.usage.used

    @property
    def by_device(self) -> dict[str, int]:
        """Own operations of this month by device id."""
        self._roll()
        return dict(self._by_device)

    @property
    def polled_variables(self) -> int:
        """How many variables all boards together have read, as far as is known."""
        return self._polled_variables

    @property
    def variable_updates(self) -> VariableUpdates:
        """Whether variables are read at intervals, and why not."""
        if self.settings.pace is Pace.EVENTS_ONLY:
            return VariableUpdates.EVENTS_ONLY
        if self.used >= self.allowance:
            return VariableUpdates.ALLOWANCE_USED
        return VariableUpdates.ACTIVE

    @property
    def is_polling(self) -> bool:
        """Whether variables are read at intervals; otherwise no value is going to be renewed soon."""
        return self.variable_updates is VariableUpdates.ACTIVE

    @property
    def forecast(self) -> int:
        """What the month will have cost at its end if all goes on as now."""
        usage = self.usage
        now = dt_util.utcnow()
        interval = poll_interval(self.settings, usage, self._polled_variables, now, self._month)
        return forecast(usage, self._polled_variables, interval, now, self._month)

    @callback
    def interval(self, polled_variables: int) -> timedelta | None:
        """Return how often one variable may be read now; None for not at all.

        Args:
            polled_variables: How many variables all boards of the account together have read. It is
                remembered for the forecast.
        """
        self._polled_variables = polled_variables
        return poll_interval(
            self.settings, self.usage, polled_variables, dt_util.utcnow(), self._month
        )

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call back when the counts have changed, at most every half minute; return the way out."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # What changes the counts

    @callback
    def record(self, operation: DataOperation) -> None:
        """Count a paid call that has been sent."""
        self._roll()
        self._by_kind[operation.kind] += 1
        self._by_device[operation.device_id] += 1
        if operation.kind is not DataOperationKind.VARIABLE:
            self._calls_by_hour[_hour(dt_util.utcnow())] += 1
        self._async_changed()

    @callback
    def exhausted(self) -> None:
        """Take it from Particle that nothing is left, whatever was counted here.

        Polling stops and the user is told, until the month ends or Particle reports another count.
        """
        self._reported = max(self.usage.used, self.allowance)
        self._own_at_report = self._by_kind.total()
        self._async_changed()

    async def async_refresh(self, _now: datetime | None = None) -> None:
        """Ask Particle what it counted; free. A token that may not ask is not asked again."""
        if self._cloud is not None:
            try:
                agreements = await self._cloud.users.service_agreements()
            except (PermissionDeniedError, NotFoundError) as err:
                _LOGGER.debug("The token does not open the service agreements: %s", err)
                self._cloud = None
            except ParticleError as err:
                _LOGGER.debug("The service agreements cannot be read now: %s", err)
            else:
                self._take(agreements)
        self._async_changed()

    def _take(self, agreements: tuple[ServiceAgreement, ...]) -> None:
        """Take what Particle says of the plan; several agreements add up, those that ended don't."""
        now = dt_util.utcnow()
        # The end of a period is its last day.
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        current = [one for one in agreements if one.period_end is None or one.period_end >= today]
        allowances = [one.data_operations_allowed for one in current]
        self._plan_allowance = sum(filter(None, allowances)) or None
        starts = [one.period_start for one in current if one.period_start is not None]
        if starts:
            # Operations that were counted from another first day on stay: rather one month too many
            # than too few.
            self._first_day = starts[0].day
            self._month = BillingMonth.at(now, self._first_day)
        counts = [one.data_operations_used for one in current]
        told = [count for count in counts if count is not None]
        self._reported = sum(told) if told else None
        self._own_at_report = self._by_kind.total()

    def _roll(self) -> None:
        """Start a new month when the old one is over.

        A clock that goes back, as it does on a machine without a battery for it, changes nothing.
        """
        now = dt_util.utcnow()
        for hour in [hour for hour in self._calls_by_hour if hour <= _hour(now) - 24]:
            del self._calls_by_hour[hour]
        if now < self._month.end:
            return
        self._month = BillingMonth.at(now, self._first_day)
        self._by_kind.clear()
        self._by_device.clear()
        self._reported = None
        self._own_at_report = 0

    @callback
    def _async_changed(self) -> None:
        """Have the counts saved and told, both not too often."""
        if self._closed:
            return
        if not self._save_pending:
            # Asking again would put the writing off again and again.
            self._save_pending = True
            self._store.async_delay_save(self._to_store, SAVE_DELAY)
        self._notifier.async_schedule_call()

    @callback
    def _async_notify(self) -> None:
        self._issue.async_update(self.usage, self.allowance, self._month, self._by_device)
        for listener in list(self._listeners):
            listener()

    # The store

    def _to_store(self) -> _Stored:
        self._save_pending = False
        return _Stored(
            first_day=self._first_day,
            month_start=self._month.start.isoformat(),
            by_kind=dict(self._by_kind),
            by_device=dict(self._by_device),
            calls_by_hour={str(hour): calls for hour, calls in self._calls_by_hour.items()},
            reported=self._reported,
            own_at_report=self._own_at_report,
            plan_allowance=self._plan_allowance,
        )

    def _restore(self, stored: _Stored) -> None:
        self._first_day = stored["first_day"]
        start = datetime.fromisoformat(stored["month_start"])
        self._month = BillingMonth.at(start, self._first_day)
        self._by_kind.update(stored["by_kind"])
        self._by_device.update(stored["by_device"])
        self._calls_by_hour.update(
            {int(hour): calls for hour, calls in stored["calls_by_hour"].items()}
        )
        self._reported = stored["reported"]
        self._own_at_report = stored["own_at_report"]
        self._plan_allowance = stored["plan_allowance"]


def _store(hass: HomeAssistant, entry_id: str) -> Store[_Stored]:
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.data_operations.{entry_id}")


def _hour(moment: datetime) -> int:
    return int(moment.timestamp() // 3600)
