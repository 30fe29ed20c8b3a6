"""The version of the client, and how it introduces itself."""

from typing import Final

import aiohttp

# The same as in the manifest of the integration; a test compares them.
__version__: Final = "0.1.0"

USER_AGENT: Final = f"particle-home-assistant/{__version__} aiohttp/{aiohttp.__version__}"
