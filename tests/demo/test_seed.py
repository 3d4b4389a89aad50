"""The made-up marketplace: repeatable, bookable, and within what people and tables can take."""

from itertools import pairwise

import asyncpg
import pytest

from app.catalog.categories import CATEGORIES
from app.core.time import today_in
from app.demo.seed import seed
from app.demo.trades import RECIPES

TODAY = today_in("America/Sao_Paulo")

# Everything of providers above $1, without the ids that a sequence gives.
ROWS = (
    "SELECT to_jsonb(u) FROM users u WHERE id > $1 ORDER BY id",
    "SELECT to_jsonb(a) - 'id' FROM agenda_settings a WHERE provider > $1 ORDER BY provider",
    "SELECT to_jsonb(s) FROM service s WHERE provider > $1 ORDER BY id",
    "SELECT to_jsonb(v) - 'id' FROM service_variant v JOIN service s ON s.id = v.service"
    " WHERE s.provider > $1 ORDER BY v.id",
    "SELECT to_jsonb(f) - 'id' FROM slot f WHERE provider > $1 ORDER BY id",
)


@pytest.fixture
async def before(connection: asyncpg.Connection) -> int:
    """The highest user before the test: seeded ones come above it."""
    return await connection.fetchval("SELECT coalesce(max(id), 0) FROM users")


async def add(connection: asyncpg.Connection, providers: int = 20, random_seed: int = 1) -> None:
    await seed(connection, providers=providers, random_seed=random_seed, today=TODAY)


async def would_add(connection: asyncpg.Connection, before: int, random_seed: int) -> list[list]:
    """The rows of a seed that is taken back."""
    transaction = connection.transaction()
    await transaction.start()
    await add(connection, random_seed=random_seed)
    rows = [[row[0] for row in await connection.fetch(query, before)] for query in ROWS]
    await transaction.rollback()
    return rows


async def test_the_same_arguments_give_the_same_rows(connection, before):
    assert await would_add(connection, before, 1) == await would_add(connection, before, 1)


async def test_another_random_seed_gives_other_rows(connection, before):
    one, other = await would_add(connection, before, 1), await would_add(connection, before, 2)
    assert all(rows != others for rows, others in zip(one, other, strict=True))


async def test_there_are_as_many_providers_as_asked_for_and_each_offers_one_to_three_services(
    connection, before
):
    await add(connection, providers=30)

    services = await connection.fetch(
        "SELECT count(s.id) AS count FROM users u LEFT JOIN service s ON s.provider = u.id"
        " WHERE u.id > $1 AND u.role = 'provider' GROUP BY u.id",
        before,
    )
    assert len(services) == 30
    assert {row["count"] for row in services} == {1, 2, 3}


async def test_a_second_seed_adds_to_the_first(connection, before):
    await add(connection, random_seed=1)
    await add(connection, random_seed=2)

    assert await connection.fetchval("SELECT count(*) FROM users WHERE id > $1", before) == 40


async def test_sequences_go_on_above_what_was_seeded(connection):
    await add(connection)

    for table in ("users", "service"):
        given = await connection.fetchval(f"SELECT nextval('{table}_id_seq')")
        assert given > await connection.fetchval(f"SELECT max(id) FROM {table}")


async def test_nobody_can_sign_in_as_a_seeded_provider(connection, before):
    await add(connection)

    users = await connection.fetch("SELECT email, password_hash FROM users WHERE id > $1", before)
    assert {user["password_hash"] for user in users} == {"!"}
    assert all(user["email"].endswith("@exemplo.test") for user in users)


async def test_free_times_never_overlap_and_stay_within_four_weeks(connection, before):
    await add(connection, providers=50)

    slots = await connection.fetch(
        "SELECT provider, starts_at AT TIME ZONE zone AS starts, ends_at AT TIME ZONE zone AS ends,"
        " taken FROM slot JOIN agenda_settings USING (provider) WHERE provider > $1"
        " ORDER BY provider, starts_at",
        before,
    )
    assert len({slot["provider"] for slot in slots}) == 50
    for slot, following in pairwise(slots):
        assert slot["provider"] != following["provider"] or slot["ends"] <= following["starts"]
    for slot in slots:
        assert slot["starts"] < slot["ends"]
        # In some zones it is still yesterday, or tomorrow already.
        assert abs((slot["starts"].date() - TODAY).days) <= 28
        assert not slot["taken"]


