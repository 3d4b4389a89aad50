"""Every page that people see, by a name: looked at by axe, by Lighthouse and on pictures."""

import re
from datetime import date, timedelta
from typing import NamedTuple


class Page(NamedTuple):
    """An address, who looks at it (halfway: who has yet to type a code), and what they press."""

    path: str
    who: str | None = None
    press: str | None = None


def every_page(
    *,
    service: str,
    form: str,
    pending: str,
    confirmed: str,
    paying: str,
    bank: str,
    receipt: str,
    reset: str,
    confirm: str,
    unsubscribe: str,
    email: str,
    batch: str,
    webhook: str,
) -> dict[str, Page]:
    """With the addresses of a service, of the form for booking it, of three bookings, the last of
    which is to be paid, of the bank's page and a receipt, of three links in e-mails, of an e-mail
    and a batch of payouts as admins see them, and of a provider's webhook."""
    next_week = str(date.today() + timedelta(days=7))  # noqa: DTZ011  Any day of it.
    gone = re.sub(r"inicio=[^&]+", "inicio=2027-01-01T03:00:00Z", form)
    return {
        "home": Page("/"),
        "home-trades": Page("/", press=".trades summary"),
        "search": Page("/servicos?onde=São Carlos, SP&q=eletricista"),
        "search-filters": Page(
            "/servicos?onde=São Carlos, SP&tipo=eletricista&preco=200&ordem=preco"
        ),
        "search-nothing": Page("/servicos?onde=São Carlos, SP&q=xyzzyxyzzy"),
        "search-wrong": Page("/servicos?onde=Atlântida Perdida&data=2026-13-45"),
        "search-near": Page("/servicos?lat=-22.017&lng=-47.891&raio=10"),
        "search-map": Page("/servicos?area=-22.1,-48,-21.9,-47.8", press=".map-switch"),
        # Now there is a place that was last searched at.
        "home-near": Page("/"),
        "details": Page(service),
        "book": Page(form, "customer"),
        "book-gone": Page(gone, "customer"),
        "bookings": Page("/contratacoes", "customer"),
        "booking-pending": Page(pending, "customer"),
        "booking-confirmed": Page(confirmed, "customer"),
        "booking-cancel": Page(confirmed, "customer", press="[command=show-modal]"),
        "booking-move": Page(confirmed + "/remarcacao", "customer"),
        "pay": Page(paying, "customer"),
        "pay-on-the-spot": Page(confirmed + "/pix", "customer"),
        "pay-at-bank": Page(bank),
        "receipt": Page(receipt, "customer"),
        "earnings": Page("/painel/ganhos", "provider"),
        "earnings-weeks": Page("/painel/ganhos?por=semana", "provider", press="details summary"),
        "receiving": Page("/painel/recebimento", "provider"),
        "dashboard": Page("/painel", "provider"),
        "agenda": Page("/painel/agenda?semana=" + next_week, "provider"),
        "agenda-hours": Page("/painel/agenda/horarios", "provider"),
        "agenda-time-off": Page("/painel/agenda/folgas", "provider"),
        "agenda-rules": Page("/painel/agenda/regras", "provider"),
        "integrations": Page("/painel/integracoes", "provider"),
        "integrations-guide": Page("/painel/integracoes", "provider", press="#guia summary"),
        "webhook": Page(webhook, "provider"),
        "webhook-secret": Page(webhook, "provider", press="[action$=segredo] button"),
        "sign-in": Page("/entrar"),
        "sign-up": Page("/cadastro"),
        "code": Page("/entrar/codigo", "halfway"),
        "forgotten": Page("/senha"),
        "reset": Page(reset),
        "confirm": Page(confirm),
        "privacy": Page("/privacidade"),
        "terms": Page("/termos"),
        "account": Page("/conta", "customer"),
        "account-email": Page("/conta/email", "customer"),
        "account-password": Page("/conta/senha", "customer"),
        "account-phone": Page("/conta/telefone", "customer"),
        "notifications": Page("/avisos", "customer"),
        "notifications-none": Page("/avisos", "admin"),
        "notifications-preferences": Page("/conta/avisos", "customer"),
        "unsubscribe": Page(unsubscribe),
        "account-photo": Page("/conta/foto", "customer"),
        "second-factor": Page("/conta/segundo-fator", "customer"),
        "second-factor-on": Page("/conta/segundo-fator", "admin"),
        "passkeys": Page("/conta/chaves", "customer"),
        "sessions": Page("/conta/sessoes", "customer"),
        "data": Page("/conta/dados", "customer"),
        "calendar": Page("/conta/calendario", "customer"),
        "calendar-made": Page("/conta/calendario", "customer", press="main form .go"),
        "other-calendars": Page("/painel/agenda/calendarios", "provider"),
        "deletion": Page("/conta/exclusao", "customer"),
        "error": Page("/nada"),
        "offline": Page("/sem-conexao", "customer"),
        "admin": Page("/admin", "admin"),
        "admin-users": Page("/admin/usuarios", "admin"),
        "admin-services": Page("/admin/servicos", "admin"),
        "admin-bookings": Page("/admin/contratacoes", "admin"),
        "admin-payments": Page("/admin/pagamentos", "admin"),
        "admin-payouts": Page("/admin/repasses", "admin"),
        "admin-batch": Page(batch, "admin"),
        "admin-commissions": Page("/admin/comissoes", "admin"),
        "admin-emails": Page("/admin/emails", "admin"),
        "admin-jobs": Page("/admin/tarefas", "admin"),
        "admin-email": Page(email, "admin"),
        "admin-audit": Page("/admin/auditoria", "admin"),
        "style": Page("/estilo"),
    }
