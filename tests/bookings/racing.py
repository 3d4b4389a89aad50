"""What races have in common: who runs, what everybody sends at once, and what came of it."""

import asyncio
import os
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import httpx

from app.core.cookies import cookie_name
from app.core.database import fetch, fetch_one
from app.core.sessions import COOKIE
from tests.factories import Offer, forget_limits, in_days

# In a campaign many.
ROUNDS = int(os.environ.get("CAMPAIGN_ROUNDS", 0))
NINE = in_days(3, 9)
HOUR = timedelta(hours=1)
DOUBLED, UNMERGED, TOO_MANY = "doubled", "not whole", "too many"


class Field(NamedTuple):
    """Server processes, and customers with their sessions."""

    servers: list[str]
    customers: list[int]
    tokens: list[str]


class Sent(NamedTuple):
    token: str
    path: str
    data: dict[str, Any]


async def send_at_once(servers: list[str], requests: Sequence[Sent]) -> list[httpx.Response]:
    """In turn to each of the servers."""
    await forget_limits()
    limits = httpx.Limits(max_connections=len(requests))
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        return await asyncio.gather(
            *(
                client.post(
                    f"{servers[number % len(servers)]}{one.path}",
                    data=one.data,
                    headers={"Cookie": f"{cookie_name(COOKIE)}={one.token}"},
                )
                for number, one in enumerate(requests)
            )
        )


def form(offer: Offer, starts_at, key) -> dict[str, Any]:
    return {
        "variacao": offer.variant,
        "inicio": starts_at.isoformat(),
        "endereco": "Rua Treze de Maio, 210",
        "onde": "São Carlos, SP",
        "chave": str(key),
    }


def broken(answers: Sequence[httpx.Response], expected: Sequence[int] = (303, 409)) -> list[str]:
    """Answers that nobody should get."""
    return [f"answered {a.status_code}" for a in answers if a.status_code not in expected]


async def active_bookings(provider: int) -> list:
    return await fetch(
        "SELECT * FROM booking WHERE provider = $1 AND status IN ('held', 'pending', 'confirmed')"
        " ORDER BY starts_at",
        provider,
    )


async def doubled(provider: int) -> list[str]:
    booked = await active_bookings(provider)
    return [DOUBLED for one, next_ in pairwise(booked) if one["ends_at"] > next_["starts_at"]]


async def unmerged(provider: int, hours: int) -> list[str]:
    """Free and taken slots together are the hours from nine on, none touching free one another."""
    row = await fetch_one(
        """
        SELECT range_agg(tstzrange(starts_at, ends_at)) = tstzmultirange(tstzrange($2, $3))
                AND sum(ends_at - starts_at) = $3 - $2 AS whole,
            (SELECT count(*) FROM slot a JOIN slot b ON a.ends_at = b.starts_at
                AND a.provider = b.provider AND NOT a.taken AND NOT b.taken
                WHERE a.provider = $1) AS unmerged
        FROM slot WHERE provider = $1
        """,
        provider,
        NINE,
        NINE + hours * HOUR,
    )
    return [] if row["whole"] and not row["unmerged"] else [UNMERGED]
