"""Stripe's Checkout, Pix and refunds on loopback, with its idempotency keys and refusals."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from app.payments.gateways.port import Method
from app.payments.gateways.stripe import StripeGateway
from tests.payments.gateways import stripe_shapes as shapes
from tests.payments.gateways.stripe_shapes import Shape

KEY = "sk_test_key_of_the_tests"
SECRET = "whsec_secret_of_the_tests"
VERSION = "2026-10-28.endive"
BOTH = frozenset({Method.CARD, Method.PIX})


class Refusal(Exception):
    def __init__(self, status: int, kind: str, code: str = "") -> None:
        self.status, self.content = status, shapes.error(kind, code)


def refused(code: str) -> Refusal:
    return Refusal(400, "invalid_request_error", code)


class Stripe:
    def __init__(self) -> None:
        self.url = ""
        self.sessions: dict[str, Shape] = {}
        self.intents: dict[str, Shape] = {}
        self.refunds: list[Shape] = []
        self.requests: list[tuple[str, str]] = []
        self.asked: list[Shape] = []
        # What it has answered to a key, and what was asked with it.
        self.answers: dict[str, tuple[Shape, int, Shape]] = {}
        # What the next requests are answered with, whatever they ask.
        self.fails: list[tuple[int, bytes]] = []
        self.stalls = False
        self.over = asyncio.Event()
        # Whether requests are done and their answers then lost.
        self.loses_answers = False
        self.refund_status = "succeeded"
        self.writes_codes = True

    def gateway(self, key: str = KEY) -> StripeGateway:
        return StripeGateway(key, SECRET, BOTH, self.url)

    def pay_session(self, identifier: str) -> Shape:
        """A payer enters a card on the page; gives the intent behind it."""
        session = self.sessions[identifier]
        told = session["asked"]["payment_intent_data"]
        manual = told.get("capture_method") == "manual"
        made = shapes.intent(
            session["amount_total"],
            "card",
            told["metadata"],
            "manual" if manual else "automatic_async",
        )
        made["latest_charge"] = shapes.charge(made, captured=not manual)
        made["status"] = "requires_capture" if manual else "succeeded"
        self.intents[made["id"]] = made
        session |= {"payment_intent": made["id"], "status": "complete", "payment_status": "paid"}
        return made

    def refuse_card(self, identifier: str) -> None:
        """A payer enters a card that is declined; the page stays open for another."""
        session = self.sessions[identifier]
        told = session["asked"]["payment_intent_data"]
        made = shapes.intent(session["amount_total"], "card", told["metadata"])
        made["last_payment_error"] = shapes.error("card_error", "card_declined")["error"]
        self.intents[made["id"]] = made
        session["payment_intent"] = made["id"]

    def pay_pix(self, identifier: str) -> None:
        made = self.intents[identifier]
        made["latest_charge"] = shapes.charge(made, captured=True)
        made |= {"status": "succeeded", "next_action": None}

    def fail_pix(self, identifier: str, code: str) -> None:
        error = shapes.error("card_error", code)["error"]
        self.intents[identifier] |= {
            "status": "requires_payment_method",
            "next_action": None,
            "last_payment_error": error,
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        if self.stalls:
            await self.over.wait()
        if self.fails:
            status, body = self.fails.pop(0)
            return web.Response(status=status, body=body)
        if request.headers["Authorization"] != f"Bearer {KEY}":
            return web.json_response(shapes.error("invalid_request_error"), status=401)
        assert request.headers["Stripe-Version"] == VERSION
        asked = unflattened(dict(request.query) | dict(await request.post()))
        status, content = self._remembered(request, asked)
        if self.loses_answers:
            request.transport.abort()
        return web.json_response(content, status=status)

    def _remembered(self, request: web.Request, asked: Shape) -> tuple[int, Shape]:
        key = request.headers.get("Idempotency-Key", "")
        if key in self.answers:
            before, status, content = self.answers[key]
            if before != asked:
                return 400, shapes.error("idempotency_error")
            return status, content
        self.asked.append(asked)
        try:
            status, content = 200, self._done(request.method, request.path, asked)
        except Refusal as refusal:
            status, content = refusal.status, refusal.content
        if request.method == "POST":
            self.answers[key] = asked, status, dict(content)
        return status, content

    def _done(self, method: str, path: str, asked: Shape) -> Shape:
        match method, *path.removeprefix("/v1/").removeprefix("checkout/").split("/"):
            case "POST", "sessions":
                return self._create_session(asked)
            case "GET", "sessions", identifier:
                return self._read_session(identifier, asked)
            case "POST", "sessions", identifier, "expire":
                return self._expire(identifier)
            case "POST", "payment_intents":
                return self._create_intent(asked)
            case "GET", "payment_intents", identifier:
                return self._read_intent(identifier, asked)
            case "POST", "payment_intents", identifier, "capture":
                return self.capture(identifier)
            case "POST", "payment_intents", identifier, "cancel":
                return self._cancel(identifier)
            case "GET", "refunds":
                return self._list_refunds(asked)
            case "POST", "refunds":
                return self.refund(asked)
        raise Refusal(404, "invalid_request_error")

    def _create_session(self, asked: Shape) -> Shape:
        if "payment_method_types" in asked:
            raise refused("payment_method_types_no_longer_supported")
        left = int(asked.get("expires_at", shapes.seconds() + 3600)) - shapes.seconds()
        if not 1800 <= left <= 86400:
            raise refused("parameter_invalid_integer")
        made = shapes.session(asked)
        self.sessions[made["id"]] = {**made, "asked": asked}
        return made

    def _read_session(self, identifier: str, asked: Shape) -> Shape:
        session = {**self._session(identifier)}
        assert asked["expand"] == {"0": "payment_intent.latest_charge"}
        if session["payment_intent"]:
            session["payment_intent"] = self.intents[session["payment_intent"]]
        return session

    def _expire(self, identifier: str) -> Shape:
        session = self._session(identifier)
        if session["status"] != "open":
            raise Refusal(400, "invalid_request_error")
        session["status"] = "expired"
        return session

    def _session(self, identifier: str) -> Shape:
        if identifier not in self.sessions:
            raise Refusal(404, "invalid_request_error", "resource_missing")
        return self.sessions[identifier]

    def _create_intent(self, asked: Shape) -> Shape:
        if "payment_method_types" in asked:
            raise refused("payment_method_types_no_longer_supported")
        assert asked["payment_method_data"] == {"type": "pix"}
        assert asked["allowed_payment_method_types"] == {"0": "pix"}
        assert asked["confirm"] == "true"
        expires_at = int(asked["payment_method_options"]["pix"]["expires_at"])
        if not 60 <= expires_at - shapes.seconds() <= 1209600:
            raise refused("parameter_invalid_integer")
        made = shapes.intent(int(asked["amount"]), "pix", asked["metadata"])
        made["description"] = asked["description"]
        if self.writes_codes:
            made |= {"status": "requires_action", "next_action": shapes.pix_action(expires_at)}
        self.intents[made["id"]] = made
        return made

    def _read_intent(self, identifier: str, asked: Shape) -> Shape:
        assert asked["expand"] == {"0": "latest_charge"}
        return self._intent(identifier)

    def _intent(self, identifier: str) -> Shape:
        if identifier not in self.intents:
            raise Refusal(404, "invalid_request_error", "resource_missing")
        return self.intents[identifier]

    def capture(self, identifier: str) -> Shape:
        made = self._intent(identifier)
        if made["status"] != "requires_capture":
            raise refused("payment_intent_unexpected_state")
        made["latest_charge"] |= {"captured": True, "amount_captured": made["amount"]}
        made |= {"status": "succeeded", "amount_received": made["amount"]}
        return made

    def _cancel(self, identifier: str) -> Shape:
        made = self._intent(identifier)
        of_session = any(one["payment_intent"] == identifier for one in self.sessions.values())
        if not made["status"].startswith("requires_") or (
            of_session and made["status"] != "requires_capture"
        ):
            raise refused("payment_intent_unexpected_state")
        made |= {"status": "canceled", "next_action": None}
        if made["latest_charge"]:
            # What was reserved and let go counts as refunded.
            made["latest_charge"] |= {"refunded": True, "amount_refunded": made["amount"]}
        return made

    def _list_refunds(self, asked: Shape) -> Shape:
        found = [one for one in self.refunds if one["payment_intent"] == asked["payment_intent"]]
        after = [one["id"] for one in found].index(asked["starting_after"]) + 1 if (
            "starting_after" in asked
        ) else 0  # fmt: skip
        # A page holds little, so that there are several.
        page = found[after : after + 2]
        more = len(found) > after + 2
        return {"object": "list", "url": "/v1/refunds", "has_more": more, "data": page}

    def refund(self, asked: Shape) -> Shape:
        made = self._intent(asked["payment_intent"])
        amount, taken = int(asked["amount"]), made["latest_charge"]
        if not taken or not taken["captured"]:
            raise refused("charge_not_refundable")
        if taken["amount_refunded"] + amount > taken["amount_captured"]:
            raise refused("charge_already_refunded")
        taken["amount_refunded"] += amount
        refund = shapes.refund(made, amount, asked["metadata"], self.refund_status)
        self.refunds.insert(0, refund)
        return refund


def unflattened(form: dict[str, Any]) -> Shape:
    """a[b][0]=c as {"a": {"b": {"0": "c"}}}."""
    found: Shape = {}
    for name, value in form.items():
        *path, last = re.findall(r"[^\[\]]+", name)
        place = found
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return found


@asynccontextmanager
async def stripe_server() -> AsyncIterator[Stripe]:
    stripe = Stripe()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", stripe.answer)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stripe.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield stripe
    stripe.over.set()
    await runner.cleanup()
