"""Finding the place that somebody means."""

import pytest

from app.places.queries import find_place, suggest_places


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("São Carlos, SP", "São Carlos, SP"),
        ("sao carlos", "São Carlos, SP"),
        ("SÃO  CARLOS, sc", "São Carlos, SC"),
        ("campin", "Campinas, SP"),
        ("Campinas", "Campinas, SP"),
        ("sao calros", "São Carlos, SP"),
        ("rio de janero", "Rio de Janeiro, RJ"),
    ],
)
async def test_a_place_is_found_by(typed, name):
    place = await find_place(typed)
    assert f"{place['name']}, {place['state']}" == name


@pytest.mark.parametrize("typed", ["Xyzzyxville", "%", "_", "", "\\"])
async def test_nothing_is_found_by(typed):
    assert await find_place(typed) is None or typed == ""


async def test_the_largest_places_are_suggested_first():
    names = [place["label"] for place in await suggest_places("são")]
    assert names[0] == "São Paulo, SP"
    assert len(names) == 8


@pytest.mark.parametrize("typed", ["%", "_", "zzzz"])
async def test_wildcards_suggest_nothing(typed):
    assert await suggest_places(typed) == []
