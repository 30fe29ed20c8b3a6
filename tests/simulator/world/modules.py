"""The binary format of Device OS modules, as far as applications use it.

A module consists of a prefix of 24 bytes, the code, a suffix of 40 bytes and a CRC-32. The prefix
contains its position in memory (and thereby its length), its platform and its dependencies. The suffix
contains the product and the SHA-256 of everything before it, which is the application hash in events.
"""

from dataclasses import dataclass
import hashlib
import struct
import zlib

_PREFIX = struct.Struct("<IIBBHHBBBBHBBH")
_SUFFIX = struct.Struct("<HHH32sH")
_CRC = struct.Struct(">I")
_START = 0xB4000
_USER, _SYSTEM = 5, 4
_MODULE_VERSION = 6
_NOT_A_PRODUCT = 0xFFFF
_GEN_2 = (6, 8, 10)


@dataclass(frozen=True, slots=True)
class Module:
    """An application module that was read.

    Attributes:
        intact: Whether the checksum is correct.
    """

    platform_id: int
    code: bytes
    app_hash: str
    intact: bool


def build_module(
    code: bytes,
    platform_id: int,
    version: str,
    product_id: int | None = None,
    product_version: int | None = None,
) -> bytes:
    """Return code as an application module for a platform and a version of Device OS."""
    padded = code + b"\0" * (-len(code) % 4)
    size = _PREFIX.size + len(padded) + _SUFFIX.size
    # An application depends on the last part of the system.
    needed = (_SYSTEM, 2 if platform_id in _GEN_2 else 1, system_module_version(version))
    prefix = _PREFIX.pack(
        _START, _START + size, 0, 0, _MODULE_VERSION, platform_id, _USER, 1, *needed, 0, 0, 0
    )
    product = (
        _NOT_A_PRODUCT if product_id is None else product_id,
        _NOT_A_PRODUCT if product_version is None else product_version,
    )
    hashed = prefix + padded + struct.pack("<HHH", *product, 0)
    body = hashed + hashlib.sha256(hashed).digest() + struct.pack("<H", _SUFFIX.size)
    return body + _CRC.pack(zlib.crc32(body))


def system_module_version(version: str) -> int:
    """Return the module version of a version of Device OS: 5802 for 5.8.2.

    Raises:
        ValueError: It is not a version.
    """
    major, minor, patch = (int(part) for part in version.partition("-")[0].split("."))
    number = major * 1000 + minor * 100 + patch
    if not 0 <= number <= 0xFFFF:
        raise ValueError(f"{version} is no version of Device OS")
    return number


def read_module(content: bytes) -> Module | None:
    """Parse an application module; return None if the content is not one."""
    if len(content) < _PREFIX.size + _SUFFIX.size + _CRC.size:
        return None
    start, end, _, _, _, platform_id, function, *_ = _PREFIX.unpack_from(content)
    if end - start + _CRC.size != len(content) or function != _USER:
        return None
    body, (checksum,) = content[: -_CRC.size], _CRC.unpack(content[-_CRC.size :])
    *_, app_hash, _ = _SUFFIX.unpack(body[-_SUFFIX.size :])
    code = body[_PREFIX.size : -_SUFFIX.size].rstrip(b"\0")
    return Module(platform_id, code, app_hash.hex(), checksum == zlib.crc32(body))
