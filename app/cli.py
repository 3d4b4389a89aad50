"""The command `marketplace`: run, serve, work, migrate, seed, code, rekey, admin.

What a command needs is imported inside it, so that each loads no more than that and `run` says at
once what it is doing.
"""

import argparse
import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from getpass import getpass
from typing import Any

from msgspec import ValidationError

from app.settings import Unsafe, settings

STARTED = time.monotonic()
DEMO_PROVIDERS = 60


def main() -> None:
    arguments = _parser().parse_args()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: sys.exit(0))
    try:
        settings()
    except (ValidationError, OSError) as error:
        sys.exit(f"A setting in the environment can't be read: {error}")
    except Unsafe as error:
        sys.exit(f"Not fit for production: {error}")
    with suppress(KeyboardInterrupt):
        arguments.command(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="marketplace", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)

    def add(name: str, command: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=command.__doc__)
        added.set_defaults(command=command)
        return added

    add("run", run)
    add("serve", serve)
    add("work", work)
    add("migrate", migrate)
    seeding = add("seed", seed)
    seeding.add_argument("--providers", type=int, default=DEMO_PROVIDERS)
    seeding.add_argument("--random-seed", type=int, default=1)
    add("code", code)
    add("rekey", rekey)
    admin_command = add("admin", admin)
    admin_command.add_argument("email")
    admin_command.add_argument("--name", default="Admin")
    return parser


def run(_: argparse.Namespace) -> None:
    """Everything in one process: servers where none are set, tables, demo, pages, jobs."""
    with ExitStack() as stack:
        listening = stack.enter_context(_listening())
        _start_embedded(stack)
        from app.demo.fill import fill_if_empty

        _say("tables")
        migrate()
        if not settings().production:
            asyncio.run(fill_if_empty(DEMO_PROVIDERS, _say))
        try:
            asyncio.run(_serve_and_work(listening))
        finally:
            print("\n  Stopping; nothing is lost.", flush=True)


def serve(_: argparse.Namespace) -> None:
    """The pages, in WORKERS processes; for production, behind a proxy."""
    import uvicorn

    uvicorn.run("app.main:create_app", workers=settings().workers, **_uvicorn_options())


def work(_: argparse.Namespace) -> None:
    """The job worker; run as many as there is work for."""
    asyncio.run(_work())


def migrate(_: argparse.Namespace | None = None) -> None:
    """Bring the database up to date: tables, places, categories."""
    from app.migrate import migrate

    asyncio.run(migrate())


def seed(arguments: argparse.Namespace) -> None:
    """Add a believable marketplace of any size, for demos and measurements."""
    if settings().production:
        sys.exit("A marketplace with people in it is no place for a demo.")
    with ExitStack() as stack:
        if not settings().database_url:
            _start_embedded(stack)
        from app.demo.fill import add_providers

        migrate()
        asyncio.run(add_providers(arguments.providers, arguments.random_seed, _say))


def admin(arguments: argparse.Namespace) -> None:
    """Make an account for an admin; asks for the password."""
    from app.accounts.setup import create_admin

    asyncio.run(create_admin(arguments.email, arguments.name, getpass("Password: ")))


def code(_: argparse.Namespace) -> None:
    """The code that the demo's admin signs in with, as an authenticator app would show it."""
    import pyotp

    from app.demo.accounts import ADMIN_KEY

    print(pyotp.TOTP(ADMIN_KEY).now())


def rekey(_: argparse.Namespace) -> None:
    """Encrypt what is kept with the newest of SECRET_KEYS, so that the older ones can go."""
    print(asyncio.run(_rekey()), "secrets are encrypted with the newest key.")


@contextmanager
def _listening() -> Iterator[socket.socket]:
    """The port, before anything is started for it."""
    # Said to be TCP, since asyncio sends without delay only on what is.
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings().host, settings().port))
        except OSError as error:
            sys.exit(
                f"Can't listen on {settings().host}:{settings().port}: {error.strerror}."
                " Choose another port, for example: PORT=8001 make run"
            )
        yield listening


def _start_embedded(stack: ExitStack) -> None:
    """Start what DATABASE_URL and REDIS_URL don't name, and name it there."""
    if settings().database_url and settings().redis_url:
        return
    from app.core import embedded

    try:
        stack.enter_context(embedded.owned(settings().data))
        if not settings().database_url:
            _say("PostgreSQL")
            os.environ["DATABASE_URL"] = stack.enter_context(embedded.postgres(settings().data))
        if not settings().redis_url:
            _say("Valkey")
            os.environ["REDIS_URL"] = stack.enter_context(embedded.valkey(settings().data))
    except embedded.AlreadyRunning:
        sys.exit(f"The data in {settings().data} are in use: is `make run` running elsewhere?")
    except embedded.DidNotStart as error:
        sys.exit(str(error))
    settings.cache_clear()


async def _serve_and_work(listening: socket.socket) -> None:
    import uvicorn

    from app.core.jobs import work
    from app.worker import HANDLERS, SCHEDULES

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            _say_welcome()

    stop = asyncio.Event()
    server = Server(uvicorn.Config("app.main:create_app", **_uvicorn_options()))
    working = asyncio.create_task(work(HANDLERS, SCHEDULES, stop))
    try:
        await server.serve(sockets=[listening])
    finally:
        stop.set()
        await working


async def _work() -> None:
    from app.core.cache import redis
    from app.core.database import connection_pool
    from app.core.jobs import work
    from app.worker import HANDLERS, SCHEDULES

    stop = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
    async with connection_pool():
        await work(HANDLERS, SCHEDULES, stop)
    await redis().aclose()


async def _rekey() -> int:
    from app.accounts.actions.authenticator import re_encrypt_secrets
    from app.core.database import connection_pool
    from app.webhooks.actions.signers import re_encrypt_signers

    async with connection_pool():
        return await re_encrypt_secrets() + await re_encrypt_signers()


def _uvicorn_options() -> dict[str, Any]:
    return {
        "factory": True,
        "host": settings().host,
        "port": settings().port,
        "log_level": "warning",
        "access_log": False,
        "forwarded_allow_ips": settings().trusted_proxies,
        "server_header": False,
        "timeout_graceful_shutdown": 10,
        # Nothing is read from sockets.
        "ws_max_size": 1024,
    }


def _say(step: str) -> None:
    print(f"  {time.monotonic() - STARTED:5.1f} s  {step}", flush=True)


def _say_welcome() -> None:
    from app.demo.accounts import PASSWORD, SIGN_INS

    _say("ready")
    print(f"\n  {settings().base_url}\n", flush=True)
    if not settings().production:
        print(f"  Sign in as {', '.join(SIGN_INS)}\n  with the password {PASSWORD}", flush=True)
        print("  The admin is asked for a code too: .venv/bin/marketplace code\n", flush=True)
    print("  Ctrl-C stops everything.", flush=True)


if __name__ == "__main__":
    main()
