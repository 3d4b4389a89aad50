"""What was written to whom, and what became of it."""

from enum import StrEnum
from typing import Any

from piccolo.columns import (
    BigSerial,
    ForeignKey,
    LazyTableReference,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class State(StrEnum):
    """kept: there is no mail server, so it is read at /admin/emails. bounced: refused for good."""

    KEPT = "kept"
    WAITING = "waiting"
    SENT = "sent"
    BOUNCED = "bounced"
    FAILED = "failed"


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
    # These four are emptied when it has gone out: what is in it was for its reader alone.
    text: Text = Text()
    html: Text = Text()
    # An invitation as calendars read it (RFC 5546), and where no more of this kind are asked for.
    calendar: Text = Text(default="")
    unsubscribe: Text = Text(default="")
    state: Varchar = Varchar(length=10, default=State.WAITING, choices=State)
    # Why it has not gone out, by app.emails.problems, and what the mail server answered.
    problem: Varchar = Varchar(length=10, default="")
    code: SmallInt = SmallInt(null=True, default=None)
    attempts: SmallInt = SmallInt(default=0)
    tried_at: Timestamptz = Timestamptz(null=True, default=None)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())
    sent_at: Timestamptz = Timestamptz(null=True, default=None)
