"""Print what Home Assistant would install by itself when the demo's integrations first start."""

import json
from pathlib import Path
from typing import Any

import homeassistant
from homeassistant.bootstrap import CORE_INTEGRATIONS, DEFAULT_INTEGRATIONS

CORE = Path(homeassistant.__file__).parent
PARTICLE = Path(__file__).parents[1] / "custom_components" / "particle"

# What the demo's configuration names and the tests load, beside Home Assistant's own bootstrap.
# isal only makes its HTTP server quicker, which otherwise logs that it is missing.
DEMO = {"config", "history", "isal", "logbook", "recorder", "sun"}

# The voice assistant loads with every Home Assistant, and the versions of these two that it asks for
# exist as C++ source alone. Nothing here listens to a microphone: later versions need no compiler.
COMPILED = {"pymicro-vad": "pymicro-vad>=2", "pyspeex-noise": "pyspeex-noise>=2"}


def manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the integration in a folder."""
    loaded: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return loaded


def requirements() -> set[str]:
    """Return the requirements of all these integrations and of those that they depend on.

    ``after_dependencies`` only order the start of what is loaded anyway. Home Assistant would
    install their requirements too; the demo starts it with ``--skip-pip``, and does without.
    """
    own = manifest(PARTICLE)
    found = set(own["requirements"])
    queue = CORE_INTEGRATIONS | DEFAULT_INTEGRATIONS | DEMO | set(own.get("dependencies", ()))
    seen: set[str] = set()
    while queue:
        domain = queue.pop()
        seen.add(domain)
        core = manifest(CORE / "components" / domain)
        found.update(core.get("requirements", ()))
        queue.update(set(core.get("dependencies", ())) - seen)
    return {COMPILED.get(requirement.partition("==")[0], requirement) for requirement in found}


if __name__ == "__main__":
    print("\n".join(sorted(requirements())))
