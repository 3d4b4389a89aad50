"""Stripe: cards on its own pay page, so that no card number ever comes near us, and Pix."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import stripe
from stripe import PaymentIntent, Refund, StripeObject, V1Services
from stripe.checkout import Session
from stripe.params import PaymentIntentCreateParams
from stripe.params.checkout import SessionCreateParams

from app.core.time import now
from app.payments.gateways.port import (
    SECONDS,
    Charge,
    Created,
    GatewayError,
    Method,
    Notice,
    Refunded,
    RefundState,
    Refused,
    Standing,
    State,
    refusal,
)
from app.payments.gateways.stripe_events import read_event

# It would tell Stripe about our machines, by a number kept in the home folder.
stripe.enable_telemetry = False

LONGEST_NAME = 250
# A pay page lives for half an hour at the least from when it is made, and a day at the most.
SHORTEST_PAGE, LONGEST_PAGE = timedelta(minutes=31), timedelta(days=1)
EXPIRED = "payment_intent_payment_attempt_expired"
INTENT_STATES = {
    "requires_capture": State.RESERVED,
    "succeeded": State.PAID,
    "canceled": State.CLOSED,
    "requires_payment_method": State.FAILED,
}
REFUND_STATES = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.DONE,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}


class StripeGateway:
    """A charge's id is that of its checkout session for a card, of its payment intent for Pix.

    Stripe remembers for a day what it has answered to a key, also if that was an error: a charge
    or refund whose first answer was a 500 gets the same one until then.
    """

    name = "stripe"

    def __init__(
        self, secret_key: str, webhook_secret: str, methods: frozenset[Method], api_url: str = ""
    ) -> None:
        self.methods = methods
        self._secret_key = secret_key
        self._webhook_secret = webhook_secret
        self._api_url = api_url.rstrip("/") or stripe.DEFAULT_API_BASE

    async def create(self, charge: Charge, method: Method) -> Created:
        """The key makes the same charge twice be one, as all that is sent follows from it."""
        if charge.expires_at <= now():
            raise Refused("expired")
        options: stripe.RequestOptions = {"idempotency_key": f"charge-{charge.reference}"}
        async with self._api() as api:
            if method is Method.CARD:
                session = await api.checkout.sessions.create_async(_session(charge), options)
                return Created(session.id, pay_url=session.url or "")
            intent = await api.payment_intents.create_async(_pix_intent(charge), options)
        code = _text(_part(intent.next_action, "pix_display_qr_code"), "data")
        if not code:
            raise Refused("no-pix-code")
        return Created(intent.id, pix_code=code)

    async def look(self, gateway_id: str) -> Standing:
        async with self._api() as api:
            session, intent = await _read(api, gateway_id)
        if intent and (session is None or session.status == "complete" or _has_money(intent)):
            return _standing(intent)
        # On an open page a refused card may be followed by another.
        assert session
        state = State.CLOSED if session.status == "expired" else State.OPEN
        return Standing(state, reference=session.client_reference_id or "")

    async def capture(self, gateway_id: str) -> None:
        async def step() -> None:
            async with self._api() as api:
                _, intent = await _read(api, gateway_id)
                if intent and intent.status == "succeeded":
                    return
                if intent is None or intent.status != "requires_capture":
                    raise Refused("not-reserved")
                await api.payment_intents.capture_async(intent.id)

        await _again_if_refused(step)

    async def close(self, gateway_id: str) -> None:
        async def step() -> None:
            async with self._api() as api:
                session, intent = await _read(api, gateway_id)
                if session and session.status == "open":
                    await api.checkout.sessions.expire_async(session.id)
                elif intent and _is_cancellable(intent, of_session=session is not None):
                    await api.payment_intents.cancel_async(intent.id)

        await _again_if_refused(step)

    async def refund(self, gateway_id: str, reference: str, amount: Decimal) -> Refunded:
        async with self._api() as api:
            _, intent = await _read(api, gateway_id)
            if intent is None:
                raise Refused("nothing-to-refund")
            refunds = await api.refunds.list_async({"payment_intent": intent.id, "limit": 100})
            async for refund in refunds.auto_paging_iter():
                if _reference(refund) == reference:
                    return _told(refund)
            refund = await api.refunds.create_async(
                {
                    "payment_intent": intent.id,
                    "amount": _centavos(amount),
                    "metadata": {"reference": reference, "charge": _reference(intent)},
                },
                {"idempotency_key": f"refund-{reference}"},
            )
            return _told(refund)

    @asynccontextmanager
    async def _api(self) -> AsyncIterator[V1Services]:
        limits = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with aiohttp.ClientSession() as session:
                client = stripe.StripeClient(
                    self._secret_key,
                    http_client=stripe.AIOHTTPClient(timeout=limits, session=session),
                    max_network_retries=0,
                    base_addresses={"api": self._api_url},
                )
                yield client.v1
        except stripe.APIConnectionError as error:
            raise _unreached(error.__cause__ or error) from None
        except stripe.StripeError as error:
            raise refusal(error.http_status or 500, error.code or type(error).__name__) from None
        # The library reads bodies outside of its own care.
        except (aiohttp.ClientError, OSError, UnicodeDecodeError) as error:
            raise _unreached(error) from None

    def parse_webhook(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> list[Notice]:
        return read_event(body, headers.get("stripe-signature"), self._webhook_secret)


def _session(charge: Charge) -> SessionCreateParams:
    """The pay page. A second attempt must send the same, so its end is counted from the charge's
    and comes later than that: whoever wants the charge to end has to close it."""
    session: SessionCreateParams = {
        "mode": "payment",
        "allowed_payment_method_types": ["card"],
        "client_reference_id": charge.reference,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "brl",
                    "unit_amount": _centavos(charge.amount),
                    "product_data": {"name": charge.description[:LONGEST_NAME]},
                },
            }
        ],
        "payment_intent_data": {"metadata": {"reference": charge.reference}},
        "success_url": charge.return_url,
        "cancel_url": charge.return_url,
    }
    if charge.reserve:
        session["payment_intent_data"]["capture_method"] = "manual"
    ends = charge.expires_at + SHORTEST_PAGE
    if ends < now() + LONGEST_PAGE:
        session["expires_at"] = int(ends.timestamp())
    return session


def _pix_intent(charge: Charge) -> PaymentIntentCreateParams:
    return {
        "amount": _centavos(charge.amount),
        "currency": "brl",
        "description": charge.description,
        "metadata": {"reference": charge.reference},
        "allowed_payment_method_types": ["pix"],
        "payment_method_data": {"type": "pix"},
        "payment_method_options": {"pix": {"expires_at": int(charge.expires_at.timestamp())}},
        "confirm": True,
        "return_url": charge.return_url,
    }


async def _read(api: V1Services, gateway_id: str) -> tuple[Session | None, PaymentIntent | None]:
    """The session, if it is paid by one, and the intent behind it, once somebody tries to pay."""
    if not gateway_id.startswith("cs_"):
        return None, await api.payment_intents.retrieve_async(
            gateway_id, {"expand": ["latest_charge"]}
        )
    session = await api.checkout.sessions.retrieve_async(
        gateway_id, {"expand": ["payment_intent.latest_charge"]}
    )
    intent = session.payment_intent
    assert not isinstance(intent, str)
    return session, intent


def _standing(intent: PaymentIntent) -> Standing:
    state = INTENT_STATES.get(intent.status, State.OPEN)
    standing = Standing(state, reference=_reference(intent))
    charge = intent.latest_charge
    assert not isinstance(charge, str)
    if state is State.PAID:
        if charge is None:
            raise GatewayError("no-charge-yet")
        paid, refunded = _reais(charge.amount_captured), _reais(charge.amount_refunded)
        problem = "disputed" if charge.disputed else ""
        return standing._replace(paid=paid, refunded=refunded, problem=problem)
    if state is State.FAILED:
        code = _text(intent.last_payment_error, "code")
        if code == EXPIRED:
            return standing._replace(state=State.CLOSED)
        return standing._replace(problem=code)
    return standing


def _reference(thing: PaymentIntent | Refund) -> str:
    return _text(thing.metadata, "reference")


def _text(thing: StripeObject | None, name: str) -> str:
    return str(_part(thing, name) or "")


def _part(thing: StripeObject | None, name: str) -> Any:
    """What Stripe leaves out where there is none of it."""
    return getattr(thing, name, None)


def _has_money(intent: PaymentIntent) -> bool:
    """Whether it holds some, whatever its page still says."""
    return intent.status in ("requires_capture", "succeeded")


def _is_cancellable(intent: PaymentIntent, of_session: bool) -> bool:
    """What a session has not reserved yet ends with the session, and can't be ended alone."""
    if of_session:
        return intent.status == "requires_capture"
    return intent.status.startswith("requires_")


async def _again_if_refused(step: Callable[[], Awaitable[None]]) -> None:
    """A step that looks before it acts: what it saw may have changed before it acted."""
    try:
        await step()
    except Refused:
        await step()


def _told(refund: Refund) -> Refunded:
    state = REFUND_STATES.get(refund.status or "")
    if state is None:
        raise GatewayError("refund-status")
    problem = _text(refund, "failure_reason") or refund.status or ""
    return Refunded(state, refund.id, problem if state is RefundState.FAILED else "")


def _unreached(error: BaseException) -> GatewayError:
    return GatewayError("timeout" if isinstance(error, TimeoutError) else type(error).__name__)


def _centavos(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def _reais(centavos: int) -> Decimal:
    return Decimal(centavos).scaleb(-2)
