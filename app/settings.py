"""Every setting of the product, read from the environment, with its default."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

ROOT = Path(__file__).parents[1]
# Known to all, so refused in production.
DEVELOPMENT_KEY = "development-key-that-everybody-knows"
SHORTEST_KEY = 32
# A tile server's origin; {s} stands for one of its subdomains.
TILES = re.compile(r"(https?://(?:\{s\}\.)?[a-zA-Z0-9.-]+(?::\d+)?)/")


class Unsafe(ValueError):
    """The settings would make a production that is open to attacks."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A field is set by the environment variable of its name in capitals.

    With _FILE behind the name the variable names a file that holds the value, as secrets are
    handed to containers.
    """

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1

    # Where people reach the product: the origin of links in e-mails and of passkeys.
    origin: str = ""
    # Sign links and tokens, and encrypt secrets at rest. Separated by commas, the newest first:
    # it signs, all of them verify.
    secret_keys: str = DEVELOPMENT_KEY

    # Empty: `marketplace run` starts its own PostgreSQL and Valkey under `data`.
    database_url: str = ""
    database_pool_size: int = 10
    redis_url: str = ""
    data: Path = ROOT / ".data"

    # smtp://user:password@host:587 or smtps://…; empty: e-mails are kept and read at /admin/emails.
    smtp_url: str = ""
    email_from: str = "Mini Marketplace <no-reply@localhost>"

    # A bank's API Pix, by the central bank's standard: its address up to "/v2", where it gives out
    # tokens, what it knows us by (the certificate and its key are paths), and a secret that its
    # webhooks carry. Empty: no Pix by a bank.
    pix_api_url: str = ""
    pix_token_url: str = ""
    pix_client_id: str = ""
    pix_client_secret: str = ""
    pix_certificate: str = ""
    pix_certificate_key: str = ""
    pix_webhook_secret: str = ""
    # Whose account is paid into: its Pix key, name and city.
    pix_key: str = ""
    pix_name: str = ""
    pix_city: str = ""
    # Cards, and Pix where no bank is set. Empty: no Stripe. The address is changed by tests only.
    stripe_secret_key: str = ""
    stripe_webhook_secret: str = ""
    stripe_api_url: str = ""
    # Signs push messages to browsers (RFC 8292): 32 bytes in base64url; empty: one is made in
    # `data` and kept. With another key browsers have to be asked anew.
    vapid_private_key: str = ""
    # A Nominatim that knows streets and postal codes; empty: only the table of cities is asked.
    nominatim_url: str = ""
    # Whom its operators can write to, as their usage policy asks for.
    nominatim_contact: str = ""
    # Map tiles, https://tile.example/{z}/{x}/{y}.png; empty: maps have a plain background.
    tile_url: str = ""
    # What the tiles' licence wants to be said on the map, as HTML.
    tile_attribution: str = ""

    # How long a session lasts that nobody uses.
    session_days: int = 30
    # Requests to the API in 15 minutes, for each network address or signed-in user.
    api_requests: int = 100
    # Addresses whose X-Forwarded-* headers are believed: the proxy's, never "*".
    trusted_proxies: str = "127.0.0.1"

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def base_url(self) -> str:
        # Not by its number: browsers give no passkeys to an address without a name.
        host = "localhost" if self.host in ("127.0.0.1", "0.0.0.0") else self.host  # noqa: S104
        return self.origin.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def tile_origin(self) -> str:
        """Where tiles come from, as a content security policy has it: "https://*.tile.example"."""
        match = TILES.match(self.tile_url)
        return match[1].replace("{s}", "*") if match else ""

    @property
    def keys(self) -> list[str]:
        return [key.strip() for key in self.secret_keys.split(",")]


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        msgspec.ValidationError: a variable does not have its field's type.
        Unsafe: production was asked for with what only development may have.
    """
    names = {field.name.upper(): field.name for field in msgspec.structs.fields(Settings)}
    given = {names[key]: value for key, value in os.environ.items() if key in names}
    for key, name in names.items():
        if file := os.environ.get(f"{key}_FILE"):
            given[name] = Path(file).read_text("utf-8").strip()
    chosen = msgspec.convert(given, Settings, strict=False, dec_hook=lambda kind, text: kind(text))
    if chosen.production and (dangers := _dangers(chosen)):
        raise Unsafe(" ".join(dangers))
    return chosen


def _dangers(chosen: Settings) -> list[str]:
    """What must not go into production, each as a sentence."""
    dangers = {
        "ORIGIN must begin with https://.": not chosen.origin.startswith("https://"),
        "SECRET_KEYS must be your own.": DEVELOPMENT_KEY in chosen.keys,
        f"Each of SECRET_KEYS needs at least {SHORTEST_KEY} characters.": any(
            len(key) < SHORTEST_KEY for key in chosen.keys
        ),
        "SMTP_URL is missing, so links for new passwords could be read at /admin/emails.": (
            not chosen.smtp_url
        ),
        "NOMINATIM_CONTACT is missing: a Nominatim's operators want to know whom to write to.": (
            bool(chosen.nominatim_url) and not chosen.nominatim_contact
        ),
        "TILE_URL must begin with https:// and a host.": (
            bool(chosen.tile_url) and not chosen.tile_origin.startswith("https://")
        ),
        "TRUSTED_PROXIES must name the proxy, not everybody.": "*" in chosen.trusted_proxies,
    }
    return [danger for danger, there in dangers.items() if there] + _payment_dangers(chosen)


def _payment_dangers(chosen: Settings) -> list[str]:
    """As above: money goes over TLS only, and what tells true webhooks from others is there."""
    needed: list[str] = []
    if chosen.pix_api_url:
        needed += ["pix_token_url", "pix_client_id", "pix_client_secret", "pix_certificate"]
        needed += ["pix_webhook_secret", "pix_key", "pix_name", "pix_city"]
    if chosen.stripe_secret_key:
        needed += ["stripe_webhook_secret"]
    missing = [f"{name.upper()} is missing." for name in needed if not getattr(chosen, name)]
    addresses = ["pix_api_url", "pix_token_url", "stripe_api_url"]
    plain = [
        f"{name.upper()} must begin with https://."
        for name in addresses
        if (address := getattr(chosen, name)) and not address.startswith("https://")
    ]
    secret = chosen.pix_webhook_secret
    short = [f"PIX_WEBHOOK_SECRET needs at least {SHORTEST_KEY} characters."]
    return missing + plain + (short if secret and len(secret) < SHORTEST_KEY else [])
