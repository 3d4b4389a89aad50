"""What all lists of the admin have in common: a search, pages by key, and who looked at them."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from app.accounts import audit
from app.accounts.audit import Action
from app.admin.forms import ListForm
from app.admin.queries import PAGE
from app.core.forms import Submitted, read_query
from app.core.http import Request, Response
from app.core.templating import fragment, page, wants_fragment

Listing = Callable[[str, int | None], Awaitable[list[Any]]]


async def show_list(
    request: Request, name: str, listing: Listing, looked: Action | None = None, **besides: Any
) -> Response:
    """A list; looked: what is written down about an admin who sees personal data in it."""
    filled = read_query(request, ListForm)
    rows: list[Any] = []
    if filled.form:
        if looked:
            await audit.record(looked, actor=request.user.id)
        rows = await listing(filled.form.words, filled.form.before)
    shown = rows[:PAGE]
    following = next_page(request, filled, shown) if len(rows) > PAGE else None
    context = {"filled": filled, "rows": shown, "next_page": following, **besides}
    status = filled.status
    if wants_fragment(request):
        return fragment(request, f"admin/_{name}.html", status=status, **context)
    return page(request, f"admin/{name}.html", status=status, **context)


def next_page(request: Request, filled: Submitted[Any], rows: list[Any]) -> str:
    return f"{request.url.path}?{urlencode(filled.typed | {'pagina': rows[-1]['id']})}"
