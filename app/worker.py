"""All the background work there is, by the names under which it is enqueued or scheduled."""

import app.agenda.jobs
import app.bookings.jobs
import app.calendars.jobs
import app.emails.jobs
import app.notifications.jobs
import app.payments.jobs
import app.privacy.jobs
import app.webhooks.jobs

HANDLERS = {
    **app.emails.jobs.HANDLERS,
    **app.bookings.jobs.HANDLERS,
    **app.calendars.jobs.HANDLERS,
    **app.payments.jobs.HANDLERS,
    **app.notifications.jobs.HANDLERS,
    **app.privacy.jobs.HANDLERS,
    **app.webhooks.jobs.HANDLERS,
}
SCHEDULES = {
    **app.agenda.jobs.SCHEDULES,
    **app.bookings.jobs.SCHEDULES,
    **app.calendars.jobs.SCHEDULES,
    **app.payments.jobs.SCHEDULES,
    **app.notifications.jobs.SCHEDULES,
    **app.privacy.jobs.SCHEDULES,
}
