"""What was paid, given back and earned. Money is BRL.

The migration adds what Piccolo has no columns for: the ledger's transactions sum to zero (a
deferred trigger), and neither they nor their entries are ever changed.
"""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    BigSerial,
    Boolean,
    ForeignKey,
    Numeric,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from app.accounts.tables import User
from app.bookings.tables import Booking
from app.payments.gateways.port import Method

MONEY = (12, 2)


class PaymentState(StrEnum):
    # The gateway does not know of it yet.
    NEW = "new"
    OPEN = "open"
    RESERVED = "reserved"
    PAID = "paid"
    FAILED = "failed"
    CLOSED = "closed"


class Payment(Table):
    """One attempt of a customer to pay for a booking, or for all that were made together."""

    id: BigSerial = BigSerial(primary_key=True)
    customer = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    # What the gateway is told to know it by.
    reference: UUID = UUID(unique=True)
    gateway: Varchar = Varchar(length=10)
    method: Varchar = Varchar(length=4, choices=Method)
    amount: Numeric = Numeric(digits=MONEY)
    # Only reserved until the provider accepts.
    reserve: Boolean = Boolean(default=False)
    state: Varchar = Varchar(length=8, choices=PaymentState, default=PaymentState.NEW)
    # How the gateway knows it, and how it is paid; empty until it has answered.
    gateway_id: Varchar = Varchar(length=255, default="")
    pix_code: Text = Text(default="")
    pay_url: Text = Text(default="")
    # The gateway's code for why it failed.
    problem: Varchar = Varchar(length=80, default="")
    expires_at: Timestamptz = Timestamptz(default=None)
    paid_at: Timestamptz = Timestamptz(default=None, null=True)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class PaymentShare(Table):
    """What of a payment is for which booking; all of them make up its amount."""

    id: BigSerial = BigSerial(primary_key=True)
    payment = ForeignKey(Payment, null=False, on_delete=OnDelete.restrict)
    booking = ForeignKey(Booking, null=False, on_delete=OnDelete.restrict)
    amount: Numeric = Numeric(digits=MONEY)


class RefundState(StrEnum):
    QUEUED = "queued"
    # Accepted by the gateway, and on its way.
    PENDING = "pending"
    DONE = "done"
    # Refused for good: a person has to see to it.
    FAILED = "failed"


class Refund(Table):
    """The queue of what is to be given back, and what was."""

    id: BigSerial = BigSerial(primary_key=True)
    share = ForeignKey(PaymentShare, null=False, on_delete=OnDelete.restrict)
    reference: UUID = UUID(unique=True)
    amount: Numeric = Numeric(digits=MONEY)
    state: Varchar = Varchar(length=8, choices=RefundState, default=RefundState.QUEUED)
    gateway_id: Varchar = Varchar(length=255, default="")
    problem: Varchar = Varchar(length=80, default="")
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())
    done_at: Timestamptz = Timestamptz(default=None, null=True)


class PaymentEventKind(StrEnum):
    PAID = "paid"
    # Paid when the time was gone; it is given back.
    LATE = "late"
    # Paid when it was paid already; it is given back.
    TWICE = "twice"
    FAILED = "failed"
    REFUNDED = "refunded"


class PaymentEvent(Table):
    """What letters, histories and other systems are told of."""

    id: BigSerial = BigSerial(primary_key=True)
    share = ForeignKey(PaymentShare, null=False, on_delete=OnDelete.restrict)
    kind: Varchar = Varchar(length=8, choices=PaymentEventKind)
    amount: Numeric = Numeric(digits=MONEY)
    told_at: Timestamptz = Timestamptz(default=None, null=True)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class PayoutAccount(Table):
    """Where a provider's earnings go."""

    id: BigSerial = BigSerial(primary_key=True)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict, unique=True)
    pix_key: Varchar = Varchar(length=77)
    changed_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class PayoutBatch(Table):
    """Payouts that an admin had made together."""

    id: BigSerial = BigSerial(primary_key=True)
    admin = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class PayoutState(StrEnum):
    WAITING = "waiting"
    PAID = "paid"
    FAILED = "failed"


class Payout(Table):
    id: BigSerial = BigSerial(primary_key=True)
    batch = ForeignKey(PayoutBatch, null=False, on_delete=OnDelete.restrict)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    amount: Numeric = Numeric(digits=MONEY)
    pix_key: Varchar = Varchar(length=77)
    state: Varchar = Varchar(length=7, choices=PayoutState, default=PayoutState.WAITING)
    settled_at: Timestamptz = Timestamptz(default=None, null=True)


class Account(StrEnum):
    """Whose balance an entry changes: what the platform owes them, or at a gateway what it has."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    PLATFORM = "platform"
    # Negative: money of ours that lies there.
    GATEWAY = "gateway"


class TransactionKind(StrEnum):
    RECEIVED = "received"
    REFUNDED = "refunded"
    EARNED = "earned"
    PAID_OUT = "paid_out"
    PAYOUT_FAILED = "payout_failed"


class LedgerTransaction(Table):
    """One of each kind for what caused it, however often it is posted."""

    id: BigSerial = BigSerial(primary_key=True)
    kind: Varchar = Varchar(length=13, choices=TransactionKind)
    share = ForeignKey(PaymentShare, null=True, on_delete=OnDelete.restrict)
    refund = ForeignKey(Refund, null=True, on_delete=OnDelete.restrict)
    booking = ForeignKey(Booking, null=True, on_delete=OnDelete.restrict)
    payout = ForeignKey(Payout, null=True, on_delete=OnDelete.restrict)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class LedgerEntry(Table):
    id: BigSerial = BigSerial(primary_key=True)
    transaction = ForeignKey(LedgerTransaction, null=False, on_delete=OnDelete.restrict)
    account: Varchar = Varchar(length=8, choices=Account)
    # Whose, of customers and providers.
    user = ForeignKey(User, null=True, on_delete=OnDelete.restrict)
    amount: Numeric = Numeric(digits=MONEY)


class WebhookEvent(Table):
    """A gateway's word that something has happened to a charge. Each is looked into once."""

    id: BigSerial = BigSerial(primary_key=True)
    gateway: Varchar = Varchar(length=10)
    event: Varchar = Varchar(length=255)
    gateway_id: Varchar = Varchar(length=255, default="")
    reference: Varchar = Varchar(length=64, default="")
    received_at: Timestamptz = Timestamptz(default=TimestamptzNow())
    processed_at: Timestamptz = Timestamptz(default=None, null=True)


class SandboxCharge(Table):
    """What the sandbox, a gateway of our own for demos and tests, knows of a charge."""

    id: BigSerial = BigSerial(primary_key=True)
    reference: Varchar = Varchar(length=32, unique=True)
    method: Varchar = Varchar(length=4, choices=Method)
    amount: Numeric = Numeric(digits=MONEY)
    description: Varchar = Varchar(length=200)
    return_url: Text = Text()
    reserve: Boolean = Boolean(default=False)
    state: Varchar = Varchar(length=8, choices=PaymentState, default=PaymentState.OPEN)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class SandboxRefund(Table):
    id: BigSerial = BigSerial(primary_key=True)
    charge = ForeignKey(SandboxCharge, null=False, on_delete=OnDelete.restrict)
    reference: Varchar = Varchar(length=32, unique=True)
    amount: Numeric = Numeric(digits=MONEY)
