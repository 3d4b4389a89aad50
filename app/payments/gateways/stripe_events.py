"""What Stripe's webhooks say; each is signed with the time at which it was sent."""

import msgspec
import stripe

from app.payments.gateways.port import UNREADABLE, BadWebhook, Notice

# What is older may be a replayed one.
TOLERANCE_SECONDS = 300


class Subject(msgspec.Struct):
    """What an event is about, as far as it leads to a charge of ours."""

    id: str
    object: str
    payment_intent: str | None = None
    client_reference_id: str | None = None
    metadata: dict[str, str] | None = None


class EventData(msgspec.Struct):
    object: Subject


class Event(msgspec.Struct):
    id: str
    data: EventData


def read_event(body: bytes, signature: str | None, secret: str) -> list[Notice]:
    """What happened to which charge, if to any.

    Raises:
        BadWebhook: Stripe has not signed it, or not in the last minutes.
    """
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
    # The library trips over a signature that is not ASCII and over a body that is not UTF-8.
    except (stripe.SignatureVerificationError, TypeError, UnicodeDecodeError):
        raise BadWebhook("signature") from None
    try:
        event = msgspec.json.decode(body, type=Event)
    except UNREADABLE:
        raise BadWebhook("unreadable") from None
    notice = _notice(event.id, event.data.object)
    return [notice] if notice else []


def _notice(event: str, subject: Subject) -> Notice | None:
    told = subject.metadata or {}
    match subject.object:
        case "checkout.session":
            return Notice(event, subject.id, subject.client_reference_id or "")
        case "payment_intent":
            return Notice(event, subject.id, told.get("reference", ""))
        case "charge" if subject.payment_intent:
            return Notice(event, subject.payment_intent, told.get("reference", ""))
        case "refund" if subject.payment_intent:
            return Notice(event, subject.payment_intent, told.get("charge", ""))
        case "dispute" if subject.payment_intent:
            return Notice(event, subject.payment_intent)
    return None
