"""What can go wrong, in words for the reader, and the one place that turns it into an answer."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import litestar
import structlog
from litestar.enums import ParamType
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER
from redis.exceptions import RedisError

from app.core.addresses import path_of
from app.core.http import Request, Response, is_api
from app.core.i18n import N_, Message, language_of
from app.core.templating import fragment, page, wants_fragment

log = structlog.get_logger()


class DomainError(Exception):
    """A refusal that the reader can understand: its status, what to say, and in which headers."""

    status = 400
    headers: Mapping[str, str] = {}
    message = N_("That did not work. Please check it and try again.")

    def __init__(self, message: Message | None = None) -> None:
        self.message = message or type(self).message
        super().__init__(self.message.text)


class NotFound(DomainError):
    status = 404
    message = N_("There is nothing at this address. It may have been moved or taken down.")


class NotAllowed(DomainError):
    status = 403
    message = N_("This page is not for your account.")


class CrossOrigin(DomainError):
    status = 403
    message = N_("This form was sent from another site, so we did not accept it.")


class NotSignedIn(DomainError):
    """The page is for people who are signed in; they come back to it afterwards."""

    status = 401
    message = N_("Please sign in first.")
    headers = {"WWW-Authenticate": "Bearer"}


class SecondFactorMissing(DomainError):
    """Admins go on only with a session that a second factor has opened."""

    status = 403
    message = N_("Admins need a second factor. Please set one up and sign in with it.")


class Unavailable(DomainError):
    status = 503
    message = N_("A part of our service is away for a moment. Please try again in a minute.")


MESSAGES = {
    400: DomainError.message,
    403: NotAllowed.message,
    404: NotFound.message,
    405: N_("This address does not take that kind of request."),
    413: N_("That is more than we can take at once. Please send less."),
    415: N_("We could not read what was sent."),
    500: N_("Something broke on our side. We have been told and will look at it."),
}


def answer_domain_error(request: Request, error: DomainError) -> Response:
    if error.status in (401, 403, 429):
        log.info("request.refused", why=type(error).__name__, path=request.url.path)
    return _answer(request, error.status, error.message, error.headers)


def answer_http_error(request: Request, error: HTTPException) -> Response:
    status = error.status_code
    if isinstance(error, ValidationException) and _is_about_path(error):
        # An id that no row can have is an address that leads nowhere.
        status = 404
    return _answer(request, status, MESSAGES.get(status, MESSAGES[400]))


def _is_about_path(error: ValidationException) -> bool:
    complaints = error.extra if isinstance(error.extra, list) else []
    return any(complaint.get("source") is ParamType.PATH for complaint in complaints)


def answer_not_signed_in(request: Request, error: NotSignedIn) -> Response:
    if is_api(request.scope):
        return answer_domain_error(request, error)
    return _lead(request, f"/entrar?{urlencode({'proximo': _way_back(request)})}")


def answer_second_factor_missing(request: Request, error: SecondFactorMissing) -> Response:
    if is_api(request.scope):
        return answer_domain_error(request, error)
    return _lead(request, "/conta/segundo-fator")


def _lead(request: Request, address: str) -> Response:
    """Have the whole page go elsewhere, also if only a part of it was asked for."""
    if "hx-request" in request.headers:
        return litestar.Response(b"", headers={"HX-Redirect": address})
    return Redirect(address, status_code=HTTP_303_SEE_OTHER)


def _way_back(request: Request) -> str:
    """The page that was asked for, or the one whose form was sent."""
    address = str(request.url) if request.method == "GET" else request.headers.get("referer", "")
    return path_of(address)


def answer_redis_error(request: Request, error: RedisError) -> Response:
    log.error("redis.unavailable", path=request.url.path, exc_info=error)
    # Who is signed in can't be told now, so the page is shown as to a visitor.
    return answer_domain_error(request, Unavailable())


def answer_unexpected(request: Request, error: Exception) -> Response:
    log.error("request.failed", method=request.method, path=request.url.path, exc_info=error)
    return _answer(request, 500, MESSAGES[500])


def _answer(
    request: Request, status: int, message: Message, headers: Mapping[str, str] = {}
) -> Response:
    if is_api(request.scope):
        return problem(request, status, message, headers)
    if wants_fragment(request):
        answer = fragment(
            request, "components/toast.html", status=status, message=message, bad=True
        )
        # Beside the page, and not in place of the part that was asked for.
        answer.headers |= {"HX-Retarget": "#avisos", "HX-Reswap": "innerHTML"}
    else:
        answer = page(request, "errors/show.html", status=status, code=status, message=message)
    answer.headers |= headers
    return answer


def problem(
    request: Request,
    status: int,
    message: Message,
    headers: Mapping[str, str] = {},
    **members: Any,
) -> Response:
    """Problem details for programs (RFC 9457)."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message.in_language(language_of(request)),
    }
    return litestar.Response(
        content | members,
        status_code=status,
        media_type="application/problem+json",
        headers={**headers, "Vary": "Accept-Language, Authorization, Cookie"},
    )


HANDLERS: dict[int | type[Exception], Any] = {
    DomainError: answer_domain_error,
    HTTPException: answer_http_error,
    NotSignedIn: answer_not_signed_in,
    SecondFactorMissing: answer_second_factor_missing,
    RedisError: answer_redis_error,
    Exception: answer_unexpected,
}
