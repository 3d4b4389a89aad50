"""A worker to whom every name leads to a port of this machine, and who waits for nothing long:
`python -m tests.webhooks.worker PORT AUTHORITY.pem`."""

import asyncio
import ssl
import sys
from datetime import timedelta

import httpcore

from app.core import jobs
from app.core.database import connection_pool
from app.core.jobs import work
from app.core.outside import Reach
from app.webhooks import sending
from app.webhooks.actions import delivering
from app.worker import HANDLERS
from tests.tls_server import ADDRESS


class Dialler(httpcore.AsyncNetworkBackend):
    def __init__(self, port: int) -> None:
        self.port = port

    async def connect_tcp(self, host, port, **options):
        return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self.port, **options)


async def main(port: str, authority: str) -> None:
    async def resolve(host, port):
        return [ADDRESS]

    reach = Reach(resolve, Dialler(int(port)), ssl.create_default_context(cafile=authority))

    async def deliver(delivery: int) -> None:
        await delivering.deliver_webhook(delivery, reach)

    # A try is over before the next begins, as it is with the real ones.
    sending.SECONDS = 3.0
    delivering.PAUSES = (timedelta(seconds=4),) * len(delivering.PAUSES)
    jobs.SILENCE = timedelta(seconds=2)
    async with connection_pool():
        await work({**HANDLERS, "deliver_webhook": deliver}, {}, asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
