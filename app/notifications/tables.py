"""What people are told, by which ways, and what they want to be told."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    BigSerial,
    Boolean,
    ForeignKey,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from app.accounts.tables import User
from app.bookings.tables import Booking
from app.emails.tables import Email


class Kind(StrEnum):
    BOOKING = "booking"
    REMINDER = "reminder"
    OFFER = "offer"
    PAYMENT = "payment"
    REVIEW = "review"
    ACCOUNT = "account"

    @property
    def on_wire(self) -> str:
        return {
            "booking": "contratacoes",
            "reminder": "lembretes",
            "offer": "vagas",
            "payment": "pagamentos",
            "review": "avaliacoes",
            "account": "conta",
        }[self]


class Channel(StrEnum):
    """Ways besides the list in the product, where everything stands."""

    EMAIL = "email"
    PUSH = "push"


class Notification(Table):
    id: BigSerial = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    kind: Varchar = Varchar(length=10, choices=Kind)
    # What it comes from, of which each user is told once ("move 42").
    cause: Varchar = Varchar(length=60)
    # In the source language, with what is filled in; no names, which may have to be forgotten.
    subject: Varchar = Varchar(length=200)
    details: JSONB = JSONB(default="{}")
    # The page that it leads to.
    link: Varchar = Varchar(length=200)
    booking = ForeignKey(Booking, null=True, on_delete=OnDelete.restrict)
    # When the booking was to begin then.
    starts_at: Timestamptz = Timestamptz(default=None, null=True)
    # The letter that tells the same; null when none was wanted.
    email = ForeignKey(Email, null=True, on_delete=OnDelete.restrict, unique=True)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())
    read_at: Timestamptz = Timestamptz(default=None, null=True)


class NotificationPreference(Table):
    """How somebody wants to be told of one kind; without a row as it is from the start."""

    id: BigSerial = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    kind: Varchar = Varchar(length=10, choices=Kind)
    email: Boolean = Boolean(default=True)
    # On the devices that were asked for.
    push: Boolean = Boolean(default=True)


class PushSubscription(Table):
    """A browser that shows what we tell (RFC 8030), for as long as its session lasts."""

    id: BigSerial = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    # The id of the session, not its token.
    session: Varchar = Varchar(length=64)
    endpoint: Varchar = Varchar(length=1000, unique=True)
    # The browser's public key and secret (RFC 8291), as base64url.
    p256dh: Varchar = Varchar(length=100)
    auth: Varchar = Varchar(length=40)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class PushMessage(Table):
    """A notification on its way to one browser."""

    id: BigSerial = BigSerial(primary_key=True)
    notification = ForeignKey(Notification, null=False, on_delete=OnDelete.restrict)
    subscription = ForeignKey(PushSubscription, null=False, on_delete=OnDelete.restrict)
    attempts: SmallInt = SmallInt(default=0)
    # What the browser's push service answered last; 0 when it did not.
    code: SmallInt = SmallInt(null=True, default=None)
    sent_at: Timestamptz = Timestamptz(default=None, null=True)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class Reminder(Table):
    """That both sides are reminded of a booking, so long before it begins, once."""

    id: BigSerial = BigSerial(primary_key=True)
    booking = ForeignKey(Booking, null=False, on_delete=OnDelete.restrict)
    hours: SmallInt = SmallInt(default=24)
    # Of which beginning: a booking that is moved has another.
    starts_at: Timestamptz = Timestamptz(default=None)
    told_at: Timestamptz = Timestamptz(default=None, null=True)
