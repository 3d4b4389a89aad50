"""Forms and addresses' parameters: from text to typed fields, with every error at once.

A form is a msgspec struct; a field's name on the wire is its `name=`, its limits are in its type.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar.exceptions import HTTPException
from msgspec import Meta, inspect
from msgspec.structs import FieldInfo

from app.core.errors import DomainError
from app.core.http import Request, Response
from app.core.i18n import N_, Message
from app.core.templating import page

F = TypeVar("F", bound=msgspec.Struct)
T = TypeVar("T")

# What fits a bigint key.
Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Instant = Annotated[datetime, Meta(tz=True)]

MOST_FIELDS = 100
# Stands for the whole form where errors are named by field.
ABOVE = ""
# In a type's Meta(extra=…): the text counts as it was typed, blanks at its ends included.
VERBATIM = {"verbatim": True}
# The text may have several lines.
LINES = {"lines": True}
# Control characters (PostgreSQL refuses NUL), halves of surrogate pairs, and the mark that stands
# for bytes which were no UTF-8.
BREAKS = re.compile(r"[\r\n\t]+")
UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd]")


class Unreadable(DomainError):
    status = 422
    message = N_("We could not read what was sent.")


class Submitted(Generic[F]):
    """What somebody sent into a form.

    typed: the text, and errors: what is wrong with it, both by the fields' names on the wire.
    values: the fields that are right, by their names in the code. form: whole, if nothing is wrong.
    """

    def __init__(
        self,
        typed: dict[str, str],
        values: dict[str, Any],
        errors: dict[str, Message],
        form: F | None,
    ) -> None:
        self.typed = typed
        self.values = values
        self.errors = errors
        self.form = form
        self.status = 422 if errors else 200
        self.headers: Mapping[str, str] = {}

    async def then(
        self, action: Callable[[F], Awaitable[T]], about: Mapping[type[DomainError], str]
    ) -> T | None:
        """Do something with the form if it is right; None when it was not, or was refused.

        about: the field that a refusal is shown at; any other is shown above the form.
        """
        if self.form is None:
            return None
        try:
            return await action(self.form)
        except DomainError as error:
            self.errors[about.get(type(error), ABOVE)] = error.message
            self.status, self.headers = error.status, error.headers
            return None


def show_form(request: Request, template: str, filled: Submitted[Any], **context: Any) -> Response:
    """The page of a form, with what was typed and what is wrong with it."""
    answer = page(request, template, status=filled.status, filled=filled, **context)
    answer.headers |= filled.headers
    return answer


def blank(**typed: str) -> Submitted[Any]:
    """A form that nobody has sent yet, with what is filled in from the start."""
    return Submitted(typed, {}, {}, None)


async def read_form(request: Request, kind: type[F]) -> Submitted[F]:
    """Decode a posted form; what its address says besides counts more (a button's formaction).

    Raises:
        HTTPException: 415 for what is no URL-encoded form, 413 for too many fields.
    """
    if request.content_type[0] != "application/x-www-form-urlencoded":
        raise HTTPException(status_code=415)
    body = (await request.body()).decode(errors="replace")
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(status_code=413) from error
    return decode(kind, {**dict(pairs), **request.query_params})


async def read_json(request: Request, kind: type[F]) -> F:
    """Decode what a program has sent.

    Raises:
        HTTPException: 415 for what is no JSON. Unreadable: it is not what was expected.
    """
    if request.content_type[0] != "application/json":
        raise HTTPException(status_code=415)
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable from error


def read_query(request: Request, kind: type[F]) -> Submitted[F]:
    """Decode an address's parameters; of a repeated one the last counts."""
    return decode(kind, dict(request.query_params.items()))


def decode(kind: type[F], sent: Mapping[str, str]) -> Submitted[F]:
    typed: dict[str, str] = {}
    values: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for info in msgspec.structs.fields(kind):
        name = info.encode_name
        text = typed[name] = _cleaned(sent.get(name, ""), _extra(kind)[name])
        if UNREADABLE.search(text):
            errors[name] = N_("This contains characters that we cannot read.")
            typed[name] = UNREADABLE.sub("", text)
        elif text:
            try:
                values[info.name] = _in_our_time(msgspec.convert(text, info.type, strict=False))
            except msgspec.ValidationError:
                errors[name] = _complaint(info, text)
        elif info.required:
            errors[name] = N_("Please fill this in.")
    return Submitted(typed, values, errors, None if errors else kind(**values))


@cache
def _extra(kind: type[msgspec.Struct]) -> dict[str, dict[str, Any]]:
    """What the types of a form's fields say besides, by the fields' names on the wire."""
    kinds = {
        info.encode_name: inspect.type_info(info.type) for info in msgspec.structs.fields(kind)
    }
    return {
        name: (isinstance(kind, inspect.Metadata) and kind.extra) or {}
        for name, kind in kinds.items()
    }


def _cleaned(text: str, extra: dict[str, Any]) -> str:
    if extra == VERBATIM:
        return text
    if extra == LINES:
        return text.replace("\r\n", "\n").strip()
    return BREAKS.sub(" ", text).strip()


def _in_our_time(value: Any) -> Any:
    """Refuse days of other centuries, with which no calendar can reckon.

    Raises:
        msgspec.ValidationError: it is one.
    """
    if isinstance(value, date) and not 2000 <= value.year < 2100:
        raise msgspec.ValidationError
    return value


def _complaint(info: FieldInfo, text: str) -> Message:
    """What to do about a value that its type refused."""
    kind = inspect.type_info(info.type)
    if isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.UnionType):
        kind = next(part for part in kind.types if not isinstance(part, inspect.NoneType))
    match kind:
        case inspect.StrType(max_length=int(most)) if len(text) > most:
            return N_("Please use at most %(most)d characters.", most=most)
        case inspect.StrType(min_length=int(least)) if len(text) < least:
            return N_("Please use at least %(least)d characters.", least=least)
        case inspect.IntType(ge=least, le=most) if text.lstrip("-").isdecimal():
            return N_("Please choose a number from %(least)s to %(most)s.", least=least, most=most)
        case inspect.IntType():
            return N_("Please write a whole number.")
        case inspect.DateType():
            return N_("That day does not exist. Please choose another.")
        case inspect.DateTimeType():
            return N_("That time does not exist. Please choose another.")
        case inspect.EnumType() | inspect.LiteralType() | inspect.UUIDType():
            return N_("Please choose one of the options.")
    return N_("This does not look right. Please check it.")
