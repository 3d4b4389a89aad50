"""What tests need of a marketplace, made in one line each. Everything made is unlike all else."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple
from uuid import uuid4

from app.accounts.tables import Role
from app.bookings.actions.book import book_slot
from app.bookings.actions.hold import hold_slot
from app.bookings.forms import BookingForm, HoldForm
from app.core.cache import redis
from app.core.database import fetch_one
from app.core.sessions import start_session

PASSWORD = "uma-senha-de-teste"
# argon2id of PASSWORD with cheap parameters, so that making users takes no time.
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$NcxzIpcJ9MdJcYE0dpfvJg$dn+iyw5vN+gnw76gNAq/mmJOw0lFpC6DDzS2xHl4JPE"
)
SAO_CARLOS = 3449319

_numbers = count(1)


class Offer(NamedTuple):
    """A service with one variant, by its ids."""

    provider: int
    service: int
    variant: int
    minutes: int


async def a_user(
    role: Role = Role.CUSTOMER, *, name: str = "Ana Lima", language: str = "pt"
) -> int:
    row = await fetch_one(
        "INSERT INTO users (email, name, password_hash, role, language, email_confirmed_at)"
        " VALUES ($1, $2, $3, $4, $5, now()) RETURNING id",
        email_of(next(_numbers)),
        name,
        PASSWORD_HASH,
        role.value,
        language,
    )
    return int(row["id"])


def email_of(number: int) -> str:
    return f"pessoa{number}-{uuid4().hex[:8]}@example.test"


async def a_provider(
    *,
    name: str = "Marlene Souza",
    zone: str = "America/Sao_Paulo",
    step_minutes: int = 30,
    instant: bool = False,
    cancel_fee_percent: int = 0,
) -> int:
    provider = await a_user(Role.PROVIDER, name=name)
    await fetch_one(
        "INSERT INTO agenda_settings (provider, zone, step_minutes, instant, cancel_fee_percent)"
        " VALUES ($1, $2, $3, $4, $5)",
        provider,
        zone,
        step_minutes,
        instant,
        cancel_fee_percent,
    )
    return provider


async def an_offer(
    provider: int | None = None,
    *,
    name: str = "Troca de disjuntor",
    description: str = "Com garantia de noventa dias.",
    category: str = "eletricista",
    place: int = SAO_CARLOS,
    price: str = "90.00",
    minutes: int = 60,
    prepaid_percent: int = 0,
) -> Offer:
    provider = provider or await a_provider()
    service = await fetch_one(
        """
        INSERT INTO service (provider, category, place, name, description, latitude, longitude,
            prepaid_percent)
        SELECT $1, c.id, p.id, $2, $3, p.latitude, p.longitude, $6
        FROM category c, place p WHERE c.slug = $4 AND p.id = $5
        RETURNING id
        """,
        provider,
        name,
        description,
        category,
        place,
        prepaid_percent,
    )
    variant = await a_variant(service["id"], price=price, minutes=minutes)
    return Offer(provider, service["id"], variant, minutes)


async def a_variant(service: int, *, price: str = "90.00", minutes: int = 60) -> int:
    row = await fetch_one(
        "INSERT INTO service_variant (service, name, price, duration_minutes)"
        " VALUES ($1, 'Uma unidade', $2, $3) RETURNING id",
        service,
        Decimal(price),
        minutes,
    )
    return int(row["id"])


def in_days(days: int, hour: int = 12, minute: int = 0) -> datetime:
    """An instant some days from now, at a time of day in UTC."""
    day = datetime.now(UTC).date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


async def free_time(provider: int, starts_at: datetime, hours: float) -> int:
    row = await fetch_one(
        """
        WITH hours AS (
            INSERT INTO extra_hours (provider, starts_at, ends_at) VALUES ($1, $2, $3)
        )
        INSERT INTO slot (provider, starts_at, ends_at) VALUES ($1, $2, $3) RETURNING id
        """,
        provider,
        starts_at,
        starts_at + timedelta(hours=hours),
    )
    return int(row["id"])


def a_form(offer: Offer, starts_at: datetime) -> BookingForm:
    return BookingForm(
        variant=offer.variant,
        starts_at=starts_at,
        address="Rua Treze de Maio, 210",
        place="São Carlos, SP",
        key=uuid4(),
    )


async def a_booking(offer: Offer, starts_at: datetime, customer: int | None = None) -> str:
    """The code of a pending booking; the time must be free."""
    return await book_slot(customer or await a_user(), a_form(offer, starts_at))


async def a_hold(offer: Offer, starts_at: datetime, customer: int | None = None) -> str:
    """The code of a hold; the time must be free."""
    form = HoldForm(variant=offer.variant, starts_at=starts_at)
    return await hold_slot(customer or await a_user(), form)


async def let_lapse(code: str, *, seconds: int = 1) -> None:
    """As if the time of a hold, or for an answer, were over, but nobody had noticed yet."""
    await fetch_one(
        """
        WITH lapsed AS (
            UPDATE booking SET expires_at = now() - make_interval(secs => $2) WHERE code = $1
            RETURNING slot
        )
        UPDATE slot SET held_until = now() - interval '1 s'
        FROM lapsed WHERE slot.id = lapsed.slot AND held_until IS NOT NULL RETURNING slot.id
        """,
        code,
        seconds,
    )


async def booking_named(code: str) -> Any:
    return await fetch_one("SELECT * FROM booking WHERE code = $1", code)


async def token_of(user: int, *, strong: bool = True) -> str:
    """strong: as if they had signed in with a second factor."""
    return await start_session(user, strong=strong)


async def forget_limits() -> None:
    """As if nobody had tried anything yet."""
    if keys := await redis().keys("limit:*"):
        await redis().delete(*keys)