async def test_hours_are_those_of_the_wall_clock_where_the_provider_lives(connection, before):
    await add(connection, providers=200)

    rows = await connection.fetch(
        "SELECT DISTINCT a.zone, p.zone AS zone_of_place,"
        " extract(hour FROM f.starts_at AT TIME ZONE a.zone) AS hour"
        " FROM agenda_settings a JOIN service s USING (provider) JOIN slot f USING (provider)"
        " JOIN place p ON p.id = s.place WHERE a.provider > $1",
        before,
    )
    assert len({row["zone"] for row in rows}) > 1
    assert all(row["zone"] == row["zone_of_place"] and 7 <= row["hour"] <= 18 for row in rows)


async def test_services_lie_within_a_few_kilometres_of_their_place(connection, before):
    await add(connection, providers=200)

    farthest = await connection.fetchval(
        "SELECT max(s.position <-> earth_point(p.latitude, p.longitude))"
        " FROM service s JOIN place p ON p.id = s.place WHERE s.provider > $1",
        before,
    )
    assert 0 < farthest < 15_000


async def test_names_and_descriptions_are_within_limits(connection, before):
    await add(connection, providers=200)

    for row in await connection.fetch("SELECT * FROM service WHERE provider > $1", before):
        assert 0 < len(row["name"]) <= 80
        assert 2 <= row["description"].count(". ") + 1 <= 6
        assert "!" not in row["description"]
        assert "{" not in row["description"]


async def test_every_service_has_up_to_four_variants_and_the_price_of_its_cheapest(
    connection, before
):
    await add(connection, providers=200)

    services = await connection.fetch(
        "SELECT s.price_from, count(v.id) AS variants, min(v.price) AS cheapest,"
        " min(v.price % 5) AS odd, max(v.price % 5) AS odder"
        " FROM service s LEFT JOIN service_variant v ON v.service = s.id"
        " WHERE s.provider > $1 GROUP BY s.id",
        before,
    )
    for service in services:
        assert 1 <= service["variants"] <= 4
        assert service["price_from"] == service["cheapest"] > 0
        assert service["odd"] == service["odder"] == 0


async def test_every_variant_fits_into_one_of_its_providers_free_stretches(connection, before):
    await add(connection, providers=200)

    hopeless = await connection.fetch(
        "SELECT s.name, v.name, v.duration_minutes FROM service s"
        " JOIN service_variant v ON v.service = s.id"
        " WHERE s.provider > $1 AND NOT EXISTS (SELECT FROM slot f WHERE f.provider = s.provider"
        " AND f.ends_at - f.starts_at >= make_interval(mins => v.duration_minutes))",
        before,
    )
    assert hopeless == []


async def test_free_stretches_of_a_provider_never_touch(connection, before):
    await add(connection, providers=50)

    touching = await connection.fetchval(
        "SELECT count(*) FROM slot one JOIN slot next USING (provider)"
        " WHERE provider > $1 AND one.ends_at = next.starts_at",
        before,
    )
    assert touching == 0


async def test_who_has_several_trades_has_some_that_go_together(connection, before):
    await add(connection, providers=200)

    trades = await connection.fetch(
        "SELECT array_agg(c.slug ORDER BY s.id) AS slugs FROM service s"
        " JOIN category c ON c.id = s.category WHERE s.provider > $1 GROUP BY s.provider",
        before,
    )
    for main, *others in (row["slugs"] for row in trades):
        assert set(others) <= {main, *RECIPES[main].goes_with}


async def test_the_demo_providers_town_has_company(connection, before):
    await add(connection, providers=60)

    near = await connection.fetchval(
        "SELECT count(DISTINCT s.provider) FROM service s, place p WHERE s.provider > $1"
        " AND p.search_name = 'sao carlos, sp'"
        " AND s.position <-> earth_point(p.latitude, p.longitude) < 50000",
        before,
    )
    assert near >= 12


def test_every_category_has_something_to_offer():
    assert set(RECIPES) == {category.slug for category in CATEGORIES}


def test_what_goes_together_are_trades():
    for recipe in RECIPES.values():
        assert set(recipe.goes_with) <= set(RECIPES)


def test_services_have_one_to_four_variants_of_half_an_hour_to_a_day_in_quarter_hours():
    for recipe in RECIPES.values():
        for name, variants in recipe.services.items():
            assert 0 < len(name) <= 80
            assert 1 <= len(variants) <= 4
            for variant, price, minutes in variants:
                assert 0 < len(variant) <= 80
                assert price > 0
                assert 30 <= minutes <= 480
                assert minutes % 15 == 0
