"""What changes on one screen shows on the others: Redis pub/sub, fanned out to our sockets.

What travels over Redis says only that a topic changed. Each process then renders the topic's state,
once for each way of showing it, and sends the same text to every socket that follows it. Since a
frame is the whole state, a lost message, a slow reader or a reconnect need no repair: the next
frame is complete, and an older one that was not sent yet is simply replaced.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, NamedTuple

import structlog
from redis.exceptions import RedisError

from app.core.cache import redis
from app.core.database import after_commit
from app.core.http import WebSocket

log = structlog.get_logger()

PREFIX = "live:"
# How often topics and sessions are looked at anew, in case Redis lost a message.
HEARTBEAT_SECONDS = 15
# A reader that takes longer for one frame is dropped; the browser comes back and is caught up.
SEND_SECONDS = 10
LONGEST_PAUSE_SECONDS = 5

SESSION_ENDED = 4401
NOTHING_THERE = 4404


# Reads a topic: its version, which differs whenever it looks different, and how to render it.
Read = Callable[[], Awaitable[tuple[str, Callable[[], str]]]]
Listener = Callable[[], None]


class Part(NamedTuple):
    """Something of a page that is kept up to date.

    view: names the way of rendering (a language), shared by all sockets of one topic and view.
    seen: the version that the page shows already.
    """

    topic: str
    view: str
    seen: str
    read: Read


_listeners: dict[str, set[Listener]] = defaultdict(set)
_channels: dict[tuple[str, str], "Channel"] = {}


async def publish(topic: str) -> None:
    """Tell every process that this topic changed, which is committed.

    A change is never refused because Redis is away: the heartbeat finds it.
    """
    try:
        await redis().publish(PREFIX + topic, b"")
    except RedisError:
        log.warning("live.publish_failed", topic=topic, exc_info=True)


def publish_after_commit(*topics: str) -> None:
    """Tell every process, once the open transaction has committed."""
    for topic in topics:
        after_commit(("live", topic), partial(publish, topic))


async def follow(
    socket: WebSocket, parts: Sequence[Part], until: Coroutine[Any, Any, None] | None = None
) -> None:
    """Send an accepted socket the state of each part now, unless it has it, and at every change.

    until: when it returns, the socket is closed as of a session that has ended.
    """
    channels = [_join(part) for part in parts]
    tasks = {
        asyncio.create_task(_send_states(socket, channel, part.seen))
        for part, channel in zip(parts, channels, strict=True)
    }
    tasks.add(asyncio.create_task(_until_closed(socket)))
    ending = asyncio.create_task(until) if until else None
    if ending:
        tasks.add(ending)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if ending in done:
            await socket.close(SESSION_ENDED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for part, channel in zip(parts, channels, strict=True):
            _leave(part, channel)


async def signed_out(session: str, signed_in: Callable[[], Awaitable[bool]]) -> None:
    """Return when the session has ended, or when signed_in says that it has."""
    ended = asyncio.Event()
    _listeners[f"session:{session}"].add(ended.set)
    try:
        while not ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), HEARTBEAT_SECONDS)
            # With Redis away nobody can tell, so nobody is thrown out.
            with suppress(RedisError):
                if not await signed_in():
                    return
    finally:
        _forget(f"session:{session}", ended.set)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Keep this process's sockets up to date for as long as the context."""
    tasks = {asyncio.create_task(_listen()), asyncio.create_task(_beat())}
    try:
        yield
    finally:
        while tasks:
            for task in tasks:
                task.cancel()
            # redis-py may swallow a cancellation that meets a time-out of its own.
            _, tasks = await asyncio.wait(tasks, timeout=0.2)


async def _listen() -> None:
    """Hand events out through every outage of Redis."""
    pause = 0.1
    while True:
        try:
            async with redis().pubsub() as subscription:
                await subscription.psubscribe(PREFIX + "*")
                pause = 0.1
                _wake_all()
                async for message in subscription.listen():
                    if message["type"] == "pmessage":
                        _wake(message["channel"].decode().removeprefix(PREFIX))
        except (RedisError, OSError):
            log.warning("live.subscription_lost", retry_in=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


async def _beat() -> None:
    """Look at every followed topic now and then, whatever Redis says."""
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        _wake_all()


class Channel:
    """One topic rendered one way, for all sockets of this process that show it so."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self.members = 0
        self.version: str | None = None
        self.html = ""
        self.changed = asyncio.Condition()
        self.dirty = asyncio.Event()
        self.dirty.set()
        self.task = asyncio.create_task(self._refresh())

    async def other_than(self, seen: str) -> tuple[str, str]:
        """The version and its HTML, as soon as it is another than the reader has seen."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.version not in (None, seen))
        return str(self.version), self.html

    async def _refresh(self) -> None:
        while True:
            await self.dirty.wait()
            # Whatever comes in while we render causes one more round, not one each.
            self.dirty.clear()
            try:
                version, render = await self.read()
                if version != self.version:
                    self.version, self.html = version, render()
            except Exception:
                log.exception("live.read_failed")
                await asyncio.sleep(1)
                self.dirty.set()
                continue
            async with self.changed:
                self.changed.notify_all()


async def _send_states(socket: WebSocket, channel: Channel, seen: str) -> None:
    while True:
        seen, html = await channel.other_than(seen)
        async with asyncio.timeout(SEND_SECONDS):
            await socket.send_text(html)


async def _until_closed(socket: WebSocket) -> None:
    """Whatever else the browser sends is not for us."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _join(part: Part) -> Channel:
    channel = _channels.get((part.topic, part.view))
    if channel is None:
        channel = _channels[part.topic, part.view] = Channel(part.read)
        _listeners[part.topic].add(channel.dirty.set)
    else:
        # The newcomer may have read its page before an event that this process never got.
        channel.dirty.set()
    channel.members += 1
    return channel


def _leave(part: Part, channel: Channel) -> None:
    channel.members -= 1
    if not channel.members:
        channel.task.cancel()
        del _channels[part.topic, part.view]
        _forget(part.topic, channel.dirty.set)


def _forget(topic: str, listener: Listener) -> None:
    _listeners[topic].discard(listener)
    if not _listeners[topic]:
        del _listeners[topic]


def _wake(topic: str) -> None:
    for listener in list(_listeners.get(topic, ())):
        listener()


def _wake_all() -> None:
    for channel in _channels.values():
        channel.dirty.set()
