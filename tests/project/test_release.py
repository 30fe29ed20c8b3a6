"""What a release consists of: the zip that HACS unpacks, and the notes."""

import json
from pathlib import Path
import shutil
import subprocess
import zipfile

import pytest

from scripts import release
from scripts.release import BUILT_CARDS, ReleaseError, release_notes, write_archive

REPOSITORY = Path(__file__).parents[2]
INTEGRATION = REPOSITORY / "custom_components" / "particle"

CHANGELOG = """# Changelog

## [Unreleased]

## [0.2.0] - 2027-01-31

### Added

- **Switches**.

## [0.1.0] - 2026-12-01

- The first version.

[Unreleased]: https://example.com/compare
[0.2.0]: https://example.com/0.2.0
"""


@pytest.fixture(autouse=True)
def commit_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tests independent of git's history."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764000000")


@pytest.fixture(autouse=True)
def built_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Pack a copy in which the cards are built, whether or not they are in the clone."""
    copy = tmp_path / "copy" / "particle"
    shutil.copytree(INTEGRATION, copy, ignore=shutil.ignore_patterns("dist", "__pycache__"))
    built = {
        BUILT_CARDS: b'{"entry": "particle.js", "hash": "0123456789ab"}\n',
        "dashboard/dist/particle.js": b'import("./device-card-ABCDEFGH.js");\n',
        "dashboard/dist/device-card-ABCDEFGH.js": b"export {};\n",
        "dashboard/dist/licenses.txt": b"lit\n",
    }
    for name, content in built.items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(content)
    monkeypatch.setattr(release, "INTEGRATION", copy)
    return built


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an archive as HACS does."""
    with zipfile.ZipFile(archive) as content:
        content.extractall(folder)
    return folder


def test_zip_holds_the_integration_as_it_is_and_the_built_cards(
    tmp_path: Path, built_cards: dict[str, bytes]
) -> None:
    write_archive(tmp_path / "particle.zip", None)
    unpacked = unpack(tmp_path / "particle.zip", tmp_path / "particle")

    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "."],
        cwd=INTEGRATION,
        capture_output=True,
        text=True,
        check=True,
    )
    expected = {name for name in listed.stdout.splitlines() if (INTEGRATION / name).exists()}
    found = {
        path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()
    }
    assert found == expected | built_cards.keys()
    for name in expected:
        assert (unpacked / name).read_bytes() == (INTEGRATION / name).read_bytes(), name
    for name, content in built_cards.items():
        assert (unpacked / name).read_bytes() == content, name


def test_zip_without_the_cards_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (release.INTEGRATION / BUILT_CARDS).unlink()
    archive = tmp_path / "particle.zip"
    monkeypatch.setattr("sys.argv", ["release.py", "package", "--output", str(archive)])

    assert release.main() == 1
    assert "The dashboard cards are not built: run scripts/setup" in capsys.readouterr().err
    assert not archive.exists()


def test_zip_has_the_version_of_the_tag_in_each_place(tmp_path: Path) -> None:
    write_archive(tmp_path / "particle.zip", "12.3.4-beta.1")
    unpacked = unpack(tmp_path / "particle.zip", tmp_path / "particle")

    manifest = json.loads((unpacked / "manifest.json").read_text())
    assert manifest["version"] == "12.3.4-beta.1"
    assert '__version__: Final = "12.3.4-beta.1"' in (unpacked / "api/version.py").read_text()


def test_same_commit_makes_the_same_zip(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        write_archive(tmp_path / name, "1.0.0")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize("version", ["v1.0.0", "1.0", "1.0.0 ", '1.0.0"', ""])
def test_version_that_is_none_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(ReleaseError, match="Not a version"):
        write_archive(tmp_path / "particle.zip", version)


def test_notes_are_the_section_of_the_version() -> None:
    assert release_notes(CHANGELOG, "0.2.0") == "### Added\n\n- **Switches**."
    assert release_notes(CHANGELOG, "0.1.0") == "- The first version."


@pytest.mark.parametrize("version", ["0.3.0", "0.2", "Unreleased"])
def test_release_without_notes_is_refused(version: str) -> None:
    with pytest.raises(ReleaseError, match="says nothing"):
        release_notes(CHANGELOG, version)
