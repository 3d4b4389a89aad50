"""Tokens that only we can have signed, and texts that only we can read."""

from datetime import timedelta

import pytest

from app.core.signing import BadToken, decrypt, encrypt, sign, verify

HOUR = timedelta(hours=1)


def test_a_token_says_what_was_signed():
    assert verify(sign({"sub": "7"}, "api", HOUR), "api")["sub"] == "7"


@pytest.mark.parametrize("lifetime", [HOUR, -HOUR])
def test_one_for_another_end_or_out_of_date_says_nothing(lifetime):
    token = sign({"sub": "7"}, "api", lifetime)
    with pytest.raises(BadToken):
        verify(token, "api" if lifetime < HOUR else "link")


def test_one_that_was_changed_says_nothing():
    token = sign({"sub": "7"}, "api", HOUR)
    for at in range(0, len(token) - 1, 7):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(BadToken):
            verify(changed, "api")


def test_what_is_encrypted_looks_different_each_time_and_is_read_again():
    first, second = encrypt("segredo", "of 7"), encrypt("segredo", "of 7")
    assert first != second
    assert "segredo" not in first
    assert decrypt(first, "of 7") == decrypt(second, "of 7") == "segredo"


@pytest.mark.parametrize("text", ["", "é", "AAAA", "A" * 400])
def test_what_we_have_not_encrypted_is_not_read(text):
    with pytest.raises(BadToken):
        decrypt(text, "of 7")


def test_what_belongs_to_one_is_not_read_for_another():
    with pytest.raises(BadToken):
        decrypt(encrypt("segredo", "of 7"), "of 8")


def test_a_key_that_was_put_behind_a_newer_one_still_reads_and_verifies(keys):
    keys("o" * 40)
    token, sealed = sign({"sub": "7"}, "api", HOUR), encrypt("segredo", "of 7")
    keys("n" * 40, "o" * 40)
    assert verify(token, "api")["sub"] == "7"
    assert decrypt(sealed, "of 7") == "segredo"
    keys("n" * 40)
    with pytest.raises(BadToken):
        verify(token, "api")
    with pytest.raises(BadToken):
        decrypt(sealed, "of 7")
