#!/usr/bin/env python3
"""Create the files of a release: the zip that HACS installs, and the release notes.

    python3 scripts/release.py package [VERSION]    write dist/particle.zip; used by scripts/package
    python3 scripts/release.py notes VERSION        print the section of the changelog

The zip contains this version, or by default that of the manifest. The cards must have been built
before. Requires only Python, so that the release workflow does not have to install anything.
"""

import argparse
from collections.abc import Iterator
import os
from pathlib import Path
import re
import subprocess
import sys
import time
import zipfile

ROOT = Path(__file__).resolve().parent.parent
INTEGRATION = ROOT / "custom_components" / "particle"
# What scripts/cards builds from frontend/, and the file that it writes last.
BUILT_CARDS = "dashboard/dist/manifest.json"
ARCHIVE = ROOT / "dist" / "particle.zip"
CHANGELOG = ROOT / "CHANGELOG.md"

# Semantic versioning: 1.2.3, or 1.2.3-beta.1 for a pre-release.
VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
# The files that contain the version: the text before and after it.
STATEMENTS = {
    "manifest.json": r'("version": ")[^"]*(")',
    "api/version.py": r'(__version__: Final = ")[^"]*(")',
}


class ReleaseError(Exception):
    """The release cannot be created; the message says why."""


def main() -> int:
    """Parse the command line, run the command, and return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/release.py", description="Create a release.")
    commands = parser.add_subparsers(dest="command", required=True)
    package = commands.add_parser("package", help="write dist/particle.zip")
    package.add_argument("version", nargs="?", help="default: that of the manifest")
    package.add_argument("--output", type=Path, default=ARCHIVE, help="path of the zip")
    notes = commands.add_parser("notes", help="print the section of the changelog about a version")
    notes.add_argument("version")
    arguments = parser.parse_args()
    try:
        if arguments.command == "package":
            write_archive(arguments.output, arguments.version)
            print(arguments.output)
        else:
            print(release_notes(CHANGELOG.read_text(encoding="utf-8"), arguments.version))
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def write_archive(target: Path, version: str | None) -> None:
    """Write the zip, with the files of the integration at the top level, where HACS expects them."""
    if version is not None and not VERSION.fullmatch(version):
        raise ReleaseError(f"Not a version such as 1.2.3 or 1.2.3-beta.1: {version}")
    if not (INTEGRATION / BUILT_CARDS).is_file():
        raise ReleaseError("The dashboard cards are not built: run scripts/setup or scripts/cards")
    packed_at = commit_time()
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for path in integration_files():
            name = path.relative_to(INTEGRATION).as_posix()
            entry = zipfile.ZipInfo(name, packed_at)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # The same on every system: a regular file that is readable for all users.
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, stamped(name, path.read_bytes(), version))


def integration_files() -> Iterator[Path]:
    """Yield the files of the integration in a fixed order, without caches and hidden files."""
    for path in sorted(INTEGRATION.rglob("*")):
        parts = path.relative_to(INTEGRATION).parts
        if any(part.startswith(".") or part == "__pycache__" for part in parts):
            continue
        if path.is_file() and path.suffix != ".pyc":
            yield path


def commit_time() -> tuple[int, int, int, int, int, int]:
    """Return the time of the packed commit, in UTC.

    With it, the same commit always produces the same archive. The files of two releases never have
    the same time, which would make Python use outdated compiled files.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if seconds is None:
        git = subprocess.run(
            ["git", "log", "-1", "--format=%ct"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if git.returncode:
            raise ReleaseError(f"The time of the commit is unknown: {git.stderr.strip()}")
        seconds = git.stdout
    return time.gmtime(int(seconds))[:6]


def stamped(name: str, content: bytes, version: str | None) -> bytes:
    """Return the content of a file, with the version replaced if the file contains it."""
    if version is None or name not in STATEMENTS:
        return content
    text, changed = re.subn(STATEMENTS[name], rf"\g<1>{version}\g<2>", content.decode(), count=1)
    if not changed:
        raise ReleaseError(f"{name} does not contain the version in the expected format")
    return text.encode()


def release_notes(changelog: str, version: str) -> str:
    """Return the section of the changelog about a version, without its heading.

    Raises:
        ReleaseError: There is no such section, or it is empty.
    """
    section = re.search(
        rf"^## \[{re.escape(version)}\].*?$(?P<text>.*?)(?=^## |^\[[^\]]+\]: |\Z)",
        changelog,
        re.MULTILINE | re.DOTALL,
    )
    text = section["text"].strip() if section else ""
    if not text:
        raise ReleaseError(f"CHANGELOG.md says nothing about {version}")
    return text


if __name__ == "__main__":
    sys.exit(main())
