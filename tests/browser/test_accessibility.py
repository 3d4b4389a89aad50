"""Every page, in both themes and languages: axe-core (WCAG 2.2 AA), and no sideways scroll."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.accounts import letters
from app.accounts.actions.email import PATH
from app.accounts.actions.links import make_link
from app.accounts.actions.second_factor import context_of
from app.accounts.actions.sign_in import HALFWAY
from app.accounts.controllers.sign_in import HALFWAY as HALFWAY_COOKIE
from app.accounts.tables import Purpose, Role
from app.bookings.actions.answer import confirm_booking
from app.core.addresses import path_of
from app.core.cookies import cookie_name
from app.core.database import fetch, fetch_one, transaction
from app.core.i18n import COOKIE as LANGUAGE
from app.core.sessions import COOKIE
from app.core.signing import encrypt, sign
from app.core.time import now
from app.emails.actions import send_email
from app.notifications.kinds import unsubscribe_address
from app.notifications.tables import Kind
from app.payments.actions.payout import make_payouts
from app.settings import ROOT
from tests.browser.pages import Page, every_page
from tests.factories import a_booking, a_user, an_offer, free_time, in_days, token_of
from tests.jobs import do_jobs
from tests.payments.earning import earn, give_key
from tests.payments.paying import Deal, a_charge, a_deal, pay
from tests.test_access import ACCESS
from tests.webhooks.webhooks import a_delivery, a_webhook, fail_since

AXE = Path(ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROWEST, PHONE, WIDEST = 320, 390, 1920
# Addresses that answer something else than a page.
NO_PAGES = {
    "/admin/auditoria/arquivo",
    "/admin/repasses/{batch:int}/arquivo",
    "/api/usuarios/me",
    "/calendario/{file:str}",
    "/conta/dados/exportacao/{name:str}",
    "/fotos/{name:str}",
    # A letter as it is, in the frame of a page that is looked at.
    "/admin/emails/{email:int}/carta",
    "/app.webmanifest",
    "/estilo.css",
    "/inicio",
    "/lugares",
    "/lugares/perto",
    "/painel/ganhos/arquivo",
    "/lugares/mapa",
    "/static/{file_path:path}",
    "/worker.js",
}


async def a_stage(language: str) -> tuple[dict[str, Page], dict[str | None, dict[str, str]]]:
    """Every page with something on it, and the cookies of everybody who looks at one."""
    offer = await an_offer()
    customer, admin = await a_user(), await a_user(Role.ADMIN)
    await free_time(offer.provider, in_days(2, 12), 6)
    pending = await a_booking(offer, in_days(2, 12), customer)
    confirmed = await a_booking(offer, in_days(2, 14), customer)
    await confirm_booking(offer.provider, confirmed)
    people = {"customer": customer, "provider": offer.provider, "admin": admin}
    await fetch(
        "UPDATE users SET language = $1 WHERE id = ANY($2)", language, list(people.values())
    )
    cookies = {who: {cookie_name(COOKIE): await token_of(user)} for who, user in people.items()}
    start = in_days(2, 16).strftime("%Y-%m-%dT%H:%M:%SZ")
    async with transaction():
        lifetime = timedelta(hours=1)
        reset = await make_link(
            customer, Purpose.RESET_PASSWORD, "a@b.test", "/senha/nova", lifetime
        )
        confirm = await make_link(customer, Purpose.CONFIRM_EMAIL, "a@b.test", PATH, lifetime)
        letter = letters.confirm_email(confirm)
        await send_email(customer, "a@b.test", language, letter)
    email = await fetch_one('SELECT id FROM email WHERE "user" = $1', customer)
    await fetch(
        "UPDATE users SET phone = '+5516991234567' WHERE id = ANY($1)", list(people.values())
    )
    await do_jobs("tell_move")
    await fetch(
        """
        UPDATE email SET state = 'bounced', problem = 'recipient', code = 550
        WHERE "user" = $1 AND id > $2
        """,
        customer,
        email["id"],
    )
    await fetch(
        "INSERT INTO external_calendar (provider, name, url, synced_at, error) VALUES"
        " ($1, 'Pessoal', 'https://calendar.example/a.ics', now(), ''),"
        " ($1, 'Família', 'https://other.example/b.ics', NULL, 'no-answer')",
        offer.provider,
    )
    webhook = await a_webhook_with_a_log(offer.provider)
    context = context_of(admin)
    await fetch(
        'INSERT INTO authenticator ("user", secret) VALUES ($1, $2)', admin, encrypt("A", context)
    )
    paying = await a_deal(customer=customer)
    bank = await a_charge(paying)
    paid, batch = await money_moves(offer.provider, customer, admin)
    halfway = {HALFWAY_COOKIE: sign({"sub": str(admin), "back": ""}, HALFWAY, lifetime)}
    return every_page(
        service=f"/servicos/{offer.service}",
        form=f"/contratacoes/nova?servico={offer.service}&inicio={start}",
        pending=f"/contratacoes/{pending}",
        confirmed=f"/contratacoes/{confirmed}",
        paying=f"/contratacoes/{paying.code}/pagamento",
        bank=f"/sandbox/{bank}",
        receipt=f"/contratacoes/{paid}/recibo",
        reset=path_of(reset),
        confirm=path_of(confirm),
        unsubscribe=path_of(unsubscribe_address(customer, Kind.BOOKING)),
        email=f"/admin/emails/{email['id']}",
        batch=f"/admin/repasses/{batch}",
        webhook=f"/painel/integracoes/{webhook}",
    ), {**cookies, "halfway": halfway | {LANGUAGE: language}, None: {LANGUAGE: language}}


async def money_moves(provider: int, customer: int, admin: int) -> tuple[str, int]:
    """The code of a booking that was paid, and a batch of payouts; a refund fails besides."""
    offer = await an_offer(provider, prepaid_percent=30)
    await free_time(provider, in_days(4), 4)
    deal = Deal(offer, customer, await a_booking(offer, in_days(4), customer))
    await pay(await a_charge(deal))
    await fetch(
        """
        INSERT INTO refund (share, reference, amount, state, problem)
        SELECT s.id, gen_random_uuid(), 5, 'failed', 'insufficient_funds'
        FROM payment_share s JOIN booking b ON b.id = s.booking WHERE b.code = $1
        """,
        deal.code,
    )
    await earn(offer)
    await give_key(provider)
    batch = await make_payouts(admin, Decimal(20))
    for kept, status, days in (
        ("45", "cancelled", 8),
        ("0", "completed", 40),
        ("70", "completed", 1),
    ):
        await earn(offer, kept, at=now() - timedelta(days=days), status=status)
    return deal.code, batch


async def a_webhook_with_a_log(provider: int) -> int:
    """With a delivery in each state; beside it another that was switched off."""
    webhook = await a_webhook(provider, "https://hooks.example/" + "a-long-path/" * 9)
    for columns in (
        "state = 'delivered', next_try_at = NULL, status = 200, tries = 1",
        "status = 503, tries = 3, next_try_at = now() + interval '1 hour'",
        "state = 'failed', next_try_at = NULL, error = 'not-public', tries = 8",
    ):
        delivery = await a_delivery(webhook)
        await fetch(f"UPDATE webhook_delivery SET {columns} WHERE id = $1", delivery)
    await fail_since(webhook, timedelta(days=1))
    gone = await a_webhook(provider, "https://other.example/")
    await fetch(
        "UPDATE webhook_endpoint SET active = false, off_because = 'gone' WHERE id = $1",
        gone.endpoint,
    )
    return webhook.endpoint


async def found_on(window) -> list[str]:
    """What axe complains of, and at which widths and letter sizes the page scrolls sideways."""
    await window.evaluate(AXE)
    found = await window.evaluate("tags => axe.run({runOnly: tags})", RULES)
    wrong = [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    for width in (NARROWEST, PHONE, WIDEST):
        await window.set_viewport_size({"width": width, "height": 844})
        if await scrolls_sideways(window):
            wrong.append(f"scrolls sideways at {width}")
    await window.set_viewport_size({"width": PHONE, "height": 844})
    await window.add_style_tag(content="html { font-size: 200% }")
    if await scrolls_sideways(window):
        wrong.append("scrolls sideways with letters of twice the size")
    return wrong


async def scrolls_sideways(window) -> bool:
    return await window.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["pt", "en"])
async def test_no_page_keeps_anybody_out(two_servers, browser, theme, language):
    pages, cookies = await a_stage(language)
    wrong: dict[str, list[str]] = {}
    for who, theirs in cookies.items():
        # The page's own policy forbids scripts from elsewhere, axe among them.
        context = await browser.new_context(
            base_url=two_servers[0],
            viewport={"width": PHONE, "height": 844},
            color_scheme=theme,
            reduced_motion="reduce",
            bypass_csp=True,
        )
        await context.add_cookies(
            [
                {"name": name, "value": value, "url": two_servers[0]}
                for name, value in theirs.items()
            ]
        )
        window = await context.new_page()
        for name, page in pages.items():
            if page.who != who:
                continue
            answer = await window.goto(page.path)
            assert answer.status < 500, f"{name} is broken"
            if page.press:
                await window.locator(page.press).first.click()
                await window.wait_for_load_state()
            assert await window.evaluate("document.documentElement.lang.slice(0, 2)") == language
            if found := await found_on(window):
                wrong[name] = found
        await context.close()
    assert wrong == {}


async def test_every_page_is_looked_at():
    pages, _ = await a_stage("pt")
    looked_at = {page.path.split("?")[0] for page in pages.values()}
    addresses = {path for method, path in ACCESS if method == "GET"} - NO_PAGES
    missed = {
        address for address in addresses if not any(fits(address, path) for path in looked_at)
    }
    assert missed == set()


def fits(address: str, path: str) -> bool:
    """Whether a path is one of a route's: "/servicos/{service:int}" and "/servicos/7"."""
    parts, theirs = address.split("/"), path.split("/")
    return len(parts) == len(theirs) and all(
        part == their or part.startswith("{") for part, their in zip(parts, theirs, strict=True)
    )
