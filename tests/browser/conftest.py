"""A real browser; each window is a person of their own."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from app.core.cookies import cookie_name
from app.core.sessions import COOKIE
from tests.browser.install import find_browser
from tests.factories import token_of

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

Window = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def window(browser: Browser) -> AsyncIterator[Window]:
    """Opens a window: `await window(server, user=…, javascript=…)`. Broken pages fail the test."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    async def open_window(server: str, user: int | None = None, javascript: bool = True) -> Page:
        context = await browser.new_context(
            base_url=server,
            viewport={"width": 390, "height": 844},
            locale="en-GB",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        if user:
            cookie = {"name": cookie_name(COOKIE), "value": await token_of(user), "url": server}
            await context.add_cookies([cookie])
        page = await context.new_page()
        if javascript:
            page.on(
                "pageerror", lambda error: broken.append(str(error)) if _is_ours(error) else None
            )
            page.on("console", lambda line: broken.append(line.text) if _is_broken(line) else None)
        return page

    yield open_window
    for context in contexts:
        await context.close()
    assert not broken


def _is_ours(error) -> bool:
    """Chromium reports as an error that it skipped a transition between two pages."""
    return not str(error).startswith("Transition was")


def _is_broken(line) -> bool:
    return line.type == "error" and "Content Security Policy" in line.text
