#!/usr/bin/env python3
"""Write docs/api-coverage.md: each endpoint of the API, and what uses it.

Except for the list of endpoints, everything is read from the source code: the endpoints that the
methods of the client use, the route table of the simulator, and the methods of the client that the
handlers of actions and the tests call.

    python scripts/api_coverage.py [--check]
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
import inspect
from pathlib import Path
import re
import sys
from textwrap import dedent
from types import FunctionType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from custom_components.particle import api  # noqa: E402
from custom_components.particle.api.endpoint import Endpoint  # noqa: E402
from custom_components.particle.api.namespace import Namespace  # noqa: E402
from custom_components.particle.api.scope import ScopeKind  # noqa: E402
from tests.simulator.api import ENDPOINTS  # noqa: E402

REFERENCE = ROOT / "scripts" / "particle_api_endpoints.txt"
TABLE = ROOT / "docs" / "api-coverage.md"
INTEGRATION = ROOT / "custom_components" / "particle"
TESTS = ROOT / "tests" / "api"
# Classes that are not attributes of `ParticleCloud`, with their methods for logging in.
LOGINS: dict[type, set[str]] = {
    api.ClientCredentials: {"access_token"},
    api.PasswordLogin: {"login", "confirm", "recover"},
}

type Key = tuple[str, str]
type Names = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the list of endpoints."""

    chapter: str
    method: str
    path: str
    reason: str | None

    @property
    def key(self) -> Key:
        """Key of the endpoint, independent of the names of its parameters."""
        return self.method, shape(self.path)


def shape(path: str) -> str:
    """Return a path without the names of its parameters."""
    return re.sub(r":\w+|\{[^}]*\}", "*", path)


def reference() -> list[Listed]:
    """Return the list of endpoints."""
    chapter, found = "", []
    for line in REFERENCE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            chapter = line.removeprefix("## ")
        elif line and not line.startswith("#"):
            call, _, reason = line.partition(" | ")
            method, path = call.split()
            found.append(Listed(chapter, method, path, reason.strip() or None))
    return found


def chapters() -> dict[str, type]:
    """Return the namespaces of the client, by their attribute names."""

    found: dict[str, type] = {}
    source = ast.parse((INTEGRATION / "api" / "client.py").read_text(encoding="utf-8"))
    classes = {kind.__name__: kind for kind in Namespace.__subclasses__()}
    for node in ast.walk(source):
        match node:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id="self"), attr=attribute)],
                value=ast.Call(func=ast.Name(id=name)),
            ) if name in classes:
                found[attribute] = classes[name]
    return found | {kind.__name__: kind for kind in LOGINS}


def client_methods() -> dict[Key, list[str]]:
    """Return the methods of the client for each endpoint, such as ``devices.get``."""
    found: dict[Key, list[str]] = defaultdict(list)
    for group, kind in chapters().items():
        for name, function in vars(kind).items():
            if not name.startswith("_") and name in LOGINS.get(kind, {name}):
                for method, path in documented(kind, function):
                    found[method, shape(path)].append(f"{group}.{name}")
    return found


def documented(kind: type, function: object) -> list[Key]:
    """Return the endpoints that a method of the client calls; without a scope, those of the account."""
    if not isinstance(function, FunctionType):
        return []
    scoped = "scope" in inspect.signature(function).parameters
    return [
        (endpoint.method, endpoint.documented_path(where))
        for endpoint in endpoints(kind, function)
        for where in (endpoint.scopes if scoped else (ScopeKind.ACCOUNT,))
    ]


def endpoints(kind: type, function: FunctionType) -> dict[Endpoint, None]:
    """Return the endpoints in a method, and in the functions and private methods that it uses.

    Public methods that it uses have their own entry in the table.
    """
    found: dict[Endpoint, None] = {}
    to_read, known = [function], {function}
    while to_read:
        reading = to_read.pop()
        for node in ast.walk(source(reading)):
            match node:
                case ast.Name(id=name):
                    used = reading.__globals__.get(name)
                case ast.Attribute(value=ast.Name(id="self"), attr=name) if name.startswith("_"):
                    used = vars(kind).get(name)
                case _:
                    continue
            if isinstance(used, Endpoint):
                found[used] = None
            elif (
                isinstance(used, FunctionType)
                and used.__module__.startswith(api.__name__)
                and used not in known
            ):
                known.add(used)
                to_read.append(used)
    return found


@cache
def source(function: FunctionType) -> ast.Module:
    """Return the syntax tree of a function."""
    return ast.parse(dedent(inspect.getsource(function)))


def simulator_routes() -> dict[Key, str]:
    """Return the routes of the simulator, and the faults that enable withdrawn ones."""
    found = {}
    for endpoint in ENDPOINTS:
        note = f"only with `{endpoint.legacy}`" if endpoint.legacy else "yes"
        for method in ("POST",) if endpoint.method == "*" else (endpoint.method,):
            found[method, shape(endpoint.path)] = note
    return found


