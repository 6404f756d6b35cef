#!/usr/bin/env python3
"""Bodies that are decided on before they come: tests/http/run_bodies.py [build/asan | build].

The same dialogues over HTTP/1.1 plain, by TLS and over HTTP/2: refused, taken in pieces, paused, cut, too slow, too
long. What the handler does is asked for in the query (tests/unit/http_receive.c).
"""

import concurrent.futures
import os
import signal
import sys
import time

import bodies_h2
from bodies import CHUNKED, EXPECT, chunks, counts, length, post, received, wait_for, ways
from talk import HOST, Client, Server, build, check, run_tests, summary

# ---- HTTP/1.1, plain and by TLS ----


def test_whole():
    body = os.urandom(300000)
    with Server() as server, Client(server) as client:
        for way in ways:
            post(client, "/receive" + way, length(body), body)
            received(client.answer().body, body, 5)
            post(client, "/receive" + way, CHUNKED, chunks(body, 7777))
            received(client.answer().body, body, 5)
        post(client, "/receive", length(b""))
        received(client.answer().body, b"", 0)
        post(client, "/receive")
        received(client.answer().body, b"", 0)
        post(client, "/receive?pause=5", CHUNKED, b"0\r\n\r\n")
        received(client.answer().body, b"", 0)
        wait_for(server, open=0, complete=13, cut=0)


def test_byte_by_byte():
    body = b"the quick brown fox" * 5
    with Server() as server, Client(server) as client:
        for way in ["", "?decide=3&pause=1"]:
            for fields, sent in [(length(body), body), (CHUNKED, chunks(body, 9))]:
                post(client, "/receive" + way, fields)
                for at in range(len(sent)):
                    client.send(sent[at : at + 1])
                received(client.answer().body, body)


