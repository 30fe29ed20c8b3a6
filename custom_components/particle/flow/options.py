"""Options flow: sources of devices, polling of variables, sleeping devices and bus events."""

from collections.abc import Iterable
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.data_entry_flow import section
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..account.login import scopes_of
from ..api import ParticleError, Product
from ..const import (
    CONF_ACCOUNT_DEVICES,
    CONF_EVENT_LOG_DAYS,
    CONF_EVENT_LOG_SIZE,
    CONF_FIXED_INTERVAL,
    CONF_GROUPS,
    CONF_MINIMUM_INTERVAL,
    CONF_MONTHLY_ALLOWANCE,
    CONF_PACE,
    CONF_PRODUCTS,
    CONF_SHARE,
    CONF_SLEEPING_DEVICES,
    DEFAULT_EVENT_LOG_DAYS,
    DEFAULT_EVENT_LOG_SIZE,
    DEFAULT_FIXED_INTERVAL,
    DEFAULT_MINIMUM_INTERVAL,
    DEFAULT_SHARE,
    DOMAIN,
    PollingMode,
)
from ..coordinator import ParticleConfigEntry, ParticleRuntimeData
from ..data_operations.budget import PollingSettings, monthly_cost
from ..events.bus import CONF_BUS_EVENTS, BusEvents
from .permissions import PRODUCT_PREFIX, list_products
from .polling_options import PACE_SCHEMAS, POLLING_SCHEMA, as_durations, as_seconds, whole_number
from .texts import async_phrase

SECTION_SCOPE: Final = "scope"
SECTION_POLLING: Final = "polling"
SECTION_DEVICES: Final = "devices"
SECTION_EVENTS: Final = "events"

MAX_EVENT_LOG_DAYS: Final = 3_650
MIN_EVENT_LOG_SIZE: Final = 10
MAX_EVENT_LOG_SIZE: Final = 10_000

DEFAULTS: Final[dict[str, Any]] = {
    CONF_ACCOUNT_DEVICES: True,
    CONF_PRODUCTS: [],
    CONF_GROUPS: [],
    CONF_PACE: PollingMode.AUTOMATIC,
    CONF_SHARE: DEFAULT_SHARE,
    CONF_MINIMUM_INTERVAL: DEFAULT_MINIMUM_INTERVAL,
    CONF_FIXED_INTERVAL: DEFAULT_FIXED_INTERVAL,
    CONF_SLEEPING_DEVICES: [],
    CONF_BUS_EVENTS: BusEvents.SYSTEM,
    CONF_EVENT_LOG_DAYS: DEFAULT_EVENT_LOG_DAYS,
    CONF_EVENT_LOG_SIZE: DEFAULT_EVENT_LOG_SIZE,
}


