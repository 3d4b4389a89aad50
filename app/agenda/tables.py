"""A provider's time."""

from piccolo.columns import BigSerial, Boolean, ForeignKey, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.table import Table

from app.accounts.tables import User


class AgendaSettings(Table):
    """One row a provider; whoever changes that provider's agenda locks it first."""

    id: BigSerial = BigSerial(primary_key=True)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict, unique=True)
    # IANA time zone in which the provider lives and the agenda is shown.
    zone: Varchar = Varchar(length=40, default="America/Sao_Paulo")
    # Distance between offered start times.
    step_minutes: SmallInt = SmallInt(default=30)


class Slot(Table):
    """A stretch of time, free or taken; slots of one provider never overlap (slot_no_overlap)."""

    id: BigSerial = BigSerial(primary_key=True)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    starts_at: Timestamptz = Timestamptz(default=None)
    ends_at: Timestamptz = Timestamptz(default=None)
    taken: Boolean = Boolean(default=False)
