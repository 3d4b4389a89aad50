"""How a provider is paid: where earnings go, and what is paid when booking."""

import asyncio

import pytest

from app.accounts.forms import Proof
from app.core.database import fetch, fetch_one
from app.core.errors import NotFound
from app.payments.actions import receiving
from app.payments.forms import PrepaidForm
from app.privacy.actions.deletion import delete_account
from tests.browsing import signed_in
from tests.factories import PASSWORD, a_provider, an_offer, forget_limits
from tests.letters import letters_to
from tests.payments.earning import give_key

PATH = "/painel/recebimento"


async def key_of(provider: int) -> str | None:
    row = await fetch_one("SELECT pix_key FROM payout_account WHERE provider = $1", provider)
    return row and row["pix_key"]


async def change(app, provider: int, key: str, password: str = PASSWORD):
    browser = await signed_in(app, provider)
    return await browser.post(f"{PATH}/chave", data={"chavePix": key, "senhaAtual": password})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Marlene@Example.test", "marlene@example.test"),
        ("529.982.247-25", "52998224725"),
        ("+55 (16) 91234-5678", "+5516912345678"),
        ("11.222.333/0001-81", "11222333000181"),
        ("123E4567-e89b-42d3-a456-426614174000", "123e4567-e89b-42d3-a456-426614174000"),
    ],
)
async def test_a_pix_key_is_kept_as_the_bank_knows_it(app, typed, kept):
    provider = await a_provider()
    assert (await change(app, provider, typed)).headers["location"] == PATH
    assert await key_of(provider) == kept
    assert kept in (await (await signed_in(app, provider)).get(PATH)).text


@pytest.mark.parametrize(
    "typed", ["x", "123", "+1 555 0100", "<b>@", "a@" + "b" * 90, "", "a" * 101]
)
async def test_what_is_no_pix_key_is_refused_and_stays_to_be_mended(app, typed):
    provider = await a_provider()
    answer = await change(app, provider, typed)
    assert answer.status_code == 422
    assert await key_of(provider) is None
    if typed.isalnum():
        assert f'value="{typed}"' in answer.text


async def test_without_the_password_the_pix_key_stays(app):
    provider = await a_provider()
    await change(app, provider, "first@example.test")
    answer = await change(app, provider, "thief@example.test", "wrong-password")
    assert answer.status_code == 403
    assert await key_of(provider) == "first@example.test"


async def test_a_change_is_told_by_email_and_written_down_without_the_key(app):
    provider = await a_provider()
    await change(app, provider, "marlene@example.test")
    (letter,) = await letters_to(provider)
    assert letter["subject"] == "Seus ganhos vão agora para outra chave Pix"
    assert "marlene@example.test" not in letter["text"]
    (event,) = await fetch(
        "SELECT detail::text AS detail FROM audit_event"
        " WHERE actor = $1 AND action = 'pix-key-changed'",
        provider,
    )
    assert "marlene@example.test" not in event["detail"]


async def test_who_leaves_while_the_pix_key_changes_leaves_none_behind():
    for _ in range(10):
        await forget_limits()
        provider = await a_provider()
        await asyncio.gather(
            give_key(provider), delete_account(provider, Proof(PASSWORD)), return_exceptions=True
        )
        assert await key_of(provider) is None


async def set_prepaid(app, user: int, service: int, **form: str):
    browser = await signed_in(app, user)
    return await browser.post(f"{PATH}/servicos/{service}", data=form)


async def percent_of(service: int) -> int:
    row = await fetch_one("SELECT prepaid_percent FROM service WHERE id = $1", service)
    return int(row["prepaid_percent"])


@pytest.mark.parametrize(
    ("form", "percent"),
    [
        ({"antecipado": "nada", "sinal": "40"}, 0),
        ({"antecipado": "sinal", "sinal": "30"}, 30),
        ({"antecipado": "tudo"}, 100),
    ],
)
async def test_what_is_paid_beforehand_is_chosen_for_each_service(app, form, percent):
    offer = await an_offer(prepaid_percent=50)
    assert (await set_prepaid(app, offer.provider, offer.service, **form)).status_code == 303
    assert await percent_of(offer.service) == percent


@pytest.mark.parametrize(
    "form",
    [
        {"sinal": "30"},
        {"antecipado": "x"},
        {"antecipado": "sinal"},
        {"antecipado": "sinal", "sinal": "0"},
        {"antecipado": "sinal", "sinal": "100"},
        {"antecipado": "sinal", "sinal": "a lot"},
    ],
)
async def test_a_part_that_cannot_be_is_refused(app, form):
    offer = await an_offer(prepaid_percent=50)
    answer = await set_prepaid(app, offer.provider, offer.service, **form)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text
    assert await percent_of(offer.service) == 50


async def test_anothers_service_is_not_there():
    """Also in the matrix of tests/test_access.py; here that it stays as it was."""
    offer = await an_offer(prepaid_percent=50)
    with pytest.raises(NotFound):
        await receiving.set_prepaid(await a_provider(), offer.service, PrepaidForm("nada"))
    assert await percent_of(offer.service) == 50


async def test_where_nobody_can_pay_online_services_are_paid_on_the_spot(app, monkeypatch):
    monkeypatch.setattr("app.payments.gateways._gateways", lambda _: {})
    offer = await an_offer(prepaid_percent=50)
    answer = await set_prepaid(app, offer.provider, offer.service, antecipado="tudo")
    assert answer.status_code == 409
    assert "Ainda não dá para pagar on-line por aqui" in answer.text
    assert answer.text.count("disabled") == 2
    assert await percent_of(offer.service) == 50
    await set_prepaid(app, offer.provider, offer.service, antecipado="nada")
    assert await percent_of(offer.service) == 0


async def test_each_service_says_what_the_platform_keeps(app):
    offer = await an_offer()
    await fetch("UPDATE category SET commission_percent = 12.5 WHERE slug = 'eletricista'")
    page = (await (await signed_in(app, offer.provider)).get(PATH)).text
    await fetch("UPDATE category SET commission_percent = 10 WHERE slug = 'eletricista'")
    assert "Eletricista: ficamos com 12,5% do preço." in page
