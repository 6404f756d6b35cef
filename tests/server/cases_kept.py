"""Answers that are kept: one for every spelling of a question, packed as the client likes, gone when they no longer hold."""
import gzip
import re
import socket
import subprocess
import time

from harness import quote_sql, wait_for

QUESTION = "/v1/compare?from=FR&to=SN&amount=200"
PAGE = "/en/FR-SN?amount=200"

# Accept-Encoding, and what is answered to it where the answer is large.
ENCODINGS = [
    (None, None), ("", None), ("gzip", "gzip"), ("br", "br"), ("GZip", "gzip"), ("x-gzip", "gzip"),
    ("gzip, deflate, br", "br"), ("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("deflate", None),
    ("zstd", None), ("gzip;q=1.0, br;q=0.5", "gzip"), ("gzip;q=0.5, br;q=0.5", "br"), ("br;q=0", None),
    ("gzip;q=0, br;q=0", None), ("br;q=0, gzip", "gzip"), ("br;q=0.000, gzip;q=0.001", "gzip"), ("*", "br"),
    ("*;q=0.1", "br"), ("*, br;q=0", "gzip"), ("gzip, *;q=0", "gzip"), ("identity", None),
    ("identity, gzip;q=0.5", None), ("identity;q=0.5, gzip", "gzip"), ("identity;q=0, gzip", "gzip"),
    ("identity;q=0, gzip, br", "br"), ("*;q=0, identity;q=0.1", None),
]
REFUSED = ["identity;q=0", "*;q=0", "gzip;q=0, br;q=0, identity;q=0"]


def plain(answer):
    encoding = answer.headers.get("content-encoding")
    if encoding == "gzip":
        return gzip.decompress(answer.body)
    if encoding == "br":
        return subprocess.run(["brotli", "-dc"], input=answer.body, capture_output=True, check=True).stdout
    assert encoding is None, encoding
    return answer.body


def timeless(body):
    """Without what differs between two workers: when each made it."""
    body = re.sub(rb'"(as_of|generated_at)":"[^"]*"', b"", body)
    return re.sub(rb"(less than a minute|\d+ minutes?|\d+ hours?)( ago)?", b"", body)


def asked_often(place, target, **headers):
    """The answer once every worker has kept it."""
    for _ in range(12):
        answer = place.get(target, headers=headers)
    return answer


def test_every_accept_encoding(place):
    for target in (QUESTION, PAGE, "/en/", "/v1/operators"):
        whole = timeless(asked_often(place, target).body)
        assert len(whole) > 1024, target
        for accepted, encoding in ENCODINGS:
            headers = {} if accepted is None else {"Accept-Encoding": accepted}
            # http.client adds its own Accept-Encoding: identity where none is given.
            answer = place.get(target, headers=headers)
            assert answer.status == 200, (target, accepted, answer.status)
            assert answer.headers.get("content-encoding") == encoding, (target, accepted, answer.headers)
            assert answer.headers["vary"] == "Accept-Encoding", (target, accepted)
            assert int(answer.headers["content-length"]) == len(answer.body)
            assert timeless(plain(answer)) == whole, (target, accepted)
        for accepted in REFUSED:
            assert place.get(target, headers={"Accept-Encoding": accepted}).status == 406, (target, accepted)


def test_long_answers_taken_slowly(place):
    """They go from a file, in as many pieces as the client takes, here three that were asked for at once."""
    target = "/openapi.json"
    whole = asked_often(place, target).body
    assert len(whole) > 32 << 10
    with socket.socket() as client:
        client.settimeout(20)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", place.port))
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 3)
        taken = bytearray()
        while taken.count(whole) < 3:
            more = client.recv(3000)
            assert more and len(taken) < 4 * len(whole), "other bytes"
            taken += more


