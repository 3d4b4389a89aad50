"""Leaving: what is personal goes, everywhere; what was agreed with others stays."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from app.accounts.actions.links import make_link
from app.accounts.actions.second_factor import hash_code
from app.accounts.consents import agree
from app.accounts.forms import Proof
from app.accounts.letters import confirm_email
from app.accounts.tables import Purpose, Role
from app.bookings.actions.book import book_slot
from app.bookings.errors import SlotTaken
from app.core.database import DB, fetch, fetch_one, transaction
from app.core.errors import NotFound
from app.core.sessions import sessions_of
from app.emails.actions import send_email
from app.payments.actions.payout import make_payouts, settle_payout
from app.payments.tables import PayoutState
from app.photos.actions import change_portrait
from app.privacy.actions import deletion
from app.privacy.actions.deletion import delete_account
from app.privacy.actions.export import ask_export, make_export
from app.privacy.jobs import forget_old
from tests.browsing import signed_in, visitor
from tests.factories import (
    PASSWORD,
    Offer,
    a_form,
    a_provider,
    a_user,
    a_variant,
    an_offer,
    free_time,
    in_days,
)
from tests.jobs import do_jobs
from tests.letters import letters_to, newest_letter
from tests.payments.earning import earn, give_key, payouts_to
from tests.photos.pictures import a_picture, kept_files

RECOVERY = "WXYZ23456789ABCDEFGHJKMN"
TOO_LATE = (NotFound, SlotTaken)
NEVER_CHANGE = "code, customer, provider, starts_at, ends_at, price"


class Person(NamedTuple):
    user: int
    email: str


async def a_person(role: Role = Role.CUSTOMER) -> Person:
    """Of whom there is something in every table about accounts."""
    user = await (a_provider() if role is Role.PROVIDER else a_user(role))
    row = await fetch_one("SELECT email FROM users WHERE id = $1", user)
    person = Person(user, row["email"])
    await agree(user)
    async with transaction():
        link = await make_link(user, Purpose.CONFIRM_EMAIL, person.email, "/x", timedelta(days=1))
        await send_email(user, person.email, "en", confirm_email(link))
    await fetch("UPDATE users SET name = $2 WHERE id = $1", *person)
    await fetch(
        'INSERT INTO passkey ("user", credential, public_key, name) VALUES ($1, $2, $3, $4)',
        user,
        uuid4().bytes,
        b"",
        person.email,
    )
    await fetch('INSERT INTO authenticator ("user", secret) VALUES ($1, $2)', *person)
    await fetch(
        'INSERT INTO recovery_code ("user", code_hash) VALUES ($1, $2)', user, hash_code(RECOVERY)
    )
    return person


async def an_offer_that_names(person: Person) -> Offer:
    offer = await an_offer(
        person.user, name=f"Fale com {person.email}", description=f"Ou {person.email.upper()}"
    )
    await fetch(
        "UPDATE service_variant SET name = $2 WHERE id = $1", offer.variant, person.email.title()
    )
    return offer


async def booked(offer: Offer, customer: int, days: int, said: str = "Rua Treze de Maio") -> str:
    """The code of a booking at noon of that day, of which the agenda has four hours."""
    await free_time(offer.provider, in_days(days, 10), 4)
    form = a_form(offer, in_days(days))
    form.address, form.note = said, said
    return await book_slot(customer, form)


async def is_over(code: str) -> None:
    """As if a booking had been made good a month ago."""
    await fetch(
        "UPDATE booking SET status = 'completed', slot = NULL, expires_at = NULL,"
        " starts_at = starts_at - interval '60 days', ends_at = ends_at - interval '60 days'"
        " WHERE code = $1",
        code,
    )


async def bookings_of(user: int, columns: str) -> list[Any]:
    return await fetch(
        f"SELECT {columns} FROM booking WHERE $1 IN (customer, provider) ORDER BY id", user
    )


async def leave(app, user: int, password: str = PASSWORD):
    browser = await signed_in(app, user)
    return await browser.post(
        "/conta/exclusao", data={"senhaAtual": password, "codigoAtual": RECOVERY}
    )


async def tables_with(words: str) -> list[str]:
    """All tables in which any column of any row has these words."""
    tables = await fetch(
        "SELECT table_name AS name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    return [
        table["name"]
        for table in tables
        if await fetch(
            f"""
            SELECT FROM public."{table["name"]}" t
            WHERE strpos(lower(t::text), lower($1)) > 0
                OR strpos(t::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0
            LIMIT 1
            """,
            words,
        )
    ]


@pytest.fixture
async def no_other_admins():
    switched = await fetch(
        "UPDATE users SET active = false WHERE role = 'admin' AND active RETURNING id"
    )
    yield
    await fetch(
        "UPDATE users SET active = true WHERE id = ANY($1)", [row["id"] for row in switched]
    )


async def test_of_a_customer_no_text_keeps_the_address(app):
    person, offer = await a_person(), await an_offer()
    await is_over(await booked(offer, person.user, 2, person.email))
    await booked(offer, person.user, 3, f"Rua 1, {person.email.upper()}")
    assert {"users", "booking", "passkey", "email", "account_link"} <= set(
        await tables_with(person.email)
    )
    assert (await leave(app, person.user)).status_code == 303
    assert await tables_with(person.email) == []


async def test_of_a_provider_no_text_keeps_the_address(app):
    person = await a_person(Role.PROVIDER)
    offer, customer = await an_offer_that_names(person), await a_user()
    await is_over(await booked(offer, customer, 2))
    await booked(offer, customer, 3)
    assert {"service", "service_variant", "booking"} <= set(await tables_with(person.email))
    assert (await leave(app, person.user)).status_code == 303
    assert await tables_with(person.email) == []


async def test_of_an_admin_no_text_keeps_the_address(app):
    await a_user(Role.ADMIN)
    person = await a_person(Role.ADMIN)
    assert (await leave(app, person.user)).status_code == 303
    assert await tables_with(person.email) == []


async def test_of_a_providers_pix_key_nothing_is_kept_once_the_last_payout_has_arrived(app):
    person, admin = await a_person(Role.PROVIDER), await a_user(Role.ADMIN)
    await earn(await an_offer(person.user))
    await give_key(person.user, person.email, code=RECOVERY)
    await make_payouts(admin, Decimal(20))
    entries = await fetch('SELECT * FROM ledger_entry WHERE "user" = $1', person.user)
    await fetch(
        'INSERT INTO recovery_code ("user", code_hash) VALUES ($1, $2)',
        person.user,
        hash_code(RECOVERY),
    )
    assert {"payout_account", "payout"} <= set(await tables_with(person.email))
    assert (await leave(app, person.user)).status_code == 303
    # It is on its way, and still has to arrive.
    assert await tables_with(person.email) == ["payout"]
    (payout,) = await payouts_to(person.user)
    await settle_payout(admin, payout["id"], PayoutState.PAID)
    assert await tables_with(person.email) == []
    assert await fetch('SELECT * FROM ledger_entry WHERE "user" = $1', person.user) == entries


async def test_who_leaves_is_still_paid_out_what_they_are_owed(app):
    person, admin = await a_person(Role.PROVIDER), await a_user(Role.ADMIN)
    await earn(await an_offer(person.user))
    await give_key(person.user, person.email, code=RECOVERY)
    await fetch(
        'INSERT INTO recovery_code ("user", code_hash) VALUES ($1, $2)',
        person.user,
        hash_code(RECOVERY),
    )
    assert (await leave(app, person.user)).status_code == 303
    assert await tables_with(person.email) == ["payout_account"]
    await forget_old()
    await make_payouts(admin, Decimal(20))
    (payout,) = await payouts_to(person.user)
    await settle_payout(admin, payout["id"], PayoutState.PAID)
    await forget_old()
    assert await tables_with(person.email) == []


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.PROVIDER])
async def test_bookings_stay_with_their_code_price_and_times(app, role):
    person = await a_person(role)
    offer = await an_offer(person.user if role is Role.PROVIDER else None)
    customer = await a_user() if role is Role.PROVIDER else person.user
    await is_over(await booked(offer, customer, 2))
    await booked(offer, customer, 3)

    before = await bookings_of(person.user, NEVER_CHANGE)
    await leave(app, person.user)
    assert len(before) == 2
    assert await bookings_of(person.user, NEVER_CHANGE) == before


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.PROVIDER])
async def test_what_is_to_come_is_cancelled_and_the_other_side_told(app, role):
    person = await a_person(role)
    offer = await an_offer(person.user if role is Role.PROVIDER else None)
    customer = await a_user(language="en") if role is Role.PROVIDER else person.user
    other = customer if role is Role.PROVIDER else offer.provider
    over, coming = await booked(offer, customer, 2), await booked(offer, customer, 3)
    await is_over(over)

    await leave(app, person.user)
    assert dict(await bookings_of(person.user, "code, status")) == {
        over: "completed",
        coming: "cancelled",
    }
    await do_jobs("tell_move")
    letter = await newest_letter(other)
    assert "cancel" in letter["subject"]
    assert f"/contratacoes/{coming}" in letter["text"]
    assert not await letters_to(person.user)
    page = await (await signed_in(app, other)).get(f"/contratacoes/{coming}")
    assert page.status_code == 200


async def test_the_time_of_a_customer_who_left_is_free_again(app):
    customer, offer = await a_user(), await an_offer()
    await booked(offer, customer, 3)
    await leave(app, customer)
    slots = await fetch("SELECT starts_at, taken FROM slot WHERE provider = $1", offer.provider)
    assert [tuple(slot) for slot in slots] == [(in_days(3, 10), False)]


async def test_nothing_of_a_provider_who_left_can_be_found_or_booked(app):
    offer, customer = await an_offer(), await a_user()
    await free_time(offer.provider, in_days(3), 4)
    await leave(app, offer.provider)
    assert (await visitor(app).get(f"/servicos/{offer.service}")).status_code == 404
    assert not await fetch("SELECT FROM slot WHERE provider = $1", offer.provider)
    with pytest.raises(NotFound):
        await book_slot(customer, a_form(offer, in_days(3)))


async def test_whoever_leaves_is_signed_out_everywhere(app):
    user = await a_user()
    browsers = [await signed_in(app, user) for _ in range(2)]
    answer = await browsers[0].post(
        "/conta/exclusao", data={"senhaAtual": PASSWORD, "codigoAtual": RECOVERY}
    )
    assert answer.headers["location"] == "/"
    assert "Your account is deleted" in (await browsers[0].get("/")).text
    assert {(await browser.get("/conta")).status_code for browser in browsers} == {303}
    assert await sessions_of(user) == {}


async def test_whoever_left_can_not_sign_in_but_may_register_anew(app):
    person = await a_person()
    await leave(app, person.user)
    form = {"email": person.email, "senha": PASSWORD}
    assert (await visitor(app).post("/entrar", data=form)).status_code == 401
    form = {**form, "nome": "Zé", "senha": "dez-letras-e-mais", "role": "CLIENTE"}
    assert (await visitor(app).post("/cadastro", data=form)).status_code == 303


async def test_pictures_and_copies_go_with_their_files(app, data):
    user = await a_user()
    await change_portrait(user, a_picture())
    await ask_export(user, Proof(PASSWORD))
    export = await fetch_one('SELECT id FROM data_export WHERE "user" = $1', user)
    await make_export(export["id"])
    assert len([file for file in data.rglob("*") if file.is_file()]) == 2

    await leave(app, user)
    assert not [file for file in data.rglob("*") if file.is_file()]


async def test_a_copy_that_was_being_made_meanwhile_is_not_left_behind(app, data):
    user = await a_user()
    await ask_export(user, Proof(PASSWORD))
    export = await fetch_one('SELECT id FROM data_export WHERE "user" = $1', user)
    async with transaction():
        await fetch("SELECT FROM data_export WHERE id = $1 FOR UPDATE", export["id"])
        making = asyncio.create_task(outside(make_export(export["id"])))
        while not [file for file in data.rglob("*") if file.is_file()]:
            await asyncio.sleep(0.01)
        await fetch("DELETE FROM data_export WHERE id = $1", export["id"])
    await making
    assert not [file for file in data.rglob("*") if file.is_file()]


async def outside(action):
    """Do something in no transaction, though one is open."""
    DB.current_transaction.set(None)
    return await action


async def test_that_somebody_left_is_written_down(app):
    user = await a_user()
    await leave(app, user)
    event = await fetch_one(
        "SELECT actor, address FROM audit_event WHERE action = 'account-deleted' AND subject = $1",
        user,
    )
    assert event["actor"] == user
    assert event["address"]


@pytest.mark.parametrize(("password", "status"), [("wrong", 403), ("", 422)])
async def test_without_the_password_nothing_is_deleted(app, password, status):
    person = await a_person()
    before = await tables_with(person.email)
    answer = await leave(app, person.user, password)
    assert answer.status_code == status
    assert "senhaAtual" in answer.text
    assert await tables_with(person.email) == before


async def test_an_error_in_the_middle_undoes_all(app, monkeypatch, data):
    monkeypatch.setattr(deletion, "ERASURES", (*deletion.ERASURES, "SELECT 1 / 0"))
    person, offer = await a_person(), await an_offer()
    await change_portrait(person.user, a_picture())
    coming = await booked(offer, person.user, 3, person.email)
    before = await tables_with(person.email)

    browser = await signed_in(app, person.user)
    answer = await browser.post(
        "/conta/exclusao", data={"senhaAtual": PASSWORD, "codigoAtual": RECOVERY}
    )
    assert answer.status_code == 500
    assert await tables_with(person.email) == before
    assert dict(await bookings_of(person.user, "code, status")) == {coming: "pending"}
    assert await letters_to(offer.provider) == []
    assert len(kept_files()) == 1
    assert (await browser.get("/conta")).status_code == 200


async def test_the_only_admin_stays(app, no_other_admins):
    admin = await a_user(Role.ADMIN, language="en")
    answer = await leave(app, admin)
    assert answer.status_code == 409
    assert "only admin" in answer.text
    assert (await fetch_one("SELECT active FROM users WHERE id = $1", admin))["active"]


async def test_of_two_admins_who_leave_at_once_one_stays(app, no_other_admins):
    admins = [await a_user(Role.ADMIN) for _ in range(2)]
    answers = await asyncio.gather(*(leave(app, admin) for admin in admins))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    await fetch("UPDATE users SET active = false WHERE id = ANY($1)", admins)


async def test_leaving_twice_at_once_is_leaving_once(app):
    user = await a_user()
    answers = await asyncio.gather(*(leave(app, user) for _ in range(2)))
    assert 500 not in {answer.status_code for answer in answers}
    events = await fetch(
        "SELECT FROM audit_event WHERE action = 'account-deleted' AND actor = $1", user
    )
    assert len(events) == 1


async def test_an_address_changed_at_the_last_moment_goes_too(app):
    user = await a_user()
    async with transaction():
        await fetch("SELECT FROM users WHERE id = $1 FOR UPDATE", user)
        leaving = asyncio.create_task(outside(delete_account(user, Proof(PASSWORD))))
        await asyncio.sleep(0.3)
        await fetch("UPDATE users SET email = 'novo-' || email WHERE id = $1", user)
    await leaving
    row = await fetch_one("SELECT email, active FROM users WHERE id = $1", user)
    assert tuple(row) == (f"deleted-{user}@deleted.invalid", False)


@pytest.mark.parametrize("round_", range(5))
async def test_nobody_books_with_a_provider_who_is_leaving(app, round_):
    offer = await an_offer()
    customers = [await a_user() for _ in range(6)]
    for days in range(2, 8):
        await free_time(offer.provider, in_days(days), 4)
    made = await asyncio.gather(
        *(book_slot(one, a_form(offer, in_days(2 + n))) for n, one in enumerate(customers)),
        delete_account(offer.provider, Proof(PASSWORD)),
        return_exceptions=True,
    )
    assert not [one for one in made if isinstance(one, Exception) and not isinstance(one, TOO_LATE)]
    assert {row["status"] for row in await bookings_of(offer.provider, "status")} <= {"cancelled"}


async def test_services_keep_their_prices_when_their_provider_leaves(app):
    offer = await an_offer()
    await a_variant(offer.service, price="120.00")
    await leave(app, offer.provider)
    variants = await fetch("SELECT price FROM service_variant WHERE service = $1", offer.service)
    assert len(variants) == 2
