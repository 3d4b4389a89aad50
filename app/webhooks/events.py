"""What happened, as providers' own programs are told of it."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from app.bookings.tables import Status
from app.core.database import fetch_one
from app.core.time import format_wire
from app.payments.tables import PaymentEventKind
from app.webhooks.tables import Kind

KINDS = {
    Status.PENDING: Kind.REQUESTED,
    Status.CONFIRMED: Kind.CONFIRMED,
    Status.COMPLETED: Kind.COMPLETED,
    Status.NO_SHOW: Kind.NO_SHOW,
    Status.DECLINED: Kind.DECLINED,
    Status.CANCELLED: Kind.CANCELLED,
    Status.EXPIRED: Kind.EXPIRED,
}
# What comes too late or twice is no provider's business, but that it is given back.
PAYMENT_KINDS = {
    PaymentEventKind.PAID: Kind.PAYMENT_RECEIVED,
    PaymentEventKind.FAILED: Kind.PAYMENT_FAILED,
    PaymentEventKind.REFUNDED: Kind.PAYMENT_REFUNDED,
}
METHODS = {"pix": "PIX", "card": "CARTAO"}
# What a trial tells, and the page shows.
EXAMPLE = {
    "codigo": "K7WQ2RXB",
    "status": "CONFIRMADA",
    "dataInicio": "2026-12-01T12:30:00Z",
    "dataFim": "2026-12-01T13:30:00Z",
    "fuso": "America/Sao_Paulo",
    "servicoId": 17,
    "servico": "Troca de disjuntor",
    "variacaoId": 42,
    "variacao": "Uma unidade",
    "preco": "90.00",
    "taxa": "0.00",
    "contratadoEm": "2026-11-25T18:04:11Z",
}


class Event(NamedTuple):
    """source: the row that it comes from, so that it is told once. data: in the wire's words."""

    source: str
    provider: int
    kind: str
    created_at: datetime
    data: dict[str, Any]


def body_of(event: Event, message: str) -> str:
    """What is sent; message: the id by which a receiver knows what came twice."""
    content = {
        "id": message,
        "tipo": event.kind,
        "criadoEm": format_wire(event.created_at),
        "dados": event.data,
    }
    return msgspec.json.encode(content).decode()


async def booking_event(event: int) -> Event | None:
    """A move of a booking, as it stood after it; None if it is no integrator's business.

    Of the customer nothing is told: no name, no way to write to them, no address, no note.
    """
    row = await fetch_one(
        """
        SELECT e.id, e.provider, e.status, e.created_at, e.starts_at, e.fee,
            before.starts_at AS before,
            before.status = e.status AND before.starts_at <> e.starts_at AS moved,
            b.ends_at - b.starts_at AS duration, b.code, b.zone, b.service, b.service_name,
            b.variant, b.variant_name, b.price, b.created_at AS booked_at
        FROM booking_event e
        JOIN booking b ON b.id = e.booking
        LEFT JOIN LATERAL (
            SELECT o.status, o.starts_at FROM booking_event o
            WHERE o.booking = e.booking AND o.id < e.id ORDER BY o.id DESC LIMIT 1
        ) before ON true
        WHERE e.id = $1 AND e.status <> 'held'
        """,
        event,
    )
    if row is None:
        return None
    kind, data = KINDS[Status(row["status"])], _data(row)
    if row["moved"]:
        kind = Kind.MOVED
        data["dataInicioAnterior"] = format_wire(row["before"])
    return Event(f"booking_event:{event}", row["provider"], kind, row["created_at"], data)


async def payment_event(event: int) -> Event | None:
    """What has happened to a booking's money; None if it is no integrator's business.

    Of what never became a booking a provider hears nothing.
    """
    row = await fetch_one(
        """
        SELECT e.kind, e.amount, e.created_at, p.method, p.state, b.provider, b.code, b.price,
            b.paid, b.refunded
        FROM payment_event e
        JOIN payment_share s ON s.id = e.share
        JOIN payment p ON p.id = s.payment
        JOIN booking b ON b.id = s.booking
        WHERE e.id = $1 AND EXISTS (
            SELECT FROM booking_event o
            WHERE o.booking = b.id AND o.status IN ('pending', 'confirmed')
        )
        """,
        event,
    )
    kind = row and PAYMENT_KINDS.get(PaymentEventKind(row["kind"]))
    if not kind:
        return None
    data = {
        "contratacao": row["code"],
        "valor": str(row["amount"]),
        "forma": METHODS[row["method"]],
        # Cards are charged when the provider accepts.
        "soReservado": row["state"] == "reserved",
        "preco": str(row["price"]),
        "pago": str(row["paid"]),
        "devolvido": str(row["refunded"]),
    }
    return Event(f"payment_event:{event}", row["provider"], kind, row["created_at"], data)


def _data(row: Any) -> dict[str, Any]:
    return {
        "codigo": row["code"],
        "status": Status(row["status"]).on_wire,
        "dataInicio": format_wire(row["starts_at"]),
        "dataFim": format_wire(row["starts_at"] + row["duration"]),
        "fuso": row["zone"],
        "servicoId": row["service"],
        "servico": row["service_name"],
        "variacaoId": row["variant"],
        "variacao": row["variant_name"],
        # As text: no program reads money as a binary fraction.
        "preco": str(row["price"]),
        "taxa": str(row["fee"]),
        "contratadoEm": format_wire(row["booked_at"]),
    }
