"""Compiling, flashing, product firmware, libraries."""

import io
import tarfile

import pytest

from custom_components.particle.api import (
    Binary,
    CompilationError,
    CompilerMessage,
    DeviceNotFoundError,
    DeviceTimeoutError,
    InvalidRequestError,
    LibraryScope,
    MessageKind,
    NotFoundError,
    ParticleCloud,
    Scope,
    parse_compiler_output,
)
from custom_components.particle.api.compiler import MAX_MESSAGES
from tests.simulator import SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"
PHOTON = "0a10aced202194944a000004"
VAN = "0a10aced202194944a000011"
SOURCE = {
    "src/app.ino": 'int level = 1;\nvoid setup() { Particle.variable("level", level); }\n',
    "lib/über/x.h": "// header\n",
    "project.properties": "name=app\n",
}


async def test_compiling(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Source goes up with its paths, a binary comes down, with its sizes."""
    binary = await particle.firmware.compile(SOURCE, platform_id=32, build_target_version="5.8.0")
    assert binary.build_target_version == "5.8.0"
    assert binary.text_size is not None
    assert binary.data_size == 952
    assert binary.expires_at is not None
    (request,) = cloud.requests.matching("POST", "/v1/binaries")
    assert {file["filename"] for file in request.body["files"]} == set(SOURCE)
    content = await particle.firmware.download_binary(binary.id)
    assert len(content) > 50
    product = await particle.firmware.compile(SOURCE, product_id=cloud.product_id)
    assert product.id != binary.id
    with pytest.raises(NotFoundError):
        await particle.firmware.download_binary("0" * 24)


async def test_source_that_does_not_compile(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """File, line, column, kind and words, from a compilation and from a flash."""
    bad = {"src/app.ino": "void setup() {}\n  #error too cold\n"}
    for attempt in (
        particle.firmware.compile(bad, platform_id=32),
        particle.firmware.flash_source(GREENHOUSE, bad),
    ):
        with pytest.raises(CompilationError, match="too cold") as caught:
            await attempt
        (message,) = caught.value.messages
        assert (message.file, message.line, message.kind) == ("src/app.ino", 2, MessageKind.ERROR)
        assert message.column is not None
        assert "user.o" in caught.value.output
    cloud.faults.set("compile_timeout", count=1)
    with pytest.raises(CompilationError, match="timed out"):
        await particle.firmware.compile(SOURCE, platform_id=32)


def test_messages_of_the_compiler() -> None:
    """Gcc and its linker are taken apart; the rest is left in the output."""
    text = """
src/app.cpp: In function 'void loop()':
src/app.cpp:12:5: error: 'x' was not declared in this scope
src/app.cpp:12:5: error: 'x' was not declared in this scope
../lib/a/b.h:3: warning: unused: value
src/c.cpp:1:10: fatal error: none.h: No such file or directory
src/c.cpp:7:1: note: see here
app.cpp:(.text.loop+0x2): undefined reference to `missing()'
make: *** [all] Error 1
"""
    assert parse_compiler_output(text) == (
        CompilerMessage(
            MessageKind.ERROR, "'x' was not declared in this scope", "src/app.cpp", 12, 5
        ),
        CompilerMessage(MessageKind.WARNING, "unused: value", "lib/a/b.h", 3),
        CompilerMessage(MessageKind.ERROR, "none.h: No such file or directory", "src/c.cpp", 1, 10),
        CompilerMessage(MessageKind.NOTE, "see here", "src/c.cpp", 7, 1),
        CompilerMessage(MessageKind.ERROR, "undefined reference to `missing()'", "app.cpp"),
    )


def test_a_flood_of_messages() -> None:
    """Only the first are taken apart; what is said again and again does not push out the rest."""
    warnings = [f"a.cpp:{line}:1: warning: unused" for line in range(1, MAX_MESSAGES)]
    text = "\n".join([*warnings, *warnings, "b.cpp:1:1: error: one", "b.cpp:2:1: error: two"])
    messages = parse_compiler_output(text)
    assert len(messages) == MAX_MESSAGES
    assert messages[-1].text == "one"


@pytest.mark.parametrize("info", [None, "", "no table", "a b\nc d e f", "x\n 1 2"])
def test_sizes_that_are_not_told(info: str | None) -> None:
    """An empty table is no error."""
    binary = Binary.from_json({"binary_id": "1", "sizeInfo": info})
    assert binary.bss_size is None


