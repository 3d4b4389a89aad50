from datetime import time
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromQuery

from app.accounts.authentication import PROVIDERS
from app.agenda.actions.hours import Stretch, set_weekly_hours
from app.agenda.controllers.outside import saved
from app.agenda.forms import MOST_STRETCHES, WEEKDAYS, HoursForm, clock_names
from app.agenda.queries import hours_of
from app.core.forms import Submitted, blank, read_form, show_form
from app.core.http import Request, Response
from app.core.i18n import N_

HALF = N_("Please fill in both times, or none.")
OVERLAP = N_("This overlaps with another stretch of that day.")
MONDAY, FRIDAY = 1, 5


class HoursController(Controller):
    path = "/painel/agenda/horarios"
    guards = [PROVIDERS]

    @get()
    async def edit(self, request: Request) -> Response:
        typed: dict[str, str] = {}
        counts = dict.fromkeys(WEEKDAYS, 0)
        for row in await hours_of(request.user.id):
            number, counts[row["weekday"]] = counts[row["weekday"]], counts[row["weekday"]] + 1
            if number < MOST_STRETCHES:
                opens, closes = clock_names(row["weekday"], number)
                typed |= {opens: f"{row['opens']:%H:%M}", closes: f"{row['closes']:%H:%M}"}
        return _show(request, blank(**typed))

    @post()
    async def save(self, request: Request, copiar: FromQuery[bool] = False) -> Response:
        """Save the week; or, with copiar, fill in Monday's hours from Tuesday to Friday."""
        filled = await read_form(request, HoursForm)
        if copiar:
            _copy_monday(filled.typed)
            return _show(request, blank(**filled.typed), copied=True)
        week = _week_of(filled)
        if filled.errors:
            filled.status = 422
            return _show(request, filled)
        return saved("/painel/agenda", await set_weekly_hours(request.user.id, week))


def _show(request: Request, filled: Submitted[Any], *, copied: bool = False) -> Response:
    return show_form(
        request,
        "agenda/hours.html",
        filled,
        weekdays=WEEKDAYS,
        most=MOST_STRETCHES,
        clock_names=clock_names,
        copied=copied,
    )


def _copy_monday(typed: dict[str, str]) -> None:
    for weekday in range(MONDAY + 1, FRIDAY + 1):
        for number in range(MOST_STRETCHES):
            for name, monday in zip(
                clock_names(weekday, number), clock_names(MONDAY, number), strict=True
            ):
                typed[name] = typed.get(monday, "")


def _week_of(filled: Submitted[Any]) -> list[Stretch]:
    """The stretches that were filled in; what is wrong with them goes to the form's errors."""
    week = []
    for weekday in WEEKDAYS:
        minutes: set[int] = set()
        for number in range(MOST_STRETCHES):
            opens, closes = clock_names(weekday, number)
            begin, end = filled.typed[opens], filled.typed[closes]
            if bool(begin) != bool(end):
                filled.errors.setdefault(opens, HALF)
            elif begin and not {opens, closes} & filled.errors.keys():
                stretch = Stretch(weekday, time.fromisoformat(begin), time.fromisoformat(end))
                if minutes & (these := _minutes(stretch)):
                    filled.errors[opens] = OVERLAP
                minutes |= these
                week.append(stretch)
    return week


def _minutes(stretch: Stretch) -> set[int]:
    """Those that it covers, counted from the weekday's midnight in steps of five."""
    begin, end = (at.hour * 60 + at.minute for at in (stretch.opens, stretch.closes))
    return set(range(begin, end if end > begin else end + 24 * 60, 5))
