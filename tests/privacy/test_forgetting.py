"""What nobody needs any more is forgotten, and nothing before its time."""

from typing import Any
from uuid import uuid4

from app.core.database import fetch, fetch_one
from app.core.files import path_of, save
from app.privacy.actions.export import EXPORTS
from app.privacy.jobs import SCHEDULES, forget_old
from tests.factories import a_user


async def an_archive(expires_in: str) -> str:
    name = uuid4().hex
    await save(EXPORTS, name, b"PK")
    await fetch(
        'INSERT INTO data_export ("user", name, ready_at, expires_at)'
        f" VALUES ($1, $2, now(), now() + interval '{expires_in}')",
        await a_user(),
        name,
    )
    return name


async def a_link(expires_in: str) -> Any:
    row = await fetch_one(
        'INSERT INTO account_link (id, "user", purpose, email, expires_at)'
        f" VALUES ($1, $2, 'reset-password', 'a@b.test', now() + interval '{expires_in}')"
        " RETURNING id",
        uuid4(),
        await a_user(),
    )
    return row["id"]


async def an_email(age: str) -> Any:
    row = await fetch_one(
        'INSERT INTO email ("user", recipient, subject, text, html, created_at)'
        f" VALUES ($1, 'a@b.test', 'Oi', 'Oi', 'Oi', now() - interval '{age}') RETURNING id",
        await a_user(),
    )
    return row["id"]


async def an_event(age: str) -> Any:
    row = await fetch_one(
        "INSERT INTO audit_event (action, actor, at)"
        f" VALUES ('signed-in', $1, now() - interval '{age}') RETURNING id",
        await a_user(),
    )
    return row["id"]


async def left(table: str, *rows: Any) -> set[Any]:
    return {
        row["id"] for row in await fetch(f"SELECT id FROM {table} WHERE id::text = ANY($1)", rows)
    }


async def test_archives_go_with_their_files_when_they_are_over():
    old, new = await an_archive("-1 second"), await an_archive("1 minute")
    await forget_old()
    kept = await fetch("SELECT name FROM data_export WHERE name = ANY($1)", [old, new])
    assert [row["name"] for row in kept] == [new]
    assert [path_of(EXPORTS, name).exists() for name in (old, new)] == [False, True]


async def test_an_archive_whose_file_is_gone_already_goes_too():
    name = await an_archive("-1 second")
    path_of(EXPORTS, name).unlink()
    await forget_old()
    assert not await fetch("SELECT FROM data_export WHERE name = $1", name)


async def test_links_go_when_they_are_good_for_nothing():
    links = [await a_link("-1 second"), await a_link("1 minute")]
    await forget_old()
    assert await left("account_link", *map(str, links)) == {links[1]}


async def test_emails_go_after_ninety_days():
    emails = [await an_email("91 days"), await an_email("89 days")]
    await forget_old()
    assert await left("email", *map(str, emails)) == {emails[1]}


async def test_what_was_done_is_known_for_a_year():
    events = [await an_event("367 days"), await an_event("364 days")]
    await forget_old()
    assert await left("audit_event", *map(str, events)) == {events[1]}


async def test_forgetting_is_scheduled_for_each_day():
    schedule = SCHEDULES["forget_old"]
    assert schedule.run is forget_old
    assert schedule.when.endswith("* * *")
