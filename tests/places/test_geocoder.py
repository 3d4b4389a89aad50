"""Where a typed place is: by the table, or by a Nominatim that may be slow, away or wrong."""

import asyncio
import time
from itertools import pairwise

import pytest

from app.core.cache import redis
from app.places import geocoder
from app.places.errors import UnknownPlace
from app.places.geocoder import locate
from app.settings import settings
from tests.browsing import visitor
from tests.places.nominatim import POSTAL_CODE, VILA_PRADO

TYPED = "Vila Prado, São Carlos"
# What a page may take, whatever a Nominatim does.
PAGE_SECONDS = 0.2


async def looked_up(typed: str):
    """What is found once no lookup is under way any more."""
    while True:
        try:
            located = await locate(typed)
        except UnknownPlace as error:
            if not error.pending:
                raise
        else:
            if not located.pending:
                return located.place
        await asyncio.sleep(0.05)


async def test_a_city_is_known_without_asking_anybody(nominatim):
    located = await locate("sao carlos")
    assert (located.place["label"], located.pending) == ("São Carlos, SP", False)
    assert nominatim.asked == []


async def test_a_neighbourhood_is_a_point_in_its_city(nominatim):
    place = await looked_up(TYPED)
    assert place["label"] == "Vila Prado, São Carlos, SP"
    assert (place["latitude"], place["longitude"]) == (-22.0294, -47.9007)
    assert place["exact"]
    assert (place["town"], place["zone"]) == ("São Carlos, SP", "America/Sao_Paulo")


async def test_a_postal_code_is_asked_for_as_one(nominatim):
    nominatim.body = [POSTAL_CODE]
    place = await looked_up("13560000")
    assert place["label"] == "13560-000, São Carlos, SP"
    query = nominatim.asked[0].query
    assert (query["postalcode"], query["country"]) == ("13560-000", "Brasil")
    assert query["countrycodes"] == "br"


async def test_a_place_is_asked_for_as_its_usage_policy_wants(nominatim):
    await looked_up(TYPED)
    (asked,) = nominatim.asked
    assert asked.path == "/nominatim/search"
    assert asked.headers["User-Agent"] == (
        f"Mini Marketplace ({settings().base_url}; maps@marketplace.example)"
    )


async def test_an_answer_is_kept_also_for_other_ways_of_writing_it(nominatim):
    await looked_up(TYPED)
    await looked_up("VILA PRADO,  sao carlos")
    assert len(nominatim.asked) == 1


async def test_that_nothing_is_there_is_kept_too(nominatim):
    nominatim.body = []
    for _ in range(2):
        with pytest.raises(UnknownPlace):
            await looked_up("Xyzzyxville")
    assert len(nominatim.asked) == 1


async def test_many_who_ask_for_the_same_at_once_ask_once(nominatim):
    nominatim.delay = 0.3
    await asyncio.gather(*(looked_up(TYPED) for _ in range(20)))
    assert len(nominatim.asked) == 1


async def test_no_second_has_two_requests(nominatim):
    await asyncio.gather(*(looked_up(f"Rua {number}, Ibaté") for number in range(3)))
    times = sorted(asked.at for asked in nominatim.asked)
    assert len(times) == 3
    assert all(later - earlier >= 0.95 for earlier, later in pairwise(times))


async def test_half_a_word_is_no_question(nominatim):
    with pytest.raises(UnknownPlace) as refused:
        await locate("Xyzzyxvil", finished=False)
    assert not refused.value.pending
    assert nominatim.asked == []


async def test_what_was_found_is_there_while_somebody_types(nominatim):
    await looked_up(TYPED)
    assert (await locate(TYPED, finished=False)).place["exact"]


async def test_more_at_once_than_we_may_have_under_way_are_not_asked(nominatim, monkeypatch):
    monkeypatch.setattr(geocoder, "MOST_AT_ONCE", 1)
    nominatim.delay = 0.5
    first = asyncio.create_task(looked_up("Rua Um, Ibaté"))
    await asyncio.sleep(0.2)
    with pytest.raises(UnknownPlace) as refused:
        await locate("Xyzzyxville")
    assert not refused.value.pending
    await first
    assert len(nominatim.asked) == 1


WRONG = [
    (200, b""),
    (200, b"<html>nginx</html>"),
    (200, {}),
    (200, "x"),
    (200, [1]),
    (200, [{}]),
    (200, [{**VILA_PRADO, "lat": "abc"}]),
    (200, [{**VILA_PRADO, "lat": "91"}]),
    (200, [{**VILA_PRADO, "lon": "NaN"}]),
    (200, [{**VILA_PRADO, "address": 7}]),
    (200, [{**VILA_PRADO, "address": {"city": 7, "ISO3166-2-lvl4": []}}]),
    (400, b"bad request"),
    (403, b"blocked"),
    (429, b"slow down"),
    (500, b"broken"),
    (302, b""),
]


