"""Print the packages that Home Assistant would install at the first start of the demo."""

import json
from pathlib import Path
from typing import Any

import homeassistant
from homeassistant.bootstrap import CORE_INTEGRATIONS, DEFAULT_INTEGRATIONS

CORE = Path(homeassistant.__file__).parent
PARTICLE = Path(__file__).parents[1] / "custom_components" / "particle"

# Integrations in the demo's configuration and in the tests, in addition to those that Home Assistant
# always loads. Without isal, the HTTP server logs that it is missing.
DEMO = {"config", "history", "isal", "logbook", "recorder", "sun"}

# The voice assistant is always loaded, and the versions of these two packages that it requires are
# only available as C++ source code. Later versions do not need a compiler.
COMPILED = {"pymicro-vad": "pymicro-vad>=2", "pyspeex-noise": "pyspeex-noise>=2"}


def manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the integration in a folder."""
    loaded: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return loaded


def requirements() -> set[str]:
    """Return the requirements of all these integrations and of their dependencies.

    Home Assistant would also install the requirements of ``after_dependencies``, but they only
    determine the order of loading, and the demo uses ``--skip-pip``.
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
