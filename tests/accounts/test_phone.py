"""A phone number, as people type it, and who sees it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from app.accounts.phones import BadPhone, normalised, readable
from app.core.database import fetch, fetch_one
from tests.browsing import signed_in
from tests.factories import a_user
from tests.notifications.bookings import booked

MOBILE = "+5516991234567"


async def phone_of(user: int) -> str:
    return (await fetch_one("SELECT phone FROM users WHERE id = $1", user))["phone"]


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("(16) 99123-4567", MOBILE),
        ("16991234567", MOBILE),
        ("016 99123 4567", MOBILE),
        ("+55 16 99123-4567", MOBILE),
        ("0055 16 99123.4567", MOBILE),
        ("55 16 99123-4567", MOBILE),
        ("(16) 3333-4567", "+551633334567"),
        # The south has the area code that is also the country's code.
        ("55 99123-4567", "+5555991234567"),
        ("5555991234567", "+5555991234567"),
        ("+351 912 345 678", "+351912345678"),
        ("001 (212) 555-0123", "+12125550123"),
    ],
)
def test_numbers_are_taken_as_people_type_them(typed, phone):
    assert normalised(typed) == phone


@pytest.mark.parametrize(
    "typed",
    [
        "99123-4567",
        "(16) 89123-4567",
        "(06) 99123-4567",
        "(16) 9123-456",
        "+55 16 123",
        "+0 123 456 789",
        "+1234567",
        "+1" * 10,
        "ligue já",
        "(16) 99123-456a",
        "(16) 99123-4567 99999",
        "١٦٩٩١٢٣٤٥٦٧",
        "+",
        "()",
        "javascript:alert(1)",
    ],
)
def test_what_nobody_can_call_is_refused(typed):
    with pytest.raises(BadPhone):
        normalised(typed)


def test_numbers_are_shown_as_people_read_them():
    assert readable(MOBILE) == "+55 16 99123-4567"
    assert readable("+551633334567") == "+55 16 3333-4567"
    assert readable("+351912345678") == "+351912345678"
    assert readable("") == ""


async def test_it_is_kept_shown_and_removed(app):
    user = await a_user(language="en")
    browser = await signed_in(app, user)
    answer = await browser.post("/conta/telefone", data={"telefone": "(16) 99123-4567"})
    assert answer.headers["location"] == "/conta"
    assert await phone_of(user) == MOBILE
    assert "+55 16 99123-4567" in (await browser.get("/conta")).text
    assert 'value="+55 16 99123-4567"' in (await browser.get("/conta/telefone")).text
    await browser.post("/conta/telefone", data={"telefone": ""})
    assert await phone_of(user) == ""


async def test_a_bad_number_is_refused_in_words_and_stays_in_its_field(app):
    user = await a_user(language="en")
    answer = await (await signed_in(app, user)).post(
        "/conta/telefone", data={"telefone": "991234567"}
    )
    assert answer.status_code == 422
    assert "with its area code" in answer.text
    assert 'value="991234567"' in answer.text
    assert await phone_of(user) == ""


async def link_in(app, user: int, code: str) -> str:
    page = (await (await signed_in(app, user)).get(f"/contratacoes/{code}")).text
    _, found, rest = page.partition('href="https://wa.me/')
    return "https://wa.me/" + rest.partition('"')[0].replace("&amp;", "&") if found else ""


async def test_both_sides_of_a_confirmed_booking_can_write_to_each_other(app):
    made = await booked(confirmed=True)
    await fetch("UPDATE users SET phone = $2 WHERE id = $1", made.provider, MOBILE)
    await fetch("UPDATE users SET phone = '+351912345678' WHERE id = $1", made.customer)
    link = urlsplit(await link_in(app, made.customer, made.code))
    assert (link.netloc, link.path) == ("wa.me", f"/{MOBILE[1:]}")
    (text,) = parse_qs(link.query)["text"]
    assert text.startswith(f"Hello Marlene Souza, about our booking {made.code}: Troca de")
    assert "09:00" in text
    theirs = urlsplit(await link_in(app, made.provider, made.code))
    assert theirs.path == "/351912345678"
    await fetch("UPDATE users SET language = 'pt' WHERE id = $1", made.provider)
    assert "Ol%C3%A1" in await link_in(app, made.provider, made.code)


async def test_nobody_sees_a_number_before_both_have_agreed_or_after_it_is_off(app):
    made = await booked()
    await fetch(
        "UPDATE users SET phone = $2 WHERE id IN ($1, $3)", made.provider, MOBILE, made.customer
    )
    assert await link_in(app, made.customer, made.code) == ""
    assert await link_in(app, made.provider, made.code) == ""
    browser = await signed_in(app, made.provider)
    await browser.post(f"/contratacoes/{made.code}/confirmacao")
    assert await link_in(app, made.customer, made.code)
    await browser.post(f"/contratacoes/{made.code}/cancelamento")
    assert await link_in(app, made.customer, made.code) == ""


async def test_who_gave_no_number_has_no_link(app):
    made = await booked(confirmed=True)
    assert await link_in(app, made.customer, made.code) == ""
