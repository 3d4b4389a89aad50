"""Reading an address that a stranger has chosen, from a real server with TLS."""

import asyncio
import gzip
import time

import pytest

from app.calendars import fetching
from app.calendars.fetching import MOST_BYTES, clean_address, fetch_calendar
from app.calendars.problems import CannotRead, Problem
from app.core.outside import internet
from tests.tls_server import ADDRESS, ok, redirect

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
HERE = "https://calendar.example/a.ics"


async def problem_of(server, address: str = HERE) -> Problem:
    with pytest.raises(CannotRead) as refused:
        await fetch_calendar(address, "", server.reach)
    return refused.value.problem


async def test_a_calendar_is_read_as_it_is(server):
    server.answers["/a.ics"] = ok(CALENDAR)
    fetched = await fetch_calendar(HERE, "", server.reach)
    assert fetched == (CALENDAR, "")
    assert server.dialled == [(ADDRESS, 443)]
    ((_, headers),) = server.requests
    assert headers["host"] == "calendar.example"
    assert headers["accept-encoding"] == "identity"
    assert "cookie" not in headers


async def test_what_has_not_changed_is_not_sent_again(server):
    async def answer(path, headers, writer):
        if headers.get("if-none-match") == '"v1"':
            writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
        else:
            writer.write(ok(CALENDAR, "text/calendar", 'ETag: "v1"'))
        await writer.drain()

    server.answers["/a.ics"] = answer
    assert await fetch_calendar(HERE, "", server.reach) == (CALENDAR, '"v1"')
    assert await fetch_calendar(HERE, '"v1"', server.reach) is None
    assert await fetch_calendar(HERE, '"v0"', server.reach) == (CALENDAR, '"v1"')


async def test_a_304_that_nobody_asked_for_is_no_answer(server):
    server.answers["/a.ics"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    assert await problem_of(server) is Problem.NO_ANSWER


@pytest.mark.parametrize("etag", ["x", '"a\x80b"', '"' + "a" * 300 + '"'])
async def test_an_odd_etag_is_not_kept(server, etag):
    server.answers["/a.ics"] = ok(CALENDAR, "text/calendar", f"ETag: {etag}")
    assert await fetch_calendar(HERE, "", server.reach) == (CALENDAR, "")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(server, status):
    server.answers["/a.ics"] = redirect("/b.ics", status)
    server.answers["/b.ics"] = redirect("https://other.example:443/c.ics", status)
    server.answers["/c.ics"] = redirect("d.ics", status)
    server.answers["/d.ics"] = ok(CALENDAR)
    assert await fetch_calendar(HERE, "", server.reach) == (CALENDAR, "")
    assert [headers["host"] for _, headers in server.requests] == [
        *["calendar.example"] * 2,
        *["other.example"] * 2,
    ]


async def test_a_redirect_too_many_and_a_loop_are_refused(server):
    for one, next_one in zip("abcd", "bcde", strict=True):
        server.answers[f"/{one}.ics"] = redirect(f"/{next_one}.ics")
    server.answers["/e.ics"] = ok(CALENDAR)
    server.answers["/loop.ics"] = redirect("/loop.ics")
    assert await problem_of(server) is Problem.REDIRECTS
    server.requests.clear()
    assert await problem_of(server, "https://calendar.example/loop.ics") is Problem.REDIRECTS
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("https://inner.example/", Problem.NOT_PUBLIC),
        ("https://half.example/", Problem.NOT_PUBLIC),
        ("https://unknown.example/", Problem.NOT_PUBLIC),
        ("http://other.example/c.ics", Problem.ADDRESS),
        ("https://other.example:8443/c.ics", Problem.ADDRESS),
        ("https://user:word@other.example/c.ics", Problem.ADDRESS),
        ("file:///etc/passwd", Problem.ADDRESS),
        ("https://[::1", Problem.ADDRESS),
        ("gopher://other.example/", Problem.ADDRESS),
    ],
)
async def test_a_redirect_is_checked_as_the_first_address_is(server, location, problem):
    server.hosts |= {"inner.example": ["10.0.0.1"], "half.example": [ADDRESS, "127.0.0.1"]}
    server.answers["/a.ics"] = redirect(location)
    server.answers["/"] = ok(CALENDAR)
    assert await problem_of(server) is problem
    assert server.dialled == [(ADDRESS, 443)]


