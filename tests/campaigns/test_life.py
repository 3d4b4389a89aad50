"""Anything that may be done to three agendas, in any order, again and again.

Hypothesis draws the steps and shortens what fails; every step runs on the real database. In the
tests a few hundred, always the same; in a campaign as many as CAMPAIGN_STEPS says, always others.
"""

import asyncio
import math
import os
from collections import Counter
from collections.abc import Awaitable
from datetime import time

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.payments.gateways.port import Method
from tests.agenda.slow_hours import Hours, Period
from tests.campaigns.money import begin_to_pay, charges_of, check_money, pay
from tests.campaigns.truths import check_agenda, check_holds
from tests.campaigns.world import CUSTOMERS, DAYS, ZONES, World

STEPS = int(os.environ.get("CAMPAIGN_STEPS", 300))
CAMPAIGN = "CAMPAIGN_STEPS" in os.environ
STEPS_IN_A_LIFE = 50 if CAMPAIGN else 30
# Each may run in a process of its own; where nothing is left to chance they would be the same.
PARTS = 2 if CAMPAIGN else 1

numbers = st.integers(0, 40)
# On the step of ten minutes mostly, through all days and a little beyond.
minutes = st.integers(0, (DAYS + 1) * 144).map(lambda n: n * 10) | st.integers(0, DAYS * 1440)
lengths = st.sampled_from([5, 30, 60, 240, 1440])
customers, offers = st.integers(0, CUSTOMERS - 1), st.integers(0, 3 * len(ZONES) - 1)
providers = st.integers(0, len(ZONES) - 1)
buffers = st.sampled_from([0, 0, 15, 45])
weeks = st.lists(
    st.builds(
        Hours,
        st.integers(1, 7),
        st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
        st.builds(time, st.integers(0, 23), st.sampled_from([0, 15])),
    ),
    min_size=3,
    max_size=20,
    unique_by=lambda stretch: (stretch.weekday, stretch.opens),
)


