"""Conditions: a device is online, a device runs a firmware, the event stream is connected."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final, Unpack, cast, override

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_ANY,
    Condition,
    ConditionCheckParams,
    ConditionConfig,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .device.coordinator import DeviceCoordinator
from .targeting import async_loaded_entries, async_target_devices
from .validation.automations import explained_errors
from .validation.fields import TEXT, one_of, whole_number

CONF_COMPARISON: Final = "comparison"
CONF_DEVICE_OS: Final = "device_os"
CONF_PRODUCT_FIRMWARE: Final = "product_firmware"

type Version = AwesomeVersion | int

COMPARISONS: Final[dict[str, Callable[[Version, Version], bool]]] = {
    "is": lambda version, expected: bool(version == expected),
    "at_least": lambda version, expected: bool(version >= expected),
    "older": lambda version, expected: bool(version < expected),
}

_BEHAVIOR: Final = {
    vol.Required(ATTR_BEHAVIOR, default=BEHAVIOR_ANY): one_of([BEHAVIOR_ANY, BEHAVIOR_ALL])
}

# Device OS 6.3.0-rc.1 comes before 6.3.0.
_VERSIONS = [AwesomeVersionStrategy.SEMVER, AwesomeVersionStrategy.SIMPLEVER]


def device_os_version(value: Any) -> AwesomeVersion:
    """Validate a Device OS version, such as 6.3.0.

    Raises:
        vol.Invalid: The value is not a version.
    """
    text = str(value).strip().removeprefix("v")
    # A bare "6" means 6.0.
    version = AwesomeVersion(f"{text}.0" if text.isdecimal() else text)
    if version.strategy not in _VERSIONS:
        raise vol.Invalid("a version of Device OS is needed, such as 6.3.0")
    return version


class _ParticleCondition(Condition):
    """Base class of the conditions.

    Attributes:
        schema: Schema of the condition's target and options.
    """

    schema: ClassVar[vol.Schema]

    @override
    @classmethod
    async def async_validate_complete_config(
        cls, hass: HomeAssistant, complete_config: ConfigType
    ) -> ConfigType:
        """Validate the configuration, with one plain sentence as error message."""
        async with explained_errors(hass, complete_config, cls.schema):
            return await super().async_validate_complete_config(hass, complete_config)

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options and the target."""
        return cast(ConfigType, cls.schema(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Initialize the condition."""
        super().__init__(hass, config)
        self._target = config.target
        self._options: dict[str, Any] = config.options or {}


class _DeviceCondition(_ParticleCondition):
    """Condition on any or all devices of a target; false if the target has no devices."""

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Check the current state of the devices."""
        loaded = {entry.entry_id: entry for entry in async_loaded_entries(self._hass)}
        holds = []
        for entry_id, devices in (async_target_devices(self._hass, self._target) or {}).items():
            entry = loaded.get(entry_id)
            for device_id in devices:
                # The state of a device is unknown while its account is not loaded.
                device = entry.runtime_data.devices.get(device_id) if entry else None
                holds.append(device is not None and self._holds(device))
        combine: Callable[[Iterable[bool]], bool] = (
            all if self._options[ATTR_BEHAVIOR] == BEHAVIOR_ALL else any
        )
        return bool(holds) and combine(holds)

    @abstractmethod
    def _holds(self, device: DeviceCoordinator) -> bool:
        """Whether one device fulfills the condition."""


class IsOnlineCondition(_DeviceCondition):
    """Condition that devices are connected to the cloud."""

    schema = vol.Schema(
        {
            vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Required(CONF_OPTIONS, default=dict): _BEHAVIOR,
        }
    )

    @override
    def _holds(self, device: DeviceCoordinator) -> bool:
        return device.online


class RunsFirmwareCondition(_DeviceCondition):
    """Condition on the version of Device OS, of the product firmware, or both."""

    schema = vol.Schema(
        {
            vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Required(CONF_OPTIONS): vol.All(
                {
                    **_BEHAVIOR,
                    vol.Required(CONF_COMPARISON, default="is"): one_of(COMPARISONS),
                    vol.Optional(CONF_DEVICE_OS): device_os_version,
                    vol.Optional(CONF_PRODUCT_FIRMWARE): whole_number(0),
                },
                vol.All(
                    cv.has_at_least_one_key(CONF_DEVICE_OS, CONF_PRODUCT_FIRMWARE),
                    msg=f"a version is needed in {CONF_DEVICE_OS} or {CONF_PRODUCT_FIRMWARE}",
                ),
            ),
        }
    )

    @override
    def _holds(self, device: DeviceCoordinator) -> bool:
        compare = COMPARISONS[self._options[CONF_COMPARISON]]
        details = device.device
        versions: dict[str, Version | None] = {
            CONF_DEVICE_OS: _version(details.system_firmware_version),
            CONF_PRODUCT_FIRMWARE: details.firmware_version,
        }
        return all(
            (version := versions[key]) is not None and compare(version, self._options[key])
            for key in versions
            if key in self._options
        )


def _version(text: str | None) -> AwesomeVersion | None:
    """Return a device's Device OS version; None if it cannot be compared."""
    try:
        return None if text is None else device_os_version(text)
    except vol.Invalid:
        return None


class StreamConnectedCondition(_ParticleCondition):
    """Condition that every event stream of one account, or of all accounts, is connected."""

    schema = vol.Schema(
        {
            vol.Required(CONF_OPTIONS, default=dict): {vol.Optional(ATTR_CONFIG_ENTRY_ID): TEXT},
        }
    )

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Check the current state of the streams."""
        streams = [
            stream
            for entry in async_loaded_entries(self._hass, self._options.get(ATTR_CONFIG_ENTRY_ID))
            for stream in entry.runtime_data.streams
        ]
        return bool(streams) and all(stream.state.connected for stream in streams)


CONDITIONS: dict[str, type[Condition]] = {
    "is_online": IsOnlineCondition,
    "runs_firmware": RunsFirmwareCondition,
    "stream_connected": StreamConnectedCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions of the integration."""
    return CONDITIONS
