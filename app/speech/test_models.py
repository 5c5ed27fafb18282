"""Installing models from servers that break off, lie and swap. The old model stays whatever happens."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.speech import model_sources, models
from app.speech.model_catalogue import ENGINES, TRANSLATORS
from app.speech.models import Model, ModelRefused, install_model
from tests.model_place import Place, open_place, sha256, zipped

WEIGHTS = b"weights" * 50_000
ARCHIVE = zipped({"nl-1/am/final.mdl": WEIGHTS, "nl-1/README": b"read me"})


@pytest.fixture
def place() -> Iterator[Place]:
    with open_place() as place:
        yield place


def model(*sources: dict[str, Any], size_bytes: int = 1000) -> Model:
    return Model("small", "Small", "vosk", ("nl",), size_bytes, "MIT", "https://example.org", sources)


def archive_source(place: Place, data: bytes = ARCHIVE) -> dict[str, Any]:
    return {"kind": "archive", "address": place.address + "a.zip", "sha256": sha256(data), "tree": "nl-1"}


def install(entry: Model, to: Path) -> list[str]:
    lines: list[str] = []
    install_model(entry, to, lines.append)
    return lines


def test_an_archive_is_unpacked_into_place(place: Place, tmp_path: Path) -> None:
    place.files["a.zip"] = ARCHIVE
    install(model(archive_source(place)), tmp_path)
    assert (tmp_path / "small/am/final.mdl").read_bytes() == WEIGHTS
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".new")] == []


def test_what_is_there_is_not_fetched_again(place: Place, tmp_path: Path) -> None:
    place.files["a.zip"] = ARCHIVE
    install(model(archive_source(place)), tmp_path)
    install(model(archive_source(place)), tmp_path)
    assert place.asked == ["a.zip"]


def test_a_folder_that_cannot_be_written_gives_what_it_holds(place: Place, tmp_path: Path) -> None:
    """As on a terminal, whose root is read-only. A folder in the lock's place: root may write anywhere else."""
    place.files["a.zip"] = ARCHIVE
    wanted = model(archive_source(place))
    install(wanted, tmp_path)
    (tmp_path / ".lock").unlink()
    (tmp_path / ".lock").mkdir()
    install(wanted, tmp_path)
    shutil.rmtree(tmp_path / "small")
    with pytest.raises(ModelRefused, match="cannot be written"):
        install(wanted, tmp_path)


def test_single_files_are_fetched(place: Place, tmp_path: Path) -> None:
    place.files |= {"model.bin": WEIGHTS, "config.json": b"{}"}
    files = {name: sha256(data) for name, data in place.files.items()}
    install(model({"kind": "files", "address": place.address, "files": files}), tmp_path)
    assert (tmp_path / "small/model.bin").read_bytes() == WEIGHTS


@pytest.mark.parametrize("trouble", ["cut", "lying", "swapped", "missing", "no zip", "escapes"])
def test_a_wrong_download_is_refused_and_the_old_model_stays(
    place: Place, tmp_path: Path, trouble: str
) -> None:
    place.files["a.zip"] = ARCHIVE
    install(model(archive_source(place)), tmp_path)
    (tmp_path / "small/README").write_bytes(b"read ME")  # the same length: it still counts as installed
    (tmp_path / "small/installed.json").write_text('{"files": {"gone": [1, "x"]}}')  # … and now as broken
    source = archive_source(place)
    match trouble:
        case "cut":
            place.breaks["a.zip"] = [100, 0, 0]
        case "lying":
            place.lying.add("a.zip")
        case "swapped":
            place.files["a.zip"] = zipped({"nl-1/am/final.mdl": b"evil"})
        case "missing":
            del place.files["a.zip"]
        case "no zip":
            place.files["a.zip"] = b"no zip"
            source = archive_source(place, b"no zip")
        case "escapes":
            place.files["a.zip"] = zipped({"nl-1/../../../evil": b"evil"})
            source = archive_source(place, place.files["a.zip"])
    with pytest.raises(ModelRefused) as refused:
        install(model(source), tmp_path / ".")
    assert "small could not be installed" in str(refused.value)
    assert (tmp_path / "small/am/final.mdl").read_bytes() == WEIGHTS
    assert (tmp_path / "small/README").read_bytes() == b"read ME"
    assert not (tmp_path.parent / "evil").exists()


