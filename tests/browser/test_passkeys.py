"""Passkeys, with the authenticator that Chromium brings for tests."""

import pytest
from playwright.async_api import expect

from app.accounts.tables import Role
from app.core.database import fetch, fetch_one
from tests.factories import PASSWORD, a_user


@pytest.fixture
def server(two_servers) -> str:
    # A passkey belongs to a name, which 127.0.0.1 is not.
    return two_servers[0].replace("127.0.0.1", "localhost")


async def with_device(page):
    """Give the window a device that unlocks when it is asked to; gives what controls it."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, added["authenticatorId"]


async def add_passkey(page, password: str = PASSWORD) -> None:
    await page.goto("/conta/chaves")
    await page.get_by_label("What do you call this device?").fill("My phone")
    await page.locator(".passkey").get_by_label("Your password").fill(password)
    await page.get_by_role("button", name="Add a passkey").click()


async def sign_in(page) -> None:
    await page.goto("/entrar?proximo=/contratacoes")
    await page.get_by_role("button", name="Sign in with a passkey").click()


async def test_one_is_added_and_signs_in_without_a_password(server, window):
    user = await a_user(language="en")
    page = await window(server, user=user)
    await with_device(page)
    await add_passkey(page)
    await page.get_by_text("My phone", exact=True).wait_for()

    await page.context.clear_cookies()
    await sign_in(page)
    await page.wait_for_url(f"{server}/contratacoes")
    row = await fetch_one('SELECT used_at, sign_count FROM passkey WHERE "user" = $1', user)
    assert row["used_at"] is not None


async def test_an_admin_comes_in_by_passkey_alone(server, window):
    page = await window(server, user=await a_user(Role.ADMIN, language="en"))
    await with_device(page)
    await add_passkey(page)
    await page.get_by_text("My phone", exact=True).wait_for()
    await page.context.clear_cookies()
    await page.goto("/entrar?proximo=/admin")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page).to_have_url(f"{server}/admin")


async def test_a_wrong_password_adds_none_and_says_so(server, window):
    user = await a_user(language="en")
    page = await window(server, user=user)
    await with_device(page)
    await add_passkey(page, "not-my-password")
    await page.get_by_text("That is not your password").wait_for()
    assert not await fetch('SELECT FROM passkey WHERE "user" = $1', user)


async def test_a_device_that_does_not_unlock_signs_nobody_in(server, window):
    page = await window(server, user=await a_user(language="en"))
    session, device = await with_device(page)
    await add_passkey(page)
    await page.get_by_text("My phone", exact=True).wait_for()
    await page.context.clear_cookies()
    change = {"authenticatorId": device, "isUserVerified": False}
    await session.send("WebAuthn.setUserVerified", change)
    await sign_in(page)
    await expect(page.get_by_text("That did not work")).to_be_visible()


async def test_one_that_was_removed_or_whose_owner_is_switched_off_lets_nobody_in(server, window):
    user = await a_user(language="en")
    page = await window(server, user=user)
    await with_device(page)
    await add_passkey(page)
    await page.get_by_text("My phone", exact=True).wait_for()
    await fetch("UPDATE users SET active = false WHERE id = $1", user)
    await page.context.clear_cookies()
    await sign_in(page)
    await expect(page.get_by_text("This passkey did not work here")).to_be_visible()

    await fetch("UPDATE users SET active = true WHERE id = $1", user)
    await fetch('DELETE FROM passkey WHERE "user" = $1', user)
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page.get_by_text("This passkey did not work here")).to_be_visible()


async def test_an_answer_is_good_once(server, window):
    """A recorded answer, sent again, meets no challenge any more."""
    page = await window(server, user=await a_user(language="en"))
    await with_device(page)
    await add_passkey(page)
    await page.get_by_text("My phone", exact=True).wait_for()
    await page.context.clear_cookies()
    async with page.expect_request("**/entrar/chave?*") as sent:
        await sign_in(page)
    await page.wait_for_url(f"{server}/contratacoes")
    await page.context.clear_cookies()
    recorded = (await sent.value).post_data
    answer = await page.request.post("/entrar/chave", data=recorded, headers={"Origin": server})
    assert answer.status == 403


async def test_it_is_removed_with_the_password(server, window):
    user = await a_user(language="en")
    page = await window(server, user=user)
    await with_device(page)
    await add_passkey(page)
    await page.get_by_text("My phone", exact=True).click()
    await page.locator("details").get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Remove My phone").click()
    await page.get_by_text("The passkey is removed.").wait_for()
    assert not await fetch('SELECT FROM passkey WHERE "user" = $1', user)
