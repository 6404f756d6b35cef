"""Bodies: packed, cut, broken, of another type, long ones that are stored as they come."""
import gzip
import http.client
import json
import socket
import time

from client import Answer, quote, signed
from harness import wait_for

JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}


def counts(place):
    return [place.count(f"corridor.{t}") for t in ("submission", "quote", "service", "quarantined_quote", "change_log")]


# Name, path, body, headers, status, problem code.
BROKEN = [
    ("no JSON", "/quotes", b"hello", JSON, 400, "not_an_object"),
    ("a text", "/quotes", b'"a"', JSON, 400, "not_an_object"),
    ("an array of numbers", "/quotes", b"[1]", JSON, 400, "not_an_object"),
    ("cut within a quote", "/quotes", json.dumps(quote()).encode()[:-9], JSON, 400, "cut_off"),
    ("cut within an array", "/quotes", b"[" + json.dumps(quote()).encode(), JSON, 400, "cut_off"),
    ("a comma too many", "/quotes", b"[" + json.dumps(quote()).encode() + b",]", JSON, 400, "not_an_object"),
    ("something behind", "/quotes", json.dumps(quote()).encode() + b"{}", JSON, 400, "not_json"),
    ("a list within an object", "/quotes", json.dumps({"quotes": [quote()]}).encode(), JSON, 400, "not_an_object"),
    ("a long one", "/quotes", json.dumps({"quotes": [quote()] * 99}).encode(), JSON, 400, "not_an_object"),
    ("a book within an object", "/book", json.dumps({"quotes": []}).encode(), JSON, 400, "not_an_object"),
    ("an empty body", "/quotes", b"", JSON, 400, "empty_document"),
    ("white space", "/quotes", b" \n ", JSON, 400, "empty_document"),
    ("an empty book of lines", "/book", b"\n\n", LINES, 400, "empty_document"),
    ("a line that is no JSON", "/quotes", json.dumps(quote()).encode() + b"\n{,}\n", LINES, 400, "not_json"),
    ("a line that is no object", "/quotes", b"[]\n", LINES, 400, "not_an_object"),
    ("a line cut off", "/quotes", json.dumps(quote()).encode() + b"\n" + json.dumps(quote("x")).encode()[:40], LINES, 400,
     "cut_off"),
    ("another type", "/quotes", b"<q/>", {"Content-Type": "text/xml"}, 415, "unknown-type"),
    ("no type", "/quotes", b"{}", {}, 415, "unknown-type"),
    ("another encoding", "/quotes", b"{}", {**JSON, "Content-Encoding": "br"}, 415, "unknown-encoding"),
    ("not gzip", "/quotes", b"{}", {**JSON, "Content-Encoding": "gzip"}, 400, "not-gzip"),
    ("half of gzip", "/quotes", gzip.compress(json.dumps(quote()).encode())[:-12], {**JSON, "Content-Encoding": "gzip"}, 400,
     None),
    ("a bomb", "/quotes", gzip.compress(b" " * (64 << 20)), {**LINES, "Content-Encoding": "gzip"}, 413, "grows-too-much"),
    ("a parameter", "/quotes?dry-run=true", b"{}", JSON, 400, "bad-parameter"),
    ("a value", "/quotes?dry_run=yes", b"{}", JSON, 400, "bad-parameter"),
    ("a dry book", "/book?dry_run=true", b"[]", JSON, 400, "bad-parameter"),
]


def test_nothing_is_taken_of_what_is_broken(place):
    before = counts(place)
    for name, path, body, headers, status, code in BROKEN:
        method = "PUT" if path.startswith("/book") else "POST"
        answer = place.acme.send(method, path, body, headers)
        assert answer.status == status, (name, answer)
        assert code is None or answer.json["code"] == code, (name, answer)
        assert answer.headers["content-type"] == "application/problem+json" and answer.json["detail"], name
    assert counts(place) == before


def test_a_key_is_needed(place):
    for key in ("", " ", "a b", "x" * 256):
        answer = place.acme.send("POST", "/quotes", json.dumps(quote()).encode(), {**JSON, **({"Idempotency-Key": key} if key
                                 else {})}, key="")
        assert answer.status == 400 and answer.json["parameter"] == "Idempotency-Key", (key, answer)


