from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from app.bookings.addresses import write_address, write_area
from app.core.forms import LINES, Id, Instant

Code = Annotated[str, Meta(pattern="^[0-9A-Z]{8}$")]
MOST_REPETITIONS = 12


class Rhythm(StrEnum):
    ONCE = "unica"
    WEEKLY = "semanal"
    FORTNIGHTLY = "quinzenal"


class ChoiceForm(Struct):
    """What the booking page starts from.

    A time, and a variant or a service's cheapest; or what is held already; or an earlier booking.
    """

    starts_at: Instant | None = field(name="inicio", default=None)
    variant: Id | None = field(name="variacao", default=None)
    service: Id | None = field(name="servico", default=None)
    hold: Code | None = field(name="reserva", default=None)
    like: Code | None = field(name="de", default=None)


class HoldForm(Struct):
    variant: Id = field(name="variacao")
    starts_at: Instant = field(name="inicio")
    # The hold that this one takes the place of.
    replaces: Code | None = field(name="reserva", default=None)


class BookingForm(Struct):
    variant: Id = field(name="variacao")
    starts_at: Instant = field(name="inicio")
    # Street and number.
    address: Annotated[str, Meta(min_length=5, max_length=200)] = field(name="endereco")
    # A city, as the search knows it.
    place: Annotated[str, Meta(max_length=90)] = field(name="onde")
    # Made with the page, so that sending it twice books once.
    key: UUID = field(name="chave")
    complement: Annotated[str, Meta(max_length=60)] = field(name="complemento", default="")
    neighbourhood: Annotated[str, Meta(max_length=80)] = field(name="bairro", default="")
    postal_code: Annotated[str, Meta(pattern=r"^[0-9]{2}[.]?[0-9]{3}[- ]?[0-9]{3}$")] = field(
        name="cep", default=""
    )
    note: Annotated[str, Meta(max_length=500, extra=LINES)] = field(name="observacao", default="")
    # The hold that is to become the booking.
    hold: Code | None = field(name="reserva", default=None)
    rhythm: Rhythm = field(name="repeticao", default=Rhythm.ONCE)
    times: Annotated[int, Meta(ge=2, le=MOST_REPETITIONS)] = field(name="vezes", default=2)

    @property
    def whole_address(self) -> str:
        return write_address(self.address, self.complement, self.postal_code)

    @property
    def area(self) -> str:
        return write_area(self.neighbourhood, self.place)

    @property
    def weeks(self) -> int:
        """Between one and the next."""
        return 2 if self.rhythm is Rhythm.FORTNIGHTLY else 1

    @property
    def repetitions(self) -> int:
        return 1 if self.rhythm is Rhythm.ONCE else self.times


class TimeForm(Struct):
    """Another time for a booking."""

    starts_at: Instant = field(name="inicio")


class WaitForm(Struct):
    variant: Id = field(name="variacao")
    day: date = field(name="dia")


class WeekForm(Struct):
    week: date | None = field(name="semana", default=None)
