#!/usr/bin/env python3
"""Who is at the other end, and what is said of it: tests/http/run_peers.py [build/asan | build].

The PROXY protocol in front of plain HTTP and TLS, limits for an address, descriptors used up, and the request log.
"""

import json
import re
import resource
import signal
import socket
import struct
import sys
import time

import h2
from talk import HOST, Client, Failed, Server, build, check, run_tests, summary

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def proxy(source=None, command=1, family=None, extras=b"", size=None):
    """A header of version 2."""
    if source is None:
        kind, addresses = 0, b""
    elif ":" in source:
        kind, addresses = 0x21, socket.inet_pton(socket.AF_INET6, source) + bytes(16) + struct.pack(">HH", 4000, 443)
    else:
        kind, addresses = 0x11, socket.inet_aton(source) + bytes(4) + struct.pack(">HH", 4000, 443)
    kind = kind if family is None else family
    body = addresses + extras
    return SIGNATURE + bytes([0x20 | command, kind]) + struct.pack(">H", len(body) if size is None else size) + body


class Proxied(Client):
    """A client whose proxy says where it comes from."""

    def __init__(self, server, header, bytewise=False, **how):
        self.header = header
        self.bytewise = bytewise
        super().__init__(server, **how)

    def connected(self):
        for at in range(0, len(self.header), 1 if self.bytewise else len(self.header)):
            self.socket.sendall(self.header[at : at + 1] if self.bytewise else self.header)
            if self.bytewise:
                time.sleep(0.001)


def works(server, header, **how):
    try:
        with Proxied(server, header, **how) as client:
            return client.ask("/echo").status == 200
    except (OSError, Failed):
        return False


def metric(server, name):
    with Proxied(server, proxy()) as client:
        found = re.search(rf"^{re.escape(name)} (\d+)$", client.ask("/metrics").body.decode(), re.M)
        return int(found[1])


def test_proxy_headers():
    with Server(proxy_from="127.0.0.1") as server:
        good = [
            proxy("192.0.2.1"),
            proxy("2001:db8::1"),
            proxy(),
            proxy(command=0),
            proxy("192.0.2.1", command=0),
            proxy(command=0, family=0x99, extras=b"anything at all"),
            proxy("192.0.2.1", extras=b"\x04\0\x05abcde\x02\0\x00"),
            proxy("192.0.2.1", extras=b"\x04" + struct.pack(">H", 1900) + bytes(1900)),
            proxy("192.0.2.1", family=0x31, extras=bytes(204)),
        ]
        for header in good:
            check(works(server, header), "not taken:", header[:40])
            check(works(server, header, bytewise=True), "not taken byte by byte:", header[:40])
        bad = [
            b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n",
            b"PROXY TCP4 192.0.2.1 192.0.2.2 4000 80\r\n",
            proxy("192.0.2.1", command=2),
            proxy("192.0.2.1", family=0x12),
            proxy("192.0.2.1", family=0x21),
            proxy("192.0.2.1", extras=b"\x04\0\x05abc"),
            proxy("192.0.2.1", extras=b"\x04"),
            proxy("192.0.2.1", extras=b"\x04" + struct.pack(">H", 3000) + bytes(3000)),
            proxy("192.0.2.1").replace(b"QUIT", b"QUIZ"),
            proxy("192.0.2.1").replace(b"\n\x21", b"\n\x11"),
        ]
        before = metric(server, 'corridor_http_refused_total{reason="proxy"}')
        for header in bad:
            check(not works(server, header), "taken:", header[:40])
        told = metric(server, 'corridor_http_refused_total{reason="proxy"}')
        check(told - before == len(bad), told - before, "of", len(bad), "are counted")


def test_proxy_is_exact():
    """What follows the header in the same segment is the client's."""
    with Server(proxy_from="192.0.2.9,127.0.0.0/8") as server:
        if server.tls:
            return
        with Client(server) as client:
            client.send(proxy("192.0.2.1") + b"GET /echo?first HTTP/1.1\r\n" + HOST + b"\r\n")
            check(json.loads(client.answer().body)["target"] == "/echo?first", "the first request")
            check(client.ask("/echo").status == 200, "the second")
            client.send(proxy("192.0.2.1"))
            check(client.answer().status == 400 and client.until_end(), "a second header is no request")
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(proxy("192.0.2.1") + h2.PREFACE + h2.settings() + h2.request(1))
            check(raw.recv(1 << 16)[3] == h2.SETTINGS, "HTTP/2 behind a header")


