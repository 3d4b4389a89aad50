from datetime import date

from msgspec import Struct, field


class WeekForm(Struct):
    # Any day of the week that is shown.
    week: date | None = field(name="semana", default=None)
    # The one that narrow screens show.
    day: date | None = field(name="dia", default=None)
    # All hours, and not only those with something in them.
    whole: bool = field(name="diaInteiro", default=False)
