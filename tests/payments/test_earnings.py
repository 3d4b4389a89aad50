"""What a provider has earned: every figure is what the ledger says."""

import csv
import io
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from app.accounts.tables import Role
from app.bookings.actions.answer import complete_booking
from app.core.database import fetch_one
from app.core.time import now, today_in
from app.payments import earnings
from app.payments.actions.payout import make_payouts, settle_payout
from app.payments.chart import HEIGHT, WIDTH, chart_of
from app.payments.earnings import Period, Stretch
from app.payments.forms import EarningsForm
from app.payments.tables import PayoutState
from tests.browsing import signed_in
from tests.factories import a_provider, a_user, an_offer
from tests.payments.earning import balance, earn, give_key, payouts_to
from tests.payments.paying import a_paid_deal, do_money_jobs
from tests.payments.test_money import let_begin

ZONE = "America/Sao_Paulo"
SPRING = Period(date(2026, 9, 1), date(2026, 11, 30), ZONE)
COMMISSION = Decimal("0.10")


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(ZONE))


async def a_random_history(seed: int):
    """An offer with what it has brought on which day: kept, commission and whether it was done."""
    chance, offer, history = Random(seed), await an_offer(), []
    for _ in range(40):
        day = date(2026, 8, 20) + timedelta(days=chance.randrange(115))
        kept = Decimal(chance.choice([0, 0, chance.randrange(1, 9_001)])) / 100
        commission = Decimal(chance.randrange(1, 901)) / 100
        status = chance.choice(["completed", "completed", "cancelled", "no_show"])
        await earn(
            offer, str(kept), str(commission), at=at(day, chance.randrange(24)), status=status
        )
        history.append((day, kept, commission, status == "completed"))
    return offer, history


async def in_sql(provider: int, account: str, first: date, last: date) -> Decimal:
    """What the bookings of these days have left in an account, straight from the ledger."""
    row = await fetch_one(
        f"""
        SELECT coalesce(sum(e.amount), 0) AS amount FROM ledger_entry e
        JOIN ledger_transaction t ON t.id = e.transaction JOIN booking b ON b.id = t.booking
        WHERE b.provider = $1 AND e.account = $2
            AND (t.created_at AT TIME ZONE '{ZONE}')::date BETWEEN $3 AND $4
        """,
        provider,
        account,
        first,
        last,
    )
    return Decimal(row["amount"])


@pytest.mark.parametrize("step", ["semana", "mes"])
@pytest.mark.parametrize("seed", range(3))
async def test_every_stretch_is_what_the_ledger_says(step, seed):
    offer, history = await a_random_history(seed)
    stretches = await earnings.earnings_by(step, offer.provider, SPRING)
    for one in stretches:
        mine = [row for row in history if one.first <= row[0] <= one.last]
        assert one.services == sum(kept for _, kept, _, done in mine if done)
        assert one.fees == sum(kept for _, kept, _, done in mine if not done)
        assert one.commission == sum(commission for _, _, commission, _ in mine)
        for account, amount in (
            ("provider", one.earned),
            ("customer", -one.services - one.fees),
            ("platform", one.commission),
        ):
            assert await in_sql(offer.provider, account, one.first, one.last) == amount


async def test_all_stretches_together_are_the_period_and_meet_without_a_gap():
    offer, history = await a_random_history(9)
    for step, number in (("semana", 14), ("mes", 3)):
        stretches = await earnings.earnings_by(step, offer.provider, SPRING)
        assert len(stretches) == number
        assert (stretches[0].first, stretches[-1].last) == SPRING[:2]
        for one, following in pairwise(stretches):
            assert following.first - one.last == timedelta(days=1)
        in_period = [row for row in history if SPRING.since <= row[0] <= SPRING.until]
        together = earnings.total(stretches, SPRING)
        assert together.earned == sum(kept - part for _, kept, part, _ in in_period)


