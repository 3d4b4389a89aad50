"""Bookings as calendars that other programs read (RFC 5545), and as invitations (RFC 5546)."""

from collections.abc import Sequence
from email.utils import parseaddr
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from app.bookings.tables import Status
from app.calendars.zones import timezone
from app.core.i18n import translations
from app.settings import settings

NAME = "Mini Marketplace"
# How often programs should look again (RFC 7986), and what older ones call it.
REFRESH = "PT1H"
STATUSES = {
    Status.PENDING: "TENTATIVE",
    Status.CONFIRMED: "CONFIRMED",
    Status.COMPLETED: "CONFIRMED",
    # Nobody came, but the time was spent.
    Status.NO_SHOW: "CONFIRMED",
    Status.CANCELLED: "CANCELLED",
    Status.DECLINED: "CANCELLED",
    Status.EXPIRED: "CANCELLED",
}


class Method(StrEnum):
    """What a calendar that is sent by e-mail is to do with it."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def write_feed(bookings: Sequence[Any], language: str) -> bytes:
    """A whole calendar; bookings: rows of queries.bookings_in_feed.

    The same bookings give the same bytes.
    """
    calendar = _calendar(language)
    calendar.add("NAME", NAME)
    calendar.add("X-WR-CALNAME", NAME)
    calendar["REFRESH-INTERVAL;VALUE=DURATION"] = REFRESH
    calendar["X-PUBLISHED-TTL"] = REFRESH
    for zone in sorted({booking["zone"] for booking in bookings}):
        there = [booking for booking in bookings if booking["zone"] == zone]
        calendar.add_component(
            timezone(
                zone,
                min(booking["starts_at"] for booking in there).year,
                max(booking["ends_at"] for booking in there).year,
            )
        )
    for booking in bookings:
        calendar.add_component(_event(booking, language))
    return bytes(calendar.to_ical())


def write_invitation(booking: Any, language: str, method: Method, attendee: str) -> str:
    """One booking, with the same UID as in the feed; booking: as above, after the move told of.

    attendee: the e-mail of the side that it goes to. Both have agreed, so nobody is asked anything.
    """
    calendar = _calendar(language)
    calendar.add("METHOD", method.value)
    starts_at, ends_at = booking["starts_at"], booking["ends_at"]
    calendar.add_component(timezone(booking["zone"], starts_at.year, ends_at.year))
    event = _event(booking, language)
    organizer = vCalAddress(f"mailto:{parseaddr(settings().email_from)[1]}")
    organizer.params["CN"] = NAME
    event.add("ORGANIZER", organizer)
    invited = vCalAddress(f"mailto:{attendee}")
    invited.params |= {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    event.add("ATTENDEE", invited)
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()


def _calendar(language: str) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", f"-//{NAME}//{language.upper()}")
    calendar.add("VERSION", "2.0")
    return calendar


def _event(booking: Any, language: str) -> Event:
    """The UID never changes; whatever else does is told by a later SEQUENCE or LAST-MODIFIED."""
    zone, origin = ZoneInfo(booking["zone"]), settings().base_url
    event = Event()
    event.add("UID", f"{booking['code']}@{urlsplit(origin).hostname}")
    # Without a METHOD it is when the booking was last changed (3.8.7.2), not when it is read.
    event.add("DTSTAMP", booking["changed_at"])
    event.add("CREATED", booking["created_at"])
    event.add("LAST-MODIFIED", booking["changed_at"])
    event.add("SEQUENCE", booking["revision"])
    event.add("DTSTART", booking["starts_at"].astimezone(zone))
    event.add("DTEND", booking["ends_at"].astimezone(zone))
    event.add("STATUS", STATUSES[booking["status"]])
    event.add("SUMMARY", _summary(booking, language))
    event.add("DESCRIPTION", booking["variant_name"])
    if booking["whereabouts"]:
        event.add("LOCATION", booking["whereabouts"])
    event.add("URL", f"{origin}/contratacoes/{booking['code']}")
    return event


def _summary(booking: Any, language: str) -> str:
    text = translations(language).gettext("%(service)s with %(name)s")
    return text % {"service": booking["service_name"], "name": booking["other_name"]}
