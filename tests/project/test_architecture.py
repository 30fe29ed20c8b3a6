"""The walls of the integration: which room may know which, as `docs/architecture.md` says."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
INTEGRATION = REPOSITORY / "custom_components" / "particle"
SIMULATOR = REPOSITORY / "tests" / "simulator"

# From the bottom to the top. A module imports only from its own row and from rows above it in this
# list; rooms of one row do not know each other.
ROWS = [
    {"const"},
    {"api"},
    {"exceptions", "slices", "storage"},
    {"device_registry"},
    {"account", "data_operations"},
    {"events"},
    {"device", "event_log"},
    {"coordinator"},
    {"entity", "targeting"},
    {"firmware"},
    {"entities", "validation"},
    {"dashboard", "flow", "services", "triggers"},
]

# What Home Assistant loads by name, and what several rooms need.
ROOT = {
    "__init__",
    "backup",
    "binary_sensor",
    "button",
    "condition",
    "config_flow",
    "const",
    "coordinator",
    "device_registry",
    "device_tracker",
    "diagnostics",
    "entity",
    "event",
    "exceptions",
    "logbook",
    "sensor",
    "system_health",
    "targeting",
    "trigger",
}


def modules(folder: Path) -> dict[str, Path]:
    """Return the modules of a package by their names inside it."""
    return {
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"): path
        for path in folder.rglob("*.py")
    }


def imported(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield level, module and name of each import, also those for types alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.level, node.module or "", alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield 0, alias.name, ""


@cache
def imports_of(folder: Path) -> dict[str, set[str]]:
    """Return which modules of a package import which others of it."""
    known = modules(folder)
    found: dict[str, set[str]] = {}
    for name, path in known.items():
        package = list(path.relative_to(folder).parts[:-1])
        found[name] = set()
        for level, module, imported_name in imported(path):
            if not level:
                continue
            parts = package[: len(package) - level + 1] + (module.split(".") if module else [])
            target = ".".join(parts)
            member = f"{target}.{imported_name}".removeprefix(".")
            found[name].add(member if member in known else target or "__init__")
        found[name].discard(name)
    return found


def row_of(module: str) -> int:
    """Return the row of a module; platforms and the wiring stand on top."""
    room = module.partition(".")[0]
    return next((row for row, rooms in enumerate(ROWS) if room in rooms), len(ROWS))


def test_no_import_goes_in_a_circle() -> None:
    try:
        TopologicalSorter(imports_of(INTEGRATION)).prepare()
    except CycleError as err:
        pytest.fail(" imports ".join(err.args[1]))


def test_rooms_know_each_other_downwards_only() -> None:
    upwards = [
        f"{name} imports {target}"
        for name, targets in imports_of(INTEGRATION).items()
        for target in targets
        if name.partition(".")[0] != target.partition(".")[0]
        and row_of(name) < len(ROWS)
        and row_of(target) >= row_of(name)
    ]
    assert upwards == []


def test_what_runs_does_not_need_the_forms() -> None:
    needing = [
        name
        for name, targets in imports_of(INTEGRATION).items()
        if not name.startswith(("flow", "config_flow"))
        and any(target.startswith("flow") for target in targets)
    ]
    assert needing == []


@pytest.mark.parametrize(
    ("folder", "strange"),
    [(INTEGRATION / "api", "homeassistant"), (SIMULATOR, "custom_components")],
)
def test_the_client_and_the_simulator_stand_alone(folder: Path, strange: str) -> None:
    depth = {name: len(path.relative_to(folder).parts) for name, path in modules(folder).items()}
    outside = [
        f"{name} imports {module or '.' * level}"
        for name, path in modules(folder).items()
        for level, module, _ in imported(path)
        if module.partition(".")[0] == strange or level > depth[name]
    ]
    assert outside == []


def test_only_what_home_assistant_loads_stands_in_the_root() -> None:
    assert {path.stem for path in INTEGRATION.glob("*.py")} == ROOT


def test_every_room_has_its_place() -> None:
    rooms = {path.name for path in INTEGRATION.iterdir() if (path / "__init__.py").exists()}
    placed = {name for row in ROWS for name in row}
    assert rooms <= placed
    assert {name for name in placed if name not in ROOT} == rooms
