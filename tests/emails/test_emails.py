"""Letters: written with what causes them, handed over once, and forgotten then."""

import asyncio
import email.policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from app.accounts.letters import password_changed
from app.core.database import fetch, fetch_one, transaction
from app.core.i18n import N_
from app.emails.actions import Letter, deliver_email, send_email
from app.emails.jobs import HANDLERS
from tests.core.test_jobs import SOON, working
from tests.factories import a_user, email_of
from tests.letters import letters_to, newest_letter

GREETING = Letter(N_("Hello %(name)s", name="Zé"), [N_("You are %(name)s.", name="<b>Zé</b>")])


async def a_letter(
    letter: Letter = GREETING, *, recipient: str = "", language: str = "en"
) -> tuple[int, str]:
    """Its id and whom it goes to."""
    user, recipient = await a_user(), recipient or email_of(0)
    async with transaction():
        await send_email(user, recipient, language, letter)
    row = await fetch_one('SELECT id FROM email WHERE "user" = $1', user)
    return row["id"], recipient


async def kept(letter: int) -> tuple[str, str]:
    row = await fetch_one("SELECT text, html FROM email WHERE id = $1", letter)
    return row["text"], row["html"]


async def sent_at(letter: int) -> object:
    return (await fetch_one("SELECT sent_at FROM email WHERE id = $1", letter))["sent_at"]


async def state_of(letter: int) -> str:
    return (await fetch_one("SELECT state FROM email WHERE id = $1", letter))["state"]


async def jobs_for(letter: int) -> list[object]:
    return await fetch(
        "SELECT status FROM pgqueuer WHERE entrypoint = 'deliver_email' AND payload = $1",
        str(letter).encode(),
    )


def read(content: bytes) -> EmailMessage:
    return BytesParser(policy=email.policy.default).parsebytes(content)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return body.get_content()


async def test_a_letter_is_written_with_what_causes_it():
    user = await a_user()
    async with transaction():
        await send_email(user, "ze@example.test", "en", GREETING)
    letter = await newest_letter(user)
    assert (letter["recipient"], letter["subject"]) == ("ze@example.test", "Hello Zé")


async def test_a_letter_is_rolled_back_with_what_causes_it():
    user = await a_user()
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await send_email(user, "ze@example.test", "en", GREETING)
            raise ZeroDivisionError
    assert await letters_to(user) == []


async def test_without_a_mail_server_a_letter_waits_to_be_read():
    letter, _ = await a_letter()
    assert await jobs_for(letter) == []
    assert all(await kept(letter))
    assert await state_of(letter) == "kept"


async def test_a_letter_that_is_rolled_back_is_not_delivered_either(mail_server):
    before = await fetch("SELECT id FROM pgqueuer WHERE entrypoint = 'deliver_email'")
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await send_email(await a_user(), "ze@example.test", "en", GREETING)
            raise ZeroDivisionError
    assert await fetch("SELECT id FROM pgqueuer WHERE entrypoint = 'deliver_email'") == before


async def test_a_letter_is_handed_to_the_mail_server_by_a_job(mail_server):
    letter, recipient = await a_letter()
    assert len(await jobs_for(letter)) == 1
    async with working(HANDLERS), asyncio.timeout(SOON):
        while not await sent_at(letter):
            await asyncio.sleep(0.05)
    (envelope,) = (one for one in mail_server.taken if recipient in one.rcpt_tos)
    assert envelope.rcpt_tos == [recipient]
    assert read(envelope.content)["To"] == recipient


@pytest.mark.parametrize(
    ("language", "subject", "says"),
    [
        ("pt", "Sua senha foi trocada", "Escolher uma senha nova"),
        ("en", "Your password was changed", "Choose a new password"),
    ],
)
async def test_a_letter_is_in_its_readers_language(mail_server, language, subject, says):
    letter, _ = await a_letter(password_changed(), language=language)
    await deliver_email(letter)
    message = read(mail_server.taken[0].content)
    assert message["Subject"] == subject
    assert says in part(message, "plain")
    assert says in part(message, "html")
    assert f'lang="{"pt-BR" if language == "pt" else "en-GB"}"' in part(message, "html")


async def test_what_was_in_a_letter_is_forgotten_when_it_is_gone(mail_server):
    letter, _ = await a_letter()
    await deliver_email(letter)
    assert await kept(letter) == ("", "")
    assert await sent_at(letter)


async def test_a_letter_goes_out_once(mail_server):
    letter, _ = await a_letter()
    for _ in range(2):
        await deliver_email(letter)
    assert len(mail_server.taken) == 1


async def test_a_letter_that_was_forgotten_meanwhile_is_no_failure(mail_server):
    letter, _ = await a_letter()
    await fetch("DELETE FROM email WHERE id = $1", letter)
    await deliver_email(letter)
    assert mail_server.taken == []


@pytest.mark.parametrize(
    "strange",
    [
        "ze@example.test, eva@example.test",
        "ze@example.test;eva@example.test",
        "ze@example.test eva@example.test",
        "Zé <ze@example.test>, Eva <eva@example.test>",
        "ze@example.test\r\nBcc: eva@example.test",
        "ze@example.test>\r\nRCPT TO:<eva@example.test",
        "ze@example.test\nTo: eva@example.test",
        '"ze, eva@example.test"@example.test',
    ],
)
async def test_a_strange_recipient_does_not_become_two(mail_server, strange):
    letter, _ = await a_letter(recipient=strange)
    await deliver_email(letter)
    if await state_of(letter) != "sent":
        assert mail_server.taken == []
    recipients = [one for envelope in mail_server.taken for one in envelope.rcpt_tos]
    assert "eva@example.test" not in recipients
    assert len(recipients) <= 1


async def test_a_subject_can_not_add_a_header(mail_server):
    sly = Letter(N_("Hello %(name)s", name="Zé\r\nBcc: eva@example.test"), [])
    letter, _ = await a_letter(sly)
    await deliver_email(letter)
    assert mail_server.taken == []
    assert await state_of(letter) == "failed"


async def test_markup_in_a_name_stays_text(mail_server):
    letter, _ = await a_letter()
    await deliver_email(letter)
    message = read(mail_server.taken[0].content)
    assert "You are &lt;b&gt;Zé&lt;/b&gt;." in part(message, "html")
    assert "You are <b>Zé</b>." in part(message, "plain")


async def test_a_letter_says_that_a_program_wrote_it_and_when(mail_server):
    letter, _ = await a_letter()
    await deliver_email(letter)
    message = read(mail_server.taken[0].content)
    row = await fetch_one("SELECT created_at FROM email WHERE id = $1", letter)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == row["created_at"].replace(microsecond=0)
    assert message["List-Unsubscribe"] is None


async def test_a_letter_can_be_left_by_one_click(mail_server):
    user, address = await a_user(), "https://example.test/avisos/descadastro?codigo=a.b.c"
    async with transaction():
        letter = await send_email(user, email_of(0), "en", GREETING, unsubscribe=address)
    await deliver_email(letter)
    message = read(mail_server.taken[0].content)
    assert message["List-Unsubscribe"] == f"<{address}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in part(message, "plain")
    assert f'href="{address}"' in part(message, "html")
