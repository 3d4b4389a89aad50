"""The floor that the product is measured against: the same statements and bytes, by hand.

Raw ASGI, asyncpg and f-strings; no routing, sessions, validation, translation or templates.
The bench records the product's own statements, and its search page around the posters, into the
file named by FLOOR; only a poster's markup and the order of arguments are repeated here.
"""

import json
import os
import secrets
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from app.bookings.actions.making import CODE_LETTERS
from app.catalog.search import AHEAD, PAGE
from app.core.database import Connection
from app.places.areas import box_around
from app.places.data import search_key

RECORDED = json.loads(Path(os.environ["FLOOR"]).read_text("utf-8"))
HEAD, FOOT, ICONS = RECORDED["head"], RECORDED["foot"], RECORDED["icons"]
PLACE, SEARCH, TRADES = RECORDED["search"]
# The product enqueues its two jobs one after the other.
WHERE, OFFER, TAKE, INSERT, ENQUEUE, _ = RECORDED["booking"]
WEEKDAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")

pool: asyncpg.Pool


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["method"] == "POST":
        code = await _book(dict(parse_qsl((await receive())["body"].decode())))
        status, location = (303, f"/contratacoes/{code}") if code else (409, "/")
        await _answer(send, status, b"", [(b"location", location.encode())])
    else:
        await _answer(send, 200, await _search(dict(parse_qsl(scope["query_string"].decode()))))


async def _lifespan(receive: Any, send: Any) -> None:
    global pool
    await receive()
    pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=10, max_size=10, connection_class=Connection
    )
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})


async def _answer(send: Any, status: int, body: bytes, headers: Any = ()) -> None:
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _search(query: dict[str, str]) -> bytes:
    now = datetime.now(UTC)
    place = (await pool.fetch(PLACE, search_key(query["onde"])))[0]
    point = place["latitude"], place["longitude"]
    words = " & ".join(search_key(query["q"]).split()) + ":*"
    rows = await pool.fetch(
        SEARCH, words, *point, 25_000.0, *box_around(*point, 25), PAGE + 1, now, now + AHEAD
    )
    await pool.fetch(TRADES)
    return (HEAD + "".join(_poster(row, now) for row in rows[:PAGE]) + FOOT).encode()


def _poster(row: Any, now: datetime) -> str:
    zone = ZoneInfo(row["zone"])
    today, name = now.astimezone(zone).date(), escape(row["name"])
    price = str(row["price_from"]).removesuffix(".00").replace(".", ",")
    km = f"{row['metres'] / 1000:.1f}".replace(".", ",")
    strips = "".join(
        _strip(row["id"], start, start.astimezone(zone), today) for start in row["times"] or ()
    )
    return f"""<article class="poster tone-{row["group"]}" id="servico-{row["id"]}">
  <header>
    <svg class="icon" aria-hidden="true"><use href="{ICONS}#{row["icon"]}"/></svg>
    <small>{escape(row["category"])}</small>
    <h3><a href="/servicos/{row["id"]}">{name}</a></h3>
  </header>
  <div class="body">
    <ul class="facts">
      <li>{escape(row["provider_name"])}</li>
      <li>{escape(row["place"])}, {row["state"]}</li>
      <li>{km} km</li>
    </ul>
    <p class="price">R$ {price} <small>a partir de · {row["duration_from"]} min</small></p>
  </div>
  <nav class="tabs" aria-label="Próximos horários livres de {name}">
{strips}    <a class="more" href="/servicos/{row["id"]}"><span>mais<small>agenda</small></span></a>
  </nav>
</article>
    """


def _strip(service: int, start: datetime, local: datetime, today: date) -> str:
    clock, days = local.strftime("%H:%M"), (local.date() - today).days
    day = ("hoje", "amanhã")[days] if days < 2 else WEEKDAYS[local.weekday()]
    wire = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'        <a href="/contratacoes/nova?servico={service}&amp;inicio={wire}" '
        f'aria-label="{clock} {day}, contratar">'
        f"<span>{clock} <small>{day}</small></span></a>\n"
    )


async def _book(form: dict[str, str]) -> str | None:
    variant, starts_at = int(form["variacao"]), datetime.fromisoformat(form["inicio"])
    customer = int(form["cliente"])
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    now = datetime.now(UTC)
    place = await pool.fetchrow(WHERE, search_key(form["onde"]))
    async with pool.acquire() as connection, connection.transaction():
        offer = await connection.fetchrow(OFFER, variant, customer)
        ends_at = starts_at + timedelta(minutes=offer["duration_minutes"])
        until = min(starts_at, now + timedelta(minutes=offer["answer_minutes"]))
        slot = await connection.fetchrow(TAKE, offer["service"], starts_at, ends_at)
        if slot is None:
            return None
        booking = await connection.fetchrow(
            INSERT, code, customer, offer["provider"], offer["service"], variant,
            slot["id"], starts_at, ends_at, offer["zone"], "pending", offer["service_name"],
            offer["variant_name"], offer["price"], form["endereco"], form["observacao"],
            UUID(form["chave"]), until, offer["cancel_free_hours"], offer["cancel_fee_percent"],
            None, customer, place["label"],
        )  # fmt: skip
        await connection.fetch(
            ENQUEUE, [0] * 3, ["tell_move", "send_webhooks", "expire_booking"],
            [str(booking[subject]).encode() for subject in ("event", "event", "id")],
            [timedelta(0), timedelta(0), until - now], [None] * 3, ["null"] * 3,
        )  # fmt: skip
    return code
