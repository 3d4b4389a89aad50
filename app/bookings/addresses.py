"""Where a booking is, in two parts: the area, which a provider sees before they accept, and the
address in it, which they see afterwards.
"""

import re
from typing import Any

POSTAL_CODE = re.compile(r", CEP (\d{5}-\d{3})$")


def write_address(street: str, complement: str, postal_code: str) -> str:
    """ "Rua Treze de Maio, 210, apto 12, CEP 13560-000": a postal code may tell the street."""
    digits = re.sub(r"\D", "", postal_code)
    code = f"CEP {digits[:5]}-{digits[5:]}" if digits else ""
    return ", ".join(filter(None, [street, complement, code]))


def write_area(neighbourhood: str, place: str) -> str:
    """ "Centro, São Carlos, SP"."""
    return ", ".join(filter(None, [neighbourhood, place]))


def as_typed(booking: Any) -> dict[str, str]:
    """What to fill a form in with, to book for the same address again."""
    code = POSTAL_CODE.search(booking["address"])
    *neighbourhood, place, state = booking["area"].split(", ") if booking["area"] else ("", "")
    return {
        "endereco": POSTAL_CODE.sub("", booking["address"]),
        "cep": code[1] if code else "",
        "bairro": ", ".join(neighbourhood),
        **({"onde": f"{place}, {state}"} if place else {}),
    }