def called_methods(tree: ast.AST) -> set[str]:
    """Return the methods of the client that some code calls, including through aliases."""
    groups = chapters()
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Attribute(attr=group) | ast.Call(func=ast.Name(id=group)),
            ) if group in groups:
                aliases[name] = group
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Attribute(attr=group, value=owner), attr=method) if (
                group in groups and is_client(owner)
            ):
                found.add(f"{group}.{method}")
            case ast.Attribute(value=ast.Call(func=ast.Name(id=group)), attr=method) if (
                group in groups
            ):
                found.add(f"{group}.{method}")
            case ast.Attribute(value=ast.Name(id=name), attr=method) if name in aliases:
                found.add(f"{aliases[name]}.{method}")
    return found


def is_client(owner: ast.expr) -> bool:
    """Return whether an expression can be a client, unlike ``runtime_data.devices``."""
    match owner:
        case ast.Name():
            return True
        case ast.Attribute(attr=name):
            return name in {"cloud", "_cloud"}
    return False


def tests() -> Names:
    """Return the test modules that call each method of the client."""
    found: Names = defaultdict(set)
    for path in sorted(TESTS.glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for method in called_methods(tree):
            found[method].add(path.stem)
    return found


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions and methods of a module, except nested functions."""
    for node in tree.body:
        for item in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                yield item


def handlers(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the names of declared actions and of their handlers."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="Action"),
                args=[ast.Constant(value=str(action)), ast.Name(id=handler), *_],
            ):
                yield action, handler


def actions() -> Names:
    """Return the actions that call each method of the client, directly or through one function."""
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(INTEGRATION.rglob("*.py"))
        if "api" not in path.relative_to(INTEGRATION).parts
    }
    shared: Names = defaultdict(set)
    for tree in trees.values():
        for function in functions(tree):
            if function.name.startswith("async_"):
                shared[function.name] |= called_methods(function)
    found: Names = defaultdict(set)
    for path, tree in trees.items():
        if "services" not in path.relative_to(INTEGRATION).parts[0]:
            continue
        own = {function.name: function for function in functions(tree)}
        for action, handler in handlers(tree):
            methods = set(called_methods(own[handler]))
            for name in used_names(own[handler]):
                if name in own and name != handler:
                    methods |= called_methods(own[name])
                methods |= shared.get(name, set())
            for method in methods:
                found[method].add(action)
    return found


def used_names(tree: ast.AST) -> Iterable[str]:
    """Yield all names and attributes in some code."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name


def table() -> str:
    """Return the content of the document."""
    listed, methods, routes = reference(), client_methods(), simulator_routes()
    tested, acted = tests(), actions()
    wanted = [item for item in listed if item.reason is None]
    covered = [item for item in wanted if methods.get(item.key)]
    simulated = [item for item in listed if item.key in routes]
    reached = [
        item for item in wanted if any(acted.get(name) for name in methods.get(item.key, []))
    ]
    proven = [
        item for item in wanted if any(tested.get(name) for name in methods.get(item.key, []))
    ]
    lines = [
        "# Coverage of the Particle Cloud API",
        "",
        "Generated by `scripts/api_coverage.py` from the source code; a test checks that it is up to date.",
        "The action `particle.request` reaches every endpoint; the column *action* lists the others.",
        "",
        f"* Endpoints in the list: {len(listed)}, of which {len(listed) - len(wanted)} intentionally have no method.",
        f"* With a method of the client: {len(covered)} of {len(wanted)}.",
        f"* Called by a test of the client: {len(proven)} of {len(wanted)}.",
        f"* In the simulated cloud: {len(simulated)} of {len(listed)}.",
        f"* With their own action in Home Assistant: {len(reached)} of {len(wanted)}.",
    ]
    chapter = None
    for item in listed:
        if item.chapter != chapter:
            chapter = item.chapter
            lines += [
                "",
                f"## {chapter}",
                "",
                "| method | path | client | simulator | action | test |",
                "|---|---|---|---|---|---|",
            ]
        names = methods.get(item.key, [])
        client = item.reason or joined(names)
        lines.append(
            f"| {item.method} | `{item.path}` | {client} | {routes.get(item.key, '–')}"
            f" | {joined(sorted({action for name in names for action in acted.get(name, ())}))}"
            f" | {joined(sorted({test for name in names for test in tested.get(name, ())}))} |"
        )
    return "\n".join(lines) + "\n"


def joined(names: Iterable[str]) -> str:
    """Format names as code, or as a dash if there are none."""
    return ", ".join(f"`{name}`" for name in names) or "–"


def main() -> int:
    """Write the document, or check whether it is up to date."""
    text = table()
    if "--check" in sys.argv[1:]:
        if TABLE.exists() and TABLE.read_text(encoding="utf-8") == text:
            return 0
        print(f"{TABLE.relative_to(ROOT)} is out of date: run scripts/api_coverage.py")
        return 1
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
