"""The trades that every marketplace starts with."""

import re
from collections import Counter

from app.catalog.categories import CATEGORIES, load_categories
from app.catalog.tables import Group


def test_there_are_at_least_24_trades_in_all_six_groups():
    assert len(CATEGORIES) >= 24
    assert {category.group for category in CATEGORIES} == set(Group)
    assert len(Group) == 6


def test_no_two_trades_share_a_slug_or_a_name():
    for column in ("slug", "name_pt", "name_en"):
        seen = Counter(getattr(category, column) for category in CATEGORIES)
        assert max(seen.values()) == 1, column


def test_slugs_and_icons_are_plain_words_with_hyphens():
    for category in CATEGORIES:
        for word in (category.slug, category.icon):
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word)
            assert len(word) <= 40


def test_names_are_given_in_both_languages_and_fit():
    for category in CATEGORIES:
        assert 0 < len(category.name_pt) <= 60
        assert 0 < len(category.name_en) <= 60


async def test_missing_trades_are_added(connection):
    # No other test has services of this trade.
    await connection.execute("DELETE FROM category WHERE slug = 'motoboy'")

    await load_categories(connection)

    assert await connection.fetchval("SELECT count(*) FROM category") == len(CATEGORIES)


async def test_loading_again_keeps_what_an_admin_changed(connection):
    await load_categories(connection)
    await connection.execute("UPDATE category SET name_pt = 'Luz' WHERE slug = 'eletricista'")

    await load_categories(connection)

    assert await connection.fetchval("SELECT count(*) FROM category") == len(CATEGORIES)
    name = await connection.fetchval("SELECT name_pt FROM category WHERE slug = 'eletricista'")
    assert name == "Luz"
