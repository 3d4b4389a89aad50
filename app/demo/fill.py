"""A first catalogue, so that a newcomer sees a marketplace and not an empty wall."""

from collections.abc import Callable
from uuid import UUID

import asyncpg

from app.accounts.passwords import hash_password
from app.agenda.queries import FARTHEST, free_starts
from app.bookings.actions.answer import confirm_booking
from app.bookings.actions.book import book_slot
from app.bookings.forms import BookingForm
from app.core.cache import redis
from app.core.database import connection_pool, fetch, fetch_one
from app.core.time import now, today_in
from app.demo.accounts import PASSWORD, SIGN_INS, create_demo_accounts
from app.demo.seed import seed
from app.settings import settings

ZONE = "America/Sao_Paulo"
# Of the two demo bookings, so that they are never made twice.
KEYS = (UUID(int=1), UUID(int=2))


async def fill_if_empty(providers: int, say: Callable[[str], None]) -> None:
    """A small marketplace where there is none, and always the demo sign-ins with two bookings.

    Every part is made once, so that what a killed run left out is made by the next.
    """
    async with connection_pool():
        if not await fetch("SELECT FROM service LIMIT 1"):
            say("a first catalogue")
            await add_providers(providers, 1, say)
        if len(await fetch("SELECT FROM users WHERE email = ANY($1)", SIGN_INS)) < len(SIGN_INS):
            say("demo sign-ins")
            await _add_accounts()
        if len(await fetch("SELECT FROM booking WHERE idempotency_key = ANY($1)", KEYS)) < len(
            KEYS
        ):
            await _add_bookings()
    await redis().aclose()


async def add_providers(providers: int, random_seed: int, say: Callable[[str], None]) -> None:
    connection = await asyncpg.connect(settings().database_url)
    try:
        await seed(
            connection,
            providers=providers,
            random_seed=random_seed,
            today=today_in(ZONE),
            progress=say,
        )
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _add_accounts() -> None:
    connection = await asyncpg.connect(settings().database_url)
    try:
        password_hash = await hash_password(PASSWORD)
        await create_demo_accounts(connection, password_hash=password_hash)
    finally:
        await connection.close()


async def _add_bookings() -> None:
    """One booking that waits for Marlene's answer and one that has it."""
    variant = await fetch_one(
        """
        SELECT v.id, v.duration_minutes, v.service, s.provider, customer.id AS customer
        FROM service_variant v
        JOIN service s ON s.id = v.service
        JOIN users p ON p.id = s.provider AND p.email = 'prestador@demo.test'
        JOIN users customer ON customer.email = 'cliente@demo.test'
        ORDER BY v.id LIMIT 1
        """
    )
    assert variant is not None
    starts = await free_starts(
        variant["service"], variant["duration_minutes"], now(), now() + FARTHEST, most=8
    )
    for key, starts_at in zip(KEYS, starts[2::3], strict=False):
        form = BookingForm(
            variant=variant["id"],
            starts_at=starts_at,
            address="Rua Treze de Maio, 210",
            neighbourhood="Centro",
            place="São Carlos, SP",
            key=key,
            note="Portão verde, tocar a campainha.",
        )
        code = await book_slot(variant["customer"], form)
        if key == KEYS[-1]:
            await confirm_booking(variant["provider"], code)
