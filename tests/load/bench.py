"""Measure the product against the floor, both in one run and in turn: `make bench`.

Two server processes each, wrk as the load, the search straight from the database (every query
another) and bookings that each take a free time of their own. Prints requests/s as the median of
the rounds, the latencies in milliseconds, and the ratio; exits with 1 below the goal.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from app.core import embedded, limits
from app.settings import ROOT, settings
from tests.load import agenda, push, sign_in
from tests.load.prepare import Prepared, prepare
from tests.load.report import write_section
from tests.servers import free_port, wait_for

PROVIDERS, ROUNDS, SECONDS = 20_000, 5, 4
WORKERS, CONNECTIONS, THREADS = 2, 32, 2
# So many that none of them books all too often.
CUSTOMERS = 2_000
PRODUCTION = {
    "ENVIRONMENT": "production",
    "ORIGIN": "https://bench.example",
    "SECRET_KEYS": "known-to-all-who-read-this-but-never-used-elsewhere",
    "SMTP_URL": "smtps://mail.example",
}
# The product's requests/s as a share of the floor's.
GOALS = {"search": 0.35, "booking": 0.35}
# How much the floor's answer may differ in size from the product's.
SAME_BYTES = 0.1
# From before a booking's transaction to its card on another process's socket, at most.
PUSH_MS = 100

WORDS = ("eletricista", "faxina", "encanador", "manicure", "pintor", "aulas de ingles", "frete")


class Figures(NamedTuple):
    per_second: float
    p50_ms: float
    p99_ms: float


def main() -> None:
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: it is in Debian's package of that name.")
    parser = argparse.ArgumentParser()
    parser.add_argument("--providers", type=int, default=PROVIDERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    with ExitStack() as stack:
        _start_database(stack, arguments.providers)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        prepared = asyncio.run(prepare(CUSTOMERS))
        product = stack.enter_context(_serving([sys.executable, "-m", "app.cli", "serve"], {}))
        recorded = _record(prepared, product, folder)
        command = [sys.executable, "-m", "uvicorn", "tests.load.floor:app", "--no-access-log"]
        command += ["--workers", str(WORKERS), "--log-level", "warning"]
        floor = stack.enter_context(_serving(command, {"FLOOR": str(recorded)}, as_option=True))
        _compare_bytes(product, floor)

        searches = _search_requests(prepared.places, folder)
        bookings = _booking_requests(prepared, folder, 2 * arguments.rounds)
        below = _report("search", [(product, floor, searches, searches)] * arguments.rounds)
        pairs = zip(bookings[::2], bookings[1::2], strict=True)
        below |= _report("booking", [(product, floor, one, other) for one, other in pairs])
        below |= _report_push(product, prepared)
        below |= _report_sign_in(product)
        below |= _report_agenda(prepared)
    for module in ("tests.load.search", "tests.load.neighbours"):
        below |= _report_alone(module)
    sys.exit(1 if below else 0)


def _report_push(product: str, prepared: Prepared) -> bool:
    customers = [customer for customer, _ in prepared.customers]
    p50, p99 = asyncio.run(push.measure(product, customers, prepared.times[::-500]))
    print(f"push     booking to card on the dashboard   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms")
    return p99 > PUSH_MS


def _report_sign_in(product: str) -> bool:
    medians, difference = asyncio.run(sign_in.compare_times(product))
    admitted, per_second = asyncio.run(sign_in.count_admitted(product))
    text = (
        f"A refused sign-in takes {medians[0]:.1f} ms (median of {sign_in.TRIES}) where there is no"
        f" such user, {medians[1]:.1f} ms where the password is wrong: {difference:.1%} apart"
        f" (goal under {sign_in.LARGEST_DIFFERENCE:.0%}).\n\nOf {sign_in.ATTEMPTS:,} attempts on"
        f" one account from {sign_in.PROCESSES} processes, {admitted} came as far as its password"
        f" (limit {limits.SIGN_IN.most}); {per_second:,.0f} attempts/s."
    )
    print(text.replace("\n\n", "\n"), flush=True)
    write_section("Sign-in", text)
    return difference > sign_in.LARGEST_DIFFERENCE or admitted > limits.SIGN_IN.most


def _report_agenda(prepared: Prepared) -> bool:
    """Last, since it writes everybody's free time anew."""
    measured = asyncio.run(agenda.measure(prepared.customers[0][0]))
    print(str(measured).replace("\n\n", "\n"), flush=True)
    write_section("Agenda", str(measured))
    return measured.is_below


def _report_alone(module: str) -> bool:
    """With the machine to itself, on a database of its own, which is filled as a demo is."""
    own = {name: value for name, value in os.environ.items() if name not in PRODUCTION}
    return bool(subprocess.run([sys.executable, "-m", module], env=own).returncode)


