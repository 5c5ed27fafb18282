"""What is sealed opens with the municipality's key, and with nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kiosk.sealing import CannotOpen, SealingKeys, seal

OURS = SealingKeys(["the installation's secret"])


@given(st.binary(max_size=2000))
def test_what_is_sealed_comes_back(content: bytes) -> None:
    sealed = seal(content, OURS.public_key)
    assert OURS.open(sealed) == content
    assert len(content) < 8 or content not in sealed


def test_the_same_words_never_look_the_same() -> None:
    assert seal(b"0612345678", OURS.public_key) != seal(b"0612345678", OURS.public_key)


def test_another_key_opens_nothing() -> None:
    sealed = seal(b"0612345678", OURS.public_key)
    with pytest.raises(CannotOpen):
        SealingKeys(["somebody else's secret"]).open(sealed)


@given(st.binary(max_size=200))
def test_garbage_opens_nothing(garbage: bytes) -> None:
    with pytest.raises(CannotOpen):
        OURS.open(garbage)


@given(st.data())
def test_one_changed_bit_opens_nothing(data: st.DataObject) -> None:
    sealed = bytearray(seal(b"0612345678", OURS.public_key))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    if at == 255:  # X25519 leaves the highest bit of a key out (RFC 7748, 5)
        return
    with pytest.raises(CannotOpen):
        OURS.open(bytes(sealed))


def test_a_secret_can_be_replaced() -> None:
    sealed = seal(b"0612345678", SealingKeys(["old"]).public_key)
    both = SealingKeys(["new", "old"])
    assert both.open(sealed) == b"0612345678"
    assert both.public_key == SealingKeys(["new"]).public_key
    with pytest.raises(CannotOpen):
        SealingKeys(["new"]).open(sealed)


@pytest.mark.parametrize("key", [b"", b"x" * 31, b"x" * 33])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="32"):
        seal(b"x", key)


def test_without_a_secret_there_are_no_keys() -> None:
    with pytest.raises(ValueError, match="secret"):
        SealingKeys([])
