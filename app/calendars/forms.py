from typing import Annotated

from msgspec import Meta, Struct, field

from app.core.outside import LONGEST_ADDRESS


class ExternalCalendarForm(Struct):
    name: Annotated[str, Meta(max_length=60)] = field(name="nome")
    address: Annotated[str, Meta(max_length=LONGEST_ADDRESS)] = field(name="endereco")