def test_long_answers_written_anew_taken_slowly(place):
    """What the socket does not take at once is kept for the reader, while the next page is written where this one was."""
    targets = [PAGE.replace("200", f"{amount}.37") for amount in range(1000, 1090)]
    with socket.socket() as client:
        client.settimeout(20)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", place.port))
        client.sendall("".join(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n" for target in targets).encode())
        with client.makefile("rb") as answers:
            for target in targets:
                head = b"".join(iter(answers.readline, b"\r\n"))
                length = int(re.search(rb"Content-Length: (\d+)", head)[1])
                assert length > 16 << 10, (target, length)
                assert timeless(answers.read(length)) == timeless(place.get(target).body), target


def test_small_answers_stay_plain(place):
    answer = asked_often(place, "/v1/compare?from=AD&to=AX&amount=1", **{"Accept-Encoding": "br, gzip"})
    assert len(answer.body) < 1024 and "content-encoding" not in answer.headers
    # Still chosen by what is accepted: a client that refuses it plain gets it packed.
    assert answer.headers["vary"] == "Accept-Encoding"
    packed = place.get("/v1/compare?from=AD&to=AX&amount=1", headers={"Accept-Encoding": "gzip, identity;q=0"})
    assert packed.headers["content-encoding"] == "gzip" and packed.headers["vary"] == "Accept-Encoding"
    assert answer.json["reason"] == "no_data"


def test_heads_and_unchanged_answers_of_every_encoding(place):
    page = place.get("/en/").body.decode()
    style = re.search(r"href='(/assets/style[^']*)'", page)[1]
    for target in (QUESTION, PAGE, "/en/", "/v1/corridors", style):
        tags = set()
        for accepted in ("identity", "gzip", "br"):
            headers = {"Accept-Encoding": accepted}
            got = asked_often(place, target, **headers)
            head = place.get(target, method="HEAD", headers=headers)
            assert head.status == 200 and head.body == b""
            for name in ("content-encoding", "vary", "content-type", "cache-control"):
                assert head.headers.get(name) == got.headers.get(name), (target, accepted, name)
            if target == style:
                assert "immutable" in got.headers["cache-control"]
                continue
            etag = got.headers["etag"]
            tags.add(etag)
            again = place.get(target, headers={**headers, "If-None-Match": etag})
            assert again.status == 304 and again.body == b"", (target, accepted)
            assert again.headers["etag"] == etag and again.headers["vary"] == "Accept-Encoding"
            assert "content-length" not in again.headers and "content-encoding" not in again.headers
            assert place.get(target, headers={**headers, "If-None-Match": '"another"'}).status == 200
        assert len(tags) == (0 if target == style else 3), (target, tags)


def test_spellings_of_one_question_have_one_answer(place):
    spellings = ("from=FR&to=SN&amount=200", "amount=200.00&to=SEN&from=FRA", "from=250&to=686&amount=200&basis=all_in",
                 "currency=EUR&from=FR&receive_currency=XOF&to=SN&amount=0200")
    tags = {asked_often(place, "/v1/compare?" + spelling).headers["etag"] for spelling in spellings}
    assert len(tags) == 1, tags


def test_a_change_shows_within_a_second_though_kept(place):
    for fee in ("1.01", "2.02"):
        place.sql("BEGIN;" + quote_sql("FR-SN", fee, "kept-one") + "COMMIT;")
        for what, shown in ((QUESTION, f'"fee":"{fee}"'), (PAGE, "Test kept-one")):
            wait_for(what, 1, lambda: shown in place.get(what).body.decode())
            asked_often(place, what)


def test_a_kept_price_lapses_at_its_second(place):
    place.sql("BEGIN;" + quote_sql("FR-SN", "3.21", "brief", valid_until="date_trunc('second', now()) + interval '4 s'")
              + "COMMIT;")

    def offered():
        return [o for o in place.ok(QUESTION)["offers"] if o["operator"]["id"] == "brief"]

    wait_for("the price", 1, offered)
    asked_often(place, QUESTION)
    answer = place.get(QUESTION)
    assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate", answer.headers
    end = time.mktime(time.strptime(offered()[0]["valid_until"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
    while time.time() < end:
        answer = place.get(QUESTION)
        if time.time() < end - 0.05:
            assert b'"brief"' in answer.body and b"expired" not in answer.body.partition(b'"brief"')[2][:300]
        time.sleep(0.05)
    assert not offered()


def test_pages_say_how_long_they_hold(place):
    fresh = asked_often(place, "/fr/DE-TR?amount=200")
    assert "max-age=" in fresh.headers["cache-control"] and fresh.headers["etag"].startswith('"')
    wrong = place.get("/en/FR-SN?amount=many")
    assert wrong.status == 400 and wrong.headers["cache-control"] == "no-cache"
    assert place.get("/").headers["vary"] == "Accept-Language"
