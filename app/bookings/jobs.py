"""Background work on bookings, by the names under which actions enqueue it."""

from app.bookings.actions.lapse import (
    complete_past_bookings,
    expire_booking,
    expire_overdue_bookings,
)
from app.bookings.actions.waitlist import offer_all_freed_times, offer_freed_times
from app.core.jobs import Schedule

HANDLERS = {
    "expire_booking": expire_booking,
    "offer_freed_times": offer_freed_times,
}
SCHEDULES = {
    "complete_past_bookings": Schedule("*/5 * * * *", complete_past_bookings),
    "expire_overdue_bookings": Schedule("* * * * *", expire_overdue_bookings),
    # After the hour at which agendas are opened for another day.
    "offer_all_freed_times": Schedule("10 * * * *", offer_all_freed_times),
}
