"""Which files may be brought onto a board, and what is said about the others."""

import os
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from tests.actions import Act
from tests.automations import registry_id
from tests.binaries import SOURCE, allow_media, bundle
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud


@pytest.fixture
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """The media folder, empty."""
    return allow_media(hass, tmp_path)


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp, media: Path) -> Act:
    """Run actions on an account that is set up."""
    await set_up()
    return Act(hass)


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("missing.bin", "missing.bin does not exist"),
        ("empty.bin", "empty.bin is empty"),
        ("large.bin", "large.bin is too large"),
        ("notes.txt", "is not a binary"),
        ("broken.zip", "is not a valid zip archive"),
        ("sources.zip", "does not contain a program"),
        ("nothing", "does not contain source files"),
        ("crowd", "more than 1000 source files"),
        ("../secret.bin", "not allowed to use"),
        ("link.bin", "not allowed to use .*secret.bin"),
        ("leaky", "not allowed to use .*leaky/outside.h"),
        ("/etc/hostname", "not allowed to use /etc/hostname"),
        ("new\0.bin", "does not exist"),
        ("n" * 300 + ".bin", "cannot be read: File name too long"),
        ("pipe.bin", "pipe.bin is not a binary"),
        ("media-source://media_source/local/missing.bin", "missing.bin does not exist"),
        ("media-source://media_source/local/../secret.bin", "not allowed to use"),
        (
            "media-source://media_source/local//etc/hostname",
            "not in the media folder of Home Assistant",
        ),
        ("media-source://media_source/other/new.bin", "not in the media folder of Home Assistant"),
        ("media-source://camera/camera.door", "not in the media folder of Home Assistant"),
        ("https://example.com/new.bin", "not in the media folder of Home Assistant"),
    ],
)
async def test_files_that_cannot_be_flashed(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, media: Path, location: str, told: str
) -> None:
    """Each has its own words, and nothing is sent."""
    secret = media.parent / "secret.bin"
    secret.write_bytes(b"secret")
    (media / "empty.bin").touch()
    with (media / "large.bin").open("wb") as large:
        large.truncate(32 * 1024**2 + 1)
    (media / "notes.txt").write_text("hello")
    (media / "broken.zip").write_bytes(b"PK no")
    (media / "sources.zip").write_bytes(bundle("src/app.ino"))
    (media / "nothing").mkdir()
    (media / "crowd").mkdir()
    (media / "leaky").mkdir()
    (media / "leaky" / "app.ino").write_text(SOURCE)
    (media / "leaky" / "outside.h").symlink_to(secret)
    (media / "link.bin").symlink_to(secret)
    os.mkfifo(media / "pipe.bin")
    if location == "crowd":
        for number in range(1001):
            (media / "crowd" / f"{number}.h").touch()
        (media / "crowd" / "app.ino").write_text(SOURCE)
    with pytest.raises(ServiceValidationError, match=told):
        await act("flash", path=location, device_id=registry_id(hass, cloud, "greenhouse"))
    assert not cloud.requests.matching("PUT")


async def test_too_much_source(act: Act, media: Path) -> None:
    """The sum of all files counts."""
    (media / "big").mkdir()
    (media / "big" / "app.ino").write_text(SOURCE)
    for name in ("a.h", "b.h"):
        with (media / "big" / name).open("wb") as large:
            large.truncate(17 * 1024**2)
    with pytest.raises(ServiceValidationError, match="too large"):
        await act("compile", path="big", platform_id=32)


async def test_no_file_at_all(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """The message says what could be given."""
    with pytest.raises(ServiceValidationError, match="No file is selected"):
        await act("flash", device_id=registry_id(hass, cloud, "greenhouse"))


async def test_a_binary_among_source_files(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, media: Path
) -> None:
    """Only source can come in several files."""
    (media / "app.ino").write_text(SOURCE)
    (media / "app.bin").write_bytes(b"binary")
    with pytest.raises(ServiceValidationError, match="Several files at once"):
        await act(
            "flash", path=["app.ino", "app.bin"], device_id=registry_id(hass, cloud, "greenhouse")
        )


async def test_a_folder_beside_the_media_folder(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, tmp_path: Path
) -> None:
    """It can be used once it is allowed; capitals in the name do not matter."""
    other = tmp_path / "builds"
    other.mkdir()
    (other / "APP.BIN").write_bytes(b"binary")
    board = registry_id(hass, cloud, "greenhouse")
    data = {"path": str(other / "APP.BIN"), "device_id": board, "follow": False}
    with pytest.raises(ServiceValidationError, match="allowlist_external_dirs"):
        await act("flash", **data)
    hass.config.allowlist_external_dirs = {*hass.config.allowlist_external_dirs, str(other)}
    assert (await act("flash", **data))["status"] == "Update started"