def test_pipelined():
    body = b"abc" * 1000
    with Server() as server, Client(server) as client:
        one = b"POST /receive%s HTTP/1.1\r\n" + HOST
        raw = b"".join(
            one % way.encode() + length(body) + b"\r\n" + body + one % way.encode() + CHUNKED + b"\r\n" + chunks(body, 100)
            for way in ways
        )
        client.send(raw + b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        for _ in range(2 * len(ways)):
            received(client.answer().body, body)
        check(client.answer().status == 200, "the request behind them")


def test_expect():
    with Server() as server:
        for way in ["", "?decide=60"]:
            with Client(server) as client:
                begun = time.monotonic()
                post(client, "/receive" + way, EXPECT + length(b"hello"))
                check(client.answer().status == 100, "no 100")
                check(way == "" or time.monotonic() - begun > 0.05, "100 before the decision")
                client.send(b"hello")
                received(client.answer().body, b"hello")
            with Client(server) as client:
                begun = time.monotonic()
                post(client, "/receive" + (way + "&refuse=1" if way else "?refuse=1"), EXPECT + CHUNKED)
                answer = client.answer()
                check(answer.status == 401 and answer["Connection"] == "close", answer.status)
                check(client.until_end(), "not closed")
            with Client(server) as client:
                post(client, "/collect" + way, EXPECT + length(b"hello"))
                check(client.answer().status == 100, "no 100")
                client.send(b"hello")
                check(client.answer().body == b"hello", "another body")
        wait_for(server, open=0, complete=2)


def test_refused():
    body = b"x" * 60000
    with Server() as server:
        for target in ["/receive?refuse=1", "/receive?refuse=1&decide=20", "/collect?refuse=1", "/receive?stop=20000"]:
            status = 422 if "stop" in target else 401
            with Client(server) as client:  # a short rest is read past
                post(client, target, length(body), body)
                answer = client.answer()
                check(answer.status == status and answer["Connection"] is None, target, answer.status)
                check(client.ask("/echo").status == 200, "the next request")
                post(client, target, CHUNKED, chunks(body, 3000))
                answer = client.answer()
                check(answer.status == status, target, answer.status)
                check(answer["Connection"] == "close" and client.until_end(), target, "goes on behind chunks")
            with Client(server) as client:  # a long one is not
                post(client, target, b"Content-Length: 200000\r\n", body[:30000])
                answer = client.answer()
                check(answer.status == status and answer["Connection"] == "close", target, answer.status)
                check(client.until_end(), target, "not closed")
        with Client(server) as client:  # refused while it pauses: what comes is read past, slowly
            post(client, "/receive?refuse=1", length(body))
            check(client.answer().status == 401, "waits for the body")
            client.send(body + b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
            check(client.answer().status == 200, "the next request")
        wait_for(server, open=0, complete=0)


def test_refused_while_it_pauses():
    """Or while it waits for more: the answer comes before the rest, and does not wait for it."""
    with Server() as server:
        for target in ("/receive?stop=5&pause=30", "/receive?stop=5&later=30"):
            with Client(server) as client:
                post(client, target, length(b"x" * 20), b"x" * 10)
                answer = client.answer()
                check(answer.status == 422 and answer["Connection"] is None, target, answer.status)
                client.send(b"x" * 10 + b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
                check(client.answer().status == 200, target, "the next request")
            with Client(server) as client:
                post(client, target, CHUNKED, b"a\r\n" + b"x" * 10 + b"\r\n")
                answer = client.answer()
                check(answer.status == 422 and answer["Connection"] == "close", target, answer.status)
                check(client.until_end(3), target, "waits for a rest that it does not read")
        wait_for(server, open=0, complete=0, cut=0)


def test_collected():
    body = os.urandom(100000)
    with Server() as server, Client(server) as client:
        for way in ["", "?decide=20"]:
            post(client, "/collect" + way, length(body), body)
            check(client.answer().body == body, "by length")
            post(client, "/collect" + way, CHUNKED, chunks(body, 999))
            check(client.answer().body == body, "in chunks")
            post(client, "/collect" + way)
            check(client.answer().body == b"", "none")
        post(client, "/collect", b"Content-Length: %d\r\n" % ((1 << 20) + 1))
        check(client.answer().status == 413 and client.until_end(), "too long, at the head")
        wait_for(server, open=0)


def test_too_large():
    with Server() as server:
        with Client(server) as client:
            post(client, "/receive/small", length(b"x" * 17))
            check(client.answer().status == 413 and client.until_end(), "at the head")
        for length_said in [b"18446744073709551615", b"99999999999999999999999"]:
            with Client(server) as client:
                post(client, "/receive", b"Content-Length: " + length_said + b"\r\n")
                check(client.answer().status == 413 and client.until_end(), "no length is that long")
        with Client(server) as client:
            post(client, "/receive/small", CHUNKED, b"10\r\n" + b"x" * 16 + b"\r\n1\r\ny\r\n0\r\n\r\n")
            check(client.answer().status == 413 and client.until_end(), "in chunks")
        with Client(server) as client:
            post(client, "/receive/small", CHUNKED, b"10\r\n" + b"x" * 16 + b"\r\n0\r\n\r\n")
            received(client.answer().body, b"x" * 16)
        wait_for(server, open=0, large=1, complete=1)


def test_malformed():
    with Server() as server:
        for way in ["", "?decide=20", "?pause=5"]:
            with Client(server) as client:
                post(client, "/receive" + way, CHUNKED, b"3\r\nabc\r\nno")
                check(client.answer().status == 400 and client.until_end(), way)
        wait_for(server, open=0, bad=3, complete=0)


def test_leaves():
    with Server() as server:
        cases = ["/receive", "/receive?pause=100", "/receive?decide=100", "/receive?answer=300", "/collect?decide=100"]
        for target in cases:
            for how in ("reset", "close"):
                client = Client(server)
                post(client, target, length(b"x" * 100), b"x" * (100 if "answer" in target else 50))
                time.sleep(0.05)
                client.reset() if how == "reset" else client.socket.close()
        wait_for(server, open=0, complete=2)
        seen = counts(server)
        check(seen["cut"] == 6, "cut short are six:", seen)
        with Client(server) as client:
            post(client, "/receive?pause=50", length(b"x" * 10), b"x" * 5)
            time.sleep(0.02)
            client.finish()
            check(client.until_end(), "half a body and the end")
        wait_for(server, open=0, cut=7)


def test_half_close():
    """A client that has sent all and ended its side still gets its answer."""
    body = b"x" * 30000
    with Server() as server:
        for way in [*ways, "?pause=5&answer=50"]:
            for fields, sent in [(length(body), body), (CHUNKED, chunks(body, 7777))]:
                with Client(server) as client:
                    post(client, "/receive" + way, fields, sent)
                    client.finish()
                    received(client.answer().body, body)
                    check(client.until_end(), way, "not closed")
        wait_for(server, open=0, cut=0, complete=12)


def test_memory_while_paused():
    """A receiver that does not resume is not sent more than the kernel holds; nothing piles up."""
    with Server() as server, Client(server) as client:
        client.ask("/echo")
        before = server.memory()
        post(client, "/receive?pause=1500", b"Content-Length: %d\r\n" % (64 << 20))
        client.socket.settimeout(1)
        sent = 0
        try:
            while sent < 64 << 20:
                client.send_some(b"x" * (1 << 16))
                sent += 1 << 16
        except TimeoutError:
            pass
        check(sent < 32 << 20, "all of it was taken while paused")
        check(server.memory() - before < 4 << 20, "memory grew by", server.memory() - before)
        check(counts(server)["open"] == 1, "not open")
        client.reset()
    # The server drains with the receiver told.


def test_time():
    def slow(server):
        with Client(server) as client:
            post(client, "/receive", length(b"x" * 60000), b"abc")
            check(client.answer(timeout=4).status == 408 and client.until_end(8), "no 408")

    def steady(server):
        with Client(server) as client:
            post(client, "/receive", length(b"x" * 6000))
            for _ in range(6):
                time.sleep(0.45)
                client.send(b"x" * 1000)
            received(client.answer().body, b"x" * 6000)

    def pauses_longer_than_the_window(server):
        with Client(server) as client:
            post(client, "/receive?pause=2500", length(b"x" * 10), b"x" * 5)
            time.sleep(0.3)
            client.send(b"x" * 5)
            received(client.answer().body, b"x" * 10)

    def decides_longer_than_the_window(server):
        with Client(server) as client:
            post(client, "/receive?decide=2500", length(b"x" * 10), b"x" * 10)
            received(client.answer().body, b"x" * 10)

    def trickles_between_pauses(server):
        """A pause does not give the client its time anew."""
        with Client(server) as client:
            begun = time.monotonic()
            post(client, "/receive?pause=10", length(b"x" * 1000))
            while not client.more(0.3) and not client.ended and time.monotonic() - begun < 12:
                client.send(b"x")
            check(client.answer().status == 408, "a trickle between pauses goes on")

    def late_rest_of_a_refused(server):
        with Client(server) as client:
            post(client, "/receive?refuse=1", length(b"x" * 1000), b"x")
            check(client.answer().status == 401, "not refused")
            check(client.until_end(5) and not client.bytes, "waits for ever")

    with Server(body_timeout=2) as server:
        tests = [slow, steady, pauses_longer_than_the_window, decides_longer_than_the_window, trickles_between_pauses,
                 late_rest_of_a_refused]  # fmt: skip
        with concurrent.futures.ThreadPoolExecutor(len(tests)) as pool:
            for result in [pool.submit(test, server) for test in tests]:
                result.result()
        wait_for(server, open=0, slow=2, complete=3)


def test_drain():
    with Server(drain_timeout=3) as server, Client(server) as good, Client(server) as stuck:
        post(good, "/receive", length(b"x" * 10), b"x" * 5)
        post(stuck, "/receive?pause=60000", length(b"x" * 10), b"x" * 5)
        time.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        good.send(b"x" * 5)
        answer = good.answer()
        received(answer.body, b"x" * 10)
        check(answer["Connection"] == "close" and good.until_end(2), "not closed")
        good.socket.close()
        check(server.process.wait(6) == 0, "not ended")


if __name__ == "__main__":
    build()
    sys.exit(summary(*run_tests({**globals(), **vars(bodies_h2)}, 4)))
