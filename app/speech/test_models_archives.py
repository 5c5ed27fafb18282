"""Archives and packages that are traps, damaged or something else; disks that are full."""

import errno
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.speech import models
from app.speech.model_downloads import ModelRefused
from app.speech.models import install_model, install_package
from tests.model_place import (
    METADATA,
    Place,
    archive,
    left_in,
    model,
    open_place,
    package,
    zipped,
)


@pytest.fixture
def place() -> Iterator[Place]:
    with open_place() as place:
        yield place


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nl-1/../../evil", "elsewhere"),
        ("nl-1//tmp/evil", "elsewhere"),
        ("nl-1/bomb", "unpacks to more"),
    ],
)
def test_traps_in_archives_are_refused(place: Place, tmp_path: Path, name: str, said: str) -> None:
    data = zipped({"nl-1/good": b"good", name: bytes(60_000_000)})
    assert len(data) < 200_000, "it is a bomb"
    with pytest.raises(ModelRefused, match=said):
        install_model(model(archive(place, data)), tmp_path)
    assert left_in(tmp_path) == []
    assert not (tmp_path.parent / "evil").exists()


def test_thousands_of_files_are_refused(place: Place, tmp_path: Path) -> None:
    data = zipped({f"nl-1/{number}": b"" for number in range(6000)})
    with pytest.raises(ModelRefused, match="holds 6000 files"):
        install_model(model(archive(place, data)), tmp_path)


def test_a_damaged_archive_is_refused(place: Place, tmp_path: Path) -> None:
    data = bytearray(zipped({"nl-1/good": os.urandom(10_000)}))
    data[5_000] ^= 1
    with pytest.raises(ModelRefused, match="damaged"):
        install_model(model(archive(place, bytes(data))), tmp_path)
    assert left_in(tmp_path) == []


def test_a_disk_that_fills_up_leaves_nothing_behind(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("app.speech.model_sources.unpack", full)
    with pytest.raises(ModelRefused, match="No space left"):
        install_model(model(archive(place, zipped({"nl-1/good": b"good"}))), tmp_path)
    assert left_in(tmp_path) == []


def test_a_package_of_this_machine_says_itself_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "own.argosmodel").write_bytes(package(METADATA | {"fixture": True}))
    here = tmp_path / "models"
    done = install_package(tmp_path / "own.argosmodel", here)
    assert (done.name, done.pairs, done.fixture) == ("argos-nl-en-fixture", (("nl", "en"),), True)
    assert models.installed(here) == [done]
    models.verify(done.name, here)
    (tmp_path / "real.argosmodel").write_bytes(package(METADATA))
    real = install_package(tmp_path / "real.argosmodel", here)
    assert (real.name, real.fixture) == ("argos-nl-en", False)
    assert [model.name for model in models.installed(here)] == ["argos-nl-en", "argos-nl-en-fixture"]
    models.remove(done.name, here)
    assert models.installed(here) == [real]


@pytest.mark.parametrize(
    "data",
    [
        b"no zip",
        zipped({"p/metadata.json": b"{}"}),
        zipped({"p/metadata.json": json.dumps(METADATA).encode()}),
        zipped({"p/metadata.json": b"[]", "q/other": b""}),
        package(METADATA | {"from_code": "../nl"}),
        package(METADATA | {"to_code": "nl"}),
        package(METADATA | {"type": "sbd"}),
    ],
)
def test_what_is_no_translation_package_is_refused_and_the_old_one_stays(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "good.argosmodel").write_bytes(package(METADATA))
    done = install_package(tmp_path / "good.argosmodel", tmp_path / "models")
    (tmp_path / "bad.argosmodel").write_bytes(data)
    with pytest.raises(ModelRefused, match=r"package|refused"):
        install_package(tmp_path / "bad.argosmodel", tmp_path / "models")
    assert models.installed(tmp_path / "models") == [done]


def test_a_catalogue_package_of_other_languages_is_refused(place: Place, tmp_path: Path) -> None:
    source = archive(place, package(METADATA | {"from_code": "de"}), tree="*")
    with pytest.raises(ModelRefused, match="other languages"):
        install_model(model(source, engine="argos", pairs=(("nl", "en"),)), tmp_path)


def test_a_zip_with_a_link_does_not_make_one(place: Place, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("nl-1/link")
    link.external_attr = 0o120777 << 16
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr(link, "/etc/passwd")
    install_model(model(archive(place, path.read_bytes())), tmp_path / "models")
    assert not (tmp_path / "models/small/link").is_symlink()
