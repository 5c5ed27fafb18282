"""One key for each terminal: whole, its owner's alone, and never made twice."""

import os
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.kiosk.device.key import KEY_FILE, BadKey, device_key, forget_key, public_bytes, write_once


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = device_key(tmp_path / "deep" / "down")
    path = tmp_path / "deep" / "down" / KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(public_bytes(first)) == 32
    assert public_bytes(device_key(path.parent)) == public_bytes(first)
    assert [each.name for each in path.parent.iterdir()] == [KEY_FILE], "nothing half made stays"


def test_starts_at_once_make_one_key(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: keys.append(public_bytes(device_key(tmp_path)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    device_key(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o640)
    with pytest.raises(BadKey, match="0600"):
        device_key(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o600)
    device_key(tmp_path)


def test_a_broken_key_is_never_replaced_in_silence(tmp_path: Path) -> None:
    other_kind = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    path = tmp_path / KEY_FILE
    for content in (b"", b"no key", other_kind):
        path.unlink(missing_ok=True)
        assert write_once(path, content)
        with pytest.raises(BadKey):
            device_key(tmp_path)
        assert path.read_bytes() == content


def test_a_link_to_elsewhere_is_not_followed(tmp_path: Path) -> None:
    device_key(tmp_path / "elsewhere")
    (tmp_path / KEY_FILE).symlink_to(tmp_path / "elsewhere" / KEY_FILE)
    with pytest.raises(BadKey):
        device_key(tmp_path)


def test_a_power_cut_while_writing_leaves_no_key_rather_than_half_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise OSError("power")

    monkeypatch.setattr(os, "link", cut)
    with pytest.raises(OSError, match="power"):
        device_key(tmp_path)
    assert not (tmp_path / KEY_FILE).exists()
    monkeypatch.undo()
    device_key(tmp_path)


def test_a_forgotten_key_is_followed_by_another(tmp_path: Path) -> None:
    first = public_bytes(device_key(tmp_path))
    forget_key(tmp_path)
    assert public_bytes(device_key(tmp_path)) != first
