"""Every page that people see, by a name: looked at by axe, by Lighthouse and on pictures."""

import re
from typing import NamedTuple


class Page(NamedTuple):
    """An address, who looks at it, and what they press before looking."""

    path: str
    who: str | None = None
    press: str | None = None


def every_page(*, service: str, form: str, pending: str, confirmed: str) -> dict[str, Page]:
    """With the addresses of a service, of the form for booking it, and of two bookings."""
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
        # Now there is a place that was last searched at.
        "home-near": Page("/"),
        "details": Page(service),
        "book": Page(form, "customer"),
        "book-gone": Page(gone, "customer"),
        "bookings": Page("/contratacoes", "customer"),
        "booking-pending": Page(pending, "customer"),
        "booking-confirmed": Page(confirmed, "customer"),
        "booking-cancel": Page(confirmed, "customer", press="[command=show-modal]"),
        "dashboard": Page("/painel", "provider"),
        "sign-in": Page("/entrar"),
        "sign-up": Page("/cadastro"),
        "error": Page("/nada"),
        "offline": Page("/sem-conexao", "customer"),
        "admin": Page("/admin", "admin"),
        "admin-users": Page("/admin/usuarios", "admin"),
        "admin-services": Page("/admin/servicos", "admin"),
        "admin-bookings": Page("/admin/contratacoes", "admin"),
        "style": Page("/estilo"),
    }
