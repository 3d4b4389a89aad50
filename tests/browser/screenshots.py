"""Every page × width × theme × language into tests/browser/seen, to be looked at:
`make screenshots`, or only some: `python -m tests.browser.screenshots home search`."""

import asyncio
import shutil
import sys
from itertools import product
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from app.core.i18n import LANGUAGES, LOCALES
from tests.browser.conftest import QUIET
from tests.browser.demo import demo, pages, sign_in
from tests.browser.install import find_browser
from tests.browser.pages import Page

SEEN = Path(__file__).parent / "seen"
WIDTHS, THEMES = {390: 844, 1280: 900}, ("light", "dark")


async def main(wanted: list[str]) -> None:
    with demo() as server:
        shown = {name: page for name, page in pages(server).items() if not wanted or name in wanted}
        if not wanted:
            shutil.rmtree(SEEN, ignore_errors=True)
        SEEN.mkdir(exist_ok=True)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_browser(), args=QUIET)
            for language in LANGUAGES:
                # One after the other: a person has one language at a time.
                await _in_language(browser, server, shown, language)
            await browser.close()
    print(f"{len(list(SEEN.iterdir()))} pictures in {SEEN}")


async def _in_language(
    browser: Browser, server: str, shown: dict[str, Page], language: str
) -> None:
    cookies = {who: sign_in(server, who, language) for who in {page.who for page in shown.values()}}
    for width, theme in product(WIDTHS, THEMES):
        for who, theirs in cookies.items():
            context = await browser.new_context(
                base_url=server,
                viewport={"width": width, "height": WIDTHS[width]},
                color_scheme=theme,
                locale=LOCALES[language].replace("_", "-"),
                reduced_motion="reduce",
                service_workers="block",
            )
            await context.add_cookies(
                [{"name": name, "value": value, "url": server} for name, value in theirs.items()]
            )
            window = await context.new_page()
            for name, page in shown.items():
                if page.who != who:
                    continue
                await window.goto(page.path)
                # What only one width has is pressed only there.
                if page.press and await window.locator(page.press).first.is_visible():
                    await window.locator(page.press).first.click()
                await window.evaluate("document.fonts.ready")
                path = SEEN / f"{name}-{width}-{theme}-{language}.png"
                await window.screenshot(path=path, full_page=True)
            await context.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
