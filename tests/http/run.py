#!/usr/bin/env python3
"""The HTTP engine over real sockets, plain and by TLS: tests/http/run.py [build/asan | build].

Builds and starts echo_server (the engine with a few routes, under sanitizers) and talks raw bytes to it. First the
tables of requests: cases.json here, and http11_cases.json in $CORRIDOR_SHARED where it is at hand, each sent whole, byte
by byte, and in two pieces; by TLS also in one record that arrives byte by byte. Then what a table cannot say: order, deadlines, limits, replies that come later, clients that leave, draining.
The unit test test_http_cases cuts the same tables at every position.
"""

import concurrent.futures
import json
import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import time

from tables import run_tables
from talk import ECHO, HOST, Client, Failed, Server, build, certificates, check, here, run_tests, summary

# ---- What a table cannot say ----


def test_pipelined_in_order():
    with Server() as server, Client(server) as client:
        ways = ["/echo?n=%d", "/later?ms=5&n=%d", "/param/%d/x", "/stream?pieces=2&n=%d", "/nowhere?n=%d"]
        targets = [ways[i % len(ways)] % i for i in range(200)]
        client.send(b"".join(f"GET {t} HTTP/1.1\r\n".encode() + HOST + b"\r\n" for t in targets))
        for i, target in enumerate(targets):
            answer = client.answer()
            check(answer.status == (404 if i % 5 == 4 else 200), target, answer.status)
            if i % 5 == 0:
                check(json.loads(answer.body)["target"] == target, target, answer.body)
            if i % 5 == 2:
                check(answer.body == b"%d|x" % i, target, answer.body)
        check(not client.more(0.05), "more than was asked")


def test_pipelined_in_one_write():
    with Server() as server, Client(server) as client:
        client.send((b"GET /param/a/b HTTP/1.1\r\n" + HOST + b"\r\n") * 16)
        client.more()
        check(client.bytes.count(b"HTTP/1.1 200 OK") == 16, "the answers came in several writes")


def test_head_is_the_head_of_get():
    with Server() as server, Client(server) as client:
        for target in ["/", "/echo?a=1", "/large", "/param/a/b", "/chosen", "/stream", "/later?ms=1", "/nowhere"]:
            get = client.ask(target)
            head = client.ask(target, "HEAD")
            check(head.status == get.status, target, head.status)
            ours = [line for line in get.lines if line[0] not in ("Date", "Content-Length")]
            theirs = [line for line in head.lines if line[0] not in ("Date", "Content-Length")]
            check(ours == theirs, target, "differs:", ours, theirs)
            if target != "/echo?a=1":  # whose body names the method
                check(head["Content-Length"] == get["Content-Length"], target, "has another length")
        check(client.ask("/streams-open").body == b"0", "a producer was not ended")


def test_common_headers():
    with Server() as server, Client(server) as client:
        for target in ["/", "/echo", "/nowhere", "/refused", "/stream", "/echo/nothing", "/param/a", "/echoes"]:
            answer = client.ask(target)
            check(answer["X-Content-Type-Options"] == "nosniff", target)
            check(answer["Referrer-Policy"] == "no-referrer", target)
            secure = answer["Strict-Transport-Security"]
            check(secure == ("max-age=31536000" if server.tls else None), target, secure)
            check(re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer["Date"]), answer["Date"])
            api = target in ("/echo", "/echo/nothing", "/param/a")
            check(answer["Access-Control-Allow-Origin"] == ("*" if api else None), target)
            check(answer["Connection"] is None, target)
        check(client.ask("/")["Cache-Control"] == "max-age=60", "the route's Cache-Control")
        check(client.ask("/nowhere")["Cache-Control"] == "no-store", "errors are not kept")


