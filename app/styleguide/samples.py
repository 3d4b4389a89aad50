"""Made-up things in every state that a component has."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from app.bookings.tables import Status
from app.catalog.categories import CATEGORIES
from app.catalog.tables import Group
from app.core.forms import Submitted
from app.core.i18n import N_
from app.core.time import now

ZONE = "America/Sao_Paulo"
NAMES = (
    "Instalação e troca de disjuntores",
    "Faxina",
    "Corte, barba e sobrancelha em casa, com hora marcada e sem pressa",
    "Inglês para viajar",
    "Poda",
    "Frete de uma geladeira",
)


def posters(language: str) -> list[dict[str, Any]]:
    """One a group of trades; each with one free time less than the one before."""
    noon = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return [
        {
            "id": number,
            "group": group.value,
            "icon": trade.icon,
            "category": trade.name_pt if language == "pt" else trade.name_en,
            "name": name,
            "provider_name": "Marlene Souza",
            "place": "São Carlos",
            "state": "SP",
            "metres": 350.0 * 4**number if number else None,
            "price_from": Decimal("89.90") * (number + 1),
            "duration_from": 45 * (number + 1),
            "zone": ZONE,
            "times": [noon + timedelta(hours=9 * step) for step in range(5 - number)],
        }
        for number, (group, name) in enumerate(zip(Group, NAMES, strict=True))
        for trade in [next(trade for trade in CATEGORIES if trade.group is group)]
    ]


def bookings() -> list[dict[str, Any]]:
    """One in each state."""
    numbers = count(1)
    start = now().replace(minute=30, second=0, microsecond=0)
    return [
        {
            "id": number,
            "code": f"ABCD234{number}",
            "status": status.value,
            "starts_at": start + timedelta(days=number),
            "created_at": now() - timedelta(minutes=7**number),
            "zone": ZONE,
            "service_name": NAMES[0],
            "variant_name": "Quadro completo",
            "provider_name": "Marlene Souza",
            "customer_name": "João Pereira",
            "whereabouts": "Rua Treze de Maio, 210, Centro, São Carlos, SP",
            "note": "Portão verde, tocar a campainha." if status is Status.PENDING else "",
            "price": Decimal(340),
            "paid": Decimal(102),
        }
        for status in Status
        for number in [next(numbers)]
    ]


def filled_form() -> Submitted[Any]:
    return Submitted(
        typed={"cheio": "Rua Treze de Maio, 210", "errado": "joao@", "texto": "Portão verde."},
        values={},
        errors={"errado": N_("This does not look right. Please check it.")},
        form=None,
    )
