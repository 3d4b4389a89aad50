"""The demo marketplace, started afresh, with its three people signed in."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import httpx
import pyotp

from app.demo.accounts import ADMIN_KEY, PASSWORD, SIGN_INS
from app.settings import ROOT
from tests.browser.pages import Page, every_page
from tests.servers import free_port, wait_for

PEOPLE = dict(zip(("customer", "provider", "admin"), SIGN_INS, strict=True))
PEOPLE["halfway"] = PEOPLE["admin"]


@contextmanager
def demo(**variables: str) -> Iterator[str]:
    """`marketplace run` with data of its own, which are thrown away; gives its address.

    variables: of its environment, where it differs from this one.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="marketplace-demo-") as data:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "run"],
            env={**os.environ, "PORT": str(port), "HOST": "127.0.0.1", "DATA": data, **variables},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def sign_in(server: str, who: str | None, language: str) -> dict[str, str]:
    """The cookies of one of the three, or of a visitor, who chose this language."""
    with httpx.Client(base_url=server, cookies=_session(server, who) if who else None) as client:
        client.post("/idioma", data={"idioma": language})
        return dict(client.cookies)


@cache
def _session(server: str, who: str) -> dict[str, str]:
    """Once for each, since a code is good once."""
    with httpx.Client(base_url=server) as client:
        client.post("/entrar", data={"email": PEOPLE[who], "senha": PASSWORD})
        # Who is halfway has only the password behind them.
        if who == "admin":
            client.post("/entrar/codigo", data={"codigo": pyotp.TOTP(ADMIN_KEY).now()})
        return dict(client.cookies)


def pages(server: str) -> dict[str, Page]:
    """Every page; what has an id in its address is looked up on the pages themselves."""
    with httpx.Client(base_url=server, cookies=sign_in(server, "admin", "pt")) as client:
        told = client.get(_first_letter(client)).text
    with httpx.Client(base_url=server, cookies=sign_in(server, "customer", "pt")) as client:
        bookings = re.findall(r"/contratacoes/[0-9A-Z]{8}(?=\")", client.get("/contratacoes").text)
        found = client.get("/servicos?q=disjuntores&onde=São Carlos, SP").text
        service = _first(r"/servicos/\d+", found)
        form = _first(r"/contratacoes/nova\?[^\"]+", client.get(service).text).replace("&amp;", "&")
        paid, bank = _begin_to_pay(client)
        client.post(bank, data={"paga": "true"})
        paying, bank = _begin_to_pay(client)
        client.post("/senha", data={"email": PEOPLE["customer"]})
        client.post("/conta/email/confirmacao")
    with httpx.Client(base_url=server, cookies=sign_in(server, "provider", "pt")) as client:
        wanted = {"endereco": "https://hooks.example/", "contratacao.confirmada": "true"}
        client.post("/painel/integracoes", data=wanted)
        webhook = _first(r"/painel/integracoes/\d+", client.get("/painel/integracoes").text)
        client.post(f"{webhook}/teste")
    with httpx.Client(base_url=server, cookies=sign_in(server, "admin", "pt")) as client:
        confirm, reset = re.findall(r"/admin/emails/\d+", client.get("/admin/emails").text)[:2]
        return every_page(
            service=service,
            form=form,
            pending=bookings[0],
            confirmed=bookings[-1],
            paying=paying,
            bank=bank,
            receipt=paid.replace("pagamento", "recibo"),
            reset=_first(r"/senha/nova\?codigo=[\w.-]+", client.get(reset).text),
            confirm=_first(r"/email/confirmacao\?codigo=[\w.-]+", client.get(confirm).text),
            unsubscribe=_first(r"/avisos/descadastro\?codigo=[\w.-]+", told),
            email=confirm,
            batch="/admin/repasses/1",
            webhook=webhook,
        )


def _begin_to_pay(client: httpx.Client) -> tuple[str, str]:
    """The addresses of a page on which to pay, and of the bank's."""
    found = client.get("/servicos?q=chuveiro&onde=São Carlos, SP").text
    times = client.get(_first(r"/servicos/\d+", found)).text
    form = _first(r"/contratacoes/nova\?[^\"]+", times).replace("&amp;", "&")
    chosen = dict(httpx.URL(form).params)
    key = _first(r'(?<=name="chave" value=")[^"]+', client.get(form).text)
    where = {"endereco": "Rua Sete, 1", "onde": "São Carlos, SP"}
    booked = client.post("/contratacoes", data={**chosen, "chave": key, **where})
    paying = f"{booked.headers['location']}/pagamento"
    client.post(paying, data={"forma": "pix"})
    while "/sandbox/" not in (page := client.get(paying).text):
        time.sleep(0.1)
    return paying, _first(r"/sandbox/[0-9a-f]{32}", page)


def _first_letter(client: httpx.Client) -> str:
    """The address of a letter about a booking, as soon as the worker has written one."""
    for _ in range(100):
        if found := re.search(r"/admin/emails/\d+", client.get("/admin/emails").text):
            return found[0]
        time.sleep(0.2)
    raise AssertionError("nobody was told of their bookings")


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"nothing like {pattern} on the page"
    return found[0]
