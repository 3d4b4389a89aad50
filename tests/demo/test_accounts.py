"""The three people of every demo."""

import pytest

from app.accounts.tables import Role
from app.core.time import today_in
from app.demo.accounts import SIGN_INS, create_demo_accounts


@pytest.fixture(autouse=True)
async def nobody_yet(connection):
    taken = "SELECT 1 FROM users WHERE email = ANY($1)"
    assert not await connection.fetch(taken, SIGN_INS)


async def test_a_customer_a_provider_and_an_admin_can_sign_in(connection):
    await create_demo_accounts(connection, password_hash="hash")

    people = await connection.fetch("SELECT * FROM users WHERE email = ANY($1)", SIGN_INS)
    assert {person["role"] for person in people} == set(Role)
    assert {person["password_hash"] for person in people} == {"hash"}


async def test_making_them_again_changes_nothing(connection):
    counts = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM service),"
    counts += " (SELECT count(*) FROM service_variant), (SELECT count(*) FROM slot)"
    await create_demo_accounts(connection, password_hash="hash")
    once = await connection.fetchrow(counts)

    await create_demo_accounts(connection, password_hash="other")

    assert await connection.fetchrow(counts) == once


async def test_the_provider_has_two_services_and_time_as_far_as_the_agenda_is_open(connection):
    await create_demo_accounts(connection, password_hash="hash")

    provider = "SELECT id FROM users WHERE email = 'prestador@demo.test'"
    services = await connection.fetch(
        f"SELECT * FROM service WHERE provider = ({provider}) ORDER BY id"
    )
    days = await connection.fetch(
        "SELECT DISTINCT (starts_at AT TIME ZONE 'America/Sao_Paulo')::date AS day"
        f" FROM slot WHERE provider = ({provider}) ORDER BY day"
    )
    assert [service["price_from"] for service in services] == [90, 70]
    assert len(days) == 91
    assert days[0]["day"] == today_in("America/Sao_Paulo")
