"""Config flow, without which Home Assistant would not set up an entry."""

from homeassistant.config_entries import ConfigFlow

from . import DOMAIN


class BareConfigFlow(ConfigFlow, domain=DOMAIN):
    """A flow that is not used, because the benchmarks add the entry themselves."""

    VERSION = 1
