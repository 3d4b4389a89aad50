"""The gateways that the settings name."""

from functools import cache

from app.payments.gateways.pix import PixGateway, Receiver
from app.payments.gateways.pix_api import Client, client_tls
from app.payments.gateways.pix_key import normalise
from app.payments.gateways.port import Method, PaymentGateway
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
