"""The Brazilian places, and how names are compared."""

from zoneinfo import ZoneInfo

import pytest

from app.places.data import load_places, search_key

PLACES = 5_888


async def test_an_empty_table_is_filled(connection):
    # The ledger is never emptied, not even with all that it stands on.
    await connection.execute("SET LOCAL session_replication_role = replica")
    await connection.execute("TRUNCATE place CASCADE")

    await load_places(connection)

    assert await connection.fetchval("SELECT count(*) FROM place") == PLACES


async def test_loading_again_changes_nothing(connection):
    await load_places(connection)
    await load_places(connection)

    assert await connection.fetchval("SELECT count(*) FROM place") == PLACES


async def test_a_place_is_found_by_its_name_without_accents(connection):
    place = await connection.fetchrow("SELECT * FROM place WHERE search_name = 'sao carlos, sp'")

    assert (place["name"], place["state"], place["zone"]) == (
        "São Carlos",
        "SP",
        "America/Sao_Paulo",
    )
    assert (round(place["latitude"]), round(place["longitude"])) == (-22, -48)


async def test_every_state_and_the_federal_district_have_places(connection):
    states = await connection.fetch("SELECT DISTINCT state FROM place")

    assert len(states) == 27
    assert "DF" in {row["state"] for row in states}


async def test_every_zone_is_one_that_python_and_postgresql_know(connection):
    zones = [row["zone"] for row in await connection.fetch("SELECT DISTINCT zone FROM place")]

    assert len(zones) == 16
    for zone in zones:
        assert ZoneInfo(zone).key == zone
        assert await connection.fetchval("SELECT now() AT TIME ZONE $1", zone)


async def test_every_place_lies_in_brazil(connection):
    outside = await connection.fetch(
        "SELECT name FROM place WHERE population < 0"
        " OR NOT (latitude BETWEEN -34 AND 6 AND longitude BETWEEN -74.1 AND -32)"
    )
    assert outside == []


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("São Carlos, SP", "sao carlos, sp"),
        ("  SÃO   carlos ", "sao carlos"),
        ("Mogi-Guaçu", "mogi-guacu"),
        ("Sa\u0303o Carlos", "sao carlos"),
        ("São\u00a0Carlos\n", "sao carlos"),
        ("", ""),
    ],
)
def test_a_search_key_has_no_accents_capitals_or_double_spaces(typed, key):
    assert search_key(typed) == key


def test_a_search_key_stays_as_it_is():
    assert search_key(search_key("Água Boa, MT")) == search_key("Água Boa, MT")
