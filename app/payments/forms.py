from msgspec import Struct, field

from app.payments.gateways.port import Method


class PayForm(Struct):
    method: Method = field(name="forma")


class SandboxForm(Struct):
    """What somebody decides on the sandbox's pay page."""

    pays: bool = field(name="paga")
