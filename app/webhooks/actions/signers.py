"""The secrets that deliveries to an endpoint are signed with."""

from datetime import timedelta

from app.core.database import fetch, transaction
from app.core.signing import decrypt, encrypt
from app.webhooks.signing import new_secret

# So long a secret that was replaced still signs, beside the new one.
OVERLAP = timedelta(days=1)
MOST_SIGNERS = 3


async def make_signer(endpoint: int) -> str:
    """Give a new secret, in the open transaction; those before it are good for another day."""
    await fetch("DELETE FROM webhook_secret WHERE endpoint = $1 AND expires_at <= now()", endpoint)
    await fetch(
        "UPDATE webhook_secret SET expires_at = now() + $2::interval"
        " WHERE endpoint = $1 AND expires_at IS NULL",
        endpoint,
        OVERLAP,
    )
    secret = new_secret()
    await fetch(
        "INSERT INTO webhook_secret (endpoint, secret) VALUES ($1, $2)",
        endpoint,
        encrypt(secret, _context(endpoint)),
    )
    return secret


async def signers_of(endpoint: int) -> list[str]:
    """The secrets that are good now, the newest first."""
    rows = await fetch(
        """
        SELECT secret FROM webhook_secret
        WHERE endpoint = $1 AND (expires_at IS NULL OR expires_at > now())
        ORDER BY id DESC LIMIT $2
        """,
        endpoint,
        MOST_SIGNERS,
    )
    return [decrypt(row["secret"], _context(endpoint)) for row in rows]


async def re_encrypt_signers() -> int:
    """Have the newest key encrypt all secrets, so that older keys can go; gives how many."""
    async with transaction():
        rows = await fetch("SELECT id, endpoint, secret FROM webhook_secret FOR UPDATE")
        for row in rows:
            context = _context(row["endpoint"])
            secret = encrypt(decrypt(row["secret"], context), context)
            await fetch("UPDATE webhook_secret SET secret = $2 WHERE id = $1", row["id"], secret)
    return len(rows)


def _context(endpoint: int) -> str:
    """What a secret is encrypted for."""
    return f"webhook:{endpoint}"
