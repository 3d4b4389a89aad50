"""A bank with the central bank's API Pix 2.9 on loopback: TLS with client certificates, OAuth 2.

It does what the standard says, and on demand what banks do besides: stall, fail, forget.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from secrets import token_hex
from typing import Any

from aiohttp import web

from app.core.time import format_wire, now
from app.payments.gateways.brcode import dynamic_brcode
from app.payments.gateways.pix import PixGateway, Receiver
from app.payments.gateways.pix_api import Client
from tests.payments.gateways.codes import sealed
from tests.payments.gateways.tls import Authority

KEY = "7d9f0335-8dcc-4054-9bf9-0dbd61d36906"
RECEIVER = Receiver(KEY, "Mini Marketplace", "São Paulo")
SECRET = "a-secret-that-stands-in-the-address-of-the-webhook"
ACTIVE = "ATIVA"


class Problem(Exception):
    def __init__(self, status: int, kind: str) -> None:
        self.status, self.kind = status, kind


class Psp:
    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.url = ""
        self.cobs: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str]] = []
        self.tokens: set[str] = set()
        self.token_seconds = 3600
        self.token_status = 200
        # What the next requests to the API are answered with, whatever they ask.
        self.fails: list[tuple[int, bytes]] = []
        self.stalls = False
        self.over = asyncio.Event()
        # What the next answer waits for, which is made by then and may be out of date.
        self.holds: asyncio.Event | None = None
        self.held = asyncio.Event()
        # Whether requests are done and their answers then lost.
        self.loses_answers = False
        # Whether it writes codes itself, refuses ids that it has, and tells refunds in charges.
        self.writes_codes = True
        self.refuses_known = False
        self.tells_refunds = True
        # What asks for another amount than the charge.
        self.code_amount: Decimal | None = None

    def gateway(self, **changed: Any) -> PixGateway:
        certificate = self.authority.issue("client")
        client = Client(
            self.url,
            f"{self.url}/oauth/token",
            "client-id",
            "client secret: ü",
            self.authority.client(certificate),
        )
        return PixGateway(client._replace(**changed), RECEIVER, SECRET)

    def pay(self, txid: str, amount: str | None = None) -> str:
        """A payer pays; gives the payment's id."""
        cob = self.cobs[txid]
        payment = {
            "endToEndId": f"E{token_hex(16)[:31]}",
            "txid": txid,
            "valor": amount or cob["valor"]["original"],
            "horario": format_wire(now()),
            "chave": KEY,
            "infoPagador": "obrigado",
        }
        cob["status"] = "CONCLUIDA"
        cob.setdefault("pix", []).append(payment)
        return payment["endToEndId"]

    def settle(self, txid: str, status: str = "DEVOLVIDO") -> None:
        """What is being given back arrives, or does not."""
        for payment in self.cobs[txid]["pix"]:
            for refund in payment.get("devolucoes", []):
                refund["status"] = status

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard])
        application.router.add_post("/oauth/token", self._token)
        application.router.add_put("/v2/cob/{txid}", self._write)
        application.router.add_get("/v2/cob/{txid}", self._read)
        application.router.add_patch("/v2/cob/{txid}", self._remove)
        application.router.add_put("/v2/pix/{payment}/devolucao/{id}", self._refund)
        application.router.add_get("/v2/pix/{payment}/devolucao/{id}", self._read_refund)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        if self.stalls:
            await self.over.wait()
        if request.path == "/oauth/token":
            return await handler(request)
        if self.fails:
            status, body = self.fails.pop(0)
            # Where a redirect leads to; other answers say it in vain.
            headers = {"Location": f"{self.url}/v2/elsewhere"}
            return web.Response(status=status, body=body, headers=headers)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return web.Response(status=401)
        try:
            answer = await handler(request)
        except Problem as problem:
            content = {
                "type": f"https://pix.bcb.gov.br/api/v2/error/{problem.kind}",
                "title": "Problema",
                "status": problem.status,
                "detail": "CPF 111.444.777-35 de Fulano de Tal",
            }
            answer = web.json_response(content, status=problem.status)
        if self.loses_answers:
            request.transport.abort()
        if holds := self.holds:
            self.holds = None
            self.held.set()
            await holds.wait()
        return answer

    async def _token(self, request: web.Request) -> web.Response:
        expected = base64.b64encode("client-id:client secret: ü".encode()).decode()
        form = await request.post()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return web.json_response({"error": "invalid_client"}, status=401)
        if self.token_status != 200 or form["grant_type"] != "client_credentials":
            return web.Response(status=self.token_status)
        assert set(form["scope"].split()) == {"cob.read", "cob.write", "pix.read", "pix.write"}
        token = token_hex(16)
        self.tokens.add(token)
        return web.json_response(
            {"access_token": token, "token_type": "Bearer", "expires_in": self.token_seconds}
        )

    async def _write(self, request: web.Request) -> web.Response:
        txid, asked = request.match_info["txid"], await request.json()
        known = self.cobs.get(txid)
        if known and self.refuses_known:
            raise Problem(400, "txid_duplicado")
        if known and known["status"] != ACTIVE:
            raise Problem(400, "CobOperacaoInvalida")
        if asked["chave"] != KEY or Decimal(asked["valor"]["original"]) <= 0:
            raise Problem(400, "CobOperacaoInvalida")
        location = f"pix.example.com/qr/v2/{token_hex(16)}"
        cob = {
            "calendario": {"criacao": format_wire(now()), **asked["calendario"]},
            "txid": txid,
            "revisao": known["revisao"] + 1 if known else 0,
            "loc": {"id": 789, "location": location, "tipoCob": "cob"},
            "location": location,
            "status": ACTIVE,
            "valor": asked["valor"],
            "chave": KEY,
            "solicitacaoPagador": asked["solicitacaoPagador"],
        }
        if self.writes_codes:
            cob["pixCopiaECola"] = self._code(location)
        self.cobs[txid] = cob
        return web.json_response(cob, status=201)

    def _code(self, location: str) -> str:
        code = dynamic_brcode(location, "MINI MARKETPLACE", "SAO PAULO")
        if self.code_amount is None:
            return code
        amount = f"{self.code_amount:.2f}"
        return sealed(code[:-8].replace("5802BR", f"54{len(amount):02}{amount}5802BR"))

    async def _read(self, request: web.Request) -> web.Response:
        cob = self._cob(request)
        if not self.tells_refunds:
            payments = [
                {name: value for name, value in payment.items() if name != "devolucoes"}
                for payment in cob.get("pix", [])
            ]
            cob = {**cob, "pix": payments}
        return web.json_response(cob)

    async def _remove(self, request: web.Request) -> web.Response:
        cob = self._cob(request)
        if cob["status"] != ACTIVE:
            raise Problem(400, "CobOperacaoInvalida")
        assert await request.json() == {"status": "REMOVIDA_PELO_USUARIO_RECEBEDOR"}
        cob["status"] = "REMOVIDA_PELO_USUARIO_RECEBEDOR"
        cob["revisao"] += 1
        return web.json_response(cob)

    def _cob(self, request: web.Request) -> dict[str, Any]:
        cob = self.cobs.get(request.match_info["txid"])
        if cob is None:
            raise Problem(404, "CobNaoEncontrado")
        return cob

    async def _refund(self, request: web.Request) -> web.Response:
        payment, amount = self._payment(request), Decimal((await request.json())["valor"])
        refunds = payment.setdefault("devolucoes", [])
        if any(refund["id"] == request.match_info["id"] for refund in refunds):
            raise Problem(400, "PixDevolucaoInvalida")
        given = sum(
            Decimal(refund["valor"]) for refund in refunds if refund["status"] != "NAO_REALIZADO"
        )
        if amount <= 0 or given + amount > Decimal(payment["valor"]):
            raise Problem(400, "PixDevolucaoInvalida")
        refund = {
            "id": request.match_info["id"],
            "rtrId": f"D{token_hex(16)[:31]}",
            "valor": f"{amount:.2f}",
            "horario": {"solicitacao": format_wire(now())},
            "status": "EM_PROCESSAMENTO",
        }
        refunds.append(refund)
        return web.json_response(refund, status=201)

    async def _read_refund(self, request: web.Request) -> web.Response:
        for refund in self._payment(request).get("devolucoes", []):
            if refund["id"] == request.match_info["id"]:
                return web.json_response(refund)
        raise Problem(404, "PixDevolucaoNaoEncontrada")

    def _payment(self, request: web.Request) -> dict[str, Any]:
        for cob in self.cobs.values():
            for payment in cob.get("pix", []):
                if payment["endToEndId"] == request.match_info["payment"]:
                    return payment
        raise Problem(404, "PixNaoEncontrado")


@asynccontextmanager
async def psp_server(authority: Authority) -> AsyncIterator[Psp]:
    psp = Psp(authority)
    runner = web.AppRunner(psp.application(), shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.server())
    await site.start()
    psp.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    yield psp
    psp.over.set()
    await runner.cleanup()
