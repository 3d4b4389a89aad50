"""The picture of themselves that people show: sent by a form, kept as one file, served as such."""

import asyncio
import re

import pytest

from app.core import limits
from app.core.database import fetch
from app.core.errors import NotFound
from app.core.files import path_of
from app.photos.actions import MOST_BYTES, PHOTOS, change_portrait
from app.photos.queries import portrait_of
from tests.browsing import signed_in, visitor
from tests.factories import a_user
from tests.photos.pictures import a_picture, a_png_that_claims, a_text, kept_files, send

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FORM = 'enctype="multipart/form-data"'


async def a_portrait(user: int) -> str:
    """Its name."""
    await change_portrait(user, a_picture())
    name = await portrait_of(user)
    assert name
    return name


async def photos_of(user: int) -> list[str]:
    return [row["name"] for row in await fetch("SELECT name FROM photo WHERE owner = $1", user)]


async def test_a_picture_that_was_sent_is_shown(app):
    browser = await signed_in(app, await a_user(language="en"))
    assert (await send(browser, a_picture())).headers["location"] == "/conta/foto"

    page = (await browser.get("/conta/foto")).text
    assert "Your photo is changed" in page
    (address,) = re.findall(r'src="(/fotos/[0-9a-f]{32})"', page)
    assert (await browser.get(address)).content[8:12] == b"WEBP"


async def test_a_picture_is_served_as_what_it_is_and_nothing_else(app):
    name = await a_portrait(await a_user())
    answer = await visitor(app).get(f"/fotos/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


async def test_a_picture_is_not_compressed_once_more(app):
    user = await a_user()
    await change_portrait(user, a_picture(size=(1600, 1200)))
    answer = await visitor(app).get(
        f"/fotos/{await portrait_of(user)}", headers={"Accept-Encoding": "br"}
    )
    assert len(answer.content) > 2_000
    assert "content-encoding" not in answer.headers


async def test_a_picture_whose_file_is_gone_is_not_there(app):
    name = await a_portrait(await a_user())
    path_of(PHOTOS, name).unlink()
    assert (await visitor(app).get(f"/fotos/{name}")).status_code == 404


async def test_whoever_is_signed_in_gets_the_same_file(app):
    name = await a_portrait(await a_user())
    answer = await (await signed_in(app, await a_user())).get(f"/fotos/{name}")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["0" * 32, "x", "0" * 31, "0" * 31 + "G", "..%2f..%2fsettings"])
async def test_a_picture_that_nobody_has_sent_is_not_there(app, name):
    assert (await visitor(app).get(f"/fotos/{name}")).status_code == 404


async def test_a_file_that_no_row_knows_is_not_served(app):
    path = path_of(PHOTOS, "a" * 32)
    path.parent.mkdir(parents=True)
    path.write_bytes(a_picture("WEBP"))
    assert (await visitor(app).get(f"/fotos/{path.name}")).status_code == 404


@pytest.mark.parametrize(
    "content", [SVG, b"<!doctype html><script></script>", a_picture("GIF"), b"Bom dia"]
)
async def test_what_calls_itself_a_picture_and_is_none_is_refused(app, content):
    user = await a_user(language="en")
    answer = await send(await signed_in(app, user), content, "eu.png")
    assert answer.status_code == 422
    assert "We cannot read this picture" in answer.text
    assert FORM in answer.text
    assert await photos_of(user) == kept_files() == []


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (a_png_that_claims(50_000, 50_000), 413, "too large"),
        (a_picture().ljust(MOST_BYTES + 1, b"\0"), 413, "too large"),
        (a_picture("PNG", (10, 10)), 422, "too small"),
        (a_picture()[:-200], 422, "cannot read"),
    ],
)
async def test_a_picture_that_cannot_be_kept_comes_back_with_the_form(app, content, status, says):
    answer = await send(await signed_in(app, await a_user(language="en")), content)
    assert answer.status_code == status
    assert says in answer.text
    assert FORM in answer.text


