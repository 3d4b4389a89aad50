"""Where providers' own programs hear of what happens, and what was handed over to them."""

from enum import StrEnum

from piccolo.columns import (
    Array,
    BigSerial,
    Boolean,
    ForeignKey,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from app.accounts.tables import User


class Kind(StrEnum):
    """What can be heard of, by its name on the wire."""

    REQUESTED = "contratacao.solicitada"
    CONFIRMED = "contratacao.confirmada"
    MOVED = "contratacao.remarcada"
    DECLINED = "contratacao.recusada"
    CANCELLED = "contratacao.cancelada"
    EXPIRED = "contratacao.expirada"
    COMPLETED = "contratacao.concluida"
    NO_SHOW = "contratacao.ausencia"
    PAYMENT_RECEIVED = "pagamento.recebido"
    PAYMENT_FAILED = "pagamento.recusado"
    PAYMENT_REFUNDED = "pagamento.devolvido"


# What a trial is called; nobody chooses to hear of it.
TRIAL = "teste"


class State(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Off(StrEnum):
    """Why a webhook was switched off; empty while it is on."""

    OWNER = "owner"
    GONE = "gone"
    FAILING = "failing"


class WebhookEndpoint(Table):
    id: BigSerial = BigSerial(primary_key=True)
    provider = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    url: Text = Text()
    # Values of Kind.
    events: Array = Array(base_column=Varchar(length=40))
    active: Boolean = Boolean(default=True)
    off_because: Varchar = Varchar(length=10)
    # Since when nothing has arrived; null if what was sent last has.
    failing_since: Timestamptz = Timestamptz(null=True, default=None)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class WebhookSecret(Table):
    """What deliveries are signed with: the newest, and those before it for a day."""

    id: BigSerial = BigSerial(primary_key=True)
    # Cascades, as below: neither is anything without its endpoint.
    endpoint = ForeignKey(WebhookEndpoint, null=False, on_delete=OnDelete.cascade)
    # Encrypted with the product's secret keys.
    secret: Varchar = Varchar(length=255)
    # Null for the newest.
    expires_at: Timestamptz = Timestamptz(null=True, default=None)


class WebhookDelivery(Table):
    """An event on its way to one endpoint; of one source only once."""

    id: BigSerial = BigSerial(primary_key=True)
    endpoint = ForeignKey(WebhookEndpoint, null=False, on_delete=OnDelete.cascade)
    # The row that it comes from: "booking_event:42".
    source: Varchar = Varchar(length=60)
    # By which the receiver knows what came twice.
    message: Varchar = Varchar(length=40, unique=True)
    kind: Varchar = Varchar(length=40)
    # What is sent and signed, to the byte the same at each try.
    body: Text = Text()
    state: Varchar = Varchar(length=10, choices=State, default=State.WAITING)
    tries: SmallInt = SmallInt(default=0)
    # Null unless it waits.
    next_try_at: Timestamptz = Timestamptz(null=True, default=None)
    tried_at: Timestamptz = Timestamptz(null=True, default=None)
    # Of the last try: the HTTP status, or what went wrong before there was one.
    status: SmallInt = SmallInt(null=True, default=None)
    error: Varchar = Varchar(length=20)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())
