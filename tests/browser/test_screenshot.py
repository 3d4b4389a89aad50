"""The picture in the README; after a change of look, copy it from seen/ to docs/."""

import os
from pathlib import Path

import asyncpg

from app.core.time import now
from app.demo.seed import seed

SEEN = Path(__file__).parent / "seen"


async def test_the_home_page_has_its_picture_taken(two_servers, browser):
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    await seed(connection, providers=30, random_seed=4, today=now().date())
    await connection.close()
    context = await browser.new_context(
        base_url=two_servers[0],
        viewport={"width": 1280, "height": 1180},
        locale="pt-BR",
        color_scheme="light",
    )
    page = await context.new_page()
    await page.goto("/")
    posters = await page.locator(".poster .tabs").count()
    await page.evaluate("document.fonts.ready")
    SEEN.mkdir(exist_ok=True)
    await page.screenshot(path=SEEN / "home.png")
    await context.close()
    assert posters == 6
    assert (SEEN / "home.png").stat().st_size > 50_000
