"""Firmware libraries: a small catalogue, and those that users contribute."""

from dataclasses import dataclass, field
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
    installs: int = 0
    architectures: list[str] = field(default_factory=list)
    category: str = "Other"
    created: int = 0
    published: int = 0
    archive: bytes = b""

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers, to compare it."""
        return tuple(int(part) for part in self.version.split(".") if part.isdecimal())

    def as_json(self, username: str | None) -> dict[str, Any]:
        """Return the library in the form of JSON:API."""
        archive = f"https://library-archives.example.com/{self.name}-{self.version}.tar.gz"
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
        """Start with a small catalogue."""
        self.versions: list[Library] = [
            Library("NeoThing", "0.0.9", sentence="Drives a strip", installs=9125, official=True),
            Library("NeoThing", "0.0.10", sentence="Drives a strip", installs=9125, official=True),
            Library("OneWireThing", "2.0.4", sentence="Talks one-wire", installs=4711, created=1),
            Library("TinyMotor", "1.0.1", sentence="Turns a motor", installs=12, verified=False),
        ]
        for index in range(12):
            self.versions.append(
                Library(f"Sample{index:02d}", "1.0.0", sentence="A sample", created=10 + index)
            )

    def named(self, name: str) -> list[Library]:
        """Return all versions of a library, the newest first; upper and lower case are one."""
        found = [one for one in self.versions if one.name.lower() == name.lower()]
        return sorted(found, key=lambda one: one.number, reverse=True)
