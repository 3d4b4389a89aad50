"""The place that somebody last searched at, kept in a cookie by its GeoNames number."""

from datetime import timedelta
from typing import Any

from app.core.cookies import cookie, read_cookie
from app.core.http import Request, Response
from app.places.queries import place_of

COOKIE = "lugar"
A_YEAR = timedelta(days=365)
LARGEST_ID = 2**31 - 1


async def remembered_place(request: Request) -> Any | None:
    number = read_cookie(request, COOKIE)
    if not (number.isascii() and number.isdecimal() and int(number) <= LARGEST_ID):
        return None
    return await place_of(int(number))


def remember_place(request: Request, answer: Response, place: int) -> None:
    if read_cookie(request, COOKIE) == str(place):
        return
    answer.set_cookie(cookie(COOKIE, str(place), A_YEAR))
