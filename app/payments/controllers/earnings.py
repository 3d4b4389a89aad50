from urllib.parse import urlencode

from litestar import Controller, get
from litestar.response import Stream

from app.accounts.authentication import PROVIDERS
from app.agenda.actions.opening import open_agenda
from app.core.errors import DomainError
from app.core.forms import read_query, show_form
from app.core.http import Request, Response
from app.core.spreadsheets import csv_file
from app.payments import earnings
from app.payments.chart import chart_of
from app.payments.errors import LongPeriod, NoPeriod
from app.payments.forms import EarningsForm

WRONG: dict[type[DomainError], str] = {NoPeriod: "ate", LongPeriod: "de"}


class EarningsController(Controller):
    path = "/painel/ganhos"
    guards = [PROVIDERS]

    @get()
    async def show(self, request: Request) -> Response:
        provider = request.user.id
        zone = (await open_agenda(provider))["zone"]
        filled = read_query(request, EarningsForm)

        async def period_of(form: EarningsForm) -> earnings.Period:
            return earnings.period_of(form, zone)

        # What can't be read leaves the usual months to be seen.
        period = await filled.then(period_of, WRONG) or earnings.period_of(EarningsForm(), zone)
        step = filled.values.get("step", "mes")
        stretches = await earnings.earnings_by(step, provider, period)
        month = earnings.this_month(zone)
        found = await earnings.movements_of(provider, period, filled.values.get("before"))
        chosen = {"de": str(period.since), "ate": str(period.until), "por": step}
        filled.typed |= {name: filled.typed[name] or value for name, value in chosen.items()}
        return show_form(
            request,
            "payments/earnings.html",
            filled,
            zone=zone,
            balance=await earnings.balance_of(provider),
            month=earnings.total(await earnings.earnings_by("mes", provider, month), month),
            stretches=stretches,
            total=earnings.total(stretches, period),
            chart=chart_of(stretches),
            movements=found[: earnings.PAGE],
            export=f"/painel/ganhos/arquivo?{urlencode(chosen)}",
            next_page=_next_page(chosen, found),
        )

    @get("/arquivo")
    async def export(self, request: Request) -> Stream:
        """The movements of the period as CSV, all pages of them."""
        filled = read_query(request, EarningsForm)
        if filled.form is None:
            raise DomainError
        zone = (await open_agenda(request.user.id))["zone"]
        period = earnings.period_of(filled.form, zone)
        name = f"ganhos-{period.since}-{period.until}.csv"
        return csv_file(name, earnings.earnings_lines(request.user.id, period))


def _next_page(chosen: dict[str, str], found: list[dict[str, int]]) -> str:
    if len(found) <= earnings.PAGE:
        return ""
    last = str(found[earnings.PAGE - 1]["id"])
    return f"/painel/ganhos?{urlencode(chosen | {'pagina': last})}#movimentos"
