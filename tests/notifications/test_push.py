"""Messages to browsers: only where they were asked for, and only they can read them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.accounts.forms import Proof
from app.core.database import fetch, fetch_one
from app.core.sessions import end_session, session_id
from app.core.time import now
from app.notifications import sending, vapid
from app.notifications.actions.devices import MOST, add_device
from app.notifications.actions.preferences import save_preferences
from app.notifications.actions.push import PAUSES, push_notification
from app.notifications.forms import DeviceForm
from app.notifications.tables import Channel, Kind
from app.privacy.actions.deletion import delete_account
from app.privacy.queries import everything_of
from app.settings import settings
from tests.browsing import signed_in
from tests.factories import PASSWORD, a_user, token_of
from tests.notifications.push_service import Browser, PushService, encoded, push_service
from tests.notifications.test_telling import told


@pytest.fixture
async def service(tmp_path) -> AsyncIterator[PushService]:
    async with push_service(tmp_path) as service:
        yield service


async def a_device(user: int) -> tuple[Browser, str]:
    """A browser of the user's, and its session."""
    browser, session = Browser(), session_id(await token_of(user))
    await add_device(user, session, browser.form)
    return browser, session


async def messages_of(user: int) -> list[Any]:
    return await fetch(
        """
        SELECT m.* FROM push_message m JOIN notification n ON n.id = m.notification
        WHERE n."user" = $1 ORDER BY m.id
        """,
        user,
    )


async def devices_of(user: int) -> list[str]:
    rows = await fetch('SELECT endpoint FROM push_subscription WHERE "user" = $1 ORDER BY id', user)
    return [row["endpoint"] for row in rows]


async def push(service: PushService, user: int) -> Any:
    """The message to the only device of a user who was told something, sent."""
    await told(user)
    message = (await messages_of(user))[-1]
    await push_notification(message["id"], service.reach)
    return await fetch_one("SELECT * FROM push_message WHERE id = $1", message["id"])


async def test_a_browser_is_told_and_reads_it(service):
    user = await a_user(language="pt")
    browser, _ = await a_device(user)
    message = await push(service, user)
    ((headers, body),) = service.got
    assert browser.read(body) == {
        "titulo": "Salvo.",
        "endereco": f"/avisos/{message['notification']}",
    }
    assert message["sent_at"]
    path = browser.endpoint.removeprefix("https://calendar.example")
    assert headers["first"] == f"POST {path} HTTP/1.1"
    assert (headers["content-encoding"], headers["ttl"]) == ("aes128gcm", "86400")


async def test_the_push_service_knows_us_by_our_key(service):
    user = await a_user()
    await a_device(user)
    await push(service, user)
    kind, _, rest = service.got[0][0]["authorization"].partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(","))
    assert (kind, parts["k"]) == ("vapid", vapid.public_key())
    point = jwt.utils.base64url_decode(parts["k"])
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(parts["t"], key, ["ES256"], audience="https://calendar.example")
    assert claims["sub"] == "mailto:no-reply@localhost"
    assert claims["exp"] < (now() + timedelta(hours=24)).timestamp()


async def test_nobody_else_can_read_it(service):
    user = await a_user()
    await a_device(user)
    await push(service, user)
    with pytest.raises(Exception, match="InvalidTag"):
        Browser().read(service.got[0][1])
    assert b"Salvo" not in service.got[0][1]


async def test_it_is_sent_once(service):
    user = await a_user()
    await a_device(user)
    message = await push(service, user)
    await push_notification(message["id"], service.reach)
    assert len(service.got) == 1


async def test_every_browser_of_somebody_is_told_and_nobody_elses(service):
    user = await a_user()
    browsers = [await a_device(user) for _ in range(2)]
    await a_device(await a_user())
    await told(user)
    for message in await messages_of(user):
        await push_notification(message["id"], service.reach)
    assert len(service.got) == len(browsers) == 2


async def test_without_having_asked_no_browser_is_told():
    user = await a_user()
    await told(user)
    assert await messages_of(user) == []


