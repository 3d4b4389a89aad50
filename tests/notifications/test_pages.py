"""The list under the bell: what is new, what was read, where each letter is."""

import re

import pytest

from app.accounts.tables import Role
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import NotFound
from app.core.i18n import N_
from app.emails.actions import Letter
from app.notifications.actions.notify import notify
from app.notifications.actions.reading import open_notification
from app.notifications.queries import PAGE
from app.notifications.tables import Kind
from tests.browsing import signed_in, visitor
from tests.factories import a_user
from tests.notifications.bookings import booked
from tests.notifications.test_telling import told


async def tell(user: int, count: int = 1) -> list[int]:
    """The ids of so many notifications, in order."""
    return [(await told(user, cause=f"payment {number}"))["id"] for number in range(count)]


def unread_in(page: str) -> int:
    """What the bell of a page says is new."""
    found = re.search(r'<a class="bell".*?</a>', page)
    assert found
    number = re.search(r": (\d+) (is|are) new", found[0])
    return int(number[1]) if number else 0


async def test_the_bell_counts_what_is_new_on_every_page(app):
    user = await a_user(language="en")
    browser = await signed_in(app, user)
    assert unread_in((await browser.get("/")).text) == 0
    await tell(user, 3)
    for path in ("/", "/servicos", "/conta", "/contratacoes", "/avisos", "/nada"):
        assert unread_in((await browser.get(path)).text) == 3


async def test_visitors_have_no_bell_and_nothing_is_loaded_for_it(app):
    for path in ("/entrar", "/servicos", "/"):
        page = (await visitor(app).get(path)).text
        assert "/avisos/ao-vivo" not in page
        assert 'class="bell"' not in page
    assert "hx-ws" not in (await visitor(app).get("/entrar")).text


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/contratacoes", Role.CUSTOMER),
        ("/painel", Role.PROVIDER),
        ("/painel/agenda", Role.PROVIDER),
    ],
)
async def test_a_page_with_a_socket_needs_no_second_one(app, path, role):
    made = await booked()
    browser = await signed_in(app, made.customer if role is Role.CUSTOMER else made.provider)
    page = (await browser.get(path)).text
    assert re.findall(r'hx-ws:connect="([^"?]+)', page) == [f"{path}/ao-vivo"]
    assert re.search(r'hx-ws:connect="[^"]+sino=\d+"', page)
    assert page.count("hx-ws.min.js") == 1


async def test_a_page_without_a_socket_opens_one_for_the_bell(app):
    page = (await (await signed_in(app, await a_user())).get("/conta")).text
    assert re.findall(r'hx-ws:connect="([^"]+)', page) == ["/avisos/ao-vivo?sino=0"]
    assert page.count("hx-ws.min.js") == 1


async def test_the_newest_stands_first_with_what_it_is_about_and_where_its_letter_is(app):
    made = await booked(confirmed=True)
    page = (await (await signed_in(app, made.customer)).get("/avisos")).text
    newest, oldest = page.index("Your booking is confirmed"), page.index("Your request was sent")
    assert newest < oldest
    assert "Troca de disjuntor" in page
    assert "09:00" in page
    assert "Marlene Souza" in page
    assert page.count("kept here") == 2


@pytest.mark.parametrize(
    ("state", "problem", "code", "attempts", "says"),
    [
        ("waiting", "", None, 0, "on its way"),
        ("waiting", "away", None, 2, "on its way: The mail server could not be reached. Tried 2"),
        ("bounced", "recipient", 550, 1, "came back: The mail server knows no such address."),
        ("failed", "slow", None, 9, "not sent: The mail server took too long to answer."),
    ],
)
async def test_it_says_where_a_letter_is_and_why(app, state, problem, code, attempts, says):
    user, admin = await a_user(language="en"), await a_user(Role.ADMIN, language="en")
    row = await told(user)
    await fetch(
        "UPDATE email SET state = $2, problem = $3, code = $4, attempts = $5 WHERE id = $1",
        row["email"],
        state,
        problem,
        code,
        attempts,
    )
    for reader, path in ((user, "/avisos"), (admin, f"/admin/emails/{row['email']}")):
        page = " ".join((await (await signed_in(app, reader)).get(path)).text.split())
        assert says in page
        assert (f"({code})" in page) == (code is not None)