def test_allow_and_options():
    with Server() as server, Client(server) as client:
        answer = client.ask("/thing/1", "PUT", b"Content-Length: 2\r\n", b"ab")
        check((answer.status, answer["Allow"]) == (405, "DELETE, OPTIONS"), answer.status, answer["Allow"])
        answer = client.ask("/", "OPTIONS")
        check((answer.status, answer["Allow"]) == (204, "GET, HEAD, POST, OPTIONS"), answer["Allow"])
        check(answer["Content-Length"] is None and answer["Access-Control-Allow-Methods"] is None, "plain")
        answer = client.ask("/echo", "OPTIONS")
        check(answer["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS", "preflight")


def test_problem():
    with Server() as server, Client(server) as client:
        answer = client.ask("/refused?amount=%3Cb%3E%22" + "%C3%A9" * 40)
        check(answer["Content-Type"] == "application/problem+json", answer["Content-Type"])
        problem = json.loads(answer.body)
        check(problem["type"] == "/problems/bad-parameter" and problem["status"] == 400, problem)
        check(problem["parameter"] == "amount" and problem["allowed"] == "a decimal above 0", problem)
        check(problem["received"] == '<b>"' + "é" * 30, "cut at 64 bytes, no character split:", problem["received"])


def test_not_modified():
    with Server() as server, Client(server) as client:
        full = client.ask("/")
        check(full["ETag"] == '"hello-1"' and len(full.body) == 4096, full["ETag"])
        for asked in ['"hello-1"', 'W/"hello-1"', '"x", "hello-1"', "*", '"x"\r\nIf-None-Match: "hello-1"']:
            answer = client.ask("/", fields=f"If-None-Match: {asked}\r\n".encode())
            check(answer.status == 304 and answer["ETag"] == '"hello-1"', asked, answer.status)
            check(answer["Content-Length"] is None and answer["Cache-Control"] == "max-age=60", "the head of a 304")
        check(client.ask("/", fields=b'If-None-Match: "hello"\r\n').status == 200, "another tag")
        check(client.ask("/", "POST", b'Content-Length: 0\r\nIf-None-Match: "hello-1"\r\n').status == 200, "only GET")


def test_negotiation():
    # Accept, Accept-Language: indices into json/csv/html and en/fr/pt-BR.
    table = [
        (b"", b"0 -1"),
        (b"Accept: */*\r\nAccept-Language: *\r\n", b"0 0"),
        (b"Accept: text/*;q=0.5, text/html\r\nAccept-Language: fr-CA, en;q=0.9\r\n", b"2 1"),
        (b"Accept: text/*, application/json;q=0.2, text/csv;q=0\r\nAccept-Language: de, pt-br;q=0.1\r\n", b"2 2"),
        (b"Accept: image/png\r\nAccept-Language: de\r\n", b"-1 -1"),
        (b"Accept: TEXT/CSV;charset=utf-8;q=0.9, application/json;q=0.89\r\nAccept-Language: pt\r\n", b"1 -1"),
        # As old telephones ask, without weights; English of a kind before French before any English.
        (b"Accept-Language: fr-FR, en-US\r\n", b"0 1"),
        (b"Accept-Language: en-US, fr;q=0.8, en;q=0.5\r\n", b"0 0"),
        (b"Accept-Language: fr, en;q=0.5, *;q=0.9\r\n", b"0 1"),
        (b"Accept-Language: en;q=0.5, *;q=0.9\r\n", b"0 1"),
        (b"Accept-Language: en-US, fr;q=0.1, en;q=0\r\n", b"0 1"),
        (b"Accept: image/png\r\nAccept-Language: de\r\naccept: text/csv\r\nAccept-Language: en;q=0.1, fr\r\n", b"1 1"),
        (b"Accept: text/csv;q=nonsense, text/html;q=0.001\r\nAccept-Language: en;q=0, *;q=0.1\r\n", b"2 1"),
    ]
    with Server() as server, Client(server) as client:
        for fields, expect in table:
            check(client.ask("/chosen", fields=fields).body == expect, fields, "gives", client.bytes)


def test_expect():
    with Server() as server:
        with Client(server) as client:
            client.send(b"POST /echo HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            check(client.answer().status == 100, "no 100")
            check(not client.more(0.05), "an answer before the body")
            client.send(b"hello")
            check(json.loads(client.answer().body)["body"] == 5, "the body")
        with Client(server) as client:  # the body is there already: nothing to wait for
            client.send(b"POST /echo HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello")
            check(client.answer().status == 200, "a needless 100")
        for target, length, status in [("/small", 17, 413), ("/nowhere", 5, 404), ("/chosen", 5, 405)]:
            with Client(server) as client:
                answer = client.ask(target, "POST", b"Expect: 100-continue\r\nContent-Length: %d\r\n" % length)
                check(answer.status == status and answer["Connection"] == "close", target, answer.status)
                check(client.until_end(), target, "is not closed")


def test_bodies():
    with Server() as server, Client(server) as client:
        body = os.urandom(1 << 16)
        check(client.ask("/", "POST", b"Content-Length: 65536\r\n", body).body == body, "64 KiB by length")
        chunked = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[i : i + 777] for i in range(0, 1 << 16, 777)))
        answer = client.ask("/", "POST", b"Transfer-Encoding: chunked\r\n", chunked + b"0\r\n\r\n")
        check(answer.body == body, "64 KiB in chunks")
        big = b"x" * (1 << 20)
        answer = client.ask("/echo", "POST", b"Content-Length: 1048576\r\n", big)
        check(json.loads(answer.body)["body"] == 1 << 20, "1 MiB")
        answer = client.ask("/echo", "POST", b"Content-Length: 1048577\r\n")
        check(answer.status == 413 and client.until_end(), "one byte more is refused before it comes")


