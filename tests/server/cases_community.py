"""What senders tell each other: nothing shows before a moderator has read it, nothing of the writer is kept."""
import html
import http.client
import os
import re
import socket
import struct
import subprocess
import time
import urllib.parse

from harness import PROGRAM, ROOT, free_port, wait_for

PAGE = "/fr/FR-SN/community"


def form(text, since=10, **more):
    return urllib.parse.urlencode({"text": text, "since": int(time.time()) - since, **more}).encode()


def send(place, body, target=PAGE, port=None, proxied=None):
    """Posts a form; `proxied` is the IPv4 address that a proxy says it comes from."""
    head = (f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", port or place.port), timeout=20) as s:
        if proxied:
            s.sendall(b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack("!H", 12) + socket.inet_aton(proxied) +
                      socket.inet_aton("127.0.0.1") + struct.pack("!HH", 40000, 80))
        s.sendall(head + body)
        response = http.client.HTTPResponse(s)
        response.begin()
        return response.status, response.read().decode()


def moderate(place, *words, fails=False):
    done = subprocess.run([ROOT / "build/corridor", "community", *words], cwd=ROOT, text=True, capture_output=True,
                          env={**place.environment, "CORRIDOR_MODERATOR": "reader"})
    assert (done.returncode != 0) == fails, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


def shown(place, target=PAGE):
    answer = place.get(target)
    assert answer.status == 200
    return [html.unescape(re.sub(r"<[^>]+>", "", note)).strip()
            for note in re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", answer.body.decode(), re.S)]


def waiting(place):
    return place.sql("SELECT body FROM corridor.community_waiting WHERE decision IS NULL ORDER BY id").split("\n")[:-1]


def test_a_note_waits_until_a_moderator_has_read_it(place):
    place.run(ROOT / "build/corridor", "moderator", "add", "reader", "--name", "A reader")
    assert shown(place) == []
    status, page = send(place, form("Reliable & quick; call +221 77 123 45 67\nor me@example.org <b>", name="Awa"))
    assert status == 200 and "Reliable &amp; quick; call […]" in page and "or […] &lt;b&gt;" in page
    assert waiting(place) == ["Reliable & quick; call […]", "or […] <b>"], "as it will be shown, and not as it was sent"
    assert shown(place) == []
    number = re.search(r"^(\d+) ", moderate(place, "list"), re.M)[1]
    moderate(place, "approve", number)
    assert shown(place) == ["Reliable & quick; call […]\nor […] <b>"]
    assert shown(place, "/fr/FR-ML/community") == []
    assert "already" in moderate(place, "approve", number)
    moderate(place, "reject", number, "--reason", "an advertisement after all")
    assert shown(place) == []
    moderate(place, "reject", number, fails=True)
    moderate(place, "approve", "999999", fails=True)
    moderate(place, "approve", "x", fails=True)
    kept = place.sql("SELECT decision, reason, moderator FROM corridor.community_decision ORDER BY id")
    assert kept == "approved||reader\nrejected|an advertisement after all|reader\n", kept


def test_the_same_words_twice_are_one_note(place):
    body = form("Twice the same words")
    assert send(place, body)[0] == send(place, body)[0] == 200
    assert waiting(place).count("Twice the same words") == 1


def test_notes_that_are_not_taken(place):
    before = waiting(place)
    for body, status in (
            (form(""), 400), (form("  \n "), 400), (form("x" * 1001), 400), (form("x", name="n" * 41), 400),
            (form("spam", website="http://spam.example"), 400), (form("fast", since=0), 400),
            (form("late", since=90000), 400), (b"text=nobody+says+when", 400), (b"", 400), (b"text=%zz", 400),
            (b"text=%ff", 400), (b"text=a%00b", 400), (b"&".join([b"text=x"] * 17), 400), (b"text=" + b"x" * 20000, 413)):
        answer = send(place, body)
        assert answer[0] == status, (body[:60], answer)
    assert "<script>" not in send(place, form("<script>alert(1)</script>", since=0))[1], "the text stands in its field again"
    for target in ("/fr/FR-FR/community", "/xx/FR-SN/community", "/fr/nowhere/community"):
        assert send(place, form("x"), target)[0] == 404, target
    assert waiting(place) == before
    longest = "é" * 1000
    assert send(place, form(longest))[0] == 200 and waiting(place)[-1] == longest


def test_one_address_sends_five_a_day_and_leaves_no_trace(place):
    port = free_port()
    environment = {**place.environment, "CORRIDOR_PORT": str(port), "CORRIDOR_PROXY_FROM": "127.0.0.1",
                   "CORRIDOR_REQUEST_LOG": "all"}
    log = place.folder / "community.log"
    with open(log, "wb") as said:
        server = subprocess.Popen([PROGRAM], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        wait_for("it is ready", 60, lambda: b"market read" in log.read_bytes())
        wait_for("the form is taken", 20,
                 lambda: send(place, form("Number 0"), port=port, proxied="192.0.2.7")[0] == 200)
        statuses = [send(place, form(f"Number {n}"), port=port, proxied="192.0.2.7")[0] for n in range(1, 7)]
        assert statuses == [200, 200, 200, 200, 429, 429], statuses
        assert send(place, form("Number 7"), port=port, proxied="192.0.2.8")[0] == 200
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert b"192.0.2" not in log.read_bytes() and b"Number" not in log.read_bytes()
    dump = place.sql("SELECT n::text FROM corridor.community_note n")
    assert "192.0.2" not in dump


def test_the_role_that_writes_can_do_nothing_else(place):
    for statement in ("SELECT count(*) FROM corridor.community_note", "DELETE FROM corridor.community_note",
                      "SELECT count(*) FROM corridor.quote", "INSERT INTO corridor.community_decision (note, decision) VALUES (1, 'approved')",
                      "SELECT corridor.community_decide(1, 'approved', NULL)",
                      "INSERT INTO corridor.community_note (corridor, language, body, recorded_on) VALUES ('FR-SN', 'fr', 'x', '2020-01-01')"):
        said = place.sql(f"""SET ROLE corridor_community;
DO $$ BEGIN EXECUTE $q${statement}$q$; RAISE EXCEPTION 'allowed'; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;""")
        assert said == "", (statement, said)
