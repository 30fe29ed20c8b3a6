"""What the tests in a browser need: a browser, and the built cards."""

import os
import shutil
from typing import Final

from custom_components.particle.dashboard.files import DIST, read_built_cards

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")

# Where nothing may be skipped, PARTICLE_BROWSER=required makes it a failure that something is missing.
REQUIRED: Final = os.environ.get("PARTICLE_BROWSER") == "required"


def find_browser() -> str | None:
    """Return the path of Chromium or Chrome, or None if this machine has neither."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def missing() -> str | None:
    """Return what is missing and how to get it; None if nothing is."""
    if find_browser() is None:
        return f"no browser is installed: install one of {', '.join(_BROWSERS)}"
    if read_built_cards(DIST) is None:
        return "the cards are not built: run scripts/cards"
    return None
