"""A copy of everything that we keep of somebody: theirs alone, and only for a while."""

import asyncio
import io
import json
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest

from app.accounts.consents import agree
from app.accounts.tables import Role
from app.bookings.actions.change import cancel_booking
from app.core.database import fetch, fetch_one
from app.core.files import path_of
from app.payments.actions.payout import make_payouts
from app.photos.actions import change_portrait
from app.photos.queries import portrait_of
from app.privacy.actions.export import EXPORTS, make_export
from app.privacy.jobs import HANDLERS
from tests.browsing import signed_in, visitor
from tests.core.test_jobs import SOON, working
from tests.factories import (
    PASSWORD,
    Offer,
    a_booking,
    a_user,
    an_offer,
    forget_limits,
    free_time,
    in_days,
)
from tests.letters import letters_to
from tests.payments.earning import KEY, earn, give_key
from tests.payments.paying import a_paid_deal, do_money_jobs
from tests.photos.pictures import a_picture

ADDRESS = "Rua Treze de Maio, 210"


async def ask(app, user: int, password: str = PASSWORD):
    browser = await signed_in(app, user)
    return await browser.post("/conta/dados/exportacao", data={"senhaAtual": password})


async def exports_of(user: int) -> list[Any]:
    return await fetch(
        'SELECT id, name, ready_at FROM data_export WHERE "user" = $1 ORDER BY id', user
    )


async def an_export(app, user: int) -> str:
    """The name of one that is ready."""
    await ask(app, user)
    export = (await exports_of(user))[-1]
    await make_export(export["id"])
    return export["name"]


async def a_copy(app, user: int) -> ZipFile:
    browser = await signed_in(app, user)
    answer = await browser.get(f"/conta/dados/exportacao/{await an_export(app, user)}")
    assert answer.status_code == 200
    return ZipFile(io.BytesIO(answer.content))


async def what_is_kept_of(app, user: int) -> dict[str, Any]:
    return json.loads((await a_copy(app, user)).read("dados.json"))


async def an_offer_that_is_booked() -> tuple[Offer, int, str]:
    """The offer, who has booked it, and the booking's code."""
    offer, customer = await an_offer(name="Poda de roseiras"), await a_user(name="Zilda Prado")
    await free_time(offer.provider, in_days(2), 4)
    return offer, customer, await a_booking(offer, in_days(2), customer)


@pytest.mark.parametrize(("password", "status"), [("wrong", 403), ("", 422)])
async def test_a_copy_is_not_made_without_the_password(app, password, status):
    user = await a_user()
    answer = await ask(app, user, password)
    assert answer.status_code == status
    assert "senhaAtual" in answer.text
    assert await exports_of(user) == []


async def test_a_copy_is_made_by_a_job_and_its_owner_written_to(app):
    user = await a_user(language="en")
    assert (await ask(app, user)).headers["location"] == "/conta/dados"
    async with working(HANDLERS), asyncio.timeout(SOON):
        while not (await exports_of(user))[0]["ready_at"]:
            await asyncio.sleep(0.05)
    (letter,) = await letters_to(user)
    assert letter["subject"] == "The copy of your data is ready"


async def test_a_copy_is_found_on_the_page_when_it_is_ready(app):
    user = await a_user(language="en")
    browser = await signed_in(app, user)
    await ask(app, user)
    assert "A copy is being made" in (await browser.get("/conta/dados")).text
    await make_export((await exports_of(user))[0]["id"])
    name = (await exports_of(user))[0]["name"]
    assert f'href="/conta/dados/exportacao/{name}"' in (await browser.get("/conta/dados")).text


async def test_a_copy_holds_the_account_and_what_was_agreed_to(app):
    user = await a_user(name="Zilda Prado")
    await agree(user)
    kept = await what_is_kept_of(app, user)
    assert [account["name"] for account in kept["account"]] == ["Zilda Prado"]
    assert {consent["document"] for consent in kept["consents"]} == {"termos", "privacidade"}


async def test_a_copy_holds_passkeys_and_what_was_done(app):
    user = await a_user()
    await fetch(
        'INSERT INTO passkey ("user", credential, public_key, name) VALUES ($1, $2, $3, $4)',
        user,
        uuid4().bytes,
        b"",
        "Celular",
    )
    kept = await what_is_kept_of(app, user)
    assert [passkey["name"] for passkey in kept["passkeys"]] == ["Celular"]
    (asked,) = kept["audit"]
    assert (asked["action"], asked["by_you"]) == ("data-export-asked", True)
    assert asked["address"].startswith("198.18.")


async def test_a_customers_copy_holds_what_they_have_booked(app):
    _, customer, code = await an_offer_that_is_booked()
    kept = await what_is_kept_of(app, customer)
    (booking,) = kept["bookings_made"]
    assert (booking["code"], booking["address"]) == (code, ADDRESS)
    assert kept["bookings_received"] == kept["services"] == []


async def test_a_providers_copy_holds_what_they_offer_and_who_has_booked_it_not(app):
    offer, customer, code = await an_offer_that_is_booked()
    email = await fetch_one("SELECT email FROM users WHERE id = $1", customer)
    kept = await what_is_kept_of(app, offer.provider)
    assert [booking["code"] for booking in kept["bookings_received"]] == [code]
    (service,) = kept["services"]
    assert service["name"] == "Poda de roseiras"
    assert [variant["price"] for variant in service["variants"]] == [90.0]
    for others in (ADDRESS, "Zilda", email["email"]):
        assert others not in json.dumps(kept, ensure_ascii=False)


