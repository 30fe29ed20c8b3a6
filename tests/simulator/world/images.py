"""Firmware images that the simulated compiler creates and boards can run.

An image is a valid module, which contains its platform; one that was compiled here also contains the
functions and variables of its program. Any other content is treated as a foreign binary, which runs
but keeps the functions and variables of the board.
"""

from dataclasses import dataclass, field
import hashlib
import json
import re
from typing import Any

from .modules import build_module, read_module

_MAGIC = b"\x7fSIMULATED\n"
_SOURCE = (".ino", ".cpp", ".c", ".h")
_CODE = (".ino", ".cpp", ".c")
_ERROR = re.compile(r"^\s*#\s*error\s*(.*)$")
_VARIABLE = re.compile(r'Particle\.variable\(\s*"([^"]+)"\s*,\s*&?(\w+)')
_PRODUCT = re.compile(r"\bPRODUCT_(ID|VERSION)\(\s*(\d+)\s*\)")
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
        platform_id: The platform that it was built for; None for a foreign binary.
        variables: Variables with their initial values.
        functions: Names of the functions.
        app_hash: SHA-256 as 64 hexadecimal digits: from the suffix of a module, otherwise of the content.
        compiled: Whether it was compiled here, so that its functions and variables are known.
        damaged: Whether it is a module with a wrong checksum.
    """

    content: bytes
    app_hash: str
    platform_id: int | None = None
    variables: dict[str, bool | int | float | str] = field(default_factory=dict)
    functions: tuple[str, ...] = ()
    compiled: bool = False
    damaged: bool = False


class CompileError(Exception):
    """The source does not compile; `errors` is the error output of the compiler."""

    def __init__(self, errors: list[str], stdout: str = "") -> None:
        """Initialize with the output of the compiler."""
        super().__init__(errors[0] if errors else "")
        self.errors = errors
        self.stdout = stdout


def compile_sources(sources: dict[str, str], platform_id: int, version: str) -> Image:
    """Compile source files by path.

    Raises:
        CompileError: The source does not compile; with output as from gcc.
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
        "version": version,
        "variables": {name: _type(whole, what) for name, what in _VARIABLE.findall(whole)},
        "functions": _FUNCTION.findall(whole),
        "sources": hashlib.sha256(whole.encode()).hexdigest(),
    }
    compiled = _MAGIC + json.dumps(described, sort_keys=True).encode()
    product = {name: int(number) for name, number in _PRODUCT.findall(whole)}
    return read_image(
        build_module(compiled, platform_id, version, product.get("ID"), product.get("VERSION"))
    )


def read_image(content: bytes) -> Image:
    """Parse an image."""
    module = read_module(content)
    if module is None:
        return Image(content, hashlib.sha256(content).hexdigest())
    damaged = not module.intact
    if damaged or not module.code.startswith(_MAGIC):
        return Image(content, module.app_hash, module.platform_id, damaged=damaged)
    described: dict[str, Any] = json.loads(module.code.removeprefix(_MAGIC))
    variables = {name: _FIRST[kind] for name, kind in described["variables"].items()}
    functions = tuple(described["functions"])
    return Image(content, module.app_hash, module.platform_id, variables, functions, True)


def size_info(image: Image) -> str:
    """Return the sizes of an image in the format of the compiler."""
    text = 91_780 + len(image.content)
    total = text + 952 + 9368
    header = "   text\t   data\t    bss\t    dec\t    hex\tfilename\n"
    return f"{header}  {text}\t    952\t   9368\t {total}\t  {total:x}\t"


def _problems(path: str, text: str) -> list[str]:
    """Return the errors of a source file."""
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
    """Return the type of a variable from its declaration."""
    match = re.search(rf"\b({'|'.join(_TYPES)})\s+{re.escape(name)}\b", source)
    return _TYPES[match[1]] if match else "int32"
