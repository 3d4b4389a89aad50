"""Showing that an address is one's own, and changing it."""

import asyncio

import pytest

from app.accounts.actions.email import ask_to_change_email, follow_email_link
from app.accounts.actions.links import LinkSpent
from app.accounts.forms import Proof
from app.core.database import fetch, fetch_one
from tests.browsing import signed_in, visitor
from tests.factories import PASSWORD, a_user, email_of
from tests.letters import letters_to, link_in, newest_letter, token_in


async def row_of(user: int):
    return await fetch_one("SELECT email, email_confirmed_at FROM users WHERE id = $1", user)


async def a_newcomer(app) -> int:
    """Registered just now, with an address that is not confirmed."""
    email = email_of(7)
    form = {"nome": "Zé", "email": email, "senha": "dez-letras-e-mais", "role": "CLIENTE"}
    await visitor(app).post("/cadastro", data=form)
    return (await fetch_one("SELECT id FROM users WHERE email = $1", email))["id"]


async def test_whoever_registers_is_asked_to_confirm_and_does_so_by_the_link(app):
    user = await a_newcomer(app)
    assert (await row_of(user))["email_confirmed_at"] is None
    letter = await newest_letter(user)

    browser = visitor(app)
    page = await browser.get(link_in(letter))
    assert page.status_code == 200
    # Programs that look into e-mails open links too.
    assert (await row_of(user))["email_confirmed_at"] is None

    answer = await browser.post("/email/confirmacao", data={"codigo": token_in(letter)})
    assert answer.status_code == 200
    assert (await row_of(user))["email_confirmed_at"] is not None


async def test_a_link_is_good_once_even_if_it_is_followed_twice_at_once(app):
    token = token_in(await newest_letter(await a_newcomer(app)))
    browser = visitor(app)
    answers = await asyncio.gather(
        *(browser.post("/email/confirmacao", data={"codigo": token}) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]


async def test_a_newer_link_takes_the_older_ones_place(app):
    user = await a_newcomer(app)
    older = await newest_letter(user)
    browser = await signed_in(app, user)
    await browser.post("/conta/email/confirmacao")
    assert (await browser.get(link_in(older))).status_code == 410
    assert (await browser.get(link_in(await newest_letter(user)))).status_code == 200


async def test_a_link_that_is_too_old_is_good_for_nothing(app):
    user = await a_newcomer(app)
    letter = await newest_letter(user)
    await fetch('UPDATE account_link SET expires_at = now() WHERE "user" = $1', user)
    assert (await visitor(app).get(link_in(letter))).status_code == 410


async def test_a_link_is_good_for_its_own_purpose_only(app):
    token = token_in(await newest_letter(await a_newcomer(app)))
    answer = await visitor(app).get(f"/senha/nova?codigo={token}")
    assert answer.status_code == 410


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é" * 40, "eyJhbGciOiJub25lIn0.e30."])
async def test_what_we_have_not_signed_is_no_link(app, token):
    answer = await visitor(app).get("/email/confirmacao", params={"codigo": token})
    assert answer.status_code == 410


async def test_letters_are_written_a_few_times_an_hour_and_no_more(app):
    browser = await signed_in(app, await a_user())
    answers = [await browser.post("/conta/email/confirmacao") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 3000


async def ask_for_change(user: int) -> tuple[str, str, str]:
    """The new address, and the tokens sent to the old and to the new one."""
    coming = email_of(8)
    await ask_to_change_email(user, Proof(PASSWORD), coming)
    to_new, to_old = (await letters_to(user))[:2]
    assert (to_new["recipient"], to_old["recipient"]) == (coming, (await row_of(user))["email"])
    return coming, token_in(to_old), token_in(to_new)


@pytest.mark.parametrize("old_first", [True, False])
async def test_an_address_changes_once_both_have_said_yes(app, old_first):
    user = await a_user()
    coming, old, new = await ask_for_change(user)
    first, second = (old, new) if old_first else (new, old)

    await follow_email_link(first)
    assert (await row_of(user))["email"] != coming
    await follow_email_link(second)
    assert (await row_of(user))["email"] == coming


async def test_two_yeses_at_once_change_it_too(app):
    user = await a_user()
    coming, old, new = await ask_for_change(user)
    await asyncio.gather(follow_email_link(old), follow_email_link(new))
    assert (await row_of(user))["email"] == coming


async def test_one_address_alone_never_changes_it(app):
    user = await a_user()
    coming, _, new = await ask_for_change(user)
    await follow_email_link(new)
    with pytest.raises(LinkSpent):
        await follow_email_link(new)
    assert (await row_of(user))["email"] != coming


async def test_a_change_needs_the_password_and_an_address_that_is_free(app):
    user, other = await a_user(language="en"), await a_user()
    browser = await signed_in(app, user)
    for form, says in [
        ({"senhaAtual": "not-my-password", "email": email_of(9)}, "not your password"),
        ({"senhaAtual": PASSWORD, "email": (await row_of(other))["email"]}, "Another account"),
        ({"senhaAtual": PASSWORD, "email": (await row_of(user))["email"]}, "already"),
        ({"senhaAtual": PASSWORD, "email": "x,victim@example.com"}, "does not look right"),
    ]:
        answer = await browser.post("/conta/email", data=form)
        assert answer.status_code in (403, 409, 422)
        assert says in answer.text
    assert await letters_to(user) == []


async def test_an_address_that_somebody_else_got_meanwhile_stays_theirs(app):
    user = await a_user()
    coming, old, new = await ask_for_change(user)
    await follow_email_link(old)
    await fetch("UPDATE users SET email = $2 WHERE id = $1", await a_user(), coming)
    answer = await visitor(app).post("/email/confirmacao", data={"codigo": new})
    assert answer.status_code == 409
    assert (await row_of(user))["email"] != coming


async def test_links_of_whoever_is_switched_off_are_good_for_nothing(app):
    user = await a_user()
    _, old, _ = await ask_for_change(user)
    await fetch("UPDATE users SET active = false WHERE id = $1", user)
    with pytest.raises(LinkSpent):
        await follow_email_link(old)
