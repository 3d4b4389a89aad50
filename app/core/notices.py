"""One line that tells what was just done; a cookie carries it over the redirect that follows."""

from enum import Enum

from litestar.datastructures import Cookie
from litestar.response import Redirect

from app.core.http import Request
from app.core.i18n import N_, Message

COOKIE = "aviso"
SECONDS = 60


class Notice(Enum):
    ACCEPTED = N_("Accepted. It is on your agenda now.")
    DECLINED = N_("Declined. The time is free again.")
    CANCELLED = N_("Cancelled. The time is free for others again.")
    WELCOME = N_("Welcome. Your account is ready.")
    SIGNED_OUT = N_("You are signed out. See you soon.")


def redirect(path: str, notice: Notice) -> Redirect:
    """See Other, where the next page shows this notice."""
    answer = Redirect(path, status_code=303)
    answer.set_cookie(
        Cookie(
            COOKIE,
            value=notice.name,
            path="/",
            max_age=SECONDS,
            httponly=True,
            samesite="lax",
        )
    )
    return answer


def notice_for(request: Request) -> Message | None:
    """What the request before this one has left to say. Whoever shows it deletes the cookie."""
    name = request.cookies.get(COOKIE, "")
    return Notice[name].value if name in Notice.__members__ else None
