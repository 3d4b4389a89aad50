"""The three people of every demo: a customer, a provider in São Carlos, an admin."""

from datetime import time
from decimal import Decimal

import asyncpg

from app.accounts.actions.second_factor import context_of
from app.accounts.consents import VERSIONS
from app.core.signing import encrypt

SIGN_INS = ("cliente@demo.test", "prestador@demo.test", "admin@demo.test")
PASSWORD = "mercado-demo-2026"  # noqa: S105  Known to all; never made in production.

# In any authenticator app; `marketplace code` shows the code of the moment.
ADMIN_KEY = "MERCADODEMOMERCADODEMOMERCADODEM"

PEOPLE = (
    ("cliente@demo.test", "João Pereira", "customer"),
    ("prestador@demo.test", "Marlene Souza", "provider"),
    ("admin@demo.test", "Ana Lima", "admin"),
)
ZONE = "America/Sao_Paulo"
HOURS = ((time(8), time(12)), (time(13), time(20)))

# Name, description, what is paid when booking in per cent, and variants.
SERVICES = (
    (
        "Instalação e troca de disjuntores",
        "Eletricista há 14 anos em São Carlos. Sigo a NBR 5410 e deixo tudo identificado no quadro."
        " Material à parte, com nota.",
        0,
        (("Troca de um disjuntor", 90, 45), ("Quadro completo", 340, 150)),
    ),
    (
        "Chuveiro elétrico: troca e reparo",
        "Troco resistência, chuveiro e fiação no mesmo dia. Você toma banho quente hoje.",
        100,
        (("Troca de resistência", 70, 30), ("Chuveiro novo instalado", 140, 60)),
    ),
)


async def create_demo_accounts(connection: asyncpg.Connection, *, password_hash: str) -> None:
    """Make those of the three accounts that are not there, in one transaction.

    The provider comes with services and hours on every day.
    """
    async with connection.transaction():
        made = {}
        for email, name, role in PEOPLE:
            made[email] = await connection.fetchval(
                "INSERT INTO users (email, name, role, password_hash, email_confirmed_at)"
                " VALUES ($1, $2, $3, $4, now()) ON CONFLICT (email) DO NOTHING RETURNING id",
                email,
                name,
                role,
                password_hash,
            )
            if made[email]:
                await connection.executemany(
                    'INSERT INTO consent ("user", document, version) VALUES ($1, $2, $3)',
                    [(made[email], *agreed) for agreed in VERSIONS.items()],
                )
        if admin := made["admin@demo.test"]:
            await connection.execute(
                'INSERT INTO authenticator ("user", secret) VALUES ($1, $2)',
                admin,
                encrypt(ADMIN_KEY, context_of(admin)),
            )
        provider = made["prestador@demo.test"]
        if provider is None:
            return
        await connection.execute(
            "INSERT INTO agenda_settings (provider, zone, cancel_fee_percent) VALUES ($1, $2, 20)",
            provider,
            ZONE,
        )
        await connection.executemany(
            "INSERT INTO weekly_hours (provider, weekday, opens, closes) VALUES ($1, $2, $3, $4)",
            [(provider, weekday, *stretch) for weekday in range(1, 8) for stretch in HOURS],
        )
        await connection.execute("SELECT write_free_time($1)", provider)
        await connection.execute(
            "INSERT INTO payout_account (provider, pix_key) VALUES ($1, 'prestador@demo.test')",
            provider,
        )
        for name, description, prepaid_percent, variants in SERVICES:
            service = await connection.fetchval(
                """
                INSERT INTO service (provider, category, place, name, description, latitude,
                    longitude, radius_km, prepaid_percent)
                SELECT $1, category.id, place.id, $2, $3, place.latitude, place.longitude, 12, $4
                FROM category, place
                WHERE slug = 'eletricista' AND place.search_name = 'sao carlos, sp'
                RETURNING id
                """,
                provider,
                name,
                description,
                prepaid_percent,
            )
            await connection.executemany(
                "INSERT INTO service_variant (service, name, price, duration_minutes, position)"
                " VALUES ($1, $2, $3, $4, $5)",
                [
                    (service, variant, Decimal(price), minutes, position)
                    for position, (variant, price, minutes) in enumerate(variants)
                ],
            )
