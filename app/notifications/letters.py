"""What both sides are written about a booking and its money."""

from datetime import datetime
from typing import Any

from babel.dates import get_timezone_location

from app.bookings.tables import Status
from app.core.i18n import LOCALES, N_, Message
from app.core.numbers import format_money
from app.core.time import format_day, format_time, local_day
from app.emails.actions import Letter
from app.settings import settings

# Only ever told to the customer.
OFFERED = N_("A time has become free, for you first")
# What has happened, by the event's kind, to the customer and to the provider.
MOVES: dict[str, tuple[Message, Message]] = {
    Status.PENDING: (N_("Your request was sent"), N_("A new request, please answer")),
    "booked": (N_("Your booking is confirmed"), N_("A new booking")),
    Status.CONFIRMED: (N_("Your booking is confirmed"), N_("You accepted a booking")),
    Status.DECLINED: (N_("Your request was declined"), N_("You declined a request")),
    Status.CANCELLED: (N_("A booking was cancelled"), N_("A booking was cancelled")),
    Status.EXPIRED: (
        N_("Your request was not answered in time"),
        N_("A request has lapsed without your answer"),
    ),
    Status.COMPLETED: (N_("Your booking is done"), N_("A booking is done")),
    Status.NO_SHOW: (N_("A booking that you missed"), N_("You reported a missed booking")),
    "moved": (N_("Your booking has another time"), N_("A booking has another time")),
    "offered": (OFFERED, OFFERED),
}
# By how many hours are left.
REMINDERS: dict[int, tuple[Message, Message]] = {
    24: (N_("Your booking is coming up"), N_("A booking is coming up")),
    2: (N_("Your booking begins soon"), N_("A booking begins soon")),
}

# What has happened to a payment: the subject, and what of which amount.
PAYMENTS: dict[str, tuple[Message, Message]] = {
    "paid": (N_("Your payment has arrived"), N_("We have received %(amount)s.")),
    "reserved": (
        N_("Your payment is reserved"),
        N_("%(amount)s are reserved on your card, and taken when the provider accepts."),
    ),
    "late": (
        N_("Your payment came too late"),
        N_("The time was not kept for you any more. You get %(amount)s back."),
    ),
    "twice": (
        N_("You have paid twice"),
        N_("It was paid already. You get %(amount)s back."),
    ),
    "failed": (N_("A payment did not work"), N_("%(amount)s could not be taken.")),
    "refunded": (N_("Your money is on its way back"), N_("We have given back %(amount)s.")),
}

PAYOUTS: dict[str, tuple[Message, Message]] = {
    "paid": (N_("Your earnings are paid out"), N_("%(amount)s went to your Pix key.")),
    "failed": (
        N_("Your earnings could not be paid out"),
        N_("%(amount)s came back and are on your balance again. Please check your Pix key."),
    ),
}


def about_move(event: Any, side: str) -> Letter:
    """event: the booking's facts with the kind of what happened. side: "customer" or "provider"."""
    lines = _facts(event, side)
    language = event[f"{side}_language"]
    if event["kind"] == "moved":
        lines.append(N_("Before: %(when)s", when=_when(event["before"], event, side)))
    if event["kind"] == "offered":
        until = format_time(event["expires_at"], event[f"{side}_zone"])
        lines.append(
            N_("We keep it for you until %(time)s. Then it is the next one's.", time=until)
        )
    if event["fee"]:
        fee = format_money(event["fee"], language)
        lines.append(N_("As agreed, this costs %(fee)s.", fee=fee))
    lines.append(N_("Code %(code)s", code=event["code"]))
    return Letter(_of(MOVES[event["kind"]], side), lines, N_("See the booking"), _link(event))


def about_reminder(reminder: Any, side: str) -> Letter:
    """reminder: the booking's facts with the hours before it begins. side: as above."""
    lines = [*_facts(reminder, side), N_("Code %(code)s", code=reminder["code"])]
    return Letter(
        _of(REMINDERS[reminder["hours"]], side), lines, N_("See the booking"), _link(reminder)
    )


def about_payment(happened: Any, side: str) -> Letter:
    """happened: the booking's facts with what has happened to its money. side: as above."""
    amount = format_money(happened["amount"], happened[f"{side}_language"])
    kind = "reserved" if happened["kind"] == "paid" and happened["reserved"] else happened["kind"]
    subject, line = PAYMENTS[kind]
    if side == "provider":
        line = N_("%(amount)s could not be taken. Agree with your customer how they pay.")
    lines = [
        Message(line.text, {"amount": amount}),
        *_facts(happened, side),
        N_("Code %(code)s", code=happened["code"]),
    ]
    return Letter(subject, lines, N_("See the booking"), _link(happened))


def about_payout(payout: Any) -> Letter:
    """payout: with amount, state and the provider's language."""
    amount = format_money(payout["amount"], payout["language"])
    subject, line = PAYOUTS[payout["state"]]
    address = f"{settings().base_url}/painel/ganhos"
    return Letter(
        subject, [Message(line.text, {"amount": amount})], N_("See your earnings"), address
    )


def _of(subjects: tuple[Message, Message], side: str) -> Message:
    return subjects[0 if side == "customer" else 1]


def _facts(booking: Any, side: str) -> list[Message]:
    other = "provider" if side == "customer" else "customer"
    return [
        N_(
            "%(service)s, %(variant)s",
            service=booking["service_name"],
            variant=booking["variant_name"],
        ),
        N_(
            "%(when)s, with %(name)s",
            when=_when(booking["starts_at"], booking, side),
            name=booking[f"{other}_name"],
        ),
    ]


def _when(instant: datetime, booking: Any, side: str) -> str:
    """On the reader's clock; with its place if that is not the agenda's."""
    zone, language = booking[f"{side}_zone"], booking[f"{side}_language"]
    when = f"{format_day(local_day(instant, zone), language)}, {format_time(instant, zone)}"
    if zone == booking["zone"]:
        return when
    return f"{when} ({get_timezone_location(zone, LOCALES[language], return_city=True)})"


def _link(booking: Any) -> str:
    if booking["status"] == Status.HELD and booking["kind"] == "offered":
        return f"{settings().base_url}/contratacoes/nova?reserva={booking['code']}"
    return f"{settings().base_url}/contratacoes/{booking['code']}"
