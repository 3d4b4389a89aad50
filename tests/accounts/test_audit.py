"""Who did what to whom, from where: written down, and never changed."""

import asyncpg
import pytest

from app.accounts import audit
from app.accounts.audit import Action
from app.accounts.tables import Role
from app.core.database import fetch, fetch_one, transaction
from app.core.time import now
from tests.browsing import signed_in, visitor
from tests.factories import PASSWORD, a_booking, a_user, an_offer, free_time, in_days


async def events(user: int) -> list:
    return await fetch(
        "SELECT action, actor, subject, address, detail FROM audit_event"
        " WHERE $1 IN (actor, subject) ORDER BY id",
        user,
    )


async def test_sign_ins_and_failures_are_written_down_with_where_they_came_from(app):
    user = await a_user()
    email = (await fetch_one("SELECT email FROM users WHERE id = $1", user))["email"]
    browser = visitor(app, address="203.0.113.9")
    await browser.post("/entrar", data={"email": email, "senha": "wrong-password"})
    await browser.post("/entrar", data={"email": email, "senha": PASSWORD})
    await browser.post("/sair")
    found = await events(user)
    assert [event["action"] for event in found] == ["sign-in-failed", "signed-in", "signed-out"]
    assert {event["address"] for event in found} == {"203.0.113.9"}


async def test_what_one_side_does_to_the_others_plans_is_written_down(app):
    offer, customer = await an_offer(), await a_user()
    await free_time(offer.provider, in_days(2), 4)
    code = await a_booking(offer, in_days(2), customer)
    await (await signed_in(app, customer)).post(f"/contratacoes/{code}/cancelamento")
    (event,) = await events(offer.provider)
    assert (event["action"], event["actor"]) == ("booking-cancelled", customer)
    assert code in event["detail"]


async def test_what_admins_do_and_look_at_is_written_down(app):
    admin, user = await a_user(Role.ADMIN), await a_user()
    browser = await signed_in(app, admin)
    await browser.get("/admin/usuarios")
    await browser.post(f"/admin/usuarios/{user}/situacao", data={"ativo": "false"})
    await browser.post(f"/admin/usuarios/{user}/saida")
    actions = [event["action"] for event in await events(admin)]
    assert actions == ["looked-at-users", "user-switched-off", "signed-out-everywhere"]
    assert {event["subject"] for event in await events(user)} == {user}


async def test_nothing_of_it_is_changed_or_removed_by_anybody():
    user = await a_user()
    await audit.record(Action.SIGNED_IN, actor=user)
    for statement in (
        f"UPDATE audit_event SET action = 'x' WHERE actor = {user}",
        f"DELETE FROM audit_event WHERE actor = {user}",
        "TRUNCATE audit_event",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await fetch(statement)
    assert len(await events(user)) == 1


async def test_it_is_undone_with_what_it_tells_of():
    user = await a_user()
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await audit.record(Action.PASSWORD_CHANGED, actor=user)
            raise ZeroDivisionError
    assert await events(user) == []


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", 2),
        ("acao=password-changed", 1),
        ("quem=Zilda", 2),
        ("quem=Nobody+Such", 0),
        ("de=2099-01-01", 0),
        ("ate=2001-01-01", 0),
        (f"de={now():%Y-%m-%d}&ate={now():%Y-%m-%d}", 2),
    ],
)
async def test_admins_find_what_they_look_for(app, query, shown):
    user = await a_user(name="Zilda Xavier")
    await audit.record(Action.PASSWORD_CHANGED, actor=user)
    await audit.record(Action.EMAIL_CHANGED, actor=user)
    page = await (await signed_in(app, await a_user(Role.ADMIN))).get(f"/admin/auditoria?{query}")
    assert page.status_code == 200
    # Of this test's user and of those that the test's other runs have made.
    assert min(page.text.count("<td>Zilda Xavier</td>"), shown) == shown
    assert shown or "Zilda Xavier" not in page.text


@pytest.mark.parametrize("query", ["acao=x", "de=2026-13-01", "pagina=-1", "quem=" + "x" * 101])
@pytest.mark.parametrize("path", ["/admin/auditoria", "/admin/auditoria/arquivo"])
async def test_filters_that_cannot_be_read(app, path, query):
    browser = await signed_in(app, await a_user(Role.ADMIN))
    assert (await browser.get(f"{path}?{query}")).status_code in (400, 422)


async def test_it_is_taken_as_a_file_which_is_written_down_too(app):
    user, admin = await a_user(), await a_user(Role.ADMIN)
    await audit.record(Action.SIGNED_UP, actor=user, role="=cmd()")
    browser = await signed_in(app, admin)
    answer = await browser.get("/admin/auditoria/arquivo?acao=signed-up")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text.startswith("id,at,action,actor,subject,address,detail\r\n")
    assert f",signed-up,{user},{user}," in answer.text
    assert [event["action"] for event in await events(admin)] == ["audit-exported"]
