from typing import Any

from app.bookings.tables import Status
from app.calendars.writing import Method, write_invitation
from app.core.database import fetch_one, transaction
from app.notifications.actions.notify import notify
from app.notifications.letters import about_move
from app.notifications.queries import JOINED_SIDES, SIDES
from app.notifications.tables import Kind

OFF = (Status.CANCELLED, Status.DECLINED, Status.EXPIRED)


async def tell_move(event: int) -> None:
    """Tell both sides about a move of their booking, once.

    The customer always, since it is their receipt; the provider unless they did it themselves and
    their calendar knows it already, and not about a hold, which is its customer's alone.
    """
    async with transaction():
        move = await _take(event)
        # What somebody was offered may be booked by now, or given to the next.
        if move is None or (move["kind"] == "offered" and move["now"] != Status.HELD):
            return
        method = _method(move)
        await _tell(move, "customer", method)
        by_provider = move["actor"] == move["provider"]
        if move["kind"] != "offered" and (method or not by_provider):
            await _tell(move, "provider", method)


async def _tell(move: Any, side: str, method: Method | None) -> None:
    await notify(
        move[side],
        Kind.OFFER if move["kind"] == "offered" else Kind.BOOKING,
        f"move {move['id']}",
        about_move(move, side),
        booking=move["booking"],
        starts_at=move["starts_at"],
        calendar=_invitation(move, side, method) if method else "",
        own=move["actor"] == move[side],
    )


def _method(move: Any) -> Method | None:
    """What calendars are to do with it; nothing with what was never agreed."""
    if move["status"] == Status.CONFIRMED:
        return Method.REQUEST
    return Method.CANCEL if move["status"] in OFF and move["was_confirmed"] else None


def _invitation(move: Any, side: str, method: Method) -> str:
    other = "provider" if side == "customer" else "customer"
    # As on the booking's page.
    may_know = side == "customer" or method is Method.REQUEST
    booking = {
        **move,
        "other_name": move[f"{other}_name"],
        "whereabouts": ", ".join(filter(None, (move["address"], move["area"]))) if may_know else "",
    }
    return write_invitation(booking, move[f"{side}_language"], method, move[f"{side}_email"])


async def _take(event: int) -> Any | None:
    """The event with its booking and both sides, marked as told; None if it was told before.

    kind: the status that it led to, or "booked" (confirmed at once), "moved", "offered". now: the
    booking's status by now. revision, starts_at, ends_at: of the booking after this event.
    """
    return await fetch_one(
        f"""
        WITH told AS (
            UPDATE booking_event SET told_at = now() WHERE id = $1 AND told_at IS NULL
            RETURNING id, booking, actor, status, starts_at, fee, created_at AS changed_at
        )
        SELECT told.*, told.starts_at + (b.ends_at - b.starts_at) AS ends_at,
            before.starts_at AS before, b.code, b.zone, b.service_name, b.variant_name,
            b.address, b.area, b.created_at, b.status AS now, b.expires_at, {SIDES},
            b.revision - (
                SELECT count(*) FROM booking_event e WHERE e.booking = b.id AND e.id > told.id
            ) AS revision,
            EXISTS (
                SELECT FROM booking_event e
                WHERE e.booking = b.id AND e.id < told.id AND e.status = 'confirmed'
            ) AS was_confirmed,
            CASE WHEN told.status = 'held' THEN 'offered'
                WHEN before.starts_at <> told.starts_at THEN 'moved'
                WHEN told.status = 'confirmed' AND told.actor = b.customer THEN 'booked'
                ELSE told.status END AS kind
        FROM told
        JOIN booking b ON b.id = told.booking
        {JOINED_SIDES}
        LEFT JOIN LATERAL (
            SELECT e.starts_at FROM booking_event e
            WHERE e.booking = told.booking AND e.id < told.id ORDER BY e.id DESC LIMIT 1
        ) before ON true
        """,
        event,
    )
