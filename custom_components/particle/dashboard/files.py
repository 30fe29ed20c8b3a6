"""The built cards: whether this copy of the integration has them, and where they are served."""

from dataclasses import dataclass
import json
from pathlib import Path
from typing import Final

from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant

# Built from frontend/ by scripts/cards; a release contains it, the repository does not.
DIST: Final = Path(__file__).parent / "dist"
URL_BASE: Final = "/particle_static"


@dataclass(frozen=True, slots=True)
class BuiltCards:
    """What the build says of itself in its manifest."""

    entry: str
    hash: str

    def url(self, version: str) -> str:
        """Return where browsers load the cards; it differs for each release and each build."""
        return f"{URL_BASE}/{self.entry}?v={version}-{self.hash}"


def read_built_cards(folder: Path) -> BuiltCards | None:
    """Return the built cards of a folder, or None if it does not contain them."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        cards = BuiltCards(entry=str(manifest["entry"]), hash=str(manifest["hash"]))
    except OSError, ValueError, KeyError, TypeError:
        return None
    return cards if (folder / cards.entry).is_file() else None


async def async_serve(hass: HomeAssistant, folder: Path) -> None:
    """Serve the files to browsers, which may keep them: their addresses change with their content.

    Routes cannot be removed, so this is done once.
    """
    await hass.http.async_register_static_paths(
        [StaticPathConfig(URL_BASE, str(folder), cache_headers=True)]
    )
