"""The version and the user agent of the client."""

from typing import Final

import aiohttp

# A test checks that it matches the manifest of the integration.
__version__: Final = "0.1.0"

USER_AGENT: Final = f"particle-home-assistant/{__version__} aiohttp/{aiohttp.__version__}"
