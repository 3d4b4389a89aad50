"""Background work on money, by the names under which actions enqueue it."""

from app.core.jobs import Schedule
from app.payments.actions.charge import create_charge
from app.payments.actions.look import (
    capture_charge,
    close_charge,
    look_at_open_payments,
    look_at_payment,
)
from app.payments.actions.refund import send_overdue_refunds, send_refund
from app.payments.actions.settle import settle_booking
from app.payments.actions.webhooks import forget_old_webhooks, process_webhook

HANDLERS = {
    "create_charge": create_charge,
    "look_at_payment": look_at_payment,
    "capture_charge": capture_charge,
    "close_charge": close_charge,
    "send_refund": send_refund,
    "settle_booking": settle_booking,
    "process_webhook": process_webhook,
}
SCHEDULES = {
    "look_at_open_payments": Schedule("*/5 * * * *", look_at_open_payments),
    "send_overdue_refunds": Schedule("17 * * * *", send_overdue_refunds),
    "forget_old_webhooks": Schedule("41 4 * * *", forget_old_webhooks),
}
