from typing import Annotated

from msgspec import Meta, Struct, field

from app.core.forms import Id


class ListForm(Struct):
    words: Annotated[str, Meta(max_length=100)] = field(name="q", default="")
    # The last id of the page before.
    before: Id | None = field(name="pagina", default=None)


class SituationForm(Struct):
    active: bool = field(name="ativo")
