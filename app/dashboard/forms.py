from datetime import date

from msgspec import Struct, field


class WeekForm(Struct):
    # Any day of the week that is shown.
    week: date | None = field(name="semana", default=None)
    # The one that narrow screens show.
    day: date | None = field(name="dia", default=None)
