from datetime import timedelta
from decimal import Decimal
from secrets import token_hex

import pytest

from app.core.time import now
from app.payments.gateways.port import Charge
from tests.payments.gateways.psp import Psp, psp_server
from tests.payments.gateways.stripe_server import stripe_server
from tests.payments.gateways.tls import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def psp(authority):
    async with psp_server(authority) as server:
        yield server


@pytest.fixture
async def stripe():
    async with stripe_server() as server:
        yield server


@pytest.fixture
def charge() -> Charge:
    return Charge(
        reference=token_hex(16),
        amount=Decimal("90.50"),
        description="Corte e barba, 25/11 às 14:00",
        expires_at=now() + timedelta(minutes=20),
        return_url="https://mercado.example/pagamentos/ABCD2345",
    )


@pytest.fixture
def gateway(psp: Psp):
    """The bank; tests of Stripe have one of their own."""
    return psp.gateway()
