"""The audit log as a file for a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator

from app.admin.forms import AuditForm
from app.admin.queries import audit_events
from app.core.time import format_wire

BATCH = 1_000
COLUMNS = ("id", "at", "action", "actor", "subject", "address", "detail")


async def csv_lines(form: AuditForm) -> AsyncIterator[str]:
    """Batch by batch, so that memory stays flat. Ids instead of names: a file travels."""
    before = form.before
    yield _lines([COLUMNS])
    while rows := await audit_events(form, BATCH, before):
        yield _lines([(row["id"], format_wire(row["at"]), *row_values(row)) for row in rows])
        before = rows[-1]["id"]


def row_values(row: dict[str, object]) -> list[object]:
    return [_plain(row[column]) for column in COLUMNS[2:]]


def _plain(value: object) -> object:
    """A text that a spreadsheet would take for a formula is marked as text."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _lines(rows: list[tuple[object, ...]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()
