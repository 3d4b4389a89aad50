"""Bookings, their states and their history."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Numeric,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from app.accounts.tables import User
from app.agenda.tables import Slot
from app.catalog.tables import Service, ServiceVariant


class Status(StrEnum):
    HELD = "held"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def on_wire(self) -> str:
        return STATES[self]


STATES = {
    Status.HELD: "RESERVADA",
    Status.PENDING: "PENDENTE",
    Status.CONFIRMED: "CONFIRMADA",
    Status.COMPLETED: "CONCLUIDA",
    Status.NO_SHOW: "NAO_COMPARECEU",
    Status.DECLINED: "RECUSADA",
    Status.CANCELLED: "CANCELADA",
    Status.EXPIRED: "EXPIRADA",
}
# A booking in one of these holds a slot; the constraints booking_no_overlap and
# booking_active_has_slot say the same in SQL.
ACTIVE = frozenset({Status.HELD, Status.PENDING, Status.CONFIRMED})

MOVES: dict[Status, frozenset[Status]] = {
    # It stays held when it is booked and has to be paid.
    Status.HELD: frozenset(
        {Status.HELD, Status.PENDING, Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}
    ),
    Status.PENDING: frozenset(
        {Status.CONFIRMED, Status.DECLINED, Status.CANCELLED, Status.EXPIRED}
    ),
    Status.CONFIRMED: frozenset({Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    Status.NO_SHOW: frozenset(),
    Status.DECLINED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.EXPIRED: frozenset(),
}


class Booking(Table):
    """What was agreed; names and price are copied, so that later edits never change it."""

    id: BigSerial = BigSerial(primary_key=True)
    # What people say on the phone: eight characters without look-alikes.
    code: Varchar = Varchar(length=8, unique=True)
    customer = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    service = ForeignKey(Service, null=False, on_delete=OnDelete.restrict)
    variant = ForeignKey(ServiceVariant, null=False, on_delete=OnDelete.restrict)
    # The taken slot while the booking is active, then null; the period stays here.
    slot = ForeignKey(Slot, null=True, on_delete=OnDelete.restrict, unique=True)
    starts_at: Timestamptz = Timestamptz(default=None)
    ends_at: Timestamptz = Timestamptz(default=None)
    zone: Varchar = Varchar(length=40)
    status: Varchar = Varchar(length=10, choices=Status)
    service_name: Varchar = Varchar(length=80)
    variant_name: Varchar = Varchar(length=80)
    price: Numeric = Numeric(digits=(12, 2))
    # BRL of the price that is paid when booking, and the platform's share of what is earned.
    prepaid: Numeric = Numeric(digits=(12, 2))
    commission_percent: Numeric = Numeric(digits=(5, 2))
    # BRL that payments have brought, and that was given back of it; kept up by payments.
    paid: Numeric = Numeric(digits=(12, 2))
    refunded: Numeric = Numeric(digits=(12, 2))
    # Street and number and what helps to find them; empty while nothing is booked yet.
    address: Varchar = Varchar(length=300)
    # "Centro, São Carlos, SP"; empty where the address, from before there was this, has it all.
    area: Varchar = Varchar(length=200, default="")
    note: Text = Text(default="")
    # Held or pending until then.
    expires_at: Timestamptz = Timestamptz(default=None, null=True)
    # As agreed when it was made: free to cancel or move until so long before, then this share.
    cancel_free_hours: SmallInt = SmallInt(default=24)
    cancel_fee_percent: SmallInt = SmallInt(default=0)
    # BRL that late changes have cost the customer.
    fee: Numeric = Numeric(digits=(12, 2))
    # Whatever the hour: the provider chose this time.
    free_to_change: Boolean = Boolean(default=False)
    # Of bookings that were made together, week after week.
    series: UUID = UUID(default=None, null=True)
    # Grows with every move: the SEQUENCE of calendars (RFC 5545, 3.8.7.4).
    revision: SmallInt = SmallInt(default=0)
    # The form's one-time key: the same key of the same customer is the same booking.
    idempotency_key: UUID = UUID(default=None)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class BookingEvent(Table):
    """Every move of a booking. The highest id of a provider is the dashboard's sequence."""

    id: BigSerial = BigSerial(primary_key=True)
    booking = ForeignKey(Booking, null=False, on_delete=OnDelete.restrict)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    # Who did it; null when time did.
    actor = ForeignKey(User, null=True, on_delete=OnDelete.restrict)
    status: Varchar = Varchar(length=10, choices=Status)
    # BRL that this move cost the customer.
    fee: Numeric = Numeric(digits=(12, 2))
    # When it was to begin after this move.
    starts_at: Timestamptz = Timestamptz(default=TimestamptzNow())
    # When both sides were written to about it.
    told_at: Timestamptz = Timestamptz(default=None, null=True)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class WaitlistEntry(Table):
    """A customer who wants to know when something frees up on a day."""

    id: BigSerial = BigSerial(primary_key=True)
    customer = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    service = ForeignKey(Service, null=False, on_delete=OnDelete.restrict)
    variant = ForeignKey(ServiceVariant, null=False, on_delete=OnDelete.restrict)
    # Of the provider's calendar.
    day: Date = Date(default=None)
    # The hold by which a time was offered; null while waiting.
    booking = ForeignKey(Booking, null=True, on_delete=OnDelete.restrict, unique=True)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())