async def test_far_more_than_a_picture_is_not_read_at_all(app):
    browser = await signed_in(app, await a_user(language="en"))
    answer = await send(browser, b"\0" * (MOST_BYTES + 200_000))
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert FORM in answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {"files": {"outra": ("eu.jpg", a_picture())}},
        {"files": {"foto": ("", b"")}},
        {"files": {"x": ("x", b"")}, "data": {"foto": "text"}},
    ],
)
async def test_a_form_without_a_file_comes_back(app, sent):
    answer = await (await signed_in(app, await a_user())).post("/conta/foto", **sent)
    assert answer.status_code == 422
    assert FORM in answer.text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"foto=x", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (a_picture(), "image/jpeg"),
        (b"", ""),
        (b"--x\r\n", "multipart/form-data"),
        (b"rubbish", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--\xff\r\n", b"multipart/form-data; boundary=\xff"),
        (b"--\r\n", 'multipart/form-data; boundary=""'),
        (a_text(b"text/plain; charset=x"), "multipart/form-data; boundary=x"),
        (a_text(b"text/plain", b"\xff"), "multipart/form-data; boundary=x"),
        (a_text(b"text/plain") * 1_001 + b"--x--", "multipart/form-data; boundary=x"),
    ],
)
async def test_what_is_no_form_with_files_comes_back_with_the_form(app, content, kind):
    browser = await signed_in(app, await a_user(language="en"))
    answer = await browser.post("/conta/foto", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 422
    assert "We could not read what was sent" in answer.text
    assert FORM in answer.text
    assert kept_files() == []


async def test_a_new_picture_takes_the_place_of_the_old_one_and_of_its_file(app):
    user = await a_user()
    old = await a_portrait(user)
    new = await a_portrait(user)
    assert await photos_of(user) == kept_files() == [new]
    assert (await visitor(app).get(f"/fotos/{old}")).status_code == 404


async def test_a_picture_that_is_refused_leaves_the_old_one(app):
    user = await a_user()
    old = await a_portrait(user)
    await send(await signed_in(app, user), b"Bom dia")
    assert await photos_of(user) == kept_files() == [old]


async def test_of_two_pictures_sent_at_once_one_stays(app):
    user = await a_user()
    browsers = [await signed_in(app, user) for _ in range(4)]
    answers = await asyncio.gather(*(send(browser, a_picture()) for browser in browsers))
    assert {answer.status_code for answer in answers} == {303}
    assert await photos_of(user) == kept_files() == [await portrait_of(user)]


async def test_a_picture_that_is_removed_is_gone_with_its_file(app):
    user = await a_user()
    await a_portrait(user)
    browser = await signed_in(app, user)
    assert (await browser.post("/conta/foto/remocao")).status_code == 303
    assert await photos_of(user) == kept_files() == []
    assert "/fotos/" not in (await browser.get("/conta/foto")).text


async def test_removing_a_picture_twice_is_fine(app):
    browser = await signed_in(app, await a_user())
    assert (await browser.post("/conta/foto/remocao")).status_code == 303


async def test_a_picture_of_others_stays_when_one_is_removed(app):
    others = await a_portrait(await a_user())
    await (await signed_in(app, await a_user())).post("/conta/foto/remocao")
    assert kept_files() == [others]


async def test_a_picture_that_can_not_be_written_down_leaves_no_file(app):
    user = await a_user()
    await fetch("UPDATE users SET active = false WHERE id = $1", user)
    with pytest.raises(NotFound):
        await change_portrait(user, a_picture())
    assert kept_files() == []


async def test_too_many_pictures_in_an_hour_are_refused_with_the_form(app, monkeypatch):
    monkeypatch.setattr(limits, "UPLOAD", limits.Limit("upload-in-test", 1, 60))
    browser = await signed_in(app, await a_user())
    assert (await send(browser, a_picture())).status_code == 303
    answer = await send(browser, a_picture())
    assert answer.status_code == 429
    assert FORM in answer.text
