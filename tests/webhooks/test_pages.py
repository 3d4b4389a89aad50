"""The pages of a provider's webhooks, and the guide for whoever writes the other end."""

import html
import re
from datetime import timedelta

import pytest

from app.core.database import fetch
from app.webhooks.actions.delivering import deliver_webhook
from app.webhooks.actions.endpoints import rotate_secret, set_endpoint_active
from app.webhooks.controllers import PAGE
from app.webhooks.tables import Kind
from tests.browsing import signed_in
from tests.factories import a_provider
from tests.webhooks.webhooks import (
    HERE,
    OK,
    a_delivery,
    a_webhook,
    answer,
    delivery_of,
    endpoint_of,
    fail_since,
)

ALL = {kind.value: "true" for kind in Kind}
LIST = "/painel/integracoes"


@pytest.fixture
async def browser(app, provider):
    await fetch("UPDATE users SET language = 'en' WHERE id = $1", provider)
    return await signed_in(app, provider)


def secret_on(page: str) -> str | None:
    found = re.search(r'id="segredo" readonly value="([^"]+)"', page)
    return html.unescape(found[1]) if found else None


async def test_a_provider_without_any_is_invited(browser):
    page = (await browser.get(LIST)).text
    assert "Add a webhook" in page
    assert page.count("checked") == len(Kind)


async def test_adding_one_shows_its_secret_only_then(browser, provider):
    answered = await browser.post(LIST, data={"endereco": HERE, **ALL})
    assert answered.status_code == 200
    assert secret_on(answered.text).startswith("whsec_")
    (row,) = await fetch("SELECT id FROM webhook_endpoint WHERE provider = $1", provider)
    assert secret_on((await browser.get(f"{LIST}/{row['id']}")).text) is None
    page = (await browser.get(LIST)).text
    assert f'href="{LIST}/{row["id"]}"' in page
    assert "on, hears of 11 kinds of events" in page
    assert "nothing sent yet" in page