def test_proxy_from_others():
    with Server(proxy_from="192.0.2.9") as server:
        with Client(server) as client:
            check(client.ask("/echo").status == 200, "others need none")
        with Client(server) as client:
            client.send(proxy("192.0.2.1"))
            check(client.answer().status == 400 and client.until_end(), "a header from anybody")
        if server.tls:  # before TLS it breaks the handshake
            check(not works(server, proxy("192.0.2.1")), "a header from anybody, before TLS")


def test_proxy_in_time():
    with Server(proxy_from="127.0.0.1", head_timeout=1, drain_timeout=2) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as slow:
            slow.sendall(proxy("192.0.2.1")[:20])
            slow.settimeout(5)
            check(slow.recv(1) == b"", "half a header may take for ever")
        with socket.create_connection(("127.0.0.1", server.port)):
            time.sleep(0.05)
            server.process.send_signal(signal.SIGTERM)
            check(server.process.wait(5) == 0, "it does not end")


def test_addresses():
    with Server(proxy_from="127.0.0.1", per_address=3) as server:

        def refused():
            return metric(server, 'corridor_http_refused_total{reason="address"}')

        kept = [Proxied(server, proxy("192.0.2.1")) for _ in range(3)]
        check(not works(server, proxy("192.0.2.1")), "a fourth from one address")
        check(works(server, proxy("192.0.2.2")), "the next address")
        kept += [Proxied(server, proxy(f"2001:db8:1:1::{i}")) for i in range(1, 4)]
        check(not works(server, proxy("2001:db8:1:1:ffff::1")), "a fourth from one /64")
        check(works(server, proxy("2001:db8:1:2::1")), "the next /64")
        check(refused() == 2, refused())
        many = [Proxied(server, proxy()) for _ in range(10)]  # the proxy's own are not counted
        check(all(client.ask("/echo").status == 200 for client in many), "checks of the proxy")
        kept[0].socket.close()
        kept[3].reset()
        for source in ["192.0.2.1", "2001:db8:1:1::9"]:
            for _ in range(100):
                if works(server, proxy(source)):
                    break
                time.sleep(0.02)
            else:
                raise Failed(f"{source} finds no place after one has gone")
        for client in [*kept, *many]:
            client.socket.close()
        crowd = [Proxied(server, proxy(f"10.{i // 250}.{i % 250}.1")) for i in range(600)]
        check(all(client.ask("/echo").status == 200 for client in crowd[::50]), "many addresses")
        for client in crowd:
            client.socket.close()
        for _ in range(100):
            if all(works(server, proxy(f"10.0.{i}.1")) for i in range(3)):
                return
            time.sleep(0.02)
        raise Failed("not forgotten")


