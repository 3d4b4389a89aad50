"""The place that somebody last searched at, kept in a cookie by its GeoNames number."""

from typing import Any

from litestar.datastructures import Cookie

from app.core.http import Request, Response
from app.places.queries import place_of
from app.settings import settings

COOKIE = "lugar"
A_YEAR = 365 * 24 * 3600
LARGEST_ID = 2**31 - 1


async def remembered_place(request: Request) -> Any | None:
    number = request.cookies.get(COOKIE, "")
    if not (number.isascii() and number.isdecimal() and int(number) <= LARGEST_ID):
        return None
    return await place_of(int(number))


def remember_place(request: Request, answer: Response, place: int) -> None:
    if request.cookies.get(COOKIE) == str(place):
        return
    answer.set_cookie(
        Cookie(
            COOKIE,
            value=str(place),
            path="/",
            max_age=A_YEAR,
            httponly=True,
            secure=settings().production,
            samesite="lax",
        )
    )
