from typing import Any
from zoneinfo import available_timezones

from litestar import Controller, get, post

from app.accounts.authentication import PROVIDERS
from app.agenda.actions.opening import open_agenda
from app.agenda.actions.rules import set_rules, set_service_rules
from app.agenda.errors import BeyondHorizon, UnevenStep, UnknownZone
from app.agenda.forms import RulesForm, ServiceRulesForm
from app.agenda.queries import service_rules_of
from app.core.forms import Submitted, blank, read_form, show_form
from app.core.http import PathId, Request, Response
from app.core.notices import Notice, redirect

PATH = "/painel/agenda/regras"
# Where first users live, before the rest of the world.
BRAZIL = (
    "America/Sao_Paulo", "America/Noronha", "America/Belem", "America/Fortaleza", "America/Recife",
    "America/Araguaina", "America/Maceio", "America/Bahia", "America/Campo_Grande",
    "America/Cuiaba", "America/Santarem", "America/Porto_Velho", "America/Boa_Vista",
    "America/Manaus", "America/Eirunepe", "America/Rio_Branco",
)  # fmt: skip
# A rule's column, and its field.
FIELDS = {
    "step_minutes": "passo",
    "buffer_before_minutes": "folgaAntes",
    "buffer_after_minutes": "folgaDepois",
    "notice_minutes": "antecedencia",
    "horizon_days": "horizonte",
}
AGENDA_FIELDS = FIELDS | {
    "zone": "fuso",
    "answer_minutes": "resposta",
    "cancel_free_hours": "gratisAte",
    "cancel_fee_percent": "multa",
}


class RulesController(Controller):
    path = "/painel/agenda"
    guards = [PROVIDERS]

    @get("/regras")
    async def edit(self, request: Request) -> Response:
        agenda = await open_agenda(request.user.id)
        typed = {field: str(agenda[column]) for column, field in AGENDA_FIELDS.items()}
        return await _show(request, blank(**typed, imediata="1" if agenda["instant"] else ""))

    @post("/regras")
    async def save(self, request: Request) -> Response:
        filled = await read_form(request, RulesForm)

        async def save(form: RulesForm) -> bool:
            await set_rules(request.user.id, form)
            return True

        if await filled.then(save, {UnknownZone: "fuso", UnevenStep: "passo"}):
            return redirect(PATH, Notice.RULES_SAVED)
        return await _show(request, filled)

    @post("/servicos/{service:int}/regras")
    async def save_of_service(self, request: Request, service: PathId) -> Response:
        filled = await read_form(request, ServiceRulesForm)

        async def save(form: ServiceRulesForm) -> bool:
            await set_service_rules(request.user.id, service, form)
            return True

        if await filled.then(save, {UnevenStep: "passo", BeyondHorizon: "horizonte"}):
            return redirect(PATH, Notice.RULES_SAVED)
        agenda = await open_agenda(request.user.id)
        whole = blank(
            **{field: str(agenda[column]) for column, field in AGENDA_FIELDS.items()},
            imediata="1" if agenda["instant"] else "",
        )
        whole.status = filled.status
        return await _show(request, whole, service, filled)


async def _show(
    request: Request,
    filled: Submitted[Any],
    wrong: int | None = None,
    filled_wrong: Submitted[Any] | None = None,
) -> Response:
    """wrong, filled_wrong: the service whose rules were refused, and what was sent for it."""
    services = [
        (
            service,
            filled_wrong
            if filled_wrong and service["id"] == wrong
            else blank(**{field: _text(service[column]) for column, field in FIELDS.items()}),
        )
        for service in await service_rules_of(request.user.id)
    ]
    return show_form(
        request,
        "agenda/rules.html",
        filled,
        services=services,
        brazil=BRAZIL,
        others=zones_elsewhere(),
    )


def zones_elsewhere() -> list[str]:
    return sorted(
        zone
        for zone in available_timezones()
        if zone.startswith(("America/", "Europe/", "Atlantic/")) and zone not in BRAZIL
    )


def _text(value: int | None) -> str:
    return "" if value is None else str(value)
