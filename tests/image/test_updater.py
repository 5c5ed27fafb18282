"""Whatever happens to an update, the loader always finds a slot that starts."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kiosk.device.release import ReleaseRefused, Version, read_release
from app.kiosk.device.slots import Slots, read_entry
from app.kiosk.device.updater import UpdateFailed, Updater, require_safe
from tests.image.release_server import (
    PIECE,
    DoesNotStart,
    Maker,
    ReleaseServer,
    boot_file,
    content,
    make_terminal,
    served,
    start,
)

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path / "made")


@pytest.fixture
def server(maker: Maker) -> Iterator[ReleaseServer]:
    with served(maker.folder) as server:
        yield server


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    return make_terminal(tmp_path)


def updater(slots: Slots, server: ReleaseServer, maker: Maker, **other: object) -> Updater:
    address = f"http://127.0.0.1:{server.server_port}/updates/"
    state = slots.loader_dir.parent / "state"
    return Updater(slots, address, [maker.key.public_key()], state, flush_every=PIECE, **other)  # type: ignore[arg-type]


def test_a_newer_release_goes_into_the_idle_slot_and_is_tried(slots, server, maker):
    maker.release("2")
    assert updater(slots, server, maker).run() == "installed"
    assert start(slots) == "b 2"
    assert slots.entry("b").tries_left == 3
    assert slots.entry("a").tries_left is None
    assert updater(slots, server, maker).run() == "waiting"


def test_the_same_release_changes_nothing(slots, server, maker):
    maker.release("1")
    before = sorted(file.name for file in slots.loader_dir.iterdir())
    assert updater(slots, server, maker).run() == "up_to_date"
    assert sorted(file.name for file in slots.loader_dir.iterdir()) == before
    assert [name for name, _ in server.asked] == ["release.json", "release.json.sig"]


@pytest.mark.parametrize("wrong", ["other key", "one byte", "no signature", "not base64"])
def test_a_bad_signature_is_refused_before_anything_is_read_or_written(slots, server, maker, wrong):
    maker.release("2", key=Ed25519PrivateKey.generate() if wrong == "other key" else None)
    manifest, signature = maker.folder / "release.json", maker.folder / "release.json.sig"
    if wrong == "one byte":
        manifest.write_bytes(manifest.read_bytes().replace(b'"2"', b'"3"'))
    elif wrong == "no signature":
        signature.write_bytes(b"")
    elif wrong == "not base64":
        signature.write_bytes(b"\xff=" * 40)
    with pytest.raises(ReleaseRefused, match="bad_signature"):
        updater(slots, server, maker).run()
    assert start(slots) == "a 1"
    assert not slots.entry("b")
    assert not (slots.loader_dir.parent / "state").exists()


def test_an_older_release_is_refused(tmp_path, server, maker):
    slots = make_terminal(tmp_path / "newer", version="3")
    maker.release("2.9")
    with pytest.raises(ReleaseRefused, match="older"):
        updater(slots, server, maker).run()
    assert start(slots) == "a 3"


def test_a_minimum_once_seen_stays(slots, server, maker):
    """3 failed here and we run 1 again; 2 has the hole that 3 closed."""
    maker.release("3", minimum="3")
    updater(slots, server, maker).run()
    maker.release("2", minimum="1")
    with pytest.raises(ReleaseRefused, match="below_minimum"):
        updater(slots, server, maker).run()


def test_a_release_that_did_not_start_here_is_not_taken_again(slots, server, maker):
    maker.release("2")
    updater(slots, server, maker).run()
    offered = slots.entry("b").path
    offered.rename(offered.with_name("wijkbalie_b_2+0-3.efi"))
    assert start(slots) == "a 1"
    with pytest.raises(ReleaseRefused, match="failed_before"):
        updater(slots, server, maker).run()
    maker.release("2.1")
    assert updater(slots, server, maker).run() == "installed"
    assert start(slots) == "b 2.1"


def test_while_a_start_is_a_try_the_old_slot_is_left_alone(slots, server, maker):
    maker.release("2")
    updater(slots, server, maker).run()
    trying = Slots(slots.loader_dir, slots.partitions, running="b")
    maker.release("3")
    with pytest.raises(UpdateFailed, match="not_good_yet"):
        updater(trying, server, maker).run()
    assert slots.entry("a")


def test_a_line_that_breaks_is_taken_up_where_it_broke(slots, server, maker):
    maker.release("2")
    server.cut_after, server.cuts = 3 * PIECE, 3
    assert updater(slots, server, maker).run() == "installed"
    assert start(slots) == "b 2"
    resumed = [wanted for name, wanted in server.asked if name == "root"]
    assert (
        resumed == ["", f"bytes={3 * PIECE}-", f"bytes={6 * PIECE}-", f"bytes={9 * PIECE}-"][: len(resumed)]
    )
    assert len(resumed) == 4


def test_a_server_without_ranges_begins_again(slots, server, maker):
    maker.release("2")
    server.ranges, server.cut_after, server.cuts = False, 3 * PIECE, 2
    assert updater(slots, server, maker).run() == "installed"
    assert start(slots) == "b 2"


def test_a_truncated_download_is_never_offered(slots, server, maker):
    maker.release("2")
    root = maker.folder / "root"
    root.write_bytes(root.read_bytes()[: 5 * PIECE])
    with pytest.raises(UpdateFailed, match="no_line"):
        updater(slots, server, maker, attempts=2).run()
    assert start(slots) == "a 1"
    assert not slots.entry("b")


def test_a_file_that_is_not_what_was_signed_is_never_offered(slots, server, maker):
    maker.release("2")
    root = maker.folder / "root"
    raw = bytearray(root.read_bytes())
    raw[PIECE] ^= 1
    root.write_bytes(raw)
    with pytest.raises(UpdateFailed, match="damaged"):
        updater(slots, server, maker).run()
    assert not slots.entry("b")
    maker.release("2")
    assert updater(slots, server, maker).run() == "installed"
    assert start(slots) == "b 2"


def test_a_release_that_is_too_big_is_refused_before_it_is_fetched(slots, server, maker):
    maker.release("2")
    slots.partition("root", "b").write_bytes(bytes(PIECE))
    with pytest.raises(UpdateFailed, match="no_room"):
        updater(slots, server, maker).run()
    assert start(slots) == "a 1"


def test_a_server_that_sends_us_elsewhere_is_not_followed(slots, server, maker):
    maker.release("2")
    server.elsewhere = f"http://127.0.0.1:{server.server_port}/other/release.json"
    with pytest.raises(UpdateFailed, match="no_line"):
        updater(slots, server, maker).run()
    assert len(server.asked) == 1


CUTS = [
    ("emptied", 1),
    ("piece", 4),
    ("root", 1),
    ("piece", 11),
    ("verity", 1),
    ("boot_file", 1),
    ("offered", 1),
]


@pytest.mark.parametrize(("step", "count"), CUTS)
def test_power_cut(slots, server, maker, step, count):
    """By SIGKILL; and what was not flushed by then is lost, as on a disk that had it in its memory."""
    maker.release("2")
    state = slots.loader_dir.parent / "state"
    command = [
        *(
            sys.executable,
            "-m",
            "tests.image.update_once",
            str(slots.loader_dir),
            str(slots.partitions),
            str(state),
        ),
        *(
            f"http://127.0.0.1:{server.server_port}/",
            maker.key.public_key().public_bytes_raw().hex(),
            step,
            str(count),
        ),
    ]
    cut = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert cut.returncode == -signal.SIGKILL, cut.stderr
    _lose_unflushed(slots, state)
    assert start(slots) == ("b 2" if step == "offered" else "a 1")

    server.asked.clear()
    assert updater(slots, server, maker).run() == ("waiting" if step == "offered" else "installed")
    assert start(slots) == "b 2"
    if (step, count) == ("piece", 4):
        assert ("root", f"bytes={4 * PIECE}-") in server.asked
    if step in ("verity", "boot_file") or count == 11:
        assert "root" not in [name for name, _ in server.asked], "the root was whole and is not fetched again"


def _lose_unflushed(slots: Slots, state: Path) -> None:
    note = state / "progress.json"
    if not note.exists():  # nothing was begun, or all is flushed and offered
        return
    reached = json.loads(note.read_text())["reached"]
    writing = "verity" if any(slots.partition("verity", "b").read_bytes()) else "root"
    target = slots.partition(writing, "b")
    raw = target.read_bytes()
    target.write_bytes(raw[:reached] + b"\xaa" * (len(raw) - reached))


def test_control_a_slot_offered_before_it_is_filled_does_not_start(slots):
    """The check above can fail: this is what a careless order would leave behind."""
    early = boot_file(content("root 2", 9 * PIECE + 17), content("verity 2", 2 * PIECE))
    (slots.loader_dir / "wijkbalie_b_2+3.efi").write_bytes(early)
    with pytest.raises(DoesNotStart):
        start(slots)


@pytest.mark.parametrize("bad", ["", "1..2", "v1", "1.2.3.4.5", "-1", "1\n", "٣", "1" * 10, None, 7])
def test_versions_that_are_none(bad):
    with pytest.raises(ReleaseRefused):
        Version.parse(bad)


def test_versions_are_numbers():
    assert Version.parse("2026.1122.58") < Version.parse("2026.1122.0758")
    assert Version.parse("2.10") > Version.parse("2.9.9")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"version": "two"},
        {"minimum_version": "9"},
        {"files": {}},
        {"files": {"root": {"name": "../../etc/passwd", "size": 1, "sha256": "0" * 64}}},
    ],
)
def test_a_signed_release_that_makes_no_sense_is_refused(maker, change):
    maker.release("2", **change) if "version" not in change else maker.release("two")
    if "minimum_version" in change:
        maker.release("2", minimum="9")
    manifest, signature = (
        (maker.folder / name).read_bytes() for name in ("release.json", "release.json.sig")
    )
    with pytest.raises(ReleaseRefused, match="bad_manifest"):
        read_release(manifest, signature, [maker.key.public_key()])


def test_boot_files_of_others_are_none_of_ours():
    for name in (
        "other.efi",
        "wijkbalie_c_1.efi",
        "wijkbalie_a_1.efi.part",
        "wijkbalie_b.part",
        "wijkbalie_a_..efi",
    ):
        assert read_entry(Path(name)) is None
    assert read_entry(Path("wijkbalie_b_1.2+2-1.efi")).tries_left == 2


@pytest.mark.parametrize(
    "address", ["http://balie.example/u", "ftp://balie.example/", "//x", "http://127.0.0.2/"]
)
def test_updates_come_over_https(address):
    with pytest.raises(ValueError, match="https"):
        require_safe(address)
