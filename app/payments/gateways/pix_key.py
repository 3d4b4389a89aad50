"""The five kinds of Pix keys, checked as far as can be without asking the central bank."""

import re

LONGEST = 77
RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
# An area code and 8 digits, or 9 that begin with one.
PHONE = re.compile(r"\+55[1-9][1-9](9[0-9]{8}|[2-8][0-9]{7})")
CPF = re.compile(r"[0-9]{11}")
# The letters are new in 2026; the check digits stay digits.
CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")


def normalise(text: str) -> str:
    """A key as the central bank's directory has it: CPF, CNPJ, e-mail, phone (+55…) or random.

    Raises:
        ValueError: it is none of them.
    """
    text = text.strip()
    lower = text.lower()
    if RANDOM.fullmatch(lower) or (EMAIL.fullmatch(lower) and len(lower) <= LONGEST):
        return lower
    phone = re.sub(r"[ ().-]", "", text)
    if PHONE.fullmatch(phone):
        return phone
    number = re.sub(r"[ ./-]", "", text).upper()
    if (CPF.fullmatch(number) and _is_checked(number, 11)) or (
        CNPJ.fullmatch(number) and _is_checked(number, 9)
    ):
        return number
    raise ValueError("no Pix key")


def _is_checked(number: str, largest_weight: int) -> bool:
    """Whether it ends in its two check digits, and is not one digit repeated, which nobody has."""
    first = _check_digit(number[:-2], largest_weight)
    second = _check_digit(number[:-2] + first, largest_weight)
    return number.endswith(first + second) and len(set(number)) > 1


def _check_digit(number: str, largest_weight: int) -> str:
    """By modulo 11; from the right the weights are 2, 3, … and begin again after the largest.

    A letter counts as its place in ASCII after "0": A is 17.
    """
    weights = range(2, largest_weight + 1)
    total = sum(
        (ord(sign) - ord("0")) * weights[place % len(weights)]
        for place, sign in enumerate(reversed(number))
    )
    return str(11 - total % 11) if total % 11 > 1 else "0"
