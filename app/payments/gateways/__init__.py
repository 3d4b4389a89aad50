"""The gateways that the settings name; where they name none, outside of production, the sandbox."""

from functools import cache

from app.payments.gateways.pix import PixGateway, Receiver
from app.payments.gateways.pix_api import Client, client_tls
from app.payments.gateways.pix_key import normalise
from app.payments.gateways.port import GatewayError, Method, PaymentGateway
from app.payments.gateways.sandbox import Sandbox
from app.payments.gateways.stripe import StripeGateway
from app.settings import Settings, settings


def gateways() -> dict[str, PaymentGateway]:
    """Those that can be used, by name."""
    return dict(_gateways(settings()))


def gateway_for(method: Method) -> PaymentGateway:
    """Who takes new charges that are paid so.

    Raises:
        LookupError: nobody does.
    """
    for gateway in gateways().values():
        if method in gateway.methods:
            return gateway
    raise LookupError(method)


def gateway_named(name: str) -> PaymentGateway:
    """Whom an earlier charge was made at.

    Raises:
        GatewayError: it is not set up any more.
    """
    gateway = gateways().get(name)
    if gateway is None:
        raise GatewayError(f"{name} is not set up")
    return gateway


def methods() -> list[Method]:
    """The ways in which people can pay."""
    taken = {method for gateway in gateways().values() for method in gateway.methods}
    return [method for method in Method if method in taken]


# By the settings, so that changed ones are not answered from the old ones.
@cache
def _gateways(chosen: Settings) -> dict[str, PaymentGateway]:
    found: dict[str, PaymentGateway] = {}
    if chosen.pix_api_url:
        found["pix"] = _pix(chosen)
    if chosen.stripe_secret_key:
        methods = {Method.CARD} if "pix" in found else {Method.CARD, Method.PIX}
        found["stripe"] = StripeGateway(
            chosen.stripe_secret_key,
            chosen.stripe_webhook_secret,
            frozenset(methods),
            chosen.stripe_api_url,
        )
    if not found and not chosen.production:
        found["sandbox"] = Sandbox()
    return found


def _pix(chosen: Settings) -> PixGateway:
    client = Client(
        chosen.pix_api_url,
        chosen.pix_token_url,
        chosen.pix_client_id,
        chosen.pix_client_secret,
        client_tls(chosen.pix_certificate, chosen.pix_certificate_key),
    )
    receiver = Receiver(normalise(chosen.pix_key), chosen.pix_name, chosen.pix_city)
    return PixGateway(client, receiver, chosen.pix_webhook_secret)
