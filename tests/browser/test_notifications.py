"""The bell, and what a browser shows while none of our pages is open."""

import json

import pytest
from playwright.async_api import expect

from app.core.cookies import cookie_name
from app.core.sessions import COOKIE
from tests.factories import a_provider, a_user, token_of
from tests.notifications.push_service import Browser
from tests.notifications.test_telling import told


@pytest.mark.parametrize("path", ["/conta", "/contratacoes", "/servicos", "/avisos"])
async def test_the_bell_counts_by_itself_on_pages_with_and_without_a_socket(
    window, two_servers, path
):
    user = await a_user(language="en")
    page = await window(two_servers[0], user)
    await page.goto(path)
    # The socket is up once what it sends first has come, or a moment later.
    await page.wait_for_timeout(500)
    await expect(page.locator("#sino .new")).to_have_count(0)
    await told(user)
    await expect(page.locator("#sino .new")).to_have_text("1")
    await told(user, cause="payment 2")
    await expect(page.locator("#sino .new")).to_have_text("2")


async def test_on_the_dashboard_it_rides_on_the_dashboards_socket(window, two_servers):
    provider = await a_provider()
    page = await window(two_servers[0], provider)
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    await page.goto("/painel")
    await page.wait_for_timeout(500)
    await told(provider)
    await expect(page.locator("#sino .new")).to_have_text("1")
    assert len(sockets) == 1


async def test_the_list_grows_by_itself_and_all_of_it_can_be_marked_as_read(window, two_servers):
    user = await a_user(language="en")
    page = await window(two_servers[0], user)
    await page.goto("/avisos")
    await expect(page.get_by_text("Nothing to tell yet")).to_be_visible()
    await told(user)
    await expect(page.locator(".told li.unread")).to_have_count(1)
    await page.get_by_role("button", name="Mark all as read").click()
    await expect(page.locator(".told li.unread")).to_have_count(0)
    await expect(page.locator("#sino .new")).to_have_count(0)


async def test_choosing_works_without_javascript(window, two_servers):
    user = await a_user(language="en")
    page = await window(two_servers[0], user, javascript=False)
    await page.goto("/conta/avisos")
    await page.get_by_label("Reminders: E-mail").uncheck()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved. That is how we tell you")).to_be_visible()
    await expect(page.get_by_label("Reminders: E-mail")).not_to_be_checked()
    await expect(page.get_by_role("button", name="Switch on here")).to_be_hidden()


async def test_a_push_message_is_shown_by_the_worker(browser, two_servers):
    server = two_servers[0].replace("127.0.0.1", "localhost")
    context = await browser.new_context(base_url=server)
    await context.grant_permissions(["notifications"], origin=server)
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    registrations: list[dict] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(told["registrations"]),
    )
    await devtools.send("ServiceWorker.enable")
    await page.goto("/entrar")
    await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    await page.wait_for_timeout(300)
    await devtools.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": server,
            "registrationId": registrations[-1]["registrationId"],
            "data": json.dumps({"titulo": "Seu pedido foi enviado", "endereco": "/avisos/7"}),
        },
    )
    shown = await page.evaluate(
        """
        async () => {
            const registration = await navigator.serviceWorker.ready;
            for (let look = 0; look < 50; look++) {
                const shown = await registration.getNotifications();
                if (shown.length) return shown.map(({ title, data }) => ({ title, data }));
                await new Promise((resolve) => setTimeout(resolve, 100));
            }
        }
        """
    )
    assert shown == [{"title": "Seu pedido foi enviado", "data": "/avisos/7"}]
    await context.close()


async def test_the_button_hands_over_the_browsers_subscription(window, two_servers):
    """Push services are out of a test's reach, so their answer is put in place of theirs."""
    user = await a_user(language="en")
    server = two_servers[0].replace("127.0.0.1", "localhost")
    page = await window(server)
    cookie = {"name": cookie_name(COOKIE), "value": await token_of(user), "url": server}
    await page.context.add_cookies([cookie])
    await page.context.grant_permissions(["notifications"], origin=server)
    typed = Browser().typed
    await page.add_init_script(
        f"const KEY = '{typed['chave']}', SECRET = '{typed['segredo']}';"
        """
        const keys = { p256dh: KEY, auth: SECRET };
        PushManager.prototype.getSubscription = async () => null;
        PushManager.prototype.subscribe = async (options) => {
            if (options.applicationServerKey.length !== 87) throw new Error("no key");
            return { toJSON: () => ({ endpoint: "https://push.example/abc", keys }) };
        };
        """
    )
    await page.goto("/conta/avisos")
    await page.get_by_role("button", name="Switch on here").click()
    await expect(page.get_by_text("This device shows now what we tell you.")).to_be_visible()
    await expect(page.get_by_role("button", name="Switch off here")).to_be_visible()
