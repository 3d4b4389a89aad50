from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from app.accounts.forms import ProofForm
from app.core.forms import Id
from app.payments.gateways.port import Method


class PayForm(Struct):
    method: Method = field(name="forma")


class SandboxForm(Struct):
    """What somebody decides on the sandbox's pay page."""

    pays: bool = field(name="paga")


class EarningsForm(Struct):
    """Of which days, on the provider's calendar, and by what the chart counts them."""

    since: date | None = field(name="de", default=None)
    until: date | None = field(name="ate", default=None)
    step: Literal["semana", "mes"] = field(name="por", default="mes")
    # The last id of the page before.
    before: Id | None = field(name="pagina", default=None)


class PixKeyForm(ProofForm, kw_only=True):
    # Longer than any key, which may be typed with dots and blanks.
    key: Annotated[str, Meta(max_length=100)] = field(name="chavePix")


class PrepaidForm(Struct):
    """What of a service's price is paid when it is booked."""

    part: Literal["nada", "sinal", "tudo"] = field(name="antecipado")
    # Of a deposit: per cent of the price.
    deposit: Annotated[int, Meta(ge=1, le=99)] | None = field(name="sinal", default=None)
