"""Three providers, four customers, and all that they may do to three agendas."""

from collections.abc import Awaitable, Sequence
from datetime import datetime, time, timedelta
from uuid import uuid4

from app.accounts.tables import Role
from app.agenda.actions.hours import Stretch, set_weekly_hours
from app.agenda.actions.rules import set_rules
from app.agenda.actions.time_off import (
    add_extra_hours,
    add_time_off,
    remove_extra_hours,
    remove_time_off,
)
from app.agenda.forms import RulesForm
from app.agenda.queries import free_starts
from app.bookings.actions.answer import (
    complete_booking,
    confirm_booking,
    decline_booking,
    report_no_show,
)
from app.bookings.actions.book import book_slot
from app.bookings.actions.change import cancel_booking, reschedule_booking
from app.bookings.actions.hold import hold_slot
from app.bookings.actions.lapse import expire_booking
from app.bookings.actions.waitlist import wait_for_time
from app.bookings.errors import SlotTaken, TimePassed
from app.bookings.forms import BookingForm, HoldForm, WaitForm
from app.core.database import fetch, transaction
from app.core.errors import DomainError
from app.core.time import now
from tests.agenda.slow_hours import Hours, Period
from tests.campaigns.expected import can_be_had, somebody_waits
from tests.campaigns.truths import bookings_outside
from tests.factories import Offer, a_provider, a_user, a_variant, an_offer, forget_limits

ZONES = ["America/Sao_Paulo", "America/New_York", "Europe/Lisbon"]
CUSTOMERS = 4
DAYS = 6
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
USUAL_WEEK = [
    Hours(weekday, time(opens), time(closes))
    for weekday in range(1, 8)
    for opens, closes in ((8, 12), (13, 18), (22, 1))
]


