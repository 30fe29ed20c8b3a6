"""Parse the output of the compiler."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Any

from .errors import ParticleError

MAX_MESSAGES = 500
_LINE = re.compile(
    r"(?P<file>[^\s:][^:\n]*):(?P<line>\d{1,9}):(?:(?P<column>\d{1,9}):)?\s*"
    r"(?P<kind>fatal error|error|warning|note):\s*(?P<text>.*)"
)
# Messages of the linker may have no line.
_LINKER = re.compile(
    r"(?P<file>[^\s:][^:\n]*):(?:(?P<line>\d{1,9}):)?(?:\([^)]*\):)?\s*"
    r"(?P<text>undefined reference to .*|multiple definition of .*|region .* overflowed .*)"
)


class MessageKind(StrEnum):
    """Severity of a message."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class CompilerMessage:
    """One message of the compiler or the linker.

    Attributes:
        file: Path in the project.
        line: Line number from 1; None if unknown.
        column: Column number from 1; None if unknown.
    """

    kind: MessageKind
    text: str
    file: str | None = None
    line: int | None = None
    column: int | None = None


class CompilationError(ParticleError):
    """The source does not compile.

    Attributes:
        messages: The parsed messages.
        output: The full output.
    """

    def __init__(
        self,
        message: str,
        *,
        messages: tuple[CompilerMessage, ...] = (),
        output: str = "",
        status: int | None = None,
    ) -> None:
        """Initialize the error."""
        super().__init__(message, status=status)
        self.messages = messages
        self.output = output


def parse_compiler_output(output: str) -> tuple[CompilerMessage, ...]:
    """Parse the output of gcc and its linker; other and repeated lines are left out."""
    found: dict[CompilerMessage, None] = {}
    for line in output.splitlines():
        if len(found) >= MAX_MESSAGES:
            break
        text = line.strip()[:2000]
        if match := _LINE.match(text):
            kind = match["kind"].removeprefix("fatal ")
            message = CompilerMessage(
                MessageKind(kind),
                match["text"].strip(),
                _in_project(match["file"]),
                int(match["line"]),
                int(match["column"]) if match["column"] else None,
            )
        elif match := _LINKER.match(text):
            message = CompilerMessage(
                MessageKind.ERROR,
                match["text"].strip(),
                _in_project(match["file"]),
                int(match["line"]) if match["line"] else None,
            )
        else:
            continue
        found[message] = None
    return tuple(found)


def is_compilation_failure(body: Any) -> bool:
    """Whether an answer reports a failed compilation, regardless of its status."""
    return isinstance(body, Mapping) and body.get("ok") is False and "output" in body


def compilation_error(body: Mapping[str, Any], status: int) -> CompilationError:
    """Return the error for an answer that reports a failed compilation."""
    texts = [
        item
        for key in ("errors", "stdout")
        for item in (body[key] if isinstance(body.get(key), list) else [body.get(key)])
        if isinstance(item, str) and item.strip()
    ]
    output = "\n".join(texts)
    messages = parse_compiler_output(output)
    summary = body.get("output")
    first = next((item for item in messages if item.kind is MessageKind.ERROR), None)
    if first is not None:
        place = ":".join(str(part) for part in (first.file, first.line) if part is not None)
        message = f"{place}: {first.text}" if place else first.text
        more = sum(item.kind is MessageKind.ERROR for item in messages) - 1
        if more:
            message += f" (and {more} more)"
    elif texts and isinstance(summary, str) and "time" in summary.lower() and summary != texts[0]:
        message = f"{summary}: {texts[0][:300]}"
    else:
        message = texts[0][:300] if texts else str(summary or "The source does not compile")[:300]
    return CompilationError(message, messages=messages, output=output, status=status)


def _in_project(file: str) -> str:
    """Return the path of a file in the project: the cloud compiles from another folder."""
    return re.sub(r"^(\.\.?/)+", "", file.strip())
