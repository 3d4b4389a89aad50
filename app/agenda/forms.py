"""What a provider may say about their time. Minutes, hours, days and per cent."""

from typing import Annotated

from msgspec import Meta, Struct, field

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
