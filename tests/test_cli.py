"""`marketplace run` as a newcomer uses it."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from app import cli
from app.demo.accounts import PASSWORD, SIGN_INS
from app.settings import DEVELOPMENT_KEY, settings
from tests.servers import free_port

PRODUCTION = {
    "ENVIRONMENT": "production",
    "ORIGIN": "https://mercado.example",
    "SECRET_KEYS": "a-key-of-the-tests-with-more-than-32-letters",
    "SMTP_URL": "smtps://mail.example",
    "TRUSTED_PROXIES": "127.0.0.1",
}


@pytest.fixture
def data():
    with tempfile.TemporaryDirectory(prefix="marketplace-run-") as folder:
        yield Path(folder)


@contextmanager
def running(data: Path, **variables: str):
    """The process, once it says that it is ready, and its address."""
    port = str(free_port())
    environment = {**os.environ, "DATA": str(data), "PORT": port, **variables}
    for name in ("DATABASE_URL", "REDIS_URL"):
        del environment[name]
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "run"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    while "Ctrl-C" not in said and (line := process.stdout.readline()):
        said += line
    try:
        yield process, f"http://127.0.0.1:{port}" if "Ctrl-C" in said else said
    finally:
        process.kill()
        process.wait()


def stop(process: subprocess.Popen, how: signal.Signals) -> None:
    process.send_signal(how)
    process.wait(timeout=20)


def left_over(data: Path) -> list[str]:
    """Command lines of processes that still work on these data."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if str(data) in line and "pytest" not in line:
            found.append(line)
    return found


def test_it_starts_with_a_catalogue_and_the_three_sign_ins(data):
    with running(data) as (process, address):
        with httpx.Client(base_url=address) as client:
            assert client.get("/servicos").text.count('class="poster') == 20
            for email in SIGN_INS:
                form = {"email": email, "senha": PASSWORD}
                assert client.post("/entrar", data=form).status_code == 303
            assert "João Pereira" in sign_in(client, SIGN_INS[1]).get("/painel").text
        stop(process, signal.SIGINT)


def sign_in(client: httpx.Client, email: str) -> httpx.Client:
    client.cookies.clear()
    client.post("/entrar", data={"email": email, "senha": PASSWORD})
    return client


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_it_ends_all_that_it_started(data, how):
    with running(data) as (process, _):
        stop(process, how)
    assert process.returncode == 0
    assert left_over(data) == []


def test_it_starts_again_after_a_kill_with_everything_still_there(data):
    with running(data) as (process, address), httpx.Client(base_url=address) as client:
        form = {"nome": "Zé", "email": "ze@example.test", "senha": PASSWORD, "role": "CLIENTE"}
        assert client.post("/cadastro", data=form).status_code == 303
        session = client.cookies
        stop(process, signal.SIGKILL)
    with running(data) as (process, address):
        with httpx.Client(base_url=address, cookies=session) as client:
            assert client.get("/contratacoes").status_code == 200
        stop(process, signal.SIGINT)
    assert left_over(data) == []


def test_a_port_that_is_taken_is_said_before_anything_is_started(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with running(data, PORT=port) as (process, said):
            process.wait(timeout=20)
    assert process.returncode == 1
    assert f"127.0.0.1:{port}" in said
    assert "PORT=8001 make run" in said
    assert list(data.iterdir()) == []


def test_data_in_use_are_left_alone(data):
    with running(data) as (first, _):
        with running(data) as (second, said):
            second.wait(timeout=20)
        assert second.returncode == 1
        assert "are in use" in said
        assert first.poll() is None
        stop(first, signal.SIGINT)


def test_production_has_no_demo(data):
    with running(data, **PRODUCTION) as (process, address):
        with httpx.Client(base_url=address) as client:
            assert 'class="poster' not in client.get("/servicos").text
            form = {"email": SIGN_INS[2], "senha": PASSWORD}
            assert client.post("/entrar", data=form).status_code == 401
        stop(process, signal.SIGINT)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORIGIN", ""),
        ("ORIGIN", "http://mercado.example"),
        ("SECRET_KEYS", ""),
        ("SECRET_KEYS", DEVELOPMENT_KEY),
        ("SECRET_KEYS", "short"),
        ("SECRET_KEYS", "k" * 40 + f",{DEVELOPMENT_KEY}"),
        ("TRUSTED_PROXIES", "*"),
        ("SMTP_URL", ""),
    ],
)
def test_production_does_not_start_with_what_opens_it_to_attacks(data, name, value):
    with running(data, **{**PRODUCTION, name: value}) as (process, said):
        process.wait(timeout=20)
    assert process.returncode == 1
    assert name in said
    assert value not in said or not value or value == "*"
    assert list(data.iterdir()) == []


def test_a_setting_that_cannot_be_read_is_named(data):
    with running(data, PORT="many") as (process, said):
        process.wait(timeout=20)
    assert process.returncode == 1
    assert "port" in said


async def test_what_is_answered_goes_out_without_delay(monkeypatch):
    monkeypatch.setenv("PORT", str(free_port()))
    settings.cache_clear()
    delays = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        delays.append(not accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with cli._listening() as listening:
        async with await asyncio.start_server(answer, sock=listening) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", settings().port)
            await reader.read()
            writer.close()
            server.close()
    monkeypatch.undo()
    settings.cache_clear()
    assert delays == [False]
