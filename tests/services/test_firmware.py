"""The actions on files and firmware: what may be read, what is compiled, what a product has."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_ACCOUNT_DEVICES, CONF_PRODUCTS
from tests.actions import Act
from tests.automations import registry_id
from tests.binaries import BROKEN, SOURCE, allow_media, project
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud

PRODUCT = {"product_id": "24001"}


@pytest.fixture
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """The media folder, empty."""
    return allow_media(hass, tmp_path)


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp, media: Path) -> Act:
    """Run actions on an account that is set up."""
    await set_up()
    return Act(hass)


def sent_files(cloud: SimulatedCloud) -> set[str]:
    """Return the paths of the files that were sent to the compiler."""
    [request] = cloud.requests.matching("POST", "/v1/binaries")
    return {file["filename"] for file in request.body["files"]}


# Compiling


async def test_compiling_a_project(cloud: SimulatedCloud, act: Act, media: Path) -> None:
    """The binary is saved; without its own sizes nobody would know whether it fits."""
    project(media / "greenhouse")
    answer = await act(
        "compile", path="greenhouse", platform_id="32", save_to="binaries/greenhouse.bin"
    )
    saved = media / "binaries" / "greenhouse.bin"
    content = saved.read_bytes()
    assert cloud.world.binaries[answer["binary_id"]].content == content
    assert answer["success"] is True
    assert answer["saved_to"] == str(saved)
    assert answer["build_target_version"] == "5.8.0"
    assert answer["expires_at"]
    assert (answer["text_size"], answer["data_size"], answer["bss_size"]) == (
        91_780 + len(content),
        952,
        9368,
    )
    assert [path.name for path in saved.parent.iterdir()] == ["greenhouse.bin"]


async def test_what_of_a_project_is_sent(cloud: SimulatedCloud, act: Act, media: Path) -> None:
    """Source with its place in the project; no examples, old builds, hidden or other files."""
    project(media / "greenhouse")
    await act("compile", path=str(media / "greenhouse"), platform_id=32)
    assert sent_files(cloud) == {
        "project.properties",
        "src/greenhouse.ino",
        "lib/level/library.properties",
        "lib/level/src/level.h",
    }


async def test_several_source_files(cloud: SimulatedCloud, act: Act, media: Path) -> None:
    """Their names are relative to the folder that holds all of them."""
    project(media / "greenhouse")
    await act(
        "compile",
        path=["greenhouse/src/greenhouse.ino"],
        media=[
            {
                "media_content_id": "media-source://media_source/local/greenhouse/lib/level/src/level.h",
                "media_content_type": "",
            }
        ],
        platform_id=32,
    )
    assert sent_files(cloud) == {"src/greenhouse.ino", "lib/level/src/level.h"}


@pytest.mark.parametrize(
    ("hardware", "version"),
    [
        ({"platform_id": 6}, "3.3.1"),
        ({"product_id": "24001"}, "5.8.0"),
        ({"product_id": "delivery-vans"}, "5.8.0"),
        ({"platform_id": 32, "build_target_version": "6.3.2"}, "6.3.2"),
    ],
)
async def test_for_which_hardware(
    act: Act, media: Path, hardware: dict[str, Any], version: str
) -> None:
    """A platform, a product by number or name, and a version of Device OS."""
    (media / "app.ino").write_text(SOURCE)
    answer = await act("compile", path="app.ino", **hardware)
    assert answer["build_target_version"] == version
    assert answer["saved_to"] is None


async def test_for_the_hardware_of_a_board(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, media: Path
) -> None:
    """Nothing is sent to the board itself."""
    (media / "app.ino").write_text(SOURCE)
    answer = await act("compile", path="app.ino", device_id=registry_id(hass, cloud, "boat"))
    assert cloud.world.binaries[answer["binary_id"]].platform_id == 13
    assert not cloud.requests.matching("PUT")


async def test_source_that_does_not_compile(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, media: Path
) -> None:
    """Each error has file, line and text, when compiling and when flashing."""
    project(media / "greenhouse", BROKEN)
    expected = {
        "kind": "error",
        "text": "#error the pump is missing",
        "file": "src/greenhouse.ino",
        "line": 3,
        "column": 2,
    }
    compiled = await act("compile", path="greenhouse", platform_id=32, save_to="broken.bin")
    board = registry_id(hass, cloud, "greenhouse")
    flashed = await act("flash", path="greenhouse", device_id=board, follow=False)
    for answer in (compiled, flashed):
        assert answer["success"] is False
        assert answer["errors"] == [expected]
        assert "Error 1" in answer["output"]
    assert not (media / "broken.bin").exists()
    assert not cloud.world.board("greenhouse").updating

    told = "src/greenhouse.ino:3:2: #error the pump is missing"
    with pytest.raises(ServiceValidationError, match=told):
        await act.without_answer("compile", path="greenhouse", platform_id=32)
    with pytest.raises(ServiceValidationError, match=told):
        await act.without_answer("flash", path="greenhouse", device_id=board, follow=False)


async def test_a_compiler_that_takes_too_long(cloud: SimulatedCloud, act: Act, media: Path) -> None:
    """There is no line to name then."""
    (media / "app.ino").write_text(SOURCE)
    cloud.faults.set("compile_timeout")
    answer = await act("compile", path="app.ino", platform_id=32)
    assert (answer["success"], answer["errors"]) == (False, [])
    assert answer["message"] == "Compiler timed out or encountered an error"
    with pytest.raises(ServiceValidationError, match="timed out"):
        await act.without_answer("compile", path="app.ino", platform_id=32)


async def test_many_errors(act: Act, media: Path) -> None:
    """An error names the first ones; the answer has them all."""
    (media / "app.ino").write_text("#error no\n" * 8)
    answer = await act("compile", path="app.ino", platform_id=32)
    assert [error["line"] for error in answer["errors"]] == [1, 2, 3, 4, 5, 6, 7, 8]
    with pytest.raises(ServiceValidationError, match=r"app.ino:5:2: #error no; … 3 more"):
        await act.without_answer("compile", path="app.ino", platform_id=32)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "what to compile for"),
        ({"platform_id": 32, "save_to": "app.txt"}, "name that ends in .bin"),
        ({"platform_id": 32, "save_to": "/etc/app.bin"}, "not allowed to use /etc/app.bin"),
        ({"platform_id": 32, "save_to": "../app.bin"}, "not allowed to use"),
        ({"platform_id": 32, "path": ["app.bin"]}, "already compiled"),
        ({"platform_id": 5}, "platform_id is unknown"),
        ({"product_id": "no-such-product"}, "product does not exist"),
    ],
)
async def test_what_cannot_be_compiled(
    act: Act, media: Path, data: dict[str, Any], told: str
) -> None:
    """Said before anything is compiled where that is possible."""
    (media / "app.ino").write_text(SOURCE)
    (media / "app.bin").write_bytes(b"binary")
    with pytest.raises(HomeAssistantError, match=told):
        await act("compile", **{"path": ["app.ino"], **data})


async def test_a_binary_that_cannot_be_written(act: Act, media: Path) -> None:
    """A file stands where a folder is needed."""
    (media / "app.ino").write_text(SOURCE)
    with pytest.raises(ServiceValidationError, match="cannot be written: "):
        await act("compile", path="app.ino", platform_id=32, save_to="app.ino/app.bin")


async def test_two_kinds_of_hardware(act: Act, media: Path) -> None:
    """Either a platform or a product can be chosen."""
    (media / "app.ino").write_text(SOURCE)
    with pytest.raises(ServiceValidationError, match="platform_id"):
        await act("compile", path="app.ino", platform_id=32, product_id="24001")


# Build targets


async def test_build_targets(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """All of them, those for one board, the recommended ones."""
    everything = await act("list_build_targets")
    assert [target["version"] for target in everything["targets"]] == ["6.3.2", "5.8.0", "3.3.1"]
    assert {"platform_id": 32, "name": "Photon 2 / P2", "version": "5.8.0"} in everything[
        "defaults"
    ]

    photon = await act("list_build_targets", device_id=registry_id(hass, cloud, "old photon"))
    assert [target["version"] for target in photon["targets"]] == ["3.3.1"]
    assert photon["defaults"] == [{"platform_id": 6, "name": "Photon", "version": "3.3.1"}]

    featured = await act("list_build_targets", featured=True)
    assert [target["version"] for target in featured["targets"]] == ["6.3.2", "5.8.0"]


# Product firmware


async def test_upload_release_and_take_back(cloud: SimulatedCloud, act: Act, media: Path) -> None:
    """A version goes to one group, then to nobody again."""
    (media / "van.bin").write_bytes(b"van 3")
    uploaded = await act(
        "upload_product_firmware",
        **PRODUCT,
        path="van.bin",
        version=3,
        title="Third",
        description="Drives better",
        mandatory=True,
    )
    assert (uploaded["version"], uploaded["title"], uploaded["mandatory"]) == (3, "Third", True)
    stored = cloud.world.products[24001].firmware[3]
    assert (stored.binary, stored.name) == (b"van 3", "van.bin")

    released = await act(
        "release_product_firmware", **PRODUCT, version=3, groups=["north"], intelligent=False
    )
    assert released["groups"] == ["north"]
    listed = await act("list_product_firmware", **PRODUCT)
    assert listed["product_id"] == "24001"
    assert [(one["version"], one["groups"]) for one in listed["firmware"]] == [
        (3, ["north"]),
        (2, []),
        (1, []),
    ]
    assert listed["firmware"][2]["product_default"] is True
    assert listed["firmware"][2]["device_count"] == 4

    await act("release_product_firmware", **PRODUCT, version=3, groups=[])
    assert cloud.world.products[24001].firmware[3].released is False
    await act.without_answer("release_product_firmware", **PRODUCT, version=2, product_default=True)
    assert cloud.world.products[24001].firmware[2].product_default is True


@pytest.mark.parametrize(
    ("action", "data", "told"),
    [
        ("list_product_firmware", {}, "product"),
        ("list_product_firmware", {"product_id": "24099"}, "is not allowed to do this|not found"),
        ("release_product_firmware", {**PRODUCT, "version": 3}, "nothing to change"),
        (
            "release_product_firmware",
            {**PRODUCT, "version": 9, "product_default": True},
            "not found",
        ),
        (
            "release_product_firmware",
            {**PRODUCT, "version": 2, "groups": ["west"]},
            "Unknown groups",
        ),
        (
            "upload_product_firmware",
            {**PRODUCT, "version": 9, "title": "x", "path": "van.ino"},
            "source",
        ),
        (
            "upload_product_firmware",
            {**PRODUCT, "version": 2, "title": "x", "path": "van.bin"},
            "exists",
        ),
    ],
)
async def test_product_firmware_that_is_refused(
    act: Act, media: Path, action: str, data: dict[str, Any], told: str
) -> None:
    """The error contains Particle's reason."""
    (media / "van.bin").write_bytes(b"van")
    (media / "van.ino").write_text(SOURCE)
    with pytest.raises(HomeAssistantError, match=told):
        await act(action, **data)


async def test_the_only_product_need_not_be_named(
    hass: HomeAssistant, config_entry: MockConfigEntry, act: Act
) -> None:
    """An account that shows one product means that one."""
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_ACCOUNT_DEVICES: True, CONF_PRODUCTS: ["24001"]}
    )
    await hass.async_block_till_done()
    assert (await act("list_product_firmware"))["product_id"] == "24001"