def test_the_next_source_is_tried(place: Place, tmp_path: Path) -> None:
    place.files["a.zip"] = ARCHIVE
    gone = {**archive_source(place), "address": place.address + "gone.zip"}
    lines = install(model(gone, archive_source(place)), tmp_path)
    assert place.asked == ["gone.zip", "a.zip"]
    assert any("cannot be reached" in line for line in lines)
    assert lines[-1] == "small: installed"


def test_a_full_disk_is_told_before_anything_is_fetched(place: Place, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="disk space"):
        install(model(archive_source(place), size_bytes=10**18), tmp_path)
    assert place.asked == []


def test_only_https_leaves_this_machine(tmp_path: Path) -> None:
    source = {"kind": "archive", "address": "http://example.org/a.zip", "sha256": "0" * 64, "tree": "nl-1"}
    with pytest.raises(ModelRefused, match="not an https address"):
        install(model(source), tmp_path)


def test_a_power_cut_between_the_renames_loses_nothing(place: Place, tmp_path: Path) -> None:
    place.files["a.zip"] = ARCHIVE
    install(model(archive_source(place)), tmp_path)
    (tmp_path / "small").rename(tmp_path / ".old-small")
    install(model(archive_source(place)), tmp_path)
    assert (tmp_path / "small/am/final.mdl").read_bytes() == WEIGHTS
    assert place.asked == ["a.zip"]


def test_verify_sees_one_changed_byte(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.files["a.zip"] = ARCHIVE
    entry = model(archive_source(place))
    install(entry, tmp_path)
    monkeypatch.setattr(models, "catalogue", lambda: {"small": entry})
    models.verify("small", tmp_path)
    assert [m.name for m in models.installed(tmp_path)] == ["small"]
    weights = tmp_path / "small/am/final.mdl"
    weights.write_bytes(b"W" + WEIGHTS[1:])
    with pytest.raises(ModelRefused, match=r"am/final\.mdl"):
        models.verify("small", tmp_path)
    weights.write_bytes(WEIGHTS[:-1])
    assert models.installed(tmp_path) == [], "a cut-off file is seen without reading it"


def test_the_catalogue_is_whole() -> None:
    entries = models.catalogue()
    assert set(models.default_models()) <= set(entries)
    assert {entry.engine for entry in entries.values()} == set(ENGINES)
    for entry in entries.values():
        assert entry.name.startswith(entry.engine + "-")
        assert entry.languages
        assert bool(entry.pairs) == (entry.engine in TRANSLATORS)
        assert entry.sources
        for source in entry.sources:
            hashes = [*source.get("files", {}).values(), *(p["sha256"] for p in source.get("packages", ()))]
            hashes += [source["sha256"]] if "sha256" in source else []
            assert bool(hashes) != bool(source.get("unpinned")), f"{entry.name}: pinned, or said not to be"
            assert all(re.fullmatch("[0-9a-f]{64}", hash_) for hash_ in hashes)
            for address in model_sources.addresses(source):
                assert "{" not in address
                assert source["kind"] == "packages" or address.startswith("https://")
    assert {"nl", "en", "ar"} <= set(entries["whisper-base"].languages)
    pairs = {pair for entry in entries.values() for pair in entry.pairs}
    assert {
        (a, b)
        for c in ("nl", "ar", "tr", "pl", "uk", "fr", "de", "es", "fa", "pt")
        for a, b in ((c, "en"), ("en", c))
    } <= pairs


def test_an_unknown_model_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="whisper-base"):
        models.install("whisper-huge", tmp_path)
