"""The subset of Mustache that webhooks use.

`{{x}}` escapes HTML, `{{{x}}}` and `{{&x}}` do not; dotted names and list indices; sections,
inverted sections, comments, and `{{.}}`.
"""

from html import escape
import re
from typing import Any

from .jsontext import dumps

_TAG = re.compile(
    r"\{\{\{\s*(?P<raw>[^{}]+?)\s*\}\}\}|\{\{(?P<kind>[#^/&!]?)\s*(?P<name>[^{}]+?)\s*\}\}"
)


def render(template: str, context: dict[str, Any]) -> str:
    """Render a template; unknown variables are empty."""
    return _render(template, [context])


def render_all(value: Any, context: dict[str, Any]) -> Any:
    """Render all strings of a structure, including keys."""
    match value:
        case str():
            return render(value, context)
        case dict():
            return {
                render(str(key), context): render_all(item, context) for key, item in value.items()
            }
        case list():
            return [render_all(item, context) for item in value]
        case _:
            return value


def _render(template: str, stack: list[Any]) -> str:
    """Render a template; the innermost context is the last of the stack."""
    written: list[str] = []
    position = 0
    while match := _TAG.search(template, position):
        written.append(template[position : match.start()])
        position = match.end()
        if match["raw"] is not None:
            written.append(_text(_look_up(match["raw"], stack)))
            continue
        name, kind = match["name"], match["kind"]
        match kind:
            case "#" | "^":
                inner, position = _section(template, name, position)
                written.append(_render_section(inner, kind, _look_up(name, stack), stack))
            case "&":
                written.append(_text(_look_up(name, stack)))
            case "":
                written.append(escape(_text(_look_up(name, stack)), quote=True))
            case _:
                pass
    written.append(template[position:])
    return "".join(written)


def _section(template: str, name: str, start: int) -> tuple[str, int]:
    """Return the content of a section, and where it ends."""
    depth = 1
    for match in _TAG.finditer(template, start):
        if match["name"] != name:
            continue
        if match["kind"] in ("#", "^"):
            depth += 1
        elif match["kind"] == "/":
            depth -= 1
            if depth == 0:
                return template[start : match.start()], match.end()
    return template[start:], len(template)


def _render_section(inner: str, kind: str, value: Any, stack: list[Any]) -> str:
    """Render a section as often as its value requires."""
    if kind == "^":
        return "" if value else _render(inner, stack)
    if isinstance(value, list):
        return "".join(_render(inner, [*stack, item]) for item in value)
    return _render(inner, [*stack, value]) if value else ""


def _look_up(name: str, stack: list[Any]) -> Any:
    """Return the value of a dotted name, from the innermost context that contains it."""
    if name == ".":
        return stack[-1]
    head, *rest = name.split(".")
    for context in reversed(stack):
        if isinstance(context, dict) and head in context:
            value = context[head]
            break
    else:
        return None
    for key in rest:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _text(value: Any) -> str:
    """Return a value as it is written to the output."""
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return dumps(value)
