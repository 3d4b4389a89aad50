"""Who and what there is on the platform, and what it does."""

from typing import Any
from urllib.parse import urlencode

import litestar
from litestar import Controller, MediaType, get, post
from litestar.response import Redirect, Stream

from app.accounts import audit
from app.accounts.audit import Action
from app.accounts.authentication import ADMINS
from app.admin import actions, queries
from app.admin.controllers.lists import next_page, show_list
from app.admin.export import audit_lines
from app.admin.forms import AuditForm, SituationForm
from app.admin.queries import PAGE
from app.core.errors import DomainError, NotFound
from app.core.forms import read_form, read_query
from app.core.http import PathId, Request, Response
from app.core.notices import Notice, redirect
from app.core.security import FRAMED_POLICY, FRAMING_POLICY, POLICY
from app.core.spreadsheets import csv_file
from app.core.templating import page
from app.emails.problems import MESSAGES
from app.emails.queries import email_to_read, emails_given_up
from app.emails.tables import State
from app.settings import settings


class OverviewController(Controller):
    path = "/admin"
    guards = [ADMINS]

    @get()
    async def show(self, request: Request) -> Response:
        return page(request, "admin/show.html", figures=await queries.figures())


class UsersController(Controller):
    path = "/admin/usuarios"
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        return await show_list(request, "users", queries.users, Action.LOOKED_AT_USERS)

    @post("/{user:int}/situacao")
    async def update(self, request: Request, user: PathId) -> Response:
        await actions.set_user_active(request.user.id, user, await _active(request))
        return Redirect("/admin/usuarios", status_code=303)

    @post("/{user:int}/saida")
    async def sign_out(self, request: Request, user: PathId) -> Response:
        await actions.sign_user_out(request.user.id, user)
        return redirect("/admin/usuarios", Notice.SESSIONS_ENDED)


class ServicesController(Controller):
    path = "/admin/servicos"
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        return await show_list(request, "services", queries.services)

    @post("/{service:int}/situacao")
    async def update(self, request: Request, service: PathId) -> Response:
        await actions.set_service_active(request.user.id, service, await _active(request))
        return Redirect("/admin/servicos", status_code=303)


class BookingsController(Controller):
    path = "/admin/contratacoes"
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        return await show_list(request, "bookings", queries.bookings, Action.LOOKED_AT_BOOKINGS)


class EmailsController(Controller):
    path = "/admin/emails"
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        return await show_list(
            request,
            "emails",
            queries.emails,
            Action.LOOKED_AT_EMAILS,
            given_up=await emails_given_up(),
            states=list(State),
            problems=MESSAGES,
        )

    @get("/{email:int}")
    async def show(self, request: Request, email: PathId) -> Response:
        found = await email_to_read(email)
        if found is None:
            raise NotFound
        await audit.record(
            Action.LOOKED_AT_EMAILS, actor=request.user.id, subject=found["user"], email=email
        )
        answer = page(
            request, "admin/email.html", email=found, readable=_readable(found), problems=MESSAGES
        )
        answer.headers[POLICY] = FRAMING_POLICY
        return answer

    @get("/{email:int}/carta")
    async def show_letter(self, request: Request, email: PathId) -> Response:
        """The letter by itself, for the frame in which the page above shows it."""
        found = await email_to_read(email)
        if found is None or not _readable(found):
            raise NotFound
        return litestar.Response(
            found["html"], media_type=MediaType.HTML, headers={POLICY: FRAMED_POLICY}
        )

    @post("/{email:int}/repeticao")
    async def retry(self, request: Request, email: PathId) -> Response:
        await actions.retry_given_up_email(request.user.id, email)
        return redirect("/admin/emails", Notice.EMAIL_RETRIED)


class JobsController(Controller):
    path = "/admin/tarefas"
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        return await show_list(
            request,
            "jobs",
            queries.jobs,
            failed=await queries.failed_jobs(),
            schedules=await queries.schedules(),
        )

    @post("/{job:int}/repeticao")
    async def retry(self, request: Request, job: PathId) -> Response:
        await actions.retry_failed_job(request.user.id, job)
        return redirect("/admin/tarefas", Notice.JOB_RETRIED)

    @post("/{job:int}/descarte")
    async def discard(self, request: Request, job: PathId) -> Response:
        await actions.discard_failed_job(request.user.id, job)
        return redirect("/admin/tarefas", Notice.JOB_DISCARDED)


class AuditController(Controller):
    path = "/admin/auditoria"
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        filled = read_query(request, AuditForm)
        found = await queries.audit_events(filled.form, PAGE + 1) if filled.form else []
        rows = found[:PAGE]
        following = next_page(request, filled, rows) if len(found) > PAGE else None
        await audit.record(Action.LOOKED_AT_AUDIT, actor=request.user.id)
        context = {"filled": filled, "rows": rows, "next_page": following, "actions": list(Action)}
        context["export"] = f"/admin/auditoria/arquivo?{urlencode(filled.typed)}"
        return page(request, "admin/audit.html", status=filled.status, **context)

    @get("/arquivo")
    async def export(self, request: Request) -> Stream:
        """The same as CSV, all pages of it."""
        filled = read_query(request, AuditForm)
        if filled.form is None:
            raise DomainError
        await audit.record(Action.AUDIT_EXPORTED, actor=request.user.id)
        return csv_file("auditoria.csv", audit_lines(filled.form))


def _readable(email: Any) -> bool:
    """A letter that waits for its server may hold a link that opens somebody's account."""
    return bool(email["html"]) and not settings().production


async def _active(request: Request) -> bool:
    filled = await read_form(request, SituationForm)
    if filled.form is None:
        raise DomainError
    return filled.form.active
