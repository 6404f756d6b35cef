"""Bodies that are decided on before they come, over HTTP/2; run by run_bodies.py."""

import json
import os
import signal
import time

import h2
import talk
from bodies import received, ways
from talk import check

def h2_post(client, number, target, body=None, end=True, more=(), size=16384):
    data = h2.request(number, target, "POST", more, end=body is None and end)
    pieces = [] if body is None else [body[i : i + size] for i in range(0, len(body), size)] or [b""]
    for i, piece in enumerate(pieces):
        data += h2.frame(h2.DATA, h2.END_STREAM if end and i == len(pieces) - 1 else 0, number, piece)
    client.send(data)
    return client.stream(number)


def h2_upload(client, number, target, body):
    """Sends as the windows allow."""
    stream = h2_post(client, number, target, end=False)
    sent = 0
    before = getattr(client, "uploaded", 0)
    while sent < len(body) and not stream.statuses:
        room = min(16384, len(body) - sent, 65535 + client.windows.get(number, 0) - sent,
                   65535 + client.windows.get(0, 0) - before - sent)  # fmt: skip
        if room > 0:
            last = h2.END_STREAM if sent + room == len(body) else 0
            client.send(h2.frame(h2.DATA, last, number, body[sent : sent + room]))
            sent += room
        else:
            check(client.more(5), "the windows stay shut at", sent)
    client.uploaded = before + sent
    check(client.until(lambda: stream.ended), target, "no whole answer")
    return stream


def h2_server(**limits):
    return h2.Server(talk.ECHO, **limits)


def h2_counts(client, number):
    return json.loads(client.ask(number, "/received").body)


def test_h2_whole():
    body = os.urandom(300000)
    with h2_server() as server, h2.Talk(server.port, [(4, 1 << 20)]) as client:
        client.send(h2.frame(h2.WINDOW_UPDATE, 0, 0, (1 << 30).to_bytes(4, "big")))
        for i, way in enumerate(ways):
            received(h2_upload(client, 1 + 4 * i, "/receive" + way, body).body, body, 4)
            stream = h2_upload(client, 3 + 4 * i, "/collect" + way.partition("&")[0], body)
            check(stream.body == body, way, "another body")
        stream = h2_post(client, 101, "/receive")
        check(client.until(lambda: stream.ended), "no answer")
        received(stream.body, b"", 0)
        stream = h2_post(client, 103, "/receive?pause=3", b"")
        check(client.until(lambda: stream.ended), "no answer")
        received(stream.body, b"", 0)
        seen = h2_counts(client, 105)
        check(seen["open"] == 0 and seen["complete"] == len(ways) + 2, seen)


def test_h2_all_at_once():
    """The head and all of the body are there before the handler says what it wants of it."""
    with h2_server() as server, h2.Talk(server.port) as client:
        for i, way in enumerate(("", "?decide=1")):
            stream = h2_post(client, 1 + 4 * i, "/collect" + way, b"hello")
            check(client.until(lambda: stream.ended) and stream.body == b"hello", way, "another body")
            stream = h2_post(client, 3 + 4 * i, "/receive" + way, b"hello")
            check(client.until(lambda: stream.ended), way, "no answer")
            received(stream.body, b"hello", 1)


def test_h2_small_pieces():
    body = b"the quick brown fox"
    with h2_server() as server, h2.Talk(server.port) as client:
        number = 1
        for way in ways:
            stream = h2_post(client, number, "/receive" + way, end=False)
            for i in range(len(body)):
                client.send(h2.frame(h2.DATA, h2.END_STREAM if i == len(body) - 1 else 0, number, body[i : i + 1]))
                client.more(0.001)
            check(client.until(lambda: stream.ended), way, "no answer")
            received(stream.body, body)
            number += 2
        trailers = h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, number, h2.block([("x-sum", "1")]))
        stream = h2_post(client, number, "/receive?pause=10", body, end=False)
        client.send(trailers)
        check(client.until(lambda: stream.ended), "trailers: no answer")
        received(stream.body, body)


def test_h2_expect():
    with h2_server() as server, h2.Talk(server.port) as client:
        for number, way in [(1, ""), (3, "?decide=60")]:
            begun = time.monotonic()
            stream = h2_post(client, number, "/receive" + way, end=False, more=[("expect", "100-continue")])
            check(client.until(lambda: stream.statuses), "no 100")
            check(stream.statuses == [100] and (way == "" or time.monotonic() - begun > 0.05), stream.statuses)
            client.send(h2.frame(h2.DATA, h2.END_STREAM, number, b"hello"))
            check(client.until(lambda: stream.ended), "no answer")
            received(stream.body, b"hello")
        stream = h2_post(client, 5, "/receive?refuse=1&decide=30", end=False, more=[("expect", "100-continue")])
        check(client.until(lambda: stream.reset), "not refused")
        check(stream.statuses == [401] and stream.reset == "NO_ERROR", stream.statuses, stream.reset)


