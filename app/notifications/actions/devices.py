"""The browsers on which somebody wants to be told."""

from base64 import urlsafe_b64decode

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from app.core.database import fetch, transaction
from app.core.errors import DomainError
from app.core.i18n import N_
from app.core.outside import CannotReach, clean_address
from app.notifications.forms import DeviceForm

# Of one user; beyond them the one that was added first goes.
MOST = 20


class BadDevice(DomainError):
    status = 422
    message = N_("Your browser did not give us what it takes. Please try again.")


async def add_device(user: int, session: str, form: DeviceForm) -> None:
    """Tell this user in the browser of this session, and nobody else there, while it lasts.

    Raises:
        BadDevice: that is no public push service, or no key.
    """
    try:
        endpoint = clean_address(form.endpoint)
        point = urlsafe_b64decode(form.p256dh + "=")
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except (CannotReach, ValueError) as error:
        raise BadDevice from error
    async with transaction():
        await _forget("s.endpoint = $1 OR s.session = $2", endpoint, session)
        await fetch(
            """
            INSERT INTO push_subscription ("user", session, endpoint, p256dh, auth)
            VALUES ($1, $2, $3, $4, $5)
            """,
            user,
            session,
            endpoint,
            form.p256dh,
            form.auth,
        )
        await _forget(
            's.id IN (SELECT id FROM push_subscription WHERE "user" = $1'
            " ORDER BY id DESC OFFSET $2)",
            user,
            MOST,
        )


async def forget_devices(condition: str, *args: object) -> None:
    """Forget browsers (`s`), with what was on its way to them."""
    async with transaction():
        await _forget(condition, *args)


async def _forget(condition: str, *args: object) -> None:
    await fetch(
        f"""
        DELETE FROM push_message m USING push_subscription s
        WHERE s.id = m.subscription AND ({condition})
        """,
        *args,
    )
    await fetch(f"DELETE FROM push_subscription s WHERE {condition}", *args)
