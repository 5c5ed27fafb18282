"""Lines that break, servers that ignore ranges, lie or change the file; mirrors and folders instead."""

import gzip
import shutil
import threading
from collections import namedtuple
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.speech import models
from app.speech.model_downloads import ModelRefused, download
from app.speech.model_sources import Means
from app.speech.models import install_model
from tests.model_place import (
    DATA,
    Place,
    archive,
    left_in,
    model,
    open_place,
    sha256,
    zipped,
)

PIECE = 300_000


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


def test_two_at_once_fetch_it_once(place: Place, tmp_path: Path) -> None:
    entry = model(archive(place, zipped({"nl-1/m.bin": DATA})))
    waiting = threading.Event()
    place.before_answer = lambda: waiting.wait(30)

    def tell(line: str) -> None:
        if "waits" in line:
            waiting.set()

    with ThreadPoolExecutor(2) as both:
        done = [both.submit(install_model, entry, tmp_path, tell) for _ in range(2)]
    assert done[0].result() == done[1].result()
    assert place.asked == ["a.zip"]
    assert left_in(tmp_path) == ["small"]


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
