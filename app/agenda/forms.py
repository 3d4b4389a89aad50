"""What a provider may say about their time. Minutes, hours, days and per cent."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, defstruct, field

Buffer = Annotated[int, Meta(ge=0, le=240)]
Step = Annotated[int, Meta(ge=5, le=240)]
Notice = Annotated[int, Meta(ge=0, le=20_160)]
Horizon = Annotated[int, Meta(ge=1, le=365)]


class RulesForm(Struct):
    zone: Annotated[str, Meta(max_length=40)] = field(name="fuso")
    step: Step = field(name="passo")
    buffer_before: Buffer = field(name="folgaAntes")
    buffer_after: Buffer = field(name="folgaDepois")
    notice: Notice = field(name="antecedencia")
    horizon: Horizon = field(name="horizonte")
    answer: Annotated[int, Meta(ge=5, le=10_080)] = field(name="resposta")
    free_hours: Annotated[int, Meta(ge=0, le=720)] = field(name="gratisAte")
    fee_percent: Annotated[int, Meta(ge=0, le=100)] = field(name="multa")
    instant: bool = field(name="imediata", default=False)


class ServiceRulesForm(Struct):
    """Where one service differs; what is left empty is as the agenda has it."""

    step: Step | None = field(name="passo", default=None)
    buffer_before: Buffer | None = field(name="folgaAntes", default=None)
    buffer_after: Buffer | None = field(name="folgaDepois", default=None)
    notice: Notice | None = field(name="antecedencia", default=None)
    horizon: Horizon | None = field(name="horizonte", default=None)


# A wall-clock time in steps of five minutes.
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][05]$")]
MOST_STRETCHES = 4
WEEKDAYS = range(1, 8)


def clock_names(weekday: int, number: int) -> tuple[str, str]:
    """The two fields of one of a weekday's stretches."""
    return f"abre-{weekday}-{number}", f"fecha-{weekday}-{number}"


# Each weekday's stretches, by the names above.
HoursForm = defstruct(
    "HoursForm",
    [
        (name.replace("-", "_"), Clock | None, field(name=name, default=None))
        for weekday in WEEKDAYS
        for number in range(MOST_STRETCHES)
        for name in clock_names(weekday, number)
    ],
)


class PeriodForm(Struct):
    """From a day and time to another on the provider's wall clock; without times whole days."""

    first_day: date = field(name="dia")
    last_day: date | None = field(name="ateDia", default=None)
    begin: Clock | None = field(name="inicio", default=None)
    end: Clock | None = field(name="fim", default=None)
    note: Annotated[str, Meta(max_length=80)] = field(name="nota", default="")

    def between(self, zone: str) -> tuple[datetime, datetime]:
        """Its first and last instant, in UTC; an end of 00:00 is that of the day."""
        there = ZoneInfo(zone)
        last = self.last_day or self.first_day
        begin = time.fromisoformat(self.begin) if self.begin else time()
        end = time.fromisoformat(self.end) if self.end else time()
        if end == time() or (last == self.first_day and end <= begin):
            last += timedelta(days=1)
        first = datetime.combine(self.first_day, begin, there)
        # Clock times are compared as they are shown, also where the clock jumps in between.
        return first.astimezone(UTC), datetime.combine(last, end, there).astimezone(UTC)


class BackForm(Struct):
    """The day on whose page something was done."""

    day: date | None = field(name="dia", default=None)
