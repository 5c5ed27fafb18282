"""Lines that break, servers that ignore ranges or change the file, archives that are traps, disks that are full."""

import errno
import gzip
import json
import os
import shutil
import sys
import threading
import zipfile
from collections import namedtuple
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.speech import model_catalogue, models
from app.speech.model_downloads import ModelRefused, download
from app.speech.model_sources import Means
from app.speech.models import Model, install_model, install_package
from app.speech.models_cli import ProgressLine, create_group
from tests.model_place import Place, open_place, sha256, zipped

DATA = bytes(range(256)) * 4000  # about 1 MB
PIECE = 300_000
METADATA = {"from_code": "nl", "to_code": "en", "type": "translate"}


@pytest.fixture
def place() -> Iterator[Place]:
    with open_place() as place:
        yield place


def fetch(place: Place, tmp_path: Path, limit: int = 10**7) -> bytes:
    heard: list[tuple[str, int, int | None]] = []
    download(place.address + "f", tmp_path / "f", tmp_path / "part", limit, lambda *told: heard.append(told))
    data = (tmp_path / "f").read_bytes()
    assert heard[-1] == ("f", len(data), len(data))
    return data


def test_a_line_that_breaks_is_taken_up_where_it_broke(place: Place, tmp_path: Path) -> None:
    place.files["f"] = DATA
    place.breaks["f"] = [PIECE, PIECE]
    assert fetch(place, tmp_path) == DATA
    assert place.ranges == [None, f"bytes={PIECE}-", f"bytes={2 * PIECE}-"]


def test_the_next_run_goes_on_where_the_last_one_stopped(place: Place, tmp_path: Path) -> None:
    place.files["f"] = DATA
    place.breaks["f"] = [PIECE, 0]
    with pytest.raises(ModelRefused, match=rf"broke off after {PIECE} of {len(DATA)} bytes.*Try again"):
        fetch(place, tmp_path)
    assert fetch(place, tmp_path) == DATA
    assert place.ranges[-1] == f"bytes={PIECE}-"
    assert not (tmp_path / "part").exists(), "no piece is left"


def test_a_server_that_ignores_ranges_starts_over(place: Place, tmp_path: Path) -> None:
    place.files["f"] = DATA
    place.breaks["f"] = [PIECE]
    place.without_ranges = True
    assert fetch(place, tmp_path) == DATA


@pytest.mark.parametrize("careless", [False, True])
def test_a_file_that_changes_between_two_ranges_is_not_mixed(
    place: Place, tmp_path: Path, careless: bool
) -> None:
    place.files["f"] = DATA
    place.then["f"] = DATA[::-1]
    place.breaks["f"] = [PIECE]
    place.careless = careless
    got = fetch(place, tmp_path)
    assert got == DATA[::-1]
    assert place.ranges[1] == f"bytes={PIECE}-"
    assert place.conditions[1] == f'"{sha256(DATA)[:12]}"', "only if it is still the same"


def test_a_shorter_file_than_what_came_in_before_is_fetched_anew(place: Place, tmp_path: Path) -> None:
    place.files["f"] = DATA
    place.then["f"] = b"short"
    place.breaks["f"] = [PIECE]
    place.careless = True
    assert fetch(place, tmp_path) == b"short"


def test_without_a_tag_nothing_is_taken_up(place: Place, tmp_path: Path) -> None:
    place.files["f"] = DATA
    place.breaks["f"] = [PIECE]
    place.without_tags = True
    assert fetch(place, tmp_path) == DATA
    assert place.ranges == [None, None]


@pytest.mark.parametrize("told", [True, False])
def test_a_file_without_end_is_cut_off(place: Place, tmp_path: Path, told: bool) -> None:
    place.files["f"] = DATA
    if not told:
        place.without_length.add("f")
    with pytest.raises(ModelRefused, match="sends more than"):
        fetch(place, tmp_path, limit=PIECE)


def model(*sources: dict[str, Any], engine: str = "vosk", size_bytes: int = 2_000_000, **more: Any) -> Model:
    return Model("small", "Small", engine, ("nl",), size_bytes, "MIT", "https://example.org", sources, **more)


