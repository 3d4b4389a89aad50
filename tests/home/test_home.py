"""The first page: what is near, and what is booked most."""

import re

from app.core.database import fetch
from tests.browsing import visitor
from tests.factories import a_booking, an_offer, free_time, in_days

SALVADOR = 3450554


def posters(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="servico-(\d+)"', html)]


async def booked(offer, times: int) -> None:
    for hour in range(times):
        await free_time(offer.provider, in_days(3, hour), 1)
        await a_booking(offer, in_days(3, hour))


async def test_what_is_booked_most_hangs_first(app):
    # What other tests have booked is no news any more.
    await fetch("UPDATE booking SET created_at = created_at - interval '40 days'")
    often, oftener, *_ = [await an_offer() for _ in range(6)]
    await booked(often, 2)
    await booked(oftener, 3)
    shown = posters((await visitor(app).get("/")).text)
    assert shown[:2] == [oftener.service, often.service]
    assert len(shown) == len(set(shown)) == 6


async def test_a_service_that_was_taken_down_is_not_popular(app):
    gone = await an_offer()
    await booked(gone, 14)
    await fetch("UPDATE service SET active = false WHERE id = $1", gone.service)
    assert gone.service not in posters((await visitor(app).get("/")).text)


async def test_the_place_of_the_last_search_is_near(app):
    near = await an_offer(place=SALVADOR, name="Aula de capoeira")
    browser = visitor(app)
    await browser.get("/servicos", params={"onde": "Salvador, BA"})
    home = (await browser.get("/")).text
    assert "Near you, in Salvador" in home
    assert near.service in posters(home.split('id="mural"')[0])
    assert 'value="Salvador, BA"' in home


async def test_a_place_that_never_was_is_forgotten(app):
    for cookie in ("999999", "x", "9" * 20, "²"):
        answer = await visitor(app).get("/", headers={"Cookie": f"lugar={cookie}".encode()})
        assert answer.status_code == 200
        assert "Near you" not in answer.text


async def test_a_point_on_the_map_has_a_place(app):
    browser = visitor(app)
    near = {"latitude": -22.01, "longitude": -47.89}
    assert (await browser.get("/lugares/perto", params=near)).text == "São Carlos, SP"
    assert (
        await browser.get("/lugares/perto", params={"latitude": 91, "longitude": 0})
    ).status_code == 400
    assert (await browser.get("/lugares/perto?latitude=nan&longitude=0")).status_code == 400