def _start_database(stack: ExitStack, providers: int) -> None:
    """PostgreSQL and Valkey of the bench, kept between runs, with so many providers in them."""
    data = ROOT / ".data" / f"bench-{providers}"
    stack.enter_context(embedded.owned(data))
    os.environ["DATABASE_URL"] = stack.enter_context(embedded.postgres(data))
    os.environ["REDIS_URL"] = stack.enter_context(embedded.valkey(data))
    # What is kept may be from before the newest migration.
    subprocess.run([sys.executable, "-m", "app.cli", "migrate"], check=True)
    if not (data / "seeded").exists():
        command = [sys.executable, "-m", "app.cli", "seed", "--providers", str(providers)]
        subprocess.run(command, check=True)
        (data / "seeded").touch()
    os.environ |= {**PRODUCTION, "WORKERS": str(WORKERS), "HOST": "127.0.0.1"}
    settings.cache_clear()


@contextmanager
def _serving(
    command: list[str], variables: dict[str, str], as_option: bool = False
) -> Iterator[str]:
    port = str(free_port())
    command = [*command, "--port", port] if as_option else command
    process = subprocess.Popen(command, env={**os.environ, **variables, "PORT": port}, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}", "/servicos?q=faxina&onde=Campinas")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _record(prepared: Prepared, product: str, folder: Path) -> Path:
    """What the floor repeats: the product's statements, and its page around the posters."""
    page = httpx.get(
        f"{product}/servicos?q=faxina&onde=Campinas", headers={"Accept-Language": "pt"}
    )
    head, foot = re.split(r"<article .*</article>\s*", page.text, maxsplit=1, flags=re.DOTALL)
    icons = re.search(r'/static/vendor/icons.svg[^"#]*', page.text)
    assert icons, "no icons on the page"
    file = folder / "floor.json"
    statements = {"search": prepared.search, "booking": prepared.booking}
    file.write_text(json.dumps({"head": head, "foot": foot, "icons": icons[0], **statements}))
    return file


def _compare_bytes(product: str, floor: str) -> None:
    path = "/servicos?q=faxina&onde=Campinas"
    ours, theirs = (
        len(httpx.get(f"{server}{path}", headers={"Accept-Language": "pt"}).content)
        for server in (product, floor)
    )
    print(f"a page of results: {ours} bytes, the floor's {theirs}")
    if abs(ours - theirs) > SAME_BYTES * ours:
        sys.exit("The floor's page is not the product's any more: bring tests/load/floor.py up.")


def _search_requests(places: list[str], folder: Path) -> Path:
    file = folder / "searches"
    queries = (urlencode({"q": word, "onde": place}) for place in places for word in WORDS)
    file.write_text("".join(f"GET\t/servicos?{query}\t\t\n" for query in queries))
    return file


def _booking_requests(prepared: Prepared, folder: Path, parts: int) -> list[Path]:
    """As many files as there are measurements; no free time stands in two of them."""
    files = [folder / f"bookings-{part}" for part in range(parts)]
    for part, file in enumerate(files):
        lines = []
        for number, (variant, start) in enumerate(prepared.times[part::parts]):
            customer, token = prepared.customers[number % len(prepared.customers)]
            body = {
                "variacao": variant,
                "inicio": start,
                "endereco": "Rua Treze de Maio, 210",
                "onde": "São Carlos, SP",
                "observacao": "Portão verde",
                "chave": uuid4(),
                "cliente": customer,
            }
            lines.append(f"POST\t/contratacoes\t{token}\t{urlencode(body)}\n")
        file.write_text("".join(lines))
    return files


def _report(name: str, rounds: list[tuple[str, str, Path, Path]]) -> bool:
    """Measure both sides in turn and print; whether the product is below its goal."""
    ours, theirs = [], []
    for product, floor, our_requests, their_requests in rounds:
        ours.append(_measure(product, our_requests))
        theirs.append(_measure(floor, their_requests))
    product_figures, floor_figures = _median(ours), _median(theirs)
    ratio = product_figures.per_second / floor_figures.per_second
    for side, figures in (("product", product_figures), ("floor", floor_figures)):
        print(
            f"{name:8} {side:8} {figures.per_second:7.0f} requests/s"
            f"   p50 {figures.p50_ms:6.1f} ms   p99 {figures.p99_ms:6.1f} ms"
        )
    print(f"{name:8} ratio    {ratio:7.0%}   (goal {GOALS[name]:.0%})", flush=True)
    return ratio < GOALS[name]


def _median(measured: list[Figures]) -> Figures:
    return Figures(*(statistics.median(values) for values in zip(*measured, strict=True)))


def _measure(server: str, requests: Path) -> Figures:
    done = subprocess.run(
        ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s",
         str(ROOT / "tests/load/requests.lua"), server],
        env={**os.environ, "REQUESTS": str(requests), "THREADS": str(THREADS)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES"))
    requests_done, microseconds, refused, broken, p50, p99 = map(int, line.split()[1:])
    if refused or broken:
        sys.exit(f"{server} gave {refused} errors and broke {broken} connections: {done.stdout}")
    return Figures(requests_done / microseconds * 1e6, p50 / 1e3, p99 / 1e3)


if __name__ == "__main__":
    main()
