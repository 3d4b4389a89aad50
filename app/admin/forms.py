from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Literal

from msgspec import Meta, Struct, defstruct, field

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


class PayoutsForm(Struct):
    # BRL that a balance has at least.
    least: Annotated[int, Meta(ge=1, le=1_000_000)] = field(name="minimo")


class PayoutForm(Struct):
    state: Literal["paga", "devolvida"] = field(name="situacao")


# Per cent, from 0 to 50, with two decimals at most.
Percent = Annotated[str, Meta(pattern=r"^(50([.,]0{1,2})?|[1-4]?[0-9]([.,][0-9]{1,2})?)$")]


@cache
def commissions_form(slugs: tuple[str, ...]) -> type[Struct]:
    """A percentage for each of these categories, named by its slug."""
    return defstruct(
        "CommissionsForm",
        [(f"percent_{number}", Percent, field(name=slug)) for number, slug in enumerate(slugs)],
    )


def percents_of(typed: dict[str, str]) -> dict[str, Decimal]:
    """By slug."""
    return {slug: Decimal(text.replace(",", ".")) for slug, text in typed.items()}
