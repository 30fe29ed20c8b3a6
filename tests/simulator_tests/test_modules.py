"""Compiled binaries are modules that other software can read."""

import hashlib
import struct
import zlib

import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.world import Update, compile_sources, read_image
from tests.simulator.world.modules import build_module, read_module

from .client import Api
from .test_firmware import GREENHOUSE, binary, compile_for, source, statuses

SOURCE = "int level;\nPRODUCT_ID(24001);\nPRODUCT_VERSION(7);\nvoid setup() {}\n"


@pytest.mark.parametrize(
    ("platform", "version", "system_part", "module_version"),
    [
        (6, "3.3.1", 2, 3301),
        (12, "5.8.0", 1, 5800),
        (32, "6.3.2", 1, 6302),
        (26, "5.8.2-rc.1", 1, 5802),
    ],
)
def test_layout(platform: int, version: str, system_part: int, module_version: int) -> None:
    """Prefix, suffix and checksum stand where Device OS has them."""
    image = compile_sources({"app.ino": SOURCE}, platform, version)
    content = image.content
    start, end = struct.unpack_from("<II", content)
    assert end - start == len(content) - 4
    assert struct.unpack_from("<HBB", content, 12) == (platform, 5, 1)
    assert struct.unpack_from("<BBHBBH", content, 16) == (4, system_part, module_version, 0, 0, 0)
    assert struct.unpack_from("<HHH", content, len(content) - 44) == (24001, 7, 0)
    assert content[-38:-6] == hashlib.sha256(content[:-38]).digest()
    assert content[-38:-6].hex() == image.app_hash
    assert content[-6:-4] == struct.pack("<H", 40)
    assert content[-4:] == struct.pack(">I", zlib.crc32(content[:-4]))
    assert read_image(content) == image


def test_without_a_product() -> None:
    """The suffix says so with all bits."""
    content = compile_sources({"app.ino": "void setup() {}"}, 32, "5.8.0").content
    assert content[-44:-40] == b"\xff" * 4


def test_same_source_is_the_same_module() -> None:
    """Another source, platform or version is another one."""
    sources = {"app.ino": SOURCE}
    one = compile_sources(sources, 32, "5.8.0").app_hash
    assert compile_sources(dict(sources), 32, "5.8.0").app_hash == one
    others = [
        compile_sources({"app.ino": SOURCE + " "}, 32, "5.8.0").app_hash,
        compile_sources(sources, 12, "5.8.0").app_hash,
        compile_sources(sources, 32, "5.8.1").app_hash,
    ]
    assert len({one, *others}) == 4


def test_bytes_that_are_no_application() -> None:
    """Long enough, but something else: parts of the system are modules, too."""
    module = build_module(b"code", 32, "5.8.0")
    assert read_module(module) is not None
    assert read_module(build_module(b"", 32, "5.8.0")) is not None
    for other in (b"x" * 200, module + b"!", module[:-1], system_part(module)):
        assert read_module(other) is None


def system_part(module: bytes) -> bytes:
    """Return a module that says that it is a part of the system."""
    return module[:14] + b"\x04" + module[15:]


async def test_damaged_module_is_refused(cloud: SimulatedCloud, api: Api) -> None:
    """A board checks what it has got."""
    cloud.clock.manual()
    image = compile_sources({"app.ino": SOURCE}, 32, "5.8.0")
    damaged = image.content[:40] + b"!" + image.content[41:]
    before = cloud.world.board(GREENHOUSE).app_hash
    await api("PUT", f"/v1/devices/{GREENHOUSE}", data=binary(damaged))
    assert await statuses(cloud, GREENHOUSE) == [("spark/flash/status", "failed app.bin")]
    assert cloud.world.board(GREENHOUSE).app_hash == before


async def test_program_that_registers_nothing(cloud: SimulatedCloud, api: Api) -> None:
    """What the old program had is gone; a foreign binary keeps it."""
    cloud.clock.manual()
    greenhouse = cloud.world.board(GREENHOUSE)
    cloud.world.flash(greenhouse, Update(read_image(b"foreign")))
    await cloud.clock.advance(60)
    assert "soil" in (await api("GET", f"/v1/devices/{GREENHOUSE}")).json["variables"]
    empty = compile_sources({"app.ino": "void setup() {}"}, 32, "5.8.0")
    cloud.world.flash(greenhouse, Update(empty))
    await cloud.clock.advance(60)
    device = (await api("GET", f"/v1/devices/{GREENHOUSE}")).json
    assert (device["variables"], device["functions"]) == ({}, [])


async def test_flashed_binary_is_the_compiled_one(cloud: SimulatedCloud, api: Api) -> None:
    """The hash in the events is that of the module's suffix."""
    cloud.clock.manual()
    _, content = await compile_for(api, 32)
    await api("PUT", f"/v1/devices/{GREENHOUSE}", data=binary(content))
    events = dict(await statuses(cloud, GREENHOUSE))
    assert events["spark/device/app-hash"] == content[-38:-6].hex()


@pytest.mark.parametrize("version", ["newest", "5.8", "99.0.0", "-1.0.0"])
async def test_unknown_version_of_device_os(api: Api, version: str) -> None:
    """The compiler has only those that there are."""
    form = source(SOURCE, platform_id="32", build_target_version=version)
    refused = await api("POST", "/v1/binaries", data=form)
    assert (refused.status, refused.json["ok"]) == (400, False)
    assert "build_target_version" in refused.json["error"]
