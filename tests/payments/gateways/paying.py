"""Charges that have come so far."""

from typing import Any

from app.payments.gateways.port import Charge, Created, Method, PaymentGateway
from tests.payments.gateways.psp import Psp
from tests.payments.gateways.stripe_server import Stripe


async def created(gateway: PaymentGateway, charge: Charge) -> Created:
    return await gateway.create(charge, Method.PIX)


by_pix = created


async def paid(gateway: PaymentGateway, charge: Charge, psp: Psp) -> str:
    """The reference of a charge that somebody has paid at a bank."""
    await created(gateway, charge)
    psp.pay(charge.reference)
    return charge.reference


async def by_card(gateway: PaymentGateway, charge: Charge, **changed: Any) -> Created:
    return await gateway.create(charge._replace(**changed), Method.CARD)


async def paid_by_card(gateway: PaymentGateway, charge: Charge, stripe: Stripe) -> str:
    """The id of a charge that somebody has paid at Stripe."""
    made = await by_card(gateway, charge)
    stripe.pay_session(made.gateway_id)
    return made.gateway_id


async def reserved(gateway: PaymentGateway, charge: Charge, stripe: Stripe) -> str:
    made = await by_card(gateway, charge, reserve=True)
    stripe.pay_session(made.gateway_id)
    return made.gateway_id
