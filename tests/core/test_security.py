"""What every answer carries, and what another site cannot make a browser do."""

import pytest

from tests.browsing import signed_in, visitor
from tests.factories import a_user


@pytest.mark.parametrize("path", ["/", "/nada", "/entrar", "/static/not-there.css"])
async def test_every_page_carries_the_defences(app, path):
    headers = (await visitor(app).get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/static/icons/mark.svg", "/estilo.css"])
async def test_a_file_is_what_it_says_and_only_for_us(app, path):
    headers = (await visitor(app).get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("accepted", ["br", "gzip"])
async def test_pages_travel_compressed(app, accepted):
    headers = (await visitor(app).get("/", headers={"Accept-Encoding": accepted})).headers
    assert headers["content-encoding"] == accepted
    assert "Accept-Encoding" in headers["vary"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://test"},
    ],
)
async def test_a_form_of_another_site_is_refused(app, headers):
    browser = await signed_in(app, await a_user(language="en"))
    answer = await browser.post("/sair", headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert (await browser.get("/contratacoes")).status_code == 200


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://test"}])
async def test_our_own_forms_are_accepted(app, headers):
    browser = await signed_in(app, await a_user())
    assert (await browser.post("/sair", headers=headers)).status_code == 303


async def test_a_link_from_another_site_leads_in(app):
    answer = await visitor(app).get("/servicos", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/static/vendor/htmx.min.js?v=1", "public, max-age=31536000, immutable"),
        ("/estilo.css?v=1", "public, max-age=31536000, immutable"),
        ("/static/vendor/bricolage.woff2", "public, max-age=86400"),
        ("/entrar?v=1", "private, no-cache"),
        ("/static/not-there.css?v=1", "private, no-cache"),
    ],
)
async def test_only_files_are_kept_by_browsers(app, path, kept):
    answer = await visitor(app).get(path)
    assert answer.headers["cache-control"] == kept


async def test_what_was_typed_comes_back_as_text_and_not_as_markup(app):
    answer = await visitor(app).get("/servicos", params={"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text
