"""Who signs in, by what, and what they did."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    ForeignKey,
    OnDelete,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class Role(StrEnum):
    CUSTOMER = "customer"
    PROVIDER = "provider"
    ADMIN = "admin"

    @property
    def on_wire(self) -> str:
        return {"customer": "CLIENTE", "provider": "PRESTADOR", "admin": "ADMIN"}[self]


class User(Table, tablename="users"):
    id: BigSerial = BigSerial(primary_key=True)
    # In lower case, by constraint users_email_lower.
    email: Varchar = Varchar(length=254, unique=True)
    email_confirmed_at: Timestamptz = Timestamptz(null=True, default=None)
    name: Varchar = Varchar(length=80)
    password_hash: Varchar = Varchar(length=200)
    role: Varchar = Varchar(length=10, choices=Role)
    # The language chosen for screens and messages: "pt" or "en".
    language: Varchar = Varchar(length=2, default="pt")
    # For WhatsApp, as E.164 has it ("+5516991234567"); empty if they gave none.
    phone: Varchar = Varchar(length=16, default="")
    # In which letters tell times; empty: that of the agenda.
    zone: Varchar = Varchar(length=40, default="")
    active: Boolean = Boolean(default=True)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())
    # What is left of a deleted account holds nothing personal.
    deleted_at: Timestamptz = Timestamptz(null=True, default=None)


class Purpose(StrEnum):
    """What a link in an e-mail is good for."""

    CONFIRM_EMAIL = "confirm-email"
    RESET_PASSWORD = "reset-password"  # noqa: S105  No password.
    LEAVE_EMAIL = "leave-email"
    TAKE_EMAIL = "take-email"


class AccountLink(Table):
    """A link in an e-mail that was not used yet; using it deletes the row."""

    id: UUID = UUID(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    purpose: Varchar = Varchar(length=20, choices=Purpose)
    # The address that it is about: for a change the new one.
    email: Varchar = Varchar(length=254)
    expires_at: Timestamptz = Timestamptz(default=None)


class Authenticator(Table):
    """The app that shows a user's one-time codes (RFC 6238)."""

    id: BigSerial = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict, unique=True)
    # Encrypted with the product's secret keys.
    secret: Varchar = Varchar(length=255)
    # The last time step whose code was used, so that none is used twice.
    last_step: BigInt = BigInt(default=0)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class RecoveryCode(Table):
    """Lets in once whoever has lost their authenticator; using it deletes the row."""

    id: BigSerial = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    # SHA-256; the code has 147 random bits, so it needs no slow hash.
    code_hash: Bytea = Bytea(default=None)


class Passkey(Table):
    id: BigSerial = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    credential: Bytea = Bytea(default=None, unique=True)
    public_key: Bytea = Bytea(default=None)
    # Counts its uses, where the device counts; never goes back.
    sign_count: BigInt = BigInt(default=0)
    name: Varchar = Varchar(length=60)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())
    used_at: Timestamptz = Timestamptz(null=True, default=None)


class Consent(Table):
    """Which version of which document a user agreed to."""

    id: BigSerial = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    document: Varchar = Varchar(length=20)
    version: Varchar = Varchar(length=10)
    given_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class AuditEvent(Table):
    """Who did what to whom, from where. Append-only, by trigger audit_event_append_only."""

    id: BigSerial = BigSerial(primary_key=True)
    at: Timestamptz = Timestamptz(default=TimestamptzNow())
    action: Varchar = Varchar(length=40)
    # Null where nobody was signed in, or where time did it.
    actor = ForeignKey(User, null=True, on_delete=OnDelete.restrict)
    # Whom it was done to.
    subject = ForeignKey(User, null=True, on_delete=OnDelete.restrict)
    # The network address it came from; empty for a job.
    address: Varchar = Varchar(length=45, default="")
    # Codes and ids only, never names or addresses.
    detail: JSONB = JSONB(default="{}")
