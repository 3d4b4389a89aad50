"""Numbers as people read them. Money is Decimal, in BRL, with two places."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, format_decimal
from babel.numbers import format_percent as format_share

from app.core.i18n import LOCALES


@lru_cache(maxsize=10_000)
def format_money(amount: Decimal | int, language: str) -> str:
    """ "R$ 90" and "R$ 90,50": whole amounts without their empty cents."""
    pattern = "¤ #,##0" if amount == int(amount) else "¤ #,##0.00"
    return format_currency(
        amount, "BRL", format=pattern, locale=LOCALES[language], currency_digits=False
    )


def format_percent(percent: Decimal | int, language: str) -> str:
    """ "10%" and "12,5%"."""
    return format_share(percent / Decimal(100), "0.##%", locale=LOCALES[language])


def format_distance(metres: float, language: str) -> str:
    """ "1,2 km"; below one kilometre to the next hundred metres."""
    if metres < 1000:
        return f"{max(100, round(metres, -2)):.0f} m"
    return _kilometres(round(metres / 1000, 1 if metres < 10_000 else 0), language)


@lru_cache(maxsize=1_000)
def _kilometres(number: float, language: str) -> str:
    return format_decimal(number, "0.#", locale=LOCALES[language]) + " km"