def own_address():
    """An address of this machine that is not a loopback one, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            return None


def test_addresses_without_proxy():
    address = own_address()
    if address is None or address.startswith("127."):
        return "this machine has no address but its loopback's"
    with Server(per_address=3, address="0.0.0.0") as server:

        def connect(host):
            client = socket.create_connection((host, server.plain_port), timeout=5)
            client.sendall(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
            try:
                return client, client.recv(1 << 16).startswith(b"HTTP/1.1 200")
            except ConnectionError:
                return client, False

        open_ones = [connect(address) for _ in range(4)]
        check([good for _, good in open_ones] == [True] * 3 + [False], [good for _, good in open_ones])
        local = [connect("127.0.0.1") for _ in range(8)]
        check(all(good for _, good in local), "the machine's own are counted")
        for client, _ in open_ones + local:
            client.close()
    return None


def test_no_descriptors_one_line_a_second():
    with Server() as server:
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (20, 20))
        begun = time.monotonic()
        crowd = [Client(server) for _ in range(200)]
        time.sleep(1.5)
        for client in crowd:
            client.socket.close()
    seconds = time.monotonic() - begun
    lines = server.noise.count("no descriptor left")
    check(1 <= lines <= seconds + 1, lines, "lines in", seconds, "seconds")


def test_soft_limit_of_descriptors_is_raised():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with Server(prefix=["prlimit", f"--nofile=256:{hard}"]) as server:
        have = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)[0]
        check(have == min(hard, 50128), have, "descriptors of", hard)


def log_of(how):
    """The request lines of a few requests."""
    with Server(request_log=how) as server:
        with Client(server) as client:
            client.ask("/echo?amount=secret")
            client.ask("/param/secret/secret")
            client.ask("/nowhere/secret")
            client.ask("/echo", "BREW")
            client.ask("/stream?pieces=3")
            client.ask("/", fields=b'If-None-Match: "hello-1"\r\n')
            client.ask("/", "HEAD")
        with Client(server) as client:
            client.send(b"secret nonsense\r\n\r\n")
            client.answer()
        with Client(server) as client:
            client.send(b"GET /later?ms=300&secret HTTP/1.1\r\n" + HOST + b"\r\n")
            time.sleep(0.1)
            client.reset()
        if not server.tls:
            with h2.Talk(server.plain_port) as talk:
                talk.ask(1, "/echo?secret")
                talk.ask(3, "/stream?pieces=3")
                talk.ask(5, "/nowhere")
                talk.send(h2.request(7, "/stream?pieces=1000"))
                talk.until(lambda: talk.stream(7).body)
                talk.send(h2.frame(h2.RST_STREAM, 0, 7, b"\0\0\0\x08"))
                talk.lives()
        time.sleep(0.5)
    lines = re.findall(r"info (request .*)", server.noise)
    check(not re.search("secret|127.0.0|BREW|nonsense", server.noise), server.noise)
    check(all(re.search(r" us=\d+ ", line) for line in lines), "no time:", lines)
    return [re.sub(r" us=\d+", "", line) for line in lines], server.tls


def expected(tls):
    lines = [
        "request method=GET route=/echo status=200 bytes=LEN protocol=HTTP/1.1",
        "request method=GET route=/param/{a}/{b} status=200 bytes=13 protocol=HTTP/1.1",
        "request method=GET route=- status=404 bytes=LEN protocol=HTTP/1.1",
        "request method=- route=/echo status=501 bytes=LEN protocol=HTTP/1.1",
        "request method=GET route=/stream status=200 bytes=3000 protocol=HTTP/1.1",
        "request method=GET route=/ status=304 bytes=0 protocol=HTTP/1.1",
        "request method=HEAD route=/ status=200 bytes=0 protocol=HTTP/1.1",
        "request method=- route=- status=400 bytes=LEN protocol=-",
        "request method=GET route=/later status=200 bytes=0 protocol=HTTP/1.1",
    ]
    lines = [line + " tls" if tls else line for line in lines]
    lines[-1] += " cut"
    if not tls:
        lines += [
            "request method=GET route=/echo status=200 bytes=LEN protocol=HTTP/2",
            "request method=GET route=/stream status=200 bytes=3000 protocol=HTTP/2",
            "request method=GET route=- status=404 bytes=LEN protocol=HTTP/2",
            "request method=GET route=/stream status=200 bytes=LEN protocol=HTTP/2 cut",
        ]
    return lines


def same_lines(have, want):
    have = [re.sub(r"bytes=(?!0 |13 |3000 )\d+", "bytes=LEN", line) for line in have]
    check(sorted(have) == sorted(want), "logged", sorted(have), "not", sorted(want))


def test_log_all():
    lines, tls = log_of(3)
    same_lines(lines, expected(tls))


def test_log_errors():
    lines, tls = log_of(1)
    same_lines(lines, [line for line in expected(tls) if re.search("status=[45]", line)])


def test_log_off():
    check(log_of(0)[0] == [], "lines that nobody asked for")


def test_log_sampled_and_bounded():
    for how, count, least, most in [(2, 500, 5, 5), (3, 6000, 1000, 6000)]:
        with Server(request_log=how) as server, Client(server) as client:
            for _ in range(0, count, 100):
                client.send((b"GET /param/a/b HTTP/1.1\r\n" + HOST + b"\r\n") * 100)
                for _ in range(100):
                    client.answer()
        lines = server.noise.count(" request method=GET")
        check(least <= lines <= most, how, lines)
        left_out = sum(int(told) for told in re.findall(r"warn (\d+) requests of the last second", server.noise))
        check(how == 2 or lines + left_out == count, lines, "lines and", left_out, "left out of", count)


# What is over before TLS begins.
PLAIN = (test_no_descriptors_one_line_a_second, test_soft_limit_of_descriptors_is_raised)

if __name__ == "__main__":
    build()
    sys.exit(summary(*run_tests(globals(), 4, PLAIN)))