def product_selector(
    products: Iterable[Product], *, multiple: bool = True, custom_value: bool = False
) -> SelectSelector:
    """Return a selector of products; the values are product numbers as text."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(
                    value=str(product.id), label=f"{product.name or product.slug} ({product.id})"
                )
                for product in products
            ],
            multiple=multiple,
            custom_value=custom_value,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def _multi_select(options: list[SelectOptionDict]) -> SelectSelector:
    """Return a selector for several options, which accepts custom values."""
    return SelectSelector(
        SelectSelectorConfig(
            options=options, multiple=True, custom_value=True, mode=SelectSelectorMode.DROPDOWN
        )
    )


EVENTS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_BUS_EVENTS): SelectSelector(
            SelectSelectorConfig(
                options=list(BusEvents), mode=SelectSelectorMode.LIST, translation_key="bus_events"
            )
        ),
        vol.Required(CONF_EVENT_LOG_DAYS): whole_number(0, MAX_EVENT_LOG_DAYS, "d"),
        vol.Required(CONF_EVENT_LOG_SIZE): whole_number(
            MIN_EVENT_LOG_SIZE, MAX_EVENT_LOG_SIZE, "MB"
        ),
    }
)


class ParticleOptionsFlow(OptionsFlow):
    """Handle an options flow for an account."""

    config_entry: ParticleConfigEntry

    def __init__(self) -> None:
        """Initialize the flow."""
        self._options: dict[str, Any] | None = None

    @property
    def _runtime(self) -> ParticleRuntimeData | None:
        """The runtime data of the entry, if it is loaded."""
        if self.config_entry.state is ConfigEntryState.LOADED:
            return self.config_entry.runtime_data
        return None

    @property
    def _shown(self) -> dict[str, Any]:
        """The entered options, or the stored ones."""
        return DEFAULTS | (self._options or self.config_entry.options)

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for everything except the settings of the polling mode."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._options = self._merged(user_input)
            if not scopes_of(self._options):
                errors["base"] = "nothing_chosen"
            else:
                return await self._async_step_pace()
        shown = self._shown
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                await self._schema(),
                dict.fromkeys(
                    (SECTION_SCOPE, SECTION_POLLING, SECTION_DEVICES, SECTION_EVENTS), shown
                ),
            ),
            errors=errors,
            description_placeholders={"forecast": await self._forecast(shown)},
            last_step=False,
        )

    async def _async_step_pace(self) -> ConfigFlowResult:
        """Show the settings of the selected polling mode, if it has any."""
        match self._shown[CONF_PACE]:
            case PollingMode.AUTOMATIC:
                return await self.async_step_automatic()
            case PollingMode.FIXED:
                return await self.async_step_fixed()
        return await self.async_step_save()

    async def async_step_automatic(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the share and the minimum interval of automatic polling."""
        return await self._async_ask_pace(PollingMode.AUTOMATIC, user_input)

    async def async_step_fixed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the interval of fixed polling."""
        return await self._async_ask_pace(PollingMode.FIXED, user_input)

    async def _async_ask_pace(
        self, pace: PollingMode, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show the settings of a polling mode and validate them."""
        errors: dict[str, str] = {}
        shown = self._shown
        if user_input is not None:
            fields, errors = as_seconds(user_input)
            shown |= fields
            if not errors:
                self._options = {**(self._options or {}), **fields}
                if self._monthly_cost(self._options) > self._settings(self._options).allowance:
                    return await self.async_step_too_fast()
                return await self.async_step_save()
        return self.async_show_form(
            step_id=pace.value,
            data_schema=self.add_suggested_values_to_schema(
                PACE_SCHEMAS[pace], as_durations(shown)
            ),
            errors=errors,
            description_placeholders={"forecast": await self._forecast(shown)},
            last_step=True,
        )

    async def async_step_too_fast(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Warn that the fixed interval exceeds the allowance."""
        options = self._options or {}
        return self.async_show_menu(
            step_id="too_fast",
            menu_options=["fixed", "init", "save"],
            description_placeholders={
                "forecast": await self._forecast(options),
                "allowance": f"{self._settings(options).allowance:,}",
            },
        )

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Save the options."""
        return self.async_create_entry(data=self._options or {})

    def _merged(self, user_input: dict[str, Any]) -> dict[str, Any]:
        """Return the options with the user's input; an emptied allowance is removed."""
        options = dict(self._options or self.config_entry.options)
        options.pop(CONF_MONTHLY_ALLOWANCE, None)
        for fields in user_input.values():
            options.update(fields)
        return options

    # The form

    async def _schema(self) -> vol.Schema:
        """Return the form; with credentials of a product, the source of devices cannot be chosen."""
        scope: dict[vol.Marker, Any] = {}
        products = await self._products()
        if not (self.config_entry.unique_id or "").startswith(PRODUCT_PREFIX):
            scope[vol.Required(CONF_ACCOUNT_DEVICES)] = BooleanSelector()
            scope[vol.Required(CONF_PRODUCTS)] = product_selector(products, custom_value=True)
        scope[vol.Required(CONF_GROUPS)] = _multi_select(self._groups(products))
        devices = {vol.Required(CONF_SLEEPING_DEVICES): _multi_select(self._devices())}
        return vol.Schema(
            {
                vol.Required(SECTION_SCOPE): section(vol.Schema(scope), {"collapsed": False}),
                vol.Required(SECTION_POLLING): section(POLLING_SCHEMA, {"collapsed": False}),
                vol.Required(SECTION_DEVICES): section(vol.Schema(devices), {"collapsed": True}),
                vol.Optional(SECTION_EVENTS): section(EVENTS_SCHEMA, {"collapsed": True}),
            }
        )

    async def _products(self) -> tuple[Product, ...]:
        """List the products of the account; none if the cloud cannot be reached."""
        if (runtime := self._runtime) is None:
            return ()
        try:
            return await list_products(runtime.cloud)
        except ParticleError:
            return ()

    def _groups(self, products: tuple[Product, ...]) -> list[SelectOptionDict]:
        """List the groups of the products and of the devices."""
        names = {group for product in products for group in product.groups}
        if (runtime := self._runtime) is not None:
            names |= {group for device in runtime.account.data.values() for group in device.groups}
        return [SelectOptionDict(value=name, label=name) for name in sorted(names)]

    def _devices(self) -> list[SelectOptionDict]:
        """List the devices by name, from the registry: the entry may not be loaded."""
        device_entries = dr.async_entries_for_config_entry(
            dr.async_get(self.hass), self.config_entry.entry_id
        )
        devices = [
            SelectOptionDict(
                value=identifier, label=device_entry.name_by_user or device_entry.name or identifier
            )
            for device_entry in device_entries
            if device_entry.entry_type is not dr.DeviceEntryType.SERVICE
            for domain, identifier in device_entry.identifiers
            if domain == DOMAIN
        ]
        return sorted(devices, key=lambda device: device["label"].casefold())

    # Forecast

    def _settings(self, options: dict[str, Any]) -> PollingSettings:
        runtime = self._runtime
        return PollingSettings.from_options(
            options,
            plan_allowance=runtime.operations.plan_allowance if runtime else None,
        )

    def _monthly_cost(self, options: dict[str, Any]) -> int:
        """Return the cost of polling in a month; 0 if the entry is not loaded."""
        runtime = self._runtime
        variables = runtime.account.polled_variables() if runtime else 0
        return monthly_cost(self._settings(options), variables)

    async def _forecast(self, options: dict[str, Any]) -> str:
        """Return a sentence about the cost of polling."""
        if (runtime := self._runtime) is None:
            return await async_phrase(self.hass, "forecast", "unknown")
        return await async_phrase(
            self.hass,
            "forecast",
            "known",
            variables=runtime.account.polled_variables(),
            cost=f"{self._monthly_cost(options):,}",
            allowance=f"{self._settings(options).allowance:,}",
            used=f"{runtime.operations.used:,}",
            since=f"{runtime.operations.month.start:%Y-%m-%d}",
        )
