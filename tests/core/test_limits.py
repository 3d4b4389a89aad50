"""How often something may be tried: exactly so often, however it is tried."""

import asyncio
import subprocess
import sys
from collections import Counter

import httpx
import pytest
from redis.exceptions import ConnectionError as RedisGone

from app.core import limits
from app.core.client import Client
from app.core.database import fetch, fetch_one
from app.core.limits import Limit, TooMany, forgive, give_back, take
from app.settings import ROOT
from tests.browsing import visitor
from tests.factories import PASSWORD, a_user, email_of, forget_limits

THREE = Limit("three", 3, 60)


async def admitted(limit: Limit, *subjects: str, tries: int) -> int:
    results = await asyncio.gather(
        *(take(limit, *subjects) for _ in range(tries)), return_exceptions=True
    )
    assert all(isinstance(result, limits.Taken | TooMany) for result in results)
    return sum(isinstance(result, limits.Taken) for result in results)


@pytest.fixture
def without_redis(monkeypatch):
    class Gone:
        async def zrem(self, *_):
            raise RedisGone

        delete = zrem

        async def __call__(self, **_):
            raise RedisGone

    monkeypatch.setattr(limits, "redis", Gone)
    monkeypatch.setattr(limits, "_script", Gone)
    monkeypatch.setattr(limits, "_own", limits.OwnWindows())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_household_is_an_ipv4_address_or_the_64_of_ipv6(address, network):
    assert Client(address).network == network


async def test_many_at_once_never_get_past_it():
    assert await admitted(THREE, "many", tries=50) == 3


async def test_without_redis_each_process_counts_for_itself(without_redis):
    assert await admitted(THREE, "alone", tries=50) == 3
    assert await admitted(THREE, "another", tries=2) == 2


async def test_each_subject_needs_room_and_none_is_charged_when_one_has_none():
    await admitted(THREE, "full", tries=3)
    assert await admitted(THREE, "fresh", "full", tries=5) == 0
    assert await admitted(THREE, "fresh", tries=5) == 3


@pytest.mark.parametrize("gone", [False, True])
async def test_an_attempt_that_was_given_back_does_not_count(gone, request):
    if gone:
        request.getfixturevalue("without_redis")
    for _ in range(10):
        await give_back(await take(THREE, f"right {gone}"))
    assert await admitted(THREE, f"right {gone}", tries=5) == 3


async def test_the_window_slides():
    second = Limit("second", 2, 1)
    assert await admitted(second, "sliding", tries=3) == 2
    await asyncio.sleep(1.1)
    assert await admitted(second, "sliding", tries=3) == 2


async def test_it_says_when_there_is_room_again():
    first = await take(THREE, "when")
    assert first.remaining == 2
    await admitted(THREE, "when", tries=2)
    with pytest.raises(TooMany) as refused:
        await take(THREE, "when")
    assert 58 <= refused.value.seconds <= 60
    assert refused.value.headers["Retry-After"] == str(refused.value.seconds)
    assert refused.value.headers["RateLimit-Policy"] == '"three";q=3;w=60'


async def test_forgiven_is_forgotten():
    await admitted(THREE, "forgiven", tries=3)
    await forgive(THREE, "forgiven")
    assert await admitted(THREE, "forgiven", tries=4) == 3


async def sign_in(browser: httpx.AsyncClient, email: str, password: str = "wrong-password"):
    return await browser.post("/entrar", data={"email": email, "senha": password})


async def email_of_user(user: int) -> str:
    return (await fetch_one("SELECT email FROM users WHERE id = $1", user))["email"]


async def test_five_wrong_passwords_for_an_account_and_then_no_more_from_anywhere(app):
    email = await email_of_user(await a_user(language="en"))
    answers = [await sign_in(visitor(app), email) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "Please try again in 15 min" in answers[-1].text
    assert email in answers[-1].text
    assert (await sign_in(visitor(app), email, PASSWORD)).status_code == 429


async def test_five_wrong_passwords_from_a_network_whatever_the_account(app):
    browser = visitor(app)
    statuses = [(await sign_in(browser, email_of(n))).status_code for n in range(6)]
    assert statuses == [401] * 5 + [429]


async def test_right_passwords_are_not_counted(app):
    browser = visitor(app)
    email = await email_of_user(await a_user())
    for _ in range(12):
        assert (await sign_in(browser, email, PASSWORD)).status_code == 303


async def test_registering_is_limited_for_each_network(app):
    browser = visitor(app)
    form = {"nome": "Zé", "senha": "dez-letras-e-mais", "role": "CLIENTE"}
    statuses = [
        (await browser.post("/cadastro", data={**form, "email": email_of(n)})).status_code
        for n in range(11)
    ]
    assert statuses == [303] * 10 + [429]


async def test_sign_ins_of_two_processes_share_the_limit(two_servers):
    await forget_limits()
    email = await email_of_user(await a_user())
    async with httpx.AsyncClient(timeout=60) as client:
        answers = await asyncio.gather(
            *(
                client.post(f"{two_servers[n % 2]}/entrar", data={"email": email, "senha": "x" * 9})
                for n in range(60)
            )
        )
    assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 55}
    failed = await fetch("SELECT FROM audit_event WHERE action = 'sign-in-failed' AND subject ="
                         " (SELECT id FROM users WHERE email = $1)", email)  # fmt: skip
    assert len(failed) == 5
    await forget_limits()


def test_four_processes_admit_no_more_than_one():
    script = "import asyncio, tests.core.test_limits as t; print(asyncio.run(t.try_2500()))"
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT)
        for _ in range(4)
    ]
    taken = [int(process.communicate()[0]) for process in processes]
    assert sum(taken) == limits.SIGN_IN.most


async def try_2500() -> int:
    return sum([await admitted(limits.SIGN_IN, "raced", tries=50) for _ in range(50)])
