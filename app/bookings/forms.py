from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from app.core.forms import LINES, Id, Instant


class ChoiceForm(Struct):
    """What the booking page starts from: a time, and a variant or a service's cheapest."""

    starts_at: Instant | None = field(name="inicio", default=None)
    variant: Id | None = field(name="variacao", default=None)
    service: Id | None = field(name="servico", default=None)


class BookingForm(Struct):
    variant: Id = field(name="variacao")
    starts_at: Instant = field(name="inicio")
    address: Annotated[str, Meta(min_length=5, max_length=200)] = field(name="endereco")
    # Made with the page, so that sending it twice books once.
    key: UUID = field(name="chave")
    note: Annotated[str, Meta(max_length=500, extra=LINES)] = field(name="observacao", default="")