def test_h2_refused():
    with h2_server() as server, h2.Talk(server.port) as client:
        number = 1
        for target in ["/receive?refuse=1", "/receive?refuse=1&decide=20", "/collect?refuse=1&decide=1", "/receive?stop=9",
                       "/receive?stop=9&pause=20", "/receive?stop=9&later=20"]:  # fmt: skip
            stream = h2_post(client, number, target, b"x" * 20000, end=False)
            check(client.until(lambda: stream.reset), target, "is not refused")
            check(stream.status == (422 if "stop" in target else 401) and stream.reset == "NO_ERROR", stream.reset)
            number += 2
        for target, status in [("/receive/small", 413), ("/receive/small?decide=20", 413), ("/collect", 413)]:
            body = b"x" * (17 if "small" in target else (1 << 20) + 1)
            stream = h2_post(client, number, target, end=False, more=[("content-length", str(len(body)))])
            check(client.until(lambda: stream.reset) and stream.status == status, target, "by its length")
            number += 2
            if "small" in target:
                stream = h2_post(client, number, target, end=False)
                check(client.lives(), "dead")
                client.send(h2.frame(h2.DATA, h2.END_STREAM, number, body))
                check(client.until(lambda: stream.ended) and stream.status == status, target, "by its bytes")
                number += 2
        seen = h2_counts(client, number)
        check(seen["open"] == 0 and seen["large"] == 2 and seen["complete"] == 0, seen)


def test_h2_leaves():
    with h2_server() as server, h2.Talk(server.port) as client:
        targets = ["/receive", "/receive?pause=100", "/receive?decide=100", "/receive?answer=300", "/collect?decide=100"]
        for i, target in enumerate(targets * 2):
            h2_post(client, 1 + 2 * i, target, b"x" * 50, end="answer" in target)
        check(client.lives(), "dead")
        client.send(b"".join(h2.frame(h2.RST_STREAM, 0, 1 + 2 * i, b"\0\0\0\x08") for i in range(len(targets))))
        time.sleep(0.2)
        seen = h2_counts(client, 101)
        check((seen["cut"], seen["complete"]) == (3, 2), seen)
        client.socket.close()
        with h2.Talk(server.port) as other:
            time.sleep(0.4)
            seen = h2_counts(other, 1)
            check((seen["open"], seen["cut"], seen["complete"]) == (0, 6, 2), seen)
            check(seen["cancelled"] == 4, "those that decided or answered later were told:", seen)


def test_h2_paused_ones_harm_nobody():
    """A hundred streams whose receivers pause hold 64 KiB each at most, and the connection goes on."""
    with h2_server() as server, h2.Talk(server.port) as client:
        client.ask(1)
        before = server.memory()
        numbers = range(3, 63, 2)
        sent = {number: 0 for number in numbers}
        total = 0
        for number in numbers:
            h2_post(client, number, "/receive?pause=60000", end=False)
        while any(size < 65535 for size in sent.values()):
            moved = False
            for number in numbers:
                room = min(16384, 65535 - sent[number], 65535 + client.windows.get(0, 0) - total)
                if room > 0:
                    client.send(h2.frame(h2.DATA, 0, number, b"x" * room))
                    sent[number] += room
                    total += room
                    moved = True
            check(moved or client.more(5), "paused streams shut the connection's window")
        check(client.ask(201, "/echo").status == 200, "the others")
        received(h2_upload_after(client, 203, total), b"y" * 200000)
        check(server.memory() - before < 16 << 20, "memory grew by", server.memory() - before)


def h2_upload_after(client, number, total):
    client.uploaded = total
    return h2_upload(client, number, "/receive", b"y" * 200000).body


def test_h2_drain():
    with h2_server(drain_timeout=4) as server, h2.Talk(server.port) as good, h2.Talk(server.port) as stuck:
        stream = h2_post(good, 1, "/receive", b"x" * 5, end=False)
        h2_post(stuck, 1, "/receive?pause=60000", b"x" * 5, end=False)
        check(good.lives() and stuck.lives(), "dead")
        server.process.send_signal(signal.SIGTERM)
        check(good.until(lambda: good.goaways), "no GOAWAY")
        good.send(h2.frame(h2.DATA, h2.END_STREAM, 1, b"x" * 5))
        check(good.until(lambda: stream.ended), "a body on its way is lost")
        received(stream.body, b"x" * 10)
        check(good.until(lambda: good.ended), "not closed")
        good.socket.close()
        check(server.process.wait(7) == 0, "not ended")


def test_h2_time():
    with h2_server(body_timeout=2) as server, h2.Talk(server.port) as client:
        slow = h2_post(client, 1, "/receive", b"abc", end=False)
        paused = h2_post(client, 3, "/receive?pause=2500", b"x" * 5, end=False)
        trickle = h2_post(client, 5, "/receive?pause=10", end=False)
        begun = time.monotonic()
        client.until(lambda: False, 0.3)
        client.send(h2.frame(h2.DATA, h2.END_STREAM, 3, b"x" * 5))
        while not trickle.statuses and time.monotonic() - begun < 12:
            client.send(h2.frame(h2.DATA, 0, 5, b"x"))
            client.until(lambda: trickle.statuses, 0.3)
        check(trickle.status == 408, "a trickle between pauses goes on")
        check(client.until(lambda: slow.reset) and slow.status == 408, "a slow body")
        check(client.until(lambda: paused.ended), "paused: no answer")
        received(paused.body, b"x" * 10, 1)
        seen = h2_counts(client, 101)
        check(seen["slow"] == 2 and seen["open"] == 0, seen)
