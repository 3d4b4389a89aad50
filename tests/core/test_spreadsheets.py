"""What spreadsheets are given: text stays text, and numbers stay numbers."""

import pytest

from app.core.spreadsheets import csv_lines


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_would_be_a_formula_is_marked_as_text(text):
    assert f"'{text}" in csv_lines([(text,)])


@pytest.mark.parametrize("text", ["+5516912345678", "-9.00", "ana@example.test", "12,5", ""])
def test_what_is_none_stays_as_it_is(text):
    assert text in csv_lines([(text, 1)])
    assert "'" not in csv_lines([(text, 1)])


def test_lines_end_and_quote_as_the_standard_has_it():
    assert csv_lines([("a", 1), ('b"', "c,d")]) == 'a,1\r\n"b""","c,d"\r\n'
