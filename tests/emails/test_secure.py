"""Mail servers behind TLS and a password: nothing goes to them in the clear, or to others."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography.hazmat.primitives import serialization

from app.core.database import fetch_one
from app.emails.actions import deliver_email
from app.settings import settings
from tests.emails.test_emails import a_letter
from tests.mail_server import MailServer
from tests.servers import free_port
from tests.tls_server import _certificate


@pytest.fixture(autouse=True)
def _settings_of_before() -> Iterator[None]:
    yield
    settings.cache_clear()


@pytest.fixture
def tls(tmp_path: Path, monkeypatch) -> ssl.SSLContext:
    """A server's context for localhost, whose authority is trusted during the test."""
    authority, authority_key = _certificate("Test authority", None, None, [])
    certificate, key = _certificate("mail", authority, authority_key, ["localhost"])
    pem = serialization.Encoding.PEM
    (tmp_path / "authority.pem").write_bytes(authority.public_bytes(pem))
    (tmp_path / "mail.pem").write_bytes(
        certificate.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "mail.pem")
    return context


def only_ana(server, session, envelope, mechanism, said) -> AuthResult:
    right = isinstance(said, LoginPassword) and said == LoginPassword(b"ana", b"se@cret")
    return AuthResult(success=right, handled=False)


@contextmanager
def serving(scheme: str, who: str = "", **options: object) -> Iterator[MailServer]:
    """A mail server on localhost that SMTP_URL names; who: a name and a password, encoded."""
    server, port = MailServer(), free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port, **options)
    controller.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMTP_URL", f"{scheme}://{who}localhost:{port}")
        settings.cache_clear()
        try:
            yield server
        finally:
            controller.stop()
    settings.cache_clear()


async def delivered() -> tuple[str, str]:
    """The state of a letter that was handed over, and what is wrong with it."""
    letter, _ = await a_letter()
    await deliver_email(letter)
    row = await fetch_one("SELECT state, problem FROM email WHERE id = $1", letter)
    return row["state"], row["problem"]


def with_password(context: ssl.SSLContext) -> dict[str, object]:
    return {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": only_ana,
    }


@pytest.mark.parametrize("trusted", [True, False])
async def test_by_tls_from_the_start(tls, monkeypatch, trusted):
    if not trusted:
        monkeypatch.delenv("SSL_CERT_FILE")
    server, port = MailServer(), free_port()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(server), "127.0.0.1", port, ssl=tls)
    monkeypatch.setenv("SMTP_URL", f"smtps://localhost:{port}")
    settings.cache_clear()
    assert await delivered() == (("sent", "") if trusted else ("waiting", "away"))
    assert len(server.taken) == trusted
    listening.close()


async def test_by_starttls_with_a_name_and_a_password(tls):
    with serving("smtp", "ana:se%40cret@", **with_password(tls)) as server:
        assert await delivered() == ("sent", "")
        assert len(server.taken) == 1


@pytest.mark.parametrize("who", ["ana:wrong@", "eva:se%40cret@", ""])
async def test_without_the_right_password_nothing_is_taken_and_the_letter_waits(tls, who):
    with serving("smtp", who, **with_password(tls)) as server:
        assert await delivered() == ("waiting", "access")
        assert server.taken == []


async def test_a_server_whose_certificate_nobody_vouches_for_gets_neither_letter_nor_password(
    tls, monkeypatch
):
    monkeypatch.delenv("SSL_CERT_FILE")
    with serving("smtp", "ana:se%40cret@", **with_password(tls)) as server:
        state, problem = await delivered()
        assert (state, server.taken) == ("waiting", [])
        assert problem in ("away", "access")


async def test_in_production_nothing_goes_out_in_the_clear(monkeypatch):
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("ORIGIN", "https://market.example")
    monkeypatch.setenv("SECRET_KEYS", "a key of this test that is long enough")
    with serving("smtp") as server:
        assert await delivered() == ("waiting", "access")
        assert server.taken == server.asked == []