def archive(place: Place, data: bytes, tree: str = "nl-1", **more: Any) -> dict[str, Any]:
    place.files["a.zip"] = data
    return {
        "kind": "archive",
        "address": place.address + "a.zip",
        "tree": tree,
        "sha256": sha256(data),
    } | more


def left_in(models_dir: Path) -> list[str]:
    return sorted(path.name for path in models_dir.iterdir() if path.name != ".lock")


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


def test_free_space_is_looked_at_before_anything_is_fetched(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 3_000_000))
    with pytest.raises(ModelRefused, match=r"needs 4 MB of disk space while it is installed; .* has 3 MB"):
        install_model(model(archive(place, zipped({"nl-1/good": b"good"}))), tmp_path)
    assert place.asked == []


def test_packed_files_are_checked_after_unpacking(place: Place, tmp_path: Path) -> None:
    place.files["m.bin.gz"] = gzip.compress(DATA)
    source = {"kind": "files", "packed": "gz", "address": place.address, "files": {"m.bin": sha256(DATA)}}
    install_model(model(source), tmp_path)
    assert (tmp_path / "small/m.bin").read_bytes() == DATA
    place.files["m.bin.gz"] = gzip.compress(DATA[1:])
    models.remove("small", tmp_path)
    with pytest.raises(ModelRefused, match="its checksum differs"):
        install_model(model(source), tmp_path)
    place.files["m.bin.gz"] = gzip.compress(DATA)[:-900]
    with pytest.raises(ModelRefused, match="damaged"):
        install_model(model(source), tmp_path)


def test_a_file_without_published_checksum_needs_trust_and_must_then_stay_the_same(
    place: Place, tmp_path: Path
) -> None:
    source = {"kind": "files", "address": place.address, "names": ["voice.onnx"], "unpinned": True}
    place.files["voice.onnx"] = DATA
    entry = model(source, engine="piper")
    with pytest.raises(ModelRefused, match="--trust-first-download"):
        install_model(entry, tmp_path)
    assert place.asked == [], "nothing is fetched before it is trusted"
    install_model(entry, tmp_path, means=Means(Path(), trust_first=True))
    models.verify("small", tmp_path)
    models.remove("small", tmp_path)
    install_model(entry, tmp_path)
    models.remove("small", tmp_path)
    place.files["voice.onnx"] = DATA[::-1]
    with pytest.raises(ModelRefused, match="its checksum differs"):
        install_model(entry, tmp_path, means=Means(Path(), trust_first=True))


def test_a_mirror_and_a_folder_replace_the_makers(place: Place, tmp_path: Path) -> None:
    unreachable = "https://127.0.0.1:1/"
    data = zipped({"x/data/m.bin": DATA})
    wheel = {"name": "some-model", "version": "1.0", "sha256": sha256(data)}
    sources = [
        {"kind": "packages", "tree": "data", "packages": [wheel]},
        {"kind": "archive", "address": unreachable + "a.zip", "tree": "data", "sha256": sha256(data)},
        {"kind": "files", "address": unreachable, "files": {"m.bin": sha256(DATA)}},
    ]
    held = {"some_model-1.0-py3-none-any.whl": data, "a.zip": data, "small/m.bin": DATA}
    for source, (name, content) in zip(sources, held.items(), strict=True):
        place.files = {f"models/{name}": content}
        folder = tmp_path / source["kind"]
        (folder / "small").mkdir(parents=True)
        (folder / name).write_bytes(content)
        for way in (Means(Path(), mirror=place.address + "models"), Means(Path(), folder=folder)):
            to = tmp_path / "to"
            install_model(model(source), to, means=way)
            assert (to / "small/m.bin").read_bytes() == DATA
            shutil.rmtree(to)
    place.files = {}
    with pytest.raises(ModelRefused, match=r"does not hold small/m\.bin"):
        install_model(model(sources[2]), tmp_path / "to", means=Means(Path(), folder=tmp_path))


def package(metadata: dict[str, Any], **more: bytes) -> bytes:
    files = {"p/metadata.json": json.dumps(metadata).encode(), "p/model/model.bin": DATA}
    return zipped(
        files | {"p/sentencepiece.model": b"pieces"} | {f"p/{name}": data for name, data in more.items()}
    )


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


