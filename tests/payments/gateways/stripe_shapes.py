"""What Stripe answers, by its API reference of version 2026-10-28.endive, where we look at it."""

from secrets import token_hex
from typing import Any

from app.core.time import now

Shape = dict[str, Any]


def seconds() -> int:
    return int(now().timestamp())


def session(asked: Shape) -> Shape:
    item = asked["line_items"]["0"]
    total = int(item["price_data"]["unit_amount"]) * int(item["quantity"])
    identifier = f"cs_test_{token_hex(20)}"
    return {
        "id": identifier,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": asked["cancel_url"],
        "client_reference_id": asked["client_reference_id"],
        "created": seconds(),
        "currency": item["price_data"]["currency"],
        "customer": None,
        "expires_at": int(asked.get("expires_at", seconds() + 86400)),
        "livemode": False,
        "metadata": {},
        "mode": asked["mode"],
        # There is none before somebody tries to pay.
        "payment_intent": None,
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "status": "open",
        "success_url": asked["success_url"],
        "ui_mode": "hosted_page",
        "url": f"https://checkout.stripe.com/c/pay/{identifier}",
    }


def intent(amount: int, kind: str, metadata: Shape, capture: str = "automatic_async") -> Shape:
    identifier = f"pi_{token_hex(12)}"
    return {
        "id": identifier,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": capture,
        "client_secret": f"{identifier}_secret_{token_hex(12)}",
        "confirmation_method": "automatic",
        "created": seconds(),
        "currency": "brl",
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": metadata,
        "next_action": None,
        "payment_method": f"pm_{token_hex(12)}",
        "payment_method_types": [kind],
        "status": "requires_payment_method",
    }


def pix_action(expires_at: int) -> Shape:
    page = f"https://payments.stripe.com/qr/instructions/{token_hex(12)}"
    return {
        "type": "pix_display_qr_code",
        "pix_display_qr_code": {
            "data": f"00020101021226580014br.gov.bcb.pix2536stripe.example.com/{token_hex(8)}",
            "expires_at": expires_at,
            "hosted_instructions_url": page,
            "image_url_png": f"{page}.png",
            "image_url_svg": f"{page}.svg",
        },
    }


def charge(of: Shape, captured: bool) -> Shape:
    return {
        "id": f"ch_{token_hex(12)}",
        "object": "charge",
        "amount": of["amount"],
        "amount_captured": of["amount"] if captured else 0,
        "amount_refunded": 0,
        "balance_transaction": f"txn_{token_hex(12)}" if captured else None,
        "billing_details": {"email": "fulano@example.com", "name": "Fulano de Tal"},
        "captured": captured,
        "created": seconds(),
        "currency": "brl",
        "disputed": False,
        "failure_code": None,
        "livemode": False,
        "metadata": of["metadata"],
        "paid": True,
        "payment_intent": of["id"],
        "refunded": False,
        "status": "succeeded",
    }


def refund(of: Shape, amount: int, metadata: Shape, status: str) -> Shape:
    return {
        "id": f"re_{token_hex(12)}",
        "object": "refund",
        "amount": amount,
        "charge": of["latest_charge"]["id"],
        "created": seconds(),
        "currency": "brl",
        "metadata": metadata,
        "payment_intent": of["id"],
        "reason": None,
        "receipt_number": None,
        "status": status,
    }


def dispute(of: Shape) -> Shape:
    return {
        "id": f"du_{token_hex(12)}",
        "object": "dispute",
        "amount": of["amount"],
        "charge": of["latest_charge"]["id"],
        "created": seconds(),
        "currency": "brl",
        "evidence": {"customer_name": None, "product_description": None},
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": of["id"],
        "reason": "fraudulent",
        "status": "needs_response",
    }


def event(kind: str, subject: Shape) -> Shape:
    return {
        "id": f"evt_{token_hex(12)}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": seconds(),
        "data": {"object": subject},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def error(kind: str, code: str = "", message: str = "about Fulano de Tal") -> Shape:
    return {"error": {"type": kind, "message": message, **({"code": code} if code else {})}}
