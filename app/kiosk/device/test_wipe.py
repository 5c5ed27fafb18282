"""The wipe on folders alone; with a real browser it is tested in tests/integration/test_kiosk_wipe.py."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.kiosk.device import wipe as module
from app.kiosk.device.wipe import MARK, Place, TracesLeft, wipe


def test_folders_are_emptied_and_stay(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    (profile / "Default" / "deep").mkdir(parents=True)
    (profile / "Default" / "deep" / "Cookies").write_text("x")
    (profile / ".hidden").write_text("x")
    (profile / "SingletonLock").symlink_to("nowhere")
    wipe(Place((profile, tmp_path / "never-made")))
    assert list(profile.iterdir()) == []


def test_a_link_out_of_the_folder_is_cut_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    profile = tmp_path / "profile"
    profile.mkdir()
    (profile / "link").symlink_to(outside)
    wipe(Place((profile,)))
    assert list(profile.iterdir()) == []
    assert (outside / "kept").exists()


def test_a_folder_that_was_replaced_by_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    (tmp_path / "profile").symlink_to(outside)
    with pytest.raises(TracesLeft):
        wipe(Place((tmp_path / "profile",)))
    assert (outside / "kept").exists()


def test_a_spool_loses_its_files_and_keeps_its_folders(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "page").write_text("x")
    (tmp_path / "d00001-001").write_text("x")
    wipe(Place((), spools=(tmp_path,)))
    assert [path.name for path in tmp_path.rglob("*")] == ["tmp"]


def test_what_cannot_be_removed_is_told_by_its_place_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letter-of-Xanthippe").mkdir()

    def refuse(_path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(module.shutil, "rmtree", refuse)
    with pytest.raises(TracesLeft) as left:
        wipe(Place((tmp_path,)))
    assert str(left.value) == str(tmp_path)


@pytest.mark.parametrize("uid", sorted({0, os.getuid()}))
def test_a_user_that_also_runs_other_things_is_refused(uid: int) -> None:
    with pytest.raises(ValueError, match="user of its own"):
        Place((), uid=uid)


def test_without_a_user_of_its_own_the_marked_processes_end_and_no_others(tmp_path: Path) -> None:
    sleep = (sys.executable, "-c", "import time; time.sleep(600)")
    ours = subprocess.Popen(sleep, env={**os.environ, MARK: str(tmp_path)}, start_new_session=True)
    other = subprocess.Popen(sleep, env={**os.environ, MARK: f"{tmp_path}-other"}, start_new_session=True)
    try:
        wipe(Place((), mark=str(tmp_path)))
        assert ours.wait(10) == -9
        assert other.poll() is None
        wipe(Place((), mark=""))  # no mark: nobody
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_print_service_that_is_away_or_hangs_holds_nothing_up(tmp_path: Path) -> None:
    wipe(Place((tmp_path,), purge_prints=("/no/such/program",)))