async def test_movements_come_in_pages_and_add_up_to_the_balance():
    offer, _ = await a_random_history(4)
    whole, before, found = Period(date(2026, 1, 1), date(2026, 12, 31), ZONE), None, []
    while page := await earnings.movements_of(offer.provider, whole, before, 7):
        found += page
        before = page[-1]["id"]
    assert len({row["id"] for row in found}) == len(found) == 40
    assert sum(row["amount"] for row in found) == await balance(offer.provider)


async def test_a_booking_that_brought_just_its_commission_is_shown_too():
    offer = await an_offer()
    await earn(offer, "9.00", "9.00")
    today = today_in(ZONE)
    (row,) = await earnings.movements_of(offer.provider, Period(today, today, ZONE), None)
    assert (row["amount"], row["kept"], row["commission"]) == (0, 9, 9)


async def test_a_day_is_the_providers_and_not_that_of_utc():
    offer = await an_offer()
    late = datetime(2026, 10, 31, 23, 30, tzinfo=ZoneInfo(ZONE))
    assert late.astimezone(UTC).date() == date(2026, 11, 1)
    await earn(offer, at=late)
    october, november = (await earnings.earnings_by("mes", offer.provider, SPRING))[1:]
    assert (october.earned, november.earned) == (81, 0)


async def test_the_balance_is_held_then_owed_then_on_its_way():
    deal = await a_paid_deal()
    provider = deal.offer.provider
    found = await earnings.balance_of(provider)
    assert (found["balance"], found["on_its_way"], found["held"]) == (0, 0, 90)
    await let_begin(deal.code)
    await complete_booking(provider, deal.code)
    await do_money_jobs()
    found = await earnings.balance_of(provider)
    assert (found["balance"], found["on_its_way"], found["held"]) == (81, 0, 0)
    await give_key(provider)
    await make_payouts(await a_user(Role.ADMIN), Decimal(20))
    found = await earnings.balance_of(provider)
    assert (found["balance"], found["on_its_way"], found["held"]) == (0, 81, 0)


async def test_what_is_held_is_what_the_ledger_has_of_customers_for_what_is_to_come():
    deal = await a_paid_deal(prepaid_percent=30)
    row = await fetch_one(
        """
        SELECT sum(e.amount) AS amount FROM ledger_entry e
        JOIN ledger_transaction t ON t.id = e.transaction
        JOIN payment_share s ON s.id = t.share JOIN booking b ON b.id = s.booking
        WHERE e.account = 'customer' AND b.provider = $1
        """,
        deal.offer.provider,
    )
    assert (await earnings.balance_of(deal.offer.provider))["held"] == row["amount"] == 27


async def test_the_page_shows_it_all_in_plain_words(app):
    offer = await an_offer(name="Poda de roseiras")
    done = await earn(offer)
    await earn(offer, "45.00", "4.50", status="cancelled")
    await earn(offer, "0", "9.00")
    provider = offer.provider
    await give_key(provider)
    admin = await a_user(Role.ADMIN)
    await make_payouts(admin, Decimal(20))
    (payout,) = await payouts_to(provider)
    await settle_payout(admin, payout["id"], PayoutState.FAILED)
    page = (await (await signed_in(app, provider)).get("/painel/ganhos")).text
    shown = " ".join(re.sub(r"<[^>]+>", " ", page).replace("\xa0", " ").split())
    for words in (
        "A receber R$ 112,50",
        "Ganho neste mês R$ 112,50",
        "R$ 90 pagos por aqui, menos R$ 9 de comissão",
        "R$ 45 de taxa de cancelamento, menos R$ 4,50 de comissão",
        "pago a você na hora; R$ 9 de comissão",
        "Repasse por Pix -R$ 112,50",
        "Um repasse não chegou",
        "R$ 90 de serviços e R$ 45 de taxas de cancelamento, pagos por aqui, menos R$ 22,50",
    ):
        assert words in shown
    assert f'href="/contratacoes/{done}"' in page


async def test_the_page_of_who_has_earned_nothing(app):
    answer = await (await signed_in(app, await a_provider())).get("/painel/ganhos")
    assert answer.status_code == 200
    assert "<rect" not in answer.text