class Life(RuleBasedStateMachine):
    loop: asyncio.AbstractEventLoop
    steps: Counter[str] = Counter()

    world: World
    coming: list = []
    waiting: list = []
    unpaid: list = []

    def run(self, doing: Awaitable):
        """On the loop that the database's connections belong to."""

        async def done():
            return await doing

        return asyncio.run_coroutine_threadsafe(done(), self.loop).result()

    def do(self, name: str, doing: Awaitable) -> None:
        self.steps[name] += 1
        self.run(doing)

    @initialize()
    def begin(self) -> None:
        self.world = self.run(World.begin())

    @invariant()
    def everything_is_as_it_has_to_be(self) -> None:
        self.run(self._look())

    async def _look(self) -> None:
        for provider in self.world.providers:
            await check_agenda(provider)
            await check_money(provider)
        for customer in self.world.customers:
            await check_holds(customer)
        self.coming = await self.world.bookings("held", "pending", "confirmed")
        self.waiting = [one for one in self.coming if one["status"] != "confirmed"]
        self.unpaid = [one for one in self.waiting if one["status"] == "held" and one["address"]]

    # Twice, so that there is something that the others can happen to.

    @rule(customer=customers, offer=offers, nth=numbers)
    def book(self, customer, offer, nth):
        self.do("book", self._book_offered(customer, offer, nth))

    @rule(customer=customers, offer=offers, nth=numbers)
    def book_more(self, customer, offer, nth):
        self.do("book", self._book_offered(customer, offer, nth))

    async def _book_offered(self, customer: int, offer: int, nth: int) -> None:
        who, what = self.world.customers[customer], self.world.offers[offer]
        if starts := await self.world.starts(who, what):
            await self.world.book(who, what, starts[nth % len(starts)])

    @rule(customer=customers, offer=offers, at=minutes)
    def book_anything(self, customer, offer, at):
        who, what = self.world.customers[customer], self.world.offers[offer]
        self.do("book anything", self.world.book(who, what, self.world.minute(at)))

    @rule(customer=customers, offer=offers, nth=numbers, replace=st.booleans())
    def hold(self, customer, offer, nth, replace):
        self.do("hold", self._hold_offered(customer, offer, nth, replace))

    async def _hold_offered(self, customer: int, offer: int, nth: int, replace: bool) -> None:
        who, what = self.world.customers[customer], self.world.offers[offer]
        mine = [b["code"] for b in self.coming if b["customer"] == who and b["status"] == "held"]
        if starts := await self.world.starts(who, what):
            replaces = mine[0] if replace and mine else None
            await self.world.hold(who, what, starts[nth % len(starts)], replaces)

    @precondition(lambda self: self.waiting)
    @rule(nth=numbers, weekly=st.booleans())
    def book_what_is_held(self, nth, weekly):
        booking = self.waiting[nth % len(self.waiting)]
        self.do("book held", self.world.book_held(booking, weekly))

    @rule(customer=customers, offer=offers, days=st.integers(0, DAYS))
    def wait(self, customer, offer, days):
        who, what = self.world.customers[customer], self.world.offers[offer]
        self.do("wait", self.world.wait(who, what, days))

    @precondition(lambda self: self.coming)
    @rule(nth=numbers, by_provider=st.booleans())
    def cancel(self, nth, by_provider):
        booking = self.coming[nth % len(self.coming)]
        self.do("cancel", self.world.cancel(booking, by_provider))

    @precondition(lambda self: self.coming)
    @rule(nth=numbers, by_provider=st.booleans(), to=numbers)
    def reschedule(self, nth, by_provider, to):
        booking = self.coming[nth % len(self.coming)]
        self.do("reschedule", self._reschedule_to_offered(booking, by_provider, to))

    async def _reschedule_to_offered(self, booking, by_provider: bool, to: int) -> None:
        (offer,) = [o for o in self.world.offers if o.variant == booking["variant"]]
        if starts := await self.world.starts(booking["customer"], offer):
            await self.world.reschedule(booking, by_provider, starts[to % len(starts)])

    @precondition(lambda self: self.coming)
    @rule(nth=numbers, by_provider=st.booleans(), by=st.integers(-12, 12).map(lambda n: n * 5))
    def reschedule_a_little(self, nth, by_provider, by):
        """Over its own old time."""
        booking = self.coming[nth % len(self.coming)]
        to = booking["starts_at"] + by * (self.world.minute(1) - self.world.minute(0))
        self.do("reschedule a little", self.world.reschedule(booking, by_provider, to))

    @precondition(lambda self: self.coming)
    @rule(nth=numbers, number=st.integers(0, 3))
    def answer(self, nth, number):
        self.do("answer", self.world.answer(self.coming[nth % len(self.coming)], number))

    @precondition(lambda self: self.unpaid)
    @rule(nth=numbers, method=st.sampled_from(list(Method)), pays=st.sampled_from([0, 1, 1, 1]))
    def pay(self, nth, method, pays):
        booking = self.unpaid[nth % len(self.unpaid)]
        self.do("pay", self._pay(booking, method, bool(pays)))

    async def _pay(self, booking, method: Method, pays: bool) -> None:
        await begin_to_pay(booking, method)
        for charge in await charges_of([booking["provider"]]):
            await pay(charge, pays=pays, late=False)

    @precondition(lambda self: self.unpaid)
    @rule(nth=numbers, method=st.sampled_from(list(Method)))
    def begin_to_pay(self, nth, method):
        booking = self.unpaid[nth % len(self.unpaid)]
        self.do("begin to pay", begin_to_pay(booking, method))

    @rule(nth=numbers, pays=st.booleans())
    def pay_late(self, nth, pays):
        self.do("pay late", self._pay_late(nth, pays))

    async def _pay_late(self, nth: int, pays: bool) -> None:
        if charges := await charges_of(self.world.providers):
            await pay(charges[nth % len(charges)], pays=pays, late=True)

    @precondition(lambda self: self.waiting)
    @rule(nth=numbers, with_job=st.booleans())
    def lapse(self, nth, with_job):
        booking = self.waiting[nth % len(self.waiting)]
        self.do("lapse", self.world.let_lapse(booking, with_job))

    @precondition(lambda self: any(b["status"] == "confirmed" for b in self.coming))
    @rule(nth=numbers, number=st.integers(0, 3))
    def begin_and_answer(self, nth, number):
        confirmed = [b for b in self.coming if b["status"] == "confirmed"]
        self.do("begin", self._begin(confirmed[nth % len(confirmed)], number))

    async def _begin(self, booking, number: int) -> None:
        await self.world.let_begin(booking)
        await self.world.answer(booking, number)

    @rule(provider=providers, week=weeks)
    def edit_hours(self, provider, week):
        self.do("edit hours", self.world.set_week(self.world.providers[provider], week))

    @rule(provider=providers, at=minutes, length=lengths, works=st.booleans())
    def except_from_week(self, provider, at, length, works):
        period = Period(self.world.minute(at), self.world.minute(at + length))
        self.do(
            "extra hours" if works else "time off",
            self.world.except_from_week(self.world.providers[provider], period, works),
        )

    @rule(provider=providers, nth=numbers, works=st.booleans())
    def forget_exception(self, provider, nth, works):
        who = self.world.providers[provider]
        self.do("forget exception", self.world.forget_exception(who, nth, works))

    @rule(
        provider=providers,
        zone=st.sampled_from(ZONES),
        step=st.sampled_from([5, 15, 30, 60]),
        buffer_before=buffers,
        buffer_after=buffers,
        notice=st.sampled_from([0, 0, 60, 1440]),
        horizon=st.integers(2, DAYS + 4),
        instant=st.booleans(),
    )
    def change_rules(self, provider, **chosen):
        self.do("rules", self.world.change_rules(self.world.providers[provider], **chosen))


@pytest.mark.parametrize("part", range(PARTS))
async def test_no_order_of_doing_things_breaks_an_agenda(part):
    Life.loop = asyncio.get_running_loop()
    Life.steps.clear()
    await asyncio.to_thread(
        run_state_machine_as_test,
        Life,
        settings=settings(
            # Some lives are cut short.
            max_examples=math.ceil(1.3 * STEPS / PARTS / STEPS_IN_A_LIFE),
            stateful_step_count=STEPS_IN_A_LIFE,
            deadline=None,
            database=None,
            derandomize=not CAMPAIGN,
            print_blob=True,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{Life.steps.total()} steps:", dict(Life.steps))
