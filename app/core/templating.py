"""Pages and partials out of Jinja templates, in the reader's language."""

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import Any

import litestar
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType

from app.core import assets
from app.core.http import Request, Response
from app.core.i18n import LANGUAGES, LOCALES, Message, language_of, translations
from app.core.notices import notice_for, without_notice
from app.core.numbers import format_distance, format_money, format_percent
from app.core.time import (
    Moment,
    format_ago,
    format_day,
    format_duration,
    format_full_day,
    format_near_day,
    format_short_day,
    format_time,
    format_weekday,
    format_wire,
    local_day,
    moment,
    now,
    today_in,
)
from app.settings import ROOT, settings

# What an answer depends on besides its address; caches must tell these apart.
VARY = "HX-Request, HX-Request-Type, Accept, Accept-Language, Cookie"


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """The page; its layout also serves signed-in parts, so it is given the user."""
    context |= {"user": request.scope.get("user"), "path": request.url.path}
    context["address"] = request.url.path + ("?" + request.url.query if request.url.query else "")
    context["notice"] = notice = notice_for(request)
    return _answer(render(template, language_of(request), **context), status, notice)


def fragment(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A partial on its own, for htmx to swap in."""
    language, notice = language_of(request), notice_for(request)
    html = render(template, language, **context)
    if notice:
        html += render("components/notices.html", language, notice=notice)
    return _answer(html, status, notice)


def wants_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of the page, and not for a whole one to restore."""
    return (
        request.headers.get("hx-request-type") == "partial"
        and "hx-history-restore-request" not in request.headers
    )


def render(template: str, language: str, **context: Any) -> str:
    return environment(language).get_template(template).render(context)


def _answer(html: str, status: int, notice: Message | None) -> Response:
    answer: Response = litestar.Response(
        html, status_code=status, media_type=MediaType.HTML, headers={"Vary": VARY}
    )
    if notice:
        answer.set_cookie(without_notice())
    return answer


@cache
def environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=not settings().production,
        extensions=["jinja2.ext.i18n"],
    )
    text = translations(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        text.gettext, text.ngettext, newstyle=True
    )
    environment.filters |= _filters(language)
    environment.globals |= {
        "language": language,
        "languages": LANGUAGES,
        "locale": LOCALES[language].replace("_", "-"),
        "now": now,
        "static": assets.address,
        "stylesheet": assets.stylesheet_address,
        "today_in": today_in,
    }
    return environment


def _filters(language: str) -> dict[str, Callable[..., Any]]:
    def moments(instants: list[datetime] | None, zone: str) -> list[Moment]:
        today = today_in(zone)
        return [moment(instant, zone, today, language) for instant in instants or ()]

    def message(value: Message) -> str:
        return value.in_language(language)

    return {
        "ago": partial(format_ago, language=language),
        "clock": format_time,
        "day": partial(format_day, language=language),
        "distance": partial(format_distance, language=language),
        "duration": format_duration,
        "message": message,
        "moments": moments,
        "money": partial(format_money, language=language),
        "percent": partial(format_percent, language=language),
        "full_day": partial(format_full_day, language=language),
        "local_day": local_day,
        "near_day": partial(format_near_day, language=language),
        "short_day": partial(format_short_day, language=language),
        "weekday": partial(format_weekday, language=language),
        "wire": format_wire,
    }
