"""What people were told is forgotten in time, and of who leaves nothing stays with others."""

from app.accounts.tables import Role
from app.core.database import fetch, fetch_one
from app.privacy.jobs import forget_old
from tests.factories import a_user, an_offer
from tests.jobs import do_jobs
from tests.notifications.test_telling import told
from tests.privacy.test_deletion import a_person, an_offer_that_names, booked, leave, tables_with


async def test_of_a_customer_who_leaves_the_other_sides_letters_keep_nothing(app):
    person, offer = await a_person(), await an_offer()
    await fetch("UPDATE users SET phone = '+5516991234567' WHERE id = $1", person.user)
    await booked(offer, person.user, 2, person.email)
    await do_jobs("tell_move")
    assert {"email", "booking"} <= set(await tables_with(person.email))
    assert (await leave(app, person.user)).status_code == 303
    assert await tables_with(person.email) == []
    row = await fetch_one("SELECT phone, zone FROM users WHERE id = $1", person.user)
    assert (row["phone"], row["zone"]) == ("", "")


async def test_of_a_provider_who_leaves_the_other_sides_letters_keep_nothing(app):
    person = await a_person(Role.PROVIDER)
    await booked(await an_offer_that_names(person), await a_user(), 2)
    await do_jobs("tell_move")
    assert (await leave(app, person.user)).status_code == 303
    assert await tables_with(person.email) == []


async def test_a_letter_that_is_on_its_way_arrives_whole(app, mail_server):
    person, offer = await a_person(), await an_offer()
    await booked(offer, person.user, 2)
    await do_jobs("tell_move")
    await leave(app, person.user)
    row = await fetch_one('SELECT state, text FROM email WHERE "user" = $1', offer.provider)
    assert row["state"] == "waiting"
    assert row["text"]
    await fetch("DELETE FROM pgqueuer")


async def test_after_ninety_days_it_is_forgotten_with_its_letter(app):
    old, fresh = await a_user(), await a_user()
    for user in (old, fresh):
        await told(user)
    for table in ("notification", "email"):
        await fetch(
            f"""UPDATE {table} SET created_at = now() - interval '91 days' WHERE "user" = $1""", old
        )
    await forget_old()
    for table in ("notification", "email"):
        assert not await fetch(f'SELECT FROM {table} WHERE "user" = $1', old)
        assert await fetch(f'SELECT FROM {table} WHERE "user" = $1', fresh)


async def test_a_letter_stays_as_long_as_what_it_tells_of(app):
    user = await a_user()
    await told(user)
    await fetch(
        """UPDATE email SET created_at = now() - interval '91 days' WHERE "user" = $1""", user
    )
    await forget_old()
    assert await fetch('SELECT FROM email WHERE "user" = $1', user)
