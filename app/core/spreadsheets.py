"""Files for a spreadsheet (CSV, RFC 4180)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from litestar.response import Stream
from litestar.types import StreamType

# Also of a Pix key that is a phone number.
SIGNED_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]+)?")


def csv_file(name: str, lines: StreamType[str]) -> Stream:
    """An answer that browsers keep as a file of this name, sent line by line."""
    return Stream(
        lines,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([plain(value) for value in row] for row in rows)
    return file.getvalue()


def plain(value: object) -> object:
    """A text that a spreadsheet would take for a formula is marked as text."""
    if (
        isinstance(value, str)
        and value.startswith(("=", "+", "-", "@", "\t", "\r"))
        and not SIGNED_NUMBER.fullmatch(value)
    ):
        return f"'{value}"
    return value