async def test_a_secret_is_kept_by_no_cache(browser):
    answered = await browser.post(LIST, data={"endereco": HERE, **ALL})
    assert "no-store" in answered.headers["cache-control"]


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"endereco": "http://hooks.example/", **ALL}, 422, "begins with https://"),
        ({"endereco": "https://10.0.0.1/", **ALL}, 422, "no server on the internet"),
        ({"endereco": "https://hooks.example/x"}, 422, "at least one event"),
        ({"endereco": "", **ALL}, 422, "Please fill this in."),
        ({"endereco": "https://hooks.example/" + "a" * 3000, **ALL}, 422, "at most 2000"),
        ({"endereco": HERE, **ALL}, 409, "already"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(browser, webhook, form, status, said):
    answered = await browser.post(LIST, data=form)
    assert answered.status_code == status
    assert said in answered.text
    assert f'value="{form["endereco"]}"' in answered.text
    assert answered.text.count("checked") == len(form) - 1


async def test_a_secret_in_an_address_is_not_shown(browser, provider):
    webhook = await a_webhook(provider, "https://hooks.example/in?token=s3cr3t")
    for address in (LIST, f"{LIST}/{webhook.endpoint}"):
        page = (await browser.get(address)).text
        assert "hooks.example/in" in page
        assert "s3cr3t" not in page


async def test_with_five_there_is_no_form(browser, provider):
    for number in range(5):
        await a_webhook(provider, f"https://hooks.example/{number}")
    page = (await browser.get(LIST)).text
    assert "You can have five webhooks at most" in page
    assert 'name="endereco"' not in page
    answered = await browser.post(LIST, data={"endereco": "https://hooks.example/6", **ALL})
    assert answered.status_code == 409


async def test_the_log_says_what_arrived_and_what_did_not(server, browser, webhook):
    server.answers["/in"] = OK
    await deliver_webhook(await a_delivery(webhook), server.reach)
    server.answers["/in"] = answer(503)
    await deliver_webhook(await a_delivery(webhook, Kind.MOVED), server.reach)
    server.hosts["hooks.example"] = ["10.0.0.1"]
    await deliver_webhook(await a_delivery(webhook, Kind.CANCELLED), server.reach)
    page = (await browser.get(f"{LIST}/{webhook.endpoint}")).text
    inner, failed, arrived = re.findall(r'<li id="entrega.+?</li>', page, re.DOTALL)
    assert "A booking is cancelled" in inner
    assert "There is no server on the internet at this address." in inner
    for part in ("A booking gets another time", "The server answered 503.", "tried 1 time",
                 "next try today", "Send now"):  # fmt: skip
        assert part in failed
    for part in ("A booking is confirmed", "delivered", "The server answered 200.", "Send again"):
        assert part in arrived
    assert "next try" not in arrived
    assert "Nothing arrives since" in page
    assert "not-public" not in page
    assert "There is no server on the internet" in (await browser.get(LIST)).text


async def test_the_log_has_pages(browser, webhook):
    deliveries = [await a_delivery(webhook) for _ in range(PAGE + 1)]
    page = (await browser.get(f"{LIST}/{webhook.endpoint}")).text
    assert f"entrega-{deliveries[1]}" in page
    assert f"entrega-{deliveries[0]}" not in page
    (older,) = re.findall(r'class="pager"><a class="go quiet" href="([^"]+)"', page)
    page = (await browser.get(older)).text
    assert re.findall(r"entrega-(\d+)", page) == [str(deliveries[0])]
    assert 'class="pager"' not in page


@pytest.mark.parametrize("number", ["0", "x", "9" * 30])
async def test_a_page_that_is_none_is_the_first(browser, webhook, number):
    delivery = await a_delivery(webhook)
    answered = await browser.get(f"{LIST}/{webhook.endpoint}?pagina={number}")
    assert answered.status_code == 200
    assert f"entrega-{delivery}" in answered.text


async def test_each_button_does_what_it_says(server, browser, webhook):
    here = f"{LIST}/{webhook.endpoint}"
    for button, said in [
        ("teste", "Sent. What came back is in the log"),
        ("desligamento", "Switched off."),
        ("ligamento", "Switched on."),
    ]:
        answered = await browser.post(f"{here}/{button}", follow_redirects=True)
        assert said in answered.text
    assert (await endpoint_of(webhook))["active"]
    answered = await browser.post(
        f"{here}/eventos", data={Kind.MOVED.value: "true"}, follow_redirects=True
    )
    assert answered.text.count("checked") == 1
    assert (await endpoint_of(webhook))["events"] == [Kind.MOVED]
    answered = await browser.post(f"{here}/remocao", follow_redirects=True)
    assert "Removed, and its log with it." in answered.text
    assert (await browser.get(here)).status_code == 404


async def test_choosing_no_event_is_refused_on_the_page(browser, webhook):
    answered = await browser.post(f"{LIST}/{webhook.endpoint}/eventos", data={"x": "1"})
    assert answered.status_code == 422
    assert "at least one event" in answered.text


async def test_a_new_secret_is_shown_once_with_how_long_the_old_one_is_good(browser, webhook):
    answered = await browser.post(f"{LIST}/{webhook.endpoint}/segredo")
    assert secret_on(answered.text) not in (None, webhook.secret)
    assert "The secret from before signs too until" in answered.text
    assert secret_on((await browser.get(f"{LIST}/{webhook.endpoint}")).text) is None


async def test_sending_again_leads_back_to_the_log(server, browser, webhook):
    server.answers["/in"] = OK
    delivery = await a_delivery(webhook)
    await deliver_webhook(delivery, server.reach)
    answered = await browser.post(f"{LIST}/entregas/{delivery}/repeticao")
    assert answered.headers["location"] == f"{LIST}/{webhook.endpoint}"
    assert (await delivery_of(delivery))["state"] == "waiting"


@pytest.mark.parametrize("button", ["teste", "again"])
async def test_one_that_is_off_sends_nothing_and_says_so(browser, provider, webhook, button):
    delivery = await a_delivery(webhook)
    await set_endpoint_active(provider, webhook.endpoint, active=False)
    page = (await browser.get(f"{LIST}/{webhook.endpoint}")).text
    assert "Send again" not in page
    assert "Send a test" not in page
    address = f"entregas/{delivery}/repeticao" if button == "again" else f"{webhook.endpoint}/teste"
    answered = await browser.post(f"{LIST}/{address}")
    assert answered.status_code == 409
    assert "Switch it on first" in answered.text


@pytest.mark.parametrize("status", [410, 500])
async def test_one_that_we_switched_off_says_why(server, browser, webhook, status):
    server.answers["/in"] = answer(status)
    delivery = await a_delivery(webhook)
    await fetch(
        "UPDATE webhook_endpoint SET failing_since = now() - interval '4 days' WHERE id = $1",
        webhook.endpoint,
    )
    await deliver_webhook(delivery, server.reach)
    why = "it is gone (410)" if status == 410 else "nothing arrived for three days"
    for address in (LIST, f"{LIST}/{webhook.endpoint}"):
        assert why in (await browser.get(address)).text


async def test_a_failing_one_says_since_when(browser, webhook):
    await fail_since(webhook, timedelta(days=1))
    assert "Nothing arrives since" in (await browser.get(f"{LIST}/{webhook.endpoint}")).text


async def test_the_account_leads_there(browser):
    assert f'href="{LIST}"' in (await browser.get("/conta")).text


async def test_the_example_of_the_guide_knows_what_we_sign(server, browser, provider, webhook):
    """Run as it stands on the page, on what has really arrived."""
    page = (await browser.get(LIST)).text
    (shown,) = re.findall(r'<code id="exemplo">(.+?)</code>', page, re.DOTALL)
    names: dict = {}
    exec(html.unescape(shown), names)
    is_genuine = names["is_genuine"]

    server.answers["/in"] = OK
    await deliver_webhook(await a_delivery(webhook), server.reach)
    (_, headers), body = server.requests[0], server.bodies[0]
    assert is_genuine(webhook.secret, headers, body)
    secret = await rotate_secret(provider, webhook.endpoint)
    await deliver_webhook(await a_delivery(webhook), server.reach)
    (_, later), later_body = server.requests[1], server.bodies[1]
    assert is_genuine(secret, later, later_body)
    assert is_genuine(webhook.secret, later, later_body)

    assert not is_genuine(secret, headers, body)
    assert not is_genuine(webhook.secret, headers, body + b" ")
    assert not is_genuine(webhook.secret, headers | {"webhook-id": "msg_x"}, body)
    assert not is_genuine(webhook.secret, headers | {"webhook-signature": "v1,é"}, body)
    assert not is_genuine(webhook.secret, {}, body)
    for sent_at in ("x", "", str(int(headers["webhook-timestamp"]) - 301)):
        assert not is_genuine(webhook.secret, headers | {"webhook-timestamp": sent_at}, body)


async def test_another_providers_page_is_not_there(app, webhook):
    stranger = await signed_in(app, await a_provider())
    assert (await stranger.get(f"{LIST}/{webhook.endpoint}")).status_code == 404
