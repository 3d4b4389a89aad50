"""Everything at once on one agenda, through two server processes, while its hours are edited.

The race has a control: with the locks and the constraints taken away it finds broken agendas.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import datetime, time, timedelta
from random import Random
from uuid import uuid4

import pytest

from app.agenda.actions.hours import Stretch, set_weekly_hours
from app.agenda.actions.time_off import add_extra_hours, add_time_off
from app.bookings.actions.lapse import expire_booking
from app.core.database import fetch, fetch_one
from tests.bookings.racing import NINE, ROUNDS, Field, Sent, broken, doubled, form, send_at_once
from tests.campaigns.truths import check_agenda
from tests.factories import Offer, a_booking, a_provider, an_offer, token_of

FEW, TRIES = 25, 40
DAY, STEP = timedelta(days=1), timedelta(minutes=30)
ALL_STARTS = [NINE + n * STEP for n in range(18)]
# What may be answered: done, a page with what is held, gone in the meantime, no booking to move.
FINE = (303, 200, 409, 404)
BROKEN = "broken"
WEEKS = [
    [Stretch(weekday, time(opens), time(closes)) for weekday in range(1, 8)]
    for opens, closes in ((8, 20), (9, 18), (10, 16), (7, 23))
]


class Agenda:
    """A provider with some bookings, and everything that is about to happen to them at once."""

    def __init__(self, field: Field, chance: Random) -> None:
        self.field, self.chance = field, chance
        self.offer: Offer
        self.token: str
        # Code and customer's number.
        self.booked: list[tuple[str, int]] = []

    async def begin(self) -> None:
        provider = await a_provider(zone="UTC")
        self.offer = await an_offer(provider, minutes=self.chance.choice([30, 60, 90]))
        self.token = await token_of(provider)
        await set_weekly_hours(provider, WEEKS[0])
        for number in range(4):
            starts_at = NINE + timedelta(hours=2 * number)
            code = await a_booking(self.offer, starts_at, self.field.customers[number])
            self.booked.append((code, number))

    def requests(self) -> list[Sent]:
        """In any order: eight customers book, and to each booking happen two things."""
        sent = [
            Sent(
                self.field.tokens[10 + n], "/contratacoes", form(self.offer, self.start(), uuid4())
            )
            for n in range(8)
        ]
        for code, number in self.booked:
            customer = self.field.tokens[number]
            # Neither to where it is already, nor both to the same time: that would be no move.
            here = NINE + timedelta(hours=2 * number)
            others = [start for start in ALL_STARTS if start != here]
            one, other = ({"inicio": to.isoformat()} for to in self.chance.sample(others, 2))
            things = [
                Sent(customer, f"/contratacoes/{code}/cancelamento", {}),
                Sent(self.token, f"/contratacoes/{code}/cancelamento", {}),
                Sent(customer, f"/contratacoes/{code}/remarcacao", one),
                Sent(self.token, f"/contratacoes/{code}/remarcacao", other),
                Sent(self.token, f"/contratacoes/{code}/confirmacao", {}),
                Sent(self.token, f"/contratacoes/{code}/recusa", {}),
            ]
            sent += self.chance.sample(things, 2)
        for n in range(2):
            held = form(self.offer, self.start(), uuid4())
            sent.append(Sent(self.field.tokens[20 + n], "/reservas", held))
        self.chance.shuffle(sent)
        return sent

    def start(self) -> datetime:
        return self.chance.choice(ALL_STARTS)

    def edits(self) -> list[Awaitable]:
        """From this process, the third."""
        provider = self.offer.provider
        off = self.start()
        return [
            set_weekly_hours(provider, self.chance.choice(WEEKS)),
            set_weekly_hours(provider, self.chance.choice(WEEKS)),
            add_time_off(provider, off, off + 2 * STEP, ""),
            add_extra_hours(provider, off + DAY, off + DAY + 2 * STEP),
            *[expire(code) for code, _ in self.booked[:1]],
        ]


async def expire(code: str) -> None:
    row = await fetch_one("SELECT id FROM booking WHERE code = $1", code)
    await expire_booking(row["id"])


async def race_on_one_agenda(field: Field, seed: int) -> list[str]:
    agenda = Agenda(field, Random(seed))
    await agenda.begin()
    provider, requests = agenda.offer.provider, agenda.requests()
    answers, *ends = await asyncio.gather(
        send_at_once(field.servers, requests), *agenda.edits(), return_exceptions=True
    )
    if isinstance(answers, BaseException):
        raise answers
    problems = [f"{type(end).__name__} was raised" for end in ends if isinstance(end, Exception)]
    problems += broken(answers, FINE) + await doubled(provider)
    try:
        await check_agenda(provider)
    except AssertionError as error:
        problems += [BROKEN, str(error)]
    told = Counter(
        sent.path.rsplit("/", 1)[-1]
        for sent, answer in zip(requests, answers, strict=True)
        if answer.status_code == 303
    )
    return problems + await _lost(provider, told)


async def _lost(provider: int, told: Counter[str]) -> list[str]:
    """What somebody was told is done, and is not."""
    rows = await fetch(
        """
        SELECT kind, count(*) FROM (
            SELECT CASE WHEN before.id IS NULL THEN 'contratacoes'
                WHEN before.starts_at <> e.starts_at THEN 'remarcacao'
                WHEN e.status = 'cancelled' THEN 'cancelamento'
                WHEN e.status = 'declined' THEN 'recusa' ELSE 'confirmacao' END AS kind
            FROM booking_event e JOIN booking b ON b.id = e.booking
            LEFT JOIN LATERAL (
                SELECT * FROM booking_event d WHERE d.booking = e.booking AND d.id < e.id
                ORDER BY d.id DESC LIMIT 1
            ) before ON true
            WHERE e.provider = $1 AND e.status <> 'held'
        ) moves GROUP BY kind
        """,
        provider,
    )
    done = Counter({row["kind"]: row["count"] for row in rows})
    # Those that were there before.
    done["contratacoes"] -= 4
    return [
        f"{told[kind]} {kind} told, {done[kind]} done" for kind in told if told[kind] != done[kind]
    ]


async def test_whatever_happens_at_once_to_an_agenda_it_stays_whole(field):
    for seed in range(ROUNDS or FEW):
        assert await race_on_one_agenda(field, seed) == [], f"seed {seed}"


async def test_control_without_locks_and_constraints_agendas_break(unguarded_field):
    for seed in range(TRIES):
        if BROKEN in await race_on_one_agenda(unguarded_field, seed):
            return
    pytest.fail("The race would not notice.")
