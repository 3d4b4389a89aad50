"""How a provider is paid: what is paid beforehand, and where what was earned goes."""

from app.accounts import audit
from app.accounts.actions.credentials import check_own_password
from app.accounts.audit import Action
from app.accounts.forms import Proof
from app.core.database import fetch_one, transaction
from app.core.errors import NotFound
from app.emails.actions import send_email
from app.payments import letters
from app.payments.errors import NoDeposit, NoGateway, NoPixKey
from app.payments.forms import PrepaidForm
from app.payments.gateways import methods
from app.payments.gateways.pix_key import normalise


async def change_pix_key(provider: int, proof: Proof, text: str) -> None:
    """Have one's earnings go to this Pix key; payouts that are on their way keep theirs.

    Raises:
        NoPixKey. WrongPassword, SecondFactorNeeded, WrongCode, TooMany. NotFound: they are leaving.
    """
    key = _readable(text)
    shown = await check_own_password(provider, proof)
    async with transaction():
        kept = await fetch_one(
            """
            INSERT INTO payout_account (provider, pix_key)
            SELECT id, $2 FROM users WHERE id = $1 AND active FOR KEY SHARE
            ON CONFLICT (provider) DO UPDATE SET pix_key = excluded.pix_key, changed_at = now()
            RETURNING id
            """,
            provider,
            key,
        )
        if kept is None:
            raise NotFound
        await audit.record(Action.PIX_KEY_CHANGED, actor=provider)
        await send_email(provider, shown["email"], shown["language"], letters.pix_key_changed())


def _readable(text: str) -> str:
    """A key as banks write it."""
    try:
        return normalise(text)
    except ValueError as error:
        raise NoPixKey from error


async def set_prepaid(provider: int, service: int, form: PrepaidForm) -> None:
    """Have so much of a service's price paid when it is booked; what was booked stays as it was.

    Raises:
        NotFound: the provider has no such service. NoDeposit: it is not said how much.
        NoGateway: nobody can pay online here.
    """
    if form.part == "sinal" and form.deposit is None:
        raise NoDeposit
    percent = {"nada": 0, "sinal": form.deposit, "tudo": 100}[form.part]
    if percent and not methods():
        raise NoGateway
    found = await fetch_one(
        "UPDATE service SET prepaid_percent = $3 WHERE provider = $1 AND id = $2 RETURNING id",
        provider,
        service,
        percent,
    )
    if found is None:
        raise NotFound
