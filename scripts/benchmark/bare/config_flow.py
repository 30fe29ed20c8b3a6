"""Home Assistant sets up no entry whose integration has no flow for one."""

from homeassistant.config_entries import ConfigFlow

from . import DOMAIN


class BareConfigFlow(ConfigFlow, domain=DOMAIN):
    """A flow that nobody starts: a measurement adds the entry itself."""

    VERSION = 1
