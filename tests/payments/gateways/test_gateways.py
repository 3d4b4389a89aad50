"""Which gateways the settings name, and what production does not take."""

import ssl

import pytest

from app.payments.gateways import gateway_for, gateways
from app.payments.gateways.port import Method
from app.settings import Unsafe, settings
from tests.payments.gateways.psp import SECRET
from tests.test_cli import PRODUCTION

STRIPE = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}


@pytest.fixture
def choose(monkeypatch):
    def choose(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield choose
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def pix(psp, authority) -> dict[str, str]:
    certificate, key = authority.issue("client")
    return {
        "PIX_API_URL": f"{psp.url}/",
        "PIX_TOKEN_URL": f"{psp.url}/oauth/token",
        "PIX_CLIENT_ID": "client-id",
        "PIX_CLIENT_SECRET": "client secret: ü",
        "PIX_CERTIFICATE": str(certificate),
        "PIX_CERTIFICATE_KEY": str(key),
        "PIX_WEBHOOK_SECRET": SECRET,
        "PIX_KEY": "7D9F0335-8dcc-4054-9bf9-0dbd61d36906",
        "PIX_NAME": "Mini Marketplace",
        "PIX_CITY": "São Paulo",
    }


def test_without_settings_there_is_the_sandbox_and_in_production_none(choose):
    choose()
    assert [gateway_for(method).name for method in Method] == ["sandbox", "sandbox"]
    choose(**PRODUCTION)
    assert gateways() == {}
    for method in Method:
        with pytest.raises(LookupError):
            gateway_for(method)


def test_stripe_alone_takes_both(choose):
    choose(**STRIPE)
    assert [gateway_for(method).name for method in Method] == ["stripe", "stripe"]


def test_a_bank_takes_pix_and_leaves_cards_to_stripe(choose, pix):
    choose(**STRIPE, **pix)
    assert {method: gateway_for(method).name for method in Method} == {
        Method.PIX: "pix",
        Method.CARD: "stripe",
    }


def test_a_bank_alone_takes_no_cards(choose, pix):
    choose(**pix)
    assert list(gateways()) == ["pix"]
    with pytest.raises(LookupError):
        gateway_for(Method.CARD)


def test_they_are_made_once_and_anew_for_other_settings(choose):
    choose(**STRIPE)
    first = gateways()["stripe"]
    assert gateways()["stripe"] is first
    choose(STRIPE_SECRET_KEY="sk_test_2")
    assert gateways()["stripe"] is not first


def test_what_is_added_to_them_stays_with_who_adds_it(choose):
    choose(**STRIPE)
    gateways()["other"] = gateways()["stripe"]
    assert list(gateways()) == ["stripe"]


def test_a_key_that_is_none_is_noticed_at_once(choose, pix):
    choose(**{**pix, "PIX_KEY": "11144477734"})
    with pytest.raises(ValueError, match="no Pix key"):
        gateways()


async def test_a_charge_goes_through_by_the_settings_alone(
    choose, pix, psp, charge, authority, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    choose(**pix)
    gateway = gateway_for(Method.PIX)
    made = await gateway.create(charge, Method.PIX)
    assert made.gateway_id in psp.cobs


def test_a_certificate_that_is_not_there_is_noticed_at_once(choose, pix):
    choose(**{**pix, "PIX_CERTIFICATE": "/nowhere.pem"})
    with pytest.raises((FileNotFoundError, ssl.SSLError)):
        gateways()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PIX_API_URL", "http://bank.example"),
        ("PIX_TOKEN_URL", "http://bank.example/oauth/token"),
        ("STRIPE_API_URL", "http://stripe.example"),
        ("PIX_TOKEN_URL", ""),
        ("PIX_CLIENT_ID", ""),
        ("PIX_CLIENT_SECRET", ""),
        ("PIX_CERTIFICATE", ""),
        ("PIX_WEBHOOK_SECRET", ""),
        ("PIX_WEBHOOK_SECRET", "short"),
        ("PIX_KEY", ""),
        ("PIX_NAME", ""),
        ("PIX_CITY", ""),
        ("STRIPE_WEBHOOK_SECRET", ""),
    ],
)
def test_production_takes_no_payments_over_open_lines_or_without_secrets(choose, pix, name, value):
    choose(**PRODUCTION, **STRIPE, **pix)
    assert settings().production
    choose(**{name: value})
    with pytest.raises(Unsafe) as refused:
        settings()
    assert str(refused.value).startswith(name)


def test_production_needs_no_gateway(choose):
    choose(**PRODUCTION)
    assert settings().production


def test_secrets_may_stand_in_files(choose, tmp_path):
    file = tmp_path / "key"
    file.write_text("sk_live_in_a_file\n")
    choose(STRIPE_SECRET_KEY_FILE=str(file))
    assert settings().stripe_secret_key == "sk_live_in_a_file"