def test_body_too_long_in_chunks():
    with Server() as server, Client(server) as client:
        client.send(b"POST /small HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n10\r\n" + b"a" * 16)
        check(not client.more(0.05), "an answer before the end")
        client.send(b"\r\n1\r\nb")
        check(client.answer().status == 413 and client.until_end(), "not refused")


def test_deadlines():
    def slow_head(server):
        with Client(server) as client:
            client.send(b"GET / HT")
            answer = client.answer(timeout=4)
            check(answer.status == 408 and client.until_end(8), answer.status)

    def slow_head_that_trickles(server):
        with Client(server) as client:
            begun = time.monotonic()
            for byte in b"GET / HTTP/1.1\r\nX-A: " + b"a" * 100:
                if not client.send(bytes([byte])) or client.more(0.1):
                    break
            check(time.monotonic() - begun < 4, "a trickle keeps a head alive")
            check(client.answer().status == 408, "no 408")

    def slow_body(server):
        with Client(server) as client:
            client.send(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 60000\r\n\r\nabc")
            check(client.answer(timeout=4).status == 408 and client.until_end(8), "no 408")

    def steady_body(server):
        with Client(server) as client:
            client.send(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 6000\r\n\r\n")
            for _ in range(6):
                time.sleep(0.45)
                client.send(b"x" * 1000)
            check(client.answer().status == 200, "a body above the rate was cut off")

    def idle(server):
        with Client(server) as client:
            check(client.ask("/echo").status == 200, "the first")
            time.sleep(0.5)
            check(client.ask("/echo").status == 200, "within the time")
            check(client.until_end(5), "idle for ever")
            check(not client.bytes, "something is said to an idle client:", client.bytes)

    def never_reads(server):
        with Client(server, 4096) as client:
            client.send(b"GET /large HTTP/1.1\r\n" + HOST + b"\r\n")
            time.sleep(4)
            size = 0
            while client.more(2):
                size += len(client.bytes)
                client.bytes = b""
            check(client.ended and size < 8 << 20, "a client that reads nothing is kept,", size)

    limits = {"head_timeout": 1, "body_timeout": 1, "idle_timeout": 2, "write_timeout": 1}
    tests = [slow_head, slow_head_that_trickles, slow_body, steady_body, idle, never_reads]
    with Server(**limits) as server, concurrent.futures.ThreadPoolExecutor(len(tests)) as pool:
        for result in [pool.submit(test, server) for test in tests]:
            result.result()


def test_requests_a_connection():
    with Server(requests=5) as server, Client(server) as client:
        for i in range(5):
            answer = client.ask("/echo")
            check(answer["Connection"] == ("close" if i == 4 else None), i, answer["Connection"])
        check(client.until_end(), "not closed after the fifth")


def test_later():
    with Server() as server, Client(server) as client:
        check(client.ask("/later?ms=50").body == b"50", "the reply")
        client.send(b"GET /later?ms=50 HTTP/1.1\r\n" + HOST + b"\r\nGET /echo?n=2 HTTP/1.1\r\n" + HOST + b"\r\n")
        check(client.answer().body == b"50", "the first of two")
        check(json.loads(client.answer().body)["target"] == "/echo?n=2", "the second of two")
        client.send(b"GET /later?ms=100 HTTP/1.1\r\n" + HOST + b"\r\n")
        time.sleep(0.02)
        client.send(b"GET /later?ms=1 HTTP/1.1\r\n" + HOST + b"\r\n")  # while the first is being worked on
        check(client.answer().body == b"100" and client.answer().body == b"1", "order")
        client.send(b"GET /later?ms=100 HTTP/1.1\r\n" + HOST + b"\r\n")
        client.finish()
        check(client.answer().body == b"100", "a client that has ended its side still gets its answer")
        check(client.until_end(), "not closed")


def test_later_and_the_client_leaves():
    with Server() as server:
        leaving = [Client(server) for _ in range(20)]
        for i, client in enumerate(leaving):
            client.send(b"GET /later?ms=%d HTTP/1.1\r\n" % (1500 + i) + HOST + b"\r\n")
            if i % 3 == 0:
                client.send(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        time.sleep(0.1)
        for i, client in enumerate(leaving):
            if i % 2:
                client.reset()
            else:
                client.socket.close()
        with Client(server) as client:
            seen = 0
            for _ in range(10):
                time.sleep(0.1)
                seen = int(client.ask("/cancelled").body)
            # A reset behind a pipelined request is met only when that is read.
            check(seen >= 6, "only", seen, "of 10 resets were told")
            time.sleep(1.5)
            check(client.ask("/echo").status == 200, "the server goes on")


def test_stream():
    def expect(pieces):
        return b"".join(bytes([ord("a") + i % 26]) * 1000 for i in range(pieces))

    with Server() as server:
        with Client(server) as client:
            answer = client.ask("/stream?pieces=5")
            check(answer["Transfer-Encoding"] == "chunked" and answer.body == expect(5), "five pieces")
            check(client.ask("/stream?pieces=0").body == b"", "none")
            check(client.ask("/stream?pieces=4&pause=2").body == expect(4), "with a pause")
            check(client.ask("/stream?pieces=4&pause=0").body == expect(4), "with a pause at the start")
            check(client.ask("/stream?pieces=5000").body == expect(5000), "5 MB")
            client.send((b"GET /stream?pieces=3&pause=1 HTTP/1.1\r\n" + HOST + b"\r\n") * 3)
            check([client.answer().body for _ in range(3)] == [expect(3)] * 3, "three pipelined")
        with Client(server) as client:
            client.send(b"GET /stream?pieces=5 HTTP/1.0\r\n\r\n")
            check(client.until_end(), "1.0 ends with the connection")
            check(client.answer().body == expect(5), "in 1.0")
        with Client(server) as client:
            client.send(b"GET /stream?pieces=5&abort=3 HTTP/1.1\r\n" + HOST + b"\r\n")
            check(client.until_end() and not client.bytes.endswith(b"0\r\n\r\n"), "an aborted body looks whole")
        leaving = [Client(server, 4096) for _ in range(10)]
        for i, client in enumerate(leaving):
            client.send(b"GET /stream?pieces=100000%s HTTP/1.1\r\n" % (b"&pause=3" if i % 2 else b"") + HOST + b"\r\n")
            client.more()
        with Client(server) as client:
            time.sleep(0.3)
            check(server.memory() < 200 << 20, "a stalled reader makes the server fill its memory")
            check(client.ask("/streams-open").body == b"10", "the streams wait for their readers")
            for leaver in leaving:
                leaver.reset()
            for _ in range(100):
                left = client.ask("/streams-open").body
                if left == b"0":
                    break
                time.sleep(0.05)
            check(left == b"0", left, "producers were not told of their client's end")


def test_answers_kept_in_files():
    """Read fast and slowly, one behind the other: as many bytes as there are, each where it stands."""
    sizes = [32768, 65535, 65536, 65537, 77921, 81920, 81921, 135176]
    whole = b"".join(b"%07d\n" % at for at in range(0, max(sizes) + 8, 8))
    with Server() as server:
        for receive_buffer in (None, 4096):
            with Client(server, receive_buffer) as client:
                client.send(b"".join(b"GET /filed/%d HTTP/1.1\r\n" % size + HOST + b"\r\n" for size in sizes * 2))
                for size in sizes * 2:
                    check(client.answer().body == whole[:size], size, "are other bytes")


def test_slow_readers_harm_nobody():
    with Server() as server:
        slow = [Client(server, 4096) for _ in range(50)]
        for client in slow:
            client.send((b"GET /large HTTP/1.1\r\n" + HOST + b"\r\n") * 20)
        with Client(server) as client:
            begun = time.monotonic()
            for _ in range(50):
                check(client.ask("/echo").status == 200, "an honest client")
            check(time.monotonic() - begun < 15, "an honest client waits")
        cpu = server.cpu()
        time.sleep(0.5)
        check(server.cpu() - cpu < 0.25, "waiting costs", server.cpu() - cpu)
        check(server.memory() < 200 << 20, "waiting costs", server.memory(), "bytes")
        answer = slow[0].answer()
        check(len(answer.body) == 8 << 20, "the whole body")
        for client in slow:
            client.socket.close()


def test_drain():
    with Server() as server, Client(server) as idle, Client(server) as busy, Client(server) as half:
        idle.ask("/echo")
        busy.send((b"GET /later?ms=600 HTTP/1.1\r\n" + HOST + b"\r\n") * 2)
        half.send(b"GET /echo HTTP/1.1\r\n")
        time.sleep(0.1)
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        check(idle.until_end(8) and not idle.bytes, "an idle connection is kept")
        check(busy.answer()["Connection"] == "close", "the running request does not end its connection")
        check(busy.until_end(8) and not busy.bytes, "a request behind the last was answered")
        half.send(HOST + b"\r\n")
        check(half.answer()["Connection"] == "close", "the request that was arriving")
        try:
            Client(server)
            raise Failed("a connection is accepted while draining")
        except OSError:
            pass
        for client in (idle, busy, half):
            client.socket.close()
        check(server.process.wait(10) == 0 and time.monotonic() - begun < 9, "draining took too long")


def test_drain_has_an_end():
    with Server(drain_timeout=1) as server, Client(server) as client, Client(server) as slow:
        client.send(b"GET /later?ms=60000 HTTP/1.1\r\n" + HOST + b"\r\n")
        slow.send(b"GET /stream?pieces=100000 HTTP/1.1\r\n" + HOST + b"\r\n")
        time.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        check(server.process.wait(4) == 0, "not ended")


def test_connections_in_all():
    with Server(connections=8) as server:
        clients = [Client(server) for _ in range(8)]
        for client in clients:
            check(client.ask("/echo").status == 200, "within the limit")
        time.sleep(2.2)
        clients[0].ask("/echo")  # no longer the one idle for longest
        with Client(server) as client:
            check(client.ask("/echo").status == 200, "the longest idle makes place")
            check(clients[1].until_end(8), "the wrong one, or none, was closed")
            check(clients[0].ask("/echo").status == 200, "the fresh one stays")
        for client in clients:
            client.socket.close()


def test_fewer_connections_than_workers():
    with Server(workers=4, connections=2) as server:
        for _ in range(8):
            with Client(server) as client:
                check(client.ask("/echo").status == 200, "a worker takes nobody in")


def test_reserve_comes_back():
    """A worker that had no descriptor even for its reserve has one again once there are some."""
    with Server() as server:

        def limit(count):
            hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)[1]
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (count, hard))

        with socket.create_connection(("127.0.0.1", server.plain_port)):
            limit(4)
            waiting = [socket.create_connection(("127.0.0.1", server.plain_port)) for _ in range(3)]
            for _ in range(100):
                if "no descriptor left" in server.said():
                    break
                time.sleep(0.05)
            limit(20)
            waiting += [socket.create_connection(("127.0.0.1", server.plain_port)) for _ in range(60)]
            closed, _, _ = select.select(waiting, [], [], 10)
            check(closed, "those for whom there is no descriptor are left in the queue")
            for client in waiting:
                client.close()


def test_no_descriptors():
    with Server() as server:
        with Client(server) as client:
            client.ask("/echo")
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (20, 20))
            crowd = [Client(server) for _ in range(60)]
            time.sleep(0.3)
            cpu = server.cpu()
            time.sleep(0.7)
            check(server.cpu() - cpu < 0.3, "the worker spins:", server.cpu() - cpu)
            check(client.ask("/echo").status == 200, "those who are in are served")
            for other in crowd:
                other.socket.close()
        for attempt in range(10):  # what is still in the kernel's queue has to be got rid of first
            time.sleep(0.2)
            try:
                with Client(server) as client:
                    check(client.ask("/echo").status == 200, "an answer")
                return
            except Failed:
                pass
        raise Failed("no new ones are served afterwards")