async def test_of_what_somebody_does_not_want_to_be_told_so_no_browser_hears(service):
    user = await a_user()
    await a_device(user)
    await save_preferences(user, {Kind.PAYMENT: frozenset({Channel.EMAIL})}, "")
    await told(user)
    await told(user, Kind.BOOKING, "move 1", own=True)
    assert await messages_of(user) == []
    await told(user, Kind.BOOKING, "move 2")
    assert len(await messages_of(user)) == 1


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
async def test_a_browser_that_is_gone_is_forgotten(service, status):
    user = await a_user()
    await a_device(user)
    service.status = status
    assert await push(service, user) is None
    assert await devices_of(user) == await messages_of(user) == []
    await told(user, cause="payment 2")
    assert await messages_of(user) == []


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Slow down"])
async def test_a_push_service_in_trouble_is_tried_again_for_a_while(service, status):
    user = await a_user()
    await a_device(user)
    service.status = status
    message = await push(service, user)
    for _ in PAUSES:
        await push_notification(message["id"], service.reach)
    rows = await fetch(
        "SELECT FROM pgqueuer WHERE entrypoint = 'push_notification' AND payload = $1",
        str(message["id"]).encode(),
    )
    # One when it was told, and one after each failure but the last.
    assert len(rows) == 1 + len(PAUSES)
    service.status = "201 Created"
    await push_notification(message["id"], service.reach)
    (message,) = await messages_of(user)
    assert message["sent_at"]


async def test_a_message_that_is_refused_is_not_tried_again(service):
    user = await a_user()
    await a_device(user)
    service.status = "413 Too large"
    message = await push(service, user)
    assert (message["code"], message["sent_at"]) == (413, None)
    rows = await fetch(
        "SELECT FROM pgqueuer WHERE entrypoint = 'push_notification' AND payload = $1",
        str(message["id"]).encode(),
    )
    assert len(rows) == 1


async def test_nobody_is_led_elsewhere(service):
    user = await a_user()
    await a_device(user)
    service.status = "307 Temporary Redirect"
    service.head = "Location: https://127.0.0.1/\r\n"
    message = await push(service, user)
    assert len(service.got) == 1
    assert (message["code"], message["sent_at"]) == (307, None)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
async def test_a_name_that_leads_into_a_network_of_ours_is_not_asked(service, address):
    user = await a_user()
    await a_device(user)
    service.hosts["calendar.example"] = [address]
    message = await push(service, user)
    assert service.got == service.dialled == []
    assert message["code"] == 0


async def test_a_push_service_that_stalls_is_left(service, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.2)

    async def stall(reader, writer):
        await asyncio.sleep(1)
        writer.close()

    listening = await asyncio.start_server(stall, "127.0.0.1", 0, ssl=service.context)
    service.port = listening.sockets[0].getsockname()[1]
    user = await a_user()
    await a_device(user)
    assert (await push(service, user))["code"] == 0
    listening.close()


async def test_a_browser_that_was_signed_out_is_told_nothing_more(service):
    user = await a_user()
    _, session = await a_device(user)
    await told(user)
    await end_session(session)
    (message,) = await messages_of(user)
    await push_notification(message["id"], service.reach)
    assert service.got == []
    assert await devices_of(user) == []


async def test_a_browser_belongs_to_who_is_signed_in_there_last(service):
    first, second = await a_user(), await a_user()
    browser, _ = await a_device(first)
    await told(first)
    await add_device(second, session_id(await token_of(second)), browser.form)
    assert await devices_of(first) == await messages_of(first) == []
    assert await devices_of(second) == [browser.endpoint]


async def test_a_session_has_one_browser_and_nobody_has_very_many():
    user = await a_user()
    session = session_id(await token_of(user))
    for _ in range(2):
        await add_device(user, session, Browser().form)
    assert len(await devices_of(user)) == 1
    for number in range(MOST + 3):
        await add_device(user, f"{number:064}", Browser().form)
    assert len(await devices_of(user)) == MOST


GOOD = Browser().typed


