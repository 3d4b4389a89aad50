"""SECURITY.md tells the truth: every requirement once, and a test that is there behind each."""

import re
from collections import Counter

import pytest

from app.settings import ROOT

# How many requirements of levels 1 and 2 each chapter of OWASP ASVS 5.0.0 has.
CHAPTERS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13,
    14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (?:`(.+)`)? ?\|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "SECURITY.md").read_text("utf-8"))


def test_every_requirement_stands_there_once():
    identifiers = [identifier for identifier, *_ in ROWS]
    assert len(set(identifiers)) == len(identifiers)
    chapters = Counter(int(identifier.split(".")[0]) for identifier in identifiers)
    assert chapters == CHAPTERS


@pytest.mark.parametrize(("identifier", "level", "how", "shown"), ROWS)
def test_what_shows_it_is_there(identifier, level, how, shown):
    if not shown:
        assert how.startswith("n/a: ")
        return
    kind, _, rest = shown.partition(": ")
    if kind == "make check":
        assert rest in (ROOT / "Makefile").read_text("utf-8")
    elif kind != "config":
        file, _, name = shown.partition("::")
        source = (ROOT / file).read_text("utf-8")
        assert not name or f"def {name}(" in source
