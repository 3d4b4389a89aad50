"""Background work on calendars: reading the others, each in a job of its own."""

from app.calendars.actions.external import ask_all_readings, read_calendar
from app.core.jobs import Schedule

HANDLERS = {"read_calendar": read_calendar}
SCHEDULES = {"read_calendars": Schedule("*/15 * * * *", ask_all_readings)}