async def test_it_says_when_a_letter_went_out(app):
    user = await a_user(language="en")
    row = await told(user)
    await fetch(
        "UPDATE email SET state = 'sent', sent_at = now() - interval '3 h' WHERE id = $1",
        row["email"],
    )
    assert "sent 3 hours ago" in (await (await signed_in(app, user)).get("/avisos")).text


async def test_opening_one_makes_it_read_and_leads_to_what_it_is_about(app):
    user = await a_user(language="en")
    first, second = await tell(user, 2)
    browser = await signed_in(app, user)
    answer = await browser.get(f"/avisos/{second}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/conta")
    await browser.get(f"/avisos/{second}")
    page = (await browser.get("/avisos")).text
    assert unread_in(page) == 1
    assert re.search(rf'id="aviso-{first}" class="unread"', page)
    assert not re.search(rf'id="aviso-{second}" class="unread"', page)


async def test_nobody_opens_somebody_elses():
    (theirs,) = await tell(await a_user())
    with pytest.raises(NotFound):
        await open_notification(await a_user(), theirs)
    row = await fetch_one("SELECT read_at FROM notification WHERE id = $1", theirs)
    assert row["read_at"] is None


async def test_all_that_was_on_the_page_is_marked_as_read_and_nothing_newer(app):
    user, other = await a_user(language="en"), await a_user()
    shown = await tell(user, 3)
    await tell(other)
    later = (await told(user, cause="payment later"))["id"]
    browser = await signed_in(app, user)
    answer = await browser.post("/avisos/leitura", data={"ate": shown[-1]})
    assert answer.headers["location"] == "/avisos"
    rows = await fetch("SELECT id FROM notification WHERE read_at IS NULL AND id >= $1", shown[0])
    assert later in [row["id"] for row in rows]
    assert len(rows) == 2
    assert "Mark all as read" in (await browser.get("/avisos")).text
    await browser.post("/avisos/leitura", data={"ate": later})
    assert "Mark all as read" not in (await browser.get("/avisos")).text


@pytest.mark.parametrize("newest", ["", "x", "-1", "9" * 20])
async def test_what_is_no_notification_is_not_marked(app, newest):
    browser = await signed_in(app, await a_user())
    assert (await browser.post("/avisos/leitura", data={"ate": newest})).status_code == 404


async def test_a_long_list_has_pages_by_key(app):
    user = await a_user(language="en")
    ids = await tell(user, PAGE + 2)
    browser = await signed_in(app, user)
    page = (await browser.get("/avisos")).text
    assert len(re.findall(r'id="aviso-\d+"', page)) == PAGE
    (address,) = re.findall(r'"(/avisos\?pagina=\d+)"', page)
    older = (await browser.get(address)).text
    assert re.findall(r'id="aviso-(\d+)"', older) == [str(ids[1]), str(ids[0])]
    assert ">More<" not in older
    assert "Nothing found" in (await browser.get(f"/avisos?pagina={ids[0]}")).text
    assert (await browser.get("/avisos?pagina=x")).status_code == 422


async def test_an_empty_list_says_what_will_stand_there(app):
    page = (await (await signed_in(app, await a_user(language="en"))).get("/avisos")).text
    assert "Nothing to tell yet" in page


async def test_a_line_is_in_the_language_that_its_reader_has_now(app):
    user = await a_user(language="en")
    async with transaction():
        letter = Letter(N_("Hello %(name)s", name="<b>1</b>"), [])
        await notify(user, Kind.PAYMENT, "payment 1", letter)
    await told(user, cause="payment 2")
    browser = await signed_in(app, user)
    page = (await browser.get("/avisos")).text
    assert "Hello &lt;b&gt;1&lt;/b&gt;" in page
    await fetch("UPDATE users SET language = 'pt' WHERE id = $1", user)
    assert "Salvo." in (await browser.get("/avisos")).text


async def test_a_line_keeps_no_names(app):
    made = await booked(confirmed=True)
    rows = await fetch("SELECT n::text AS text FROM notification n WHERE booking = $1", made.id)
    assert len(rows) == 4
    for name in ("Marlene", "Ana Lima", "Treze de Maio"):
        assert not [row for row in rows if name in row["text"]]
