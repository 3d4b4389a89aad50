"""axe-core (WCAG 2.2 A and AA) on every page, in both themes."""

from pathlib import Path

import pytest

from app.accounts.tables import Role
from app.core.sessions import cookie_name
from app.settings import ROOT
from tests.factories import a_booking, a_user, an_offer, free_time, in_days, token_of

AXE = Path(ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOON = in_days(2, 12)


async def violations(browser, server: str, path: str, user: int | None, theme: str) -> list[str]:
    # The page's own policy forbids scripts from elsewhere, axe among them.
    context = await browser.new_context(
        base_url=server,
        viewport={"width": 390, "height": 844},
        color_scheme=theme,
        reduced_motion="reduce",
        bypass_csp=True,
    )
    if user:
        cookie = {"name": cookie_name(), "value": await token_of(user), "url": server}
        await context.add_cookies([cookie])
    page = await context.new_page()
    await page.goto(path)
    await page.evaluate(AXE)
    found = await page.evaluate("tags => axe.run({runOnly: tags})", RULES)
    await context.close()
    return [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_no_page_keeps_anybody_out(two_servers, browser, theme):
    offer, customer = await an_offer(), await a_user()
    await free_time(offer.provider, NOON, 4)
    code = await a_booking(offer, NOON, customer)
    admin = await a_user(Role.ADMIN)
    later = in_days(2, 14).strftime("%Y-%m-%dT%H:%M:%SZ")
    pages = [
        ("/", None),
        ("/servicos?q=disjuntor", None),
        ("/servicos?q=xyzzyxyzzy", None),
        ("/servicos?data=2026-13-45", None),
        (f"/servicos/{offer.service}", None),
        ("/entrar", None),
        ("/cadastro", None),
        ("/nada", None),
        ("/contratacoes", customer),
        (f"/contratacoes/{code}", customer),
        (f"/contratacoes/nova?servico={offer.service}&inicio={later}", customer),
        ("/painel", offer.provider),
        ("/admin", admin),
        ("/admin/usuarios", admin),
        ("/admin/servicos", admin),
        ("/admin/contratacoes", admin),
    ]
    found = {
        path: wrong
        for path, user in pages
        if (wrong := await violations(browser, two_servers[0], path, user, theme))
    }
    assert found == {}