def test_another_body_than_announced(place):
    before = counts(place)
    body = json.dumps(quote("digest")).encode()
    for lines in (1, 1500):
        whole = body if lines == 1 else b"".join(json.dumps(quote(f"d{i}")).encode() + b"\n" for i in range(lines))
        headers = signed(place.acme.key, "POST", place.acme.origin, "/v1/operators/acme/quotes", whole,
                         extra={**(JSON if lines == 1 else LINES), "Idempotency-Key": f"digest-{lines}"})
        import http.client
        connection = http.client.HTTPConnection("127.0.0.1", place.port_a, timeout=30)
        connection.request("POST", "/v1/operators/acme/quotes", body=whole.replace(b"1.99", b"0.99"), headers=headers)
        response = connection.getresponse()
        assert response.status == 400 and b"digest-wrong" in response.read()
        connection.close()
    assert counts(place) == before


def test_packed_bodies(place):
    lines = b"".join(json.dumps(quote(f"packed-{i}")).encode() + b"\n" for i in range(300))
    answer = place.acme.send("POST", "/quotes", gzip.compress(lines[:5000]) + gzip.compress(lines[5000:]),
                             {**LINES, "Content-Encoding": "gzip"})
    assert answer.status == 201 and answer.json["counts"]["accepted"] == 300, answer


def test_a_thousand_are_not_long(place):
    """Many of these may be sent at once, and their receipts are stored whole."""
    for count, pieces in ((999, 0), (1000, 0), (1001, 3)):
        for send in (place.acme.post, place.acme.post_lines):
            answer = send([quote(f"thousand-{i}") for i in range(count)])
            assert answer.status == 201 and answer.json["counts"]["refused"] == 0, answer
            number = answer.json["submission"]
            assert place.count(f"corridor.submission_answer WHERE submission = {number}") == pieces, (count, send)
            assert [q["ref"] for q in answer.json["quotes"]] == [f"thousand-{i}" for i in range(count)]


def test_a_long_one_is_stored_as_it_comes_and_whole(place):
    quotes = [quote(f"long-{i}") for i in range(2500)]
    quotes[7] = quote("long-7", speed="fast")
    quotes[1900] = quote("long-3")  # stood before, in the thousand before
    quotes[2400] = quote("long-4")  # … and in the one before that
    quotes[999] = quote("long-two")  # a new service of two thousands
    quotes[1001] = quote("long-two", price="first_transfer")
    first = place.acme.post_lines(quotes, key="long")
    receipt = first.json
    assert first.status == 201 and receipt["counts"]["accepted"] == 2497 and receipt["counts"]["refused"] == 3, \
        receipt["counts"]
    assert [q["ref"] for q in receipt["quotes"]] == [q["ref"] for q in quotes]
    assert [receipt["quotes"][i]["code"] for i in (7, 1900, 2400)] == ["unknown_code", "duplicate_ref", "duplicate_ref"]
    assert place.acme.get("/submissions/long").body == first.body
    again = place.acme.post_lines(quotes, key="long", port=place.port_b)
    assert (again.status, again.body) == (first.status, first.body)
    assert place.acme.post_lines(quotes[:-1], key="long").status == 422
    assert place.count(f"corridor.quote WHERE submission = {receipt['submission']}") == 2497


class Slow:
    """A long submission that is sent piece by piece."""

    def __init__(self, operator, quotes, key, port):
        self.body = b"".join(json.dumps(q).encode() + b"\n" for q in quotes)
        headers = signed(operator.key, "POST", f"http://127.0.0.1:{port}", f"/v1/operators/{operator.id}/quotes", self.body,
                         extra={**LINES, "Idempotency-Key": key, "Host": f"127.0.0.1:{port}",
                                "Content-Length": str(len(self.body)), "Connection": "close"})
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        head = f"POST /v1/operators/{operator.id}/quotes HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items())
        self.socket.sendall(head.encode() + b"\r\n")
        self.sent = 0

    def send(self, to):
        to = int(len(self.body) * to)
        self.socket.sendall(self.body[self.sent:to])
        self.sent = to

    def answer(self):
        response = http.client.HTTPResponse(self.socket)
        response.begin()
        self.said = Answer(response, response.read())
        self.socket.close()
        return self.said.status


