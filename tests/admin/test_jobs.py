"""The queue as the admin sees it: what failed is done again, or never."""

from app.accounts.tables import Role
from app.core.database import fetch, fetch_one
from tests.browsing import signed_in
from tests.factories import a_user


async def a_failed_job(name: str) -> int:
    row = await fetch_one(
        """
        WITH failed AS (
            INSERT INTO pgqueuer (priority, status, entrypoint, payload, attempts)
            VALUES (0, 'failed', $1, '7', 8) RETURNING id, entrypoint
        ), logged AS (
            INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority, traceback)
            SELECT id, 'exception', entrypoint, 0, '{"exception_type": "NotDelivered"}' FROM failed
        )
        SELECT id FROM failed
        """,
        name,
    )
    return int(row["id"])


async def job(number: int):
    return await fetch_one("SELECT status::text, attempts FROM pgqueuer WHERE id = $1", number)


async def an_admin(app):
    admin = await a_user(Role.ADMIN, language="en")
    return admin, await signed_in(app, admin)


async def test_what_failed_is_shown_with_the_kind_of_its_error(app):
    await a_failed_job("fails_and_is_shown")
    _, browser = await an_admin(app)
    assert "fails_and_is_shown" in (await browser.get("/admin/tarefas?q=failed")).text
    page = (await browser.get("/admin/tarefas?q=is_shown")).text
    assert "fails_and_is_shown" in page
    assert "NotDelivered" in page
    assert "needs you" in page or "need you" in page


async def test_what_failed_goes_into_the_queue_again(app):
    failed = await a_failed_job("is_tried_again")
    admin, browser = await an_admin(app)
    address = f"/admin/tarefas/{failed}/repeticao"
    assert (await browser.post(address)).status_code == 303
    assert tuple(await job(failed)) == ("queued", 0)
    # Somebody else's click, or the second one of the same.
    assert (await browser.post(address)).status_code == 404
    written = await fetch("SELECT action FROM audit_event WHERE actor = $1", admin)
    assert [row["action"] for row in written] == ["job-retried"]
    await fetch("DELETE FROM pgqueuer WHERE id = $1", failed)


async def test_what_failed_can_be_discarded(app):
    failed = await a_failed_job("is_discarded")
    admin, browser = await an_admin(app)
    address = f"/admin/tarefas/{failed}/descarte"
    assert (await browser.post(address)).status_code == 303
    assert await job(failed) is None
    assert (await browser.post(address)).status_code == 404
    written = await fetch("SELECT action FROM audit_event WHERE actor = $1", admin)
    assert [row["action"] for row in written] == ["job-discarded"]


async def test_what_still_waits_is_nobodys_to_discard(app):
    waiting = await fetch_one(
        """
        INSERT INTO pgqueuer (priority, status, entrypoint, payload, execute_after)
        VALUES (0, 'queued', 'waits', '7', now() + interval '1 day') RETURNING id
        """
    )
    _, browser = await an_admin(app)
    for act in ("repeticao", "descarte"):
        assert (await browser.post(f"/admin/tarefas/{waiting['id']}/{act}")).status_code == 404
    assert "due at" in (await browser.get("/admin/tarefas?q=waits")).text
    await fetch("DELETE FROM pgqueuer WHERE id = $1", waiting["id"])
