"""The two languages: which one a reader gets, and texts that wait for their reader."""

from functools import cache
from gettext import NullTranslations
from typing import Any, NamedTuple

from babel.support import Translations
from litestar.connection import ASGIConnection

from app.core.cookies import read_cookie
from app.settings import ROOT

LANGUAGES = ("pt", "en")
DEFAULT = "pt"
COOKIE = "idioma"
# The locale that numbers, money and dates are written in. British English has the days and the
# clock as they are written in Brazil.
LOCALES = {"pt": "pt_BR", "en": "en_GB"}


class Message(NamedTuple):
    """A text in the source language and what is filled into it; translated when it is shown."""

    text: str
    values: dict[str, Any] = {}

    def in_language(self, language: str) -> str:
        return translations(language).gettext(self.text) % self.values


def N_(text: str, **values: Any) -> Message:
    """Mark a text for the catalogues, to be translated for whoever reads it."""
    return Message(text, values)


@cache
def translations(language: str) -> NullTranslations:
    return Translations.load(ROOT / "app" / "locale", [LOCALES[language]])


def language_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """What the reader chose, else the first language of the browser's that we speak."""
    user = connection.scope.get("user")
    if user is not None:
        return str(user.language)
    chosen = read_cookie(connection, COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for wanted in connection.headers.get("accept-language", "").split(","):
        language = wanted.strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return DEFAULT