async def test_a_customers_copy_holds_what_they_paid_and_got_back(app):
    deal = await a_paid_deal()
    await cancel_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    kept = await what_is_kept_of(app, deal.customer)
    (payment,), (refund,) = kept["payments"], kept["refunds"]
    assert (payment["amount"], payment["state"]) == (90.0, "paid")
    assert payment["bookings"] == [{"booking": deal.code, "amount": 90.0}]
    assert (refund["booking"], refund["amount"], refund["state"]) == (deal.code, 90.0, "done")
    assert [entry["amount"] for entry in kept["balance"]] == [90.0, -90.0]
    assert kept["payouts"] == kept["payout_account"] == []


async def test_a_providers_copy_holds_what_they_earned_and_where_it_went(app):
    offer = await an_offer()
    await earn(offer)
    await give_key(offer.provider)
    await make_payouts(await a_user(Role.ADMIN), Decimal(20))
    kept = await what_is_kept_of(app, offer.provider)
    assert [account["pix_key"] for account in kept["payout_account"]] == [KEY]
    assert [(row["amount"], row["state"]) for row in kept["payouts"]] == [(81.0, "waiting")]
    assert [(row["kind"], row["amount"]) for row in kept["balance"]] == [
        ("earned", 81.0),
        ("paid_out", -81.0),
    ]


async def test_a_copy_does_not_say_from_where_others_did_something(app):
    offer, customer, code = await an_offer_that_is_booked()
    await (await signed_in(app, customer)).post(f"/contratacoes/{code}/cancelamento")
    kept = await what_is_kept_of(app, offer.provider)
    (cancelled,) = [event for event in kept["audit"] if event["action"] == "booking-cancelled"]
    assert (cancelled["by_you"], cancelled["address"]) == (False, "")


async def test_a_copy_says_from_where_a_stranger_tried_to_sign_in(app):
    user = await a_user()
    row = await fetch_one("SELECT email FROM users WHERE id = $1", user)
    stranger = visitor(app, address="198.51.100.7")
    await stranger.post("/entrar", data={"email": row["email"], "senha": "wrong-password"})
    events = (await what_is_kept_of(app, user))["audit"]
    assert ("sign-in-failed", "198.51.100.7") in {
        (event["action"], event["address"]) for event in events
    }


async def test_a_copy_holds_the_picture_and_no_secret(app):
    user = await a_user()
    await change_portrait(user, a_picture())
    archive, name = await a_copy(app, user), await portrait_of(user)
    assert set(archive.namelist()) == {"dados.json", f"fotos/{name}.webp"}
    assert archive.read(f"fotos/{name}.webp")[8:12] == b"WEBP"
    assert b"argon2" not in archive.read("dados.json")


async def test_a_picture_whose_file_is_lost_does_not_stop_a_copy(app):
    user = await a_user()
    await change_portrait(user, a_picture())
    path_of("photos", str(await portrait_of(user))).unlink()
    assert (await a_copy(app, user)).namelist() == ["dados.json"]


async def test_a_copy_is_a_download_that_nobody_else_keeps(app):
    user = await a_user()
    browser = await signed_in(app, user)
    answer = await browser.get(f"/conta/dados/exportacao/{await an_export(app, user)}")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "no-store" in answer.headers["cache-control"]


async def test_that_a_copy_was_taken_is_written_down(app):
    user = await a_user()
    await a_copy(app, user)
    assert await fetch(
        "SELECT FROM audit_event WHERE action = 'data-export-taken' AND actor = $1", user
    )


async def test_nobody_else_takes_a_copy(app):
    name = await an_export(app, await a_user())
    stranger = await signed_in(app, await a_user())
    assert (await stranger.get(f"/conta/dados/exportacao/{name}")).status_code == 404
    answer = await visitor(app).get(f"/conta/dados/exportacao/{name}")
    assert answer.headers["location"].startswith("/entrar")


@pytest.mark.parametrize("change", ["ready_at = NULL", "expires_at = now() - interval '1 second'"])
async def test_a_copy_that_is_not_ready_or_too_old_is_not_there(app, change):
    user = await a_user()
    name = await an_export(app, user)
    await fetch(f"UPDATE data_export SET {change} WHERE name = $1", name)
    browser = await signed_in(app, user)
    assert (await browser.get(f"/conta/dados/exportacao/{name}")).status_code == 404
    assert f'"/conta/dados/exportacao/{name}"' not in (await browser.get("/conta/dados")).text


async def test_making_a_copy_twice_is_harmless(app):
    user = await a_user()
    name = await an_export(app, user)
    made = path_of(EXPORTS, name).read_bytes()
    await make_export((await exports_of(user))[0]["id"])
    assert path_of(EXPORTS, name).read_bytes() == made
    assert len(await letters_to(user)) == 1


async def test_making_a_copy_twice_at_once_writes_to_its_owner_once(app):
    user = await a_user()
    await ask(app, user)
    (export,) = await exports_of(user)
    await asyncio.gather(*(make_export(export["id"]) for _ in range(3)))
    assert ZipFile(path_of(EXPORTS, export["name"])).testzip() is None
    assert len(await letters_to(user)) == 1


async def test_a_copy_that_nobody_waits_for_any_more_is_not_made(app):
    user = await a_user()
    await ask(app, user)
    (export,) = await exports_of(user)
    await fetch("UPDATE data_export SET expires_at = now() WHERE id = $1", export["id"])
    await make_export(export["id"])
    assert not path_of(EXPORTS, export["name"]).exists()


async def test_copies_are_made_only_so_often_in_a_day(app):
    await forget_limits()
    user = await a_user()
    assert [(await ask(app, user)).status_code for _ in range(4)] == [303, 303, 303, 429]
    assert len(await exports_of(user)) == 3
