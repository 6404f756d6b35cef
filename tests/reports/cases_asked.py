"""How a report is asked for, and what its head says."""
import base64
import gzip
import hashlib
import json
import pathlib
import shutil
import socket
import subprocess
import time

import tables
from harness import Skipped

SERVICES = "/v1/reports/services.csv"
PART = "?to=" + tables.quarter(11)  # enough of it, and quick
BAD = json.loads((pathlib.Path(__file__).parent / "bad_input.json").read_text())


def test_what_it_refuses(place):
    for case in BAD:
        began = time.monotonic()
        answer = place.get("/v1/reports/" + case["target"])
        took = time.monotonic() - began
        assert answer.status == case["status"], (case, answer.status, answer.body[:200])
        problem = answer.json
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["type"] == "/problems/" + case["code"], (case, problem)
        assert problem.get("parameter") == case.get("parameter"), (case, problem)
        assert took < 1, (case, took)


def test_its_head_says_what_it_is(place):
    answer = place.get(SERVICES + "?period=2013-Q2&as_of=2026-01-01T00:00:00Z")
    heads = answer.headers
    assert heads["content-type"].startswith("text/csv")
    assert heads["corridor-as-of"] == "2026-01-01T00:00:00Z"
    assert heads["corridor-fingerprint"].startswith("sha-256:") and len(heads["corridor-fingerprint"]) == 8 + 64
    assert heads["content-disposition"] == 'attachment; filename="corridor-services-2013-Q2.csv"'
    links = heads["link"]
    for part in ('</v1/reports/services.csv?period=2013-Q2&as_of=2026-01-01T00:00:00Z>; rel="canonical"',
                 '</v1/methodology>; rel="describedby"', 'rel="license"',
                 '</v1/reports/services.csv-metadata.json>; rel="describedby"; type="application/csvm+json"'):
        assert part in links, links
    assert heads["access-control-allow-origin"] == "*"
    assert "etag" in heads and "corridor-fingerprint" in heads["access-control-expose-headers"].lower()


def test_unchanged_is_304(place):
    for target in (SERVICES, "/v1/reports/services.xlsx", "/v1/reports/services.csv-metadata.json"):
        head = place.get(target, method="HEAD")
        assert head.status == 200 and head.body == b""
        answer = place.get(target, headers={"If-None-Match": head.headers["etag"]})
        assert (answer.status, answer.body) == (304, b""), target
        assert answer.headers["etag"] == head.headers["etag"]
    other = place.get(SERVICES + PART, headers={"If-None-Match": '"other"'})
    assert other.status == 200 and len(other.body) > 1000


def test_each_form_has_its_own_etag(place):
    etags = [place.get("/v1/reports/services." + suffix, method="HEAD", headers={"Accept-Encoding": encoding}).headers["etag"]
             for suffix in ("csv", "jsonl", "json", "xlsx") for encoding in ("identity", "gzip")]
    assert len(set(etags)) == 7, etags  # a workbook is packed already


def test_gzip_is_the_same(place):
    plain = place.get(SERVICES + PART)
    packed = place.get(SERVICES + PART, headers={"Accept-Encoding": "br, gzip;q=0.9"})
    assert packed.headers["content-encoding"] == "gzip" and packed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 4
    assert place.get(SERVICES + PART, headers={"Accept-Encoding": "gzip"}).body == packed.body
    refused = place.get(SERVICES, headers={"Accept-Encoding": "br, identity;q=0"})
    assert refused.status == 406


def raw(place, target, *fields):
    """The answer's bytes as they come over the socket."""
    with socket.create_connection(("127.0.0.1", place.port), timeout=20) as connection:
        lines = [f"GET {target} HTTP/1.1", "Host: localhost", "Connection: close", *fields, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def unchunked(answer):
    """Head, body and trailer of a chunked answer."""
    head, rest = answer.split(b"\r\n\r\n", 1)
    body = b""
    while True:
        size, rest = rest.split(b"\r\n", 1)
        length = int(size, 16)
        if length == 0:
            return head.decode(), body, rest.decode()
        body, rest = body + rest[:length], rest[length + 2:]


def digest(body):
    return "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"


def test_its_end_says_its_digest(place):
    for fields in ((), ("Accept-Encoding: gzip",)):
        for suffix in ("csv", "jsonl", "json"):
            head, body, trailer = unchunked(raw(place, f"/v1/reports/services.{suffix}{PART}", *fields))
            assert "Trailer: Content-Digest" in head
            assert trailer == f"Content-Digest: {digest(body)}\r\n\r\n", (suffix, trailer)
    answer = place.get("/v1/reports/services.xlsx?period=2013-Q2")
    assert answer.headers["content-digest"] == digest(answer.body)


def test_over_http_2_too(place):
    if not shutil.which("curl"):
        raise Skipped("no curl")
    url = f"http://127.0.0.1:{place.port}{SERVICES}{PART}"
    done = subprocess.run(["curl", "-sS", "--http2-prior-knowledge", "-D", "/dev/stderr", url], capture_output=True, check=True)
    assert done.stdout == place.get(SERVICES + PART).body
    assert f"content-digest: {digest(done.stdout)}" in done.stderr.decode()


def test_http_1_0_gets_it_without_chunks(place):
    with socket.create_connection(("127.0.0.1", place.port), timeout=20) as connection:
        connection.sendall(f"GET {SERVICES}?period=2013-Q2 HTTP/1.0\r\n\r\n".encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head, body = answer.split(b"\r\n\r\n", 1)
    assert b"chunked" not in head
    assert body == place.get(SERVICES + "?period=2013-Q2").body
