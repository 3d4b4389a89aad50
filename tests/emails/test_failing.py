"""Letters that the mail server does not take, or takes without saying so: nothing is lost."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.core import jobs
from app.core.database import fetch, fetch_one
from app.core.errors import NotFound
from app.core.time import now
from app.emails import smtp
from app.emails.actions import PAUSES, deliver_email, retry_email
from app.emails.jobs import HANDLERS
from app.settings import settings
from tests.core.test_jobs import SOON, working
from tests.emails.test_emails import a_letter, jobs_for, kept, read, sent_at


async def row_of(letter: int) -> Any:
    return await fetch_one("SELECT * FROM email WHERE id = $1", letter)


async def due_in(letter: int) -> list[timedelta]:
    """How long the jobs of a letter wait, in whole minutes."""
    rows = await fetch(
        """
        SELECT execute_after FROM pgqueuer
        WHERE entrypoint = 'deliver_email' AND payload = $1 ORDER BY execute_after
        """,
        str(letter).encode(),
    )
    minute = timedelta(minutes=1)
    return [round((row["execute_after"] - now()) / minute) * minute for row in rows]


async def test_a_recipient_that_is_refused_for_good_is_not_tried_again(mail_server):
    mail_server.answer = "550 No such user"
    letter, _ = await a_letter()
    await fetch("DELETE FROM pgqueuer")
    await deliver_email(letter)
    row = await row_of(letter)
    assert (row["state"], row["problem"], row["code"]) == ("bounced", "recipient", 550)
    assert await jobs_for(letter) == []
    await deliver_email(letter)
    assert len(mail_server.asked) == 1


async def test_one_recipient_that_is_refused_does_not_hold_up_the_others(mail_server):
    refused, nobody = await a_letter(recipient="nobody@example.test")
    taken, somebody = await a_letter(recipient="somebody@example.test")
    mail_server.answers[nobody] = "550 No such user"
    for letter in (refused, taken):
        await deliver_email(letter)
    assert mail_server.taken_for([nobody, somebody]) == [somebody]
    assert (await row_of(refused))["state"] == "bounced"
    assert (await row_of(taken))["state"] == "sent"


async def test_a_letter_whose_content_is_refused_comes_back(mail_server):
    mail_server.answer_to_data = "554 Looks like spam"
    letter, _ = await a_letter()
    await deliver_email(letter)
    row = await row_of(letter)
    assert (row["state"], row["problem"], row["code"]) == ("bounced", "refused", 554)
    assert all(await kept(letter))


async def test_a_letter_that_is_to_come_later_does(mail_server):
    mail_server.answer = "450 Try again later"
    letter, recipient = await a_letter()
    await fetch("DELETE FROM pgqueuer")
    await deliver_email(letter)
    row = await row_of(letter)
    assert (row["state"], row["problem"], row["code"]) == ("waiting", "later", 450)
    assert all(await kept(letter))
    assert await due_in(letter) == PAUSES[:1]

    mail_server.answer = "250 OK"
    await deliver_email(letter)
    row = await row_of(letter)
    assert (row["state"], row["problem"], row["code"]) == ("sent", "", None)
    assert mail_server.taken_for([recipient]) == [recipient]
    assert await kept(letter) == ("", "")


async def test_a_letter_is_given_up_after_two_days_and_says_why(mail_server):
    mail_server.answer = "450 Try again later"
    letter, _ = await a_letter()
    await fetch("DELETE FROM pgqueuer")
    for _ in PAUSES:
        await deliver_email(letter)
        assert (await row_of(letter))["state"] == "waiting"
    assert await due_in(letter) == PAUSES
    await deliver_email(letter)
    row = await row_of(letter)
    assert (row["state"], row["problem"], row["attempts"]) == ("failed", "later", len(PAUSES) + 1)
    assert len(await due_in(letter)) == len(PAUSES)
    assert timedelta(days=1) < sum(PAUSES, timedelta()) < timedelta(days=3)


async def test_two_workers_that_fail_at_once_try_again_once(mail_server):
    mail_server.answer, mail_server.seconds = "450 Try again later", 0.2
    letter, _ = await a_letter()
    await fetch("DELETE FROM pgqueuer")
    await asyncio.gather(deliver_email(letter), deliver_email(letter))
    assert await due_in(letter) == PAUSES[:1]
    assert (await row_of(letter))["attempts"] == 1


async def test_a_mail_server_that_is_away_is_waited_for(mail_server, monkeypatch):
    letter, _ = await a_letter()
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1")
    settings.cache_clear()
    await deliver_email(letter)
    row = await row_of(letter)
    assert (row["state"], row["problem"]) == ("waiting", "away")


async def test_a_mail_server_that_stalls_is_left_and_the_letter_waits(mail_server, monkeypatch):
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 0.2)
    mail_server.seconds = 1
    letter, _ = await a_letter()
    await deliver_email(letter)
    row = await row_of(letter)
    assert (row["state"], row["problem"]) == ("waiting", "slow")
    assert all(await kept(letter))


async def test_a_mail_server_that_answers_each_time_just_in_time_is_left_too(
    mail_server, monkeypatch
):
    monkeypatch.setattr(smtp, "LONGEST_SECONDS", 0.3)
    mail_server.seconds = 5
    letter, _ = await a_letter()
    async with asyncio.timeout(2):
        await deliver_email(letter)
    assert (await row_of(letter))["problem"] == "slow"


async def test_nobody_waits_for_a_mail_server_for_more_than_a_minute():
    assert smtp.TIMEOUT_SECONDS <= smtp.LONGEST_SECONDS <= 60


async def test_a_letter_that_was_taken_without_a_word_is_known_by_its_identifier(mail_server):
    mail_server.hangs_up = True
    letter, _ = await a_letter()
    await deliver_email(letter)
    row = await row_of(letter)
    assert (row["state"], row["problem"]) == ("waiting", "away")

    mail_server.hangs_up = False
    await deliver_email(letter)
    assert await sent_at(letter)
    first, second = (read(envelope.content) for envelope in mail_server.taken)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


async def test_no_two_letters_have_the_same_identifier(mail_server):
    letters = [(await a_letter())[0] for _ in range(2)]
    for letter in letters:
        await deliver_email(letter)
    one, other = (read(envelope.content)["Message-ID"] for envelope in mail_server.taken)
    assert one != other


async def test_a_mail_server_that_wants_a_name_and_password_is_tried_again(
    mail_server, monkeypatch
):
    mail_server.answer = "530 Authentication required"
    letter, _ = await a_letter()
    monkeypatch.setenv("SMTP_URL", settings().smtp_url.replace("//", "//ana:secret@"))
    settings.cache_clear()
    await deliver_email(letter)
    row = await row_of(letter)
    # This one knows no names and passwords at all.
    assert (row["state"], row["problem"]) == ("waiting", "access")


async def test_what_was_given_up_can_be_tried_again(mail_server, app):
    mail_server.answer = "550 No such user"
    letter, recipient = await a_letter()
    await deliver_email(letter)
    await fetch("DELETE FROM pgqueuer")
    mail_server.answer = "250 OK"
    async with working(HANDLERS), asyncio.timeout(SOON):
        async with jobs.DB.transaction():
            await retry_email(letter)
        while not await sent_at(letter):
            await asyncio.sleep(0.05)
    assert mail_server.taken_for([recipient]) == [recipient]


async def test_only_what_was_given_up_is_tried_again(mail_server):
    waiting, _ = await a_letter()
    sent, _ = await a_letter()
    await deliver_email(sent)
    for letter in (waiting, sent, 10**9):
        with pytest.raises(NotFound):
            async with jobs.DB.transaction():
                await retry_email(letter)


async def test_neither_log_nor_queue_says_to_whom(mail_server, capsys):
    mail_server.answer = "450 <{}> is unknown"
    letter, recipient = await a_letter()
    async with working(HANDLERS), asyncio.timeout(SOON):
        while not (await row_of(letter))["problem"]:
            await asyncio.sleep(0.05)
    said = capsys.readouterr()
    assert "email.not_taken" in said.out + said.err
    assert recipient not in said.out + said.err
    logged = await fetch("SELECT traceback::text FROM pgqueuer_log WHERE traceback IS NOT NULL")
    assert not [row for row in logged if recipient in row["traceback"]]
