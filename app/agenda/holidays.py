"""The days on which all of Brazil rests."""

from datetime import date, timedelta
from functools import cache

AHEAD = timedelta(days=365)
LANGUAGES = {"pt": "pt_BR", "en": "en_US"}


def coming_holidays(today: date, language: str) -> dict[date, str]:
    """The national holidays of the next twelve months with their names, in order."""
    days = {**_holidays(today.year, language), **_holidays(today.year + 1, language)}
    return {day: days[day] for day in sorted(days) if today <= day <= today + AHEAD}


@cache
def _holidays(year: int, language: str) -> dict[date, str]:
    # Slow to import, and only who plans a holiday needs it.
    from holidays import country_holidays

    return dict(country_holidays("BR", years=year, language=LANGUAGES[language]))
