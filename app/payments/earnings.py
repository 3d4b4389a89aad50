"""What a provider has earned, read from the ledger. Money is BRL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from app.core.database import fetch, fetch_one
from app.core.spreadsheets import csv_lines
from app.core.time import format_wire, today_in
from app.payments.errors import LongPeriod, NoPeriod
from app.payments.forms import EarningsForm

PAGE, BATCH = 30, 1_000
LONGEST = timedelta(days=731)
# Months that are shown if nobody says otherwise.
MONTHS = 6
COLUMNS = ("instante", "tipo", "codigo", "servico", "pago_aqui", "comissao", "valor")
ON_WIRE = {"earned": "contratacao", "paid_out": "repasse", "payout_failed": "repasse_devolvido"}

# The transactions ($1: whose, from day $2 to day $3 in zone $4) with what each brought. A booking
# whose commission is all that was paid here leaves no entry of the provider's.
MOVEMENTS = """
    SELECT t.id, t.kind, t.created_at, t.booking,
        coalesce(sum(e.amount) FILTER (WHERE e.account = 'provider'), 0) AS amount,
        coalesce(-sum(e.amount) FILTER (WHERE e.account = 'customer'), 0) AS kept,
        coalesce(sum(e.amount) FILTER (WHERE e.account = 'platform'), 0) AS commission
    FROM (
        SELECT t.id FROM booking b JOIN ledger_transaction t ON t.booking = b.id
        WHERE b.provider = $1
        UNION ALL
        SELECT t.id FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction
        WHERE e.account = 'provider' AND e."user" = $1 AND t.payout IS NOT NULL
    ) mine
    JOIN ledger_transaction t ON t.id = mine.id
    JOIN ledger_entry e ON e.transaction = t.id
    WHERE t.created_at >= $2::date::timestamp AT TIME ZONE $4
        AND t.created_at < ($3::date + 1)::timestamp AT TIME ZONE $4
    GROUP BY t.id
"""


class Period(NamedTuple):
    """Days of the provider's calendar, the last one included."""

    since: date
    until: date
    zone: str


@dataclass(frozen=True)
class Stretch:
    """A week or month of a period. services, fees: what of it was paid here, and for what."""

    first: date
    last: date
    services: Decimal
    fees: Decimal
    commission: Decimal

    @property
    def earned(self) -> Decimal:
        return self.services + self.fees - self.commission


async def balance_of(provider: int) -> Any:
    """What is owed to a provider, what is on its way to them, and what is held until the work is
    done (from customers, so still with the commission in it)."""
    return await fetch_one(
        """
        SELECT (SELECT coalesce(sum(amount), 0) FROM ledger_entry
                WHERE account = 'provider' AND "user" = $1) AS balance,
            (SELECT coalesce(sum(amount), 0) FROM payout
                WHERE provider = $1 AND state = 'waiting') AS on_its_way,
            (SELECT coalesce(sum(least(paid - refunded, prepaid)), 0) FROM booking
                WHERE provider = $1 AND status IN ('pending', 'confirmed')) AS held,
            (SELECT pix_key FROM payout_account WHERE provider = $1) AS pix_key
        """,
        provider,
    )


def period_of(form: EarningsForm, zone: str) -> Period:
    """
    Raises:
        NoPeriod: it ends before it begins. LongPeriod.
    """
    until = form.until or today_in(zone)
    since = form.since or _months_before(until, MONTHS - 1)
    if until < since:
        raise NoPeriod
    if until - since > LONGEST:
        raise LongPeriod
    return Period(since, until, zone)


def this_month(zone: str) -> Period:
    today = today_in(zone)
    return Period(today.replace(day=1), today, zone)


def _months_before(day: date, months: int) -> date:
    """The first of the month that lies so many before."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


async def earnings_by(step: str, provider: int, period: Period) -> list[Stretch]:
    """All weeks ("semana") or months ("mes") that the period touches, in order."""
    rows = await fetch(
        f"""
        SELECT date_trunc($5, m.created_at AT TIME ZONE $4)::date AS first,
            coalesce(sum(m.kept) FILTER (WHERE b.status = 'completed'), 0) AS services,
            coalesce(sum(m.kept) FILTER (WHERE b.status <> 'completed'), 0) AS fees,
            sum(m.commission) AS commission
        FROM ({MOVEMENTS}) m JOIN booking b ON b.id = m.booking
        GROUP BY first
        """,
        provider,
        *period,
        {"semana": "week", "mes": "month"}[step],
    )
    found = {row["first"]: row for row in rows}
    stretches, first = [], _first_of(step, period.since)
    while first <= period.until:
        following = _first_of(step, first + timedelta(days=31 if step == "mes" else 7))
        row = found.get(first)
        amounts = (row["services"], row["fees"], row["commission"]) if row else (Decimal(0),) * 3
        begin, end = max(first, period.since), min(following - timedelta(days=1), period.until)
        stretches.append(Stretch(begin, end, *amounts))
        first = following
    return stretches


def _first_of(step: str, day: date) -> date:
    return day.replace(day=1) if step == "mes" else day - timedelta(days=day.weekday())


def total(stretches: list[Stretch], period: Period) -> Stretch:
    return Stretch(
        period.since,
        period.until,
        sum((one.services for one in stretches), Decimal(0)),
        sum((one.fees for one in stretches), Decimal(0)),
        sum((one.commission for one in stretches), Decimal(0)),
    )


async def movements_of(
    provider: int, period: Period, before: int | None, most: int = PAGE + 1
) -> list[Any]:
    """What has changed the balance, newest first; before: the last id of the page before."""
    return await fetch(
        f"""
        SELECT m.*, b.code, b.service_name, b.status FROM ({MOVEMENTS}) m
        LEFT JOIN booking b ON b.id = m.booking
        WHERE $5::bigint IS NULL OR m.id < $5 ORDER BY m.id DESC LIMIT $6
        """,
        provider,
        *period,
        before,
        most,
    )


async def earnings_lines(provider: int, period: Period) -> AsyncIterator[str]:
    """All movements of the period for a spreadsheet, batch by batch."""
    before = None
    yield csv_lines([COLUMNS])
    while rows := await movements_of(provider, period, before, BATCH):
        yield csv_lines(
            (
                format_wire(row["created_at"]),
                ON_WIRE[row["kind"]],
                row["code"] or "",
                row["service_name"] or "",
                row["kept"],
                row["commission"],
                row["amount"],
            )
            for row in rows
        )
        before = rows[-1]["id"]