@pytest.mark.parametrize(
    "changed",
    [
        {"endereco": "http://calendar.example/push"},
        {"endereco": "https://calendar.example:8443/push"},
        {"endereco": "https://ana:b@calendar.example/push"},
        {"endereco": "ftp://calendar.example/"},
        {"endereco": "https://[::1/"},
        {"endereco": "https://calendar.example/" + "a" * 2000},
        {"endereco": ""},
        {"chave": "A" * 87},
        {"chave": "x"},
        {"chave": encoded(b"\x04" + b"\x01" * 64)},
        {"segredo": "x"},
        {"segredo": ""},
    ],
)
async def test_what_is_no_subscription_is_refused(app, changed):
    user = await a_user(language="en")
    browser = await signed_in(app, user)
    answer = await browser.post("/conta/avisos/aparelho", data={**GOOD, **changed})
    assert answer.status_code == 422
    assert "did not give us what it takes" in answer.text
    assert await devices_of(user) == []


async def test_an_address_of_a_network_of_ours_is_never_asked_even_by_its_number(service):
    user = await a_user()
    form = Browser().form
    numbered = DeviceForm("https://127.0.0.1/push", form.p256dh, form.auth)
    await add_device(user, session_id(await token_of(user)), numbered)
    service.hosts["127.0.0.1"] = ["127.0.0.1"]
    assert (await push(service, user))["code"] == 0
    assert service.dialled == []


async def test_the_page_switches_this_device_on_and_off(app):
    user = await a_user(language="en")
    here, elsewhere = await signed_in(app, user), await signed_in(app, user)
    page = (await here.get("/conta/avisos")).text
    assert f'data-key="{vapid.public_key()}"' in page
    browser = Browser()
    answer = await here.post("/conta/avisos/aparelho", data=browser.typed)
    assert answer.headers["location"] == "/conta/avisos"
    assert await devices_of(user) == [browser.endpoint]
    assert "Switch off here" in (await here.get("/conta/avisos")).text
    assert "Switch on here" in (await elsewhere.get("/conta/avisos")).text
    await elsewhere.post("/conta/avisos/aparelho/remocao")
    assert await devices_of(user) == [browser.endpoint]
    await here.post("/conta/avisos/aparelho/remocao")
    assert await devices_of(user) == []


async def test_the_list_says_how_many_devices_were_told(app, service):
    user = await a_user(language="en")
    await a_device(user)
    await told(user)
    browser = await signed_in(app, user)
    assert "Device: not told yet" in (await browser.get("/avisos")).text
    (message,) = await messages_of(user)
    await push_notification(message["id"], service.reach)
    assert "Device: told" in (await browser.get("/avisos")).text


async def test_a_copy_of_somebodys_data_has_their_devices_and_deleting_removes_them():
    user = await a_user()
    browser, _ = await a_device(user)
    await told(user)
    kept = await everything_of(user)
    assert [device["endpoint"] for device in kept["devices"]] == [browser.endpoint]
    assert len(kept["notifications"]) == len(kept["messages_to_devices"]) == 1
    await delete_account(user, Proof(PASSWORD))
    for table in ("push_subscription", "notification", "notification_preference", "email"):
        assert not await fetch(f'SELECT FROM {table} WHERE "user" = $1', user)


def test_our_key_is_made_once_and_kept_for_us_alone(data):
    first = vapid.public_key()
    vapid._read.cache_clear()
    assert vapid.public_key() == first
    file = data / "vapid.pem"
    assert file.stat().st_mode & 0o077 == 0
    assert b"PRIVATE KEY" in file.read_bytes()
    assert [path.name for path in data.iterdir()] == ["vapid.pem"]


def test_another_process_that_comes_second_takes_the_first_ones_key(data):
    first = vapid.public_key()
    vapid._make(data / "vapid.pem")
    vapid._read.cache_clear()
    assert vapid.public_key() == first


def test_the_key_may_be_given(monkeypatch):
    key = ec.generate_private_key(ec.SECP256R1())
    raw = key.private_numbers().private_value.to_bytes(32, "big")
    monkeypatch.setenv("VAPID_PRIVATE_KEY", encoded(raw))
    settings.cache_clear()
    try:
        assert vapid._key().private_key.private_numbers() == key.private_numbers()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
