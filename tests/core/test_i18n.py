"""Both languages are whole, and everybody gets theirs."""

import re
from html.parser import HTMLParser

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment

from app.core.database import fetch
from app.core.i18n import N_
from app.settings import ROOT
from tests.browsing import signed_in, visitor
from tests.factories import a_user

CATALOGUE = ROOT / "app" / "locale" / "pt_BR" / "LC_MESSAGES" / "messages.po"
HOLES = re.compile(r"%\(\w+\)[ds]")

# The name, signs that both languages write alike, and the languages' own names.
UNTRANSLATED = {"Mini", "Marketplace", "km", "English", "Português", "WhatsApp"}
READ_OUT = {"alt", "aria-label", "placeholder", "title"}


class Wording(HTMLParser):
    """The words that a page shows or reads out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.words |= set(re.findall(r"[^\W\d_]{2,}", data))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in READ_OUT:
                self.handle_data(value or "")


def unmarked_words(source: str) -> set[str]:
    """Words that stand in a template outside of all its expressions."""
    tokens = Environment(trim_blocks=True, lstrip_blocks=True).lex(source)
    wording = Wording()
    wording.feed("".join(text for _, kind, text in tokens if kind == "data"))
    wording.close()
    return wording.words - UNTRANSLATED


def test_words_outside_of_all_expressions_are_found():
    page = '<p title="Olá">{{ _("Hello") }} you {% if x %}there{% endif %}</p><i class="no">7</i>'
    assert unmarked_words(page) == {"Olá", "you", "there"}


def test_no_template_has_a_text_that_is_not_marked():
    unmarked = {
        str(file.relative_to(ROOT)): words
        for file in (ROOT / "templates").rglob("*.html")
        if (words := unmarked_words(file.read_text("utf-8")))
    }
    assert unmarked == {}


def texts_in_the_code() -> set[str]:
    with (ROOT / "app" / "locale" / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(
        ROOT,
        methods,
        options,
        keywords,
        directory_filter=lambda folder: "/." not in folder and "node_modules" not in folder,
    )
    return {text if isinstance(text, str) else text[0] for _, _, text, _, _ in found}


def test_every_text_has_its_portuguese():
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="pt_BR")
    translated = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and all([message.string, *message.string]) and not message.fuzzy
    }
    assert texts_in_the_code() == translated


def test_translations_fill_in_the_same_values():
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="pt_BR"):
            if isinstance(message.id, str):
                assert sorted(HOLES.findall(message.id)) == sorted(HOLES.findall(message.string))


def test_a_message_waits_for_its_readers_language():
    message = N_("Please use at most %(most)d characters.", most=5)
    assert message.in_language("en") == "Please use at most 5 characters."
    assert message.in_language("pt") == "Use no máximo 5 caracteres."


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("pt-BR,pt;q=0.9", "pt-BR"),
        ("en-GB,en", "en-GB"),
        ("fr, en;q=0.5", "en-GB"),
        ("fr", "pt-BR"),
        ("", "pt-BR"),
    ],
)
async def test_a_visitor_gets_the_first_language_that_we_speak(app, accepts, language):
    answer = await visitor(app, accepts).get("/entrar")
    assert f'<html lang="{language}">' in answer.text


async def test_a_choice_holds_for_visitors_and_for_accounts(app):
    browser = visitor(app, "pt")
    answer = await browser.post("/idioma", data={"idioma": "en", "proximo": "/servicos?q=x"})
    assert answer.headers["location"] == "/servicos?q=x"
    assert '<html lang="en-GB">' in (await browser.get("/entrar")).text

    user = await a_user(language="pt")
    await (await signed_in(app, user)).post("/idioma", data={"idioma": "en"})
    (row,) = await fetch("SELECT language FROM users WHERE id = $1", user)
    assert row["language"] == "en"