async def test_flashing(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Binary, bundle, source, a program known by name; the cloud says that it has begun."""
    firmware = particle.firmware
    binary = await firmware.compile(SOURCE, platform_id=32)
    content = await firmware.download_binary(binary.id)
    started = [
        await firmware.flash_binary(GREENHOUSE, content),
        await firmware.flash_bundle(cloud.world.board("garage").id, b"PK\x03\x04 assets"),
        await firmware.flash_source(cloud.world.board("boat").id, SOURCE),
        await firmware.flash_binary(VAN, content, scope=Scope.product(cloud.product_id)),
    ]
    assert {item.status for item in started} == {"Update started"}
    assert started[0].device_id == GREENHOUSE
    board = cloud.world.add_board("spare", platform_id=6)
    assert (await firmware.flash_known_app(board.id)).status == "Update started"


async def test_boards_that_cannot_be_flashed(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """Offline, unknown, and files that cannot be firmware."""
    with pytest.raises(DeviceTimeoutError):
        await particle.firmware.flash_binary(PHOTON, b"binary")
    with pytest.raises(DeviceNotFoundError):
        await particle.firmware.flash_binary("0a10aced2021949440000099", b"binary")
    before = len(cloud.requests)
    refused = [
        (particle.firmware.flash_binary(GREENHOUSE, b"", filename="x.bin"), "content"),
        (particle.firmware.flash_binary(GREENHOUSE, b"x", filename="x.exe"), "filename"),
        (particle.firmware.flash_bundle(GREENHOUSE, b"no zip"), "content"),
        (particle.firmware.flash_source(GREENHOUSE, {}), "files"),
        (particle.firmware.flash_source(GREENHOUSE, {"../x": "y"}), "files"),
        (particle.firmware.flash_source(GREENHOUSE, {'a"b': "y"}), "files"),
        (particle.firmware.flash_source(GREENHOUSE, {"/etc/x": "y"}), "files"),
        (particle.firmware.compile(SOURCE), "platform_id"),
        (particle.firmware.flash_known_app(GREENHOUSE, " "), "app"),
    ]
    for call, argument in refused:
        with pytest.raises(InvalidRequestError) as caught:
            await call
        assert caught.value.argument == argument
    assert len(cloud.requests) == before


async def test_an_upload_survives_a_401(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """A multipart body is made anew for the second try."""
    cloud.faults.set("unauthorized", only="calls", count=1)
    assert await particle.firmware.compile(SOURCE, platform_id=32)


async def test_versions_of_device_os(particle: ParticleCloud) -> None:
    """What to compile for, and which releases there are."""
    targets = await particle.firmware.build_targets(featured=True)
    assert targets.default_versions[32]
    assert any(32 in target.platforms for target in targets.targets)
    versions = [item async for item in particle.firmware.device_os_versions(platform_id=32)]
    version = str(versions[0]["version"])
    described = await particle.firmware.device_os_version(version, platform_id=32)
    assert described["version"] == version


async def test_product_firmware(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Uploaded, described, released, taken back, fetched, deleted."""
    scope = Scope.product(cloud.product_id)
    firmware = particle.product_firmware
    binary = await particle.firmware.compile(SOURCE, product_id=cloud.product_id)
    content = await particle.firmware.download_binary(binary.id)
    made = await firmware.upload(
        content, 7, "spring", scope=scope, description="warmer", mandatory=False
    )
    assert (made.version, made.title, made.mandatory) == (7, "spring", False)
    assert (await firmware.update(7, scope=scope, title="summer")).title == "summer"
    assert (await firmware.get(7, scope=scope)).size == len(content)
    assert await firmware.download(7, scope=scope) == content
    released = await firmware.release(7, scope=scope, groups=["north"], intelligent=False)
    assert released.groups == ("north",)
    taken_back = await firmware.release(7, scope=scope, groups=[])
    assert taken_back.groups == ()
    bundle = await firmware.upload(b"PK\x03\x04 bundle", 8, "assets", scope=scope)
    assert bundle.name == "firmware.zip"
    named = await firmware.upload(
        content, 9, "doors", scope=scope, filename="build/garage door é.bin"
    )
    assert named.name == "build/garage door é.bin"
    assert {7, 8} <= {item.version for item in await firmware.list(scope=scope)}
    await firmware.delete(8, scope=scope)
    with pytest.raises(InvalidRequestError):
        await firmware.delete(7, scope=scope)
    with pytest.raises(NotFoundError):
        await firmware.get(8, scope=scope)
    for call in (
        firmware.release(7, scope=scope),
        firmware.update(7, scope=scope),
        firmware.get(-1, scope=scope),
        firmware.upload(b"x", True, "x", scope=scope),
        firmware.upload(b"x", 1, " ", scope=scope),
    ):
        with pytest.raises(InvalidRequestError):
            await call


def archive(version: str) -> bytes:
    """A library as its maker packs it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        text = f"name=GardenThing\nversion={version}\nsentence=Waters\n".encode()
        info = tarfile.TarInfo("library.properties")
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    return packed.getvalue()


async def test_looking_for_libraries(particle: ParticleCloud) -> None:
    """Page after page, filtered, sorted; one in detail; its versions."""
    libraries = particle.libraries
    everything = [item.name async for item in libraries.search(page_size=7)]
    assert len(everything) == len(set(everything)) > 7
    assert everything == [item.name async for item in libraries.search()]
    found = [
        item
        async for item in libraries.search("neo", sort="-name", library_scope=LibraryScope.OFFICIAL)
    ]
    assert [item.name for item in found] == ["NeoThing"]
    assert found[0].official
    assert found[0].download_url is not None
    assert (await libraries.get("neothing")).version == "0.0.10"
    assert (await libraries.get("NeoThing", version="0.0.9")).version == "0.0.9"
    versions = [item.version async for item in libraries.versions("NeoThing")]
    assert versions == ["0.0.10", "0.0.9"]
    with pytest.raises(NotFoundError):
        await libraries.get("NoSuchThing")
    for refused in (libraries.search(sort="colour"), libraries.search(page_size=0)):
        with pytest.raises(InvalidRequestError):
            _ = [item async for item in refused]


async def test_the_life_of_a_library(particle: ParticleCloud) -> None:
    """Private at first, then for everybody; a version can come only once."""
    libraries = particle.libraries
    made = await libraries.upload(archive("1.0.1"))
    assert (made.name, made.visibility) == ("GardenThing", "private")
    with pytest.raises(InvalidRequestError, match=r"greater than or equal to 1\.0\.2"):
        await libraries.upload(archive("1.0.1"))
    assert (await libraries.publish("GardenThing")).visibility == "public"
    with pytest.raises(InvalidRequestError):
        await libraries.delete("GardenThing")
    await libraries.delete("GardenThing", force="yes")
    with pytest.raises(NotFoundError):
        await libraries.get("GardenThing")
    with pytest.raises(InvalidRequestError) as caught:
        await libraries.upload(b"no archive")
    assert caught.value.argument == "archive"
