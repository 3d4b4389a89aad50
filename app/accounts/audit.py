"""The audit log: written in the transaction of what it tells of."""

from enum import StrEnum
from typing import Any

import msgspec

from app.core.client import client
from app.core.database import fetch


class Action(StrEnum):
    SIGNED_UP = "signed-up"
    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SECOND_FACTOR_FAILED = "second-factor-failed"
    SIGNED_OUT = "signed-out"
    SESSION_ENDED = "session-ended"
    SIGNED_OUT_EVERYWHERE = "signed-out-everywhere"
    TOKEN_REUSED = "token-reused"  # noqa: S105  No token.
    EMAIL_CONFIRMED = "email-confirmed"
    EMAIL_CHANGE_ASKED = "email-change-asked"
    EMAIL_CHANGED = "email-changed"
    RESET_ASKED = "reset-asked"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  No password.
    AUTHENTICATOR_ADDED = "authenticator-added"
    AUTHENTICATOR_REMOVED = "authenticator-removed"
    RECOVERY_CODES_MADE = "recovery-codes-made"
    RECOVERY_CODE_USED = "recovery-code-used"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    ADMIN_MADE = "admin-made"
    USER_SWITCHED_ON = "user-switched-on"
    USER_SWITCHED_OFF = "user-switched-off"
    SERVICE_SWITCHED_ON = "service-switched-on"
    SERVICE_SWITCHED_OFF = "service-switched-off"
    BOOKING_MOVED = "booking-moved"
    BOOKING_DECLINED = "booking-declined"
    BOOKING_CANCELLED = "booking-cancelled"
    PIX_KEY_CHANGED = "pix-key-changed"
    REFUND_RETRIED = "refund-retried"
    PAYOUTS_MADE = "payouts-made"
    PAYOUT_SETTLED = "payout-settled"
    LOOKED_AT_PAYMENTS = "looked-at-payments"
    COMMISSION_CHANGED = "commission-changed"
    WEBHOOK_ADDED = "webhook-added"
    WEBHOOK_REMOVED = "webhook-removed"
    WEBHOOK_SECRET_MADE = "webhook-secret-made"  # noqa: S105  No secret.
    JOB_RETRIED = "job-retried"
    JOB_DISCARDED = "job-discarded"
    EMAIL_RETRIED = "email-retried"
    LOOKED_AT_USERS = "looked-at-users"
    LOOKED_AT_BOOKINGS = "looked-at-bookings"
    LOOKED_AT_EMAILS = "looked-at-emails"
    LOOKED_AT_AUDIT = "looked-at-audit"
    AUDIT_EXPORTED = "audit-exported"
    DATA_EXPORT_ASKED = "data-export-asked"
    DATA_EXPORT_TAKEN = "data-export-taken"
    ACCOUNT_DELETED = "account-deleted"


async def record(
    action: Action, *, actor: int | None = None, subject: int | None = None, **detail: Any
) -> None:
    """Write down who did what to whom; where from is known.

    subject: the user it was done to, by default the actor. detail: codes and ids, no names.
    """
    await fetch(
        "INSERT INTO audit_event (action, actor, subject, address, detail)"
        " VALUES ($1, $2, $3, $4, $5)",
        action.value,
        actor,
        subject or actor,
        client().address,
        msgspec.json.encode(detail).decode(),
    )
