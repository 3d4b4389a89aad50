"""In which country a network address is, by a table that is copied in at set-up."""

import ipaddress
from functools import cache
from pathlib import Path

import maxminddb
from babel import Locale

from app.core.i18n import LOCALES

# Of geo-whois-asn-country. What of it is the NRO's is licensed CC BY 4.0, see countries.LICENSE.
TABLE = Path(__file__).parent / "countries.mmdb"


def place_name(address: str, language: str) -> str:
    """ "Brasil", "Brazil"; empty where nobody knows."""
    country = country_of(address)
    return Locale.parse(LOCALES[language]).territories.get(country, "") if country else ""


def country_of(address: str) -> str | None:
    """The ISO 3166 code; None for addresses of a house's own network, and what is none."""
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return None
    place = getattr(place, "ipv4_mapped", None) or place
    # The table has a country for some private networks too.
    found = _table().get(place) if place.is_global else None
    return str(found["country_code"]) if isinstance(found, dict) else None


@cache
def _table() -> maxminddb.Reader:
    return maxminddb.open_database(TABLE, maxminddb.MODE_MMAP)