async def test_who_owes_commissions_is_told_so(app):
    offer = await an_offer()
    await earn(offer, "0", "9.00")
    page = (await (await signed_in(app, offer.provider)).get("/painel/ganhos")).text
    assert "Você nos deve em comissões" in page
    assert 'class="below"' in page


async def test_more_movements_are_on_the_next_page(app):
    offer = await an_offer()
    codes = [await earn(offer) for _ in range(earnings.PAGE + 2)]
    browser = await signed_in(app, offer.provider)
    first = (await browser.get("/painel/ganhos")).text
    following = re.search(r'href="(/painel/ganhos\?[^"#]+pagina=\d+)', first)
    second = (await browser.get(following[1].replace("&amp;", "&"))).text
    shown = [re.findall(r"/contratacoes/(\w{8})", page) for page in (first, second)]
    assert shown == [codes[:1:-1], codes[1::-1]]
    assert 'class="pager"' not in second


@pytest.mark.parametrize(
    "query",
    ["de=2026-13-01", "por=ano", "pagina=0", "de=2026-11-02&ate=2026-11-01", "de=2020-01-01"],
)
async def test_a_period_that_cannot_be(app, query):
    browser = await signed_in(app, await a_provider())
    answer = await browser.get(f"/painel/ganhos?{query}")
    assert answer.status_code == 422
    for name, value in (part.split("=") for part in query.split("&")):
        if name in ("de", "ate"):
            assert f'value="{value}"' in answer.text
    assert (await browser.get(f"/painel/ganhos/arquivo?{query}")).status_code in (400, 422)


async def test_the_period_is_half_a_year_unless_somebody_says_otherwise():
    period = earnings.period_of(EarningsForm(until=date(2026, 3, 15)), ZONE)
    assert period == (date(2025, 10, 1), date(2026, 3, 15), ZONE)


async def test_the_file_has_every_movement_of_the_period_and_no_other(app, monkeypatch):
    monkeypatch.setattr(earnings, "BATCH", 3)
    offer, history = await a_random_history(5)
    browser = await signed_in(app, offer.provider)
    answer = await browser.get("/painel/ganhos/arquivo?de=2026-09-01&ate=2026-11-30")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "ganhos-2026-09-01-2026-11-30.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    expected = [row for row in history if SPRING.since <= row[0] <= SPRING.until]
    assert len(rows) == len(expected)
    assert {row["tipo"] for row in rows} == {"contratacao"}
    assert sum(Decimal(row["valor"]) for row in rows) == sum(row[1] - row[2] for row in expected)


async def test_a_name_in_the_file_is_no_formula(app):
    offer = await an_offer(name="=HYPERLINK(1)")
    await earn(offer)
    text = (await (await signed_in(app, offer.provider)).get("/painel/ganhos/arquivo")).text
    assert ",'=HYPERLINK(1)," in text


async def test_nobody_sees_what_another_earns(app):
    offer, other = await an_offer(), await an_offer()
    code = await earn(other)
    browser = await signed_in(app, offer.provider)
    assert code not in (await browser.get("/painel/ganhos")).text
    assert code not in (await browser.get("/painel/ganhos/arquivo")).text


def stretch(earned: str) -> Stretch:
    today = now().date()
    return Stretch(today, today, Decimal(earned), Decimal(0), Decimal(0))


def test_bars_are_as_high_as_what_they_show():
    chart = chart_of([stretch("100"), stretch("0"), stretch("-50"), stretch("25")])
    assert [round(bar.height, 1) for bar in chart.bars] == [133.3, 0, 66.7, 33.3]
    up, _, below, _ = chart.bars
    assert (up.y, below.y) == (0, chart.zero)
    assert round(below.y + below.height, 1) == HEIGHT
    assert all(0 <= bar.x < bar.x + bar.width <= WIDTH for bar in chart.bars)


def test_without_earnings_no_bar_has_a_height():
    assert [bar.height for bar in chart_of([stretch("0")]).bars] == [0]
