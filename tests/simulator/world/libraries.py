"""Firmware libraries: a small catalog, and those that users upload."""

from dataclasses import dataclass, field
import io
import tarfile
from typing import Any


@dataclass(slots=True)
class Library:
    """One version of a library."""

    name: str
    version: str
    author: str = "Jane Doe"
    sentence: str = ""
    license: str = "MIT"
    owner: str | None = None
    visibility: str = "public"
    official: bool = False
    verified: bool = True
    featured: bool = False
    installs: int = 0
    architectures: list[str] = field(default_factory=list)
    category: str = "Other"
    created: int = 0
    published: int = 0
    archive: bytes = b""

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers, for comparisons."""
        return tuple(int(part) for part in self.version.split(".") if part.isdecimal())

    @property
    def filename(self) -> str:
        """The name of the archive."""
        return f"{self.name}-{self.version}.tar.gz"

    def packed(self) -> bytes:
        """Return the uploaded archive, or a generated one."""
        if self.archive:
            return self.archive
        properties = {
            "name": self.name,
            "version": self.version,
            "author": self.author,
            "sentence": self.sentence,
            "license": self.license,
        }
        files = {
            "library.properties": "".join(f"{key}={text}\n" for key, text in properties.items()),
            f"src/{self.name}.h": "#pragma once\n",
            f"src/{self.name}.cpp": f'#include "{self.name}.h"\n',
            "examples/usage/usage.ino": f'#include "{self.name}.h"\nvoid setup() {{}}\n',
        }
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for path, text in files.items():
                member = tarfile.TarInfo(path)
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        return packed.getvalue()

    def as_json(self, username: str | None, base_url: str) -> dict[str, Any]:
        """Return the library in JSON:API format; its archive is on the same server."""
        archive = f"{base_url}/library-archives/{self.filename}"
        return {
            "type": "libraries",
            "id": self.name,
            "links": {"download": archive},
            "attributes": {
                "name": self.name,
                "version": self.version,
                "installs": self.installs,
                "license": self.license,
                "author": self.author,
                "sentence": self.sentence,
                "url": "https://example.com",
                "repository": f"https://example.com/{self.name}.git",
                "architectures": self.architectures,
                "visibility": self.visibility,
                "official": self.official,
                "verified": self.verified,
                "mine": self.owner is not None and self.owner == username,
            },
        }


class Libraries:
    """All versions of all libraries."""

    def __init__(self) -> None:
        """Initialize with a small catalog."""
        self.versions: list[Library] = [
            Library("NeoThing", "0.0.9", installs=9125, official=True, featured=True),
            Library("NeoThing", "0.0.10", installs=9125, official=True, featured=True),
            Library("OneWireThing", "2.0.4", sentence="Talks one-wire", installs=4711, created=1),
            Library("TinyMotor", "1.0.1", sentence="Turns a motor", installs=12, verified=False),
        ]
        for one in self.versions[:2]:
            one.sentence = "Drives a strip"
        for index in range(12):
            self.versions.append(
                Library(f"Sample{index:02d}", "1.0.0", sentence="A sample", created=10 + index)
            )

    def by_filename(self, filename: str) -> Library | None:
        """Return the version with this archive name."""
        return next((one for one in self.versions if one.filename == filename), None)

    def named(self, name: str) -> list[Library]:
        """Return all versions of a library, newest first; the name is not case-sensitive."""
        found = [one for one in self.versions if one.name.lower() == name.lower()]
        return sorted(found, key=lambda one: one.number, reverse=True)
