"""What people wait for while the gateway, the mail server and the geocoder take every connection
and never answer: `make bench`, or alone `python -m tests.load.neighbours`."""

import re
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx

from tests.browser.demo import demo, sign_in
from tests.load.report import write_section

TIMES = 40
GOAL_MS = 200
HOOK_GOAL_MS = 50
WEBHOOK = "a bank's webhook"


def main() -> None:
    with stalled() as silent:
        slow = measure({
            "SMTP_URL": f"smtp://127.0.0.1:{silent}",
            "NOMINATIM_URL": f"http://127.0.0.1:{silent}",
            "PIX_API_URL": f"http://127.0.0.1:{silent}",
            "PIX_TOKEN_URL": f"http://127.0.0.1:{silent}/token",
            "PIX_KEY": "7d9f0335-8dcc-4054-9bf9-0dbd61d36906",
            "PIX_WEBHOOK_SECRET": "known-to-all-who-read-this-and-never-used",
        })  # fmt: skip
    rows = [
        f"| {name} | {statistics.median(spent):.1f} | {max(spent):.1f} |"
        for name, spent in slow.items()
    ]
    slowest = max(max(spent) for spent in slow.values())
    webhook = max(slow[WEBHOOK])
    text = "\n".join(
        [
            "The bank, the mail server and the geocoder take every connection and never answer;"
            f" one process serves and works, {TIMES} requests of each kind one after the other, in"
            f" milliseconds (goal under {GOAL_MS}, webhooks under {HOOK_GOAL_MS}).",
            "",
            "| request | median | slowest |",
            "|---|---|---|",
            *rows,
        ]
    )
    print(text)
    write_section("Slow neighbours", text)
    sys.exit(slowest > GOAL_MS or webhook > HOOK_GOAL_MS)


@contextmanager
def stalled() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    # Nobody takes them out of the queue: the kernel answers, and nothing comes after that.
    with socket.create_server(("127.0.0.1", 0), backlog=500) as listening:
        yield listening.getsockname()[1]


def measure(variables: dict[str, str]) -> dict[str, list[float]]:
    with demo(**variables) as server:
        cookies = sign_in(server, "customer", "pt")
        with httpx.Client(base_url=server, cookies=cookies, timeout=60) as client:
            return _visit(client, variables["PIX_WEBHOOK_SECRET"])


def _visit(client: httpx.Client, secret: str) -> dict[str, list[float]]:
    service = _first(r"/servicos/\d+", client.get("/servicos?q=chuveiro&onde=São Carlos, SP").text)
    form = _first(r"/contratacoes/nova\?[^\"]+", client.get(service).text).replace("&amp;", "&")
    chosen = dict(httpx.URL(form).params)
    where = {"endereco": "Rua Sete, 1", "onde": "São Carlos, SP"}
    booked = client.post("/contratacoes", data={**chosen, "chave": str(uuid4()), **where})
    pay = f"{booked.headers['location']}/pagamento"
    client.post(pay, data={"forma": "pix"})
    assert "Preparando" in client.get(pay).text, "nobody says what waits"
    requests: dict[str, Callable[[int], httpx.Response]] = {
        "beginning to pay": lambda _: client.post(pay, data={"forma": "pix"}),
        "the page on which to pay": lambda _: client.get(pay),
        "a search by postal code": lambda n: client.get(f"/servicos?onde=135{n:02}-000"),
        "a search by street": lambda n: client.get(f"/servicos?onde=Rua {n} de Maio, São Carlos"),
        "asking for a letter": lambda _: client.post("/conta/email/confirmacao"),
        "my bookings": lambda _: client.get("/contratacoes"),
        WEBHOOK: lambda n: client.post(
            f"/pagamentos/avisos/pix/pix?segredo={secret}",
            json={"pix": [{"endToEndId": f"E{n}", "txid": f"{n:032x}", "valor": "1.00"}]},
        ),
    }
    spent: dict[str, list[float]] = {}
    for name, ask in requests.items():
        ask(TIMES)
        spent[name] = [_milliseconds(ask, number) for number in range(TIMES)]
    return spent


def _milliseconds(ask: Callable[[int], httpx.Response], number: int) -> float:
    begun = time.perf_counter()
    answer = ask(number)
    spent = (time.perf_counter() - begun) * 1000
    assert answer.status_code < 500, answer.status_code
    return spent


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"nothing like {pattern} on the page"
    return found[0]


if __name__ == "__main__":
    main()
