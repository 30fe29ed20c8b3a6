"""Firmware as people have it on disk, and folders that Home Assistant may use."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
import zipfile

from homeassistant.core import HomeAssistant

from tests.waiting import MAX_WAIT

SOURCE = """double level = 0;
void setup() { Particle.variable("level", level); }
void loop() {}
"""
BROKEN = "void setup() {}\n\n#error the pump is missing\n"


def allow_media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant a media folder, as the only folder that it may use, and return it."""
    media = tmp_path / "media"
    media.mkdir()
    hass.config.media_dirs = {"local": str(media)}
    hass.config.allowlist_external_dirs = {str(media)}
    return media


def project(folder: Path, source: str = SOURCE) -> Path:
    """Write a project with a library, and with much that no compiler wants; return its folder."""
    for name, text in {
        "project.properties": "name=greenhouse\n",
        "src/greenhouse.ino": source,
        "lib/level/src/level.h": "#define LEVEL 1\n",
        "lib/level/library.properties": "name=level\n",
        "lib/level/examples/usage/usage.ino": "#error an example\n",
        "target/5.8.0/old.cpp": "#error an old build\n",
        ".git/hook.cpp": "#error not source\n",
        "README.md": "# Greenhouse\n",
        "notes/secrets.yaml": "password: x\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def bundle(*names: str) -> bytes:
    """Return an archive with files of these names."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"content of " + name.encode())
    return packed.getvalue()


async def meanwhile(condition: Callable[[], object]) -> None:
    """Wait until a condition holds while an action goes on, whose end must not be waited for.

    Raises:
        AssertionError: It does not hold in time.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + MAX_WAIT
    while not condition():
        assert loop.time() < end, "What the test waits for did not happen"
        await asyncio.sleep(0.005)