@pytest.mark.parametrize(("status", "body"), WRONG)
async def test_nonsense_is_as_good_as_no_answer(nominatim, app, status, body):
    nominatim.status, nominatim.body = status, body
    assert (await looked_up("sao calros"))["label"] == "São Carlos, SP"
    answer = await visitor(app).get("/servicos", params={"onde": "Xyzzyxville"})
    assert answer.status_code == 422


async def test_a_failure_is_not_asked_for_again_at_once(nominatim):
    nominatim.status = 500
    for _ in range(3):
        with pytest.raises(UnknownPlace):
            await looked_up("Xyzzyxville")
    assert len(nominatim.asked) == 1


async def test_a_name_is_shown_as_text(nominatim, app):
    nominatim.body = [{**VILA_PRADO, "display_name": "<script>x</script>, São Carlos"}]
    await looked_up(TYPED)
    answer = await visitor(app).get("/servicos", params={"onde": TYPED})
    assert "&lt;script&gt;x&lt;/script&gt;" in answer.text
    assert "<script>x" not in answer.text


async def page_of(app, **parameters) -> tuple[str, int, float]:
    """Text, status and seconds; the best of three, as other tests may be busy beside this one."""
    browser, seconds = visitor(app), []
    for _ in range(3):
        begun = time.perf_counter()
        answer = await browser.get("/servicos", params=parameters)
        seconds.append(time.perf_counter() - begun)
    return answer.text, answer.status_code, min(seconds)


async def test_a_page_does_not_wait_for_one_that_stalls_and_says_what_waits(
    nominatim, app, monkeypatch
):
    monkeypatch.setattr("app.places.nominatim.SECONDS", 1)
    nominatim.delay = 30
    text, status, seconds = await page_of(app, onde="sao calros")
    assert seconds < PAGE_SECONDS
    assert status == 200
    assert "around São Carlos, SP" in text or "Nobody has pinned" in text
    assert "Looking for “sao calros” more closely" in text
    assert 'hx-trigger="load delay:1s"' in text

    # After its time the table's answer stands.
    assert (await looked_up("sao calros"))["label"] == "São Carlos, SP"
    text, status, seconds = await page_of(app, onde="sao calros")
    assert seconds < PAGE_SECONDS
    assert "more closely" not in text


async def test_a_postal_code_that_takes_long_is_asked_for_again_by_the_page(nominatim, app):
    nominatim.body, nominatim.delay = [POSTAL_CODE], 2
    text, status, seconds = await page_of(app, onde="13560-000")
    assert (status, seconds < PAGE_SECONDS) == (422, True)
    assert "still looking this place up" in text
    assert 'hx-get="/servicos?onde=13560-000"' in text
    await looked_up("13560-000")
    text, status, _ = await page_of(app, onde="13560-000")
    assert status == 200
    assert "still looking" not in text


async def test_one_that_is_down_costs_no_time_either(no_nominatim, app):
    _, status, seconds = await page_of(app, onde="sao calros")
    assert seconds < PAGE_SECONDS
    assert status == 200
    assert (await looked_up("sao calros"))["label"] == "São Carlos, SP"


async def test_without_redis_nobody_is_asked(nominatim, monkeypatch):
    """Since nothing else says when it is our turn."""
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")
    settings.cache_clear()
    redis.cache_clear()
    try:
        with pytest.raises(UnknownPlace) as refused:
            await looked_up("Xyzzyxville")
        assert not refused.value.pending
    finally:
        await redis().aclose()
        redis.cache_clear()
    assert nominatim.asked == []


@pytest.mark.parametrize("typed", ["13560-000", "13560000", "13.560-000"])
async def test_without_a_nominatim_a_postal_code_is_refused_in_clear_words(app, typed):
    answer = await visitor(app).get("/servicos", params={"onde": typed})
    assert answer.status_code == 422
    assert "could not look this postal code up. Please write your city" in answer.text


async def test_without_a_nominatim_what_looks_alike_is_found_as_ever():
    located = await locate("sao calros")
    assert (located.place["label"], located.pending) == ("São Carlos, SP", False)


async def test_the_privacy_notice_names_who_is_asked(nominatim, app):
    answer = await visitor(app).get("/privacidade")
    assert "looked up at 127.0.0.1, which learns no more than its name" in answer.text


@pytest.mark.parametrize(
    ("area", "status", "names"),
    [
        ("-22.2,-48.1,-21.8,-47.7", 200, "São Carlos"),
        ("-90,-180,90,180", 200, "São Paulo"),
        ("0,0,1,1", 200, "[]"),
        ("1,1,0,0", 200, "[]"),
        ("nan,0,1,1", 400, ""),
        ("", 400, ""),
    ],
)
async def test_a_map_without_tiles_is_told_the_names_of_its_towns(app, area, status, names):
    answer = await visitor(app).get("/lugares/mapa", params={"area": area})
    assert answer.status_code == status
    assert names in answer.text
