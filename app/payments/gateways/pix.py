"""Pix by the API that the central bank has set for every bank (API Pix 2, "cobrança imediata")."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPMethod
from typing import Annotated, NamedTuple

import msgspec

from app.core.time import now
from app.payments.gateways.brcode import BrCodeError, dynamic_brcode, read_brcode
from app.payments.gateways.pix_api import Client, NotThere, PixApi, read
from app.payments.gateways.port import (
    UNREADABLE,
    BadWebhook,
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
)

LONGEST_DESCRIPTION = 140
# Of charges; codes that can be paid again and again have shorter ones.
TXID = re.compile(r"[A-Za-z0-9]{26,35}")
PaymentId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9]{1,64}$")]
ACTIVE, PAID = "ATIVA", "CONCLUIDA"
REMOVED = "REMOVIDA_PELO_USUARIO_RECEBEDOR"
NOT_DONE = "NAO_REALIZADO"
REFUND_STATES = {
    "EM_PROCESSAMENTO": RefundState.PENDING,
    "DEVOLVIDO": RefundState.DONE,
    NOT_DONE: RefundState.FAILED,
}


class Receiver(NamedTuple):
    """Whom the money is for. name and city: for codes that the bank leaves to us to write."""

    key: str
    name: str
    city: str


class PixRefund(msgspec.Struct, rename="camel"):
    id: str
    status: str
    valor: Decimal
    rtr_id: str | None = None


class Pix(msgspec.Struct, rename="camel"):
    """One payment. txid: of its charge; there are payments without."""

    end_to_end_id: PaymentId
    valor: Decimal
    txid: str | None = None
    devolucoes: list[PixRefund] | None = None

    @property
    def refunds(self) -> list[PixRefund]:
        return self.devolucoes or []

    @property
    def refunded(self) -> Decimal:
        counted = (refund.valor for refund in self.refunds if refund.status != NOT_DONE)
        return sum(counted, Decimal(0))


class Amount(msgspec.Struct):
    original: Decimal


class Calendar(msgspec.Struct):
    criacao: datetime | None = None
    expiracao: int | None = None


class Location(msgspec.Struct):
    location: str | None = None


class Cob(msgspec.Struct, rename="camel"):
    """A charge as the bank has it."""

    status: str
    valor: Amount
    calendario: Calendar
    location: str | None = None
    loc: Location | None = None
    pix_copia_e_cola: str | None = None
    pix: list[Pix] | None = None

    @property
    def has_expired(self) -> bool:
        made, seconds = self.calendario.criacao, self.calendario.expiracao
        if made is None or made.tzinfo is None or seconds is None:
            return False
        return made + timedelta(seconds=seconds) <= now()


class PixWebhook(msgspec.Struct):
    pix: list[Pix] = []


class PixGateway:
    """A charge's id is its reference in both worlds."""

    name = "pix"
    methods = frozenset({Method.PIX})

    def __init__(self, client: Client, receiver: Receiver, webhook_secret: str) -> None:
        self._api = PixApi(client)
        self._receiver = receiver
        self._webhook_secret = webhook_secret

    async def create(self, charge: Charge, method: Method) -> Created:
        """A charge that is there already is not written again: that would end it earlier."""
        cob = await self._find(charge.reference) or await self._write(charge)
        if cob.valor.original != charge.amount:
            raise Refused("other-amount")
        return Created(charge.reference, pix_code=self._code(cob))

    async def _find(self, reference: str) -> Cob | None:
        try:
            return await self._cob(reference)
        except NotThere:
            return None

    async def _cob(self, reference: str) -> Cob:
        cob = read(await self._api.call(HTTPMethod.GET, f"/cob/{reference}"), Cob)
        if cob.status == PAID and not cob.pix:
            # The bank does not know yet by what.
            raise GatewayError("no-payment-yet")
        return cob

    async def _write(self, charge: Charge) -> Cob:
        seconds = int((charge.expires_at - now()).total_seconds())
        if seconds < 1:
            raise Refused("expired")
        content = {
            "calendario": {"expiracao": seconds},
            "valor": {"original": f"{charge.amount:.2f}"},
            "chave": self._receiver.key,
            "solicitacaoPagador": charge.description[:LONGEST_DESCRIPTION],
        }
        try:
            body = await self._api.call(HTTPMethod.PUT, f"/cob/{charge.reference}", content)
        except Refused:
            # Somebody else of us may have just written it.
            if (cob := await self._find(charge.reference)) is None:
                raise
            return cob
        return read(body, Cob)

    def _code(self, cob: Cob) -> str:
        """The code to pay by, which asks for no other amount than ours."""
        location = cob.location or (cob.loc and cob.loc.location) or ""
        receiver = self._receiver
        try:
            code = cob.pix_copia_e_cola or dynamic_brcode(location, receiver.name, receiver.city)
            asked = read_brcode(code).amount
        except BrCodeError as error:
            raise Refused(f"brcode-{error.field}") from None
        if asked not in (None, cob.valor.original):
            raise Refused("brcode-amount")
        return code

    async def look(self, gateway_id: str) -> Standing:
        """Money that was on its way may still come to a closed charge, which then is paid."""
        cob = await self._cob(gateway_id)
        if cob.pix:
            paid = sum((pix.valor for pix in cob.pix), Decimal(0))
            refunded = sum((pix.refunded for pix in cob.pix), Decimal(0))
            return Standing(State.PAID, paid, refunded, reference=gateway_id)
        is_open = cob.status == ACTIVE and not cob.has_expired
        return Standing(State.OPEN if is_open else State.CLOSED, reference=gateway_id)

    async def capture(self, gateway_id: str) -> None:
        """A Pix is never only reserved."""

    async def close(self, gateway_id: str) -> None:
        try:
            await self._api.call(HTTPMethod.PATCH, f"/cob/{gateway_id}", {"status": REMOVED})
        except NotThere:
            # Nobody can pay what was never written.
            return
        except Refused:
            if (await self._cob(gateway_id)).status == ACTIVE:
                raise

    async def refund(self, gateway_id: str, reference: str, amount: Decimal) -> Refunded:
        cob = await self._cob(gateway_id)
        payments = cob.pix or []
        for pix in payments:
            for known in pix.refunds:
                if known.id == reference:
                    return _told(known)
        for pix in payments:
            if pix.valor - pix.refunded >= amount:
                return _told(await self._give_back(pix, reference, amount))
        raise Refused("nothing-to-refund")

    async def _give_back(self, pix: Pix, reference: str, amount: Decimal) -> PixRefund:
        path = f"/pix/{pix.end_to_end_id}/devolucao/{reference}"
        try:
            body = await self._api.call(HTTPMethod.PUT, path, {"valor": f"{amount:.2f}"})
        except Refused as refusal:
            # The bank refuses an id that it has, and the charge may tell it later than this.
            try:
                body = await self._api.call(HTTPMethod.GET, path)
            except NotThere:
                raise refusal from None
        return read(body, PixRefund)

    def parse_webhook(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> list[Notice]:
        """Banks sign nothing; the secret in the query of our address is the proof.

        They append /pix to the address, some without looking for its query. A proxy that asks
        for the bank's certificate may prove it a second time.
        """
        told = query.get("segredo", "").removesuffix("/pix").encode(errors="replace")
        if not self._webhook_secret or not hmac.compare_digest(told, self._webhook_secret.encode()):
            raise BadWebhook("secret")
        try:
            payments = msgspec.json.decode(body, type=PixWebhook).pix
        except UNREADABLE:
            raise BadWebhook("unreadable") from None
        ours = ((_event(pix), pix.txid) for pix in payments if pix.txid)
        return [Notice(event, txid, txid) for event, txid in ours if TXID.fullmatch(txid)]


def _told(refund: PixRefund) -> Refunded:
    state = REFUND_STATES.get(refund.status)
    if state is None:
        raise GatewayError("refund-status")
    problem = refund.status if state is RefundState.FAILED else ""
    return Refunded(state, refund.rtr_id or refund.id, problem)


def _event(pix: Pix) -> str:
    """A payment, and once more for every step of giving it back: banks number no events."""
    if not pix.refunds:
        return pix.end_to_end_id
    steps = sorted(f"{refund.id}={refund.status}" for refund in pix.refunds)
    return f"{pix.end_to_end_id}-{hashlib.sha256(' '.join(steps).encode()).hexdigest()[:16]}"
