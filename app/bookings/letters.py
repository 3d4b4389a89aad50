"""What both sides are written about a booking."""

from typing import Any

from app.bookings.tables import Status
from app.core.i18n import N_, Message
from app.core.numbers import format_money
from app.core.time import format_day, format_time, local_day
from app.emails.actions import Letter
from app.settings import settings

# Only ever told to the customer.
OFFERED = N_("A time has become free, for you first")
# What has happened, by the event's kind, to the customer and to the provider.
SUBJECTS: dict[str, tuple[Message, Message]] = {
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


def about_move(event: Any, language: str, *, to_customer: bool) -> Letter:
    """event: the booking's facts with the kind of what happened."""
    subject = SUBJECTS[event["kind"]][0 if to_customer else 1]
    lines = [
        N_(
            "%(service)s, %(variant)s", service=event["service_name"], variant=event["variant_name"]
        ),
        N_(
            "%(when)s, with %(name)s",
            when=_when(event["starts_at"], event, language),
            name=event["provider_name" if to_customer else "customer_name"],
        ),
    ]
    if event["kind"] == "moved":
        lines.append(N_("Before: %(when)s", when=_when(event["before"], event, language)))
    if event["kind"] == "offered":
        until = format_time(event["expires_at"], event["zone"])
        lines.append(
            N_("We keep it for you until %(time)s. Then it is the next one's.", time=until)
        )
    if event["fee"]:
        fee = format_money(event["fee"], language)
        lines.append(N_("As agreed, this costs %(fee)s.", fee=fee))
    lines.append(N_("Code %(code)s", code=event["code"]))
    return Letter(subject, lines, N_("See the booking"), _link(event))


def _when(instant: Any, event: Any, language: str) -> str:
    day = format_day(local_day(instant, event["zone"]), language)
    return f"{day}, {format_time(instant, event['zone'])}"


def _link(event: Any) -> str:
    if event["kind"] == "offered":
        return f"{settings().base_url}/contratacoes/nova?reserva={event['code']}"
    return f"{settings().base_url}/contratacoes/{event['code']}"
