"""What was written to whom."""

from typing import Any

from piccolo.columns import (
    BigSerial,
    ForeignKey,
    LazyTableReference,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class Email(Table):
    id: BigSerial = BigSerial(primary_key=True)
    # Accounts stand on e-mails, so the table is named from afar.
    user: ForeignKey[Any] = ForeignKey(
        LazyTableReference("User", module_path="app.accounts.tables"),
        null=False,
        on_delete=OnDelete.restrict,
    )
    recipient: Varchar = Varchar(length=254)
    subject: Varchar = Varchar(length=200)
    # Both are emptied when it has gone out: what is in it was for its reader alone.
    text: Text = Text()
    html: Text = Text()
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())
    sent_at: Timestamptz = Timestamptz(null=True, default=None)
