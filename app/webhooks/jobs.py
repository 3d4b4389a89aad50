"""Background work on webhooks, by the names under which actions enqueue it."""

from app.core.jobs import Handler
from app.webhooks.actions.delivering import deliver_webhook
from app.webhooks.actions.telling import send_payment_webhooks, send_webhooks

HANDLERS: dict[str, Handler] = {
    "send_webhooks": send_webhooks,
    "send_payment_webhooks": send_payment_webhooks,
    "deliver_webhook": deliver_webhook,
}
