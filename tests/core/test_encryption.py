"""Sealed words open only where they belong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import encryption
from core.encryption import KeyRing, SealBroken

OLD, NEW = b"o" * 32, b"n" * 32
RING = KeyRing({"k1": OLD}, index_key=b"i" * 32)


@given(st.text())
def test_what_was_sealed_opens_as_it_was(text: str) -> None:
    assert RING.open("note.words:1", RING.seal("note.words:1", text)) == text


@given(st.text(min_size=1), st.integers(min_value=0))
def test_altered_bytes_do_not_open(text: str, where: int) -> None:
    sealed = bytearray(RING.seal("note.words:1", text))
    start = len(b"v1|k1|")
    at = start + where % (len(sealed) - start)
    if at == start + encryption.NONCE_BYTES:
        return  # the separator after the nonce is skipped, not read
    sealed[at] ^= 1
    with pytest.raises(SealBroken):
        RING.open("note.words:1", bytes(sealed))


def test_words_moved_to_another_row_or_column_do_not_open() -> None:
    sealed = RING.seal("note.words:1", "mine")
    for place in ("note.words:2", "note.title:1", "message.words:1"):
        with pytest.raises(SealBroken):
            RING.open(place, sealed)


def test_a_ring_with_a_new_key_still_opens_what_the_old_one_sealed() -> None:
    sealed = RING.seal("p", "words")
    rotated = KeyRing({"k2": NEW, "k1": OLD}, index_key=b"i" * 32)
    assert rotated.open("p", sealed) == "words"
    assert rotated.seal("p", "words").startswith(b"v1|k2|")
    with pytest.raises(SealBroken):
        KeyRing({"k2": NEW}, index_key=b"i" * 32).open("p", sealed)


def test_two_seals_of_the_same_words_differ_and_blind_indexes_do_not() -> None:
    assert RING.seal("p", "same") != RING.seal("p", "same")
    assert RING.blind("p", "same") == RING.blind("p", "same") != RING.blind("q", "same")


@pytest.mark.parametrize("text", ["k1:short", "k1", ":bm8=", "a|b:" + "A" * 44])
def test_a_key_ring_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        KeyRing.parse(text, index_key=b"i" * 32)