async def test_a_name_that_leads_elsewhere_at_the_second_look_gains_nothing(server):
    answers = iter([[ADDRESS], ["127.0.0.1"]])
    asked = []

    async def rebinding(host, port):
        asked.append(host)
        return next(answers)

    server.answers["/a.ics"] = ok(CALENDAR)
    reach = server.reach._replace(resolve=rebinding)
    assert await fetch_calendar(HERE, "", reach) is not None
    assert (len(asked), server.dialled) == (1, [(ADDRESS, 443)])
    with pytest.raises(CannotRead):
        await fetch_calendar(HERE, "", reach)
    assert len(server.dialled) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "localhost",
                                  "[::ffff:169.254.169.254]"])  # fmt: skip
async def test_our_own_machine_is_never_reached(host):
    with pytest.raises(CannotRead) as refused:
        await fetch_calendar(f"https://{host}/")
    assert refused.value.problem is Problem.NOT_PUBLIC


async def test_the_certificate_must_be_of_the_name(server):
    server.answers["/a.ics"] = ok(CALENDAR)
    assert await problem_of(server, "https://wrong.example/a.ics") is Problem.CERTIFICATE
    assert server.requests == []


async def test_the_certificate_must_be_of_a_known_authority(server):
    stranger = server.reach._replace(trust=internet().trust)
    with pytest.raises(CannotRead) as refused:
        await fetch_calendar(HERE, "", stranger)
    assert refused.value.problem is Problem.CERTIFICATE
    assert server.requests == []


@pytest.mark.parametrize("when", ["before the head", "in the head", "in the body"])
async def test_a_slow_server_is_given_up(server, monkeypatch, when):
    monkeypatch.setattr(fetching, "SECONDS", 0.6)

    async def answer(path, headers, writer):
        if when == "in the head":
            writer.write(b"HTTP/1.1 200 OK\r\n")
        if when == "in the body":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n\r\n")
        for _ in range(50):
            # Always a little, so that no time-out for a single read ends it.
            if when == "in the head":
                writer.write(b"X-A: b\r\n")
            if when == "in the body":
                writer.write(b"X")
            await writer.drain()
            await asyncio.sleep(0.1)

    server.answers["/a.ics"] = answer
    began = time.monotonic()
    assert await problem_of(server) is Problem.TOO_SLOW
    assert time.monotonic() - began < 2


async def test_a_slow_name_server_is_given_up(server, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.2)

    async def never(host, port):
        await asyncio.sleep(60)

    with pytest.raises(CannotRead) as refused:
        await fetch_calendar(HERE, "", server.reach._replace(resolve=never))
    assert refused.value.problem is Problem.TOO_SLOW


async def test_a_body_without_end_is_given_up(server):
    sent = 0

    async def answer(path, headers, writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n\r\n")
        while sent < 50_000_000:
            writer.write(b"X" * 100_000)
            await writer.drain()
            sent += 100_000

    server.answers["/a.ics"] = answer
    assert await problem_of(server) is Problem.TOO_LARGE
    # What lies in buffers on the way is more than what was read.
    assert sent < 40_000_000


async def test_the_largest_body_is_read_and_one_byte_more_is_not(server):
    body = CALENDAR + b" " * (MOST_BYTES - len(CALENDAR))
    server.answers["/a.ics"] = ok(body)
    fetched = await fetch_calendar(HERE, "", server.reach)
    assert fetched is not None
    assert len(fetched.content) == MOST_BYTES
    server.answers["/a.ics"] = ok(body + b" ")
    assert await problem_of(server) is Problem.TOO_LARGE


async def test_a_head_without_end_is_given_up(server):
    server.answers["/a.ics"] = b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 3_000_000
    assert await problem_of(server) is Problem.NO_ANSWER


async def test_what_is_packed_against_our_wish_is_unpacked(server):
    server.answers["/a.ics"] = ok(
        gzip.compress(CALENDAR, mtime=0), "text/calendar", "Content-Encoding: gzip"
    )
    assert await fetch_calendar(HERE, "", server.reach) == (CALENDAR, "")


async def test_a_small_packet_that_unpacks_to_a_huge_one_is_refused(server):
    bomb = gzip.compress(CALENDAR + b" " * 200_000_000, mtime=0)
    assert len(bomb) < 400_000
    server.answers["/a.ics"] = ok(bomb, "text/calendar", "Content-Encoding: gzip")
    began = time.monotonic()
    assert await problem_of(server) is Problem.TOO_LARGE
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "deflate", "x"])
async def test_other_packings_are_refused(server, encoding):
    server.answers["/a.ics"] = ok(CALENDAR, "text/calendar", f"Content-Encoding: {encoding}")
    assert await problem_of(server) is Problem.NO_CALENDAR


