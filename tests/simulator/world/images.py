"""Firmware images: what the simulated compiler makes and boards can run.

An image says for which platform it is and what its program registers; any other bytes are taken as
a foreign binary, which runs but keeps the functions and variables that the board had.
"""

from dataclasses import dataclass, field
import hashlib
import json
import re
from typing import Any

_MAGIC = b"\x7fSIMULATED\n"
_SOURCE = (".ino", ".cpp", ".c", ".h")
_CODE = (".ino", ".cpp", ".c")
_ERROR = re.compile(r"^\s*#\s*error\s*(.*)$")
_VARIABLE = re.compile(r'Particle\.variable\(\s*"([^"]+)"\s*,\s*&?(\w+)')
_FUNCTION = re.compile(r'Particle\.function\(\s*"([^"]+)"')
_TYPES = {
    "bool": "bool",
    "int": "int32",
    "int32_t": "int32",
    "double": "double",
    "float": "double",
    "String": "string",
    "char": "string",
}
_FIRST: dict[str, bool | int | float | str] = {
    "bool": False,
    "int32": 0,
    "double": 0.0,
    "string": "",
}


@dataclass(frozen=True, slots=True)
class Image:
    """A firmware image.

    Attributes:
        platform_id: What it was built for; None for a foreign binary.
        variables: Variables with their first values.
        functions: Names of the functions.
        app_hash: SHA-256 of the whole, as 64 hexadecimal digits.
    """

    content: bytes
    app_hash: str
    platform_id: int | None = None
    variables: dict[str, bool | int | float | str] = field(default_factory=dict)
    functions: tuple[str, ...] = ()


class CompileError(Exception):
    """The source does not compile; `errors` holds the text of the compiler."""

    def __init__(self, errors: list[str], stdout: str = "") -> None:
        """Hold the output of the compiler."""
        super().__init__(errors[0] if errors else "")
        self.errors = errors
        self.stdout = stdout


def compile_sources(sources: dict[str, str], platform_id: int, version: str) -> Image:
    """Compile source files by path.

    Raises:
        CompileError: With the text that gcc would write.
    """
    code = {path: text for path, text in sources.items() if path.endswith(_CODE)}
    if not code:
        raise CompileError(["make: *** No source files (.ino, .cpp, .c) found.  Stop.\n"])
    problems = [problem for path, text in sources.items() for problem in _problems(path, text)]
    if problems:
        noise = "make[1]: *** [../build/module.mk:267: user.o] Error 1\n"
        raise CompileError(["\n".join(problems) + f"\n{noise}"], "Building code\n")
    whole = "\n".join(sources.values())
    described = {
        "platform": platform_id,
        "version": version,
        "variables": {name: _type(whole, what) for name, what in _VARIABLE.findall(whole)},
        "functions": _FUNCTION.findall(whole),
        "sources": hashlib.sha256(whole.encode()).hexdigest(),
    }
    return read_image(_MAGIC + json.dumps(described, sort_keys=True).encode())


def read_image(content: bytes) -> Image:
    """Return what an image says about itself."""
    app_hash = hashlib.sha256(content).hexdigest()
    if not content.startswith(_MAGIC):
        return Image(content, app_hash)
    described: dict[str, Any] = json.loads(content.removeprefix(_MAGIC))
    variables = {name: _FIRST[kind] for name, kind in described["variables"].items()}
    return Image(content, app_hash, described["platform"], variables, tuple(described["functions"]))


def size_info(image: Image) -> str:
    """Return the sizes of an image as the compiler prints them."""
    text = 91_780 + len(image.content)
    total = text + 952 + 9368
    header = "   text\t   data\t    bss\t    dec\t    hex\tfilename\n"
    return f"{header}  {text}\t    952\t   9368\t {total}\t  {total:x}\t"


def _problems(path: str, text: str) -> list[str]:
    """Return what is wrong with a source file."""
    if not path.endswith(_SOURCE):
        return []
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if match := _ERROR.match(line):
            column = line.index("#") + 2
            found.append(f"{path}:{number}:{column}: error: #error {match[1]}")
    if text.count("{") > text.count("}"):
        lines = text.count("\n") + 1
        found.append(f"{path}:{lines}:1: error: expected '}}' at end of input")
    return found


def _type(source: str, name: str) -> str:
    """Return the type of a variable by its declaration."""
    match = re.search(rf"\b({'|'.join(_TYPES)})\s+{re.escape(name)}\b", source)
    return _TYPES[match[1]] if match else "int32"