def test_port_in_use():
    with Server() as server:
        for workers in ("1", "2"):
            other = subprocess.run([ECHO, str(server.plain_port), workers], capture_output=True, timeout=10)
            check(other.returncode == 1 and b"Address already in use" in other.stderr, other.stderr)


def test_two_workers():
    with Server(workers=2) as server:
        clients = [Client(server) for _ in range(100)]
        for _ in range(5):
            for client in clients:
                client.send(b"GET /later?ms=3 HTTP/1.1\r\n" + HOST + b"\r\n")
            for client in clients:
                check(client.answer().body == b"3", "an answer")
        metrics = clients[0].ask("/metrics").body.decode()
        check('corridor_http_requests_total{route="/later",method="GET",class="2xx"} 500\n' in metrics, metrics)
        for client in clients:
            client.socket.close()


def test_metrics():
    with Server() as server, Client(server) as client:
        for target in ["/echo"] * 3 + ["/nowhere", "/refused"]:
            client.ask(target)
        with Client(server) as other:
            other.send(b"nonsense\r\n\r\n")
            other.answer()
        answer = client.ask("/metrics")
        check(answer["Content-Type"] == "text/plain; version=0.0.4", answer["Content-Type"])
        text = answer.body.decode()
        sample = re.compile(r'[a-z_]+(\{([a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*)?\})? [0-9.]+')
        typed = set()
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                check(line not in typed, "told twice:", line)
                typed.add(line)
            check(line.startswith("# ") or sample.fullmatch(line), "not a sample:", line)
        for line in [
            'corridor_http_requests_total{route="/echo",method="GET",class="2xx"} 3',
            'corridor_http_requests_total{route="/refused",method="GET",class="4xx"} 1',
            'corridor_http_requests_total{route="",method="",class="4xx"} 2',
            'corridor_http_request_seconds_count{route="/echo",method="GET"} 3',
            "corridor_http_faults_total 1",
        ]:
            check(line + "\n" in text, "missing:", line)


# What is over before TLS begins.
PLAIN = (test_no_descriptors, test_port_in_use, test_fewer_connections_than_workers, test_reserve_comes_back)


def main():
    build()
    counts = []
    with certificates() as folder:
        for here.certificates in ("", folder):
            counts.append(run_tables())
    counts.append(run_tests(globals(), 2, PLAIN))
    return summary(*(sum(kind) for kind in zip(*counts)))


sys.exit(main())
