"""Compile, flash, release."""

from aiohttp import FormData
import pytest

from tests.simulator import SimulatedCloud

from .client import Answer, Api

GREENHOUSE = "0a10aced202194944a000001"
SOURCE = 'double level;\nvoid setup() { Particle.variable("level", level); }\nint f(String s);\n'
BROKEN = "void setup() {}\n#error not today\n"
FIRMWARE = "/v1/products/24001/firmware"


def source(text: str, **fields: str) -> FormData:
    """Return a form with one source file; its name is a path and must not be percent-encoded."""
    form = FormData(quote_fields=False)
    form.add_field("file", text.encode(), filename="src/app.ino")
    for name, value in fields.items():
        form.add_field(name, value)
    return form


def binary(content: bytes, kind: str = "application/octet-stream", **fields: str) -> FormData:
    """Return a form with one binary."""
    form = FormData()
    form.add_field("file", content, filename="app.bin", content_type=kind)
    for name, value in fields.items():
        form.add_field(name, value)
    return form


async def statuses(cloud: SimulatedCloud, board_id: str) -> list[tuple[str, str | None]]:
    """Let a minute pass and return the system events of a board."""
    cloud.world.events.history.clear()
    await cloud.clock.advance(80)
    return [
        (event.name, event.data) for event in cloud.world.events.history if event.coreid == board_id
    ]


async def compile_for(api: Api, platform: int) -> tuple[Answer, bytes]:
    """Compile the source and fetch the binary."""
    compiled = await api("POST", "/v1/binaries", data=source(SOURCE, platform_id=str(platform)))
    url = api.cloud.base_url + compiled.json["binary_url"]
    headers = {"Authorization": f"Bearer {api.token}"}
    async with api.session.get(url, headers=headers) as response:
        assert response.content_type == "application/binary"
        return compiled, await response.read()


async def test_compile(api: Api) -> None:
    """A binary for a day, with its sizes."""
    compiled, content = await compile_for(api, 32)
    assert compiled.status == 200
    assert compiled.json["ok"] is True
    assert compiled.json["build_target_version"] == "5.8.0"
    assert "text\t   data" in compiled.json["sizeInfo"]
    assert content


async def test_compile_errors(cloud: SimulatedCloud, api: Api) -> None:
    """406 with the compiler's text."""
    failed = await api("POST", "/v1/binaries", data=source(BROKEN, platform_id="32"))
    assert failed.status == 406
    assert failed.json["code"] == 200
    assert failed.json["output"] == "build didn't produce binary"
    assert "src/app.ino:2:2: error: #error not today" in failed.json["errors"][0]
    cloud.faults.set("compile_timeout")
    late = await api("POST", "/v1/binaries", data=source(SOURCE))
    assert late.json["output"] == "Compiler timed out or encountered an error"
    assert (await api("POST", "/v1/binaries", data=source(SOURCE, platform_id="5"))).status == 400
    unknown = await api("POST", "/v1/binaries", data=source(SOURCE, product_id="99999"))
    assert (unknown.status, unknown.json["error"]) == (404, "Product not found.")


async def test_build_targets_need_no_token(api: Api) -> None:
    """Anybody may know them."""
    targets = (await api.using(None)("GET", "/v1/build_targets")).json
    assert targets["default_versions"]["6"] == "3.3.1"
    assert 32 in targets["targets"][0]["platforms"]
    featured = (await api.using(None)("GET", "/v1/build_targets?featured=true")).json
    assert [one["version"] for one in featured["targets"]] == ["6.3.2", "5.8.0"]
    assert [one["version"] for one in targets["targets"]] == ["6.3.2", "5.8.0", "3.3.1"]
    assert 6 not in targets["targets"][0]["platforms"]
    assert {6, 32} <= set(targets["targets"][2]["platforms"])


async def test_versions_of_device_os(api: Api) -> None:
    """By platform; one by its name, its module version, or the newest that the platform can run."""
    nobody, path = api.using(None), "/v1/device-os/versions"
    for query, expected in {
        "": ["6.3.2", "5.8.0", "3.3.1"],
        "?platform_id=6": ["3.3.1"],
        "?platform_id=x": ["6.3.2", "5.8.0", "3.3.1"],
        "?internal_version=5800": ["5.8.0"],
        "?platform_id=6&internal_version=5800": [],
        "?per_page=2&page=2": ["3.3.1"],
    }.items():
        listed = (await nobody("GET", path + query)).json["versions"]
        assert [one["version"] for one in listed] == expected, query
    for name, number in {"latest": 6302, "5.8.0": 5800, "3301": 3301}.items():
        shown = (await nobody("GET", f"{path}/{name}")).json
        assert (shown["module_version"], shown["platform_id"]) == (number, 32)
    latest = (await nobody("GET", f"{path}/latest?platform_id=6")).json
    assert (latest["version"], latest["platform_id"]) == ("3.3.1", 6)
    for missing in ("9.9.9", "5.8.0?platform_id=6"):
        assert (await nobody("GET", f"{path}/{missing}")).status == 404


