"""Without a network: what was booked is still there to read, and only for whoever booked it."""

import asyncio
import json
import struct

from playwright.async_api import Page, expect

from app.settings import ROOT
from tests.browser.conftest import Window
from tests.browsing import visitor
from tests.factories import a_booking, a_user, an_offer, free_time, in_days

NOON = in_days(2, 12)
NO_CONNECTION = "There is no connection right now"
# The reader's own copy of the offline page, as the worker keeps it.
OWN_COPY = "async () => (await (await caches.open('own')).match('/sem-conexao'))?.text() ?? ''"


async def a_customer_with_a_booking(name: str) -> tuple[int, str]:
    offer, customer = await an_offer(name=name), await a_user(language="en")
    await free_time(offer.provider, NOON, 4)
    return customer, await a_booking(offer, NOON, customer)


async def is_watched(page: Page) -> None:
    """Wait until the worker sees what this window asks for."""
    await page.evaluate("navigator.serviceWorker.ready")
    await page.wait_for_function("navigator.serviceWorker.controller !== null")


async def keeps(page: Page, text: str, there: bool = True) -> None:
    """Wait until the copy that the worker keeps has this text, or has it no more."""
    async with asyncio.timeout(10):
        while not (copy := await page.evaluate(OWN_COPY)) or (text in copy) != there:
            await asyncio.sleep(0.05)


async def a_page_that_keeps(name: str, server: str, window: Window) -> Page:
    """The window of a customer, with their booking of this service in the worker's copy."""
    customer, _ = await a_customer_with_a_booking(name)
    page = await window(server, user=customer)
    await page.goto("/contratacoes")
    await is_watched(page)
    await keeps(page, name)
    return page


async def test_a_customer_reads_their_bookings_without_a_network(two_servers, window):
    offer, customer = await an_offer(name="Pintura de portão"), await a_user(language="en")
    await free_time(offer.provider, NOON, 4)
    page = await window(two_servers[0], user=customer)
    await page.goto("/")
    await is_watched(page)
    await keeps(page, "Nothing booked ahead")
    code = await a_booking(offer, NOON, customer)
    await page.goto("/contratacoes")
    await keeps(page, "Pintura de portão")

    await page.context.set_offline(True)
    for path in ("/contratacoes", "/servicos?q=pintura", f"/contratacoes/{code}", "/"):
        await page.goto(path)
        await expect(page.get_by_role("heading", name=NO_CONNECTION)).to_be_visible()
        await expect(page.get_by_role("link", name="Pintura de portão")).to_be_visible()
        # The stylesheet is there too.
        assert await page.evaluate("getComputedStyle(document.querySelector('.torn')).display") == (
            "grid"
        )

    await page.context.set_offline(False)
    await page.get_by_role("link", name="Try again").click()
    await expect(page.get_by_role("heading", name="Good people nearby")).to_be_visible()
    missing = await page.goto("/nada")
    assert missing.status == 404


async def test_a_provider_reads_what_is_confirmed(two_servers, window):
    offer = await an_offer(name="Conserto de telhado")
    await free_time(offer.provider, NOON, 4)
    code = await a_booking(offer, NOON)
    page = await window(two_servers[0], user=offer.provider)
    await page.goto("/painel")
    await is_watched(page)
    await keeps(page, code, there=False)
    await page.get_by_role("button", name="Aceitar").click()
    await keeps(page, code)

    await page.context.set_offline(True)
    await page.goto("/painel")
    await expect(page.get_by_text("Rua Treze de Maio, 210")).to_be_visible()


async def test_after_signing_out_nothing_of_the_person_is_left(two_servers, window):
    page = await a_page_that_keeps("Poda de árvores", two_servers[0], window)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_text("You are signed out")).to_be_visible()
    await keeps(page, "Poda de árvores", there=False)

    await page.context.set_offline(True)
    await page.goto("/contratacoes")
    await expect(page.get_by_role("heading", name=NO_CONNECTION)).to_be_visible()
    await expect(page.get_by_text("Poda de árvores")).to_have_count(0)


async def test_who_signs_out_without_a_network_is_not_shown_their_bookings(two_servers, window):
    page = await a_page_that_keeps("Aula de violão", two_servers[0], window)

    await page.context.set_offline(True)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name=NO_CONNECTION)).to_be_visible()
    await page.goto("/contratacoes")
    await expect(page.get_by_role("heading", name=NO_CONNECTION)).to_be_visible()
    await expect(page.get_by_text("Aula de violão")).to_have_count(0)


async def test_a_cancelled_booking_leaves_the_copy(two_servers, window):
    customer, code = await a_customer_with_a_booking("Limpeza de vidros")
    page = await window(two_servers[0], user=customer)
    await page.goto(f"/contratacoes/{code}")
    await is_watched(page)
    await keeps(page, "Limpeza de vidros")
    await page.get_by_role("button", name="Cancel booking").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel booking").click()
    await expect(page.get_by_text("Cancelled. The time is free")).to_be_visible()
    await keeps(page, "Limpeza de vidros", there=False)


async def test_a_form_of_another_site_is_still_refused(two_servers, window):
    customer, code = await a_customer_with_a_booking("Troca de fechadura")
    page = await window(two_servers[0], user=customer)
    await page.goto("/contratacoes")
    await is_watched(page)

    elsewhere = two_servers[1].replace("127.0.0.1", "localhost")
    address = f"{two_servers[0]}/contratacoes/{code}/cancelamento"
    await page.route(
        f"{elsewhere}/**",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method="post" action="{address}"><button>Win</button></form>',
        ),
    )
    await page.goto(f"{elsewhere}/")
    async with page.expect_response(address) as answers:
        await page.get_by_role("button", name="Win").click()
    answer = await answers.value
    assert (answer.status, answer.from_service_worker) == (403, False)


async def test_the_manifest_is_in_the_readers_language_and_its_icons_are_as_it_says(app):
    for language, bookings in (("en", "My bookings"), ("pt", "Minhas contratações")):
        browser = visitor(app, language)
        answer = await browser.get("/app.webmanifest")
        assert answer.headers["content-type"].startswith("application/manifest+json")
        manifest = json.loads(answer.text)
        assert bookings in [shortcut["name"] for shortcut in manifest["shortcuts"]]
        assert len(manifest["short_name"]) <= 12
        assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
        for icon in manifest["icons"]:
            content = (await browser.get(icon["src"])).content
            width, height = struct.unpack(">II", content[16:24])
            assert icon["sizes"] == f"{width}x{height}"


async def test_the_worker_names_files_that_exist(app):
    browser = visitor(app)
    answer = await browser.get("/worker.js")
    assert "no-cache" in answer.headers["cache-control"]
    kept = json.loads(answer.text.splitlines()[0].removeprefix("const KEPT = ").rstrip(";"))
    for address in kept:
        assert (await browser.get(address)).status_code == 200
    assert (ROOT / "static" / "js" / "worker.js").read_text("utf-8") in answer.text
