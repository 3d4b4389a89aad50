"""What a line of the log says besides what happened."""

import asyncpg
import pytest
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from app.core.database import fetch
from app.core.logs import without_values
from tests.browsing import signed_in, visitor
from tests.factories import a_user


async def test_a_refusal_says_what_was_refused_to_whom_in_which_request(app):
    from structlog.contextvars import merge_contextvars

    user = await a_user()
    with capture_logs(processors=[merge_contextvars]) as lines:
        await (await signed_in(app, user)).get("/admin")
        await visitor(app).post("/sair", headers={"Origin": "https://evil.example"})
    refused, foreign = (line for line in lines if line["event"] == "request.refused")
    assert (refused["why"], refused["path"], refused["user"]) == ("NotAllowed", "/admin", user)
    assert (foreign["why"], foreign["path"]) == ("CrossOrigin", "/sair")
    assert "user" not in foreign
    assert refused["request"] != foreign["request"]


async def test_a_broken_rule_of_the_database_is_told_without_what_the_row_held():
    user = await a_user()
    insert = "INSERT INTO users (email, name, role) SELECT email, 'x', 'customer' FROM users"
    with pytest.raises(asyncpg.UniqueViolationError) as broken:
        await fetch(f"{insert} WHERE id = $1", user)
    told = without_values(None, "", format_exc_info(None, "", {"exc_info": broken.value}))
    assert "users_email_key" in told["exception"]
    assert "@" not in told["exception"].split("Error:")[-1]
