"""The audit log as a file for a spreadsheet."""

from collections.abc import AsyncIterator

from app.admin.forms import AuditForm
from app.admin.queries import audit_events
from app.core.spreadsheets import csv_lines
from app.core.time import format_wire

BATCH = 1_000
COLUMNS = ("id", "at", "action", "actor", "subject", "address", "detail")


async def audit_lines(form: AuditForm) -> AsyncIterator[str]:
    """Batch by batch, so that memory stays flat. Ids instead of names: a file travels."""
    before = form.before
    yield csv_lines([COLUMNS])
    while rows := await audit_events(form, BATCH, before):
        yield csv_lines(
            (row["id"], format_wire(row["at"]), *(row[name] for name in COLUMNS[2:]))
            for row in rows
        )
        before = rows[-1]["id"]
