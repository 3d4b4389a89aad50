"""The list of passwords that anybody would try first."""

from app.accounts.passwords import COMMON, LONGEST, SHORTEST


def test_it_holds_thousands_that_would_else_be_taken_each_once():
    words = COMMON.read_text("utf-8").splitlines()
    assert len(words) >= 3_000
    assert len(set(words)) == len(words)
    assert all(SHORTEST <= len(word) <= LONGEST and word == word.lower() for word in words)


def test_it_holds_the_very_first_ones():
    words = set(COMMON.read_text("utf-8").splitlines())
    assert {"1234567890", "qwertyuiop", "password123", "corinthians123"} <= words
