"""What admins see of letters: where each is and why, and the letter itself as programs show it."""

import re

import pytest

from app.accounts.tables import Role
from app.admin.controllers import platform
from app.core.database import fetch, fetch_one, transaction
from app.core.i18n import N_
from app.emails.actions import Letter, send_email
from tests.browsing import signed_in
from tests.factories import a_user, email_of

SLY = Letter(N_("Hello %(name)s", name="<script>x</script>"), [N_("Saved.")])


@pytest.fixture
async def admin(app):
    return await signed_in(app, await a_user(Role.ADMIN, language="en"))


async def a_letter(state: str = "kept", recipient: str = "") -> int:
    user = await a_user()
    async with transaction():
        letter = await send_email(user, recipient or email_of(0), "en", SLY)
    await fetch(
        """
        UPDATE email SET state = $2::text, problem = CASE WHEN $2::text IN ('bounced', 'failed')
            THEN 'recipient' ELSE '' END WHERE id = $1
        """,
        letter,
        state,
    )
    return letter


def policy(answer) -> dict[str, str]:
    directives = answer.headers["content-security-policy"].split("; ")
    return dict(directive.partition(" ")[::2] for directive in directives)


async def test_a_letter_is_shown_in_a_frame_of_its_own(admin):
    letter = await a_letter()
    page = await admin.get(f"/admin/emails/{letter}")
    assert f'<iframe class="letter" src="/admin/emails/{letter}/carta" sandbox' in page.text
    assert policy(page)["frame-src"] == "'self'"
    assert policy(page)["script-src"] == "'self'"
    assert policy(page)["frame-ancestors"] == "'none'"


async def test_in_the_frame_nothing_runs_or_loads_or_leads_out(admin):
    answer = await admin.get(f"/admin/emails/{await a_letter()}/carta")
    assert answer.status_code == 200
    assert policy(answer) == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "frame-ancestors": "'self'",
        "sandbox": "",
    }
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "&lt;script&gt;x" in answer.text
    assert "<script" not in answer.text


async def test_no_other_page_may_have_frames_or_stand_in_one(admin):
    for path in ("/admin/emails", "/admin", "/"):
        assert "frame-src" not in policy(await admin.get(path))
        assert policy(await admin.get(path))["frame-ancestors"] == "'none'"


async def test_in_production_no_letter_is_read_by_anybody(admin, monkeypatch):
    letter = await a_letter()

    class Production:
        production = True

    monkeypatch.setattr(platform, "settings", Production)
    page = await admin.get(f"/admin/emails/{letter}")
    assert "iframe" not in page.text
    assert "is not kept" in page.text
    assert (await admin.get(f"/admin/emails/{letter}/carta")).status_code == 404


async def test_of_what_has_gone_out_nothing_is_left_to_read(admin):
    letter = await a_letter()
    await fetch("UPDATE email SET html = '', text = '' WHERE id = $1", letter)
    assert (await admin.get(f"/admin/emails/{letter}/carta")).status_code == 404
    assert "iframe" not in (await admin.get(f"/admin/emails/{letter}")).text


async def test_letters_are_found_by_their_state(admin):
    bounced = await a_letter("bounced", "bounced-one@example.test")
    await a_letter("waiting", "waiting-one@example.test")
    page = (await admin.get("/admin/emails?q=bounced")).text
    assert "bounced-one@example.test" in page
    assert "waiting-one@example.test" not in page
    assert "came back: The mail server knows no such address" in page
    assert f'action="/admin/emails/{bounced}/repeticao"' in page
    assert "waiting-one@example.test" in (await admin.get("/admin/emails?q=waiting-one")).text
    assert re.search(r"\d+ letters? did not reach anybody", page)


async def test_what_was_given_up_goes_out_again_and_it_is_written_down_who_wanted_it(admin):
    letter = await a_letter("failed")
    answer = await admin.post(f"/admin/emails/{letter}/repeticao")
    assert answer.headers["location"] == "/admin/emails"
    row = await fetch_one("SELECT state, attempts FROM email WHERE id = $1", letter)
    assert (row["state"], row["attempts"]) == ("waiting", 0)
    jobs = await fetch(
        "SELECT FROM pgqueuer WHERE entrypoint = 'deliver_email' AND payload = $1",
        str(letter).encode(),
    )
    assert len(jobs) == 1
    event = await fetch_one("SELECT * FROM audit_event ORDER BY id DESC LIMIT 1")
    assert event["action"] == "email-retried"
    assert str(letter) in event["detail"]
    await fetch("DELETE FROM pgqueuer")


@pytest.mark.parametrize("state", ["kept", "waiting"])
async def test_what_was_not_given_up_does_not_go_out_twice(admin, state):
    letter = await a_letter(state)
    assert (await admin.post(f"/admin/emails/{letter}/repeticao")).status_code == 404
