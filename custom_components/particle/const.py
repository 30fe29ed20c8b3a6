"""Constants of the Particle integration."""

from enum import StrEnum
from typing import Final

DOMAIN: Final = "particle"

# Keys of the config entry's data.
CONF_LOGIN: Final = "login"
CONF_SERVER_URL: Final = "server_url"
CONF_ACCESS_TOKEN: Final = "access_token"
CONF_CLIENT_ID: Final = "client_id"
CONF_CLIENT_SECRET: Final = "client_secret"
CONF_USERNAME: Final = "username"

# Keys of the config entry's options.
CONF_ACCOUNT_DEVICES: Final = "account_devices"
CONF_PRODUCTS: Final = "products"
CONF_GROUPS: Final = "groups"
CONF_PACE: Final = "pace"
CONF_MONTHLY_ALLOWANCE: Final = "monthly_allowance"
CONF_SHARE: Final = "share"
CONF_MINIMUM_INTERVAL: Final = "minimum_interval"
CONF_FIXED_INTERVAL: Final = "fixed_interval"
CONF_SLEEPING_DEVICES: Final = "sleeping_devices"
CONF_EVENT_LOG_DAYS: Final = "event_log_days"
CONF_EVENT_LOG_SIZE: Final = "event_log_size"

# Seconds for which the cloud may fail before entities become unavailable; most outages are shorter.
GRACE: Final = 50.0

DEFAULT_SERVER_URL: Final = "https://api.particle.io"
DEFAULT_MONTHLY_ALLOWANCE: Final = 100_000
DEFAULT_SHARE: Final = 50
DEFAULT_MINIMUM_INTERVAL: Final = 60
DEFAULT_FIXED_INTERVAL: Final = 900

# Days for which events are kept, 0 for none, and megabytes that they may take.
DEFAULT_EVENT_LOG_DAYS: Final = 30
DEFAULT_EVENT_LOG_SIZE: Final = 300


class Login(StrEnum):
    """How the account was connected."""

    CLIENT_CREDENTIALS = "client_credentials"
    ACCESS_TOKEN = "access_token"
    PASSWORD = "password"


class PollingMode(StrEnum):
    """How the polling interval of variables is determined."""

    AUTOMATIC = "automatic"
    FIXED = "fixed"
    EVENTS_ONLY = "events_only"
