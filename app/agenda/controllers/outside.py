from litestar.response import Redirect

from app.core.notices import Notice, redirect


def saved(path: str, outside: int) -> Redirect:
    """See Other, saying whether bookings lie outside of the hours now."""
    return redirect(path, Notice.BOOKINGS_OUTSIDE if outside else Notice.HOURS_SAVED, outside)