async def test_flash_source(cloud: SimulatedCloud, api: Api) -> None:
    """Transfer, restart, proof: in the order of the recordings; then the new program runs."""
    cloud.clock.manual()
    started = await api("PUT", f"/v1/devices/{GREENHOUSE}", data=source(SOURCE))
    assert started.json == {"ok": True, "message": "Update started"}
    events = await statuses(cloud, GREENHOUSE)
    board = cloud.world.board(GREENHOUSE)
    assert events == [
        ("spark/flash/status", "success "),
        ("spark/status", "offline"),
        ("spark/status", "online"),
        ("spark/device/last_reset", "update"),
        ("particle/device/updates/forced", "false"),
        ("spark/device/app-hash", board.app_hash),
        ("particle/device/updates/enabled", "true"),
    ]
    device = (await api("GET", f"/v1/devices/{GREENHOUSE}")).json
    assert device["variables"] == {"level": "double"}


@pytest.mark.parametrize("kind", ["application/octet-stream", "application/zip"])
async def test_flash_binary_or_bundle(cloud: SimulatedCloud, api: Api, kind: str) -> None:
    """A binary keeps its name in the events; a foreign one keeps the program."""
    cloud.clock.manual()
    started = await api("PUT", f"/v1/devices/{GREENHOUSE}", data=binary(b"\x00\x01", kind))
    assert started.json == {"id": GREENHOUSE, "status": "Update started"}
    assert ("spark/flash/status", "success app.bin") in await statuses(cloud, GREENHOUSE)
    assert "temperature" in cloud.world.board(GREENHOUSE).variables


async def test_flash_known_application(cloud: SimulatedCloud, api: Api) -> None:
    """Tinker comes by its name."""
    cloud.clock.manual()
    await api("PUT", f"/v1/devices/{GREENHOUSE}", data={"app": "tinker"})
    await statuses(cloud, GREENHOUSE)
    assert "digitalwrite" in cloud.world.board(GREENHOUSE).program.functions
    assert (await api("PUT", f"/v1/devices/{GREENHOUSE}", data={"app": "x"})).status == 400


async def test_flash_refused(cloud: SimulatedCloud, api: Api) -> None:
    """Source that does not compile is 200; a board that is offline is 500."""
    failed = await api("PUT", f"/v1/devices/{GREENHOUSE}", data=source(BROKEN))
    assert failed.status == 200
    assert failed.json["ok"] is False
    assert failed.json["output"] == "build didn't produce binary"
    elsewhere = FormData()
    elsewhere.add_field("picture", b"x", filename="app.bin")
    missing = await api("PUT", f"/v1/devices/{GREENHOUSE}", data=elsewhere)
    assert (missing.status, missing.json["error"]) == (400, "file is required")
    cloud.faults.set("flash_offline")
    offline = await api("PUT", f"/v1/devices/{GREENHOUSE}", data=binary(b"x"))
    assert (offline.status, offline.json) == (
        500,
        {"ok": False, "code": 500, "errors": ["Request Timed Out"]},
    )


@pytest.mark.parametrize(
    ("fault", "expected", "missing"),
    [
        ("flash_transfer_failed", ("spark/flash/status", "failed app.bin"), "spark/status"),
        ("flash_wrong_platform", ("spark/flash/status", "failed app.bin"), "spark/status"),
        ("flash_never_returns", ("spark/status", "offline"), "spark/device/last_reset"),
        (
            "flash_old_firmware",
            ("spark/device/last_reset", "update_error"),
            "spark/device/app-hash",
        ),
    ],
)
async def test_flash_that_fails(
    cloud: SimulatedCloud,
    api: Api,
    fault: str,
    expected: tuple[str, str],
    missing: str,
) -> None:
    """Each failure shows in the events, and in what does not come."""
    cloud.clock.manual()
    cloud.faults.set(fault)
    await api("PUT", f"/v1/devices/{GREENHOUSE}", data=binary(b"x"))
    events = await statuses(cloud, GREENHOUSE)
    assert expected in events
    assert missing not in [name for name, _ in events]


async def test_flash_into_safe_mode(cloud: SimulatedCloud, api: Api) -> None:
    """The board comes back without its program."""
    cloud.clock.manual()
    cloud.faults.set("flash_safe_mode")
    await api("PUT", f"/v1/devices/{GREENHOUSE}", data=binary(b"x"))
    events = await statuses(cloud, GREENHOUSE)
    assert events[-1][0] == "spark/status/safe-mode"
    assert (await api("GET", f"/v1/devices/{GREENHOUSE}")).json["status"] == "safe_mode"


