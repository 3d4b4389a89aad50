from datetime import date
from typing import Annotated

from msgspec import Meta, Struct, field

from app.accounts.audit import Action
from app.core.forms import Id


class ListForm(Struct):
    words: Annotated[str, Meta(max_length=100)] = field(name="q", default="")
    # The last id of the page before.
    before: Id | None = field(name="pagina", default=None)


class AuditForm(Struct):
    action: Action | None = field(name="acao", default=None)
    # A part of the name or e-mail of who did it, or whom it was done to.
    who: Annotated[str, Meta(max_length=100)] = field(name="quem", default="")
    since: date | None = field(name="de", default=None)
    until: date | None = field(name="ate", default=None)
    before: Id | None = field(name="pagina", default=None)


class SituationForm(Struct):
    active: bool = field(name="ativo")
