"""Telephone numbers as people type them, and as programs dial them (E.164)."""

import re

from app.core.errors import DomainError
from app.core.i18n import N_

SIGNS = re.compile(r"[\s().\-/]+")
# Area code, then a mobile number with its nine, or a landline.
BRAZILIAN = re.compile(r"[1-9][1-9](9[0-9]{8}|[2-5][0-9]{7})")
INTERNATIONAL = re.compile(r"[1-9][0-9]{7,14}")
BRAZIL = "55"


class BadPhone(DomainError):
    status = 422
    message = N_("Please give the number with its area code, for example (16) 99123-4567.")


def normalised(typed: str) -> str:
    """ "(16) 99123-4567" as "+5516991234567"; a country's code begins with + or 00.

    Raises:
        BadPhone: nobody can be called there.
    """
    bare = SIGNS.sub("", typed)
    abroad = re.match(r"\+|00", bare)
    digits = bare[abroad.end() :] if abroad else bare
    if abroad and not digits.startswith(BRAZIL):
        if not INTERNATIONAL.fullmatch(digits):
            raise BadPhone
        return f"+{digits}"
    # As dialled from elsewhere in the country, or with its code but without the sign for it.
    national = digits.removeprefix("0")
    if len(national) > 11:
        national = national.removeprefix(BRAZIL)
    if not BRAZILIAN.fullmatch(national):
        raise BadPhone
    return f"+{BRAZIL}{national}"


def readable(phone: str) -> str:
    """ "+55 16 99123-4567"."""
    if not phone.startswith(f"+{BRAZIL}"):
        return phone
    return f"+{BRAZIL} {phone[3:5]} {phone[5:-4]}-{phone[-4:]}"