def test_two_at_once_fetch_it_once(place: Place, tmp_path: Path) -> None:
    entry = model(archive(place, zipped({"nl-1/m.bin": DATA})))
    waiting = threading.Event()
    place.before_answer = lambda: waiting.wait(10)

    def tell(line: str) -> None:
        if "waits" in line:
            waiting.set()

    with ThreadPoolExecutor(2) as both:
        done = [both.submit(install_model, entry, tmp_path, tell) for _ in range(2)]
    assert done[0].result() == done[1].result()
    assert place.asked == ["a.zip"]
    assert left_in(tmp_path) == ["small"]


def test_progress_in_a_log_is_a_line_per_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    line = ProgressLine()
    for done in range(1001):
        line("m.bin", done * 1000, 1_000_000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[5] == "m.bin: 50 %, 0.5 of 1.0 MB"


def test_progress_for_who_watches_is_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    line = ProgressLine()
    for done in (0, 500_000, 1_000_000):
        line("m.bin", done, 1_000_000)
    bars = capsys.readouterr().err.split("\r")
    assert bars[2].startswith("[" + "#" * 15 + "." * 15 + "] 0.5 of 1.0 MB")
    assert bars[3].endswith("\n")


def test_the_command_line_from_list_to_remove(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = archive(place, zipped({"nl-1/m.bin": DATA}), unpinned=True)
    del source["sha256"]
    entry = model(source)
    monkeypatch.setattr(models, "catalogue", lambda: {"small": entry})
    (tmp_path / "own.argosmodel").write_bytes(package(METADATA | {"fixture": True}))
    here = tmp_path / "models"

    def run(*words: str) -> str:
        result = CliRunner().invoke(create_group(lambda: here), words)
        assert not isinstance(result.exception, Exception), result.exception
        return f"{result.exit_code} {result.output}"

    assert "needs --trust-first-download" in run("list")
    assert place.address in run("list", "--addresses")
    assert run("install", "small").startswith("1 ")
    assert run("install", "small", "--trust-first-download").startswith("0 ")
    assert run("install", "--from", str(tmp_path / "own.argosmodel")).startswith("0 ")
    listed = run("list")
    assert "* small" in listed
    assert "* argos-nl-en-fixture" in listed
    assert "not a translator" in listed
    assert "small: good" in run("verify")
    (here / "small/m.bin").write_bytes(DATA[::-1])
    assert run("verify").startswith("1 small is damaged: m.bin")
    assert run("remove", "small", "argos-nl-en-fixture").startswith("0 ")
    assert models.installed(here) == []
    assert run("remove", "../small").startswith("1 There is no model '../small'")


def test_family_members_get_their_own_words() -> None:
    entry = model_catalogue.catalogue()["firefox-nl-en"]
    assert entry.pairs == (("nl", "en"),)
    assert entry.sources[0]["address"].endswith("/models/prod/nlen/")
    assert "model.nlen.intgemm.alphas.bin" in entry.sources[0]["files"]


def test_a_file_may_have_another_name_at_its_makers(place: Place, tmp_path: Path) -> None:
    place.files["vocab.fren.spm"] = DATA
    stored = {"vocab.enfr.spm": "vocab.fren.spm"}
    source = {
        "kind": "files",
        "address": place.address,
        "files": {"vocab.enfr.spm": sha256(DATA)},
        "stored": stored,
    }
    install_model(model(source), tmp_path)
    assert (tmp_path / "small/vocab.enfr.spm").read_bytes() == DATA


def test_a_zip_with_a_link_does_not_make_one(place: Place, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("nl-1/link")
    link.external_attr = 0o120777 << 16
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr(link, "/etc/passwd")
    install_model(model(archive(place, path.read_bytes())), tmp_path / "models")
    assert not (tmp_path / "models/small/link").is_symlink()


def test_the_larger_of_two_comes_first(tmp_path: Path) -> None:
    for name in ("whisper-base", "whisper-small", "vosk-small-nl"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.bin").write_bytes(b"m")
        (tmp_path / name / "installed.json").write_text('{"files": {"m.bin": [1, "x"]}}')
    assert [m.name for m in models.installed(tmp_path)] == ["whisper-small", "whisper-base", "vosk-small-nl"]
