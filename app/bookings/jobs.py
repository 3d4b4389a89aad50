"""Background work on bookings, by the names under which actions enqueue it."""

from app.bookings.actions import expire_booking

HANDLERS = {"expire_booking": expire_booking}
