"""What a line of the log says besides what happened."""

from structlog.testing import capture_logs

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
