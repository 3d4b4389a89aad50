"""The gateways that the settings name; where none is set up, the sandbox outside of production."""

from functools import cache

from app.payments.gateways.port import Method, PaymentGateway
from app.payments.gateways.sandbox import Sandbox
from app.settings import Settings, settings


def gateways() -> dict[str, PaymentGateway]:
    """By their names."""
    return _gateways(settings())


def gateway_for(method: Method) -> PaymentGateway | None:
    """Whom new charges of this kind go to; None where nobody can pay so."""
    return next((one for one in gateways().values() if method in one.methods), None)


def gateway_named(name: str) -> PaymentGateway:
    """Whom an earlier charge was made at."""
    return gateways()[name]


def methods() -> list[Method]:
    """The ways in which people can pay."""
    return [method for method in Method if gateway_for(method)]


@cache
def _gateways(chosen: Settings) -> dict[str, PaymentGateway]:
    built: list[PaymentGateway] = []
    if not chosen.production:
        built.append(Sandbox())
    return {gateway.name: gateway for gateway in built}