async def test_wrong_platform_is_found_out(cloud: SimulatedCloud, api: Api) -> None:
    """A binary that was compiled here knows for what."""
    cloud.clock.manual()
    _, content = await compile_for(api, 12)
    await api("PUT", f"/v1/devices/{GREENHOUSE}", data=binary(content))
    assert ("spark/flash/status", "failed app.bin") in await statuses(cloud, GREENHOUSE)


async def test_call_while_restarting(cloud: SimulatedCloud, api: Api) -> None:
    """The cloud still thinks that it is online, but nobody answers."""
    cloud.clock.manual()
    await api("PUT", f"/v1/devices/{GREENHOUSE}", data=binary(b"x"))
    await cloud.clock.advance(9)
    assert (await api("GET", f"/v1/devices/{GREENHOUSE}")).json["online"] is True
    assert (await api("GET", f"/v1/devices/{GREENHOUSE}/soil")).status == 408


async def test_release_reaches_the_boards(cloud: SimulatedCloud, api: Api) -> None:
    """Uploaded, released at once to a group, taken back."""
    cloud.clock.manual()
    async with api.stream("/v1/products/24001/events/particle/firmware") as stream:
        await stream.until(":ok")
        form = binary(b"three", version="3", title="Third")
        uploaded = await api("POST", FIRMWARE, data=form)
        assert uploaded.status == 201
        body = {"version": 3, "groups": ["north"], "intelligent": True}
        released = await api("PUT", f"{FIRMWARE}/release", json=body)
        assert (released.json["groups"], released.json["intelligent"]) == (["north"], True)
        events = [(name, data["data"]) for name, data in await stream.events(2)]
    assert events == [
        ("particle/firmware/create", '{"version":"3"}'),
        ("particle/firmware/release", '{"immediate":true,"version":3}'),
    ]
    van = cloud.world.board("van-1")
    versions = [(event.data, event.firmware_version) for event in cloud.world.events.history]
    assert ("auto-update", 1) in versions
    seen = await statuses(cloud, van.id)
    assert seen[0] == ("spark/flash/status", "success app.bin")
    assert ("particle/device/updates/pending", "false") in seen
    status = {
        event.data: event.firmware_version
        for event in cloud.world.events.history
        if event.coreid == van.id and event.name == "spark/status"
    }
    assert status == {"offline": 1, "online": 3}
    assert [cloud.world.board(f"van-{n}").firmware_version for n in (1, 2, 3, 4)] == [3, 3, 1, 1]
    back = {"version": 3, "groups": [], "product_default": False}
    await api("PUT", f"{FIRMWARE}/release", json=back)
    cloud.world.set_online(van, False)
    cloud.world.set_online(van, True)
    await cloud.clock.advance(80)
    assert van.firmware_version == 1


async def test_lock_to_a_version(cloud: SimulatedCloud, api: Api) -> None:
    """A locked board gets its version when it connects, or at once."""
    cloud.clock.manual()
    van = cloud.world.board("van-2")
    path = f"/v1/products/24001/devices/{van.id}"
    locked = await api("PUT", path, json={"desired_firmware_version": 2, "flash": True})
    assert locked.json["desired_firmware_version"] == 2
    await cloud.clock.advance(80)
    device = (await api("GET", path)).json
    assert device["firmware_version"] == device["targeted_firmware_release_version"] == 2
    unlocked = await api("PUT", path, json={"desired_firmware_version": None})
    assert unlocked.json["desired_firmware_version"] is None
    assert (await api("PUT", path, json={"desired_firmware_version": 99})).status == 404
    marked = await api("PUT", path, json={"development": True})
    assert marked.json["development"] is True


async def test_product_firmware(api: Api) -> None:
    """List, show, change, fetch, delete."""
    listed = (await api("GET", FIRMWARE)).json
    assert [firmware["version"] for firmware in listed] == [2, 1]
    assert listed[1]["device_count"] == 4
    changed = await api("PUT", f"{FIRMWARE}/2", json={"title": "Better"})
    assert changed.json["title"] == "Better"
    assert (await api("GET", f"{FIRMWARE}/2/binary")).status == 200
    assert (await api("DELETE", f"{FIRMWARE}/1")).status == 400
    assert (await api("DELETE", f"{FIRMWARE}/2")).status == 204
    assert (await api("GET", f"{FIRMWARE}/2")).status == 404
    again = binary(b"x", version="1", title="x")
    assert (await api("POST", FIRMWARE, data=again)).status == 400
    assert (await api("POST", FIRMWARE, data=binary(b"x", version="9"))).status == 400
