"""SECURITY.md tells the truth: every requirement once, and what shows it is there."""

import re
from collections import Counter

import pytest

from app.settings import ROOT

# How many requirements of level 1, and of level 2, each chapter of OWASP ASVS 5.0.0 has.
CHAPTERS = {
    1: (8, 19), 2: (4, 7), 3: (8, 11), 4: (2, 8), 5: (4, 5), 6: (13, 22), 7: (6, 12), 8: (4, 3),
    9: (4, 3), 10: (5, 24), 11: (3, 11), 12: (3, 6), 13: (1, 12), 14: (2, 7), 15: (3, 10),
    16: (0, 16), 17: (0, 7),
}  # fmt: skip
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (?:`(.+)` )?\|$", re.MULTILINE)
ROWS = ROW.findall(TEXT)


def test_every_line_of_the_table_is_read():
    assert len(ROWS) == len(re.findall(r"^\| *\d+\.\d+", TEXT, re.MULTILINE))


def test_every_requirement_stands_there_once():
    identifiers = [identifier for identifier, *_ in ROWS]
    assert len(set(identifiers)) == len(identifiers)


def test_no_chapter_lacks_a_requirement():
    found = Counter((int(identifier.split(".")[0]), level) for identifier, level, *_ in ROWS)
    assert {chapter: (found[chapter, "1"], found[chapter, "2"]) for chapter, _ in found} == CHAPTERS


@pytest.mark.parametrize(("identifier", "level", "how", "shown"), ROWS)
def test_what_shows_it_is_there(identifier, level, how, shown):
    kind, _, rest = shown.partition(": ")
    if how.startswith("n/a: "):
        assert not shown
    elif kind == "config":
        # What only a running installation shows is met by nobody here.
        assert how.startswith(("operator: ", "open: "))
    elif kind == "make check":
        assert rest in MAKEFILE
    elif kind == "SECURITY.md":
        assert f"\n## {rest}\n" in TEXT
    else:
        file, _, name = shown.partition("::")
        source = (ROOT / file).read_text("utf-8")
        assert not name or defines(source, name)


def defines(source: str, name: str) -> bool:
    """Whether a test, a function, a class or a constant of this name is in it."""
    return (
        re.search(rf"^\s*(async )?(def|class) {name}\b|^{name}\b.* = ", source, re.MULTILINE)
        is not None
    )


@pytest.mark.parametrize(("identifier", "how"), [(row[0], row[2]) for row in ROWS])
def test_what_it_refers_to_is_there(identifier, how):
    for other in re.findall(r"\b\d+\.\d+\.\d+\b", how):
        assert other in {row[0] for row in ROWS}
    if found := re.match(r"Under ([A-Z][a-z ]*[a-z])", how):
        assert f"\n## {found[1]}\n" in TEXT