@pytest.mark.parametrize("broken", [b"no gzip", gzip.compress(CALENDAR, mtime=0)[:-12]])
async def test_a_broken_packet_is_refused(server, broken):
    server.answers["/a.ics"] = ok(broken, "text/calendar", "Content-Encoding: gzip")
    assert await problem_of(server) is Problem.NO_CALENDAR


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (CALENDAR, "application/octet-stream"),
        (b"\xef\xbb\xbf" + CALENDAR, "text/plain"),
        (CALENDAR.lower(), "text/html"),
        (b"anything", "text/calendar; charset=utf-8"),
        (b"anything", "Text/Calendar"),
    ],
)
async def test_a_calendar_is_known_by_its_type_or_its_beginning(server, body, kind):
    server.answers["/a.ics"] = ok(body, kind)
    assert await fetch_calendar(HERE, "", server.reach) is not None


async def test_another_type_is_refused(server):
    server.answers["/a.ics"] = ok(b"<html>BEGIN:VCALENDAR", "text/html")
    assert await problem_of(server) is Problem.NO_CALENDAR


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (401, Problem.REFUSED),
        (404, Problem.REFUSED),
        (410, Problem.REFUSED),
        (206, Problem.NO_ANSWER),
        (300, Problem.NO_ANSWER),
        (500, Problem.NO_ANSWER),
    ],
)
async def test_another_status_is_told(server, status, problem):
    server.answers["/a.ics"] = f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode()
    assert await problem_of(server) is problem


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\x01\x02\r\n\r\n",
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
    ],
)
async def test_what_is_no_http_is_no_answer(server, answer):
    server.answers["/a.ics"] = answer
    assert await problem_of(server) is Problem.NO_ANSWER


async def test_a_port_where_nobody_listens_is_no_answer(server):
    server.port = 9
    assert await problem_of(server) is Problem.NO_ANSWER


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("https://calendar.example", "https://calendar.example/"),
        ("  https://Calendar.Example:443/a b?x=ç#part ",
         "https://calendar.example/a%20b?x=%C3%A7"),
        ("webcal://calendar.example/a.ics", "https://calendar.example/a.ics"),
        ("WEBCALS://calendar.example/a.ics", "https://calendar.example/a.ics"),
        ("https://calendário.example/a%20b", "https://xn--calendrio-51a.example/a%20b"),
        ("https://[2606:4700::1]/", "https://[2606:4700::1]/"),
    ],
)  # fmt: skip
def test_an_address_is_written_one_way(typed, asked):
    assert clean_address(typed) == asked


@pytest.mark.parametrize(
    "typed",
    ["", "x", "calendar.example", "http://calendar.example/", "ftp://calendar.example/",
     "https://", "https:///a", "https://user@calendar.example/", "https://u:p@calendar.example/",
     "https://calendar.example:444/", "https://calendar.example:0/",
     "https://calendar.example:x/",
     "https://calendar.example:99999/", "https://[::1/", "https://[fe80::1%25eth0]/",
     "https://a\r\nHost:b/", "https://calendar.example/\x00", "https://calendar.example\\@x/",
     "https://" + "a" * 64 + ".example/", "https://calendar.example/" + "a" * 2000,
     "javascript:alert(1)", "file:///etc/passwd", "https://exa mple/"],
)  # fmt: skip
def test_any_other_address_is_refused(typed):
    with pytest.raises(CannotRead) as refused:
        clean_address(typed)
    assert refused.value.problem is Problem.ADDRESS
