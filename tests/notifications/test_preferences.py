"""What people choose to be told by which way, on their page or from a letter."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from app.core.database import fetch, fetch_one
from app.core.signing import sign
from app.notifications.kinds import (
    AUDIENCE,
    BY_DEFAULT,
    LIFETIME,
    PATH,
    unsubscribe_address,
)
from app.notifications.queries import preferences_of
from app.notifications.tables import Channel, Kind
from app.settings import settings
from tests.browsing import signed_in, visitor
from tests.factories import a_user
from tests.notifications.test_telling import told


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="([\w-]+)" value="true" checked', page))


async def by_email(user: int, kind: Kind) -> bool:
    return Channel.EMAIL in (await preferences_of(user))[kind]


async def test_from_the_start_it_is_as_the_kinds_have_it(app):
    user = await a_user(language="en")
    assert await preferences_of(user) == BY_DEFAULT
    assert set(BY_DEFAULT) == set(Kind)
    page = (await (await signed_in(app, user)).get("/conta/avisos")).text
    assert {"email-lembretes", "push-lembretes", "email-avaliacoes"} <= ticked(page)
    assert "push-avaliacoes" not in ticked(page)


async def test_what_is_chosen_is_kept_and_shown(app):
    user = await a_user(language="en")
    browser = await signed_in(app, user)
    chosen = {"email-lembretes": "true", "push-vagas": "true"}
    answer = await browser.post("/conta/avisos", data={**chosen, "fuso": "America/Manaus"})
    assert answer.headers["location"] == "/conta/avisos"
    page = (await browser.get("/conta/avisos")).text
    assert ticked(page) == {*chosen, "email-conta"}
    assert "<option selected>America/Manaus</option>" in page
    preferences = await preferences_of(user)
    assert preferences[Kind.REMINDER] == {Channel.EMAIL}
    assert preferences[Kind.OFFER] == {Channel.PUSH}
    assert preferences[Kind.BOOKING] == frozenset()


async def test_it_is_found_from_the_account(app):
    page = (await (await signed_in(app, await a_user())).get("/conta")).text
    assert 'href="/conta/avisos"' in page


async def test_letters_about_the_account_can_not_be_switched_off(app):
    user = await a_user()
    browser = await signed_in(app, user)
    await browser.post("/conta/avisos", data={})
    assert await by_email(user, Kind.ACCOUNT)
    page = (await browser.get("/conta/avisos")).text
    assert 'name="email-conta" value="true" checked disabled' in page


async def test_a_zone_that_nobody_knows_is_refused_and_what_was_ticked_stays(app):
    user = await a_user(language="en")
    browser = await signed_in(app, user)
    for zone in ("Atlantis/Capital", "../etc/passwd", "America/Sao_Paulo'"):
        answer = await browser.post("/conta/avisos", data={"fuso": zone, "email-lembretes": "true"})
        assert answer.status_code == 422
        assert "We do not know this time zone" in answer.text
        assert ticked(answer.text) == {"email-lembretes", "email-conta"}
    assert await preferences_of(user) == BY_DEFAULT
    assert (await fetch_one("SELECT zone FROM users WHERE id = $1", user))["zone"] == ""


async def test_a_letter_leads_to_a_page_that_asks_and_a_button_that_does_it(app):
    user = await a_user(language="en")
    path = unsubscribe_address(user, Kind.REMINDER).removeprefix(settings().base_url)
    page = await visitor(app).get(path)
    assert "No more e-mails about reminders?" in page.text
    assert await by_email(user, Kind.REMINDER)

    token = parse_qs(urlsplit(path).query)["codigo"][0]
    done = await visitor(app).post(PATH, data={"codigo": token})
    assert "no more e-mails about reminders" in done.text
    assert not await by_email(user, Kind.REMINDER)
    assert await by_email(user, Kind.BOOKING)
    assert Channel.PUSH in (await preferences_of(user))[Kind.REMINDER]


async def test_a_mail_program_does_it_with_one_click(app):
    """As RFC 8058 has it: the letter's very address, no cookie, no Origin, nothing of ours."""
    user = await a_user()
    path = unsubscribe_address(user, Kind.BOOKING).removeprefix(settings().base_url)
    program = visitor(app)
    del program.headers["Origin"]
    body = {"List-Unsubscribe": "One-Click"}
    for carried in (
        {"data": body},
        {"files": {name: (None, value) for name, value in body.items()}},
    ):
        answer = await program.post(path, **carried)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert not await by_email(user, Kind.BOOKING)
    assert (await told(user, Kind.BOOKING, "move 1"))["email"] is None


async def test_switching_off_from_a_letter_leaves_other_choices_as_they_are(app):
    user = await a_user()
    await (await signed_in(app, user)).post("/conta/avisos", data={"email-vagas": "true"})
    path = unsubscribe_address(user, Kind.OFFER).removeprefix(settings().base_url)
    await visitor(app).post(path)
    assert (await preferences_of(user))[Kind.OFFER] == frozenset()


def tokens_that_are_not_good(user: int) -> list[str]:
    claims = {"sub": str(user), "kind": "booking"}
    good = sign(dict(claims), AUDIENCE, LIFETIME)
    return [
        "",
        "x",
        "a.b.c",
        good[:-2],
        good + "x",
        sign(dict(claims), AUDIENCE, timedelta(seconds=-1)),
        sign(dict(claims), "link", LIFETIME),
        sign({"sub": str(user), "kind": "account"}, AUDIENCE, LIFETIME),
        sign({"sub": str(user), "kind": "gossip"}, AUDIENCE, LIFETIME),
        sign({"sub": "you", "kind": "booking"}, AUDIENCE, LIFETIME),
        sign({"kind": "booking"}, AUDIENCE, LIFETIME),
    ]


async def test_a_token_that_is_not_ours_or_not_for_this_does_nothing(app):
    user = await a_user()
    for token in tokens_that_are_not_good(user):
        for answer in (
            await visitor(app).get(PATH, params={"codigo": token}),
            await visitor(app).post(PATH, data={"codigo": token}),
        ):
            assert answer.status_code == 410
            assert "too old or not whole" in answer.text
    assert await preferences_of(user) == BY_DEFAULT


async def test_a_token_of_somebody_who_has_left_is_no_failure(app):
    user = await a_user()
    path = unsubscribe_address(user, Kind.BOOKING).removeprefix(settings().base_url)
    await fetch("UPDATE users SET active = false WHERE id = $1", user)
    assert (await visitor(app).post(path)).status_code == 200
    nobody = unsubscribe_address(10**12, Kind.BOOKING).removeprefix(settings().base_url)
    assert (await visitor(app).post(nobody)).status_code == 200


async def test_an_older_key_of_ours_is_still_believed(app, keys):
    user = await a_user()
    older, newer = "an older key that is long enough..", "a newer key that is long enough..."
    keys(older)
    path = unsubscribe_address(user, Kind.BOOKING).removeprefix(settings().base_url)
    keys(newer, older)
    assert (await visitor(app).post(path)).status_code == 200
    keys(newer)
    assert (await visitor(app).post(path)).status_code == 410
