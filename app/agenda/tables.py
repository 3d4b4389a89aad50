"""A provider's time: when they work, and what is left of it."""

from piccolo.columns import (
    BigSerial,
    Boolean,
    ForeignKey,
    OnDelete,
    SmallInt,
    Text,
    Time,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from app.accounts.tables import User


class AgendaSettings(Table):
    """One row a provider; whoever changes that provider's agenda locks it first.

    A service may have its own step, buffers, notice and horizon.
    """

    id: BigSerial = BigSerial(primary_key=True)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict, unique=True)
    # IANA time zone in which the provider lives and the agenda is shown.
    zone: Varchar = Varchar(length=40, default="America/Sao_Paulo")
    # Distance between offered start times; a part of a day, so that every day has the same.
    step_minutes: SmallInt = SmallInt(default=30)
    # Time kept free before and after a booking; between two of them the larger counts.
    buffer_before_minutes: SmallInt = SmallInt(default=0)
    buffer_after_minutes: SmallInt = SmallInt(default=0)
    # A booking begins so long from now at least, and so many days at most.
    notice_minutes: SmallInt = SmallInt(default=60)
    horizon_days: SmallInt = SmallInt(default=90)
    # Bookings are confirmed at once; otherwise the provider has so long to answer.
    instant: Boolean = Boolean(default=False)
    answer_minutes: SmallInt = SmallInt(default=1440)
    # Free to cancel or move until so long before; then it costs this share of the price.
    cancel_free_hours: SmallInt = SmallInt(default=24)
    cancel_fee_percent: SmallInt = SmallInt(default=0)
    # Free time is written up to here: midnight there.
    written_until: Timestamptz = Timestamptz(default=None, null=True)


class WeeklyHours(Table):
    """Wall-clock hours; what closes at or before it opens does so on the next day."""

    id: BigSerial = BigSerial(primary_key=True)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    # 1 is Monday, 7 is Sunday (ISO 8601).
    weekday: SmallInt = SmallInt(default=None)
    opens: Time = Time(default=None)
    closes: Time = Time(default=None)


class ExtraHours(Table):
    id: BigSerial = BigSerial(primary_key=True)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    starts_at: Timestamptz = Timestamptz(default=None)
    ends_at: Timestamptz = Timestamptz(default=None)


class ExternalCalendar(Table):
    """Another calendar of a provider, whose busy times are time off here."""

    id: BigSerial = BigSerial(primary_key=True)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    name: Varchar = Varchar(length=60)
    url: Text = Text()
    etag: Text = Text(default="")
    synced_at: Timestamptz = Timestamptz(default=None, null=True)
    # What went wrong last time, as a code; empty when it is well.
    error: Varchar = Varchar(length=40, default="")


class TimeOff(Table):
    """Wins over hours and extra hours."""

    id: BigSerial = BigSerial(primary_key=True)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    starts_at: Timestamptz = Timestamptz(default=None)
    ends_at: Timestamptz = Timestamptz(default=None)
    note: Varchar = Varchar(length=80, default="")
    # Where it was read, if the provider did not enter it here.
    calendar = ForeignKey(ExternalCalendar, null=True, on_delete=OnDelete.cascade)


class Slot(Table):
    """A stretch of time, free or taken; slots of one provider never overlap (slot_no_overlap)."""

    id: BigSerial = BigSerial(primary_key=True)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    starts_at: Timestamptz = Timestamptz(default=None)
    ends_at: Timestamptz = Timestamptz(default=None)
    taken: Boolean = Boolean(default=False)
    # Of what was taken: the buffers that it asks for.
    buffer_before_minutes: SmallInt = SmallInt(default=0)
    buffer_after_minutes: SmallInt = SmallInt(default=0)
    # Taken only until then, while a customer fills in the form or pays.
    held_until: Timestamptz = Timestamptz(default=None, null=True)
    # For whom it still counts as free, who may choose otherwise.
    held_by = ForeignKey(User, null=True, on_delete=OnDelete.restrict)