def test_while_one_runs(place):
    slow = Slow(place.acme, [quote(f"slow-{i}") for i in range(4000)], "slow", place.port_a)
    slow.send(0.6)
    wait_for("it has its locks", 20, lambda: place.count("pg_locks WHERE locktype = 'advisory' AND granted") == 2)
    # The same key is still running, here and in another process.
    for port in (place.port_a, place.port_b):
        assert place.acme.post(quote("slow-0"), key="slow", port=port).status in (409, 503), port
    # Others are not kept waiting until it ends.
    assert place.other.post(quote("meanwhile")).status == 201
    # Nothing of it is there yet; another submission of the same operator is told to come back.
    assert place.count("corridor.service WHERE operator = 'acme' AND ref LIKE 'slow-%'") == 0
    assert place.acme.post(quote("besides")).status == 503
    slow.send(1)
    assert slow.answer() == 201
    assert place.count("corridor.service WHERE operator = 'acme' AND ref LIKE 'slow-%'") == 4000
    assert place.acme.post(quote("besides")).status == 201


def test_a_price_that_lapses_on_its_way(place):
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    slow = Slow(place.acme, [quote("brief", valid_until=until)], "brief", place.port_a)
    slow.send(0.5)
    time.sleep(3)
    slow.send(1)
    assert slow.answer() == 201
    told = place.acme.get("/submissions/brief").json["quotes"][0]
    assert (told["status"], told["code"], told["field"]) == ("refused", "already_expired", "/valid_until"), told


def test_one_that_is_cut_leaves_nothing(place):
    before = counts(place)
    slow = Slow(place.acme, [quote(f"cut-{i}") for i in range(4000)], "cut", place.port_a)
    slow.send(0.8)
    time.sleep(0.3)
    slow.socket.close()
    deadline = time.monotonic() + 10
    while place.acme.post(quote("cut-0"), key="after-the-cut", query="").status != 201:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    after = counts(place)
    assert after[1] == before[1] + 1 and after[0] == before[0] + 1, (before, after)
    # And its key is free.
    assert place.acme.post(quote("cut-1"), key="cut").status == 201


def test_a_long_one_has_its_time(place):
    port = place.start_ingestd(CORRIDOR_STREAM_SECONDS="4", CORRIDOR_BODY_SECONDS="60")
    before = counts(place)
    slow = Slow(place.acme, [quote(f"late-{i}") for i in range(1500)], "late", port)
    slow.send(0.9)
    began = time.monotonic()
    assert slow.answer() == 408 and slow.said.json["code"] == "too-long-under-way", slow.said
    assert 3 < time.monotonic() - began < 15 and counts(place) == before
    slow = Slow(place.acme, [quote(f"late-{i}") for i in range(1500)], "late", port)
    slow.send(1)
    assert slow.answer() == 201
    place.stop_ingestd(port)


def test_a_long_one_ends_with_its_key(place):
    """Revoked, or its operator disabled, while what it signed is still coming: nothing of that is stored, and nobody waits
    for its end."""
    for name, command in ("revoked", ("key", "revoke")), ("disabled", ("operator", "disable")):
        operator = place.operator(f"late-{name}", place.port_a)
        assert operator.post(quote("first")).status == 201
        slow = Slow(operator, [quote(f"late-{i}") for i in range(1500)], "late", place.port_a)
        slow.send(0.9)
        wait_for("it has its locks", 20, lambda: place.count("pg_locks WHERE locktype = 'advisory' AND granted") == 2)
        which = [operator.key.keyid] if command[0] == "key" else []
        place.run("build/corridor", *command, operator.id, *which, "--reason", "lost")
        assert slow.answer() == 401, name
        assert place.count("corridor.current_offer c JOIN corridor.service s ON s.id = c.service"
                           f" WHERE s.operator = '{operator.id}'") == (name == "revoked")
