"""Print what Home Assistant would install by itself when the demo's integrations first start."""

import json
from pathlib import Path

import homeassistant

# Every integration that a started Home Assistant loads with the demo's configuration: those of its
# own bootstrap, those that the demo names and Particle's dependencies.
ROOTS = (
    "automation",
    "backup",
    "blueprint",
    "brands",
    "conversation",
    "config",
    "frontend",
    "history",
    "homeassistant",
    "input_boolean",
    "input_number",
    "logbook",
    "lovelace",
    "media_source",
    "mobile_app",
    "my",
    "onboarding",
    "person",
    "recorder",
    "script",
    "search",
    "system_health",
    "webhook",
)

CORE = Path(homeassistant.__file__).parent


def requirements(roots: tuple[str, ...]) -> set[str]:
    """Return the requirements of the integrations and of all that they depend on."""
    found: set[str] = set()
    seen: set[str] = set()
    queue = list(roots)
    while queue:
        domain = queue.pop()
        if domain in seen:
            continue
        seen.add(domain)
        manifest = json.loads((CORE / "components" / domain / "manifest.json").read_text())
        found.update(manifest.get("requirements", []))
        queue.extend(manifest.get("dependencies", []))
        queue.extend(manifest.get("after_dependencies", []) if domain in roots else [])
    return found


if __name__ == "__main__":
    own = json.loads(Path("custom_components/particle/manifest.json").read_text())
    print(f"-c {CORE / 'package_constraints.txt'}")
    print("\n".join(sorted(requirements(ROOTS) | set(own["requirements"]))))