class World:
    def __init__(self, offers: list[Offer], customers: list[int]) -> None:
        self.offers, self.customers = offers, customers
        self.providers = sorted({offer.provider for offer in offers})
        self.begun = now().replace(second=0, microsecond=0)
        self.shifted = 0

    @classmethod
    async def begin(cls) -> "World":
        await forget_limits()
        offers = []
        for zone in ZONES:
            provider = await a_provider(zone=zone)
            offers.append(await an_offer(provider, minutes=60))
            offers.append(await an_offer(provider, minutes=90, prepaid_percent=50))
            offers.append(offers[-1]._replace(minutes=25))
            offers[-1] = offers[-1]._replace(
                variant=await a_variant(offers[-1].service, minutes=25)
            )
        customers = [await a_user(Role.CUSTOMER) for _ in range(CUSTOMERS)]
        world = cls(offers, customers)
        for number, provider in enumerate(world.providers):
            buffers = {"buffer_before": 15, "buffer_after": 30} if number == 1 else {}
            await set_rules(
                provider, rules_form(zone=ZONES[number], instant=number == 2, **buffers)
            )
            await set_weekly_hours(provider, [Stretch(*stretch) for stretch in USUAL_WEEK])
        return world

    def minute(self, number: int) -> datetime:
        """The so-manieth minute from the world's beginning."""
        return self.begun + number * MINUTE

    async def bookings(self, *statuses: str) -> list:
        return await fetch(
            "SELECT * FROM booking WHERE provider = ANY($1) AND status = ANY($2) ORDER BY id",
            self.providers,
            list(statuses),
        )

    # What customers do. Times that can be had must be given, others must not.

    async def book(self, customer: int, offer: Offer, starts_at: datetime) -> None:
        key = uuid4()
        form = BookingForm(
            variant=offer.variant,
            starts_at=starts_at,
            address="Rua Treze de Maio, 210",
            place="São Carlos, SP",
            key=key,
        )
        code = await self._get(customer, offer, starts_at, book_slot(customer, form))
        if code:
            assert await book_slot(customer, form) == code, "the same form booked twice"

    async def hold(
        self, customer: int, offer: Offer, starts_at: datetime, replaces: str | None
    ) -> None:
        form = HoldForm(variant=offer.variant, starts_at=starts_at, replaces=replaces)
        await self._get(customer, offer, starts_at, hold_slot(customer, form), may_refuse=True)

    async def book_held(self, hold, weekly: bool) -> None:
        """Whatever became of the hold by now."""
        await forget_limits()
        form = BookingForm(
            variant=hold["variant"],
            starts_at=hold["starts_at"],
            address="Rua Treze de Maio, 210",
            place="São Carlos, SP",
            key=uuid4(),
            hold=hold["code"],
        )
        if weekly:
            form.rhythm, form.times = type(form.rhythm).WEEKLY, 2
        code = await allowed(book_slot(hold["customer"], form))
        if code and hold["status"] == "held" and hold["expires_at"] > now():
            assert code == hold["code"], "a hold was left for another booking"

    async def starts(self, customer: int, offer: Offer) -> list[datetime]:
        """What this customer is offered."""
        until = self.begun + (DAYS + 3) * DAY
        return await free_starts(offer.service, offer.minutes, now(), until, holder=customer)

    async def wait(self, customer: int, offer: Offer, days: int) -> None:
        day = (self.begun + days * DAY).date()
        await allowed(wait_for_time(customer, WaitForm(variant=offer.variant, day=day)))

    async def _get(
        self,
        customer: int,
        offer: Offer,
        starts_at: datetime,
        getting: Awaitable[str],
        may_refuse: bool = False,
    ) -> str | None:
        mine, anybodys = [
            await can_be_had(offer.service, starts_at, offer.minutes * MINUTE, holder)
            for holder in (customer, None)
        ]
        waiting = await somebody_waits(offer.provider)
        # Those who are refused try again and again.
        await forget_limits()
        try:
            code = await getting
        except SlotTaken:
            # What a customer gives up for it goes to who waited for that.
            assert mine is not True or waiting, f"{starts_at} is free and was refused"
            return None
        except TimePassed:
            assert starts_at <= now()
            return None
        except DomainError:
            assert may_refuse
            return None
        assert mine is not False or anybodys is not False, f"{starts_at} was given and is not free"
        return code

    # What both sides do.

    async def cancel(self, booking, by_provider: bool) -> None:
        await allowed(
            cancel_booking(booking["provider" if by_provider else "customer"], booking["code"])
        )

    async def reschedule(self, booking, by_provider: bool, starts_at: datetime) -> None:
        user = booking["provider" if by_provider else "customer"]
        duration = booking["ends_at"] - booking["starts_at"]
        possible = await can_be_had(
            booking["service"], starts_at, duration, user, given_up=booking["slot"]
        )
        waiting = await somebody_waits(booking["provider"])
        try:
            await reschedule_booking(user, booking["code"], starts_at)
        except SlotTaken:
            assert possible is not True or waiting, f"could move to {starts_at} and was refused"
            return
        except DomainError:
            return
        same = starts_at == booking["starts_at"]
        assert possible is not False or same, f"moved to {starts_at}, which is not free"

    async def answer(self, booking, number: int) -> None:
        verbs = [confirm_booking, decline_booking, complete_booking, report_no_show]
        await allowed(verbs[number](booking["provider"], booking["code"]))

    # What time does.

    async def let_lapse(self, booking, with_job: bool) -> None:
        """As if the time to answer, or to fill in the form, were over."""
        await fetch(
            """
            WITH late AS (
                UPDATE booking SET expires_at = now() - interval '1 min' WHERE id = $1
                RETURNING slot
            )
            UPDATE slot SET held_until = now() - interval '1 min' FROM late
            WHERE slot.id = late.slot AND held_until IS NOT NULL
            """,
            booking["id"],
        )
        if with_job:
            await expire_booking(booking["id"])
            await expire_booking(booking["id"])

    async def let_begin(self, booking) -> None:
        """As if it had begun: it lies in the past, each in a day of its own."""
        self.shifted += 1
        by = booking["starts_at"] - (self.begun - self.shifted * DAY - timedelta(hours=3))
        async with transaction():
            await fetch(
                """
                WITH earlier AS (
                    UPDATE booking SET starts_at = starts_at - $2::interval,
                        ends_at = ends_at - $2::interval
                    WHERE id = $1 RETURNING slot
                ), told AS (
                    UPDATE booking_event SET starts_at = starts_at - $2::interval WHERE booking = $1
                )
                UPDATE slot SET starts_at = starts_at - $2::interval,
                    ends_at = ends_at - $2::interval
                FROM earlier WHERE slot.id = earlier.slot
                """,
                booking["id"],
                by,
            )
            await fetch("SELECT write_free_time($1)", booking["provider"])

    # What providers do.

    async def set_week(self, provider: int, week: Sequence[Hours]) -> None:
        outside = await set_weekly_hours(provider, [Stretch(*stretch) for stretch in week])
        assert outside == await bookings_outside(provider), "miscounted what lies outside of hours"

    async def except_from_week(self, provider: int, period: Period, works: bool) -> None:
        if works:
            await add_extra_hours(provider, *period)
        else:
            await add_time_off(provider, *period, "")

    async def forget_exception(self, provider: int, number: int, works: bool) -> None:
        table = "extra_hours" if works else "time_off"
        rows = await fetch(f"SELECT id FROM {table} WHERE provider = $1 ORDER BY id", provider)
        if rows:
            forget = remove_extra_hours if works else remove_time_off
            await forget(provider, rows[number % len(rows)]["id"])

    async def change_rules(self, provider: int, **chosen) -> None:
        await set_rules(provider, rules_form(**chosen))


async def allowed(doing: Awaitable):
    """Refusals in words are fine, everything else is not."""
    try:
        return await doing
    except DomainError:
        return None


def rules_form(**chosen) -> RulesForm:
    usual = {
        "zone": ZONES[0],
        "step": 30,
        "buffer_before": 0,
        "buffer_after": 0,
        "notice": 0,
        "horizon": DAYS,
        "answer": 1440,
        "free_hours": 24,
        "fee_percent": 50,
    }
    return RulesForm(**(usual | chosen))
